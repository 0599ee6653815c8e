//===- Arm.cpp - The targets of Arm's microcontrollers ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

// 32 registers of one float32 (FPv4, FPv5), or eight of four (Helium). One
// multiply-add and one load a cycle; its result is there after three cycles
// (Arm, Cortex-M4, M7, M33 and M55 Technical Reference Manuals). There is next
// to no cache, and code is dear.
static constexpr Machine makeMachine(llvm::StringRef name, int64_t lanes,
                                     int64_t registers) {
  return {name,
          name,
          "",
          lanes,
          registers,
          /*tileLanes=*/lanes,
          /*pairLanes=*/1,
          lanes > 1 ? SharedFactor::Scalar : SharedFactor::Vector,
          /*hasFMA=*/true,
          Ports{/*multiplyAdds=*/1, /*loads=*/1, /*latency=*/3},
          Caches{/*line=*/32, /*firstLevel=*/16 << 10, /*secondLevel=*/0},
          Budgets{/*tileRows=*/6, /*tileVectors=*/lanes > 1 ? 2 : 6,
                  /*unrolledTerms=*/9, /*termsTogether=*/4, /*winogradTiles=*/2,
                  /*mostWinogradTiles=*/8, /*prefetchedLines=*/0,
                  /*callsTogether=*/1}};
}

static constexpr Machine machines[] = {
    makeMachine("cortex-m4", 1, 32),
    makeMachine("cortex-m7", 1, 32),
    makeMachine("cortex-m33", 1, 32),
    makeMachine("cortex-m55", 4, 8),
};

static Target makeTarget(llvm::StringRef description, llvm::StringRef triple,
                         const Machine &machine) {
  return {machine.name,
          description,
          Family::Arm,
          Toolchain{triple, machine.cpu, /*features=*/"", /*abi=*/"",
                    /*isPositionIndependent=*/false,
                    /*countsInstructions=*/true},
          MemoryLayout{/*indexBits=*/32, /*pointerBytes=*/4, /*alignment=*/16},
          Limits{/*arenaBytes=*/16 << 10, /*sharedWeightsBytes=*/4 << 10,
                 /*joinedColumns=*/64, /*packedUnits=*/16},
          llvm::ArrayRef(machine)};
}

llvm::ArrayRef<Target> frieze::getArmTargets() {
  static const Target targets[] = {
      makeTarget("Cortex-M4 with FPU, bare metal", "thumbv7em-none-eabihf",
                 machines[0]),
      makeTarget("Cortex-M7 with FPU, bare metal", "thumbv7em-none-eabihf",
                 machines[1]),
      makeTarget("Cortex-M33 with FPU, bare metal", "thumbv8m.main-none-eabihf",
                 machines[2]),
      makeTarget("Cortex-M55 with Helium, bare metal",
                 "thumbv8.1m.main-none-eabihf", machines[3]),
  };
  return targets;
}
