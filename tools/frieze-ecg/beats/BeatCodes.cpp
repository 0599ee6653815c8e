//===- BeatCodes.cpp - What WFDB and AAMI call beats ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/BeatCodes.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The classes follow ANSI/AAMI EC57:2012, table 3; "B", "n" and "r", which it
/// does not name, are with the bundle branch blocks, the escape beats and the
/// ventricular ectopic beats.
static constexpr BeatCode beatCodes[] = {
    {1, 'N', 0},  {2, 'L', 0},  {3, 'R', 0},  {4, 'a', 1},  {5, 'V', 2},
    {6, 'F', 3},  {7, 'J', 1},  {8, 'A', 1},  {9, 'S', 1},  {10, 'E', 2},
    {11, 'j', 0}, {12, '/', 4}, {13, 'Q', 4}, {25, 'B', 0}, {30, '?', 4},
    {34, 'e', 0}, {35, 'n', 0}, {38, 'f', 4}, {41, 'r', 2}};

const BeatCode *frieze::ecg::findBeatCode(unsigned code) {
  auto found =
      find_if(beatCodes, [&](const BeatCode &b) { return b.code == code; });
  return found == std::end(beatCodes) ? nullptr : found;
}

const BeatCode *frieze::ecg::findBeatCode(StringRef symbol) {
  auto found = find_if(beatCodes, [&](const BeatCode &b) {
    return symbol == StringRef(&b.symbol, 1);
  });
  return found == std::end(beatCodes) ? nullptr : found;
}
