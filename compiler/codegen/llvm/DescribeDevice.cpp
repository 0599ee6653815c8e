//===- DescribeDevice.cpp - The code of a device, in the host's -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/DeviceCode.h"
#include "compiler/codegen/llvm/SymbolBuilder.h"

using namespace mlir;
using namespace frieze;

// The structs of runtime/include/frieze/model.h, as in DescribeModel.cpp.

/// Emits an array of frieze_device_kernel.
static void emitKernels(SymbolBuilder &symbols, StringRef symbol,
                        ArrayRef<DeviceKernel> kernels) {
  Type pointer = symbols.pointer, i32 = symbols.i32;
  auto type = symbols.structType({pointer, i32, i32, i32, i32});
  auto getName = [&](size_t index) {
    return (symbol + "_" + Twine(index) + "_entry").str();
  };
  for (auto [index, kernel] : llvm::enumerate(kernels))
    symbols.emitString(getName(index), kernel.entry);
  symbols.emitArray(symbol, type, kernels.size(), [&](size_t index) {
    const DeviceKernel &kernel = kernels[index];
    auto number = [&](int64_t value) { return symbols.constant(i32, value); };
    return symbols.buildStruct(
        type, {symbols.addressOf(getName(index)), number(kernel.groupSize),
               number(kernel.groupsPerCall), number(kernel.callsPerGroup),
               /*reserved=*/number(0)});
  });
}

/// Emits constant data.
static void emitData(SymbolBuilder &symbols, StringRef symbol, Attribute value,
                     Type element, int64_t count) {
  LLVM::GlobalOp::create(symbols.builder, symbols.loc,
                         LLVM::LLVMArrayType::get(element, count),
                         /*isConstant=*/true, LLVM::Linkage::Private, symbol,
                         value, /*alignment=*/64);
}

/// Emits an array of frieze_device_binary.
static void emitBinaries(SymbolBuilder &symbols, StringRef symbol,
                         ArrayRef<DeviceBinary> binaries) {
  Type i32 = symbols.i32;
  auto type = symbols.structType({i32, i32, symbols.pointer, symbols.i64});
  auto getName = [&](size_t index) {
    return (symbol + "_" + Twine(index)).str();
  };
  for (auto [index, binary] : llvm::enumerate(binaries))
    emitData(symbols, getName(index),
             symbols.builder.getStringAttr(binary.bytes), symbols.i8,
             binary.bytes.size());
  symbols.emitArray(symbol, type, binaries.size(), [&](size_t index) {
    const DeviceBinary &binary = binaries[index];
    return symbols.buildStruct(
        type, {symbols.constant(i32, binary.architecture),
               /*reserved=*/symbols.constant(i32, 0),
               symbols.addressOf(getName(index)),
               symbols.constant(symbols.i64, binary.bytes.size())});
  });
}

void frieze::embedDeviceCode(ModuleOp module, const DeviceCode &code) {
  nn::InterfaceAttr interface = nn::InterfaceAttr::find(module);
  SymbolBuilder symbols(module, interface);
  auto symbol = [&](StringRef part) {
    return symbols.getSymbol(("device_" + part).str());
  };
  OpBuilder &builder = symbols.builder;
  emitData(symbols, symbol("code"),
           builder.getStringAttr(StringRef(code.code.data(), code.code.size())),
           symbols.i8, code.code.size());
  if (!code.binaries.empty())
    emitBinaries(symbols, symbol("binaries"), code.binaries);
  int64_t weights = code.weights.getNumElements();
  emitData(symbols, symbol("weights"), code.weights, builder.getF32Type(),
           weights);
  emitKernels(symbols, symbol("kernels"), code.calls.kernels);
  nn::StreamInterfaceAttr stream = interface.getStream();
  int64_t samples = 0;
  if (stream) {
    emitKernels(symbols, symbol("stream_kernels"), code.streams.kernels);
    samples = stream.getWindow() + (code.streams.windows - 1) * stream.getHop();
  }
  Type pointer = symbols.pointer, i32 = symbols.i32, i64 = symbols.i64;
  auto type =
      symbols.structType({i32, i32, pointer, i64, pointer, i64, pointer, i64,
                          i64, pointer, i64, i64, i64, i64, pointer, i64});
  symbols.emitGlobal(
      symbols.getSymbol("device"), type, LLVM::Linkage::Internal, [&] {
        auto number = [&](int64_t value) {
          return symbols.constant(i64, value);
        };
        Value null = LLVM::ZeroOp::create(builder, symbols.loc, pointer);
        int32_t kind = code.kind == DeviceKind::CUDA ? 1 : 2;
        return symbols.buildStruct(
            type,
            {symbols.constant(i32, kind), symbols.constant(i32, 0),
             symbols.addressOf(symbol("code")), number(code.code.size()),
             code.binaries.empty() ? null
                                   : symbols.addressOf(symbol("binaries")),
             number(code.binaries.size()), symbols.addressOf(symbol("weights")),
             number(weights * sizeof(float)), number(code.calls.arenaBytes),
             symbols.addressOf(symbol("kernels")),
             number(code.calls.kernels.size()), number(samples),
             number(code.streams.windows), number(code.streams.arenaBytes),
             stream ? symbols.addressOf(symbol("stream_kernels")) : null,
             number(code.streams.kernels.size())});
      });
}
