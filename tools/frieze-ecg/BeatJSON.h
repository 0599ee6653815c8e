//===- BeatJSON.h - Lists of beats in JSON ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATJSON_H
#define FRIEZE_TOOLS_ECG_BEATJSON_H

#include "tools/frieze-ecg/BeatFile.h"

namespace frieze::ecg {

/// Writes {"records": [...]}, each with record, lead, rate, samples, gaps
/// (sample, samples) and beats (sample, time_s, score).
void writeJSON(llvm::raw_ostream &stream, llvm::ArrayRef<BeatList> lists);

/// Reads name, rate and beats of the records that writeJSON wrote.
llvm::Expected<llvm::StringMap<BeatPositions>> readJSON(llvm::StringRef path);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATJSON_H
