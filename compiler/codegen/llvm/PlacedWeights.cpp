//===- PlacedWeights.cpp - Weights that LLVM does not copy ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/PlacedWeights.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/IR/Constants.h"
#include "llvm/Support/BLAKE3.h"

using namespace mlir;
using namespace frieze;

/// Below it, LLVM may rather know the numbers.
static constexpr size_t smallestBytes = 64 << 10;

static ArrayRef<char> getData(DenseResourceElementsAttr data) {
  return data.getRawHandle().getBlob()->getData();
}

PlacedWeights::PlacedWeights(ModuleOp module, bool frees) : frees(frees) {
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    auto data =
        dyn_cast_or_null<DenseResourceElementsAttr>(global.getValueOrNull());
    if (!data || global.getLinkage() != LLVM::Linkage::Private ||
        getData(data).size() < smallestBytes)
      continue;
    constants.push_back({global.getSymName().str(), data});
    bytes += getData(data).size();
    // Undefined to begin with, of which LLVM must not take advantage.
    global.removeValueAttr();
    global.setExternallyInitialized(true);
  }
}

/// What the placeholder of `symbol` begins with: bytes that nothing else has.
static llvm::BLAKE3Result<16> getMarker(StringRef symbol) {
  return llvm::BLAKE3::hash<16>(
      llvm::arrayRefFromStringRef(("frieze placeholder " + symbol).str()));
}

void PlacedWeights::mark(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  for (const Constant &constant : constants) {
    llvm::GlobalVariable *global =
        module.getGlobalVariable(constant.symbol, /*AllowInternal=*/true);
    auto marker = getMarker(constant.symbol);
    llvm::Constant *begin = llvm::ConstantDataArray::get(context, marker);
    llvm::Constant *rest = llvm::ConstantAggregateZero::get(
        llvm::ArrayType::get(llvm::Type::getInt8Ty(context),
                             getData(constant.data).size() - marker.size()));
    llvm::Constant *placeholder =
        llvm::ConstantStruct::getAnon({begin, rest}, /*Packed=*/true);
    auto *replacement = new llvm::GlobalVariable(
        module, placeholder->getType(), global->isConstant(),
        global->getLinkage(), placeholder, "", global);
    replacement->copyAttributesFrom(global);
    replacement->takeName(global);
    global->replaceAllUsesWith(replacement);
    global->eraseFromParent();
  }
}

PlacedWeightsStream::PlacedWeightsStream(const PlacedWeights &weights,
                                         SmallVectorImpl<char> &object)
    : weights(weights), object(object), written(object.size()),
      searched(object.size()) {
  // Growing to their size would leave as much behind.
  object.reserve(object.size() + weights.getBytes() + weights.getBytes() / 8);
  // Zeros come a few at a time.
  SetBufferSize(smallestBytes);
}

bool PlacedWeightsStream::isComplete() {
  flush();
  return placed == weights.constants.size() && written == object.size();
}

bool PlacedWeightsStream::placeNext() {
  if (placed == weights.constants.size())
    return false;
  // Objects keep the order of the module.
  const PlacedWeights::Constant &constant = weights.constants[placed];
  auto marker = getMarker(constant.symbol);
  size_t at = StringRef(object.data(), object.size())
                  .find(llvm::toStringRef(marker), searched);
  if (at == StringRef::npos) {
    // Its beginning may be the last that there is so far.
    searched =
        std::max(searched + marker.size(), object.size()) - marker.size();
    return false;
  }
  object.truncate(at);
  llvm::append_range(object, getData(constant.data));
  searched = object.size();
  ++placed;
  if (weights.frees)
    freed.add(constant.data);
  return true;
}

void PlacedWeightsStream::write_impl(const char *data, size_t size) {
  while (size > 0) {
    if (written == object.size()) {
      object.append(data, data + size);
      if (!placeNext()) {
        written += size;
        return;
      }
    }
    // What there is of a placeholder.
    size_t taken = std::min(size, object.size() - written);
    written += taken;
    data += taken;
    size -= taken;
  }
}

void PlacedWeightsStream::pwrite_impl(const char *data, size_t size,
                                      uint64_t offset) {
  flush();
  std::copy_n(data, size, object.begin() + offset);
}
