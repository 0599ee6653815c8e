//===- Images.h - Images of other sizes -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_IMAGES_H
#define FRIEZE_FRONTENDS_KERAS_IMAGES_H

#include "frontends/keras/Layer.h"

namespace frieze::keras {

/// `images` of the height and the width `sizes`, rounded as TensorFlow does.
mlir::Value
resizeImages(Layer &layer, mlir::Value images, llvm::ArrayRef<int64_t> sizes,
             bool isNearest,
             nn::Coordinates coordinates = nn::Coordinates::HalfPixel);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_IMAGES_H
