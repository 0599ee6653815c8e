//===- WebAssembly.cpp - The targets of WebAssembly -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Families.h"

using namespace frieze;

// An engine compiles to the processor that it finds, whose vectors of 128 bits
// stand for all: 16 registers on x86-64, and the latencies of today's cores.
static constexpr Machine machines[] = {{
    "wasm32",
    "generic",
    "+simd128",
    /*lanes=*/4,
    /*registers=*/16,
    /*tileLanes=*/4,
    /*pairLanes=*/4,
    SharedFactor::Vector,
    // That of the relaxed extension may or may not round the product.
    /*hasFMA=*/false,
    Ports{/*multiplyAdds=*/2, /*loads=*/2, /*latency=*/4},
    Caches{/*line=*/64, /*firstLevel=*/32 << 10, /*secondLevel=*/512 << 10},
    Budgets{/*tileRows=*/12, /*tileVectors=*/4, /*unrolledTerms=*/25,
            /*termsTogether=*/1,
            /*winogradTiles=*/8, /*mostWinogradTiles=*/48,
            /*prefetchedLines=*/0, /*callsTogether=*/1},
}};

llvm::ArrayRef<Target> frieze::getWebAssemblyTargets() {
  static const Target targets[] = {
      {"wasm32", "WebAssembly with vectors (simd128)", Family::WebAssembly,
       Toolchain{"wasm32-unknown-unknown", "generic", /*features=*/"+simd128",
                 /*abi=*/"", /*isPositionIndependent=*/false,
                 /*countsInstructions=*/false},
       MemoryLayout{/*indexBits=*/32, /*pointerBytes=*/4, /*alignment=*/16},
       Limits{/*arenaBytes=*/1 << 20, /*sharedWeightsBytes=*/16 << 10,
              /*joinedColumns=*/512, /*packedUnits=*/64},
       machines},
  };
  return targets;
}
