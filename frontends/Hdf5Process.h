//===- Hdf5Process.h - A child process for the HDF5 library -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_HDF5PROCESS_H
#define FRIEZE_FRONTENDS_HDF5PROCESS_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace frieze {

/// A child process in which the HDF5 library reads a file in memory. It can
/// open no files, and its time and memory are limited. Once it is gone, or has
/// kept the parent waiting for too long, nothing more is sent or received.
///
/// The child is a mere copy of its parent (fork), which may have had other
/// threads: it runs nothing but libhdf5 and libc, and leaves by _exit.
///
/// The child sends a description of the file first. From then on it answers
/// each path of a dataset with its elements, in float32 where that holds them
/// and else in float64. A message is its size, of 8 bytes, and as many bytes.
class Hdf5Process {
public:
  /// Starts the child, which keeps a copy of `bytes`.
  explicit Hdf5Process(llvm::StringRef bytes);
  ~Hdf5Process();
  Hdf5Process(const Hdf5Process &) = delete;
  Hdf5Process &operator=(const Hdf5Process &) = delete;

  bool send(llvm::StringRef message);
  /// The next message, of at most hdf5::maxDescription bytes.
  std::optional<std::string> receive();
  /// The next message into `values`, if it has `count` of them.
  bool receive(std::vector<double> &values, size_t count);

private:
  bool receiveBytes(void *bytes, size_t size);
  void stop();

  pid_t child = -1;
  int socket = -1;
  /// How long to wait for a message.
  int milliseconds;
};

namespace hdf5 {

/// A description is a list of records, each object followed by its attributes.
/// A record has a kind, a path or the name of the attribute, a count, and as
/// many sizes of axes or strings. Integers have 8 bytes, a string begins with
/// its size.
enum class RecordKind : uint64_t {
  Group,
  FloatDataset,
  OtherDataset,
  /// What cannot be opened: damaged, or of a newer version of the format.
  Unreadable,
  /// Of strings, or empty.
  Attribute
};

inline constexpr size_t maxDescription = size_t(1) << 28;

/// The size of the message for a dataset that cannot be read.
inline constexpr uint64_t noData = ~uint64_t(0);

/// What the child does with the file `image`, until the parent closes the other
/// end of `socket`, or the file proves damaged.
void serve(llvm::StringRef image, int socket);

} // namespace hdf5
} // namespace frieze

#endif // FRIEZE_FRONTENDS_HDF5PROCESS_H
