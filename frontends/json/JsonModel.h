//===- JsonModel.h - Import of Frieze's own JSON ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_JSONMODEL_H
#define FRIEZE_FRONTENDS_JSON_JSONMODEL_H

#include "frontends/ModelFile.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze {

/// Imports a model as docs/ModelFormat.md describes it.
mlir::OwningOpRef<mlir::ModuleOp> importJsonModel(const ModelFile &file,
                                                  const nlohmann::json &root);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_JSONMODEL_H
