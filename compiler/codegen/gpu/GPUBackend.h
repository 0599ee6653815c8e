//===- GPUBackend.h - Code of graphics processors ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_GPUBACKEND_H
#define FRIEZE_COMPILER_CODEGEN_GPU_GPUBACKEND_H

#include "compiler/codegen/Backend.h"

namespace frieze {

const Backend &getGPUBackend();

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_GPUBACKEND_H
