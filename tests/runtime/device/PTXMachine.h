//===- PTXMachine.h - A machine that runs PTX -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Threads of a warp run in step, warps of a group from one barrier to the next,
// groups one after the other. What a GPU would do in an order of its own is
// seen: a word that one thread writes and another one reads or writes without
// a barrier between them is a problem, unless what is written is the same, or
// what is read is not used, as where one instruction loads more than is wanted.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_PTXMACHINE_H
#define FRIEZE_TESTS_PTXMACHINE_H

#include "PTXProgram.h"

#include <functional>

namespace ptx {

/// What the warps of a launch do, whatever GPU it is.
struct Counts {
  /// Of warps, all and those that multiply and add.
  uint64_t instructions = 0, warpMultiplyAdds = 0;
  /// Of threads.
  uint64_t multiplyAdds = 0;
  /// Rounds in which shared memory serves each bank once.
  uint64_t sharedRounds = 0;
  /// Pieces of 32 bytes of global memory that instructions of a warp touch.
  uint64_t sectors = 0;
  /// Barriers of groups.
  uint64_t barriers = 0;

  Counts &operator+=(const Counts &other);
};

struct Launch {
  const Kernel &kernel;
  uint32_t groups;
  /// The bits of each parameter.
  std::vector<uint64_t> parameters;
  /// The memory behind an address of the device; null where it is no one's.
  std::function<char *(uint64_t address, size_t bytes)> find;
};

/// Runs a launch to its end. Throws std::runtime_error for what a kernel must
/// not do: read or write memory that is no one's, meet another thread there,
/// wait where others have ended.
Counts run(const Launch &launch);

} // namespace ptx

#endif // FRIEZE_TESTS_PTXMACHINE_H
