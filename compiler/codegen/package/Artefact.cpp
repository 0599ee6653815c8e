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
                            function_ref<void(Printer)> write) {
  auto writeLinked = [&](Expected<std::string> linked) -> Error {
    if (!linked)
      return linked.takeError();
    write([&](raw_ostream &os) { os << *linked; });
    return Error::success();
  };
  switch (stage) {
  case Stage::Header:
    write([&](raw_ostream &os) {
      printHeader(object.interface, object.figures, os);
    });
    return Error::success();
  case Stage::Static:
    write([&](raw_ostream &os) {
      writeStaticLibrary(object.code, object.name, object.target, os);
    });
    return Error::success();
  case Stage::Shared:
    return writeLinked(
        linkSharedLibrary(object.code, object.name, fileName, object.target));
  case Stage::Exe:
    return writeLinked(linkExecutable(object.code, object.name, object.target));
  case Stage::Wasm:
    return writeLinked(linkWebAssembly(object.code, object.name,
                                       hashSHA256(object.code), object.target));
  default:
    write([&](raw_ostream &os) { os << object.code; });
    return Error::success();
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
