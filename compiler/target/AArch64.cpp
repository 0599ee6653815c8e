//===- AArch64.cpp - The targets of 64-bit Arm ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

// Application cores since Cortex-A76: two multiply-adds and two loads a cycle,
// four cycles of latency (Arm, Cortex-A76 and Neoverse N1 Software Optimization
// Guides).
static constexpr Machine machines[] = {{
    "aarch64",
    "generic",
    "+neon",
    /*lanes=*/4,
    /*registers=*/32,
    /*tileLanes=*/4,
    SharedFactor::Lane,
    /*hasFMA=*/true,
    Ports{/*multiplyAdds=*/2, /*loads=*/2, /*latency=*/4},
    Caches{/*line=*/64, /*firstLevel=*/64 << 10, /*secondLevel=*/512 << 10},
    Budgets{/*tileRows=*/12, /*tileVectors=*/8, /*unrolledTerms=*/25,
            /*termsTogether=*/8,
            /*winogradTiles=*/8, /*mostWinogradTiles=*/48,
            /*prefetchedLines=*/16, /*callsTogether=*/1},
}};

llvm::ArrayRef<Target> frieze::getAArch64Targets() {
  static const Target targets[] = {
      {"aarch64", "64-bit Arm with NEON, Linux", Family::AArch64,
       Toolchain{"aarch64-unknown-linux-gnu", "generic", /*features=*/"",
                 /*abi=*/"", /*isPositionIndependent=*/true,
                 /*countsInstructions=*/true},
       MemoryLayout{/*indexBits=*/64, /*pointerBytes=*/8, /*alignment=*/64},
       Limits{/*arenaBytes=*/1 << 20, /*sharedWeightsBytes=*/32 << 10,
              /*joinedColumns=*/512, /*packedUnits=*/64},
       machines},
  };
  return targets;
}
