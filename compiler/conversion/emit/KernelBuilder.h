//===- KernelBuilder.h - Emitting loops over flat buffers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_KERNELBUILDER_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_KERNELBUILDER_H

#include "compiler/target/Target.h"
#include "dialect/NNAttrs.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <map>

namespace frieze {

/// Constant data shared by all machines that a model is compiled for: one
/// memref.global for each packed parameter.
class ConstantPool {
public:
  ConstantPool(mlir::ModuleOp module, const Target &target)
      : target(target), module(module) {}

  /// A global that holds `values` as elements of type `element`, called after
  /// parameter `parameter` of `owner`; functions that hold the same share one.
  mlir::StringAttr getOrCreate(mlir::Operation *owner,
                               llvm::StringRef parameter,
                               llvm::SmallVector<float> values,
                               mlir::Type element);

  struct Global {
    mlir::StringAttr symbol;
    int64_t elements;
  };
  /// The same of what `pack` makes of that parameter. It is called once for
  /// each number `layout`, which tells what it does.
  Global getOrPack(mlir::Operation *owner, llvm::StringRef parameter,
                   int64_t layout,
                   llvm::function_ref<llvm::SmallVector<float>()> pack,
                   mlir::Type element);

  /// Bytes of all globals.
  int64_t getBytes() const { return bytes; }

  const Target &target;

private:
  mlir::ModuleOp module;
  mlir::Operation *newest = nullptr;
  /// By the BLAKE3 hash of their values.
  llvm::StringMap<mlir::StringAttr> globals;
  std::map<std::tuple<mlir::Operation *, std::string, int64_t>, Global> packed;
  int64_t bytes = 0;
};

/// A stage of an epilogue, with its parameters in constants: scale and shift of
/// an affine, readable for a whole vector at every channel.
struct EpilogueStage {
  mlir::Attribute attribute;
  mlir::Value scale, shift;
};

/// Whether a stage treats each channel by itself.
bool dependOnChannels(llvm::ArrayRef<EpilogueStage> stages);

/// Emits the kernels of one machine, from where `builder` is in the first block
/// of a function. A buffer is a flat memref, whose type tells that of its
/// elements; indices count elements. A vector that is loaded has the element
/// type of its buffer. What is computed with is float32.
class KernelBuilder {
public:
  KernelBuilder(mlir::OpBuilder &builder, const Machine &machine,
                ConstantPool &constants)
      : builder(builder), target(constants.target), machine(machine),
        constants(constants) {}

  mlir::OpBuilder &builder;
  const Target &target;
  const Machine &machine;

  /// Ops created from here on carry `location`.
  void setLocation(mlir::Location location) { loc = location; }
  mlir::Location getLocation() const { return loc; }

  /// The buffers of the op's operands and result, scratch memory, and the state
  /// that it carries from call to call.
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Operation *, mlir::Value> scratch, carried;
  /// The input of a convolution with the room around it that its padding takes,
  /// where there is some.
  llvm::DenseMap<mlir::Operation *, mlir::Value> withRoom;
  /// Of a copy of an op, the op, whose packed parameters it shares.
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> originals;

  mlir::Value loadConstants(mlir::Operation *owner, llvm::StringRef parameter,
                            llvm::ArrayRef<double> values);
  /// Those that `pack` makes of a large parameter, in a layout that machines
  /// may share.
  mlir::Value loadPacked(mlir::Operation *owner, llvm::StringRef parameter,
                         int64_t layout,
                         llvm::function_ref<llvm::SmallVector<float>()> pack);

  /// One constant for each value, at the start of the function.
  mlir::Value getConstant(mlir::TypedAttr value);

  /// Index arithmetic, folded where operands are constant.
  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b) { return add(a, index(b)); }
  mlir::Value mul(mlir::Value a, int64_t b);

  using Body = llvm::function_ref<void(mlir::Value)>;
  using ReduceBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      mlir::Value, mlir::ValueRange)>;
  /// Calls `body(i)` for i from 0 below `count`: a loop, or nothing around it
  /// where `count` is 1. Iterations are independent: they may run in any order
  /// or at once, as none writes what another reads, or writes differently.
  /// Where they use scratch memory, each has its own.
  void forEach(int64_t count, Body body);
  /// The same, one iteration after the other.
  void inOrder(int64_t count, Body body);
  /// In order, with values carried from one iteration to the next.
  llvm::SmallVector<mlir::Value> reduce(int64_t count, mlir::ValueRange init,
                                        ReduceBody body);
  llvm::SmallVector<mlir::Value> reduce(mlir::Value low, mlir::Value high,
                                        mlir::ValueRange init, ReduceBody body);
  /// Calls `body(first)` for chunks of `size` elements that cover `count`; the
  /// last one overlaps the one before where they do not divide.
  void forEachChunk(int64_t count, int64_t size, Body body);
  /// The first element of chunk number `number` of those.
  mlir::Value getChunkStart(mlir::Value number, int64_t count, int64_t size);
  /// Calls `body(i, width)` for chunks of up to one register over `count`
  /// elements, the last one narrower where they do not divide.
  using VectorBody = llvm::function_ref<void(mlir::Value, int64_t)>;
  void forEachVector(int64_t count, VectorBody body);
  /// The same, one after the other.
  void inOrderVectors(int64_t count, VectorBody body);

  /// The type that sums and functions are computed in, whatever tensors hold.
  mlir::Type getAccumulatorType() { return builder.getF32Type(); }
  /// Of what is computed with.
  mlir::VectorType vectorType(int64_t width);
  mlir::Value constant(float value, int64_t width);
  mlir::Value loadVector(mlir::Value buffer, mlir::Value at, int64_t width);
  /// The scalar at `at`, in all lanes.
  mlir::Value loadBroadcast(mlir::Value buffer, mlir::Value at, int64_t width);
  /// One lane of `vector`, in `width` lanes.
  mlir::Value broadcastLane(mlir::Value vector, int64_t width,
                            int64_t lane = 0);
  /// The first `width` lanes.
  mlir::Value takeLanes(mlir::Value vector, int64_t width);
  /// Stores the first `width` lanes.
  void storeVector(mlir::Value vector, mlir::Value buffer, mlir::Value at,
                   int64_t width);
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  mlir::Value addFloat(mlir::Value a, mlir::Value b);
  mlir::Value mulFloat(mlir::Value a, mlir::Value b);
  /// NaN where either is; of two zeros, `b`.
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  /// `a` where `predicate` holds of x and y, else `b`.
  mlir::Value select(mlir::arith::CmpFPredicate predicate, mlir::Value x,
                     mlir::Value y, mlir::Value a, mlir::Value b);
  /// `a` where `condition`, a vector as they are, is not 0, else `b`.
  mlir::Value selectNonzero(mlir::Value condition, mlir::Value a,
                            mlir::Value b);

  mlir::Value applyFunction(nn::ActivationAttr function, mlir::Value vector);
  /// Loads the parameters of the epilogue of `op`.
  llvm::SmallVector<EpilogueStage>
  loadEpilogue(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> stages);
  /// Applies activations and affines to values of the channels from `channel`
  /// (`isOneChannel`: all of that channel).
  mlir::Value applyEpilogue(llvm::ArrayRef<EpilogueStage> stages,
                            mlir::Value vector, mlir::Value channel,
                            bool isOneChannel = false);
  /// The same with a pooling among the stages, for the results of one window in
  /// the order in which it combines them.
  mlir::Value applyWindowEpilogue(llvm::ArrayRef<EpilogueStage> stages,
                                  llvm::SmallVector<mlir::Value> window,
                                  mlir::Value channel,
                                  bool isOneChannel = false);
  mlir::Value expOfNonPositive(mlir::Value vector);

private:
  /// Calls `body(loop, i, width)`, where `loop` runs a loop.
  void splitIntoVectors(int64_t count, VectorBody body,
                        llvm::function_ref<void(int64_t, Body)> loop);

  ConstantPool &constants;
  mlir::Block *entry = builder.getInsertionBlock();
  llvm::DenseMap<mlir::Attribute, mlir::Value> uniqueConstants;
  mlir::Location loc = builder.getUnknownLoc();
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_KERNELBUILDER_H
