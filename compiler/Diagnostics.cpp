//===- Diagnostics.cpp - Messages that name file and layer ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace frieze;

static StringRef getSeverity(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("covered switch");
}

static void printDiagnostic(const Diagnostic &diagnostic) {
  llvm::raw_ostream &os = llvm::errs();
  StringRef layer;
  FileLineColLoc file;
  diagnostic.getLocation()->walk([&](Location location) {
    if (auto name = dyn_cast<NameLoc>(location); name && layer.empty())
      layer = name.getName();
    if (auto found = dyn_cast<FileLineColLoc>(location); found && !file)
      file = found;
    return WalkResult::advance();
  });
  if (file) {
    os << file.getFilename().getValue() << ":";
    if (file.getLine())
      os << file.getLine() << ":" << file.getColumn() << ":";
    os << " ";
  }
  if (!layer.empty())
    os << "layer '" << layer << "': ";
  os << getSeverity(diagnostic.getSeverity()) << ": " << diagnostic << "\n";
  for (const Diagnostic &note : diagnostic.getNotes())
    printDiagnostic(note);
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context)
    : ScopedDiagnosticHandler(context, [](Diagnostic &diagnostic) {
        printDiagnostic(diagnostic);
      }) {
  // One clear line: not the whole op as well.
  context->printOpOnDiagnostic(false);
}
