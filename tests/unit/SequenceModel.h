//===- SequenceModel.h - A convolution of a sequence ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_UNIT_SEQUENCEMODEL_H
#define FRIEZE_TESTS_UNIT_SEQUENCEMODEL_H

#include "compiler/reference/Evaluate.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <random>

namespace frieze::nn {

/// What a convolution of a sequence has, transposed or not.
struct WindowShape {
  int64_t taps, stride, low, high;
  int64_t dilation = 1, groups = 1;
};

/// A model of one such op, to 4 filters, on two samples of `length` positions
/// of two channels, with random weights and a bias.
template <typename OpT> class SequenceModel {
public:
  /// `further` makes an attribute that only this op has.
  SequenceModel(
      int64_t length, const WindowShape &shape,
      llvm::function_ref<mlir::NamedAttribute(SequenceModel &)> further)
      : module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {
    context.loadDialect<NNDialect, mlir::func::FuncDialect>();
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToStart(module->getBody());
    mlir::Location loc = builder.getUnknownLoc();
    auto input = mlir::RankedTensorType::get({2, length, channels},
                                             builder.getF32Type());
    auto function = mlir::func::FuncOp::create(
        builder, loc, "model", builder.getFunctionType(input, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto integers = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
      return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(values));
    };
    auto result = createChecked<OpT>(
        builder, loc, function.getArgument(0),
        {builder.getNamedAttr(
             "kernel", draw({shape.taps, channels / shape.groups, filters})),
         builder.getNamedAttr("bias", draw({filters})), further(*this),
         integers("strides", shape.stride),
         integers("padding", {shape.low, shape.high}),
         integers("dilations", shape.dilation),
         builder.getNamedAttr("groups",
                              builder.getI64IntegerAttr(shape.groups))});
    mlir::func::ReturnOp::create(builder, loc, *result);
    function.setFunctionType(builder.getFunctionType(input, result->getType()));
    op = result->template getDefiningOp<OpT>();
  }

  /// What the reference computes of some input.
  template <typename T> std::vector<T> run() {
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    auto type = llvm::cast<mlir::ShapedType>(function.getArgumentTypes()[0]);
    frieze::reference::Tensor<T> x{type.getShape().vec(), {}};
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      x.values.push_back(std::sin(i * i));
    return (*frieze::reference::evaluate<T>(function, x))[0].values;
  }

  /// With the module, the function and what it returns.
  int64_t countOps() {
    int64_t ops = 0;
    module->walk([&](mlir::Operation *) { ++ops; });
    return ops;
  }

  mlir::DenseElementsAttr draw(llvm::ArrayRef<int64_t> shape) {
    std::normal_distribution<float> normal;
    llvm::SmallVector<float> values(mlir::ShapedType::getNumElements(shape));
    for (float &value : values)
      value = normal(random);
    return mlir::DenseElementsAttr::get(
        mlir::RankedTensorType::get(shape, mlir::Float32Type::get(&context)),
        llvm::ArrayRef<float>(values));
  }

  static constexpr int64_t channels = 2, filters = 4;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  OpT op;

private:
  std::mt19937 random{1};
};

} // namespace frieze::nn

#endif // FRIEZE_TESTS_UNIT_SEQUENCEMODEL_H
