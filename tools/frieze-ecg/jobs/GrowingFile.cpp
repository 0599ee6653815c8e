//===- GrowingFile.cpp - A file written piece by piece ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/GrowingFile.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/Duration.h"
#include "llvm/Support/FileSystem.h"

#include <chrono>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static Error cannotWrite(StringRef path, std::error_code error) {
  return fileError(getOutputName(path),
                   "cannot be written: " + error.message());
}

GrowingFile::GrowingFile(StringRef path, std::optional<int> file, uint64_t size,
                         std::unique_ptr<raw_fd_ostream> stream)
    : path(path), file(file), size(size), stream(std::move(stream)) {
  // A piece is written at once, so that a reader sees whole ones.
  this->stream->SetUnbuffered();
}

Expected<GrowingFile> GrowingFile::open(StringRef path) {
  if (isStream(path)) {
    Expected<std::unique_ptr<raw_fd_ostream>> stream = openStream(path);
    if (!stream)
      return inFile(getOutputName(path), stream.takeError());
    return GrowingFile(path, std::nullopt, 0, std::move(*stream));
  }
  int file;
  if (std::error_code error = sys::fs::openFileForWrite(
          path, file, sys::fs::CD_OpenAlways, sys::fs::OF_Append))
    return cannotWrite(path, error);
  auto stream = std::make_unique<raw_fd_ostream>(file, /*shouldClose=*/true);
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(file, status))
    return cannotWrite(path, error);
  return GrowingFile(path, file, status.getSize(), std::move(stream));
}

Error GrowingFile::cut(uint64_t newSize) {
  if (!file)
    return Error::success();
  if (size < newSize)
    return fileError(path, "expects the " + Twine(newSize) +
                               " bytes that were written before, but got " +
                               Twine(size));
  if (std::error_code error = sys::fs::resize_file(*file, newSize))
    return cannotWrite(path, error);
  size = newSize;
  return Error::success();
}

Error GrowingFile::append(StringRef piece) {
  *stream << piece;
  if (std::error_code error = stream->error()) {
    stream->clear_error();
    return cannotWrite(path, error);
  }
  size += piece.size();
  return Error::success();
}

bool GrowingFile::lock() {
  auto locked = stream->tryLockFor(Duration(std::chrono::milliseconds(0)));
  if (!locked) {
    consumeError(locked.takeError());
    return false;
  }
  locker.emplace(std::move(*locked));
  return true;
}
