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
#include "llvm/ADT/StringExtras.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace mlir;

/// The data of a resource, or nothing where it was elided.
static std::optional<ArrayRef<char>>
findData(DenseResourceElementsAttr weights) {
  AsmResourceBlob *blob = weights.getRawHandle().getBlob();
  size_t bytes =
      weights.getNumElements() *
      (weights.getElementType().isF64() ? sizeof(double) : sizeof(float));
  if (!blob || blob->getData().size() != bytes)
    return std::nullopt;
  return blob->getData();
}

bool frieze::nn::hasData(ElementsAttr weights) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights))
    return findData(resource).has_value();
  return isa<DenseElementsAttr>(weights);
}

template <typename Stored, typename T>
static SmallVector<T> readAs(ElementsAttr weights) {
  if (auto dense = dyn_cast<DenseElementsAttr>(weights))
    return llvm::to_vector_of<T>(dense.getValues<Stored>());
  ArrayRef<char> data = *findData(cast<DenseResourceElementsAttr>(weights));
  auto *begin = reinterpret_cast<const Stored *>(data.data());
  return SmallVector<T>(begin, begin + data.size() / sizeof(Stored));
}

template <typename T>
FailureOr<SmallVector<T>> frieze::nn::readWeights(ElementsAttr weights) {
  if (!hasData(weights))
    return failure();
  return weights.getElementType().isF64() ? readAs<double, T>(weights)
                                          : readAs<float, T>(weights);
}

template FailureOr<SmallVector<double>> frieze::nn::readWeights(ElementsAttr);
template FailureOr<SmallVector<float>> frieze::nn::readWeights(ElementsAttr);

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

/// A resource that takes `values` over.
template <typename T>
static ElementsAttr createResource(StringRef name, RankedTensorType type,
                                   SmallVector<T> values) {
  assert((int64_t)values.size() == type.getNumElements());
  auto owned = std::make_unique<SmallVector<T>>(std::move(values));
  ArrayRef<char> data(reinterpret_cast<const char *>(owned->data()),
                      owned->size() * sizeof(T));
  AsmResourceBlob blob(
      data, alignof(T), [owned = std::move(owned)](void *, size_t, size_t) {},
      /*dataIsMutable=*/true);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

ElementsAttr frieze::nn::createWeights(StringRef name, RankedTensorType type,
                                       SmallVector<double> values) {
  if (type.getElementType().isF64())
    return createResource(name, type, std::move(values));
  return createResource(name, type, llvm::to_vector_of<float>(values));
}

ElementsAttr frieze::nn::createRoundedWeights(StringRef name,
                                              RankedTensorType type,
                                              SmallVector<float> values) {
  assert(type.getElementType().isF32());
  return createResource(name, type, std::move(values));
}

ElementsAttr frieze::nn::createWeightsLike(ElementsAttr original,
                                           ArrayRef<int64_t> shape,
                                           SmallVector<double> values) {
  auto type =
      RankedTensorType::get(shape, Float64Type::get(original.getContext()));
  if (isa<DenseResourceElementsAttr>(original))
    return createWeights(getWeightsName(original), type, std::move(values));
  return cast<ElementsAttr>(
      DenseElementsAttr::get(type, ArrayRef<double>(values)));
}

ElementsAttr frieze::nn::reshapeWeights(ElementsAttr weights,
                                        ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, weights.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  auto dense = dyn_cast<DenseElementsAttr>(weights);
  return dense ? dense.reshape(type) : DenseElementsAttr();
}

void frieze::nn::returnFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void frieze::nn::FreedWeights::add(DenseResourceElementsAttr weights) {
  // Each time looks at all of the memory.
  constexpr size_t much = 16 << 20;
  if (std::optional<ArrayRef<char>> data = findData(weights))
    bytes += data->size();
  DenseResourceElementsHandle handle = weights.getRawHandle();
  DenseResourceElementsHandle::getManagerInterface(weights.getContext())
      .update(handle.getKey(), AsmResourceBlob());
  if (bytes < much)
    return;
  bytes = 0;
  returnFreedMemory();
}

void frieze::nn::freeWeightsExcept(MLIRContext *context,
                                   const llvm::DenseSet<StringRef> &kept) {
  auto &resources = DenseResourceElementsHandle::getManagerInterface(context);
  SmallVector<StringRef> others;
  resources.getBlobManager().getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      if (!kept.contains(entry.getKey()))
        others.push_back(entry.getKey());
  });
  for (StringRef key : others)
    resources.update(key, AsmResourceBlob());
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
  freeWeightsExcept(module->getContext(), used);
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
