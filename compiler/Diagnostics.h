//===- Diagnostics.h - Messages that name file and layer --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_DIAGNOSTICS_H
#define FRIEZE_COMPILER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

namespace frieze {

/// What to do with remarks, the decisions of passes.
enum class RemarkFormat { None, Text, JSON };

/// Writes a context's diagnostics to standard error, one line each, as
/// `file: layer 'name': error: message`. The layer comes from a NameLoc, the
/// file from the FileLineColLoc in it; line and column follow the file where
/// it has them (hand-written MLIR). Remarks are `layer 'name': subject rule
/// (why)`, or one JSON object a line.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext *context,
                             RemarkFormat remarks = RemarkFormat::None);
};

} // namespace frieze

#endif // FRIEZE_COMPILER_DIAGNOSTICS_H
