//===- Recording.h - One lead of an ECG recording ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDING_H
#define FRIEZE_TOOLS_ECG_RECORDING_H

#include "tools/frieze-ecg/recordings/Leads.h"
#include "tools/frieze-ecg/recordings/RecordingFormat.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// A stretch of a recording without usable samples.
struct Gap {
  /// Sample at which it begins, and its length in samples.
  uint64_t first, count;
};

/// One lead of a recording. Its samples stay in the file and are read in
/// ranges.
class Recording {
public:
  virtual ~Recording() = default;

  /// Reads the samples from `first` on, millivolts; a missing one is NaN. May
  /// be called by any number of threads at once.
  virtual llvm::Error read(uint64_t first,
                           llvm::MutableArrayRef<float> samples) const = 0;

  /// Hands all samples to `take`, piece by piece in their order, but those of
  /// unrecorded stretches.
  llvm::Error
  readAll(llvm::function_ref<llvm::Error(uint64_t first,
                                         llvm::ArrayRef<float> samples)>
              take) const;

  /// Reads samples from `first` on, which may lie beyond the ends: there the
  /// end samples go on.
  llvm::Error readPadded(int64_t first,
                         llvm::MutableArrayRef<float> samples) const;

  /// Takes the lead that was chosen, by its label, with what is said of it.
  void setLead(const LeadChoice &choice, llvm::StringRef label);
  /// Takes the time and date at which it began, or warns of what is none.
  void setStart(llvm::StringRef path, llvm::StringRef time,
                llvm::StringRef date);

  /// Length in seconds.
  double getDuration() const { return length / rate; }

  /// File name without folder or extension, as in the beat list.
  std::string name;
  /// Name of the lead, such as "MLII"; may be empty.
  std::string lead;
  /// What its samples are stored in: "mV", "uV", "V" or "200 units/mV".
  std::string unit;
  /// The other leads of the file that are ECGs, as far as can be told.
  std::vector<NumberedLead> otherLeads;
  /// Sampling rate, Hz.
  double rate = 0;
  /// Frames per second, which WFDB annotations of the recording count unless
  /// they tell a rate; none if its signals differ in ways that leave it open.
  std::optional<double> frameRate;
  /// Whether the format has frames; else each sample is taken for one.
  bool hasFrames = false;
  /// Number of samples.
  uint64_t length = 0;
  /// When it began, as StartTime.h writes it; empty where the file does not
  /// tell.
  std::string start;
  /// Stretches of which the file has no samples, in order; none is empty.
  std::vector<Gap> unrecorded;
  /// Where samples are missing for any reason, in order. Gaps with less than a
  /// window between them are one.
  std::vector<Gap> gaps;
  /// What is odd about the file but no error, as `file: message`.
  std::vector<std::string> warnings;
  /// Every file that is read for it.
  std::vector<std::string> files;
};

/// What to read, and what the file itself does not say.
struct RecordingOptions {
  /// Name of the lead, or its number from 0; empty for the first ECG.
  std::string lead;
  /// Sampling rate in Hz: a file that does not tell it needs it, and that of a
  /// file that does must agree.
  std::optional<double> rate;
  /// Unit of the samples, "mV", "uV" or "V", or empty: like the rate.
  std::string unit;
  /// In place of a unit, what a converter counts: units in 1 mV, and the count
  /// at 0 mV.
  std::optional<double> gain;
  double baseline = 0;
  /// How to read files, whatever their name and content.
  std::optional<RecordingFormat> format;
  /// Whether to read samples whose checksum does not match.
  bool ignoreChecksum = false;
};

/// Opens one lead of `path`: a WFDB record by its name, header or signal file,
/// EDF, BDF, CSV, NPY, ISHNE or ATC, also packed by gzip (.gz), or standard
/// input for "-". All of it is read once: what is truncated, damaged, empty or
/// not in millivolts is an error, missing samples are listed as gaps, and a
/// warning tells of stretches in which the lead is flat.
llvm::Expected<std::unique_ptr<Recording>>
openRecording(llvm::StringRef path, const RecordingOptions &options);

/// What a quick look at a recording tells, without its samples: whether it is
/// there, and of WFDB, EDF, BDF and NPY what is wrong with header and length.
llvm::Error checkHeader(llvm::StringRef path, const RecordingOptions &options);

/// The name under which the beats of `path` are listed.
std::string getRecordName(llvm::StringRef path);

//===----------------------------------------------------------------------===//
// The formats. What they open has no name and no gaps yet.
//===----------------------------------------------------------------------===//

/// Opens the WFDB record whose header is `headerPath`.
llvm::Expected<std::unique_ptr<Recording>>
openWFDB(llvm::StringRef headerPath, const RecordingOptions &options);

/// Opens the WFDB record of the signal file `path`, whose header lies beside it
/// and has its name.
llvm::Expected<std::unique_ptr<Recording>>
openWFDBSignals(llvm::StringRef path, const RecordingOptions &options);

/// Opens CSV: one column of samples, or columns with a header line. Names such
/// as "time_ms" and "sample" tell columns that only number the rows, which must
/// do so evenly, and "MLII (uV)" a unit. A sample that is empty or "nan" is
/// missing. What Apple's Health exports is read too, see AppleExport.h.
llvm::Expected<std::unique_ptr<Recording>>
openCSV(SampleFile file, const RecordingOptions &options);

/// Opens NPY: samples, or an array of samples and leads; NaN is a missing
/// sample. Leads have numbers only.
llvm::Expected<std::unique_ptr<Recording>>
openNPY(SampleFile file, const RecordingOptions &options);

/// Opens EDF, EDF+ or BDF. Time between the data records of EDF+D is missing
/// samples.
llvm::Expected<std::unique_ptr<Recording>>
openEDF(SampleFile file, const RecordingOptions &options);

/// Opens a Holter recording of ISHNE, whose leads are all ECGs.
llvm::Expected<std::unique_ptr<Recording>>
openISHNE(SampleFile file, const RecordingOptions &options);

/// Opens an ECG of AliveCor's Kardia.
llvm::Expected<std::unique_ptr<Recording>>
openATC(SampleFile file, const RecordingOptions &options);

/// Checks that `rate` can be resampled, and is no other than is asked for.
llvm::Error checkRate(llvm::StringRef path, const RecordingOptions &options,
                      double rate);

/// The diagnostic of a file that tells no rate where none was given.
llvm::Error missingRate(llvm::StringRef path);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDING_H
