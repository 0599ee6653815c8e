//===- RandomBuilder.h - Drawing layers and their parameters ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_RANDOMBUILDER_H
#define FRIEZE_TESTS_DIFFERENTIAL_RANDOMBUILDER_H

#include "compiler/reference/Tensor.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"

#include <random>

namespace frieze {

/// Draws the layers of a model, the same for the same seed. Generators of
/// graphs say which layers, and of what shapes.
class RandomBuilder {
public:
  RandomBuilder(mlir::MLIRContext *context, uint64_t seed,
                mlir::FloatType type);

protected:
  int64_t pick(int64_t low, int64_t high);
  bool chance(double probability);
  double uniform(double low, double high);
  template <typename T> T choose(llvm::ArrayRef<T> values) {
    return values[pick(0, values.size() - 1)];
  }

  /// A parameter of the graph's element type.
  mlir::ElementsAttr weights(llvm::ArrayRef<int64_t> shape,
                             llvm::function_ref<double()> draw);
  /// A kernel, some of whose columns may be zero; sums of its products with
  /// numbers around 1 are around 1.
  mlir::ElementsAttr kernel(llvm::ArrayRef<int64_t> shape);
  mlir::ElementsAttr vector(int64_t size, double low, double high);

  mlir::Location layer();
  mlir::NamedAttribute named(llvm::StringRef name, mlir::Attribute value) {
    return builder.getNamedAttr(name, value);
  }
  mlir::Attribute integer(int64_t value) {
    return builder.getI64IntegerAttr(value);
  }
  mlir::Attribute integers(llvm::ArrayRef<int64_t> values) {
    return builder.getDenseI64ArrayAttr(values);
  }
  static llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
    return llvm::cast<mlir::ShapedType>(value.getType()).getShape();
  }

  /// The layer, if its operands and attributes satisfy its constraints.
  template <typename OpT>
  mlir::FailureOr<mlir::Value>
  tryCreate(mlir::ValueRange operands,
            llvm::ArrayRef<mlir::NamedAttribute> attributes) {
    mlir::ScopedDiagnosticHandler quiet(builder.getContext(),
                                        [](mlir::Diagnostic &) {});
    auto value = nn::createChecked<OpT>(builder, layer(), operands, attributes);
    if (mlir::failed(value) ||
        mlir::succeeded(mlir::verify(value->getDefiningOp())))
      return value;
    value->getDefiningOp()->erase();
    return mlir::failure();
  }

  /// Opens `@model` with inputs of these types.
  mlir::func::FuncOp begin(mlir::TypeRange inputs);
  /// Ends it with these results, and hands it over.
  mlir::OwningOpRef<mlir::ModuleOp> finish(mlir::func::FuncOp function,
                                           mlir::ValueRange results);

  mlir::OpBuilder builder;
  std::mt19937_64 random;
  mlir::FloatType type;

private:
  mlir::OwningOpRef<mlir::ModuleOp> module;
  int layers = 0;
};

/// Inputs for the arguments of `function`: normally distributed, whole numbers
/// where an embedding reads them, of which some are no row of its ten.
/// `hasExtremes`: among them are infinities, NaN, negative zero, denormal and
/// huge numbers, and numbers that are no row.
std::vector<reference::Tensor<double>>
createRandomInputs(mlir::func::FuncOp function, uint64_t seed,
                   bool hasExtremes = false);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_RANDOMBUILDER_H
