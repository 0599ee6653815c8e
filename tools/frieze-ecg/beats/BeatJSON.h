//===- BeatJSON.h - Lists of beats in JSON ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATJSON_H
#define FRIEZE_TOOLS_ECG_BEATJSON_H

#include "tools/frieze-ecg/beats/BeatFile.h"

namespace frieze::ecg {

/// Writes one of the "records" of a file: an object of record, lead, rate,
/// samples, gaps (sample, samples) and beats (sample, time_s, score), and path
/// if it is asked for. With classes, the record has their names, and a beat has
/// label and scores instead of score, both null where it could not be told.
void writeJSON(llvm::raw_ostream &stream, const BeatList &list,
               const BeatFileLayout &layout);

/// Reads name, path, rate and beats, with their labels, of {"records": [...]}.
llvm::Expected<llvm::StringMap<BeatPositions>> readJSON(llvm::StringRef path);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATJSON_H
