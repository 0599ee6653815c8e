//===- Winograd.cpp - Minimal filtering -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Winograd.h"
#include "dialect/Weights.h"

using namespace frieze::nn;

// Row of a point p: (1, p, p^2) over the product of its differences to the
// other finite points.
static constexpr double transform11[] = {1};
static constexpr double transform22[] = {1, 0, 1, 1, 0, 1};
static constexpr double transform23[] = {1,   0,    0,   0.5, 0.5, 0.5,
                                         0.5, -0.5, 0.5, 0,   0,   1};
static constexpr double transform43[] = {
    1,        0,         0,        1.0 / 3,    1.0 / 3,   1.0 / 3,
    -1.0 / 3, 1.0 / 3,   -1.0 / 3, -16.0 / 15, -8.0 / 15, -4.0 / 15,
    1.0 / 15, -2.0 / 15, 4.0 / 15, 0,          0,         1};

llvm::ArrayRef<double> WinogradForm::getKernelTransform() const {
  if (taps == 1)
    return transform11;
  if (taps == 2)
    return transform22;
  if (outputs == 2)
    return transform23;
  return transform43;
}

WinogradTiling WinogradTiling::get(ConvOp op, llvm::ArrayRef<int64_t> outputs) {
  llvm::ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  llvm::ArrayRef<int64_t> result = op.getType().getShape();
  int64_t rank = op.getSpatialRank();
  PoolStageAttr pool;
  for (mlir::Attribute stage : op.getEpilogueStages())
    if (auto found = llvm::dyn_cast<PoolStageAttr>(stage))
      pool = found;
  auto get = [&](int64_t axis) -> WinogradAxis {
    return {{outputs[axis], kernel[axis]},
            pool ? pool.getWindow()[axis] : 1,
            pool ? pool.getStrides()[axis] : 1,
            result[1 + axis]};
  };
  return {rank == 2 ? get(0) : WinogradAxis{{1, 1}, 1, 1, 1}, get(rank - 1)};
}

llvm::SmallVector<double> frieze::nn::transformKernel(ConvOp op) {
  WinogradTiling tiling = WinogradTiling::get(op);
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  llvm::SmallVector<double> kernel = *readWeights(op.getKernel());
  // Pairs of an input and an output channel.
  int64_t pairs = kernel.size() / (height.taps * width.taps);
  llvm::SmallVector<double> transformed(tiling.getPoints() * pairs, 0.0);
  for (int64_t i = 0; i < height.getPoints(); ++i)
    for (int64_t j = 0; j < width.getPoints(); ++j)
      for (int64_t h = 0; h < height.taps; ++h)
        for (int64_t w = 0; w < width.taps; ++w) {
          double factor = height.getKernelTransform()[i * height.taps + h] *
                          width.getKernelTransform()[j * width.taps + w];
          const double *from = kernel.data() + (h * width.taps + w) * pairs;
          double *to = transformed.data() + (i * width.getPoints() + j) * pairs;
          for (int64_t pair = 0; pair < pairs; ++pair)
            to[pair] += factor * from[pair];
        }
  return transformed;
}
