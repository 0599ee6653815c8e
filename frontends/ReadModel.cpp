//===- ReadModel.cpp - The bytes of a model file --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ReadModel.h"
#include "frontends/Files.h"
#include "frontends/ForeignFiles.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace frieze;

Expected<std::string> frieze::readModel(StringRef path) {
  if (path != "-" && sys::fs::is_directory(path))
    return createStringError(recognizeFolder(path).refuse());
  return readFile(path);
}

bool frieze::isArtefact(StringRef bytes) {
  file_magic kind = identify_magic(bytes);
  return kind == file_magic::elf_shared_object ||
         kind == file_magic::elf_relocatable;
}
