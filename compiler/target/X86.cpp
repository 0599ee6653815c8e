//===- X86.cpp - The targets of x86-64 --------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

// Servers and desktops since 2013 alike: two multiply-adds (or products, or
// sums) and two loads a cycle, four cycles of latency (Agner Fog, Instruction
// tables; Intel and AMD optimisation guides).
static constexpr Ports ports{/*multiplyAdds=*/2, /*loads=*/2, /*latency=*/4};
static constexpr Caches caches{/*line=*/64, /*firstLevel=*/48 << 10,
                               /*secondLevel=*/1 << 20};

static constexpr Machine makeMachine(llvm::StringRef name, int64_t lanes,
                                     int64_t registers, bool hasFMA,
                                     int64_t callsTogether) {
  return {name, name, /*features=*/"", lanes, registers, /*tileLanes=*/lanes,
          /*pairLanes=*/lanes, SharedFactor::Vector, hasFMA, ports, caches,
          // 25 terms: a window of 5 x 5.
          Budgets{/*tileRows=*/12, /*tileVectors=*/8, /*unrolledTerms=*/25,
                  /*termsTogether=*/1, /*winogradTiles=*/8,
                  /*mostWinogradTiles=*/48,
                  // 1 KiB, while the second-level cache answers.
                  /*prefetchedLines=*/16, callsTogether}};
}

static constexpr Machine machines[] = {
    makeMachine("x86-64-v4", 16, 32, true, /*callsTogether=*/8),
    makeMachine("x86-64-v3", 8, 16, true, /*callsTogether=*/1),
    makeMachine("x86-64-v2", 4, 16, false, /*callsTogether=*/1),
};

static Toolchain getToolchain(llvm::StringRef triple) {
  return {triple,
          "x86-64",
          /*features=*/"",
          /*abi=*/"",
          /*isPositionIndependent=*/true,
          /*countsInstructions=*/false};
}
static constexpr MemoryLayout layout{/*indexBits=*/64, /*pointerBytes=*/8,
                                     /*alignment=*/64};
static constexpr Limits limits{/*arenaBytes=*/1 << 20,
                               /*sharedWeightsBytes=*/24 << 10,
                               /*joinedColumns=*/512,
                               /*packedUnits=*/64};

static Target makeTarget(llvm::StringRef name, llvm::StringRef description,
                         llvm::ArrayRef<Machine> machines,
                         llvm::StringRef triple = "x86_64-unknown-linux-gnu") {
  return {name,   description, Family::X86, getToolchain(triple),
          layout, limits,      machines};
}

llvm::ArrayRef<Target> frieze::getX86Targets() {
  static const llvm::ArrayRef all(machines);
  static const Target targets[] = {
      makeTarget("x86-64", "code for v4, v3 and v2, chosen when loaded", all),
      makeTarget("x86-64-v4", "AVX-512", all.slice(0, 1)),
      makeTarget("x86-64-v3", "AVX2 and FMA", all.slice(1, 1)),
      makeTarget("x86-64-v2", "SSE4.2, without fused multiply-add",
                 all.slice(2, 1)),
      makeTarget("x86-64-windows", "as x86-64, for Windows (MinGW)", all,
                 "x86_64-w64-windows-gnu"),
      makeTarget("x86-64-macos", "as x86-64, for macOS 11 and later", all,
                 "x86_64-apple-macosx11.0.0"),
  };
  return targets;
}
