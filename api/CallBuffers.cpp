//===- CallBuffers.cpp - Memory for one call of a model ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/CallBuffers.h"
#include "llvm/Support/Alignment.h"

#include <random>

using namespace frieze;

CallBuffers::CallBuffers(const frieze_model &model,
                         llvm::ArrayRef<int64_t> tableRows, float scale)
    : model(model), arena(model.arena_bytes + model.arena_alignment) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (uint64_t i = 0; i < model.input_count; ++i) {
    inputs.emplace_back(model.inputs[i].elements);
    int64_t rows = tableRows.empty() ? 0 : tableRows[i];
    for (float &value : inputs.back())
      value = rows ? random() % rows : scale * normal(random);
  }
  for (uint64_t i = 0; i < model.output_count; ++i)
    outputs.emplace_back(model.outputs[i].elements);
  for (auto &input : inputs)
    inputPointers.push_back(input.data());
  for (auto &output : outputs)
    outputPointers.push_back(output.data());
  alignedArena = reinterpret_cast<void *>(llvm::alignAddr(
      arena.data(), llvm::Align(std::max<uint64_t>(1, model.arena_alignment))));
}
