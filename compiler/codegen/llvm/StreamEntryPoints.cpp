//===- StreamEntryPoints.cpp - Public symbols of a stream -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/SymbolBuilder.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace frieze;

// The counters at the start of a state
// (compiler/conversion/plan/StreamState.h).
static constexpr int64_t samplesCounter = 0;
static constexpr int64_t earlyCounter = 8;

static void emitInit(SymbolBuilder &symbols) {
  nn::StreamInterfaceAttr stream = symbols.interface.getStream();
  OpBuilder &builder = symbols.builder;
  Type i64 = symbols.i64;
  auto store = [&](Value value, Value at) {
    LLVM::StoreOp::create(builder, symbols.loc, value, at);
  };
  symbols.emitFunction(
      symbols.getSymbol("stream_init"), {symbols.pointer},
      LLVM::Linkage::External, [&](ValueRange arguments) {
        Value state = arguments[0];
        // What no window has written counts as zero, and takes no longer to
        // compute with than other numbers.
        Value words = symbols.constant(i64, stream.getState() / 8);
        symbols.emitLoop(words, [&](Value i) {
          store(symbols.constant(i64, 0), symbols.offset(i64, state, i));
          return symbols.constant(i64, 1);
        });
        store(symbols.constant(i64, stream.getMissing()),
              symbols.offsetBytes(state, samplesCounter));
        store(symbols.constant(i64, stream.getEarly()),
              symbols.offsetBytes(state, earlyCounter));
      });
}

namespace {
/// Emits the body of push: one round for each hop, or for each block where the
/// next block is all new.
class PushEmitter {
public:
  explicit PushEmitter(SymbolBuilder &symbols)
      : symbols(symbols), stream(symbols.interface.getStream()),
        functions(symbols.getDispatched()), hop(number(stream.getHop())) {}

  /// Returns the number of windows written.
  Value emit(ValueRange arguments);

private:
  /// What changes from round to round: samples, how many, outputs, and the
  /// number of windows written.
  struct Round {
    Value samples, count;
    SmallVector<Value> outputs;
    Value written;
  };
  void goOn(const Round &next);
  /// The round after `samples` more, with their `windows`.
  Round advance(const Round &round, Value samples, Value windows);
  /// Takes a whole block.
  void emitBlock(const Round &round);
  /// Takes what is missing of a hop, or what there is, and computes the window
  /// that it completes.
  void emitHop(const Round &round, Value filled, Value early);
  void emitWindow(const Round &round, Value filled, Value early, Value taken);

  Value number(int64_t value) { return symbols.constant(symbols.i64, value); }
  Value isEqual(Value a, int64_t b) {
    return symbols.compare(LLVM::ICmpPredicate::eq, a, number(b));
  }
  Value scale(Value a, int64_t factor) {
    return symbols.create<LLVM::MulOp>(a, number(factor));
  }
  Type getSampleType() {
    return symbols.interface.getInputs().front().getType().getElementType();
  }
  /// `base` and so many samples.
  Value offsetSamples(Value base, Value samples) {
    return symbols.offset(getSampleType(), base,
                          scale(samples, stream.getChannels()));
  }
  void copySamples(Value from, Value to, Value samples);
  Block *newBlock() {
    OpBuilder::InsertionGuard guard(symbols.builder);
    return symbols.builder.createBlock(region, region->end());
  }

  SymbolBuilder &symbols;
  nn::StreamInterfaceAttr stream;
  SmallVector<Dispatched> functions;
  Value hop;
  Region *region = nullptr;
  Block *head = nullptr, *done = nullptr;
  Value state, buffer, samplesCounterAt, earlyCounterAt;
};
} // namespace

void PushEmitter::goOn(const Round &next) {
  SmallVector<Value> operands{next.samples, next.count};
  llvm::append_range(operands, next.outputs);
  operands.push_back(next.written);
  LLVM::BrOp::create(symbols.builder, symbols.loc, operands, head);
}

PushEmitter::Round PushEmitter::advance(const Round &round, Value samples,
                                        Value windows) {
  Round next{offsetSamples(round.samples, samples),
             symbols.create<LLVM::SubOp>(round.count, samples),
             {},
             symbols.create<LLVM::AddOp>(round.written, windows)};
  for (auto [output, tensor] :
       llvm::zip_equal(round.outputs, symbols.interface.getOutputs()))
    next.outputs.push_back(
        symbols.offset(tensor.getType().getElementType(), output,
                       scale(windows, tensor.getNumElements())));
  return next;
}

void PushEmitter::copySamples(Value from, Value to, Value samples) {
  Type element = getSampleType();
  symbols.emitLoop(scale(samples, stream.getChannels()), [&](Value i) {
    Value sample = LLVM::LoadOp::create(symbols.builder, symbols.loc, element,
                                        symbols.offset(element, from, i));
    LLVM::StoreOp::create(symbols.builder, symbols.loc, sample,
                          symbols.offset(element, to, i));
    return number(1);
  });
}

void PushEmitter::emitBlock(const Round &round) {
  Value samples = number(stream.getBlock() * stream.getHop());
  copySamples(round.samples, buffer, samples);
  SmallVector<Value> operands{symbols.asIndex(number(0))};
  llvm::append_range(operands, round.outputs);
  operands.push_back(state);
  symbols.callDispatched(functions[2], operands);
  goOn(advance(round, samples, number(stream.getBlock())));
}

void PushEmitter::emitHop(const Round &round, Value filled, Value early) {
  OpBuilder &builder = symbols.builder;
  // Of indices, as a division of 64 bits is a call where they have 32.
  Value begun = symbols.fromIndex(symbols.create<LLVM::URemOp>(
      symbols.asIndex(filled), symbols.asIndex(hop)));
  Value missing = symbols.create<LLVM::SubOp>(hop, begun);
  Value taken = symbols.create<LLVM::UMinOp>(round.count, missing);
  copySamples(round.samples, offsetSamples(buffer, filled), taken);
  Value nowFilled = symbols.create<LLVM::AddOp>(filled, taken);
  Value isFull = isEqual(nowFilled, stream.getBlock() * stream.getHop());
  LLVM::StoreOp::create(builder, symbols.loc,
                        LLVM::SelectOp::create(builder, symbols.loc, isFull,
                                               number(0), nowFilled),
                        samplesCounterAt);
  Value isWhole = symbols.compare(LLVM::ICmpPredicate::eq, taken, missing);
  Block *window = newBlock();
  LLVM::CondBrOp::create(builder, symbols.loc, isWhole, window, ValueRange(),
                         done, ValueRange());
  builder.setInsertionPointToEnd(window);
  emitWindow(round, filled, early, taken);
}

void PushEmitter::emitWindow(const Round &round, Value filled, Value early,
                             Value taken) {
  OpBuilder &builder = symbols.builder;
  Value isEarly = symbols.compare(LLVM::ICmpPredicate::ne, early, number(0));
  SmallVector<Value> operands{symbols.create<LLVM::UDivOp>(
      symbols.asIndex(filled), symbols.asIndex(hop))};
  int64_t unwanted = stream.getUnwanted();
  DataLayout layout(symbols.module);
  for (auto [output, tensor] :
       llvm::zip_equal(round.outputs, symbols.interface.getOutputs())) {
    operands.push_back(
        LLVM::SelectOp::create(builder, symbols.loc, isEarly,
                               symbols.offsetBytes(state, unwanted), output));
    unwanted += tensor.getNumElements() *
                (int64_t)layout.getTypeSize(tensor.getType().getElementType());
  }
  operands.push_back(state);
  symbols.callDispatched(functions[1], operands);
  Value wasEarly =
      LLVM::ZExtOp::create(builder, symbols.loc, symbols.i64, isEarly);
  LLVM::StoreOp::create(builder, symbols.loc,
                        symbols.create<LLVM::SubOp>(early, wasEarly),
                        earlyCounterAt);
  goOn(advance(round, taken, symbols.create<LLVM::SubOp>(number(1), wasEarly)));
}

Value PushEmitter::emit(ValueRange arguments) {
  OpBuilder &builder = symbols.builder;
  region = builder.getInsertionBlock()->getParent();
  state = arguments[0];
  samplesCounterAt = symbols.offsetBytes(state, samplesCounter);
  earlyCounterAt = symbols.offsetBytes(state, earlyCounter);
  buffer = symbols.offsetBytes(state, stream.getSamples());
  Block *entry = builder.getInsertionBlock();
  SmallVector<Type> types(arguments.drop_front().getTypes());
  types.push_back(symbols.i64);
  head = builder.createBlock(region, region->end(), types,
                             SmallVector<Location>(types.size(), symbols.loc));
  Block *first = newBlock();
  done = newBlock();
  builder.setInsertionPointToEnd(entry);
  goOn({arguments[1], arguments[2], llvm::to_vector(arguments.drop_front(3)),
        number(0)});

  builder.setInsertionPointToEnd(head);
  auto carried = ValueRange(head->getArguments());
  Round round{carried[0], carried[1],
              llvm::to_vector(carried.drop_front(2).drop_back()),
              carried.back()};
  LLVM::CondBrOp::create(builder, symbols.loc, isEqual(round.count, 0), done,
                         first);
  builder.setInsertionPointToEnd(first);
  Value filled =
      LLVM::LoadOp::create(builder, symbols.loc, symbols.i64, samplesCounterAt);
  Value early =
      LLVM::LoadOp::create(builder, symbols.loc, symbols.i64, earlyCounterAt);
  if (stream.getBlock() > 1) {
    Block *takeBlock = newBlock(), *takeHop = newBlock();
    Value isFresh = isEqual(symbols.create<LLVM::OrOp>(filled, early), 0);
    Value isEnough =
        symbols.compare(LLVM::ICmpPredicate::uge, round.count,
                        number(stream.getBlock() * stream.getHop()));
    LLVM::CondBrOp::create(builder, symbols.loc,
                           symbols.create<LLVM::AndOp>(isFresh, isEnough),
                           takeBlock, takeHop);
    builder.setInsertionPointToEnd(takeBlock);
    emitBlock(round);
    builder.setInsertionPointToEnd(takeHop);
  }
  emitHop(round, filled, early);
  builder.setInsertionPointToEnd(done);
  return round.written;
}

static void emitPush(SymbolBuilder &symbols) {
  SmallVector<Type> arguments{symbols.pointer, symbols.pointer, symbols.i64};
  arguments.append(symbols.interface.getOutputs().size(), symbols.pointer);
  symbols.emitFunction(symbols.getSymbol("stream_push"), symbols.i64, arguments,
                       LLVM::Linkage::External, [&](ValueRange values) {
                         return PushEmitter(symbols).emit(values);
                       });
}

static void emitFlush(SymbolBuilder &symbols) {
  SmallVector<Type> arguments(1 + symbols.interface.getOutputs().size(),
                              symbols.pointer);
  symbols.emitFunction(
      symbols.getSymbol("stream_flush"), symbols.i64, arguments,
      LLVM::Linkage::External, [&](ValueRange values) {
        LLVM::CallOp::create(symbols.builder, symbols.loc, TypeRange(),
                             symbols.getSymbol("stream_init"), values[0]);
        return symbols.constant(symbols.i64, 0);
      });
}

/// The function `function` for callers that learn of the model at run time:
/// outputs come in an array, the last of `arguments`.
static void emitArrayForm(SymbolBuilder &symbols, StringRef function,
                          ArrayRef<Type> arguments) {
  symbols.emitFunction(
      symbols.getSymbol((function + "_arrays").str()), symbols.i64, arguments,
      LLVM::Linkage::Internal, [&](ValueRange values) -> Value {
        SmallVector<Value> operands(values.drop_back());
        llvm::append_range(
            operands,
            symbols.loadPointers(values.back(),
                                 symbols.interface.getOutputs().size()));
        return symbols
            .callLast(symbols.getSymbol(function), symbols.i64, operands)
            .getResult();
      });
}

/// Emits the frieze_stream.
static void emitStreamDescription(SymbolBuilder &symbols) {
  nn::StreamInterfaceAttr stream = symbols.interface.getStream();
  Type i64 = symbols.i64, pointer = symbols.pointer;
  auto type = symbols.structType(
      {i64, i64, i64, i64, i64, i64, pointer, pointer, pointer});
  symbols.emitGlobal(
      symbols.getSymbol("stream"), type, LLVM::Linkage::Internal, [&] {
        SmallVector<Value> fields;
        for (int64_t number :
             {stream.getWindow(), stream.getHop(), stream.getChannels(),
              stream.getBlock(), stream.getState(), stream.getAlignment()})
          fields.push_back(symbols.constant(i64, number));
        for (StringRef function : {"init", "push_arrays", "flush_arrays"})
          fields.push_back(symbols.addressOf(
              symbols.getSymbol(("stream_" + function).str())));
        return symbols.buildStruct(type, fields);
      });
}

void frieze::emitStreamEntryPoints(SymbolBuilder &symbols) {
  Type pointer = symbols.pointer;
  emitInit(symbols);
  emitPush(symbols);
  emitFlush(symbols);
  emitArrayForm(symbols, "stream_push",
                {pointer, pointer, symbols.i64, pointer});
  emitArrayForm(symbols, "stream_flush", {pointer, pointer});
  emitStreamDescription(symbols);
}
