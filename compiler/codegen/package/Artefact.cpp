//===- Artefact.cpp - Files made of an object -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Artefact.h"
#include "compiler/codegen/package/Header.h"
#include "compiler/codegen/package/JavaScript.h"
#include "compiler/codegen/package/Package.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;
using namespace frieze;

std::string frieze::hashSHA256(StringRef bytes) {
  auto digest = SHA256::hash(arrayRefFromStringRef(bytes));
  return toHex(digest, /*LowerCase=*/true);
}

Error frieze::packageObject(Stage stage, const ModelObject &object,
                            StringRef fileName,
                            function_ref<Error(Printer)> write) {
  auto print = [&](function_ref<void(raw_ostream &)> print) {
    return write([&](raw_ostream &os) {
      print(os);
      return Error::success();
    });
  };
  auto writeLinked = [&](Expected<Linkage> linkage) -> Error {
    if (!linkage)
      return linkage.takeError();
    LinkerInput code = object.code;
    if (object.file)
      code = object.file;
    return write([&](raw_ostream &os) { return link(*linkage, code, os); });
  };
  switch (stage) {
  case Stage::Header:
    return print([&](raw_ostream &os) {
      printHeader(object.interface, object.figures, os);
    });
  case Stage::Static:
    return print([&](raw_ostream &os) {
      writeStaticLibrary(object.code, object.name, object.target, os);
    });
  case Stage::Shared:
    return writeLinked(planSharedLibrary(object.name, fileName, object.target));
  case Stage::Exe:
    return writeLinked(planExecutable(object.name, object.target));
  case Stage::Wasm:
    return writeLinked(
        planWebAssembly(object.name, hashSHA256(object.code), object.target));
  default:
    return print([&](raw_ostream &os) { os << object.code; });
  }
}

static void printTypes(const ModelObject &object, StringRef, raw_ostream &os) {
  printTypeScript(object.interface, os);
}

ArrayRef<Companion> frieze::getCompanions(Stage stage) {
  static const Companion header[] = {
      {"h", "header", "static library",
       [](const ModelObject &object, StringRef, raw_ostream &os) {
         printHeader(object.interface, object.figures, os);
       }}};
  static const Companion javaScript[] = {
      {"mjs", "JavaScript", "module of WebAssembly",
       [](const ModelObject &object, StringRef fileName, raw_ostream &os) {
         std::string id = hashSHA256(object.code);
         printJavaScript(object.interface, {fileName, id, object.sourceSHA256},
                         os);
       }},
      // TypeScript looks beside .mjs for the first, other tools for the second.
      {"d.mts", "types", "module of WebAssembly", printTypes},
      {"d.ts", "types", "module of WebAssembly", printTypes}};
  return stage == Stage::Static ? ArrayRef(header)
         : stage == Stage::Wasm ? ArrayRef(javaScript)
                                : ArrayRef<Companion>();
}
