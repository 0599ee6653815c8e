//===- KernelEmitter.cpp - Loops as the work of threads ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/KernelEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/ScopedHashTable.h"

using namespace mlir;
using namespace frieze;

static Attribute getSpace(MLIRContext *context, gpu::AddressSpace space) {
  return gpu::AddressSpaceAttr::get(context, space);
}

static MemRefType getBufferType(MLIRContext *context, int64_t elements,
                                gpu::AddressSpace space) {
  return MemRefType::get(elements, Float32Type::get(context),
                         MemRefLayoutAttrInterface(), getSpace(context, space));
}

namespace {
class KernelEmitter {
public:
  KernelEmitter(func::FuncOp function, const KernelSegment &segment,
                const WeightsBuffer &weights, int64_t inputStride,
                int64_t samples)
      : function(function), segment(segment), shape(segment.shape),
        weights(weights), inputStride(inputStride), samples(samples),
        builder(function.getContext()) {}

  gpu::GPUFuncOp emit(gpu::GPUModuleOp module, StringRef entry);

private:
  /// A buffer of the kernel, and elements from its start. `last` is the last
  /// element of an array that may end before the samples of a call do.
  struct Place {
    Value buffer, offset, last;
    bool isWritten = false;
  };
  using Scope = llvm::ScopedHashTableScope<Value, Value>;
  using BlockEmitter = llvm::function_ref<void(Block &)>;

  void emitPrologue(gpu::GPUFuncOp kernel);
  /// Finds which call a thread works on, and its number among those that do.
  /// Returns the number of its team in the group.
  Value findCall(Value count);
  /// Code that all threads of a group run.
  void emitUniform(Block &block);
  void emitUniform(Operation &op);
  /// The iterations of a piece, by the threads of a team.
  void emitPiece(const LoopPiece &piece);
  void emitIteration(const LoopPiece &piece, Value number);
  /// Code of one thread.
  void emitInOrder(Operation &op);
  void emitInOrder(Block &block) {
    for (Operation &op : block.without_terminator())
      emitInOrder(op);
  }
  void emitLoop(scf::ForOp loop, BlockEmitter emitBody);
  void emitLoopInOrder(scf::ForallOp loop);
  void emitChoice(scf::IfOp choice, BlockEmitter emitBody);
  void emitYield(Block &block);
  Value emitLoad(Value buffer, Value at);
  Value isThere(const Place &place, Value address) {
    return create<arith::CmpIOp>(arith::CmpIPredicate::ule, address,
                                 place.last);
  }
  void emitStore(Value value, Value buffer, Value at);
  /// Waits for all threads where `accesses` need what others did before.
  void waitFor(ArrayRef<MemoryAccess> accesses);
  void wait();
  void waitIfPending() {
    if (!pending.empty())
      wait();
  }

  /// What `value` of the function is in the kernel.
  Value get(Value value);
  SmallVector<Value> get(ValueRange range) {
    return llvm::map_to_vector(range, [&](Value value) { return get(value); });
  }
  Place getPlace(Value buffer);
  Value toIndex(Value value) {
    return create<arith::IndexCastOp>(builder.getIndexType(), value);
  }
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  template <typename OpT, typename... Args> Value create(Args &&...args) {
    return OpT::create(builder, loc, std::forward<Args>(args)...);
  }

  func::FuncOp function;
  const KernelSegment &segment;
  const GroupShape &shape;
  const WeightsBuffer &weights;
  int64_t inputStride, samples;
  OpBuilder builder;
  Location loc = builder.getUnknownLoc();
  llvm::ScopedHashTable<Value, Value> values;
  /// Of the function's arguments.
  llvm::DenseMap<Value, Place> places;
  Value weightsBuffer;
  /// The call, the thread's number in its team, and whether that has a call to
  /// work on; null where it always has.
  Value call, member, hasCall;
  /// What threads did since they last waited for each other.
  SmallVector<MemoryAccess> pending;
  /// How many of these are not of the loop that is being emitted.
  size_t pendingBefore = 0;
  /// The member of a team that takes the first iteration of the next piece.
  int64_t nextMember = 0;
};
} // namespace

/// What a vector of one lane becomes.
static Type getScalar(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.getElementType() : type;
}

Value KernelEmitter::get(Value value) {
  if (Value known = values.lookup(value))
    return known;
  // Computed where it is used, as often as it is.
  Operation *op = value.getDefiningOp();
  SmallVector<Value> operands = get(op->getOperands());
  Value result;
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
    result = create<arith::ConstantOp>(
        elements ? cast<TypedAttr>(elements.getSplatValue<Attribute>())
                 : constant.getValue());
  } else if (isa<vector::BroadcastOp, vector::ExtractStridedSliceOp,
                 vector::InsertStridedSliceOp>(op)) {
    result = operands[0];
  } else if (auto shuffle = dyn_cast<vector::ShuffleOp>(op)) {
    result = operands[shuffle.getMask().front() == 1 ? 1 : 0];
  } else {
    Operation *copy = op->cloneWithoutRegions();
    copy->setOperands(operands);
    copy->setLoc(loc);
    for (OpResult one : copy->getResults())
      one.setType(getScalar(one.getType()));
    builder.insert(copy);
    result = copy->getResult(0);
  }
  values.insert(value, result);
  return result;
}

KernelEmitter::Place KernelEmitter::getPlace(Value buffer) {
  if (auto view = buffer.getDefiningOp<memref::ViewOp>()) {
    Place place = getPlace(view.getSource());
    Value elements =
        create<arith::DivUIOp>(get(view.getByteShift()), index(sizeof(float)));
    place.offset = create<arith::AddIOp>(place.offset, elements);
    return place;
  }
  if (auto global = buffer.getDefiningOp<memref::GetGlobalOp>())
    return {weightsBuffer, index(weights.getOffset(global.getName())), {}};
  return places.lookup(buffer);
}

Value KernelEmitter::emitLoad(Value buffer, Value at) {
  Place place = getPlace(buffer);
  Value address = create<arith::AddIOp>(place.offset, get(at));
  auto load = [&](OpBuilder &at) -> Value {
    return memref::LoadOp::create(at, loc, place.buffer, address);
  };
  if (!place.last)
    return load(builder);
  if (!place.isWritten) {
    // Nobody sees what a sample that is not there is computed from.
    address = create<arith::MinUIOp>(address, place.last);
    return load(builder);
  }
  // What is last may be written by another thread meanwhile.
  auto yield = [&](OpBuilder &inner, Value value) {
    scf::YieldOp::create(inner, loc, value);
  };
  auto choice = scf::IfOp::create(
      builder, loc, isThere(place, address),
      [&](OpBuilder &inner, Location) { yield(inner, load(inner)); },
      [&](OpBuilder &inner, Location) {
        yield(inner,
              arith::ConstantOp::create(inner, loc, inner.getF32FloatAttr(0)));
      });
  return choice.getResult(0);
}

void KernelEmitter::emitStore(Value value, Value buffer, Value at) {
  Place place = getPlace(buffer);
  Value stored = get(value);
  Value address = create<arith::AddIOp>(place.offset, get(at));
  auto store = [&](OpBuilder &at) {
    memref::StoreOp::create(at, loc, stored, place.buffer, address);
  };
  if (!place.last)
    return store(builder);
  scf::IfOp::create(builder, loc, isThere(place, address),
                    [&](OpBuilder &inner, Location) {
                      store(inner);
                      scf::YieldOp::create(inner, loc);
                    });
}

//===----------------------------------------------------------------------===//
// One thread
//===----------------------------------------------------------------------===//

void KernelEmitter::emitYield(Block &block) {
  SmallVector<Value> results;
  if (auto yield = dyn_cast<scf::YieldOp>(block.getTerminator()))
    results = get(yield.getOperands());
  scf::YieldOp::create(builder, loc, results);
}

void KernelEmitter::emitLoop(scf::ForOp loop, BlockEmitter emitBody) {
  SmallVector<Value> initial = get(loop.getInitArgs());
  Value low = get(loop.getLowerBound()), high = get(loop.getUpperBound());
  auto emitted = scf::ForOp::create(
      builder, loc, low, high, get(loop.getStep()), initial,
      [&](OpBuilder &inner, Location, Value i, ValueRange carried) {
        OpBuilder::InsertionGuard guard(builder);
        builder.restoreInsertionPoint(inner.saveInsertionPoint());
        Scope scope(values);
        values.insert(loop.getInductionVar(), i);
        for (auto [old, value] : llvm::zip(loop.getRegionIterArgs(), carried))
          values.insert(old, value);
        emitBody(*loop.getBody());
        emitYield(*loop.getBody());
      });
  for (auto [old, value] : llvm::zip(loop.getResults(), emitted.getResults()))
    values.insert(old, value);
}

void KernelEmitter::emitLoopInOrder(scf::ForallOp loop) {
  scf::ForOp::create(
      builder, loc, index(0), index(countIterations(loop)), index(1),
      ValueRange(), [&](OpBuilder &inner, Location, Value i, ValueRange) {
        OpBuilder::InsertionGuard guard(builder);
        builder.restoreInsertionPoint(inner.saveInsertionPoint());
        Scope scope(values);
        values.insert(loop.getInductionVar(0), i);
        emitInOrder(*loop.getBody());
        scf::YieldOp::create(builder, loc);
      });
}

void KernelEmitter::emitChoice(scf::IfOp choice, BlockEmitter emitBody) {
  auto emitBranch = [&](Block *branch) {
    return [&, branch](OpBuilder &inner, Location) {
      OpBuilder::InsertionGuard guard(builder);
      builder.restoreInsertionPoint(inner.saveInsertionPoint());
      Scope scope(values);
      emitBody(*branch);
      emitYield(*branch);
    };
  };
  auto emitThen = emitBranch(choice.thenBlock());
  auto emitElse = emitBranch(choice.elseBlock());
  auto emitted = scf::IfOp::create(
      builder, loc, get(choice.getCondition()), emitThen,
      choice.elseBlock()
          ? llvm::function_ref<void(OpBuilder &, Location)>(emitElse)
          : nullptr);
  for (auto [old, value] : llvm::zip(choice.getResults(), emitted.getResults()))
    values.insert(old, value);
}

void KernelEmitter::emitInOrder(Operation &op) {
  loc = op.getLoc();
  auto emitBody = [&](Block &body) { emitInOrder(body); };
  if (auto load = dyn_cast<memref::LoadOp>(op))
    values.insert(load, emitLoad(load.getMemRef(), load.getIndices()[0]));
  else if (auto load = dyn_cast<vector::LoadOp>(op))
    values.insert(load, emitLoad(load.getBase(), load.getIndices()[0]));
  else if (auto store = dyn_cast<vector::StoreOp>(op))
    emitStore(store.getValueToStore(), store.getBase(), store.getIndices()[0]);
  else if (auto loop = dyn_cast<scf::ForOp>(op))
    emitLoop(loop, emitBody);
  else if (auto choice = dyn_cast<scf::IfOp>(op))
    emitChoice(choice, emitBody);
  else if (auto loop = dyn_cast<scf::ForallOp>(op))
    emitLoopInOrder(loop);
}

//===----------------------------------------------------------------------===//
// A group
//===----------------------------------------------------------------------===//

void KernelEmitter::wait() {
  gpu::BarrierOp::create(builder, loc);
  pending.clear();
  pendingBefore = nextMember = 0;
}

void KernelEmitter::waitFor(ArrayRef<MemoryAccess> accesses) {
  auto conflicts = [&](const MemoryAccess &access) {
    for (auto [number, earlier] : llvm::enumerate(pending))
      if (access.meets(earlier) && (access.isWrite || earlier.isWrite) &&
          (access.isWrite != earlier.isWrite || number < pendingBefore))
        return true;
    return false;
  };
  if (llvm::any_of(accesses, conflicts))
    wait();
  llvm::append_range(pending, accesses);
}

void KernelEmitter::emitIteration(const LoopPiece &piece, Value number) {
  Scope scope(values);
  int64_t inner = 1;
  // The first loop's index differs between neighbouring threads.
  for (scf::ForallOp loop : piece.loops) {
    Value i = number;
    if (inner > 1)
      i = create<arith::DivUIOp>(i, index(inner));
    inner *= countIterations(loop);
    if (inner < piece.iterations)
      i = create<arith::RemUIOp>(i, index(countIterations(loop)));
    values.insert(loop.getInductionVar(0), i);
  }
  for (Operation *op : piece.body)
    emitInOrder(*op);
}

void KernelEmitter::emitPiece(const LoopPiece &piece) {
  loc = piece.body.front()->getLoc();
  OpBuilder::InsertionGuard guard(builder);
  auto enterIf = [&](Value condition) {
    auto choice = scf::IfOp::create(builder, loc, condition,
                                    /*withElseRegion=*/false);
    builder.setInsertionPointToStart(choice.thenBlock());
  };
  if (hasCall)
    enterIf(hasCall);
  int64_t team = shape.getTeam();
  Value first = member;
  if (nextMember)
    first = create<arith::RemUIOp>(
        create<arith::AddIOp>(member, index(team - nextMember)), index(team));
  nextMember = (nextMember + piece.iterations) % team;
  if (piece.iterations > team) {
    auto loop = scf::ForOp::create(builder, loc, first, index(piece.iterations),
                                   index(team));
    builder.setInsertionPointToStart(loop.getBody());
    first = loop.getInductionVar();
  } else if (piece.iterations < team) {
    enterIf(create<arith::CmpIOp>(arith::CmpIPredicate::ult, first,
                                  index(piece.iterations)));
  }
  emitIteration(piece, first);
}

void KernelEmitter::emitUniform(Block &block) {
  for (Operation &op : block.without_terminator())
    emitUniform(op);
}

void KernelEmitter::emitUniform(Operation &op) {
  pendingBefore = pending.size();
  if (auto loop = dyn_cast<scf::ForallOp>(op)) {
    for (const LoopPiece &piece : splitIntoPieces(loop)) {
      waitFor(piece.accesses);
      emitPiece(piece);
    }
    return;
  }
  if (!writesMemory(op)) {
    // Every thread has the values, as each may need them.
    loc = op.getLoc();
    waitFor(findAccesses(op));
    return emitInOrder(op);
  }
  if (!hasIndependentLoops(op)) {
    LoopPiece piece = makeSinglePiece(op);
    waitFor(piece.accesses);
    return emitPiece(piece);
  }
  // Rounds and branches begin, and end, where no thread is behind.
  auto emitBody = [&](Block &body) {
    emitUniform(body);
    waitIfPending();
  };
  loc = op.getLoc();
  waitIfPending();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    emitLoop(loop, emitBody);
  else
    emitChoice(cast<scf::IfOp>(op), emitBody);
}

Value KernelEmitter::findCall(Value count) {
  member = create<gpu::ThreadIdOp>(gpu::Dimension::x);
  call = create<gpu::BlockIdOp>(gpu::Dimension::x);
  Value team = index(0);
  if (shape.groups > 1) {
    Value groups = index(shape.groups);
    Value part = create<arith::RemUIOp>(call, groups);
    member = create<arith::AddIOp>(
        create<arith::MulIOp>(part, index(shape.threads)), member);
    call = create<arith::DivUIOp>(call, groups);
  }
  if (shape.calls > 1) {
    Value thread = member, threads = index(shape.threads);
    team = create<arith::DivUIOp>(thread, threads);
    member = create<arith::RemUIOp>(thread, threads);
    call = create<arith::AddIOp>(
        create<arith::MulIOp>(call, index(shape.calls)), team);
    // Teams behind the last call only wait, and read what all threads do.
    Value last = create<arith::SubIOp>(toIndex(count), index(1));
    if (samples > 1)
      last = create<arith::DivUIOp>(last, index(samples));
    hasCall = create<arith::CmpIOp>(arith::CmpIPredicate::ule, call, last);
    call = create<arith::MinUIOp>(call, last);
  }
  return team;
}

void KernelEmitter::emitPrologue(gpu::GPUFuncOp kernel) {
  Block &body = kernel.getBody().front();
  ArrayRef<BlockArgument> arguments = function.getArguments();
  weightsBuffer = body.getArgument(arguments.size() - 1);
  Value arena = body.getArgument(arguments.size());
  Value count = body.getArgument(arguments.size() + 1);
  Value team = findCall(count);
  llvm::DenseSet<Value> written;
  for (Operation &op : function.getBody().front())
    for (const MemoryAccess &access : findAccesses(op))
      if (access.isWrite)
        written.insert(access.buffer);
  for (BlockArgument argument : arguments.drop_back()) {
    bool isMoving = inputStride && argument.getArgNumber() == 0;
    int64_t stride =
        isMoving ? inputStride
                 : cast<MemRefType>(argument.getType()).getNumElements();
    Place &place = places[argument];
    place = {body.getArgument(argument.getArgNumber()),
             create<arith::MulIOp>(call, index(stride)),
             {},
             written.contains(argument)};
    if (samples > 1)
      place.last = create<arith::SubIOp>(
          create<arith::MulIOp>(toIndex(count), index(stride / samples)),
          index(1));
  }
  bool isShared = kernel.getNumWorkgroupAttributions();
  places[arguments.back()] = {
      isShared ? Value(kernel.getWorkgroupAttributions().front()) : arena,
      create<arith::MulIOp>(isShared ? team : call, index(shape.arenaElements)),
      {}};
}

gpu::GPUFuncOp KernelEmitter::emit(gpu::GPUModuleOp module, StringRef entry) {
  MLIRContext *context = builder.getContext();
  builder.setInsertionPointToEnd(module.getBody());
  loc = function.getLoc();
  Type any =
      getBufferType(context, ShapedType::kDynamic, gpu::AddressSpace::Global);
  // The function's last argument is its arena.
  SmallVector<Type> types(function.getNumArguments() - 1, any);
  Type ofWeights =
      getBufferType(context, weights.getElements(), gpu::AddressSpace::Global);
  llvm::append_range(types,
                     ArrayRef<Type>{ofWeights, any, builder.getI32Type()});
  SmallVector<Type> shared;
  if (shape.isShared)
    shared.push_back(getBufferType(context, shape.calls * shape.arenaElements,
                                   gpu::AddressSpace::Workgroup));
  auto kernel = gpu::GPUFuncOp::create(
      builder, loc, entry, builder.getFunctionType(types, {}), shared);
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel.setKnownBlockSize(
      ArrayRef<int32_t>{int32_t(shape.calls * shape.threads), 1, 1});
  kernel->setAttr(groupsPerCallName, builder.getI32IntegerAttr(shape.groups));
  kernel->setAttr(callsPerGroupName,
                  builder.getI32IntegerAttr(shape.calls * samples));
  // Of several samples, a thread computes so much that registers would spill.
  if (shape.residentGroups > 1 && samples == 1)
    kernel->setAttr(residentGroupsName,
                    builder.getI32IntegerAttr(shape.residentGroups));
  kernel->setAttr(
      arenaBytesName,
      builder.getI64IntegerAttr(
          shape.isShared ? 0 : shape.arenaElements * sizeof(float)));
  builder.setInsertionPointToStart(&kernel.getBody().front());
  Scope scope(values);
  emitPrologue(kernel);
  for (Operation *op : segment.ops)
    emitUniform(*op);
  for (const LoopPiece &piece : segment.pieces)
    emitPiece(piece);
  gpu::ReturnOp::create(builder, loc);
  return kernel;
}

gpu::GPUFuncOp frieze::emitKernel(gpu::GPUModuleOp module, StringRef entry,
                                  func::FuncOp function,
                                  const KernelSegment &segment,
                                  const WeightsBuffer &weights,
                                  int64_t inputStride, int64_t samples) {
  return KernelEmitter(function, segment, weights, inputStride, samples)
      .emit(module, entry);
}
