//===- JavaScript.cpp - The JavaScript of a compiled model ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/JavaScript.h"
#include "compiler/codegen/package/ModuleText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace frieze;

namespace {
/// What JavaScript calls a type.
struct ElementType {
  /// In the description.
  StringRef name;
  /// The class of its arrays.
  StringRef array;
};
} // namespace

static ElementType getElementType(nn::TensorInterfaceAttr tensor) {
  Type element = tensor.getType().getElementType();
  if (element.isInteger(8))
    return {"int8", "Int8Array"};
  if (element.isInteger(16))
    return {"int16", "Int16Array"};
  if (element.isInteger(32))
    return {"int32", "Int32Array"};
  return {"float32", "Float32Array"};
}

static void printTensors(llvm::json::OStream &json, StringRef kind,
                         ArrayRef<nn::TensorInterfaceAttr> tensors) {
  json.attributeArray(kind, [&] {
    for (nn::TensorInterfaceAttr tensor : tensors)
      json.object([&] {
        json.attribute("name", llvm::json::fixUTF8(tensor.getName()));
        json.attribute("shape", llvm::json::Array(tensor.getShape()));
        json.attribute("elements", tensor.getNumElements());
        json.attribute("type", getElementType(tensor).name);
        json.attribute("scale", tensor.getScale().convertToDouble());
        json.attribute("zeroPoint", tensor.getZeroPoint());
      });
  });
}

static void printStream(llvm::json::OStream &json,
                        nn::StreamInterfaceAttr stream) {
  json.attributeObject("stream", [&] {
    json.attribute("window", stream.getWindow());
    json.attribute("hop", stream.getHop());
    json.attribute("channels", stream.getChannels());
    json.attribute("stateBytes", stream.getState());
    json.attribute("stateAlignment", stream.getAlignment());
  });
}

static void printDescription(nn::InterfaceAttr interface,
                             StringRef sourceSHA256, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("name", interface.getName().getValue());
    json.attribute("compiler", "frieze " FRIEZE_VERSION);
    json.attribute("target", interface.getTarget().getValue());
    json.attribute("sourceSHA256", sourceSHA256);
    printTensors(json, "inputs", interface.getInputs());
    printTensors(json, "outputs", interface.getOutputs());
    json.attribute("arenaBytes", interface.getArenaBytes());
    json.attribute("arenaAlignment", interface.getArenaAlignment());
    json.attribute("weightsBytes", interface.getWeightsBytes());
    json.attribute("macs", interface.getMacs());
    if (nn::StreamInterfaceAttr stream = interface.getStream())
      printStream(json, stream);
    else
      json.attribute("stream", nullptr);
  });
}

static llvm::json::Value quote(StringRef text) {
  return llvm::json::fixUTF8(text);
}

/// The address of a file beside the one that has it.
static std::string getAddress(StringRef file) {
  std::string address = "./";
  for (char c : file)
    if (llvm::isAlnum(c) || StringRef("-._~").contains(c))
      address += c;
    else
      address += llvm::formatv("%{0:X-2}", uint8_t(c));
  return address;
}

void frieze::printJavaScript(nn::InterfaceAttr interface,
                             const WebAssemblyFile &file,
                             llvm::raw_ostream &os) {
  os << "// Written by frieze-compile: the model "
     << interface.getName().getValue() << ".\n\nexport const description = ";
  printDescription(interface, file.sourceSHA256, os);
  os << ";\n\nconst FILE = new URL(" << quote(getAddress(file.name))
     << ", import.meta.url);\nconst ID = " << quote(file.id) << ";\n\n"
     << moduleCode;
}

/// `[input_0: Float32Array]`, with the name of each in a comment above.
static void printTuple(StringRef type, StringRef label,
                       ArrayRef<nn::TensorInterfaceAttr> tensors,
                       llvm::raw_ostream &os) {
  os << "export type " << type << " = [\n";
  for (auto [index, tensor] : llvm::enumerate(tensors)) {
    // Quoted, a name has no line ends; nor may it end the comment.
    std::string name;
    llvm::raw_string_ostream(name) << quote(tensor.getName());
    std::string text;
    for (char c : name)
      text += c == '*' ? '?' : c;
    os << "  /** " << text << ", of shape ";
    llvm::interleave(tensor.getShape(), os, " × ");
    os << " */\n"
       << llvm::formatv("  {0}_{1}: {2},\n", label, index,
                        getElementType(tensor).array);
  }
  os << "];\n\n";
}

void frieze::printTypeScript(nn::InterfaceAttr interface,
                             llvm::raw_ostream &os) {
  os << "// Written by frieze-compile: the types of the model "
     << interface.getName().getValue() << ".\n\n";
  printTuple("Inputs", "input", interface.getInputs(), os);
  printTuple("Outputs", "output", interface.getOutputs(), os);
  os << moduleTypes;
}
