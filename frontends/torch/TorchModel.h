//===- TorchModel.h - Exported programs of PyTorch --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_TORCHMODEL_H
#define FRIEZE_FRONTENDS_TORCH_TORCHMODEL_H

#include "frontends/ModelFile.h"

namespace frieze {

/// Whether `bytes` are an archive that torch.export.save() wrote.
bool isTorchProgram(llvm::StringRef bytes);

mlir::OwningOpRef<mlir::ModuleOp> importTorch(const ModelFile &file);

/// The operators that there are importers for, in alphabetic order.
std::vector<LayerDescription> listTorchOperators();

} // namespace frieze

#endif // FRIEZE_FRONTENDS_TORCH_TORCHMODEL_H
