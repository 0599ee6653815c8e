//===- WeightLayouts.h - How HDF5 files hold weights ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_WEIGHTLAYOUTS_H
#define FRIEZE_FRONTENDS_KERAS_WEIGHTLAYOUTS_H

#include "frontends/keras/WeightSource.h"

namespace frieze::keras {

/// Of Keras 3, and the archives of Keras 2: `layers/dense_1/vars/0`.
std::unique_ptr<WeightSource>
openNumberedWeights(std::unique_ptr<Hdf5File> file);

/// Of Keras 1 and 2, and the .h5 of Keras 3: `dense/dense/kernel:0` in the
/// group `root`.
std::unique_ptr<WeightSource> openNamedWeights(std::unique_ptr<Hdf5File> file,
                                               llvm::StringRef root);

/// Reads a dataset whose shape must be that of `spec`, in one of its layouts.
llvm::Expected<DoubleArray> readArray(Hdf5File &file, const llvm::Twine &path,
                                      const WeightSpec &spec);

/// The arrays of `specs`, each as `read` returns it, or the errors of all that
/// cannot be read.
llvm::Expected<std::vector<DoubleArray>> readArrays(
    llvm::ArrayRef<WeightSpec> specs,
    llvm::function_ref<llvm::Expected<DoubleArray>(size_t, const WeightSpec &)>
        read);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_WEIGHTLAYOUTS_H
