//===- BeatCodes.h - What WFDB and AAMI call beats --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATCODES_H
#define FRIEZE_TOOLS_ECG_BEATCODES_H

#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <optional>

namespace frieze::ecg {

/// The classes of ANSI/AAMI EC57: normal, supraventricular ectopic, ventricular
/// ectopic, fusion, and paced or unclassifiable.
inline constexpr llvm::StringLiteral classNames = "NSVFQ";
inline constexpr size_t classCount = classNames.size();

/// A kind of beat in annotation files.
struct BeatCode {
  /// Of WFDB (ecgcodes.h), and its sign.
  unsigned code;
  char symbol;
  /// Index of its class in classNames.
  size_t beatClass;
};

/// The kind of beat with this code; null for what is no beat.
const BeatCode *findBeatCode(unsigned code);

/// The kind of beat with this sign, such as "V"; null for another text.
const BeatCode *findBeatCode(llvm::StringRef symbol);

/// The class of a beat that could not be classified.
inline constexpr size_t unclassified = classCount - 1;

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATCODES_H
