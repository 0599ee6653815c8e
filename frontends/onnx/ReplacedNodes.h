//===- ReplacedNodes.h - ONNX operators with a replacement ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_REPLACEDNODES_H
#define FRIEZE_FRONTENDS_ONNX_REPLACEDNODES_H

#include "frontends/json/Replacements.h"
#include "frontends/onnx/Node.h"

namespace frieze::onnx {

/// Imports a node that the options replace, all of whose inputs are known: its
/// constant inputs are weights, numbered as its inputs are. None where a
/// problem was reported.
Tensors importReplaced(Replacements &replacements,
                       const Replacement &replacement, Node &node);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_REPLACEDNODES_H
