//===- SampleFile.cpp - A file that is read in ranges -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>
#include <mutex>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// An open file or pipe, unpacked if it is packed; see unpack.
static Expected<UnpackedBytes> unpackFrom(sys::fs::file_t handle,
                                          uint64_t most = UINT64_MAX) {
  std::vector<uint8_t> piece(1 << 16);
  auto next = [&]() -> Expected<ArrayRef<uint8_t>> {
    Expected<size_t> count = sys::fs::readNativeFile(
        handle, MutableArrayRef<char>(reinterpret_cast<char *>(piece.data()),
                                      piece.size()));
    if (!count)
      return count.takeError();
    return ArrayRef<uint8_t>(piece).take_front(*count);
  };
  return unpack(next, most);
}

using SharedBytes = std::shared_ptr<const UnpackedBytes>;

static Expected<SharedBytes> share(Expected<UnpackedBytes> bytes) {
  if (!bytes)
    return bytes.takeError();
  return std::make_shared<const UnpackedBytes>(std::move(*bytes));
}

/// All of standard input. A pipe cannot be read again where it is opened again,
/// for another lead.
static Expected<SharedBytes> readStandardInput() {
  static std::mutex mutex;
  static SharedBytes bytes;
  std::lock_guard<std::mutex> lock(mutex);
  if (bytes)
    return bytes;
  Expected<SharedBytes> read = share(unpackFrom(sys::fs::getStdinHandle()));
  if (read)
    bytes = *read;
  return read;
}

Expected<SampleFile> SampleFile::open(StringRef path, uint64_t most) {
  SampleFile file;
  file.name = path.str();
  auto take = [&](Expected<SharedBytes> bytes) -> Error {
    if (!bytes)
      return fileError(path, toString(bytes.takeError()));
    file.unpacked = *bytes;
    file.bytes = file.unpacked->getSize();
    return Error::success();
  };
  if (path == "-") {
    if (Error error = take(readStandardInput()))
      return error;
    return file;
  }
  sys::fs::file_status status;
  // Asked before it is opened: opening a pipe would wait for its writer.
  if (std::error_code error = sys::fs::status(path, status))
    return fileError(path, "cannot be read: " + error.message());
  if (!sys::fs::is_regular_file(status))
    return fileError(path, "cannot be read: not a regular file" +
                               Twine(sys::fs::is_directory(status)
                                         ? ""
                                         : " (- reads standard input)"));
  file.bytes = status.getSize();
  file.modified = status.getLastModificationTime();
  // Whether it may be read is told now, and not in the middle of the work.
  if (Error error = file.read(0, {}))
    return error;
  if (!path.ends_with_insensitive(".gz"))
    return file;
  Expected<sys::fs::file_t> handle = sys::fs::openNativeFileForRead(path);
  if (!handle)
    return fileError(path, "cannot be read: " + toString(handle.takeError()));
  scope_exit closer([&] { sys::fs::closeFile(*handle); });
  if (Error error = take(share(unpackFrom(*handle, most))))
    return error;
  return file;
}

Expected<std::string> SampleFile::readStart(uint64_t most) const {
  std::string start(std::min(bytes, most), '\0');
  if (Error error =
          read(0, MutableArrayRef<uint8_t>(
                      reinterpret_cast<uint8_t *>(start.data()), start.size())))
    return error;
  return start;
}

Error SampleFile::read(uint64_t offset, MutableArrayRef<uint8_t> buffer) const {
  if (unpacked) {
    if (buffer.size() > bytes - std::min(bytes, offset))
      return fileError(name, "cannot be read: it ends at byte " + Twine(bytes));
    if (Error error = unpacked->read(offset, buffer))
      return inFile(name, std::move(error));
    return Error::success();
  }
  Expected<sys::fs::file_t> handle = sys::fs::openNativeFileForRead(name);
  if (!handle)
    return fileError(name, "cannot be read: " + toString(handle.takeError()));
  scope_exit closer([&] { sys::fs::closeFile(*handle); });
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(*handle, status))
    return fileError(name, "cannot be read: " + error.message());
  if (status.getSize() != bytes || status.getLastModificationTime() != modified)
    return fileError(name, "was changed while it was read");
  while (!buffer.empty()) {
    auto *data = reinterpret_cast<char *>(buffer.data());
    Expected<size_t> count = sys::fs::readNativeFileSlice(
        *handle, MutableArrayRef<char>(data, buffer.size()), offset);
    if (!count)
      return fileError(name, "cannot be read: " + toString(count.takeError()));
    if (*count == 0)
      return fileError(name, "cannot be read: the file ends at byte " +
                                 Twine(offset));
    offset += *count;
    buffer = buffer.drop_front(*count);
  }
  return Error::success();
}

Expected<std::optional<StringRef>> LineReader::next() {
  constexpr size_t pieceSize = 1 << 16, longestLine = 1 << 20;
  size_t searched = used;
  while (true) {
    auto begin = buffer.begin() + used;
    auto end = std::find(buffer.begin() + searched, buffer.end(), '\n');
    bool atEnd = offset == file.getSize();
    if (end == buffer.end() && !atEnd) {
      if (buffer.size() - used > longestLine)
        return fileError(file.getPath(), "a line is longer than " +
                                             Twine(longestLine) + " bytes");
      buffer.erase(buffer.begin(), begin);
      used = 0;
      searched = buffer.size();
      size_t piece = std::min<uint64_t>(pieceSize, file.getSize() - offset);
      buffer.resize(searched + piece);
      if (Error error = file.read(
              offset, MutableArrayRef<uint8_t>(buffer).drop_front(searched)))
        return error;
      offset += piece;
      continue;
    }
    if (begin == buffer.end())
      return std::nullopt;
    StringRef line(reinterpret_cast<const char *>(&*begin), end - begin);
    lineEnded = end != buffer.end();
    used += line.size() + lineEnded;
    line.consume_back("\r");
    return line;
  }
}
