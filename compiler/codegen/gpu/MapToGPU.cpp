//===- MapToGPU.cpp - Loops to kernels of groups of threads -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/gpu/GroupShape.h"
#include "compiler/codegen/gpu/LoopPieces.h"
#include "dialect/NNAttrs.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace frieze {
#define GEN_PASS_DEF_MAPTOGPUPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

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

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

namespace {
/// The constants of a module as one buffer.
class WeightsBuffer {
public:
  /// Those that `function` reads.
  explicit WeightsBuffer(func::FuncOp function);

  /// Elements from its start to a constant.
  int64_t getOffset(StringRef symbol) const { return offsets.lookup(symbol); }
  MemRefType getType() const {
    return getBufferType(module->getContext(), values.size(),
                         gpu::AddressSpace::Global);
  }
  /// Replaces the constants by the buffer, as a constant called `symbol`.
  void write(StringRef symbol);

private:
  /// In elements: a line that a device reads.
  static constexpr int64_t alignment = 32;

  ModuleOp module;
  llvm::StringMap<int64_t> offsets;
  SmallVector<double> values;
};
} // namespace

WeightsBuffer::WeightsBuffer(func::FuncOp function)
    : module(function->getParentOfType<ModuleOp>()) {
  function.walk([&](memref::GetGlobalOp op) {
    auto [offset, isNew] = offsets.try_emplace(op.getName(), values.size());
    if (!isNew)
      return;
    auto global =
        module.lookupSymbol<memref::GlobalOp>(op.getNameAttr().getAttr());
    llvm::append_range(values, *nn::readWeights(cast<ElementsAttr>(
                                   *global.getInitialValue())));
    values.resize(llvm::alignTo(values.size(), alignment), 0.0);
  });
  // No buffer of a device is empty.
  if (values.empty())
    values.resize(alignment, 0.0);
}

void WeightsBuffer::write(StringRef symbol) {
  for (auto global :
       llvm::make_early_inc_range(module.getOps<memref::GlobalOp>()))
    global.erase();
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  int64_t size = values.size();
  Type element = builder.getF32Type();
  memref::GlobalOp::create(
      builder, module.getLoc(), symbol, builder.getStringAttr("private"),
      MemRefType::get(size, element),
      nn::createWeights(symbol, RankedTensorType::get(size, element), values),
      /*constant=*/true, builder.getI64IntegerAttr(alignment * sizeof(float)));
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

namespace {
/// Writes the kernel that a function becomes.
class KernelMapper {
public:
  /// `inputStride`: elements of the first input from one call to the next, or 0
  /// for all that a call reads.
  KernelMapper(func::FuncOp function, const WeightsBuffer &weights,
               const Device &device, int64_t inputStride)
      : function(function), weights(weights), inputStride(inputStride),
        builder(function.getContext()),
        shape(chooseGroupShape(function, device)) {}

  void emit(gpu::GPUModuleOp module, StringRef entry);

private:
  /// A buffer of the kernel, and elements from its start.
  struct Place {
    Value buffer, offset;
  };
  using Scope = llvm::ScopedHashTableScope<Value, Value>;
  using BlockEmitter = llvm::function_ref<void(Block &)>;

  void emitPrologue(gpu::GPUFuncOp kernel);
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
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  template <typename OpT, typename... Args> Value create(Args &&...args) {
    return OpT::create(builder, loc, std::forward<Args>(args)...);
  }

  func::FuncOp function;
  const WeightsBuffer &weights;
  int64_t inputStride;
  OpBuilder builder;
  Location loc = builder.getUnknownLoc();
  GroupShape shape;
  llvm::ScopedHashTable<Value, Value> values;
  /// Of the function's arguments.
  llvm::DenseMap<Value, Place> places;
  Value weightsBuffer;
  /// The thread's number in its team, and whether that has a call to work on;
  /// null where it always has.
  Value member, hasCall;
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

Value KernelMapper::get(Value value) {
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

KernelMapper::Place KernelMapper::getPlace(Value buffer) {
  if (auto view = buffer.getDefiningOp<memref::ViewOp>()) {
    Place place = getPlace(view.getSource());
    Value elements =
        create<arith::DivUIOp>(get(view.getByteShift()), index(sizeof(float)));
    return {place.buffer, create<arith::AddIOp>(place.offset, elements)};
  }
  if (auto global = buffer.getDefiningOp<memref::GetGlobalOp>())
    return {weightsBuffer, index(weights.getOffset(global.getName()))};
  return places.lookup(buffer);
}

Value KernelMapper::emitLoad(Value buffer, Value at) {
  Place place = getPlace(buffer);
  return create<memref::LoadOp>(
      place.buffer, ValueRange(create<arith::AddIOp>(place.offset, get(at))));
}

void KernelMapper::emitStore(Value value, Value buffer, Value at) {
  Place place = getPlace(buffer);
  Value stored = get(value);
  Value address = create<arith::AddIOp>(place.offset, get(at));
  auto store = [&](OpBuilder &inner) {
    memref::StoreOp::create(inner, loc, stored, place.buffer, address);
  };
  bool isShared = cast<MemRefType>(place.buffer.getType()).getMemorySpace() ==
                  getSpace(builder.getContext(), gpu::AddressSpace::Workgroup);
  if (!hasCall || isShared)
    return store(builder);
  scf::IfOp::create(builder, loc, hasCall, [&](OpBuilder &inner, Location) {
    store(inner);
    scf::YieldOp::create(inner, loc);
  });
}

//===----------------------------------------------------------------------===//
// One thread
//===----------------------------------------------------------------------===//

void KernelMapper::emitYield(Block &block) {
  SmallVector<Value> results;
  if (auto yield = dyn_cast<scf::YieldOp>(block.getTerminator()))
    results = get(yield.getOperands());
  scf::YieldOp::create(builder, loc, results);
}

void KernelMapper::emitLoop(scf::ForOp loop, BlockEmitter emitBody) {
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

void KernelMapper::emitLoopInOrder(scf::ForallOp loop) {
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

void KernelMapper::emitChoice(scf::IfOp choice, BlockEmitter emitBody) {
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

void KernelMapper::emitInOrder(Operation &op) {
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

void KernelMapper::wait() {
  gpu::BarrierOp::create(builder, loc);
  pending.clear();
  pendingBefore = nextMember = 0;
}

void KernelMapper::waitFor(ArrayRef<MemoryAccess> accesses) {
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

void KernelMapper::emitIteration(const LoopPiece &piece, Value number) {
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

void KernelMapper::emitPiece(const LoopPiece &piece) {
  loc = piece.body.front()->getLoc();
  waitFor(piece.accesses);
  int64_t team = shape.teamThreads;
  Value first = member;
  if (nextMember)
    first = create<arith::RemUIOp>(
        create<arith::AddIOp>(member, index(team - nextMember)), index(team));
  nextMember = (nextMember + piece.iterations) % team;
  if (piece.iterations == team)
    return emitIteration(piece, first);
  OpBuilder::InsertionGuard guard(builder);
  if (piece.iterations < team) {
    Value takesPart = create<arith::CmpIOp>(arith::CmpIPredicate::ult, first,
                                            index(piece.iterations));
    auto choice = scf::IfOp::create(builder, loc, takesPart,
                                    /*withElseRegion=*/false);
    builder.setInsertionPointToStart(choice.thenBlock());
    return emitIteration(piece, first);
  }
  auto loop = scf::ForOp::create(builder, loc, first, index(piece.iterations),
                                 index(team));
  builder.setInsertionPointToStart(loop.getBody());
  emitIteration(piece, loop.getInductionVar());
}

void KernelMapper::emitUniform(Block &block) {
  for (Operation &op : block.without_terminator())
    emitUniform(op);
}

void KernelMapper::emitUniform(Operation &op) {
  pendingBefore = pending.size();
  if (auto loop = dyn_cast<scf::ForallOp>(op)) {
    for (const LoopPiece &piece : splitIntoPieces(loop))
      emitPiece(piece);
    return;
  }
  if (!writesMemory(op)) {
    // Every thread has the values, as each may need them.
    loc = op.getLoc();
    waitFor(findAccesses(op));
    return emitInOrder(op);
  }
  if (!hasIndependentLoops(op))
    return emitPiece(makeSinglePiece(op));
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

void KernelMapper::emitPrologue(gpu::GPUFuncOp kernel) {
  Block &body = kernel.getBody().front();
  ArrayRef<BlockArgument> arguments = function.getArguments();
  Value arena = body.getArgument(arguments.size());
  weightsBuffer = body.getArgument(arguments.size() - 1);
  member = create<gpu::ThreadIdOp>(gpu::Dimension::x);
  Value call = create<gpu::BlockIdOp>(gpu::Dimension::x), team = index(0);
  if (shape.calls > 1) {
    Value thread = member, size = index(shape.teamThreads);
    team = create<arith::DivUIOp>(thread, size);
    member = create<arith::RemUIOp>(thread, size);
    call = create<arith::AddIOp>(
        create<arith::MulIOp>(call, index(shape.calls)), team);
    // Teams behind the last call read its inputs, and write nothing.
    Value count = create<arith::IndexCastOp>(
        builder.getIndexType(), body.getArgument(arguments.size() + 1));
    hasCall = create<arith::CmpIOp>(arith::CmpIPredicate::ult, call, count);
    call = create<arith::MinUIOp>(call, create<arith::SubIOp>(count, index(1)));
  }
  for (BlockArgument argument : arguments.drop_back()) {
    bool isMoving = inputStride && argument.getArgNumber() == 0;
    int64_t stride =
        isMoving ? inputStride
                 : cast<MemRefType>(argument.getType()).getNumElements();
    places[argument] = {body.getArgument(argument.getArgNumber()),
                        create<arith::MulIOp>(call, index(stride))};
  }
  bool isShared = kernel.getNumWorkgroupAttributions();
  places[arguments.back()] = {
      isShared ? Value(kernel.getWorkgroupAttributions().front()) : arena,
      create<arith::MulIOp>(isShared ? team : call,
                            index(shape.arenaElements))};
}

void KernelMapper::emit(gpu::GPUModuleOp module, StringRef entry) {
  MLIRContext *context = builder.getContext();
  builder.setInsertionPointToEnd(module.getBody());
  loc = function.getLoc();
  Type any =
      getBufferType(context, ShapedType::kDynamic, gpu::AddressSpace::Global);
  // The function's last argument is its arena.
  SmallVector<Type> types(function.getNumArguments() - 1, any);
  llvm::append_range(
      types, ArrayRef<Type>{weights.getType(), any, builder.getI32Type()});
  SmallVector<Type> shared;
  if (shape.isShared)
    shared.push_back(getBufferType(context, shape.calls * shape.arenaElements,
                                   gpu::AddressSpace::Workgroup));
  auto kernel = gpu::GPUFuncOp::create(
      builder, loc, entry, builder.getFunctionType(types, {}), shared);
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel.setKnownBlockSize(
      ArrayRef<int32_t>{int32_t(shape.calls * shape.teamThreads), 1, 1});
  kernel->setAttr(callsPerGroupName, builder.getI32IntegerAttr(shape.calls));
  kernel->setAttr(
      arenaBytesName,
      builder.getI64IntegerAttr(
          shape.isShared ? 0 : shape.arenaElements * sizeof(float)));
  builder.setInsertionPointToStart(&kernel.getBody().front());
  Scope scope(values);
  emitPrologue(kernel);
  emitUniform(function.getBody().front());
  gpu::ReturnOp::create(builder, loc);
}

namespace {
struct MapToGPUPass : frieze::impl::MapToGPUPassBase<MapToGPUPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    nn::InterfaceAttr interface = nn::InterfaceAttr::find(module);
    const Target *target =
        interface ? findTarget(interface.getTarget().getValue()) : nullptr;
    if (!target || !target->device) {
      module.emitError("expects the loops of a model for a device");
      return signalPassFailure();
    }
    auto function = module.lookupSymbol<func::FuncOp>(
        interface.getVariants().front().getAttr());
    WeightsBuffer weights(function);
    StringRef name = interface.getName().getValue();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto kernels = gpu::GPUModuleOp::create(builder, module.getLoc(),
                                            (name + "_kernels").str());
    auto emitKernel = [&](StringRef entry, int64_t inputStride) {
      KernelMapper(function, weights, *target->device, inputStride)
          .emit(kernels, (name + entry).str());
    };
    emitKernel(kernelSuffix, 0);
    if (nn::StreamInterfaceAttr stream = interface.getStream())
      emitKernel(streamKernelSuffix, stream.getHop() * stream.getChannels());
    weights.write((name + "_weights").str());
    for (auto loops : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      loops.erase();
  }
};
} // namespace
