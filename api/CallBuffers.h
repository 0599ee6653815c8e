//===- CallBuffers.h - Memory for one call of a model -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_CALLBUFFERS_H
#define FRIEZE_API_CALLBUFFERS_H

#include "frieze/model.h"
#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace frieze {

/// Inputs, outputs and arena of `model`, which must outlive them. The inputs
/// are the same random numbers each time: normal ones times `scale`, or numbers
/// of rows of tables, of which `tableRows` says how many an input has (see
/// countTableRows()).
class CallBuffers {
public:
  explicit CallBuffers(const frieze_model &model,
                       llvm::ArrayRef<int64_t> tableRows = {}, float scale = 1);
  CallBuffers(const CallBuffers &) = delete;
  CallBuffers &operator=(const CallBuffers &) = delete;

  void run() {
    model.run(inputPointers.data(), outputPointers.data(), alignedArena);
  }

  const std::vector<std::vector<float>> &getInputs() const { return inputs; }
  const std::vector<std::vector<float>> &getOutputs() const { return outputs; }

private:
  const frieze_model &model;
  std::vector<char> arena;
  std::vector<std::vector<float>> inputs, outputs;
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
  void *alignedArena;
};

} // namespace frieze

#endif // FRIEZE_API_CALLBUFFERS_H
