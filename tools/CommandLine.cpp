//===- CommandLine.cpp - What the tools have in common ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/CommandLine.h"
#include "frontends/Files.h"
#include "tools/Commit.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

using namespace frieze;

std::string frieze::getVersion() {
  const std::string llvm = "LLVM " LLVM_VERSION_STRING ")";
  return FRIEZE_VERSION " (" +
         (*commit ? "commit " + std::string(commit) + ", " : "") + llvm;
}

int frieze::runTool(int argc, char **argv,
                    llvm::function_ref<int(int, char **)> run) {
  llvm::InitLLVM init(argc, argv);
  // After LLVM, which would tell of a crash, or end silently.
  for (int number : {SIGXFSZ, SIGPIPE})
    std::signal(number, SIG_IGN);
  const std::string name = llvm::sys::path::filename(argv[0]).str();
  llvm::cl::SetVersionPrinter([&](llvm::raw_ostream &stream) {
    stream << name << ' ' << getVersion() << '\n';
  });
  int status = run(argc, argv);
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return failWith("<stdout>", "cannot be written: " + error.message());
  }
  return status;
}

llvm::Error frieze::checkPage(llvm::StringRef path) {
  if (path.empty())
    return llvm::Error::success();
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (!extension.equals_insensitive(".html") &&
      !(extension.empty() && isStream(path)))
    return llvm::createStringError("expects the extension .html, but got '" +
                                   extension + "'");
  return checkWritable(path);
}

int frieze::failWith(llvm::StringRef tool, const llvm::Twine &message) {
  llvm::errs() << tool << ": error: " << message << "\n";
  return 1;
}
