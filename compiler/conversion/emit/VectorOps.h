//===- VectorOps.h - Elementary functions as vector code --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_VECTOROPS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_VECTOROPS_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace frieze {

/// Emits the operations of ElementaryFunctions on vectors of `width` lanes.
class VectorOps {
public:
  using Value = mlir::Value;
  using Mask = mlir::Value;
  using Bits = mlir::Value;

  VectorOps(KernelBuilder &kernel, int64_t width)
      : kernel(kernel), type(kernel.vectorType(width)),
        bitsType(mlir::VectorType::get(width, kernel.builder.getI32Type())) {}

  Value constant(float value) {
    return kernel.getConstant(mlir::DenseElementsAttr::get(type, value));
  }
  Value add(Value a, Value b) { return kernel.addFloat(a, b); }
  Value sub(Value a, Value b) { return create<mlir::arith::SubFOp>(a, b); }
  Value mul(Value a, Value b) { return kernel.mulFloat(a, b); }
  Value div(Value a, Value b) { return create<mlir::arith::DivFOp>(a, b); }
  Value fma(Value a, Value b, Value c) { return kernel.fma(a, b, c); }
  Value abs(Value a) { return create<mlir::math::AbsFOp>(a); }
  Value sqrt(Value a) { return create<mlir::math::SqrtOp>(a); }
  Mask greater(Value a, Value b) {
    return create<mlir::arith::CmpFOp>(mlir::arith::CmpFPredicate::OGT, a, b);
  }
  Value select(Mask mask, Value a, Value b) {
    return create<mlir::arith::SelectOp>(mask, a, b);
  }

  Bits bitsConstant(int32_t value) {
    return kernel.getConstant(mlir::DenseElementsAttr::get(bitsType, value));
  }
  Bits bits(Value a) { return create<mlir::arith::BitcastOp>(bitsType, a); }
  Value fromBits(Bits a) { return create<mlir::arith::BitcastOp>(type, a); }
  Bits addBits(Bits a, Bits b) { return create<mlir::arith::AddIOp>(a, b); }
  Bits subBits(Bits a, Bits b) { return create<mlir::arith::SubIOp>(a, b); }
  Bits shiftLeft(Bits a, int count) {
    return create<mlir::arith::ShLIOp>(a, bitsConstant(count));
  }
  Bits shiftRight(Bits a, int count) {
    return create<mlir::arith::ShRSIOp>(a, bitsConstant(count));
  }

private:
  template <typename OpT, typename... Args> Value create(Args &&...args) {
    return OpT::create(kernel.builder, kernel.getLocation(),
                       std::forward<Args>(args)...);
  }

  KernelBuilder &kernel;
  mlir::VectorType type, bitsType;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_VECTOROPS_H
