//===- GPU.cpp - The targets of graphics processors -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

// A machine is one thread, which computes single numbers: what is wide is the
// group that it belongs to. The tile of a thread takes a part of its 255
// registers, so that a multiprocessor holds enough threads to hide latencies:
// one multiply-add a cycle that is there after four (NVIDIA, CUDA C++
// Programming Guide, "Arithmetic Instructions"), and one load for four of them.
static constexpr Machine makeMachine(llvm::StringRef name,
                                     llvm::StringRef features, bool hasFMA,
                                     int64_t winogradTiles) {
  return {name, name, features,
          /*lanes=*/1,
          /*registers=*/40,
          /*tileLanes=*/1, /*pairLanes=*/1, SharedFactor::Vector, hasFMA,
          Ports{/*multiplyAdds=*/1, /*loads=*/0.25, /*latency=*/4},
          // Four numbers that one instruction loads.
          Caches{/*line=*/16, /*firstLevel=*/48 << 10,
                 /*secondLevel=*/4 << 20},
          Budgets{/*tileRows=*/8, /*tileVectors=*/4, /*unrolledTerms=*/9,
                  /*termsTogether=*/4, winogradTiles,
                  /*mostWinogradTiles=*/winogradTiles, /*prefetchedLines=*/0,
                  /*callsTogether=*/1, /*chainRegisters=*/68,
                  /*avoidsTails=*/true}};
}

// Of tiles of minimal filtering, those whose transforms fit beside the values
// of the ECG classifier into the memory of a group.
static constexpr Machine machines[] = {
    makeMachine("sm_80", "+ptx70", /*hasFMA=*/true, /*winogradTiles=*/24),
    // A driver may fuse or not; what it must not fuse is the same everywhere.
    makeMachine("vulkan", "", /*hasFMA=*/false, /*winogradTiles=*/8),
};

// Compute capability 8.0 and later: 48 KiB of shared memory for a group without
// asking for more, 163 of a multiprocessor for all of its groups.
static constexpr Device cuda{DeviceKind::CUDA, /*groupBytes=*/48 << 10,
                             /*sharedBytes=*/163 << 10, /*groupThreads=*/256};
// What all drivers but those of some phones have; Vulkan guarantees half.
static constexpr Device vulkan{DeviceKind::Vulkan, /*groupBytes=*/32 << 10,
                               /*sharedBytes=*/64 << 10, /*groupThreads=*/128};

static Target makeTarget(llvm::StringRef name, llvm::StringRef description,
                         llvm::StringRef triple, const Machine &machine,
                         const Device &device) {
  return {name,
          description,
          Family::GPU,
          Toolchain{triple, machine.cpu, machine.features, /*abi=*/"",
                    /*isPositionIndependent=*/false,
                    /*countsInstructions=*/false},
          MemoryLayout{/*indexBits=*/32, /*pointerBytes=*/8, /*alignment=*/16},
          Limits{/*arenaBytes=*/1 << 20, /*sharedWeightsBytes=*/16 << 10,
                 /*joinedColumns=*/64, /*packedUnits=*/64},
          llvm::ArrayRef(machine),
          &device};
}

llvm::ArrayRef<Target> frieze::getGPUTargets() {
  static const Target targets[] = {
      makeTarget("cuda", "NVIDIA GPUs since Ampere, beside x86-64",
                 "nvptx64-nvidia-cuda", machines[0], cuda),
      makeTarget("vulkan", "GPUs with Vulkan 1.1, beside x86-64",
                 "spirv-unknown-vulkan1.1", machines[1], vulkan),
  };
  return targets;
}
