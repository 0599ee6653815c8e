//===- Classifier.cpp - The model that finds beats --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Classifier.h"
#include "frieze/compiler.hpp"
#include "frontends/ReadModel.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace frieze;
using ecg::Classifier;

static Classifier keep(const Model &model) {
  auto kept = std::make_shared<Model>(model);
  return {std::shared_ptr<const frieze_model>(kept, &kept->description())};
}

static llvm::Expected<Classifier> compile(const std::string &path,
                                          std::string_view bytes,
                                          const std::vector<Option> &options) {
  try {
    return keep(Compilation(bytes, path, options).load());
  } catch (const CompileError &error) {
    for (const Diagnostic &reason : error.diagnostics())
      llvm::errs() << reason.str(/*with_severity=*/true) << '\n';
    return llvm::createStringError("cannot be compiled");
  }
}

/// Compiles for windows that share their work, or else for single ones.
static llvm::Expected<Classifier>
compileWindows(const std::string &path, std::string_view bytes, int64_t hop,
               const std::vector<Option> &options) {
  std::string obstacle;
  try {
    std::vector<Option> sharing = options;
    sharing.push_back({"stream-hop", std::to_string(hop)});
    return keep(Compilation(bytes, path, sharing).load());
  } catch (const CompileError &error) {
    const Diagnostic &first = error.diagnostics().front();
    if (!first.layer.empty())
      obstacle = "layer '" + first.layer + "': ";
    obstacle += first.text;
  }
  // Errors of the file itself come again.
  llvm::Expected<Classifier> model = compile(path, bytes, options);
  if (model)
    llvm::errs() << path << ": warning: every window is computed for itself: "
                 << obstacle << '\n';
  return model;
}

llvm::Expected<Classifier> ecg::loadClassifier(llvm::StringRef path,
                                               std::optional<int64_t> hop,
                                               llvm::StringRef target) {
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return bytes.takeError();
  if (isArtefact(*bytes))
    try {
      return keep(load(*bytes));
    } catch (const Error &error) {
      return llvm::createStringError(error.what());
    }
  std::vector<Option> options = {{"name", "model"}};
  if (!target.empty())
    options.push_back({"target", target.str()});
  if (!hop)
    return compile(path.str(), *bytes, options);
  return compileWindows(path.str(), *bytes, *hop, options);
}

std::string ecg::getOwnClassifier() {
  llvm::SmallString<256> path(
      llvm::sys::fs::getMainExecutable(/*argv0=*/"", /*MainExecAddr=*/nullptr));
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "..", "share", "frieze", "ecg.keras");
  llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return std::string(path);
}
