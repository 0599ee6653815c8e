//===- BeatFile.h - Lists of beats in files ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATFILE_H
#define FRIEZE_TOOLS_ECG_BEATFILE_H

#include "tools/frieze-ecg/detection/BeatDetector.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace frieze::ecg {

/// What a classifier says of the beats of one recording.
struct BeatLabels {
  /// Of each beat the index of its class; none where it cannot be told.
  std::vector<std::optional<size_t>> classes;
  /// Of each beat a score for every class, one beat after the other.
  std::vector<float> scores;
};

/// The beats found in one recording.
struct BeatList {
  /// Name of the recording, and of the lead.
  std::string record, lead;
  /// Its sampling rate, Hz, and its length in samples.
  double rate = 0;
  uint64_t length = 0;
  std::vector<Beat> beats;
  /// Where nothing was looked for.
  std::vector<Gap> gaps;
  /// The recording as it was asked for, in lists of several.
  std::string path = "";
  /// Only of lists with classes.
  BeatLabels labels = {};
};

/// How beats are written.
enum class BeatFileFormat { CSV, JSON, Annotations };

/// The format of `path` by its extension: .csv (also .txt, none, and "-"),
/// .json or .atr. The last holds one record.
llvm::Expected<BeatFileFormat> findBeatFileFormat(llvm::StringRef path,
                                                  size_t records);

/// The extension of files of this format.
llvm::StringRef getExtension(BeatFileFormat format);

/// What lists of beats have besides beats.
struct BeatFileLayout {
  BeatFileFormat format = BeatFileFormat::CSV;
  /// Names of the classes of beats, if there are any.
  std::vector<std::string> classes = {};
  /// Whether they tell where a record was read.
  bool withPaths = false;
};

/// Writes lists of beats one after the other: begin, every list, end. CSV has
/// the columns record, sample (from 0), time_s, then score, or label and a
/// score for each class, and path; JSON has the gaps and all that BeatList has
/// besides. Annotations are of one list.
class BeatWriter {
public:
  explicit BeatWriter(BeatFileLayout layout) : layout(std::move(layout)) {}

  void begin(llvm::raw_ostream &stream) const;
  void add(llvm::raw_ostream &stream, const BeatList &list, bool isFirst) const;
  void end(llvm::raw_ostream &stream) const;

private:
  BeatFileLayout layout;
};

/// The rates of a record, Hz, as far as they are known.
struct RecordRates {
  /// Of the samples of its lead.
  std::optional<double> samples;
  /// Of its frames, which may have several samples of a lead.
  std::optional<double> frames;
};

/// The beats that a file lists for one recording.
struct BeatPositions {
  /// Ascending; what they count is said below.
  std::vector<uint64_t> beats;
  /// What each is called, "" for no name; empty if the file names none.
  std::vector<std::string> labels = {};
  /// Stretches, from the first to the last position, in which beats do not
  /// count.
  std::vector<std::pair<uint64_t, uint64_t>> leftOut;
  /// Where they were read, for diagnostics.
  std::string file;
  /// Where the recording was, if the file tells that too.
  std::string path;
  /// How many positions a second has, if the file tells.
  std::optional<double> rate;
  /// Whether they count the record's frames if it does not tell, as annotations
  /// do, and not the samples of the lead.
  bool countsFrames = false;
  /// What the file tells of the record besides.
  RecordRates record;

  /// Puts the beats in order, with their labels.
  void sort();
};

/// How many of its positions a second has: what the file tells, or else
/// `given`, or what is known of the record. None if nothing of that tells.
std::optional<double> findRate(const BeatPositions &beats,
                               const RecordRates &record,
                               std::optional<double> given);

/// Reads the beats of one or more records: the columns record and sample, and
/// time_s, label and path if they are there, of a CSV file with a header line;
/// what writeBeats wrote as JSON; else those of a WFDB annotation file, or of
/// the record with that name or header (its .atr). They are listed by name, or
/// by path where several records have that name.
llvm::Expected<llvm::StringMap<BeatPositions>> readBeats(llvm::StringRef path);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATFILE_H
