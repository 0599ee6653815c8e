//===- MainProgram.cpp - What surrounds a model in a program ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/MainProgram.h"
#include "llvm/Support/Path.h"

#include <link.h>
#include <sys/auxv.h>

using namespace llvm;
using namespace frieze;

extern "C" const char friezeMainProgram[], friezeMainProgramEnd[];
__asm__(".pushsection .rodata.friezeMainProgram,\"a\"\n"
        ".hidden friezeMainProgram\n"
        ".hidden friezeMainProgramEnd\n"
        ".globl friezeMainProgram\n"
        ".globl friezeMainProgramEnd\n"
        "friezeMainProgram:\n"
        ".incbin \"" FRIEZE_MAIN_PROGRAM "\"\n"
        "friezeMainProgramEnd:\n"
        ".popsection\n");

StringRef frieze::getMainProgram() {
  return StringRef(friezeMainProgram, friezeMainProgramEnd - friezeMainProgram);
}

Expected<SystemLibraries> frieze::findSystemLibraries() {
  SystemLibraries found;
  dl_iterate_phdr(
      [](dl_phdr_info *library, size_t, void *data) {
        auto &found = *static_cast<SystemLibraries *>(data);
        StringRef name = sys::path::filename(library->dlpi_name);
        if (library->dlpi_addr == getauxval(AT_BASE))
          found.loader = library->dlpi_name;
        else if (name.starts_with("libc.so"))
          found.c = library->dlpi_name;
        return 0;
      },
      &found);
  if (found.c.empty() || found.loader.empty())
    return createStringError("cannot link programs here, as there is no shared "
                             "C library; write a static library (.a), and link "
                             "it with the main program");
  return found;
}
