//===- Target.h - What a machine is -----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TARGET_TARGET_H
#define FRIEZE_COMPILER_TARGET_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// What a processor does in a cycle, for the estimates that choose a tile.
struct Ports {
  double multiplyAdds;
  double loads;
  /// Cycles from one multiply-add to the next that needs its result.
  double latency;
};

/// Where a multiply-add takes the one factor that all lanes share from: a
/// vector register that holds nothing else, a scalar register, or any lane of a
/// vector.
enum class SharedFactor { Vector, Scalar, Lane };

/// The memory between registers and RAM, in bytes.
struct Caches {
  int64_t line;
  int64_t firstLevel;
  int64_t secondLevel;
};

/// How much code or memory a kernel may spend for its speed.
struct Budgets {
  /// Rows and vectors of a register tile.
  int64_t tileRows, tileVectors;
  /// Terms of a sum that is written out, without a loop.
  int64_t unrolledTerms;
  /// Terms of a longer sum in one round of its loop.
  int64_t termsTogether;
  /// Tiles of minimal filtering that are worked on together: those that stay in
  /// the first-level cache, and where the kernel leaves the second.
  int64_t winogradTiles, mostWinogradTiles;
  /// Cache lines that weights are fetched ahead.
  int64_t prefetchedLines;
  /// Calls that a dense kernel takes as the rows of one product; 1 where its
  /// tiles have a single row, and several would gain nothing.
  int64_t callsTogether;
  /// Registers for a tile that sums several chains: where not 0, more than
  /// `Machine::registers`, as sums that do not wait for each other hide
  /// latencies like further threads.
  int64_t chainRegisters = 0;
  /// Whether what whole tiles and rounds leave over of a product has no code of
  /// its own: the last tile of rows overlaps the one before, and rounds are
  /// shorter.
  bool avoidsTails = false;
};

/// One instruction set that kernels are planned and emitted for, with the
/// numbers of the processors that have it. Lanes count elements of float32.
struct Machine {
  /// As in `--target`, for instance "x86-64-v3".
  llvm::StringRef name;
  /// LLVM's names of the processor and of further features, for the attributes
  /// "target-cpu" and "target-features".
  llvm::StringRef cpu, features;
  /// Elements of a vector register, and the number of registers.
  int64_t lanes, registers;
  /// Elements of a vector that takes all registers of a group, in the tile of a
  /// product: where vectors span as many registers as they please, more than
  /// `lanes`, and there are as many fewer.
  int64_t tileLanes;
  /// Elements of the widest vectors of two of which an instruction picks every
  /// other element; 1 where single elements cost nothing to move.
  int64_t pairLanes;
  SharedFactor sharedFactor;
  /// Whether there is a fused multiply-add. Without, a product is rounded
  /// before it is added, and results differ from the documented bits.
  bool hasFMA;
  Ports ports;
  Caches caches;
  Budgets budgets;
  /// Bits that vector registers have at least, where they differ between
  /// processors and LLVM assumes fewer; otherwise 0.
  int64_t scalableBits = 0;

  /// Elements of float32 in a cache line.
  int64_t getLineElements() const { return caches.line / 4; }
  /// Vectors of `width` lanes that the registers hold.
  int64_t countRegisters(int64_t width) const {
    return width > lanes ? registers * lanes / width : registers;
  }
};

/// Sizes that callers of compiled code depend on.
struct MemoryLayout {
  /// Of an index in the loops.
  int64_t indexBits;
  int64_t pointerBytes;
  /// Of the arena and of every constant.
  int64_t alignment;
};

/// Bounds of what all machines of a target share: the arena and the packed
/// parameters.
struct Limits {
  /// The arena that running several calls together may need.
  int64_t arenaBytes;
  /// Dense weights above which it is worth that: half of a first-level cache,
  /// as the rest is for the values.
  int64_t sharedWeightsBytes;
  /// Columns of transposed convolutions that are worth joining into one
  /// product: more fill the registers by themselves.
  int64_t joinedColumns;
  /// Units of a recurrent layer whose parameters are packed together, so that a
  /// tile reads one run of memory.
  int64_t packedUnits;
};

/// Who turns loops into code.
enum class Family { X86, AArch64, RISCV, Arm, WebAssembly, GPU };

/// What LLVM and linkers call a target.
struct Toolchain {
  llvm::StringRef triple;
  /// The processor and the features that every one of the architecture has, for
  /// the public functions.
  llvm::StringRef cpu, features;
  /// The calling convention, where the triple leaves a choice.
  llvm::StringRef abi;
  /// Whether code may be loaded anywhere, as in shared libraries.
  bool isPositionIndependent;
  /// Whether LLVM is told how often loops run, which also tells how many
  /// instructions a call executes. It then lays out blocks by that, which gains
  /// nothing on processors that predict branches.
  bool countsInstructions;
};

/// Who loads the code of a device.
enum class DeviceKind { CUDA, Vulkan };

/// A device beside a processor, which runs kernels in groups of threads.
struct Device {
  DeviceKind kind;
  /// Bytes of memory that the threads of a group may share, and those that the
  /// groups of a multiprocessor have together.
  int64_t groupBytes, sharedBytes;
  /// Threads of a group.
  int64_t groupThreads;
};

/// A value of `--target`: one or more machines of one architecture, in the
/// order of preference; the last runs on every processor of the architecture.
struct Target {
  llvm::StringRef name;
  llvm::StringRef description;
  Family family;
  Toolchain toolchain;
  MemoryLayout layout;
  Limits limits;
  llvm::ArrayRef<Machine> machines;
  /// Null for a processor.
  const Device *device = nullptr;

  /// The target of the code that a device's is loaded with; itself for a
  /// processor.
  const Target &getHost() const;
  /// Lanes of the widest vectors.
  int64_t getWidestLanes() const;
  /// `columns` of packed weights and biases, as many as vectors of every
  /// machine may read.
  int64_t padColumns(int64_t columns) const;
  /// Calls that run together at most.
  int64_t getCallsTogether() const;
};

/// Every target, the default first.
llvm::ArrayRef<Target> getTargets();

/// The target called `name`, or null.
const Target *findTarget(llvm::StringRef name);

/// Prints every target with its machines, for people.
void printTargets(llvm::raw_ostream &os);
/// The same as one JSON array.
void printTargetsAsJSON(llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_TARGET_TARGET_H
