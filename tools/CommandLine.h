//===- CommandLine.h - What the tools have in common ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_COMMANDLINE_H
#define FRIEZE_TOOLS_COMMANDLINE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// What --version says behind the name of a tool, such as "0.1.0 (commit
/// 15c80d3a1b2c, LLVM 22.1.8)"; the commit only where it is known.
std::string getVersion();

/// The main function of a tool, whose option --version it has: returns the exit
/// status of `run`, or 1 after a message where standard output cannot be
/// written. A write that is refused, by a limit or as nobody reads, is an error
/// of that write and ends nothing.
int runTool(int argc, char **argv, llvm::function_ref<int(int, char **)> run);

/// What keeps a page from being written to `path`, which is a .html file, or a
/// pipe or device. None is wanted where it is empty.
llvm::Error checkPage(llvm::StringRef path);

/// Prints `tool: error: message` and returns the exit status 1.
int failWith(llvm::StringRef tool, const llvm::Twine &message);

} // namespace frieze

#endif // FRIEZE_TOOLS_COMMANDLINE_H
