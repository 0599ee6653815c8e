//===- VolumeLayers.h - Layers over three spatial axes ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_VOLUMELAYERS_H
#define FRIEZE_FRONTENDS_VOLUMELAYERS_H

#include "frontends/ModelBuilder.h"

namespace frieze {

// A volume `(N, D, H, W, C)` is a sequence of D images. The dialect has no ops
// on volumes: what looks at one image at a time is an op on N * D images, and
// what only looks along the depth one on N sequences of D rows, which are whole
// images.

/// A convolution is one of images with the images of a window of the depth
/// side by side in their channels. Kernel `(window..., C / groups, F)`.
mlir::Value convVolume(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value input, mlir::ElementsAttr kernel,
                       mlir::ElementsAttr bias, const WindowGeometry &geometry,
                       int64_t groups);

/// The same for a transposed convolution, `geometry` as in nn.conv_transpose.
/// Images of zeros come between those of the input, as many as its stride says.
mlir::Value convTransposeVolume(ModelBuilder &builder, llvm::StringRef layer,
                                mlir::Value input, mlir::ElementsAttr kernel,
                                mlir::ElementsAttr bias,
                                const WindowGeometry &geometry, int64_t groups);

/// Windows of images, then those of the depth: both leave padding out.
mlir::Value poolVolume(ModelBuilder &builder, llvm::StringRef layer,
                       nn::PoolKind kind, mlir::Value input,
                       const WindowGeometry &geometry);

mlir::Value globalPoolVolume(ModelBuilder &builder, llvm::StringRef layer,
                             nn::PoolKind kind, mlir::Value input,
                             bool keepDims);

/// Repeats elements `factors` times along each spatial axis.
mlir::Value repeatVolume(ModelBuilder &builder, llvm::StringRef layer,
                         mlir::Value input, llvm::ArrayRef<int64_t> factors);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_VOLUMELAYERS_H
