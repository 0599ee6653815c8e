//===- LayerSequence.h - Layers as they run in a call -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_LAYERSEQUENCE_H
#define FRIEZE_API_LAYERSEQUENCE_H

#include "api/LoadedModel.h"
#include "api/Timing.h"
#include "llvm/ADT/ArrayRef.h"

namespace frieze {

/// A layer of a model as code, with the numbers of the values that it reads and
/// writes there.
struct LoadedLayer {
  LoadedModel model;
  std::vector<unsigned> operands;
  unsigned result;
};

/// The layers of a model, one after the other, as in a call of it: each reads
/// what those before it have just written, and finds the caches as they left
/// them. As in an arena, a value takes the place of others that nothing reads
/// any more.
class LayerSequence {
public:
  explicit LayerSequence(llvm::ArrayRef<LoadedLayer> layers);

  /// Runs each once, and adds its microseconds to those of `times`.
  void run(llvm::MutableArrayRef<std::vector<double>> times);

private:
  struct Call {
    const frieze_model *model;
    std::vector<const void *> inputs;
    void *output;
  };

  float *allocate(uint64_t elements);

  std::vector<std::vector<char>> memory;
  std::vector<Call> calls;
  float *arena;
};

/// Measures how long each of `layers`, all those of a model, takes in a call,
/// over calls for about `seconds`, of which there are from 5 to 2,000, unless
/// `goesOn` ends them.
std::vector<CallTimes> measureInSequence(
    llvm::ArrayRef<LoadedLayer> layers, double seconds,
    GoesOn goesOn = [](double) { return true; });

} // namespace frieze

#endif // FRIEZE_API_LAYERSEQUENCE_H
