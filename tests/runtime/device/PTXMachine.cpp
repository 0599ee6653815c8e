//===- PTXMachine.cpp - A machine that runs PTX -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PTXMachine.h"
#include "PTXValues.h"
#include "RaceWatch.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

using namespace ptx;

namespace {

constexpr unsigned lanes = 32;
/// Bytes that each bank of shared memory serves in a round.
constexpr unsigned bankBytes = 4, sectorBytes = 32;

/// Threads that run in step.
struct Warp {
  std::vector<uint64_t> registers;
  /// Whether a register has what another thread may be changing.
  std::vector<bool> isUnsure;
  /// Of each thread, its next instruction.
  size_t next[lanes] = {};
  unsigned first = 0;
  /// Bits of threads: that there are, and that wait.
  uint32_t present = 0, waiting = 0;
};

class Group {
public:
  Group(const Launch &launch, uint32_t number, RaceWatch &global,
        Counts &counts)
      : launch(launch), kernel(launch.kernel), number(number), global(global),
        counts(counts), shared(kernel.sharedBytes, char(0xff)) {}

  void run();

private:
  /// Up to the barriers, or the end.
  void run(Warp &warp);
  /// One instruction of the threads `active`.
  void execute(Warp &warp, const Instruction &instruction, uint32_t active);
  void access(Warp &warp, const Instruction &instruction, uint32_t active);
  void countAccess(const Instruction &instruction,
                   const std::vector<uint64_t> &addresses);
  char *find(const Instruction &instruction, uint64_t address, size_t bytes);
  uint64_t read(const Warp &warp, const Operand &operand, unsigned lane) const;
  void write(Warp &warp, const Operand &result, unsigned lane, uint64_t value,
             bool isUnsure = false) {
    warp.registers[result.index * lanes + lane] = value;
    warp.isUnsure[result.index * lanes + lane] = isUnsure;
  }
  bool isRace(const Instruction &instruction, uint64_t thread, uint64_t address,
              bool isWrite, bool changes);

  const Launch &launch;
  const Kernel &kernel;
  uint32_t number;
  RaceWatch &global;
  RaceWatch sharedWatch;
  Counts &counts;
  std::vector<char> shared;
  uint64_t interval = 1;
};

uint64_t Group::read(const Warp &warp, const Operand &operand,
                     unsigned lane) const {
  switch (operand.kind) {
  case Operand::Register:
    if (warp.isUnsure[operand.index * lanes + lane])
      throw std::runtime_error("a thread reads what another one writes");
    return warp.registers[operand.index * lanes + lane];
  case Operand::Special:
    switch (operand.index) {
    case ThreadNumber:
      return warp.first + lane;
    case GroupNumber:
      return number;
    case GroupSize:
      return kernel.groupSize;
    default:
      return launch.groups;
    }
  default:
    return operand.value;
  }
}

char *Group::find(const Instruction &instruction, uint64_t address,
                  size_t bytes) {
  if (address % bytes)
    throw std::runtime_error("an address that is not aligned");
  if (instruction.space == Space::Global) {
    if (char *memory = launch.find(address, bytes))
      return memory;
  } else if (address + bytes <= shared.size()) {
    return shared.data() + address;
  }
  throw std::runtime_error("memory that is no one's");
}

bool Group::isRace(const Instruction &instruction, uint64_t thread,
                   uint64_t address, bool isWrite, bool changes) {
  RaceWatch &watch = instruction.space == Space::Shared ? sharedWatch : global;
  return watch.access(address, number * RaceWatch::maxGroup + thread, interval,
                      isWrite, changes);
}

void Group::countAccess(const Instruction &instruction,
                        const std::vector<uint64_t> &addresses) {
  const size_t bytes = instruction.vector.size() * instruction.type.bits / 8;
  if (instruction.space == Space::Global) {
    std::set<uint64_t> sectors;
    for (uint64_t address : addresses)
      sectors.insert(address / sectorBytes);
    counts.sectors += sectors.size();
    return;
  }
  // As many threads at once as 128 bytes are for.
  const size_t together =
      lanes * bankBytes / std::max<size_t>(bytes, bankBytes);
  for (size_t first = 0; first < addresses.size(); first += together) {
    std::set<uint64_t> words[lanes];
    size_t rounds = 0;
    for (size_t i = first; i < std::min(first + together, addresses.size());
         ++i)
      for (size_t byte = 0; byte < bytes; byte += bankBytes) {
        uint64_t word = (addresses[i] + byte) / bankBytes;
        std::set<uint64_t> &bank = words[word % lanes];
        bank.insert(word);
        rounds = std::max(rounds, bank.size());
      }
    counts.sharedRounds += rounds;
  }
}

void Group::access(Warp &warp, const Instruction &instruction,
                   uint32_t active) {
  const size_t bytes = instruction.type.bits / 8;
  const size_t count = instruction.vector.size();
  std::vector<uint64_t> addresses;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    if (!(active >> lane & 1))
      continue;
    const Operand &place = instruction.operands[0];
    if (instruction.space == Space::Parameter) {
      write(warp, instruction.vector[0], lane,
            launch.parameters.at(place.value));
      continue;
    }
    uint64_t address = read(warp, place, lane);
    if (place.kind == Operand::Register)
      address += place.value;
    addresses.push_back(address);
    find(instruction, address - address % (bytes * count), bytes * count);
    if (address % (bytes * count))
      throw std::runtime_error("an address that is not aligned");
    for (size_t i = 0; i < count; ++i) {
      uint64_t element = address + i * bytes;
      char *memory = find(instruction, element, bytes);
      const Operand &operand = instruction.vector[i];
      if (instruction.op == Op::Ld) {
        uint64_t value = 0;
        std::memcpy(&value, memory, bytes);
        write(warp, operand, lane, value,
              isRace(instruction, warp.first + lane, element, false, false));
        continue;
      }
      uint64_t value = read(warp, operand, lane);
      if (isRace(instruction, warp.first + lane, element, true,
                 std::memcmp(memory, &value, bytes) != 0))
        throw std::runtime_error("a thread writes what another one uses");
      std::memcpy(memory, &value, bytes);
    }
  }
  if (!addresses.empty())
    countAccess(instruction, addresses);
}

void Group::execute(Warp &warp, const Instruction &instruction,
                    uint32_t active) {
  if (instruction.op == Op::Ld || instruction.op == Op::St)
    return access(warp, instruction, active);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    if (!(active >> lane & 1))
      continue;
    const std::vector<Operand> &results = instruction.vector;
    uint64_t a = read(warp, instruction.operands[0], lane);
    if (results.size() == 3) {
      write(warp, results[0], lane,
            (read(warp, results[1], lane) & 0xffffffff) |
                read(warp, results[2], lane) << 32);
    } else if (results.size() == 2) {
      write(warp, results[0], lane, a & 0xffffffff);
      write(warp, results[1], lane, a >> 32);
    } else {
      write(warp, results[0], lane,
            compute(instruction, a, read(warp, instruction.operands[1], lane),
                    read(warp, instruction.operands[2], lane)));
    }
  }
}

void Group::run(Warp &warp) {
  while (uint32_t ready = warp.present & ~warp.waiting) {
    // Those behind first, so that threads meet again.
    size_t next = SIZE_MAX;
    for (unsigned lane = 0; lane < lanes; ++lane)
      if (ready >> lane & 1)
        next = std::min(next, warp.next[lane]);
    const Instruction &instruction = kernel.code[next];
    uint32_t active = 0;
    for (unsigned lane = 0; lane < lanes; ++lane) {
      if (!(ready >> lane & 1) || warp.next[lane] != next)
        continue;
      ++warp.next[lane];
      bool isTaken = instruction.guard < 0 ||
                     (warp.registers[instruction.guard * lanes + lane] != 0) ==
                         instruction.guardValue;
      active |= uint32_t(isTaken) << lane;
    }
    ++counts.instructions;
    switch (instruction.op) {
    case Op::Bra:
      for (unsigned lane = 0; lane < lanes; ++lane)
        if (active >> lane & 1)
          warp.next[lane] = instruction.target;
      break;
    case Op::Bar:
      warp.waiting |= active;
      break;
    case Op::Ret:
      warp.present &= ~active;
      break;
    default:
      if (instruction.op == Op::Fma) {
        ++counts.warpMultiplyAdds;
        counts.multiplyAdds += __builtin_popcount(active);
      }
      try {
        execute(warp, instruction, active);
      } catch (const std::runtime_error &error) {
        throw std::runtime_error("line " + std::to_string(instruction.line) +
                                 ", group " + std::to_string(number) + ": " +
                                 error.what());
      }
    }
  }
}

void Group::run() {
  std::vector<Warp> warps((kernel.groupSize + lanes - 1) / lanes);
  for (size_t i = 0; i < warps.size(); ++i) {
    Warp &warp = warps[i];
    warp.first = i * lanes;
    unsigned threads = std::min(lanes, kernel.groupSize - warp.first);
    warp.present = threads == lanes ? ~uint32_t(0) : (1u << threads) - 1;
    warp.registers.assign(kernel.registers * lanes, 0xdeadbeefdeadbeef);
    warp.isUnsure.assign(kernel.registers * lanes, false);
  }
  while (true) {
    size_t waiting = 0, present = 0;
    for (Warp &warp : warps) {
      run(warp);
      waiting += __builtin_popcount(warp.waiting);
      present += __builtin_popcount(warp.present);
    }
    if (present == 0)
      return;
    if (waiting != kernel.groupSize)
      throw std::runtime_error("a thread waits for one that has ended");
    for (Warp &warp : warps)
      warp.waiting = 0;
    ++interval;
    ++counts.barriers;
  }
}

} // namespace

Counts &Counts::operator+=(const Counts &other) {
  instructions += other.instructions;
  warpMultiplyAdds += other.warpMultiplyAdds;
  multiplyAdds += other.multiplyAdds;
  sharedRounds += other.sharedRounds;
  sectors += other.sectors;
  barriers += other.barriers;
  return *this;
}

Counts ptx::run(const Launch &launch) {
  Counts counts;
  RaceWatch global;
  for (uint32_t group = 0; group < launch.groups; ++group)
    Group(launch, group, global, counts).run();
  return counts;
}
