//===- Cubin.h - PTX as the code of one GPU ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_CUBIN_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_CUBIN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// What ptxas of CUDA's toolkit makes of `ptx` for GPUs of compute capability
/// `architecture`, as in 80 for sm_80. An error where ptxas is neither among
/// the PATH's programs nor in /usr/local/cuda/bin, or refuses.
llvm::Expected<std::string> assemblePTX(llvm::StringRef ptx,
                                        unsigned architecture);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_CUBIN_H
