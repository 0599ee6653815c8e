//===- ChooseVariant.cpp - The code for this processor ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/EntryPointBuilder.h"

using namespace mlir;
using namespace frieze;

SmallVector<Value> EntryPointBuilder::queryProcessor(StringRef instruction,
                                                     int64_t eax, int64_t ecx) {
  auto results = LLVM::LLVMStructType::getLiteral(module.getContext(),
                                                  {i32, i32, i32, i32});
  auto query = LLVM::InlineAsmOp::create(
      builder, loc, results, ValueRange{constant(i32, eax), constant(i32, ecx)},
      instruction,
      "={eax},={ebx},={ecx},={edx},{eax},{ecx},~{dirflag},~{fpsr},~{flags}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
      ArrayAttr());
  SmallVector<Value> words;
  for (int64_t i = 0; i < 4; ++i)
    words.push_back(LLVM::ExtractValueOp::create(builder, loc, query.getRes(),
                                                 ArrayRef<int64_t>{i}));
  return words;
}

Value EntryPointBuilder::hasAllBits(Value word, uint32_t bits) {
  Value mask = constant(i32, (int32_t)bits);
  Value masked = LLVM::AndOp::create(builder, loc, word, mask);
  return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq, masked,
                              mask);
}

/// The pointers that the public functions jump through, and the constructor
/// that sets them (x86-64 psABI microarchitecture levels; Intel SDM volume 2,
/// CPUID, XGETBV).
void EntryPointBuilder::emitDispatch() {
  auto addressOfVariant = [&](const Dispatched &function, size_t index) {
    return addressOf(
        cast<FlatSymbolRefAttr>(function.variants[index]).getAttr());
  };
  for (const Dispatched &function : getDispatched())
    emitGlobal(
        function.pointer, pointer, LLVM::Linkage::Internal,
        [&] {
          return addressOfVariant(function, function.variants.size() - 1);
        },
        /*isConstant=*/false);
  std::string constructor = (getName() + "_choose_variant").str();
  emitFunction(constructor, {}, LLVM::Linkage::Internal, [&](ValueRange) {
    auto both = [&](Value a, Value b) -> Value {
      return LLVM::AndOp::create(builder, loc, a, b);
    };
    Value highestLeaf = queryProcessor("cpuid", 0, 0)[0];
    Value hasLeaf7 = LLVM::ICmpOp::create(
        builder, loc, LLVM::ICmpPredicate::uge, highestLeaf, constant(i32, 7));
    Value features = queryProcessor("cpuid", 1, 0)[2];
    // FMA, MOVBE, OSXSAVE, AVX, F16C.
    Value hasAVX =
        both(hasLeaf7, hasAllBits(features, 1u << 12 | 1u << 22 | 1u << 27 |
                                                1u << 28 | 1u << 29));
    Block *chosen =
        builder.getInsertionBlock()->splitBlock(builder.getInsertionPoint());
    Block *query = builder.createBlock(chosen);
    builder.setInsertionPointToEnd(query->getPrevNode());
    // xgetbv is an invalid instruction without OSXSAVE.
    LLVM::CondBrOp::create(builder, loc, hasAVX, query, chosen);
    builder.setInsertionPointToStart(query);
    Value enabled = queryProcessor("xgetbv", 0, 0)[0];
    Value extended = queryProcessor("cpuid", 7, 0)[1];
    Value more = queryProcessor("cpuid", (int32_t)0x80000001, 0)[2];
    // State of SSE and AVX; BMI1, AVX2, BMI2; LZCNT.
    Value isV3 = both(both(hasAllBits(enabled, 0x6),
                           hasAllBits(extended, 1u << 3 | 1u << 5 | 1u << 8)),
                      hasAllBits(more, 1u << 5));
    // State of the AVX-512 registers; AVX-512 F, DQ, CD, BW, VL.
    Value isV4 = both(both(isV3, hasAllBits(enabled, 0xe6)),
                      hasAllBits(extended, 1u << 16 | 1u << 17 | 1u << 28 |
                                               1u << 30 | 1u << 31));
    for (const Dispatched &function : getDispatched()) {
      Value choice = LLVM::SelectOp::create(builder, loc, isV3,
                                            addressOfVariant(function, 1),
                                            addressOfVariant(function, 2));
      choice = LLVM::SelectOp::create(builder, loc, isV4,
                                      addressOfVariant(function, 0), choice);
      LLVM::StoreOp::create(builder, loc, choice, addressOf(function.pointer));
    }
    LLVM::BrOp::create(builder, loc, chosen);
    builder.setInsertionPointToStart(chosen);
  });
  LLVM::GlobalCtorsOp::create(
      builder, loc,
      builder.getArrayAttr(
          {FlatSymbolRefAttr::get(builder.getStringAttr(constructor))}),
      builder.getI32ArrayAttr({65535}),
      builder.getArrayAttr({LLVM::ZeroAttr::get(module.getContext())}));
}
