//===- Files.cpp - Reading and writing files --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Files.h"
#include "frontends/Array.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;
using namespace frieze;

Expected<std::string> frieze::readFile(StringRef path, size_t limit) {
  bool isStdin = path == "-";
  if (!isStdin && sys::fs::is_directory(path))
    return makeError("expects a file, but got a directory");
  Expected<sys::fs::file_t> file = isStdin
                                       ? sys::fs::getStdinHandle()
                                       : sys::fs::openNativeFileForRead(path);
  if (!file)
    return makeError("cannot be read: " + toString(file.takeError()));
  std::string bytes;
  uint64_t size = 0;
  if (!isStdin && !sys::fs::file_size(path, size) && size <= limit)
    bytes.reserve(size + 1);
  std::vector<char> chunk(1 << 16);
  Error error = Error::success();
  while (true) {
    Expected<size_t> count = sys::fs::readNativeFile(*file, chunk);
    if (!count) {
      error = makeError("cannot be read: " + toString(count.takeError()));
      break;
    }
    if (*count == 0)
      break;
    if (bytes.size() + *count > limit) {
      error = makeError("expects at most " + Twine(limit) + " bytes");
      break;
    }
    bytes.append(chunk.data(), *count);
  }
  if (!isStdin)
    sys::fs::closeFile(*file);
  if (error)
    return std::move(error);
  return bytes;
}

bool frieze::isZip(StringRef bytes) {
  // The second is an archive without members.
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}

bool frieze::isHdf5(StringRef bytes) {
  return bytes.starts_with("\x89HDF\r\n\x1a\n");
}

bool frieze::isSafetensors(StringRef bytes) {
  // The length of a header of JSON, and the header.
  const size_t prefix = 8;
  return bytes.size() > prefix && bytes[prefix] == '{' &&
         support::endian::read64le(bytes.data()) <= bytes.size() - prefix;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
/// Where the bytes for a path go.
struct Destination {
  /// The path without the links that lead to it.
  SmallString<256> path;
  /// The open file of this process that it stands for, or -1.
  int descriptor = -1;
  /// Whether it is opened as it stands, as nothing may take its place.
  bool isDevice = false;
  /// What is replaced, if there is something.
  std::optional<sys::fs::file_status> replaced;

  bool isStream() const { return descriptor >= 0 || isDevice; }
};
} // namespace

/// Follows the links at `path` by hand, as what they lead to need not be there
/// yet, and as /dev/stdout and the like stand for what is open already.
static Error followLinks(Destination &destination) {
  SmallString<64> openFiles;
  sys::fs::real_path("/proc/self/fd", openFiles);
  constexpr int maxLinks = 40;
  for (int count = 0; sys::fs::is_symlink_file(destination.path); ++count) {
    if (count == maxLinks)
      return errorCodeToError(
          std::make_error_code(std::errc::too_many_symbolic_link_levels));
    SmallString<256> folder;
    StringRef parent = sys::path::parent_path(destination.path);
    if (std::error_code error =
            sys::fs::real_path(parent.empty() ? "." : parent, folder))
      return errorCodeToError(error);
    if (folder == openFiles && !sys::path::filename(destination.path)
                                    .getAsInteger(10, destination.descriptor))
      return Error::success();
    std::error_code error;
    std::string target =
        std::filesystem::read_symlink(destination.path.c_str(), error).string();
    if (error)
      return errorCodeToError(error);
    sys::path::append(folder, target);
    destination.path =
        sys::path::is_absolute(target) ? StringRef(target) : StringRef(folder);
  }
  return Error::success();
}

/// Whether a file may be made beside the destination, and take its place.
static Error checkReplacement(const Destination &destination) {
  auto mayWrite = [](StringRef path) {
    return sys::fs::access(path, sys::fs::AccessMode::Write);
  };
  if (destination.replaced)
    if (std::error_code error = mayWrite(destination.path))
      return errorCodeToError(error);
  StringRef folder = sys::path::parent_path(destination.path);
  if (folder.empty())
    folder = ".";
  if (std::error_code error = mayWrite(folder))
    return makeError("no file can be made in '" + folder +
                     "': " + error.message());
  return Error::success();
}

static Expected<Destination> findDestination(StringRef path) {
  Destination destination;
  destination.path = path;
  if (path == "-") {
    destination.descriptor = STDOUT_FILENO;
    return destination;
  }
  if (Error error = followLinks(destination))
    return std::move(error);
  if (destination.descriptor >= 0)
    return destination;
  sys::fs::file_status status, target;
  std::error_code error = sys::fs::status(path, status);
  if (sys::fs::is_directory(status))
    error = std::make_error_code(std::errc::is_a_directory);
  if (error && error != std::errc::no_such_file_or_directory)
    return errorCodeToError(error);
  // Links of /proc to open files need not lead where they say.
  destination.isDevice = !error && (!sys::fs::is_regular_file(status) ||
                                    sys::fs::status(destination.path, target) ||
                                    !sys::fs::equivalent(status, target));
  if (destination.isDevice) {
    destination.path = path;
    return destination;
  }
  if (!error)
    destination.replaced = status;
  if (Error error = checkReplacement(destination))
    return std::move(error);
  return destination;
}

/// What keeps a file from being written, for messages.
static Error describeFailure(Error error) {
  if (!error)
    return Error::success();
  return makeError("cannot be written: " + toString(std::move(error)));
}

Error frieze::checkWritable(StringRef path) {
  return describeFailure(findDestination(path).takeError());
}

StringRef frieze::getOutputName(StringRef path) {
  return path == "-" ? "<stdout>" : path;
}

bool frieze::isStream(StringRef path) {
  Expected<Destination> destination = findDestination(path);
  if (destination)
    return destination->isStream();
  consumeError(destination.takeError());
  return false;
}

bool frieze::isStandardOutput(StringRef path) {
  Expected<Destination> destination = findDestination(path);
  if (destination)
    return destination->descriptor == STDOUT_FILENO;
  consumeError(destination.takeError());
  return false;
}

/// What went wrong with `stream`, which would end the process if nobody asked.
static std::error_code takeError(raw_fd_ostream &stream) {
  std::error_code error = stream.error();
  stream.clear_error();
  return error;
}

static Expected<std::unique_ptr<raw_fd_ostream>>
openDestination(const Destination &destination) {
  if (destination.descriptor >= 0) {
    outs().flush();
    return std::make_unique<raw_fd_ostream>(destination.descriptor,
                                            /*shouldClose=*/false);
  }
  int file;
  if (std::error_code error = sys::fs::openFileForWrite(
          destination.path, file, sys::fs::CD_OpenExisting))
    return errorCodeToError(error);
  return std::make_unique<raw_fd_ostream>(file, /*shouldClose=*/true);
}

static Error writeStream(const Destination &destination,
                         function_ref<void(raw_ostream &)> write) {
  Expected<std::unique_ptr<raw_fd_ostream>> stream =
      openDestination(destination);
  if (!stream)
    return stream.takeError();
  write(**stream);
  (*stream)->flush();
  return errorCodeToError(takeError(**stream));
}

/// Gives the new file `file` the permissions of what it replaces, and those to
/// execute it that the user grants.
static std::error_code setPermissions(int file, const Destination &destination,
                                      FileKind kind) {
  if (!destination.replaced)
    return {};
  // Without the right to give files away, it belongs to the user.
  (void)sys::fs::changeFileOwnership(file, destination.replaced->getUser(),
                                     destination.replaced->getGroup());
  unsigned permissions = destination.replaced->permissions() & 0777;
  if (kind == FileKind::Executable)
    permissions |= sys::fs::all_exe & ~sys::fs::getUmask();
  return sys::fs::setPermissions(file, sys::fs::perms(permissions));
}

/// Writes a file beside the destination and renames it.
static Error replaceFile(const Destination &destination,
                         function_ref<Error(raw_ostream &)> write,
                         FileKind kind) {
  SmallString<256> model(sys::path::parent_path(destination.path)), temporary;
  sys::path::append(model, ".frieze-%%%%%%%%.tmp");
  int file;
  unsigned mode = sys::fs::all_read | sys::fs::all_write;
  if (kind == FileKind::Executable)
    mode |= sys::fs::all_exe;
  if (std::error_code error = sys::fs::createUniqueFile(model, file, temporary,
                                                        sys::fs::OF_None, mode))
    return errorCodeToError(error);
  sys::RemoveFileOnSignal(temporary);
  raw_fd_ostream stream(file, /*shouldClose=*/true);
  std::error_code error = setPermissions(file, destination, kind);
  Error failure = Error::success();
  if (!error) {
    failure = write(stream);
    // Some file systems tell only now that there was no room.
    stream.close();
    error = takeError(stream);
  }
  if (!error && !failure)
    error = sys::fs::rename(temporary, destination.path);
  if (error || failure)
    sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  return failure ? std::move(failure) : errorCodeToError(error);
}

Error frieze::tryWriteFile(StringRef path,
                           function_ref<Error(raw_ostream &)> write,
                           FileKind kind) {
  Expected<Destination> destination = findDestination(path);
  if (!destination)
    return describeFailure(destination.takeError());
  if (!destination->isStream())
    return describeFailure(replaceFile(*destination, write, kind));
  Error failure = Error::success();
  Error error = writeStream(
      *destination, [&](raw_ostream &stream) { failure = write(stream); });
  if (!failure)
    return describeFailure(std::move(error));
  consumeError(std::move(error));
  return describeFailure(std::move(failure));
}

Error frieze::writeFile(StringRef path, function_ref<void(raw_ostream &)> write,
                        FileKind kind) {
  return tryWriteFile(
      path,
      [&](raw_ostream &stream) {
        write(stream);
        return Error::success();
      },
      kind);
}

Expected<std::unique_ptr<raw_fd_ostream>> frieze::openStream(StringRef path) {
  Expected<Destination> destination = findDestination(path);
  if (!destination)
    return describeFailure(destination.takeError());
  Expected<std::unique_ptr<raw_fd_ostream>> stream =
      openDestination(*destination);
  if (!stream)
    return describeFailure(stream.takeError());
  return stream;
}

//===----------------------------------------------------------------------===//
// Files in memory
//===----------------------------------------------------------------------===//

Expected<MemoryFile> MemoryFile::create(StringRef bytes) {
  MemoryFile file(memfd_create("frieze", 0));
  std::error_code error(errno, std::generic_category());
  if (file.descriptor >= 0) {
    raw_fd_ostream stream(file.descriptor, /*shouldClose=*/false);
    stream << bytes;
    stream.flush();
    error = takeError(stream);
  }
  if (file.descriptor < 0 || error)
    return makeError("cannot make a file in memory: " + error.message());
  return file;
}

MemoryFile::~MemoryFile() {
  if (descriptor >= 0)
    close(descriptor);
}

std::string MemoryFile::getPath() const {
  return "/proc/self/fd/" + std::to_string(descriptor);
}
