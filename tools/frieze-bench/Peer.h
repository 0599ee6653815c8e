//===- Peer.h - Another inference library, in a process ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_PEER_H
#define FRIEZE_TOOLS_BENCH_PEER_H

#include "tools/frieze-bench/Subject.h"

#include <memory>
#include <string>
#include <vector>

namespace frieze {

/// A library that runs models of a file format, through its Python package.
struct PeerLibrary {
  llvm::StringRef name, extension;
  /// As `import` and as pip know it.
  llvm::StringRef module, package;
};

/// The libraries that read files with the extension of `path`; none if it is
/// unknown.
std::vector<PeerLibrary> findPeerLibraries(llvm::StringRef path);

/// Why a peer cannot be had: its library is not installed.
class MissingLibrary : public llvm::ErrorInfo<MissingLibrary> {
public:
  static char ID;
  explicit MissingLibrary(std::string reason) : reason(std::move(reason)) {}

  void log(llvm::raw_ostream &os) const override { os << reason; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string reason;
};

/// A model file in a peer, which runs in a child process on this process's
/// processors, with one thread. peer.py is the other end.
class Peer {
public:
  /// Starts `library` under the interpreter `python`, loads `file` and runs it
  /// on a few calls of `model`. Fails with MissingLibrary, or says what in the
  /// file or the library keeps it from running.
  static llvm::Expected<std::unique_ptr<Peer>> start(const PeerLibrary &library,
                                                     llvm::StringRef file,
                                                     const std::string &python,
                                                     const Subject &model);
  Peer(const Peer &) = delete;
  Peer &operator=(const Peer &) = delete;
  ~Peer();

  /// Makes `count` calls, after half as many that are not timed, and returns
  /// the time of one in microseconds.
  llvm::Expected<double> timeCalls(int64_t count);

  /// Name and version.
  const std::string &getName() const { return name; }
  const std::string &getFile() const { return file; }
  /// Largest absolute difference from the outputs of `model`.
  double getDifference() const { return difference; }
  /// Whether differences are no larger than `tolerance` says.
  bool agrees() const { return share <= 1; }
  /// By how much outputs may differ.
  static constexpr char tolerance[] = "1e-6 + 1e-4 max |y|";

private:
  Peer(const PeerLibrary &library, llvm::StringRef file)
      : library(library), name(library.name), file(file) {}

  llvm::Error spawn(const std::string &python);
  llvm::Error send(llvm::StringRef bytes);
  llvm::Error sendCalls(const Subject &subject);
  /// The next line from the child, without what says that it is an answer.
  llvm::Expected<std::string> receive(llvm::StringRef kind);

  PeerLibrary library;
  std::string name, file;
  double difference = 0;
  /// Of the tolerance.
  double share = 0;
  int process = -1, link = -1;
  /// Received, and not yet read.
  std::string pending;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_PEER_H
