//===- Annotations.h - WFDB annotation files --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_ANNOTATIONS_H
#define FRIEZE_TOOLS_ECG_ANNOTATIONS_H

#include "tools/frieze-ecg/beats/BeatFile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze::ecg {

/// Reads the beats of a WFDB annotation file in the MIT format, described at
/// https://physionet.org/physiotools/wag/annot-5.htm. Ventricular flutter ("["
/// to "]") is left out; what is no beat ("|", "~", "+", ...) is passed over.
/// Positions count frames of the record, whose rate a header beside the file
/// tells, unless the file itself states a rate. Labels are the signs of WFDB's
/// codes, such as "V".
llvm::Expected<BeatPositions> readAnnotations(llvm::StringRef path);

/// Writes the beats of one record as an annotation file: "N" for each, or the
/// code that its class names, "Q" where it has none; and "~" of subtype -1
/// (unreadable) where a gap begins and of 0 behind it. classes: signs of WFDB's
/// codes of beats, or nothing.
void writeAnnotations(llvm::raw_ostream &stream, const BeatList &list,
                      llvm::ArrayRef<std::string> classes = {});

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_ANNOTATIONS_H
