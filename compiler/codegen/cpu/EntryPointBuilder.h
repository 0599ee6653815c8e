//===- EntryPointBuilder.h - Building public symbols ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_CPU_ENTRYPOINTBUILDER_H
#define FRIEZE_COMPILER_CODEGEN_CPU_ENTRYPOINTBUILDER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// Writes the public symbols of a model at Stage::LLVM, from what the module's
/// attribute `nn.interface` tells.
class EntryPointBuilder {
public:
  EntryPointBuilder(mlir::ModuleOp module, mlir::DictionaryAttr interface)
      : module(module), interface(interface), builder(module.getContext()),
        loc(module.getLoc()),
        pointer(mlir::LLVM::LLVMPointerType::get(module.getContext())),
        i32(builder.getI32Type()), i64(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  /// Whether the functions that the interface names are there; else an error.
  mlir::LogicalResult check();
  void emit(llvm::StringRef sourceSHA256);

private:
  llvm::StringRef getName() {
    return interface.getAs<mlir::StringAttr>("name").getValue();
  }
  mlir::ArrayAttr getInputs() {
    return interface.getAs<mlir::ArrayAttr>("inputs");
  }
  mlir::ArrayAttr getOutputs() {
    return interface.getAs<mlir::ArrayAttr>("outputs");
  }
  static llvm::ArrayRef<int64_t> getShape(mlir::Attribute tensor) {
    return mlir::cast<mlir::DictionaryAttr>(tensor)
        .getAs<mlir::DenseI64ArrayAttr>("shape")
        .asArrayRef();
  }
  static int64_t countElements(mlir::Attribute tensor) {
    return mlir::ShapedType::getNumElements(getShape(tensor));
  }
  /// Most calls that a variant takes at once. Where it is above 1, their number
  /// comes before the buffers.
  int64_t getMicroBatch() {
    return interface.getAs<mlir::IntegerAttr>("micro_batch").getInt();
  }
  mlir::ArrayAttr getVariants() {
    return interface.getAs<mlir::ArrayAttr>("variants");
  }
  /// What nn-to-loops says of the stream, or null.
  mlir::DictionaryAttr getStream() {
    return interface.getAs<mlir::DictionaryAttr>("stream");
  }
  int64_t getStreamNumber(llvm::StringRef key) {
    return getStream().getAs<mlir::IntegerAttr>(key).getInt();
  }

  mlir::Value constant(mlir::Type type, int64_t value) {
    return mlir::LLVM::ConstantOp::create(builder, loc, type,
                                          builder.getIntegerAttr(type, value));
  }
  mlir::Value addressOf(llvm::StringRef symbol) {
    return mlir::LLVM::AddressOfOp::create(builder, loc, pointer, symbol);
  }

  /// A function `symbol` with a body that `emitBody` fills up to the return.
  void emitFunction(llvm::StringRef symbol,
                    llvm::ArrayRef<mlir::Type> arguments,
                    mlir::LLVM::Linkage linkage,
                    llvm::function_ref<void(mlir::ValueRange)> emitBody);
  /// The same with a result, which `emitBody` returns.
  void emitFunction(llvm::StringRef symbol, mlir::Type result,
                    llvm::ArrayRef<mlir::Type> arguments,
                    mlir::LLVM::Linkage linkage,
                    llvm::function_ref<mlir::Value(mlir::ValueRange)> emitBody);
  /// A global whose initial value `emitValue` builds.
  void emitGlobal(llvm::StringRef symbol, mlir::Type type,
                  mlir::LLVM::Linkage linkage,
                  llvm::function_ref<mlir::Value()> emitValue,
                  bool isConstant = true);
  void emitString(llvm::StringRef symbol, llvm::StringRef text);
  void emitTensors(llvm::StringRef symbol, mlir::ArrayAttr tensors);
  mlir::Value buildStruct(mlir::LLVM::LLVMStructType type,
                          llvm::ArrayRef<mlir::Value> fields);

  /// `eax, ebx, ecx, edx` of an instruction that reads eax and ecx.
  llvm::SmallVector<mlir::Value> queryProcessor(llvm::StringRef instruction,
                                                int64_t eax, int64_t ecx);
  mlir::Value hasAllBits(mlir::Value word, uint32_t bits);
  /// A function that has variants, and the pointer to the one in use.
  struct Dispatched {
    std::string pointer;
    mlir::ArrayAttr variants;
  };
  llvm::SmallVector<Dispatched> getDispatched();
  void emitDispatch();
  /// Calls the variant in use of a function.
  mlir::LLVM::CallOp callDispatched(const Dispatched &function,
                                    mlir::ValueRange operands);
  /// Makes `calls` calls of the variant with all buffers: inputs, outputs and
  /// the arena.
  void callVariant(mlir::Value calls, mlir::ValueRange buffers);
  void emitRun();
  void emitRunBatch();
  /// The first `count` pointers of an array, for callers that learn of the
  /// model at run time.
  llvm::SmallVector<mlir::Value> loadPointers(mlir::Value array, size_t count);
  void emitRunArrays();
  void emitStreamInit();
  void emitStreamPush();
  void emitStreamFlush();
  /// The functions above for callers that learn of the model at run time, and
  /// the frieze_stream.
  void emitStreamDescription();
  /// A loop of i from 0 to `count`, which `emitBody` returns the steps to.
  void emitLoop(mlir::Value count,
                llvm::function_ref<mlir::Value(mlir::Value)> emitBody);
  /// Copies `count` floats.
  void emitCopyLoop(mlir::Value from, mlir::Value to, mlir::Value count);
  /// `base` and so many bytes or floats.
  mlir::Value offsetBytes(mlir::Value base, int64_t bytes);
  mlir::Value offsetFloats(mlir::Value base, mlir::Value floats);
  void emitDescription(llvm::StringRef sourceSHA256);

  mlir::ModuleOp module;
  mlir::DictionaryAttr interface;
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::LLVM::LLVMPointerType pointer;
  mlir::Type i32, i64;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_CPU_ENTRYPOINTBUILDER_H
