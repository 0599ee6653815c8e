//===- GrowingFile.cpp - A file written piece by piece ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/GrowingFile.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

GrowingFile::GrowingFile(StringRef path, uint64_t size,
                         std::unique_ptr<raw_fd_ostream> stream)
    : path(path), size(size), stream(std::move(stream)) {
  // A piece is written at once, so that a reader sees whole ones.
  this->stream->SetUnbuffered();
}

Expected<GrowingFile> GrowingFile::open(StringRef path, uint64_t size) {
  auto fail = [&](std::error_code error) {
    return fileError(getOutputName(path),
                     "cannot be written: " + error.message());
  };
  if (isStream(path)) {
    Expected<std::unique_ptr<raw_fd_ostream>> stream = openStream(path);
    if (!stream)
      return inFile(getOutputName(path), stream.takeError());
    return GrowingFile(path, 0, std::move(*stream));
  }
  int file;
  if (std::error_code error = sys::fs::openFileForWrite(
          path, file, sys::fs::CD_OpenAlways, sys::fs::OF_Append))
    return fail(error);
  auto stream = std::make_unique<raw_fd_ostream>(file, /*shouldClose=*/true);
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(file, status))
    return fail(error);
  if (status.getSize() < size)
    return fileError(path, "expects the " + Twine(size) +
                               " bytes that were written before, but got " +
                               Twine(status.getSize()));
  if (std::error_code error = sys::fs::resize_file(file, size))
    return fail(error);
  return GrowingFile(path, size, std::move(stream));
}

Error GrowingFile::append(StringRef piece) {
  *stream << piece;
  if (std::error_code error = stream->error()) {
    stream->clear_error();
    return fileError(getOutputName(path),
                     "cannot be written: " + error.message());
  }
  size += piece.size();
  return Error::success();
}
