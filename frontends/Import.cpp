//===- Import.cpp - A model file becomes nn IR ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Import.h"
#include "dialect/StreamFunctions.h"
#include "frontends/Files.h"
#include "frontends/ForeignFiles.h"
#include "frontends/Json.h"
#include "frontends/ModelBuilder.h"
#include "frontends/json/JsonModel.h"
#include "frontends/keras/KerasModel.h"
#include "frontends/onnx/OnnxModel.h"
#include "frontends/tflite/TfliteModel.h"
#include "frontends/torch/TorchModel.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;

Location frieze::getLayerLocation(MLIRContext *context, StringRef path,
                                  StringRef layer) {
  Location file = FileLineColLoc::get(context, path, 0, 0);
  if (layer.empty())
    return file;
  return NameLoc::get(StringAttr::get(context, layer), file);
}

static OwningOpRef<ModuleOp> importMlir(const ModelFile &file) {
  auto [path, bytes, options, context] = file;
  context->loadDialect<func::FuncDialect, nn::NNDialect>();
  auto module = parseSourceString<ModuleOp>(
      bytes, ParserConfig(context, /*verifyAfterParse=*/true), path);
  if (!module)
    return {};
  Location location = getLayerLocation(context, path);
  auto fail = [&](const Twine &message) -> OwningOpRef<ModuleOp> {
    emitError(location) << message;
    return {};
  };
  auto model = module->lookupSymbol<func::FuncOp>("model");
  if (!model || model.isDeclaration())
    return fail("expects a function '@model'");
  // The others are those of a stream.
  for (Operation &op : *module->getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function)
      return fail("expects functions, but got " + op.getName().getStringRef());
    if (!llvm::is_contained({"model", "stream_window", "stream_block"},
                            function.getName()) ||
        function.isDeclaration())
      return fail("expects no function beside '@model', but got '@" +
                  function.getName() + "'");
    // What passes for a target tell each other is not for files to say.
    for (NamedAttribute attribute : function->getDiscardableAttrs())
      if (function == model || attribute.getName() != nn::stepsName)
        return fail("expects no attribute of '@" + function.getName() +
                    "', but got '" + attribute.getName().getValue() + "'");
  }
  if (options.batch || !options.dimensions.empty())
    return fail(
        "expects neither --batch nor --dim, as all sizes are in the file");
  if (!options.outputLayers.empty())
    return fail("expects no --output-layer, as the outputs are in the file");
  if (!options.replacements.empty())
    return fail(
        "expects no --replace-layer, as all operations are in the file");
  return module;
}

/// JSON text: the one that `json.dump(model.to_json())` writes is a string with
/// the text in it.
static OwningOpRef<ModuleOp> importJson(ModelFile &file) {
  Expected<nlohmann::json> root = parseJson(file.bytes);
  if (root && root->is_string())
    root = parseJson(root->get_ref<const std::string &>());
  ModelBuilder model(file.path, file.options, file.context);
  if (!root) {
    model.report("", root.takeError());
    return {};
  }
  if (root->is_object() && root->contains("class_name"))
    return importKerasJson(file, *root);
  return importJsonModel(file, *root);
}

/// Whether it is bytecode, or text that has a function or is called so.
static bool isMlir(const ModelFile &file) {
  if (file.bytes.starts_with("ML\xEFR"))
    return true;
  bool isText = !file.bytes.take_front(512).contains('\0');
  return isText && (file.bytes.contains("func.func") ||
                    sys::path::extension(file.path) == ".mlir");
}

static OwningOpRef<ModuleOp> importBytes(ModelFile &file) {
  if (isZip(file.bytes))
    return isTorchProgram(file.bytes) ? importTorch(file)
                                      : importKerasArchive(file);
  if (isHdf5(file.bytes))
    return importKerasHdf5(file);
  StringRef text = file.bytes;
  text.consume_front("\xEF\xBB\xBF");
  text = text.ltrim();
  // MLIR text may begin with `{-#` and, in generic form, with `"`.
  if ((text.starts_with("{") && !text.starts_with("{-#")) ||
      text.starts_with("\"{")) {
    file.bytes = text;
    return importJson(file);
  }
  if (isTflite(file.bytes))
    return importTflite(file);
  if (isOnnx(file.bytes))
    return importOnnx(file);
  if (!text.empty() && isMlir(file))
    return importMlir(file);
  emitError(getLayerLocation(file.context, file.path))
      << recognizeFile(file.path, file.bytes).refuse();
  return {};
}

std::vector<LayerDescription> frieze::listLayers(MLIRContext *context) {
  std::vector<LayerDescription> layers = listKerasLayers(context);
  llvm::append_range(layers, listOnnxOperators(context));
  llvm::append_range(layers, listTfliteOperators());
  llvm::append_range(layers, listTorchOperators());
  return layers;
}

OwningOpRef<ModuleOp> frieze::importModel(StringRef path, StringRef bytes,
                                          const ImportOptions &options,
                                          MLIRContext *context) {
  auto fail = [&](const Twine &message) -> OwningOpRef<ModuleOp> {
    emitError(getLayerLocation(context, path)) << message;
    return {};
  };
  if (options.batch && (*options.batch < 1 || *options.batch > maxElements))
    return fail("expects a positive batch size, but got " +
                Twine(*options.batch));
  // What is wrong with a part of the file that is read twice is said once.
  llvm::StringSet<> reported;
  ScopedDiagnosticHandler skipRepeated(context, [&](Diagnostic &diagnostic) {
    std::string text;
    llvm::raw_string_ostream os(text);
    os << diagnostic.getLocation() << ": " << diagnostic;
    return success(!reported.insert(text).second);
  });
  // The readers throw nothing themselves; their libraries may, at any limit.
  try {
    ModelFile file{path, bytes, options, context};
    return importBytes(file);
  } catch (const std::exception &exception) {
    return fail(Twine("cannot be imported: ") + exception.what());
  }
}
