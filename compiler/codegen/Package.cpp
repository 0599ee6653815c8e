//===- Package.cpp - Objects as libraries and executables -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Package.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <optional>

using namespace llvm;
using namespace frieze;

Error frieze::writeFile(StringRef output,
                        function_ref<void(raw_ostream &)> write) {
  return writeToOutput(output, [&](raw_ostream &os) {
    write(os);
    return Error::success();
  });
}

Error frieze::writeStaticLibrary(StringRef object, StringRef name,
                                 StringRef output) {
  std::string member = (name + ".o").str();
  NewArchiveMember entry(MemoryBufferRef(object, member));
  auto archive = writeArchiveToBuffer(entry, SymtabWritingMode::NormalSymtab,
                                      object::Archive::K_GNU,
                                      /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  return writeFile(output,
                   [&](raw_ostream &os) { os << (*archive)->getBuffer(); });
}

/// Where this program stands, so that its parts are found beside it.
static std::string getProgramFolder() {
  static int anchor;
  std::string program = sys::fs::getMainExecutable(nullptr, &anchor);
  return sys::path::parent_path(program).str();
}

static Expected<std::string> findProgram(ArrayRef<StringRef> names) {
  StringRef toolsFolder = FRIEZE_LLVM_TOOLS_FOLDER;
  for (StringRef name : names) {
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
    if (ErrorOr<std::string> found = sys::findProgramByName(name, toolsFolder))
      return *found;
  }
  return createStringError("expects " + join(names, " or ") +
                           " to link with, but found none");
}

/// Runs `program` on the object and writes what it makes to `output`.
static Error link(const std::string &program, ArrayRef<std::string> arguments,
                  StringRef object, StringRef output) {
  SmallString<128> objectPath, linkedPath, logPath;
  auto createTemporary = [](StringRef suffix, SmallString<128> &path) {
    return errorCodeToError(
        sys::fs::createTemporaryFile("frieze", suffix, path));
  };
  if (Error error =
          joinErrors(joinErrors(createTemporary("o", objectPath),
                                createTemporary("linked", linkedPath)),
                     createTemporary("log", logPath)))
    return error;
  FileRemover removers[] = {FileRemover(objectPath), FileRemover(linkedPath),
                            FileRemover(logPath)};
  if (Error error =
          writeFile(objectPath, [&](raw_ostream &os) { os << object; }))
    return error;

  SmallVector<StringRef> command{program, "-o", linkedPath, objectPath};
  command.append(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(logPath),
                                          StringRef(logPath)};
  std::string message;
  if (sys::ExecuteAndWait(program, command, std::nullopt, redirects, 0, 0,
                          &message) != 0) {
    if (auto log = MemoryBuffer::getFile(logPath))
      message += (*log)->getBuffer().rtrim();
    return createStringError("cannot link with " + program + ": " + message);
  }
  auto linked = MemoryBuffer::getFile(linkedPath, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!linked)
    return errorCodeToError(linked.getError());
  if (Error error = writeFile(
          output, [&](raw_ostream &os) { os << (*linked)->getBuffer(); }))
    return error;
  sys::fs::file_status status;
  if (!sys::fs::status(output, status) && sys::fs::is_regular_file(status))
    return errorCodeToError(sys::fs::setPermissions(
        output, status.permissions() | sys::fs::all_exe));
  return Error::success();
}

/// Every shared library and executable has its model under one known symbol.
static std::string defineEntry(StringRef name) {
  return ("--defsym=frieze_model_entry=" + name + "_model").str();
}

Error frieze::linkSharedLibrary(StringRef object, StringRef name,
                                StringRef output) {
  auto linker = findProgram({"x86_64-linux-gnu-ld.bfd", "ld.lld-22", "ld.lld"});
  if (!linker)
    return linker.takeError();
  std::string soname =
      output == "-" ? (name + ".so").str() : sys::path::filename(output).str();
  return link(*linker,
              {"-shared", "--gc-sections", "-z", "noexecstack",
               "--build-id=none", "-soname", soname, defineEntry(name)},
              object, output);
}

Error frieze::linkExecutable(StringRef object, StringRef name,
                             StringRef output) {
  auto driver = findProgram({"cc", "gcc", "clang", "clang-22"});
  if (!driver)
    return driver.takeError();
  SmallString<128> mainLibrary(getProgramFolder());
  sys::path::append(mainLibrary, "..", "lib", "frieze", "libfrieze_main.a");
  if (!sys::fs::exists(mainLibrary))
    return createStringError("expects " + mainLibrary + " to link with");
  return link(*driver,
              {mainLibrary.str().str(), "-lm", "-Wl,--gc-sections",
               "-Wl," + defineEntry(name)},
              object, output);
}
