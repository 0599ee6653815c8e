//===- Weights.h - Reading and writing trained parameters -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_WEIGHTS_H
#define FRIEZE_DIALECT_WEIGHTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseSet.h"

namespace frieze::nn {

/// The elements of a f32 or f64 attribute (`dense` or `dense_resource`), row
/// major, in double or rounded to float. Fails, without a diagnostic, where
/// hasData() does not hold.
template <typename T = double>
mlir::FailureOr<llvm::SmallVector<T>> readWeights(mlir::ElementsAttr weights);

/// Whether these have elements: those of a resource may have been elided when
/// the IR was printed.
bool hasData(mlir::ElementsAttr weights);

/// Calls `function(name, weights)` for every parameter of `op`, those in the
/// stages of its epilogue too, until it returns failure.
mlir::LogicalResult forEachWeights(
    mlir::Operation *op,
    llvm::function_ref<mlir::LogicalResult(llvm::StringRef, mlir::ElementsAttr)>
        function);

/// Elements of all of these.
int64_t countWeights(mlir::Operation *op);

/// A `dense_resource` of f32 or f64 elements under the key `name`, which gets a
/// number appended where it is taken. `values` are rounded to the element type.
mlir::ElementsAttr createWeights(llvm::StringRef name,
                                 mlir::RankedTensorType type,
                                 llvm::SmallVector<double> values);

/// The same of f32 elements that are rounded already.
mlir::ElementsAttr createRoundedWeights(llvm::StringRef name,
                                        mlir::RankedTensorType type,
                                        llvm::SmallVector<float> values);

/// What a fold makes of `original`: another shape and values in double, stored
/// the same way (`dense` stays `dense`, and a resource keeps its name).
mlir::ElementsAttr createWeightsLike(mlir::ElementsAttr original,
                                     llvm::ArrayRef<int64_t> shape,
                                     llvm::SmallVector<double> values);

/// The same elements under another shape, which are not copied; null where they
/// are stored in a way that readWeights() does not know.
mlir::ElementsAttr reshapeWeights(mlir::ElementsAttr weights,
                                  llvm::ArrayRef<int64_t> shape);

/// Returns to the system what was freed, which the allocator would keep: in
/// pieces that what comes next does not fit.
void returnFreedMemory();

/// Frees the data of resources that nothing reads any more, and returns the
/// memory to the system each time that it is much.
class FreedWeights {
public:
  void add(mlir::DenseResourceElementsAttr weights);

private:
  size_t bytes = 0;
};

/// Frees the data of all resources of a context but those under the keys
/// `kept`.
void freeWeightsExcept(mlir::MLIRContext *context,
                       const llvm::DenseSet<llvm::StringRef> &kept);

/// Frees the data of resources that no op of a module names any more. Only for
/// a context in which nothing else names them.
class UnusedWeights {
public:
  explicit UnusedWeights(mlir::Operation *module) : module(module) {}

  /// Says that an op has others instead of `weights`; frees what is unused once
  /// that is much.
  void add(mlir::ElementsAttr weights);
  void free();

private:
  mlir::Operation *module;
  int64_t elements = 0;
};

/// The resource's name `<layer>.<parameter>`, without the number that may have
/// been appended to make it a unique key, or "" for a `dense` literal.
llvm::StringRef getWeightsName(mlir::ElementsAttr weights);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_WEIGHTS_H
