//===- LongEpilogue.cpp - Epilogues in loops of their own -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/LongEpilogue.h"
#include "dialect/Activations.h"

using namespace mlir;
using namespace frieze;

SplitEpilogue frieze::splitLongEpilogue(ArrayRef<EpilogueStage> epilogue) {
  size_t first = epilogue.size();
  while (first > 0 && !isa<nn::PoolStageAttr>(epilogue[first - 1].attribute))
    --first;
  auto isLong = [](const EpilogueStage &stage) {
    return nn::isLong(stage.attribute);
  };
  first = llvm::find_if(epilogue.drop_front(first), isLong) - epilogue.begin();
  return {llvm::to_vector(epilogue.take_front(first)),
          llvm::to_vector(epilogue.drop_front(first))};
}

void frieze::finishRows(KernelBuilder &kernel, ArrayRef<EpilogueStage> stages,
                        const StoredRows &values, int64_t lanes) {
  kernel.forEach(values.rows, [&](Value row) {
    Value rowAt = kernel.add(values.at, kernel.mul(row, values.rowStride));
    auto finish = [&](Value column, int64_t width) {
      Value at = kernel.add(rowAt, column);
      Value value = kernel.loadVector(values.buffer, at, width);
      kernel.storeVector(kernel.applyEpilogue(
                             stages, value, kernel.add(values.channel, column)),
                         values.buffer, at, width);
    };
    int64_t whole = values.columns / lanes;
    kernel.forEach(whole,
                   [&](Value i) { finish(kernel.mul(i, lanes), lanes); });
    if (int64_t rest = values.columns % lanes)
      finish(kernel.index(whole * lanes), rest);
  });
}
