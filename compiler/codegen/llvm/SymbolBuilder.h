//===- SymbolBuilder.h - Building the symbols of a model --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_SYMBOLBUILDER_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_SYMBOLBUILDER_H

#include "dialect/NNAttrs.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// A function that there is once for each machine of a target, and the pointer
/// to the one in use.
struct Dispatched {
  std::string pointer;
  llvm::ArrayRef<mlir::FlatSymbolRefAttr> variants;
};

/// Writes functions and globals in the LLVM dialect at the end of a module.
/// What callers of the model are told stands in `interface`.
class SymbolBuilder {
public:
  SymbolBuilder(mlir::ModuleOp module, nn::InterfaceAttr interface);

  llvm::StringRef getName() const { return interface.getName().getValue(); }
  /// The symbol of a part of the model.
  std::string getSymbol(llvm::StringRef part) const {
    return (getName() + "_" + part).str();
  }
  /// The function of a call, then those of a stream: window and block.
  llvm::SmallVector<Dispatched> getDispatched() const;

  mlir::Value constant(mlir::Type type, int64_t value);
  mlir::Value addressOf(llvm::StringRef symbol);
  /// `value`, of 64 bits, as wide as an index of the loops.
  mlir::Value asIndex(mlir::Value value);
  /// The reverse, of a value that is not negative.
  mlir::Value fromIndex(mlir::Value value);
  /// `base` and so many bytes, or elements of type `element`.
  mlir::Value offsetBytes(mlir::Value base, int64_t bytes);
  mlir::Value offset(mlir::Type element, mlir::Value base, mlir::Value count);
  /// The first `count` pointers of an array.
  llvm::SmallVector<mlir::Value> loadPointers(mlir::Value array, size_t count);
  /// An op of two operands.
  template <typename OpT> mlir::Value create(mlir::Value a, mlir::Value b) {
    return OpT::create(builder, loc, a, b);
  }
  mlir::Value compare(mlir::LLVM::ICmpPredicate predicate, mlir::Value a,
                      mlir::Value b) {
    return mlir::LLVM::ICmpOp::create(builder, loc, predicate, a, b);
  }

  using Body = llvm::function_ref<mlir::Value(mlir::ValueRange)>;
  /// A function `symbol` with a body that `emitBody` fills up to the return of
  /// the value that it gives, of type `result`; null and void for none.
  void emitFunction(llvm::StringRef symbol, mlir::Type result,
                    llvm::ArrayRef<mlir::Type> arguments,
                    mlir::LLVM::Linkage linkage, Body emitBody);
  void emitFunction(llvm::StringRef symbol,
                    llvm::ArrayRef<mlir::Type> arguments,
                    mlir::LLVM::Linkage linkage,
                    llvm::function_ref<void(mlir::ValueRange)> emitBody);
  /// A global whose initial value `emitValue` builds.
  void emitGlobal(llvm::StringRef symbol, mlir::Type type,
                  mlir::LLVM::Linkage linkage,
                  llvm::function_ref<mlir::Value()> emitValue,
                  bool isConstant = true);
  /// The same for a constant array of `count` structs.
  void emitArray(llvm::StringRef symbol, mlir::LLVM::LLVMStructType type,
                 size_t count,
                 llvm::function_ref<mlir::Value(size_t)> emitElement);
  void emitString(llvm::StringRef symbol, llvm::StringRef text);
  mlir::LLVM::LLVMStructType structType(llvm::ArrayRef<mlir::Type> fields);
  mlir::Value buildStruct(mlir::LLVM::LLVMStructType type,
                          llvm::ArrayRef<mlir::Value> fields);
  /// A loop of i from 0 to `count`, which `emitBody` returns the steps to.
  void emitLoop(mlir::Value count,
                llvm::function_ref<mlir::Value(mlir::Value)> emitBody);
  /// Calls the variant in use of a function.
  mlir::LLVM::CallOp callDispatched(const Dispatched &function,
                                    mlir::ValueRange operands);
  /// Calls a function of this module; the call becomes a jump where nothing
  /// follows it.
  mlir::LLVM::CallOp callLast(llvm::StringRef symbol, mlir::Type result,
                              mlir::ValueRange operands);

  mlir::ModuleOp module;
  nn::InterfaceAttr interface;
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::LLVM::LLVMPointerType pointer;
  mlir::Type i8, i32, i64, none;
};

/// Writes the functions to call a model with.
void emitEntryPoints(SymbolBuilder &symbols);
/// Those of a stream, and its description.
void emitStreamEntryPoints(SymbolBuilder &symbols);
/// Writes the description of the model.
void emitDescription(SymbolBuilder &symbols, llvm::StringRef sourceSHA256);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_SYMBOLBUILDER_H
