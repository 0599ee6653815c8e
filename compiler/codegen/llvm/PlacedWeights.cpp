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

static ArrayRef<char> getData(ElementsAttr data) {
  return cast<DenseResourceElementsAttr>(data)
      .getRawHandle()
      .getBlob()
      ->getData();
}

PlacedWeights::PlacedWeights(ModuleOp module) {
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

LogicalResult PlacedWeights::fill(MutableArrayRef<char> object) const {
  StringRef bytes(object.data(), object.size());
  size_t end = 0;
  for (const Constant &constant : constants) {
    auto marker = getMarker(constant.symbol);
    // Objects keep the order of the module, so that all are found in one go.
    size_t at = bytes.find(llvm::toStringRef(marker), end);
    if (at == StringRef::npos)
      return failure();
    ArrayRef<char> data = getData(constant.data);
    llvm::copy(data, object.begin() + at);
    end = at + data.size();
  }
  return success();
}
