//===- KernelGraph.h - A graph of random layers -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_KERNELGRAPH_H
#define FRIEZE_TESTS_DIFFERENTIAL_KERNELGRAPH_H

#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomKernels.h"

namespace frieze {

/// Elements of a value, and multiply-adds of a layer, for each sample.
inline constexpr int64_t mostElements = 6000, mostTerms = 400000;

/// The graph that createRandomKernels() makes. Its layers stand in a file for
/// each family of ops.
class KernelGraph : RandomBuilder {
public:
  KernelGraph(mlir::MLIRContext *context, uint64_t seed, KernelGraphKind kind)
      : RandomBuilder(context, seed, mlir::Float32Type::get(context)),
        kind(kind) {}

  mlir::OwningOpRef<mlir::ModuleOp> build();

private:
  using Attributes = llvm::SmallVector<mlir::NamedAttribute>;

  /// Channels and positions, mostly beside the sizes of vectors and tiles.
  int64_t channels() {
    static constexpr int64_t sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  12, 13,
                                        15, 16, 17, 24, 31, 32, 33, 48, 63, 65};
    return chance(0.5) ? sizes[pick(0, 7)]
                       : sizes[pick(0, std::size(sizes) - 1)];
  }
  int64_t positions() {
    static constexpr int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17};
    return sizes[pick(0, std::size(sizes) - 1)];
  }
  int64_t rankOf(mlir::Value value) { return shapeOf(value).size(); }
  int64_t elementsOf(llvm::ArrayRef<int64_t> shape) {
    return mlir::ShapedType::getNumElements(shape) /
           (shape.empty() ? 1 : shape[0]);
  }
  /// An axis that is no batch; any, where samples may mix.
  int64_t pickAxis(mlir::Value value) {
    return rankOf(value) == 1 || (mayMix() && chance(0.1))
               ? 0
               : pick(1, rankOf(value) - 1);
  }
  bool mayMix() { return kind == KernelGraphKind::Any; }

  nn::ActivationAttr activation();
  mlir::Attribute affineStage(int64_t axis, int64_t size) {
    return nn::AffineStageAttr::get(builder.getContext(), axis,
                                    vector(size, -1.5, 1.5),
                                    vector(size, -1, 1));
  }
  /// Stages for a result of `shape`; `mayPool`: one of them a pooling.
  mlir::ArrayAttr epilogue(llvm::ArrayRef<int64_t> shape, int64_t axis,
                           bool mayPool);

  /// Adds the layer, with an epilogue where it has one, if it is valid and
  /// small.
  template <typename OpT>
  void add(mlir::ValueRange operands, Attributes attributes);
  /// The same of a layer of sums, and sometimes of another one, whose results
  /// only an op with those of the first one reads, or a concatenation.
  template <typename OpT> void addSums(mlir::Value x, Attributes attributes);
  /// Makes the last value, and others, parts of a concatenation of channels.
  void joinChannels();
  mlir::Value addInput(llvm::ArrayRef<int64_t> shape);
  /// A value, an input or a constant of a shape that meets `shape` along every
  /// axis.
  mlir::Value findOperand(mlir::Value value);

  /// Multiply-adds of a kernel at every position of `x`.
  int64_t countTerms(mlir::Value x, llvm::ArrayRef<int64_t> kernelShape) {
    return mlir::ShapedType::getNumElements(kernelShape) *
           elementsOf(shapeOf(x)) / shapeOf(x).back();
  }
  /// What both kinds of convolutions have.
  Attributes convAttributes(llvm::ArrayRef<int64_t> kernelShape,
                            llvm::ArrayRef<int64_t> strides,
                            llvm::ArrayRef<int64_t> dilations,
                            llvm::ArrayRef<int64_t> padding, int64_t groups);

  mlir::FailureOr<mlir::Value> findMask(mlir::Value x);
  mlir::Value findState(mlir::Value x, int64_t units);

  void addActivation(mlir::Value x);
  void addAffine(mlir::Value x);
  void addBinary(mlir::Value x, mlir::Value y);
  void addBinary(mlir::Value x) { addBinary(x, findOperand(x)); }
  void addConcat(mlir::Value x);
  void addConv(mlir::Value x);
  void addConvTranspose(mlir::Value x);
  void addDense(mlir::Value x);
  void addEmbedding(mlir::Value x);
  void addGlobalPool(mlir::Value x);
  void addIdentity(mlir::Value x) { add<nn::IdentityOp>(x, {}); }
  void addAttention(mlir::Value x);
  void addMatmul(mlir::Value x);
  void addNormalize(mlir::Value x);
  void addPad(mlir::Value x);
  void addPool(mlir::Value x);
  void addPrelu(mlir::Value x);
  void addRecurrent(mlir::Value x);
  void addReduce(mlir::Value x);
  void addReshape(mlir::Value x);
  void addResize(mlir::Value x);
  void addSelect(mlir::Value x);
  void addSlice(mlir::Value x);
  void addSoftmax(mlir::Value x);
  void addTranspose(mlir::Value x);
  void addWindows(mlir::Value x);
  void addLayer();

  KernelGraphKind kind;
  int64_t batch = 1;
  mlir::func::FuncOp function;
  llvm::SmallVector<mlir::Value> values;
};

template <typename OpT>
void KernelGraph::add(mlir::ValueRange operands, Attributes attributes) {
  mlir::FailureOr<mlir::Value> result = tryCreate<OpT>(operands, attributes);
  if (mlir::failed(result))
    return;
  if (elementsOf(shapeOf(*result)) > mostElements)
    return result->getDefiningOp()->erase();
  if constexpr (OpT::template hasTrait<nn::EpilogueOpInterface::Trait>()) {
    int64_t last = rankOf(*result) - 1;
    // Only nn.identity runs along another axis than the last.
    int64_t axis =
        std::is_same_v<OpT, nn::IdentityOp> && last > 0 && chance(0.3)
            ? pick(mayMix() ? 0 : 1, last)
            : last;
    if (chance(0.6)) {
      attributes.push_back(
          named("epilogue", epilogue(shapeOf(*result), axis,
                                     std::is_same_v<OpT, nn::ConvOp>)));
      mlir::FailureOr<mlir::Value> fused = tryCreate<OpT>(operands, attributes);
      if (mlir::succeeded(fused)) {
        result->getDefiningOp()->erase();
        result = fused;
      }
    }
  }
  values.push_back(*result);
}

template <typename OpT>
void KernelGraph::addSums(mlir::Value x, Attributes attributes) {
  size_t before = values.size();
  add<OpT>(x, attributes);
  if (values.size() == before)
    return;
  if (chance(0.2))
    return joinChannels();
  if (!chance(0.25))
    return;
  mlir::Value other = values.back();
  add<OpT>(x, attributes);
  if (values.back() == other || values.back().getType() != other.getType())
    return;
  addBinary(other, values.pop_back_val());
}

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_KERNELGRAPH_H
