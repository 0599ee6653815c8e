//===- UnpackedBytes.cpp - Bytes that no file has as they are ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/UnpackedBytes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <unistd.h>
#include <utility>
#include <zlib.h>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Bytes of a piece of the temporary file; what is not written takes no room.
static constexpr uint64_t pieceSize = 1 << 20;

/// A file of a few megabytes can be made to unpack to more than any disk.
static constexpr uint64_t mostUnpacked = uint64_t(16) << 30;

namespace {

/// The temporary file, which all share.
class TemporaryFile {
public:
  TemporaryFile() {
    SmallString<256> path;
    error = sys::fs::createTemporaryFile("frieze-ecg", "", descriptor, path);
    if (!error)
      error = sys::fs::remove(path);
  }

  uint64_t takePiece() {
    std::lock_guard<std::mutex> lock(mutex);
    if (unused.empty())
      return std::exchange(end, end + pieceSize);
    return unused.pop_back_val();
  }

  void giveBack(ArrayRef<uint64_t> pieces) {
    std::lock_guard<std::mutex> lock(mutex);
    append_range(unused, pieces);
  }

  Error write(uint64_t offset, ArrayRef<uint8_t> bytes) const {
    while (!error && !bytes.empty()) {
      ssize_t count = ::pwrite(descriptor, bytes.data(), bytes.size(), offset);
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return fail(std::error_code(errno, std::generic_category()));
      offset += count;
      bytes = bytes.drop_front(count);
    }
    return error ? fail(error) : Error::success();
  }

  Error read(uint64_t offset, MutableArrayRef<uint8_t> buffer) const {
    while (!buffer.empty()) {
      ssize_t count = ::pread(descriptor, buffer.data(), buffer.size(), offset);
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0)
        return fail(
            std::error_code(count < 0 ? errno : EIO, std::generic_category()));
      offset += count;
      buffer = buffer.drop_front(count);
    }
    return Error::success();
  }

private:
  static Error fail(std::error_code code) {
    SmallString<256> folder;
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
    return createStringError("needs a temporary file in " + folder + ": " +
                             code.message() + " (TMPDIR names another folder)");
  }

  int descriptor = -1;
  std::error_code error;
  std::mutex mutex;
  uint64_t end = 0;
  /// Pieces before the end that were given back.
  SmallVector<uint64_t> unused;
};

} // namespace

static TemporaryFile &getTemporaryFile() {
  // Never destroyed: static bytes give back their pieces at exit.
  static auto *file = new TemporaryFile;
  return *file;
}

UnpackedBytes::~UnpackedBytes() {
  if (!pieces.empty())
    getTemporaryFile().giveBack(pieces);
}

UnpackedBytes::UnpackedBytes(UnpackedBytes &&other) noexcept
    : pieces(std::exchange(other.pieces, {})),
      size(std::exchange(other.size, 0)) {}

UnpackedBytes &UnpackedBytes::operator=(UnpackedBytes &&other) noexcept {
  std::swap(pieces, other.pieces);
  std::swap(size, other.size);
  return *this;
}

Error UnpackedBytes::append(ArrayRef<uint8_t> bytes) {
  if (bytes.size() > mostUnpacked - size)
    return createStringError("expects at most " + Twine(mostUnpacked >> 30) +
                             " GiB: write them to a file, unpacked");
  while (!bytes.empty()) {
    const uint64_t used = size % pieceSize;
    if (used == 0)
      pieces.push_back(getTemporaryFile().takePiece());
    const size_t count = std::min<uint64_t>(bytes.size(), pieceSize - used);
    if (Error error = getTemporaryFile().write(pieces.back() + used,
                                               bytes.take_front(count)))
      return error;
    size += count;
    bytes = bytes.drop_front(count);
  }
  return Error::success();
}

Error UnpackedBytes::read(uint64_t offset,
                          MutableArrayRef<uint8_t> buffer) const {
  while (!buffer.empty()) {
    const uint64_t skipped = offset % pieceSize;
    const size_t count = std::min<uint64_t>(buffer.size(), pieceSize - skipped);
    if (Error error = getTemporaryFile().read(
            pieces[offset / pieceSize] + skipped, buffer.take_front(count)))
      return error;
    offset += count;
    buffer = buffer.drop_front(count);
  }
  return Error::success();
}

bool frieze::ecg::isGzip(ArrayRef<uint8_t> bytes) {
  return bytes.size() > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B &&
         bytes[2] == Z_DEFLATED;
}

namespace {

/// Unpacks the members of a gzip file, one after the other.
class Gunzip {
public:
  explicit Gunzip(UnpackedBytes &output) : output(output) {
    constexpr int gzipOnly = 16;
    isReady = inflateInit2(&stream, MAX_WBITS + gzipOnly) == Z_OK;
  }
  ~Gunzip() { inflateEnd(&stream); }
  Gunzip(const Gunzip &) = delete;
  Gunzip &operator=(const Gunzip &) = delete;

  Error take(ArrayRef<uint8_t> bytes) {
    if (!isReady)
      return createStringError("out of memory");
    while (!bytes.empty()) {
      // Tapes and some programs fill up with zeros behind the last member.
      if (isPadded || (!inMember && hasMember && bytes.front() == 0)) {
        isPadded = true;
        if (any_of(bytes, [](uint8_t byte) { return byte != 0; }))
          return createStringError("expects nothing behind the gzip data, but "
                                   "got more bytes");
        return Error::success();
      }
      inMember = hasMember = true;
      if (Error error = inflateSome(bytes))
        return error;
    }
    return Error::success();
  }

  Error finish() const {
    if (inMember)
      return createStringError(
          "truncated: the gzip data ends early (zcat tells "
          "how much of it can be read)");
    return Error::success();
  }

private:
  Error inflateSome(ArrayRef<uint8_t> &bytes) {
    stream.next_in = const_cast<Bytef *>(bytes.data());
    stream.avail_in = bytes.size();
    int status;
    do {
      stream.next_out = buffer.data();
      stream.avail_out = buffer.size();
      status = inflate(&stream, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return createStringError(
            "damaged gzip data: " +
            Twine(stream.msg ? stream.msg : zError(status)));
      if (Error error = output.append(
              ArrayRef<uint8_t>(buffer).drop_back(stream.avail_out)))
        return error;
    } while (status == Z_OK && (stream.avail_in || !stream.avail_out));
    bytes = bytes.take_back(stream.avail_in);
    if (status == Z_STREAM_END) {
      inflateReset(&stream);
      inMember = false;
    }
    return Error::success();
  }

  UnpackedBytes &output;
  z_stream stream = {};
  bool isReady = false;
  /// Whether a member has begun and not ended, has ever begun, and whether only
  /// zeros may follow.
  bool inMember = false, hasMember = false, isPadded = false;
  std::vector<uint8_t> buffer = std::vector<uint8_t>(1 << 16);
};

} // namespace

Expected<UnpackedBytes>
frieze::ecg::unpack(function_ref<Expected<ArrayRef<uint8_t>>()> next,
                    uint64_t most) {
  UnpackedBytes result;
  // Pipes may give less than tells a gzip file.
  std::vector<uint8_t> start;
  constexpr size_t enough = 3;
  while (start.size() < enough) {
    Expected<ArrayRef<uint8_t>> piece = next();
    if (!piece)
      return piece.takeError();
    if (piece->empty())
      break;
    start.insert(start.end(), piece->begin(), piece->end());
  }
  const bool isPacked = isGzip(start);
  Gunzip gunzip(result);
  for (ArrayRef<uint8_t> bytes = start; !bytes.empty();) {
    if (Error error = isPacked ? gunzip.take(bytes) : result.append(bytes))
      return error;
    if (result.getSize() >= most)
      return result;
    Expected<ArrayRef<uint8_t>> piece = next();
    if (!piece)
      return piece.takeError();
    bytes = *piece;
  }
  if (isPacked)
    if (Error error = gunzip.finish())
      return error;
  return result;
}
