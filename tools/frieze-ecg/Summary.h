//===- Summary.h - What a scan tells of its records -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SUMMARY_H
#define FRIEZE_TOOLS_ECG_SUMMARY_H

#include "tools/frieze-ecg/beats/Agreement.h"
#include "tools/frieze-ecg/beats/BeatFile.h"
#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze::ecg {

/// Prints what is odd about a recording, and its gaps, on standard error.
void printWarnings(llvm::StringRef path, const Recording &recording);

/// Prints number and rate of the beats of a recording, the lead with its
/// sampling rate and unit, and the length.
void printRecord(llvm::raw_ostream &stream, const Recording &recording,
                 const BeatList &list);

/// Prints a length in seconds.
void printLength(llvm::raw_ostream &stream, double seconds);

/// Prints how long it took to find the beats of `recorded` seconds.
void printSpeed(llvm::raw_ostream &stream, double computing, double recorded);

/// Prints where beats are said to be, and what keeps or changes that.
void printPlace(llvm::raw_ostream &stream, BeatPlace place);

/// Prints how beats agree with a reference.
void printAgreement(llvm::raw_ostream &stream, const Agreement &agreement);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SUMMARY_H
