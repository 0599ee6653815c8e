//===- StandardStreams.cpp - stdout and stderr in a library -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Debian's archive of HDF5 is for programs, which have variables of the C
// library in reach of an instruction. A shared library has not, and so gets
// copies of the two that HDF5 names. The shared library of HDF5 would bring
// libcurl and all that it needs.
//
//===----------------------------------------------------------------------===//

#include <cstdio>
#include <dlfcn.h>
#include <utility>

__attribute__((visibility("hidden"))) FILE *ownStdout __asm__("stdout");
__attribute__((visibility("hidden"))) FILE *ownStderr __asm__("stderr");

__attribute__((constructor)) static void copyStandardStreams() {
  for (auto [name, copy] :
       {std::make_pair("stdout", &ownStdout), {"stderr", &ownStderr}})
    if (void *variable = dlsym(RTLD_DEFAULT, name))
      *copy = *static_cast<FILE **>(variable);
}
