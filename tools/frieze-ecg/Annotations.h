//===- Annotations.h - WFDB annotation files --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_ANNOTATIONS_H
#define FRIEZE_TOOLS_ECG_ANNOTATIONS_H

#include "tools/frieze-ecg/BeatFile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze::ecg {

/// Reads the beats of a WFDB annotation file in the MIT format, described at
/// https://physionet.org/physiotools/wag/annot-5.htm. Ventricular flutter ("["
/// to "]") is left out; what is no beat ("|", "~", "+", ...) is passed over.
/// Positions count frames of the record, whose rate a header beside the file
/// tells, unless the file itself states a rate.
llvm::Expected<BeatPositions> readAnnotations(llvm::StringRef path);

/// Writes the beats of one record as an annotation file: "N" for each, and "~"
/// of subtype -1 (unreadable) where a gap begins and of 0 behind it.
void writeAnnotations(llvm::raw_ostream &stream, const BeatList &list);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_ANNOTATIONS_H
