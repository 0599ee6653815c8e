//===- ForeignFiles.h - Files that no importer reads ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_FOREIGNFILES_H
#define FRIEZE_FRONTENDS_FOREIGNFILES_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace frieze {

/// What a file or folder is that no importer reads, for messages.
struct ForeignFile {
  /// "a PyTorch file", or "another format".
  std::string kind = "another format";
  /// What to do instead; empty where unknown.
  std::string wayOut;

  /// "a PyTorch file; export it to ONNX with ..."
  std::string describe() const {
    return wayOut.empty() ? kind : kind + "; " + wayOut;
  }
  /// The message that it is no model file.
  std::string refuse() const {
    return "expects a Keras, ONNX, PyTorch (.pt2), TensorFlow Lite, JSON or "
           "MLIR file, but got " +
           describe();
  }
};

/// Looks at the content, and at the name where the content does not tell.
ForeignFile recognizeFile(llvm::StringRef path, llvm::StringRef bytes);
/// Looks at the names of the files in the folder at `path`.
ForeignFile recognizeFolder(llvm::StringRef path);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_FOREIGNFILES_H
