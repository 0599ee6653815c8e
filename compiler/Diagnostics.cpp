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

static void collect(const Diagnostic &diagnostic,
                    llvm::function_ref<void(const Message &)> handle) {
  Message message;
  message.severity = diagnostic.getSeverity();
  Location location = diagnostic.getLocation();
  message.layer = nn::findLayerName(location).str();
  message.text = diagnostic.str();
  if (message.severity == DiagnosticSeverity::Remark) {
    // Where dialect/Remarks.h has them.
    ArrayRef<DiagnosticArgument> arguments = diagnostic.getArguments();
    for (auto [index, part] : {std::make_pair(0, &message.subject),
                               {2, &message.rule},
                               {4, &message.why}})
      if (index < (int)arguments.size() &&
          arguments[index].getKind() ==
              DiagnosticArgument::DiagnosticArgumentKind::String)
        *part = arguments[index].getAsString().str();
  }
  if (auto file = location->findInstanceOf<FileLineColLoc>()) {
    message.file = file.getFilename().str();
    message.line = file.getLine();
    message.column = file.getLine() ? file.getColumn() : 0;
  }
  handle(message);
  for (const Diagnostic &note : diagnostic.getNotes())
    collect(note, handle);
}

MessageHandler::MessageHandler(MLIRContext *context,
                               std::function<void(const Message &)> handle)
    : ScopedDiagnosticHandler(context, [handle](Diagnostic &diagnostic) {
        collect(diagnostic, handle);
      }) {
  // One clear line: not the whole op as well.
  context->printOpOnDiagnostic(false);
}

void frieze::printMessage(const Message &message, RemarkFormat remarks,
                          llvm::raw_ostream &os) {
  bool isRemark = message.severity == DiagnosticSeverity::Remark;
  if (isRemark && remarks == RemarkFormat::None)
    return;
  if (isRemark && remarks == RemarkFormat::JSON) {
    os << llvm::json::Value(llvm::json::Object{{"remark", message.subject},
                                               {"layer", message.layer},
                                               {"rule", message.rule},
                                               {"why", message.why}})
       << "\n";
    return;
  }
  if (!isRemark && !message.file.empty()) {
    os << message.file << ":";
    if (message.line)
      os << message.line << ":" << message.column << ":";
    os << " ";
  }
  if (!message.layer.empty())
    os << "layer '" << message.layer << "': ";
  os << getSeverity(message.severity) << ": " << message.text << "\n";
}
