//===- WFDBSignalFile.h - One signal of a WFDB signal file ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_WFDBSIGNALFILE_H
#define FRIEZE_TOOLS_ECG_WFDBSIGNALFILE_H

#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/WFDBFormat.h"
#include "tools/frieze-ecg/recordings/WFDBHeader.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace frieze::ecg {

/// One signal of a record in one segment. All signals of a file are
/// interleaved, frame by frame.
class WFDBSignalFile {
public:
  /// Opens signal `lead` of `header`. What does not fit the header, and a wrong
  /// checksum unless `options` ignore it, is an error.
  static llvm::Expected<WFDBSignalFile> open(llvm::StringRef headerPath,
                                             const WFDBHeader &header,
                                             size_t lead,
                                             const RecordingOptions &options);

  const std::string &getPath() const { return file.getPath(); }

  /// What its samples are stored in, as Calibration has it.
  const std::string &getUnit() const { return unit; }

  /// Samples of the signal.
  uint64_t getLength() const { return frames * signal.samplesPerFrame; }

  /// What is odd about the file, or nothing.
  const std::string &getWarning() const { return oddity; }

  /// Reads the samples from `first` on, millivolts; a missing one is NaN, and
  /// so are the last ones of a signal with a skew.
  llvm::Error read(uint64_t first, llvm::MutableArrayRef<float> samples) const;

private:
  WFDBSignalFile(WFDBSignal signal, SampleFile file)
      : signal(std::move(signal)), file(std::move(file)) {}

  llvm::Error layOut(llvm::StringRef headerPath, const WFDBHeader &header,
                     size_t lead);
  llvm::Error checkSum(bool ignoreChecksum);
  llvm::Error readStored(uint64_t first,
                         llvm::MutableArrayRef<int64_t> values) const;
  llvm::Error readDifferences(uint64_t first,
                              llvm::MutableArrayRef<int64_t> values) const;

  WFDBSignal signal;
  SampleFile file;
  const WFDBFormat *format = nullptr;
  /// Millivolts in a physical unit, converter units in one, and those at zero.
  double millivolts = 1, gain = 1, baseline = 0;
  std::string unit;
  /// Samples of all signals in a frame, and of those before this signal.
  uint64_t frameSize = 0, before = 0;
  uint64_t frames = 0;
  std::string oddity;
  /// Of a file of differences: the value before every indexStep-th sample.
  std::vector<int64_t> index;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_WFDBSIGNALFILE_H
