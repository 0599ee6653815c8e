//===- RunProgram.cpp - Files through other programs ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/RunProgram.h"
#include "frontends/Files.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <utility>

using namespace llvm;
using namespace frieze;

/// The folder for temporary files, and how to choose another, for messages.
static std::string describeTemporaryFolder() {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  return ("'" + folder + "' (TMPDIR)").str();
}

namespace {
/// A file in the folder for temporary files, removed at the end.
class TemporaryFile {
public:
  static Expected<TemporaryFile> create(StringRef suffix, StringRef bytes = "");
  TemporaryFile(TemporaryFile &&other) noexcept
      : path(std::exchange(other.path, "")) {}
  ~TemporaryFile();

  const std::string &getPath() const { return path; }

private:
  TemporaryFile() = default;

  std::string path;
};
} // namespace

Expected<TemporaryFile> TemporaryFile::create(StringRef suffix,
                                              StringRef bytes) {
  TemporaryFile file;
  SmallString<128> path;
  int descriptor;
  std::error_code error =
      sys::fs::createTemporaryFile("frieze", suffix, descriptor, path);
  if (!error) {
    file.path = path.str();
    sys::RemoveFileOnSignal(file.path);
    raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    stream << bytes;
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (error)
    return createStringError("cannot write temporary files in " +
                             describeTemporaryFolder() + ": " +
                             error.message());
  return file;
}

TemporaryFile::~TemporaryFile() {
  if (path.empty())
    return;
  sys::fs::remove(path);
  sys::DontRemoveFileOnSignal(path);
}

Expected<std::string> frieze::findProgram(ArrayRef<StringRef> names,
                                          StringRef folder, StringRef purpose) {
  for (StringRef name : names) {
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
    if (ErrorOr<std::string> found = sys::findProgramByName(name, folder))
      return *found;
  }
  return createStringError("expects " + join(names, " or ") + " to " + purpose +
                           ", but found none");
}

Expected<std::string> frieze::runProgram(const std::string &program,
                                         ArrayRef<std::string> arguments,
                                         const ProgramInput &input,
                                         StringRef verb) {
  Expected<TemporaryFile> from =
      TemporaryFile::create(input.extension, input.bytes);
  if (!from)
    return from.takeError();
  Expected<TemporaryFile> to = TemporaryFile::create("out");
  if (!to)
    return to.takeError();
  // In memory, as a full disk has no room for what the program says of it.
  Expected<MemoryFile> log = MemoryFile::create();
  if (!log)
    return log.takeError();

  SmallVector<StringRef> command{program, "-o", to->getPath(), from->getPath()};
  command.append(arguments.begin(), arguments.end());
  std::string logPath = log->getPath();
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(logPath),
                                          StringRef(logPath)};
  std::string message;
  if (sys::ExecuteAndWait(program, command, std::nullopt, redirects, 0, 0,
                          &message) != 0) {
    std::string text;
    if (Error error = readFile(logPath).moveInto(text))
      consumeError(std::move(error));
    SmallVector<StringRef> lines;
    StringRef(text).rtrim().split(lines, '\n');
    return createStringError("cannot " + verb + " with " + program + " in " +
                             describeTemporaryFolder() + ": " + message +
                             join(lines, "; "));
  }
  return readFile(to->getPath());
}
