//===- ShareKernels.cpp - Equal loops become one function -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "dialect/Identifier.h"
#include "dialect/LayerName.h"
#include "dialect/NNAttrs.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/SymbolTable.h"

namespace frieze {
#define GEN_PASS_DEF_SHAREKERNELSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;

namespace {
/// A loop, or a choice between loops, that may become a call.
struct Kernel {
  Operation *op;
  /// The buffers and numbers that it takes from around it, by first use.
  llvm::SetVector<Value> operands;
  /// Which of them each use in it is of.
  SmallVector<size_t> uses;
};

/// Kernels that are equal but for their operands.
using Kernels = SmallVector<Kernel, 2>;
} // namespace

/// How often the body of `loop` runs, as far as it says.
static int64_t countRounds(LoopLikeOpInterface loop) {
  auto get = [](std::optional<SmallVector<OpFoldResult>> bounds) {
    return bounds && bounds->size() == 1 ? getConstantIntValue(bounds->front())
                                         : std::nullopt;
  };
  std::optional<int64_t> low = get(loop.getLoopLowerBounds());
  std::optional<int64_t> high = get(loop.getLoopUpperBounds());
  std::optional<int64_t> step = get(loop.getLoopSteps());
  return low && high && step ? llvm::divideCeil(*high - *low, *step) : 1;
}

/// Operations that a run of `op` takes.
static double countWork(Operation *op) {
  double work = 0;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      work += countWork(&inner);
  auto loop = dyn_cast<LoopLikeOpInterface>(op);
  return 1 + work * (loop ? countRounds(loop) : 1);
}

/// Whether `op` is so long that a call costs nothing beside it, and so large
/// that a copy of it does.
static bool isWorthCall(Operation *op, int64_t leastOperations) {
  static constexpr double leastWork = 4000;
  int64_t operations = 0;
  op->walk([&](Operation *) { ++operations; });
  return operations >= leastOperations && countWork(op) >= leastWork;
}

/// Whether `value` is from outside `op`, and no constant.
static bool isOperand(Value value, Operation *op) {
  return !op->isAncestor(value.getParentBlock()->getParentOp()) &&
         !matchPattern(value, m_Constant());
}

static Kernel makeKernel(Operation *op) {
  Kernel kernel{op, {}, {}};
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    for (Value value : inner->getOperands()) {
      if (!isOperand(value, op))
        continue;
      kernel.operands.insert(value);
      kernel.uses.push_back(llvm::find(kernel.operands, value) -
                            kernel.operands.begin());
    }
  });
  return kernel;
}

/// What equal kernels have in common.
static llvm::hash_code hash(Operation *op) {
  llvm::hash_code code(0);
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    code = llvm::hash_combine(
        code, inner->getName(), inner->getDiscardableAttrDictionary(),
        inner->hashProperties(),
        llvm::hash_combine_range(inner->getResultTypes()));
  });
  return code;
}

static bool areEqual(const Kernel &a, const Kernel &b) {
  if (a.uses != b.uses)
    return false;
  IRMapping map;
  for (auto [ours, theirs] : llvm::zip(a.operands, b.operands)) {
    if (ours.getType() != theirs.getType())
      return false;
    map.map(ours, theirs);
  }
  return OperationEquivalence::isEquivalentTo(
      a.op, b.op,
      [&](Value ours, Value theirs) {
        Attribute ourConstant, theirConstant;
        bool equal = matchPattern(ours, m_Constant(&ourConstant))
                         ? matchPattern(theirs, m_Constant(&theirConstant)) &&
                               ourConstant == theirConstant
                         : map.lookupOrNull(ours) == theirs;
        return success(equal);
      },
      [&](Value ours, Value theirs) { map.map(ours, theirs); },
      OperationEquivalence::IgnoreLocations);
}

namespace {
/// The calls that `function` takes in a run: how many, and at most how many.
struct Calls {
  explicit Calls(func::FuncOp function) {
    auto interface =
        frieze::nn::InterfaceAttr::find(function->getParentOfType<ModuleOp>());
    if (!interface || interface.getMicroBatch() == 1 ||
        function.getNumArguments() == 0 ||
        !function.getArgumentTypes().front().isIndex())
      return;
    count = function.getArgument(0);
    most = interface.getMicroBatch();
  }

  /// Whether `loop` runs for one call after the other.
  bool areCountedBy(scf::ForOp loop) const {
    return loop && count && loop.getUpperBound() == count;
  }
  /// Whether `op` is that loop, or what chooses between it and a layer of all
  /// calls: it holds kernels and is none.
  bool areHeldBy(Operation *op) const {
    if (auto choice = dyn_cast<scf::IfOp>(op)) {
      auto compare = choice.getCondition().getDefiningOp<arith::CmpIOp>();
      return compare && count && compare.getLhs() == count;
    }
    return areCountedBy(dyn_cast<scf::ForOp>(op));
  }

  Value count;
  int64_t most = 1;
};

/// A part of a buffer that nothing else names, in bytes.
struct Place {
  Value base;
  int64_t offset, bytes;
};
} // namespace

/// The least and the largest that `number` is in any call.
static std::optional<std::pair<int64_t, int64_t>>
findRange(Value number, const Calls &calls) {
  if (std::optional<int64_t> constant = getConstantIntValue(number))
    return std::make_pair(*constant, *constant);
  if (auto argument = dyn_cast<BlockArgument>(number);
      argument && calls.areCountedBy(
                      dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp())))
    return std::make_pair<int64_t, int64_t>(0, calls.most - 1);
  Operation *op = number.getDefiningOp();
  if (!isa_and_nonnull<arith::AddIOp, arith::MulIOp>(op))
    return std::nullopt;
  auto a = findRange(op->getOperand(0), calls);
  auto b = findRange(op->getOperand(1), calls);
  if (!a || !b || a->first < 0 || b->first < 0)
    return std::nullopt;
  if (isa<arith::AddIOp>(op))
    return std::make_pair(a->first + b->first, a->second + b->second);
  return std::make_pair(a->first * b->first, a->second * b->second);
}

/// Where `buffer` lies in any call.
static std::optional<Place> findPlace(Value buffer, const Calls &calls) {
  auto bytesOf = [](Value value) {
    auto type = cast<MemRefType>(value.getType());
    return type.getNumElements() * (type.getElementTypeBitWidth() / 8);
  };
  auto view = buffer.getDefiningOp<memref::ViewOp>();
  if (!view)
    return Place{buffer, 0, bytesOf(buffer)};
  auto offset = findRange(view.getByteShift(), calls);
  if (!offset || !isa<BlockArgument>(view.getSource()))
    return std::nullopt;
  return Place{view.getSource(), offset->first,
               offset->second - offset->first + bytesOf(buffer)};
}

/// Whether no two buffers among `operands` share memory, as the function is
/// told of its arguments.
static bool areApart(ArrayRef<Value> operands, const Calls &calls) {
  SmallVector<Place> places;
  for (Value operand : operands) {
    if (!isa<MemRefType>(operand.getType()))
      continue;
    std::optional<Place> place = findPlace(operand, calls);
    auto meets = [&](const Place &other) {
      return place->base == other.base &&
             place->offset < other.offset + other.bytes &&
             other.offset < place->offset + place->bytes;
    };
    if (!place || llvm::any_of(places, meets))
      return false;
    places.push_back(*place);
  }
  return true;
}

/// Makes a function of the first of `kernels`, and calls of all.
static void share(func::FuncOp caller, SymbolTable &symbols,
                  const Kernels &kernels) {
  const Kernel &first = kernels.front();
  Location loc = first.op->getLoc();
  OpBuilder builder(caller);
  StringRef layer = frieze::nn::findLayerName(loc);
  std::string name = (caller.getName() + "_" +
                      (layer.empty() ? "layer" : frieze::getIdentifier(layer)))
                         .str();
  auto type = builder.getFunctionType(
      ValueRange(first.operands.getArrayRef()).getTypes(), {});
  auto function = func::FuncOp::create(builder, loc, name, type);
  function.setPrivate();
  if (Attribute attributes = caller->getAttr("passthrough"))
    function->setAttr("passthrough", attributes);
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(builder.getContext(), LLVM::Linkage::Internal));
  symbols.insert(function);
  for (auto [number, operand] : llvm::enumerate(first.operands))
    if (isa<MemRefType>(operand.getType()))
      function.setArgAttr(number, "llvm.noalias", builder.getUnitAttr());

  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping map;
  map.map(ValueRange(first.operands.getArrayRef()), body->getArguments());
  first.op->walk([&](Operation *op) {
    for (Value operand : op->getOperands()) {
      Operation *constant = operand.getDefiningOp();
      if (constant && !map.contains(operand) &&
          !first.op->isProperAncestor(constant))
        builder.clone(*constant, map);
    }
  });
  builder.clone(*first.op, map);
  func::ReturnOp::create(builder, loc);

  for (const Kernel &kernel : kernels) {
    builder.setInsertionPoint(kernel.op);
    func::CallOp::create(builder, kernel.op->getLoc(), function,
                         kernel.operands.getArrayRef());
    kernel.op->erase();
  }
}

namespace {
struct ShareKernelsPass : frieze::impl::ShareKernelsPassBase<ShareKernelsPass> {
  using ShareKernelsPassBase::ShareKernelsPassBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      shareIn(function, symbols);
  }

private:
  void shareIn(func::FuncOp function, SymbolTable &symbols) {
    found.clear();
    collect(function.getBody(), Calls(function));
    for (auto &[code, sameHash] : found)
      for (const Kernels &kernels : sameHash)
        if (kernels.size() > 1)
          share(function, symbols, kernels);
  }

  /// Adds the kernels of `region` to those that were found.
  void collect(Region &region, const Calls &calls) {
    for (Operation &op : region.getOps()) {
      if (calls.areHeldBy(&op)) {
        for (Region &inner : op.getRegions())
          collect(inner, calls);
        continue;
      }
      if (!isa<LoopLikeOpInterface, scf::IfOp>(op) || op.getNumResults() != 0 ||
          !isWorthCall(&op, leastOperations))
        continue;
      Kernel kernel = makeKernel(&op);
      if (!areApart(kernel.operands.getArrayRef(), calls))
        continue;
      SmallVector<Kernels, 1> &sameHash = found[hash(&op)];
      auto *same = llvm::find_if(sameHash, [&](const Kernels &kernels) {
        return areEqual(kernels.front(), kernel);
      });
      if (same == sameHash.end())
        same = &sameHash.emplace_back();
      same->push_back(std::move(kernel));
    }
  }

  /// By their hashes, in the order of the first of each.
  llvm::MapVector<size_t, SmallVector<Kernels, 1>> found;
};
} // namespace
