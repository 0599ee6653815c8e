//===- GraphImport.cpp - What importers of graphs share ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphImport.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

Tensor ConstantBudget::take(Tensor tensor, Account &account) {
  if (account.count > account.maximum)
    return {};
  if (!tensor.constant)
    return tensor;
  account.count += tensor.constant->values.size();
  if (account.count <= account.maximum)
    return tensor;
  builder.emitError() << "expects constants of at most " << account.maximum
                      << " elements in all";
  return {};
}

void UnsupportedOperators::add(std::string problem, StringRef wayOut,
                               StringRef layer) {
  auto known = llvm::find_if(
      entries, [&](const Entry &entry) { return entry.problem == problem; });
  if (known == entries.end())
    known =
        entries.insert(known, {std::move(problem), wayOut.str(), layer.str()});
  ++known->count;
}

void UnsupportedOperators::report(ModelBuilder &builder, StringRef unit) const {
  for (const Entry &entry : entries) {
    InFlightDiagnostic diagnostic = builder.emitError(entry.firstLayer);
    diagnostic << entry.problem;
    if (entry.count > 1)
      diagnostic << ", here and in " << entry.count - 1 << " other " << unit
                 << (entry.count == 2 ? "" : "s");
    diagnostic << entry.wayOut;
  }
}

void frieze::addGraphOutput(ModelBuilder &builder, StringRef name,
                            StringRef tensorName, const Tensor *tensor) {
  if (!tensor)
    builder.emitError(tensorName) << "expects an output to be defined";
  else if (tensor->constant)
    builder.emitError(tensorName)
        << "unsupported output that depends on no input";
  builder.addOutput(name, tensor ? tensor->value : Value());
}
