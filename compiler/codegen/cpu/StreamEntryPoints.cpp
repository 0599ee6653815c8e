//===- StreamEntryPoints.cpp - Windows along a recording --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/EntryPointBuilder.h"

using namespace mlir;
using namespace frieze;

// The counters at the start of a state (compiler/conversion/StreamState.h).
static constexpr int64_t samplesCounter = 0;
static constexpr int64_t earlyCounter = 8;

Value EntryPointBuilder::offsetBytes(Value base, int64_t bytes) {
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{(int32_t)bytes});
}

Value EntryPointBuilder::offsetFloats(Value base, Value floats) {
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getF32Type(), base,
                             ArrayRef<LLVM::GEPArg>{floats});
}

void EntryPointBuilder::emitCopyLoop(Value from, Value to, Value count) {
  emitLoop(count, [&](Value i) {
    Value element = LLVM::LoadOp::create(builder, loc, builder.getF32Type(),
                                         offsetFloats(from, i));
    LLVM::StoreOp::create(builder, loc, element, offsetFloats(to, i));
    return constant(i64, 1);
  });
}

void EntryPointBuilder::emitStreamInit() {
  emitFunction(
      (getName() + "_stream_init").str(), {pointer}, LLVM::Linkage::External,
      [&](ValueRange arguments) {
        Value state = arguments[0];
        // What no window has written counts as zero, and takes no longer to
        // compute with than other numbers.
        Value words = constant(i64, getStreamNumber("state_bytes") / 8);
        emitLoop(words, [&](Value i) {
          Value word = LLVM::GEPOp::create(builder, loc, pointer, i64, state,
                                           ArrayRef<LLVM::GEPArg>{i});
          LLVM::StoreOp::create(builder, loc, constant(i64, 0), word);
          return constant(i64, 1);
        });
        LLVM::StoreOp::create(builder, loc,
                              constant(i64, getStreamNumber("missing_samples")),
                              offsetBytes(state, samplesCounter));
        LLVM::StoreOp::create(builder, loc,
                              constant(i64, getStreamNumber("early_windows")),
                              offsetBytes(state, earlyCounter));
      });
}

/// One round for each hop, or for each block where the next block is all new.
void EntryPointBuilder::emitStreamPush() {
  int64_t hop = getStreamNumber("hop"), block = getStreamNumber("block");
  int64_t channels = getStreamNumber("channels");
  SmallVector<int64_t> outputElements;
  for (Attribute tensor : getOutputs())
    outputElements.push_back(countElements(tensor));
  size_t outputCount = outputElements.size();
  SmallVector<Dispatched> functions = getDispatched();

  auto create = [&](auto op, Value a, Value b) -> Value {
    return decltype(op)::create(builder, loc, a, b);
  };
  auto add = [&](Value a, Value b) { return create(LLVM::AddOp(), a, b); };
  auto compare = [&](LLVM::ICmpPredicate predicate, Value a, int64_t b) {
    return LLVM::ICmpOp::create(builder, loc, predicate, a, constant(i64, b));
  };
  auto scale = [&](Value a, int64_t factor) {
    return create(LLVM::MulOp(), a, constant(i64, factor));
  };
  /// Outputs after `windows` more windows.
  auto advance = [&](ValueRange outputs, Value windows) {
    SmallVector<Value> next;
    for (auto [output, elements] : llvm::zip_equal(outputs, outputElements))
      next.push_back(offsetFloats(output, scale(windows, elements)));
    return next;
  };

  SmallVector<Type> arguments{pointer, pointer, i64};
  arguments.append(outputCount, pointer);
  auto emitBody = [&](ValueRange values) -> Value {
    Value state = values[0];
    Value samplesCounterAt = offsetBytes(state, samplesCounter);
    Value earlyCounterAt = offsetBytes(state, earlyCounter);
    Value buffer = offsetBytes(state, getStreamNumber("samples_offset"));
    // What changes from round to round: samples, how many, outputs, and the
    // number of windows written.
    SmallVector<Type> carriedTypes{pointer, i64};
    carriedTypes.append(outputCount, pointer);
    carriedTypes.push_back(i64);
    SmallVector<Location> locations(carriedTypes.size(), loc);
    Region *region = builder.getInsertionBlock()->getParent();
    auto newBlock = [&](bool isHead = false) {
      OpBuilder::InsertionGuard guard(builder);
      return isHead ? builder.createBlock(region, region->end(), carriedTypes,
                                          locations)
                    : builder.createBlock(region, region->end());
    };
    Block *head = newBlock(/*isHead=*/true), *round = newBlock();
    Block *takeHop = newBlock(), *window = newBlock(), *done = newBlock();
    auto goOn = [&](Value samples, Value count, ArrayRef<Value> outputs,
                    Value written) {
      SmallVector<Value> operands{samples, count};
      llvm::append_range(operands, outputs);
      operands.push_back(written);
      LLVM::BrOp::create(builder, loc, operands, head);
    };
    goOn(values[1], values[2], llvm::to_vector(values.drop_front(3)),
         constant(i64, 0));

    builder.setInsertionPointToEnd(head);
    Value samples = head->getArgument(0), count = head->getArgument(1);
    ValueRange outputs = head->getArguments().drop_front(2).drop_back();
    Value written = head->getArguments().back();
    LLVM::CondBrOp::create(
        builder, loc, compare(LLVM::ICmpPredicate::eq, count, 0), done, round);

    builder.setInsertionPointToEnd(round);
    Value filled = LLVM::LoadOp::create(builder, loc, i64, samplesCounterAt);
    Value early = LLVM::LoadOp::create(builder, loc, i64, earlyCounterAt);
    if (block == 1) {
      LLVM::BrOp::create(builder, loc, takeHop);
    } else {
      Block *takeBlock = newBlock();
      Value isFresh = compare(LLVM::ICmpPredicate::eq,
                              create(LLVM::OrOp(), filled, early), 0);
      Value isEnough = compare(LLVM::ICmpPredicate::uge, count, block * hop);
      LLVM::CondBrOp::create(builder, loc,
                             create(LLVM::AndOp(), isFresh, isEnough),
                             takeBlock, takeHop);
      builder.setInsertionPointToEnd(takeBlock);
      Value floats = constant(i64, block * hop * channels);
      emitCopyLoop(samples, buffer, floats);
      SmallVector<Value> operands{constant(i64, 0)};
      llvm::append_range(operands, outputs);
      operands.push_back(state);
      callDispatched(functions[2], operands);
      Value windows = constant(i64, block);
      goOn(offsetFloats(samples, floats),
           create(LLVM::SubOp(), count, constant(i64, block * hop)),
           advance(outputs, windows), add(written, windows));
    }

    builder.setInsertionPointToEnd(takeHop);
    Value missing = create(LLVM::SubOp(), constant(i64, hop),
                           create(LLVM::URemOp(), filled, constant(i64, hop)));
    Value taken = create(LLVM::UMinOp(), count, missing);
    Value floats = scale(taken, channels);
    emitCopyLoop(samples, offsetFloats(buffer, scale(filled, channels)),
                 floats);
    Value nowFilled = add(filled, taken);
    Value isFull = compare(LLVM::ICmpPredicate::eq, nowFilled, block * hop);
    LLVM::StoreOp::create(builder, loc,
                          LLVM::SelectOp::create(builder, loc, isFull,
                                                 constant(i64, 0), nowFilled),
                          samplesCounterAt);
    Value left = create(LLVM::SubOp(), count, taken);
    Value isWhole = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq,
                                         taken, missing);
    LLVM::CondBrOp::create(builder, loc, isWhole, window, ValueRange(), done,
                           ValueRange());

    builder.setInsertionPointToEnd(window);
    Value isEarly = compare(LLVM::ICmpPredicate::ne, early, 0);
    SmallVector<Value> operands{
        create(LLVM::UDivOp(), filled, constant(i64, hop))};
    int64_t unwanted = getStreamNumber("unwanted_offset");
    for (auto [output, elements] : llvm::zip_equal(outputs, outputElements)) {
      operands.push_back(LLVM::SelectOp::create(
          builder, loc, isEarly, offsetBytes(state, unwanted), output));
      unwanted += elements * sizeof(float);
    }
    operands.push_back(state);
    callDispatched(functions[1], operands);
    Value wasEarly = LLVM::ZExtOp::create(builder, loc, i64, isEarly);
    LLVM::StoreOp::create(builder, loc, create(LLVM::SubOp(), early, wasEarly),
                          earlyCounterAt);
    Value wanted = create(LLVM::SubOp(), constant(i64, 1), wasEarly);
    goOn(offsetFloats(samples, floats), left, advance(outputs, wanted),
         add(written, wanted));

    builder.setInsertionPointToEnd(done);
    return written;
  };
  emitFunction((getName() + "_stream_push").str(), i64, arguments,
               LLVM::Linkage::External, emitBody);
}

void EntryPointBuilder::emitStreamFlush() {
  SmallVector<Type> arguments(1 + getOutputs().size(), pointer);
  emitFunction((getName() + "_stream_flush").str(), i64, arguments,
               LLVM::Linkage::External, [&](ValueRange values) {
                 LLVM::CallOp::create(builder, loc, TypeRange(),
                                      (getName() + "_stream_init").str(),
                                      values[0]);
                 return constant(i64, 0);
               });
}

void EntryPointBuilder::emitStreamDescription() {
  auto name = [&](StringRef part) {
    return (getName() + "_stream" + part).str();
  };
  emitFunction(name("_push_arrays"), i64, {pointer, pointer, i64, pointer},
               LLVM::Linkage::Internal, [&](ValueRange values) -> Value {
                 SmallVector<Value> operands(values.drop_back());
                 llvm::append_range(
                     operands, loadPointers(values[3], getOutputs().size()));
                 return LLVM::CallOp::create(builder, loc, i64, name("_push"),
                                             operands)
                     .getResult();
               });
  emitFunction(name("_flush_arrays"), i64, {pointer, pointer},
               LLVM::Linkage::Internal, [&](ValueRange values) -> Value {
                 SmallVector<Value> operands{values[0]};
                 llvm::append_range(
                     operands, loadPointers(values[1], getOutputs().size()));
                 return LLVM::CallOp::create(builder, loc, i64, name("_flush"),
                                             operands)
                     .getResult();
               });
  auto type = LLVM::LLVMStructType::getLiteral(
      module.getContext(),
      {i64, i64, i64, i64, i64, i64, pointer, pointer, pointer});
  emitGlobal(name(""), type, LLVM::Linkage::Internal, [&] {
    SmallVector<Value> fields;
    for (StringRef key : {"window", "hop", "channels", "block", "state_bytes",
                          "state_alignment"})
      fields.push_back(constant(i64, getStreamNumber(key)));
    for (StringRef part : {"_init", "_push_arrays", "_flush_arrays"})
      fields.push_back(addressOf(name(part)));
    return buildStruct(type, fields);
  });
}
