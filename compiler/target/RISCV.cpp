//===- RISCV.cpp - The targets of 64-bit RISC-V -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

static constexpr llvm::StringLiteral scalarFeatures = "+m,+a,+f,+d,+c";
static constexpr llvm::StringLiteral vectorFeatures = "+m,+a,+f,+d,+c,+v";

// One multiply-add and one load a cycle, four cycles of latency, as in-order
// application cores have. A group of registers takes longer than that, so that
// the next result is never waited for.
static constexpr Ports scalarPorts{/*multiplyAdds=*/1, /*loads=*/1,
                                   /*latency=*/4};
static constexpr Ports vectorPorts{/*multiplyAdds=*/1, /*loads=*/1,
                                   /*latency=*/1};
static constexpr Caches caches{/*line=*/64, /*firstLevel=*/32 << 10,
                               /*secondLevel=*/512 << 10};

static constexpr Budgets getBudgets(int64_t tileVectors) {
  return {/*tileRows=*/12,       tileVectors,
          /*unrolledTerms=*/25,
          /*termsTogether=*/4,
          /*winogradTiles=*/8,   /*mostWinogradTiles=*/48,
          /*prefetchedLines=*/0,
          /*callsTogether=*/1};
}

static constexpr Machine machines[] = {
    // Registers in groups of four, so that those of 128 bits, the shortest of
    // the standard extension, hold as many elements as any: the code runs on
    // every vector length (RISC-V V 1.0, section 3.4.2).
    {"riscv64", "generic-rv64", vectorFeatures, /*lanes=*/16, /*registers=*/8,
     /*tileLanes=*/32, /*pairLanes=*/16, SharedFactor::Scalar, /*hasFMA=*/true,
     vectorPorts, caches, getBudgets(/*tileVectors=*/2)},
    {"riscv64-scalar", "generic-rv64", scalarFeatures, /*lanes=*/1,
     /*registers=*/32, /*tileLanes=*/1, /*pairLanes=*/1, SharedFactor::Vector,
     /*hasFMA=*/true, scalarPorts, caches, getBudgets(/*tileVectors=*/8)},
};

static Target makeTarget(llvm::StringRef description, llvm::StringRef features,
                         const Machine &machine) {
  return {machine.name,
          description,
          Family::RISCV,
          Toolchain{"riscv64-unknown-linux-gnu", "generic-rv64", features,
                    /*abi=*/"lp64d", /*isPositionIndependent=*/true,
                    /*countsInstructions=*/true},
          MemoryLayout{/*indexBits=*/64, /*pointerBytes=*/8, /*alignment=*/64},
          Limits{/*arenaBytes=*/1 << 20, /*sharedWeightsBytes=*/16 << 10,
                 /*joinedColumns=*/512, /*packedUnits=*/64},
          llvm::ArrayRef(machine)};
}

llvm::ArrayRef<Target> frieze::getRISCVTargets() {
  static const Target targets[] = {
      makeTarget("64-bit RISC-V without vectors (RV64GC), Linux",
                 scalarFeatures, machines[1]),
      makeTarget("64-bit RISC-V with vectors (V 1.0) of any length, Linux",
                 vectorFeatures, machines[0]),
  };
  return targets;
}
