//===- Diagnostics.cpp - Messages that name file and layer ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Diagnostics.h"
#include "dialect/LayerName.h"
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

static void printLayer(StringRef layer, llvm::raw_ostream &os) {
  if (!layer.empty())
    os << "layer '" << layer << "': ";
}

static void printDiagnostic(const Diagnostic &diagnostic) {
  llvm::raw_ostream &os = llvm::errs();
  Location location = diagnostic.getLocation();
  if (auto file = location->findInstanceOf<FileLineColLoc>()) {
    os << file.getFilename().getValue() << ":";
    if (file.getLine())
      os << file.getLine() << ":" << file.getColumn() << ":";
    os << " ";
  }
  printLayer(nn::findLayerName(location), os);
  os << getSeverity(diagnostic.getSeverity()) << ": " << diagnostic << "\n";
  for (const Diagnostic &note : diagnostic.getNotes())
    printDiagnostic(note);
}

/// Prints a decision of compiler/transforms/Remarks.h, which says where its
/// subject, rule and why are.
static void printRemark(const Diagnostic &diagnostic, RemarkFormat format) {
  ArrayRef<DiagnosticArgument> arguments = diagnostic.getArguments();
  auto text = [&](size_t index) {
    return index < arguments.size() &&
                   arguments[index].getKind() ==
                       DiagnosticArgument::DiagnosticArgumentKind::String
               ? arguments[index].getAsString()
               : StringRef();
  };
  StringRef layer = nn::findLayerName(diagnostic.getLocation());
  if (format == RemarkFormat::JSON) {
    llvm::errs() << llvm::json::Value(llvm::json::Object{{"remark", text(0)},
                                                         {"layer", layer},
                                                         {"rule", text(2)},
                                                         {"why", text(4)}})
                 << "\n";
    return;
  }
  printLayer(layer, llvm::errs());
  llvm::errs() << "remark: " << diagnostic << "\n";
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
