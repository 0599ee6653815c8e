//===- RecordingFormat.h - What tells the format of a file ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDINGFORMAT_H
#define FRIEZE_TOOLS_ECG_RECORDINGFORMAT_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace frieze::ecg {

enum class RecordingFormat { WFDB, EDF, CSV, NPY, ISHNE, ATC };

/// `path` without an ending ".gz".
llvm::StringRef dropGzip(llvm::StringRef path);

/// The extension of `path` that tells a format, with its dot, or one of a WFDB
/// signal file (".dat", ".mat"); else empty, also where there is another: a
/// WFDB record may be called "p1.night".
llvm::StringRef findExtension(llvm::StringRef path);

/// The format that the name of a file tells.
std::optional<RecordingFormat> findFormatOfName(llvm::StringRef path);

/// The format that the first 256 bytes of a file tell, whatever it is called.
/// CSV has no sign: text that is nothing else may be CSV.
std::optional<RecordingFormat> findFormatOfContent(llvm::StringRef start);

/// Whether these bytes may begin a text.
bool isText(llvm::StringRef start);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDINGFORMAT_H
