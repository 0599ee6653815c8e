//===- StreamCalls.h - Streams without memory -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_STREAMCALLS_H
#define FRIEZE_COMPILER_CONVERSION_STREAMCALLS_H

#include "compiler/target/Target.h"
#include "dialect/NNAttrs.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace frieze {

/// The function for several samples; where there is none, `@model` takes one.
inline constexpr llvm::StringLiteral modelCallName = "model_call";
/// The function for a block of windows of a recording, given all of their
/// samples; where there is none, `@model` computes a window.
inline constexpr llvm::StringLiteral streamCallName = "stream_call";
/// The attribute of `@model` that tells the samples from one window to the
/// next, of a stream that remembers nothing between its calls.
inline constexpr llvm::StringLiteral hopName = "nn.hop";

/// What is told of such a stream; null where `model` is none. `name` is the
/// prefix of the symbols.
nn::StreamInterfaceAttr describeStreamCalls(mlir::func::FuncOp model,
                                            mlir::func::FuncOp streamCall,
                                            const Target &target,
                                            llvm::StringRef name);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_STREAMCALLS_H
