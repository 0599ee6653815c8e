//===- Diagnostics.h - Messages that name file and layer --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_DIAGNOSTICS_H
#define FRIEZE_COMPILER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <string>

namespace frieze {

/// What is said of a file or a layer; "" is what there is not.
struct Message {
  mlir::DiagnosticSeverity severity = mlir::DiagnosticSeverity::Error;
  std::string file;
  /// From 1 on, of text in the file (hand-written MLIR), else 0.
  unsigned line = 0, column = 0;
  std::string layer, text;
  /// Of a remark, a decision of dialect/Remarks.h.
  std::string subject, rule, why;
};

/// Has a context's diagnostics and their notes handled, one after the other.
/// The layer comes from a NameLoc, the file from the FileLineColLoc in it.
class MessageHandler : public mlir::ScopedDiagnosticHandler {
public:
  MessageHandler(mlir::MLIRContext *context,
                 std::function<void(const Message &)> handle);
};

/// What to do with remarks, the decisions of passes.
enum class RemarkFormat { None, Text, JSON };

/// Prints a line `file: layer 'name': error: message`, with line and column
/// behind a file that has them. Remarks are `layer 'name': remark: subject rule
/// (why)`, or one JSON object a line.
void printMessage(const Message &message, RemarkFormat remarks,
                  llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_DIAGNOSTICS_H
