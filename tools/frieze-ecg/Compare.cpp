//===- Compare.cpp - The job of frieze-ecg compare --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Compare.h"
#include "tools/frieze-ecg/Agreement.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <set>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// How the beats of one record agree, and where both are from.
struct Row {
  std::string reference, found;
  /// Name of the record in the file of beats.
  std::string foundRecord;
  Agreement agreement;
};

/// By the name of the record in the reference.
using Rows = std::map<std::string, Row>;

/// The beats of one record of the reference, and those to compare with them.
struct RecordPair {
  StringRef record;
  const BeatPositions *reference;
  StringRef foundRecord;
  const BeatPositions *found;
};

class Comparison {
public:
  explicit Comparison(const CompareOptions &options) : options(options) {}

  /// Compares one reference file with one file of beats. Returns whether
  /// nothing was wrong with them.
  bool add(StringRef referencePath, StringRef foundPath);

  const Rows &getRows() const { return rows; }
  bool usesRate() const { return rateUsed; }

private:
  bool addRecord(const RecordPair &pair);
  std::optional<double> findRate(const BeatPositions &beats,
                                 const BeatPositions &other,
                                 const RecordPair &pair);

  const CompareOptions &options;
  Rows rows;
  bool rateUsed = false;
};

} // namespace

static bool report(Error error) {
  errs() << toString(std::move(error)) << '\n';
  return false;
}

bool Comparison::add(StringRef referencePath, StringRef foundPath) {
  auto references = readBeats(referencePath);
  auto found = readBeats(foundPath);
  if (!references)
    report(references.takeError());
  if (!found)
    report(found.takeError());
  if (!references || !found)
    return false;
  if (references->empty())
    return report(fileError(referencePath, "expects beats, but got none"));
  std::map<StringRef, const BeatPositions *> sorted;
  for (const auto &entry : *references)
    sorted[entry.first()] = &entry.second;
  BeatPositions none;
  none.file = foundPath.str();
  bool good = true;
  std::set<StringRef> compared;
  for (auto [record, reference] : sorted) {
    // One record is compared with one, whatever their names.
    auto own = references->size() == 1 && found->size() == 1
                   ? found->begin()
                   : found->find(record);
    if (own == found->end()) {
      errs() << foundPath << ": warning: no beats of record '" << record
             << "'\n";
      good &= addRecord({record, reference, record, &none});
      continue;
    }
    compared.insert(own->first());
    good &= addRecord({record, reference, own->first(), &own->second});
  }
  // A reference of one record takes its own from a file of several.
  if (references->size() == 1 && !compared.empty())
    return good;
  std::set<StringRef> unknown;
  for (const auto &entry : *found)
    if (!compared.count(entry.first()))
      unknown.insert(entry.first());
  for (StringRef record : unknown)
    good = report(fileError(foundPath, "record '" + record + "' is not in " +
                                           referencePath));
  return good;
}

/// The rate of one side of a pair, or an error and none.
std::optional<double> Comparison::findRate(const BeatPositions &beats,
                                           const BeatPositions &other,
                                           const RecordPair &pair) {
  // Only of the same record does the other side know the rates.
  const bool isSame = pair.record == pair.foundRecord;
  std::optional<double> rate =
      ecg::findRate(beats, isSame ? other.record : RecordRates(), options.rate);
  rateUsed |= !beats.rate && options.rate;
  if (!rate)
    report(fileError(
        beats.file,
        (beats.countsFrames ? "the annotations of record '"
                            : "the samples of record '") +
            pair.record + "' have a rate that neither this file nor " +
            other.file + " tells: give --rate=HZ" +
            (beats.countsFrames ? ", or put the record's header beside it"
                                : "")));
  else if (!beats.rate && !options.rate && other.rate)
    errs() << beats.file << ": note: tells no rate, record '" << pair.record
           << "' is taken to have the one that " << other.file << " tells, "
           << formatNumber(*rate) << " Hz\n";
  return rate;
}

bool Comparison::addRecord(const RecordPair &pair) {
  if (rows.count(pair.record.str()))
    return report(fileError(pair.reference->file, "the beats of record '" +
                                                      pair.record +
                                                      "' were given before"));
  std::optional<double> referenceRate = 1, foundRate = 1;
  // Else there is nothing to match, whatever the rates.
  if (!pair.found->beats.empty() || !pair.reference->leftOut.empty()) {
    referenceRate = findRate(*pair.reference, *pair.found, pair);
    foundRate = findRate(*pair.found, *pair.reference, pair);
  }
  if (!referenceRate || !foundRate)
    return false;
  rows[pair.record.str()] = {
      pair.reference->file, pair.found->file, pair.foundRecord.str(),
      compareBeats(*pair.reference, *referenceRate, *pair.found, *foundRate)};
  return true;
}

/// A percentage, or - without anything to count.
static void printPercent(size_t whole, double percent) {
  if (whole)
    outs() << format(" %7.2f", percent);
  else
    outs() << "       -";
}

/// The counts of a row, without its end.
static void printCounts(StringRef name, int width, const Agreement &a) {
  outs() << left_justify(name, width)
         << format(" %9zu %8zu %8zu %7zu %7zu", a.reference, a.found, a.matched,
                   a.reference - a.matched, a.found - a.matched);
  printPercent(a.reference, a.getSensitivity());
  printPercent(a.found, a.getPredictivity());
  printPercent(a.reference + a.found, a.getF1());
  if (a.matched)
    outs() << format(" %8.1f", a.getMeanDistance());
  else
    outs() << "        -";
}

static void printTable(const Rows &rows, const Agreement &gross) {
  size_t width = StringRef("record").size();
  for (const auto &[name, row] : rows)
    width = std::max(width, name.size());
  outs() << left_justify("record", width)
         << " reference    found  matched  missed   extra    Se %    +P %    "
            "F1 % error ms  files\n";
  for (const auto &[name, row] : rows) {
    printCounts(name, width, row.agreement);
    outs() << "  " << row.reference << " with " << row.found;
    if (row.foundRecord != name)
      outs() << ", record '" << row.foundRecord << "'";
    outs() << '\n';
  }
  printCounts("gross", width, gross);
  outs() << '\n';
}

static void writeAgreement(json::OStream &out, const Agreement &a) {
  auto ratio = [&](StringRef name, size_t whole, double value) {
    out.attribute(name, whole ? json::Value(value) : json::Value(nullptr));
  };
  out.attribute("reference", uint64_t(a.reference));
  out.attribute("found", uint64_t(a.found));
  out.attribute("matched", uint64_t(a.matched));
  ratio("sensitivity", a.reference, a.getSensitivity() / 100);
  ratio("positive_predictivity", a.found, a.getPredictivity() / 100);
  ratio("f1", a.reference + a.found, a.getF1() / 100);
  ratio("mean_absolute_error_s", a.matched, a.getMeanDistance() / 1000);
}

static void printJSON(const Rows &rows, const Agreement &gross) {
  json::OStream out(outs(), /*IndentSize=*/1);
  out.object([&] {
    out.attribute("tolerance_s", matchTolerance);
    out.attributeArray("records", [&] {
      for (const auto &[name, row] : rows)
        out.object([&, &name = name, &row = row] {
          out.attribute("record", json::fixUTF8(name));
          writeAgreement(out, row.agreement);
          out.attribute("reference_file", json::fixUTF8(row.reference));
          out.attribute("beats_file", json::fixUTF8(row.found));
          out.attribute("beats_record", json::fixUTF8(row.foundRecord));
        });
    });
    out.attributeObject("gross", [&] { writeAgreement(out, gross); });
  });
  outs() << '\n';
}

int frieze::ecg::compare(const CompareOptions &options) {
  Comparison comparison(options);
  bool good = true;
  for (size_t i = 0; i < options.files.size(); i += 2)
    good &= comparison.add(options.files[i], options.files[i + 1]);
  const Rows &rows = comparison.getRows();
  if (rows.empty())
    return 1;
  if (options.rate && !comparison.usesRate())
    errs() << "--rate: warning: is not used, as all files tell their rates\n";
  Agreement gross;
  for (const auto &[name, row] : rows)
    gross += row.agreement;
  if (options.json)
    printJSON(rows, gross);
  else
    printTable(rows, gross);
  return good ? 0 : 1;
}
