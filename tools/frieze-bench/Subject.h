//===- Subject.h - A model or a layer that is measured ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_SUBJECT_H
#define FRIEZE_TOOLS_BENCH_SUBJECT_H

#include "api/Timing.h"
#include "tools/LoadModel.h"

#include <optional>
#include <vector>

namespace frieze {

/// A compiled model, or one layer compiled as a model of its own.
struct Subject {
  std::string name;
  LoadedModel model;
  /// Bytes of machine code of the variant that this processor runs; 0 where an
  /// artefact has no symbols.
  uint64_t codeBytes;
  /// Of the same variant; unknown where only an artefact is at hand.
  std::optional<SpillCount> spills;
  /// The machine whose variant that is; "" where none is known.
  llvm::StringRef machine;
  /// Of a model file: see countTableRows().
  std::vector<int64_t> tableRows = {};
  /// Of a layer: numbers of the values that it reads and writes in its model.
  std::vector<unsigned> operands = {};
  unsigned result = 0;
  /// And its time in a call of the model.
  std::optional<CallTimes> inSequence = std::nullopt;

  /// Floating-point operations of one call: two for each multiply-add.
  double getOperations() const { return 2.0 * model->macs; }
  /// Bytes of weights, inputs and outputs: what a call must at least touch.
  uint64_t getBytesTouched() const;
  /// Operations for each byte touched.
  double getIntensity() const { return getOperations() / getBytesTouched(); }
};

/// The model in `path`, an artefact or a model file, and with `withLayers` each
/// layer of the file that computes something. The whole model comes first.
llvm::Expected<std::vector<Subject>>
loadSubjects(llvm::StringRef path, bool withLayers,
             const CompileOptions &options);

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_SUBJECT_H
