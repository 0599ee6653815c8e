//===- ChooseVariant.cpp - The code for this processor ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/x86/ChooseVariant.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace frieze;

namespace {
/// Asks the processor for the levels of x86-64 that it has.
class LevelQuery {
public:
  explicit LevelQuery(SymbolBuilder &symbols) : symbols(symbols) {}

  /// Emits the questions. Code that is emitted next runs where AVX is there,
  /// and may use the answers, by machine.
  llvm::StringMap<Value> emit();

private:
  /// `eax, ebx, ecx, edx` of an instruction that reads eax and ecx.
  SmallVector<Value> query(StringRef instruction, int64_t eax, int64_t ecx);
  Value hasAllBits(Value word, uint32_t bits);
  Value both(Value a, Value b) { return symbols.create<LLVM::AndOp>(a, b); }

  SymbolBuilder &symbols;
};
} // namespace

SmallVector<Value> LevelQuery::query(StringRef instruction, int64_t eax,
                                     int64_t ecx) {
  Type i32 = symbols.i32;
  auto answer = LLVM::InlineAsmOp::create(
      symbols.builder, symbols.loc, symbols.structType({i32, i32, i32, i32}),
      ValueRange{symbols.constant(i32, eax), symbols.constant(i32, ecx)},
      instruction,
      "={eax},={ebx},={ecx},={edx},{eax},{ecx},~{dirflag},~{fpsr},~{flags}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
      ArrayAttr());
  SmallVector<Value> words;
  for (int64_t i = 0; i < 4; ++i)
    words.push_back(LLVM::ExtractValueOp::create(
        symbols.builder, symbols.loc, answer.getRes(), ArrayRef<int64_t>{i}));
  return words;
}

Value LevelQuery::hasAllBits(Value word, uint32_t bits) {
  Value mask = symbols.constant(symbols.i32, (int32_t)bits);
  return symbols.compare(LLVM::ICmpPredicate::eq, both(word, mask), mask);
}

llvm::StringMap<Value> LevelQuery::emit() {
  OpBuilder &builder = symbols.builder;
  Value highestLeaf = query("cpuid", 0, 0)[0];
  Value hasLeaf7 = symbols.compare(LLVM::ICmpPredicate::uge, highestLeaf,
                                   symbols.constant(symbols.i32, 7));
  Value features = query("cpuid", 1, 0)[2];
  // FMA, MOVBE, OSXSAVE, AVX, F16C.
  Value hasAVX =
      both(hasLeaf7, hasAllBits(features, 1u << 12 | 1u << 22 | 1u << 27 |
                                              1u << 28 | 1u << 29));
  Block *chosen =
      builder.getInsertionBlock()->splitBlock(builder.getInsertionPoint());
  Block *questions = builder.createBlock(chosen);
  builder.setInsertionPointToEnd(questions->getPrevNode());
  // xgetbv is an invalid instruction without OSXSAVE.
  LLVM::CondBrOp::create(builder, symbols.loc, hasAVX, questions, chosen);
  builder.setInsertionPointToStart(questions);
  Value enabled = query("xgetbv", 0, 0)[0];
  Value extended = query("cpuid", 7, 0)[1];
  Value more = query("cpuid", (int32_t)0x80000001, 0)[2];
  // State of SSE and AVX; BMI1, AVX2, BMI2; LZCNT.
  Value isV3 = both(both(hasAllBits(enabled, 0x6),
                         hasAllBits(extended, 1u << 3 | 1u << 5 | 1u << 8)),
                    hasAllBits(more, 1u << 5));
  // State of the AVX-512 registers; AVX-512 F, DQ, CD, BW, VL.
  Value isV4 = both(both(isV3, hasAllBits(enabled, 0xe6)),
                    hasAllBits(extended, 1u << 16 | 1u << 17 | 1u << 28 |
                                             1u << 30 | 1u << 31));
  return {{"x86-64-v3", isV3}, {"x86-64-v4", isV4}};
}

/// The address of the best variant of `function` that the processor runs.
static Value selectVariant(SymbolBuilder &symbols, const Dispatched &function,
                           const Target &target,
                           const llvm::StringMap<Value> &levels) {
  Value choice = symbols.addressOf(function.variants.back().getValue());
  auto machines = target.machines.drop_back();
  for (auto [machine, variant] :
       llvm::reverse(llvm::zip(machines, function.variants.drop_back())))
    choice = LLVM::SelectOp::create(
        symbols.builder, symbols.loc, levels.lookup(machine.name),
        symbols.addressOf(variant.getValue()), choice);
  return choice;
}

LogicalResult frieze::emitChoiceOfVariant(SymbolBuilder &symbols,
                                          const Target &target) {
  for (const Machine &machine : target.machines.drop_back())
    if (machine.name != "x86-64-v3" && machine.name != "x86-64-v4")
      return symbols.module.emitError("cannot tell whether a processor is ")
             << machine.name;
  for (const Dispatched &function : symbols.getDispatched())
    symbols.emitGlobal(
        function.pointer, symbols.pointer, LLVM::Linkage::Internal,
        [&] { return symbols.addressOf(function.variants.back().getValue()); },
        /*isConstant=*/false);
  std::string constructor = symbols.getSymbol("choose_variant");
  OpBuilder &builder = symbols.builder;
  symbols.emitFunction(
      constructor, {}, LLVM::Linkage::Internal, [&](ValueRange) {
        llvm::StringMap<Value> levels = LevelQuery(symbols).emit();
        for (const Dispatched &function : symbols.getDispatched())
          LLVM::StoreOp::create(
              builder, symbols.loc,
              selectVariant(symbols, function, target, levels),
              symbols.addressOf(function.pointer));
        Block *chosen = builder.getInsertionBlock()->getNextNode();
        LLVM::BrOp::create(builder, symbols.loc, chosen);
        builder.setInsertionPointToStart(chosen);
      });
  LLVM::GlobalCtorsOp::create(
      builder, symbols.loc,
      builder.getArrayAttr(
          {FlatSymbolRefAttr::get(builder.getStringAttr(constructor))}),
      builder.getI32ArrayAttr({65535}),
      builder.getArrayAttr({LLVM::ZeroAttr::get(builder.getContext())}));
  return success();
}
