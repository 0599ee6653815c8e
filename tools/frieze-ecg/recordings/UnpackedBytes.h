//===- UnpackedBytes.h - Bytes that no file has as they are -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_UNPACKEDBYTES_H
#define FRIEZE_TOOLS_ECG_UNPACKEDBYTES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace frieze::ecg {

/// Bytes of a pipe, or of a compressed file, to be read in ranges. All of them
/// lie in one temporary file of the process, which has no name and goes with
/// it: recordings may be longer than memory, and more than files may be open.
/// Its room there is used again.
class UnpackedBytes {
public:
  UnpackedBytes() = default;
  ~UnpackedBytes();
  UnpackedBytes(UnpackedBytes &&other) noexcept;
  UnpackedBytes &operator=(UnpackedBytes &&other) noexcept;

  llvm::Error append(llvm::ArrayRef<uint8_t> bytes);

  /// Fills `buffer` from `offset` on, by any number of threads. The caller
  /// stays below getSize().
  llvm::Error read(uint64_t offset,
                   llvm::MutableArrayRef<uint8_t> buffer) const;

  uint64_t getSize() const { return size; }

private:
  /// Where each piece lies in the temporary file.
  std::vector<uint64_t> pieces;
  uint64_t size = 0;
};

/// Whether `bytes` begin as a gzip file does.
bool isGzip(llvm::ArrayRef<uint8_t> bytes);

/// All bytes of `next`, which gives piece by piece and then an empty one,
/// unpacked if they begin as a gzip file does. What lies behind the first
/// `most` may be left out, unread. Errors do not name the file.
llvm::Expected<UnpackedBytes>
unpack(llvm::function_ref<llvm::Expected<llvm::ArrayRef<uint8_t>>()> next,
       uint64_t most = UINT64_MAX);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_UNPACKEDBYTES_H
