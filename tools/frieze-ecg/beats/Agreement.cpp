//===- Agreement.cpp - How beats agree with a reference ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/Agreement.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static double percent(size_t part, size_t whole) {
  return whole ? 100.0 * part / whole : 0;
}

Agreement &Agreement::operator+=(const Agreement &other) {
  reference += other.reference;
  found += other.found;
  matched += other.matched;
  distance += other.distance;
  if (other.confusion) {
    if (!confusion)
      confusion.emplace();
    *confusion += *other.confusion;
  }
  return *this;
}

double Agreement::getSensitivity() const { return percent(matched, reference); }
double Agreement::getPredictivity() const { return percent(matched, found); }
double Agreement::getF1() const {
  return percent(2 * matched, reference + found);
}
double Agreement::getMeanDistance() const {
  return matched ? 1000 * distance / matched : 0;
}

ConfusionMatrix &ConfusionMatrix::operator+=(const ConfusionMatrix &other) {
  for (auto [row, otherRow] : zip_equal(counts, other.counts))
    for (auto [count, otherCount] : zip_equal(row, otherRow))
      count += otherCount;
  return *this;
}

size_t ConfusionMatrix::countReference(size_t beatClass) const {
  return std::accumulate(counts[beatClass].begin(), counts[beatClass].end(),
                         size_t(0));
}

size_t ConfusionMatrix::countFound(size_t beatClass) const {
  const char name = classNames[beatClass];
  size_t sum = 0;
  for (size_t row = 0; row <= classCount; ++row) {
    const char own = row < classCount ? classNames[row] : '-';
    const bool isNoError = (own == 'Q' && (name == 'S' || name == 'V')) ||
                           (own == 'F' && name == 'V');
    if (!isNoError)
      sum += counts[row][beatClass];
  }
  return sum;
}

double ConfusionMatrix::getSensitivity(size_t beatClass) const {
  return percent(counts[beatClass][beatClass], countReference(beatClass));
}

double ConfusionMatrix::getPredictivity(size_t beatClass) const {
  return percent(counts[beatClass][beatClass], countFound(beatClass));
}

/// Pairs of indices in the reference and in the beats found.
using Pairs = std::vector<std::pair<size_t, size_t>>;

static Pairs pairBeats(ArrayRef<uint64_t> reference, ArrayRef<uint64_t> found,
                       double rate) {
  const uint64_t tolerance = matchTolerance * rate;
  // Distance, index in the reference, index in the beats found.
  std::vector<std::tuple<uint64_t, size_t, size_t>> candidates;
  size_t first = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    while (first < found.size() && found[first] + tolerance < reference[i])
      ++first;
    for (size_t j = first;
         j < found.size() && found[j] <= reference[i] + tolerance; ++j) {
      uint64_t distance =
          std::max(reference[i], found[j]) - std::min(reference[i], found[j]);
      candidates.emplace_back(distance, i, j);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  BitVector referenceTaken(reference.size()), foundTaken(found.size());
  Pairs pairs;
  for (auto [distance, i, j] : candidates) {
    if (referenceTaken[i] || foundTaken[j])
      continue;
    referenceTaken.set(i);
    foundTaken.set(j);
    pairs.emplace_back(i, j);
  }
  return pairs;
}

std::optional<std::vector<size_t>>
frieze::ecg::findClasses(const BeatPositions &beats) {
  if (beats.labels.size() != beats.beats.size())
    return std::nullopt;
  std::vector<size_t> classes;
  for (const std::string &label : beats.labels) {
    const BeatCode *code = findBeatCode(StringRef(label));
    if (!code && !label.empty())
      return std::nullopt;
    classes.push_back(code ? code->beatClass : unclassified);
  }
  return classes;
}

namespace {

/// The beats of one side that are compared.
struct Compared {
  /// Ascending, at the rate of the comparison.
  std::vector<uint64_t> positions;
  /// Empty without labels.
  std::vector<size_t> classes;
  /// Which beats of the list they are.
  std::vector<size_t> indices;
};

} // namespace

/// Counts pairs, and beats without a partner, from position `start` on.
static Agreement countAgreement(const Compared &reference,
                                const Compared &found, double rate,
                                uint64_t start, bool hasClasses,
                                Disagreements *disagreements) {
  Agreement agreement;
  std::vector<size_t> partners(reference.positions.size(), SIZE_MAX);
  BitVector foundTaken(found.positions.size());
  for (auto [i, j] : pairBeats(reference.positions, found.positions, rate)) {
    partners[i] = j;
    foundTaken.set(j);
  }
  if (hasClasses)
    agreement.confusion.emplace();
  auto count = [&](size_t row, size_t column) {
    if (hasClasses)
      ++agreement.confusion->counts[row][column];
  };
  for (auto [i, position] : enumerate(reference.positions)) {
    if (position < start)
      continue;
    ++agreement.reference;
    const size_t row = hasClasses ? reference.classes[i] : 0;
    const size_t j = partners[i];
    if (j == SIZE_MAX) {
      count(row, classCount);
      if (disagreements)
        disagreements->missed.push_back(reference.indices[i]);
      continue;
    }
    ++agreement.found;
    ++agreement.matched;
    agreement.distance += (std::max(position, found.positions[j]) -
                           std::min(position, found.positions[j])) /
                          rate;
    count(row, hasClasses ? found.classes[j] : 0);
  }
  for (auto [j, position] : enumerate(found.positions))
    if (position >= start && !foundTaken[j]) {
      ++agreement.found;
      count(classCount, hasClasses ? found.classes[j] : 0);
      if (disagreements)
        disagreements->extra.push_back(found.indices[j]);
    }
  return agreement;
}

Agreement frieze::ecg::compareBeats(const BeatPositions &reference,
                                    double referenceRate,
                                    const BeatPositions &found,
                                    double foundRate, double from,
                                    Disagreements *disagreements) {
  // The finer grid of the two, on which the tolerance is rounded least.
  const double rate = std::max(referenceRate, foundRate);
  auto prepare = [&](const BeatPositions &list, double ownRate) {
    const std::optional<std::vector<size_t>> classes = findClasses(list);
    Compared result;
    for (auto [i, beat] : enumerate(list.beats)) {
      double position = beat * (referenceRate / ownRate);
      double margin = leftOutMargin * referenceRate;
      if (llvm::any_of(reference.leftOut, [&](const auto &stretch) {
            return position >= stretch.first - margin &&
                   position <= stretch.second + margin;
          }))
        continue;
      result.positions.push_back(std::llround(beat * (rate / ownRate)));
      result.indices.push_back(i);
      if (classes)
        result.classes.push_back((*classes)[i]);
    }
    return result;
  };
  const bool hasClasses = !reference.labels.empty() && !found.labels.empty() &&
                          findClasses(reference) && findClasses(found);
  return countAgreement(prepare(reference, referenceRate),
                        prepare(found, foundRate), rate, std::ceil(from * rate),
                        hasClasses, disagreements);
}
