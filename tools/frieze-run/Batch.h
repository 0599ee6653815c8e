//===- Batch.h - Samples in the arrays of a model --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_FRIEZE_RUN_BATCH_H
#define FRIEZE_TOOLS_FRIEZE_RUN_BATCH_H

#include "frontends/NumpyFile.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace frieze {

/// One input or output: its name, its shape in one call, and the axis of it
/// that counts samples.
struct Port {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  size_t batchAxis = 0;
};

/// What a model takes and gives.
struct ModelPorts {
  std::vector<Port> inputs, outputs;
  /// Samples of a call; nothing where the first axes differ and none is named,
  /// so that there is one call.
  std::optional<int64_t> batch;
};

/// Finds the batch, which all inputs and outputs must have on their first axes,
/// or on those that `options` name: AXIS for all, NAME:AXIS for one.
llvm::Error findBatch(ModelPorts &ports, llvm::ArrayRef<std::string> options);

/// Checks the shapes of `arrays`, one for each input; all have as many samples.
/// The number of calls that they are for.
llvm::Expected<int64_t> countCalls(llvm::ArrayRef<NamedArray> arrays,
                                   const ModelPorts &ports);

/// Moves the elements of the array of an input, so that those of each call
/// stand together, or those of an output back.
void gatherCalls(std::vector<float> &values, const Port &port, int64_t calls,
                 bool isBack);

} // namespace frieze

#endif // FRIEZE_TOOLS_FRIEZE_RUN_BATCH_H
