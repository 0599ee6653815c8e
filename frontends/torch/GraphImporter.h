//===- GraphImporter.h - Import of an exported program ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_GRAPHIMPORTER_H
#define FRIEZE_FRONTENDS_TORCH_GRAPHIMPORTER_H

#include "frontends/torch/Node.h"

namespace frieze::torch {

/// Builds the graph of the program in `archive`.
void importProgram(ModelBuilder &builder, const ProgramArchive &archive);

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_GRAPHIMPORTER_H
