//===- ModelInterface.cpp - What code generation is told --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/ModelInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace frieze::nn;

namespace {
/// A kind of value, and how an error calls it.
struct Kind {
  bool (*holds)(Attribute);
  StringRef description;
};

struct Entry {
  StringRef key;
  const Kind &kind;
  bool isOptional = false;
};
} // namespace

static bool isIdentifier(StringRef text) {
  return !text.empty() && !llvm::isDigit(text.front()) &&
         llvm::all_of(text,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static bool isTensor(Attribute attribute) {
  auto tensor = dyn_cast<DictionaryAttr>(attribute);
  if (!tensor || !tensor.getAs<StringAttr>("name"))
    return false;
  auto shape = tensor.getAs<DenseI64ArrayAttr>("shape");
  return shape && llvm::all_of(shape.asArrayRef(),
                               [](int64_t size) { return size > 0; });
}

template <bool (*holds)(Attribute)> static bool isArrayOf(Attribute attribute) {
  auto array = dyn_cast<ArrayAttr>(attribute);
  return array && !array.empty() && llvm::all_of(array, holds);
}

static bool isSymbol(Attribute attribute) {
  return isa<FlatSymbolRefAttr>(attribute);
}

static bool isText(Attribute attribute) { return isa<StringAttr>(attribute); }

static bool isName(Attribute attribute) {
  auto text = dyn_cast<StringAttr>(attribute);
  return text && isIdentifier(text);
}

static bool isCount(Attribute attribute) {
  auto number = dyn_cast<IntegerAttr>(attribute);
  return number && number.getType().isSignlessInteger(64) &&
         number.getInt() >= 0;
}

static bool isPositive(Attribute attribute) {
  return isCount(attribute) && cast<IntegerAttr>(attribute).getInt() > 0;
}

static bool isDictionary(Attribute attribute) {
  return isa<DictionaryAttr>(attribute);
}

static constexpr Kind name{isName, "a C identifier"}, text{isText, "a string"},
    count{isCount, "a 64-bit integer that is not negative"},
    positive{isPositive, "a positive 64-bit integer"},
    tensors{isArrayOf<isTensor>,
            "tensors, each with a name and a shape of positive sizes"},
    symbols{isArrayOf<isSymbol>, "symbols of functions"},
    entries{isDictionary, "a dictionary"};

static constexpr Entry interfaceEntries[] = {
    {"name", name},
    {"target", text},
    {"inputs", tensors},
    {"outputs", tensors},
    {"variants", symbols},
    {"micro_batch", positive},
    {"arena_bytes", count},
    {"arena_alignment", positive},
    {"weights_bytes", count},
    {"macs", count},
    {"stream", entries, /*isOptional=*/true}};

static constexpr Entry streamEntries[] = {
    {"window", positive},
    {"hop", positive},
    {"channels", positive},
    {"block", positive},
    {"early_windows", count},
    {"missing_samples", count},
    {"samples_offset", count},
    {"unwanted_offset", count},
    {"state_bytes", positive},
    {"state_alignment", positive},
    {"window_variants", symbols},
    {"block_variants", symbols, /*isOptional=*/true}};

/// Checks that `dictionary` has `expected` and nothing else.
static LogicalResult verifyEntries(Operation *module, DictionaryAttr dictionary,
                                   StringRef of, ArrayRef<Entry> expected) {
  for (const Entry &entry : expected) {
    Attribute value = dictionary.get(entry.key);
    if (!value && entry.isOptional)
      continue;
    if (!value || !entry.kind.holds(value))
      return module->emitError("expects ")
             << of << " with '" << entry.key << "', " << entry.kind.description;
  }
  for (NamedAttribute attribute : dictionary)
    if (llvm::none_of(expected, [&](const Entry &entry) {
          return entry.key == attribute.getName();
        }))
      return module->emitError("expects no '")
             << attribute.getName().getValue() << "' in " << of;
  return success();
}

LogicalResult frieze::nn::verifyModelInterface(Operation *module,
                                               Attribute interface) {
  auto dictionary = dyn_cast<DictionaryAttr>(interface);
  if (!dictionary)
    return module->emitError("expects nn.interface to be a dictionary");
  if (failed(
          verifyEntries(module, dictionary, "nn.interface", interfaceEntries)))
    return failure();
  auto stream = dictionary.getAs<DictionaryAttr>("stream");
  return stream ? verifyEntries(module, stream, "'stream' of nn.interface",
                                streamEntries)
                : success();
}
