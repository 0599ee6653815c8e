//===- Weights.cpp - Reading and writing trained parameters -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "dialect/NNAttrs.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

template <typename T>
static void appendBlob(ArrayRef<char> data, SmallVectorImpl<double> &values) {
  const T *begin = reinterpret_cast<const T *>(data.data());
  values.append(begin, begin + data.size() / sizeof(T));
}

FailureOr<SmallVector<double>> frieze::nn::readWeights(ElementsAttr weights) {
  SmallVector<double> values;
  values.reserve(weights.getNumElements());
  bool isDouble = weights.getElementType().isF64();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    size_t elementSize = isDouble ? sizeof(double) : sizeof(float);
    if (!blob ||
        blob->getData().size() != weights.getNumElements() * elementSize)
      return failure();
    if (isDouble)
      appendBlob<double>(blob->getData(), values);
    else
      appendBlob<float>(blob->getData(), values);
    return values;
  }
  auto dense = dyn_cast<DenseElementsAttr>(weights);
  if (!dense)
    return failure();
  if (isDouble)
    llvm::append_range(values, dense.getValues<double>());
  else
    llvm::append_range(values, dense.getValues<float>());
  return values;
}

LogicalResult frieze::nn::forEachWeights(
    Operation *op,
    llvm::function_ref<LogicalResult(StringRef, ElementsAttr)> function) {
  for (NamedAttribute attribute : op->getAttrs()) {
    StringRef name = attribute.getName();
    if (auto weights = dyn_cast<ElementsAttr>(attribute.getValue()))
      if (failed(function(name, weights)))
        return failure();
    auto stages = dyn_cast<ArrayAttr>(attribute.getValue());
    for (Attribute stage : stages ? stages.getValue() : ArrayRef<Attribute>())
      if (auto affine = dyn_cast<AffineStageAttr>(stage))
        if (failed(function("scale", affine.getScale())) ||
            failed(function("shift", affine.getShift())))
          return failure();
  }
  return success();
}

int64_t frieze::nn::countWeights(Operation *op) {
  int64_t elements = 0;
  (void)forEachWeights(op, [&](StringRef, ElementsAttr weights) {
    elements += weights.getNumElements();
    return success();
  });
  return elements;
}

template <typename T>
static AsmResourceBlob createBlob(ArrayRef<double> values) {
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(values.size() * sizeof(T), alignof(T));
  llvm::copy(values, reinterpret_cast<T *>(blob.getMutableData().data()));
  return blob;
}

ElementsAttr frieze::nn::createWeights(StringRef name, RankedTensorType type,
                                       ArrayRef<double> values) {
  assert((int64_t)values.size() == type.getNumElements());
  return DenseResourceElementsAttr::get(type, name,
                                        type.getElementType().isF64()
                                            ? createBlob<double>(values)
                                            : createBlob<float>(values));
}

ElementsAttr frieze::nn::createRoundedWeights(StringRef name,
                                              RankedTensorType type,
                                              ArrayRef<float> values) {
  assert((int64_t)values.size() == type.getNumElements() &&
         type.getElementType().isF32());
  return DenseResourceElementsAttr::get(
      type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(values));
}

ElementsAttr frieze::nn::createWeightsLike(ElementsAttr original,
                                           ArrayRef<int64_t> shape,
                                           ArrayRef<double> values) {
  auto type =
      RankedTensorType::get(shape, Float64Type::get(original.getContext()));
  if (isa<DenseResourceElementsAttr>(original))
    return createWeights(getWeightsName(original), type, values);
  return cast<ElementsAttr>(DenseElementsAttr::get(type, values));
}

ElementsAttr frieze::nn::reshapeWeights(ElementsAttr weights,
                                        ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, weights.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  auto dense = dyn_cast<DenseElementsAttr>(weights);
  return dense ? dense.reshape(type) : DenseElementsAttr();
}

void frieze::nn::UnusedWeights::add(ElementsAttr weights) {
  // Looking at every op for each of many layers would take long.
  constexpr int64_t many = 1 << 20;
  elements += weights.getNumElements();
  if (elements >= many)
    free();
}

void frieze::nn::UnusedWeights::free() {
  elements = 0;
  llvm::DenseSet<StringRef> used;
  auto note = [&](StringRef, ElementsAttr weights) {
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights))
      used.insert(resource.getRawHandle().getKey());
    return success();
  };
  // Layers, and the constants that they become.
  module->walk([&](Operation *op) {
    if (isa_and_nonnull<NNDialect>(op->getDialect()) ||
        isa<SymbolOpInterface>(op))
      (void)forEachWeights(op, note);
  });
  auto &resources =
      DenseResourceElementsHandle::getManagerInterface(module->getContext());
  SmallVector<StringRef> unused;
  resources.getBlobManager().getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      if (!used.contains(entry.getKey()))
        unused.push_back(entry.getKey());
  });
  for (StringRef key : unused)
    resources.update(key, AsmResourceBlob());
}

StringRef frieze::nn::getWeightsName(ElementsAttr weights) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(weights);
  if (!resource)
    return "";
  StringRef key = resource.getRawHandle().getKey();
  // The number after the parameter's name is one that was appended before.
  auto [stem, number] = key.rsplit('_');
  bool wasAppended = stem.contains('.') && !number.empty() &&
                     llvm::all_of(number, llvm::isDigit);
  return wasAppended ? stem : key;
}
