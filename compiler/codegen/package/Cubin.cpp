//===- Cubin.cpp - PTX as the code of one GPU -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Cubin.h"
#include "compiler/codegen/package/RunProgram.h"

using namespace llvm;

Expected<std::string> frieze::assemblePTX(StringRef ptx,
                                          unsigned architecture) {
  Expected<std::string> ptxas =
      findProgram({"ptxas"}, "/usr/local/cuda/bin", "assemble PTX with");
  if (!ptxas)
    return createStringError(toString(ptxas.takeError()) +
                             "; CUDA's toolkit has it, and without --cubin the "
                             "driver assembles the PTX");
  return runProgram(*ptxas, {"-arch=sm_" + std::to_string(architecture)},
                    {"ptx", ptx}, "assemble PTX");
}
