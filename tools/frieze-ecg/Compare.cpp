//===- Compare.cpp - The job of frieze-ecg compare --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Compare.h"
#include "tools/frieze-ecg/ComparisonTable.h"
#include "tools/frieze-ecg/beats/BeatCatalog.h"
#include "tools/frieze-ecg/beats/RecordNames.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"

#include <map>
#include <set>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

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

  /// Compares the records of a reference with those of the same name. Returns
  /// whether nothing was wrong with them.
  bool add(ArrayRef<std::string> references, ArrayRef<std::string> found);

  const Rows &getRows() const { return rows; }
  bool usesRate() const { return rateUsed; }

private:
  bool addFile(StringRef referencePath, const BeatCatalog &references,
               StringRef foundPath, const BeatCatalog &found);
  bool addRecords(const BeatCatalog &references, const BeatCatalog &found);
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

/// Adds what `paths` name; what is wrong is told.
static bool read(BeatCatalog &catalog, ArrayRef<std::string> paths) {
  bool good = true;
  for (const std::string &path : paths)
    if (Error error = catalog.add(path))
      good = report(std::move(error));
  return good;
}

bool Comparison::add(ArrayRef<std::string> references,
                     ArrayRef<std::string> found) {
  BeatCatalog referenceBeats, foundBeats;
  bool good = read(referenceBeats, references);
  good &= read(foundBeats, found);
  auto isFile = [](ArrayRef<std::string> paths) {
    return paths.size() == 1 && !sys::fs::is_directory(paths[0]);
  };
  if (!isFile(references) || !isFile(found))
    return addRecords(referenceBeats, foundBeats) && good;
  return good && addFile(references[0], referenceBeats, found[0], foundBeats);
}

/// The indices of a catalog's records, by their names.
static std::map<StringRef, size_t> sortByName(const BeatCatalog &catalog) {
  std::map<StringRef, size_t> counts, sorted;
  for (const std::string &key : catalog.getKeys())
    ++counts[getKeyName(key)];
  for (auto [i, key] : enumerate(catalog.getKeys())) {
    StringRef name = getKeyName(key);
    // Several of one name have their folders before it.
    sorted[counts[name] == 1 ? name : StringRef(key)] = i;
  }
  return sorted;
}

/// Compares one file with another.
bool Comparison::addFile(StringRef referencePath, const BeatCatalog &references,
                         StringRef foundPath, const BeatCatalog &found) {
  if (references.getKeys().empty())
    return report(fileError(referencePath, "expects beats, but got none"));
  std::vector<RecordMatch> matches =
      matchRecords(references.getKeys(), found.getKeys());
  // One record is compared with one, whatever their names.
  if (references.getKeys().size() == 1 && found.getKeys().size() == 1)
    matches[0] = {0};
  BeatPositions none;
  none.file = foundPath.str();
  bool good = true;
  std::set<size_t> compared;
  for (auto [record, index] : sortByName(references)) {
    const BeatPositions &reference = references.getBeats()[index];
    if (matches[index].isAmbiguous) {
      good = report(fileError(foundPath, "several records are called '" +
                                             getKeyName(record) +
                                             "', and folders do not tell "
                                             "which is which"));
      continue;
    }
    if (!matches[index].index) {
      errs() << foundPath << ": warning: no beats of record '" << record
             << "'\n";
      good &= addRecord({record, &reference, record, &none});
      continue;
    }
    const size_t own = *matches[index].index;
    compared.insert(own);
    good &= addRecord({record, &reference, getKeyName(found.getKeys()[own]),
                       &found.getBeats()[own]});
  }
  // A reference of one record takes its own from a file of several.
  if (references.getKeys().size() == 1 && !compared.empty())
    return good;
  for (auto [record, index] : sortByName(found))
    if (!compared.count(index))
      good = report(fileError(foundPath, "record '" + record + "' is not in " +
                                             referencePath));
  return good;
}

/// Compares the records of several files.
bool Comparison::addRecords(const BeatCatalog &references,
                            const BeatCatalog &found) {
  const std::vector<RecordMatch> matches =
      matchRecords(references.getKeys(), found.getKeys());
  bool good = true;
  std::set<size_t> compared;
  for (auto [record, index] : sortByName(references)) {
    const BeatPositions &reference = references.getBeats()[index];
    if (!matches[index].index) {
      good = report(
          fileError(reference.file,
                    matches[index].isAmbiguous
                        ? "several records are called '" + getKeyName(record) +
                              "', and folders do not tell which is which"
                        : "no beats of record '" + record +
                              "' are given: it is not compared"));
      continue;
    }
    const size_t own = *matches[index].index;
    compared.insert(own);
    good &= addRecord({record, &reference, getKeyName(found.getKeys()[own]),
                       &found.getBeats()[own]});
  }
  for (auto [record, index] : sortByName(found))
    if (!compared.count(index))
      good = report(fileError(found.getBeats()[index].file,
                              "record '" + record +
                                  "' is not in the reference: it is not "
                                  "compared"));
  return good;
}

/// The rate of one side of a pair, or an error and none.
std::optional<double> Comparison::findRate(const BeatPositions &beats,
                                           const BeatPositions &other,
                                           const RecordPair &pair) {
  // Only of the same record does the other side know the rates.
  const bool isSame = getKeyName(pair.record) == pair.foundRecord;
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
  if (!pair.found->beats.empty() || !pair.reference->leftOut.empty() ||
      options.from > 0) {
    referenceRate = findRate(*pair.reference, *pair.found, pair);
    foundRate = findRate(*pair.found, *pair.reference, pair);
  }
  if (!referenceRate || !foundRate)
    return false;
  rows[pair.record.str()] = {
      pair.reference->file, pair.found->file, pair.foundRecord.str(),
      compareBeats(*pair.reference, *referenceRate, *pair.found, *foundRate,
                   options.from)};
  return true;
}

/// Leaves out the classes if the beats found have none: each is "N" in what
/// scan writes.
static void dropClasses(Rows &rows) {
  bool hasClasses = false;
  for (const auto &[name, row] : rows)
    if (const std::optional<ConfusionMatrix> &matrix = row.agreement.confusion)
      for (const auto &counts : matrix->counts)
        hasClasses |= any_of(ArrayRef(counts).slice(1, classCount - 1),
                             [](size_t count) { return count > 0; });
  if (!hasClasses)
    for (auto &[name, row] : rows)
      row.agreement.confusion.reset();
}

int frieze::ecg::compare(const CompareOptions &options) {
  Comparison comparison(options);
  bool good = true;
  if (!options.references.empty())
    good = comparison.add(options.references, options.files);
  else
    for (size_t i = 0; i < options.files.size(); i += 2)
      good &= comparison.add(options.files[i], options.files[i + 1]);
  Rows rows = comparison.getRows();
  if (rows.empty())
    return 1;
  if (options.rate && !comparison.usesRate())
    errs() << "--rate: warning: is not used, as all files tell their rates\n";
  dropClasses(rows);
  Agreement gross;
  size_t labelled = 0;
  for (const auto &[name, row] : rows) {
    gross += row.agreement;
    labelled += row.agreement.confusion.has_value();
  }
  if (labelled > 0 && labelled < rows.size())
    errs() << "compare: note: " << labelled << " of " << rows.size()
           << " records have kinds of beats on both sides; classes are those "
              "of their beats\n";
  if (options.json) {
    printJSON(rows, gross, options.from);
    return good ? 0 : 1;
  }
  printTable(rows, gross);
  return good ? 0 : 1;
}
