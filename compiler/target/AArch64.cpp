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
// Guides; Neoverse V1 for SVE).
static constexpr Ports ports{/*multiplyAdds=*/2, /*loads=*/2, /*latency=*/4};
static constexpr Caches caches{/*line=*/64, /*firstLevel=*/64 << 10,
                               /*secondLevel=*/512 << 10};

static constexpr Budgets getBudgets(int64_t termsTogether) {
  return {/*tileRows=*/12,        /*tileVectors=*/8,
          /*unrolledTerms=*/25,   termsTogether,
          /*winogradTiles=*/8,    /*mostWinogradTiles=*/48,
          /*prefetchedLines=*/16, /*callsTogether=*/1};
}

static constexpr Machine machines[] = {
    {"aarch64", "generic", "+neon", /*lanes=*/4, /*registers=*/32,
     /*tileLanes=*/4, /*pairLanes=*/4, SharedFactor::Lane, /*hasFMA=*/true,
     ports, caches, getBudgets(/*termsTogether=*/8)},
    // Shorter vectors would be no longer than those of NEON.
    {"aarch64-sve", "generic", "+sve", /*lanes=*/8, /*registers=*/32,
     /*tileLanes=*/8, /*pairLanes=*/4, SharedFactor::Vector, /*hasFMA=*/true,
     ports, caches, getBudgets(/*termsTogether=*/4), /*scalableBits=*/256},
};

static Target makeTarget(llvm::StringRef name, llvm::StringRef description,
                         llvm::StringRef triple, const Machine &machine) {
  return {name,
          description,
          Family::AArch64,
          Toolchain{triple, "generic", /*features=*/"", /*abi=*/"",
                    /*isPositionIndependent=*/true,
                    /*countsInstructions=*/true},
          MemoryLayout{/*indexBits=*/64, /*pointerBytes=*/8, /*alignment=*/64},
          Limits{/*arenaBytes=*/1 << 20, /*sharedWeightsBytes=*/32 << 10,
                 /*joinedColumns=*/512, /*packedUnits=*/64},
          llvm::ArrayRef(machine)};
}

llvm::ArrayRef<Target> frieze::getAArch64Targets() {
  static constexpr llvm::StringLiteral linux = "aarch64-unknown-linux-gnu";
  static const Target targets[] = {
      makeTarget("aarch64", "64-bit Arm with NEON, Linux", linux, machines[0]),
      makeTarget("aarch64-sve", "with SVE vectors of at least 256 bits, Linux",
                 linux, machines[1]),
      makeTarget("aarch64-macos", "as aarch64, for macOS 11 and later",
                 "arm64-apple-macosx11.0.0", machines[0]),
  };
  return targets;
}
