//===- Diagnostics.cpp - Messages that name file and layer ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/JSON.h"
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

namespace {
/// Where a diagnostic belongs.
struct Place {
  explicit Place(Location location) {
    location->walk([&](Location part) {
      if (auto name = dyn_cast<NameLoc>(part); name && layer.empty())
        layer = name.getName();
      if (auto found = dyn_cast<FileLineColLoc>(part); found && !file)
        file = found;
      return WalkResult::advance();
    });
  }

  StringRef layer;
  FileLineColLoc file;
};
} // namespace

static void printDiagnostic(const Diagnostic &diagnostic) {
  llvm::raw_ostream &os = llvm::errs();
  Place place(diagnostic.getLocation());
  if (place.file) {
    os << place.file.getFilename().getValue() << ":";
    if (place.file.getLine())
      os << place.file.getLine() << ":" << place.file.getColumn() << ":";
    os << " ";
  }
  if (!place.layer.empty())
    os << "layer '" << place.layer << "': ";
  os << getSeverity(diagnostic.getSeverity()) << ": " << diagnostic << "\n";
  for (const Diagnostic &note : diagnostic.getNotes())
    printDiagnostic(note);
}

/// Prints a decision of compiler/transforms/Remarks.h, whose arguments are
/// subject, rule and why.
static void printRemark(const Diagnostic &diagnostic, RemarkFormat format) {
  ArrayRef<DiagnosticArgument> arguments = diagnostic.getArguments();
  auto text = [&](size_t index) {
    return index < arguments.size() &&
                   arguments[index].getKind() ==
                       DiagnosticArgument::DiagnosticArgumentKind::String
               ? arguments[index].getAsString()
               : StringRef();
  };
  Place place(diagnostic.getLocation());
  if (format == RemarkFormat::JSON) {
    llvm::errs() << llvm::json::Value(llvm::json::Object{{"remark", text(0)},
                                                         {"layer", place.layer},
                                                         {"rule", text(1)},
                                                         {"why", text(2)}})
                 << "\n";
    return;
  }
  if (!place.layer.empty())
    llvm::errs() << "layer '" << place.layer << "': ";
  llvm::errs() << "remark: " << text(0) << " " << text(1);
  if (!text(2).empty())
    llvm::errs() << " (" << text(2) << ")";
  llvm::errs() << "\n";
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context, RemarkFormat remarks)
    : ScopedDiagnosticHandler(context, [remarks](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != DiagnosticSeverity::Remark)
          printDiagnostic(diagnostic);
        else if (remarks != RemarkFormat::None)
          printRemark(diagnostic, remarks);
      }) {
  // One clear line: not the whole op as well.
  context->printOpOnDiagnostic(false);
}
