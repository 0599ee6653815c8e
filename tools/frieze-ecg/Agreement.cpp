//===- Agreement.cpp - How beats agree with a reference ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Agreement.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <tuple>
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

Agreement frieze::ecg::matchBeats(ArrayRef<uint64_t> reference,
                                  ArrayRef<uint64_t> found, double rate) {
  const uint64_t tolerance = matchTolerance * rate;
  // Distance, index in the reference, index in the beats found.
  std::vector<std::tuple<uint64_t, size_t, size_t>> pairs;
  size_t first = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    while (first < found.size() && found[first] + tolerance < reference[i])
      ++first;
    for (size_t j = first;
         j < found.size() && found[j] <= reference[i] + tolerance; ++j) {
      uint64_t distance =
          std::max(reference[i], found[j]) - std::min(reference[i], found[j]);
      pairs.emplace_back(distance, i, j);
    }
  }
  std::sort(pairs.begin(), pairs.end());

  Agreement agreement;
  agreement.reference = reference.size();
  agreement.found = found.size();
  BitVector referenceTaken(reference.size()), foundTaken(found.size());
  for (auto [distance, i, j] : pairs) {
    if (referenceTaken[i] || foundTaken[j])
      continue;
    referenceTaken.set(i);
    foundTaken.set(j);
    ++agreement.matched;
    agreement.distance += distance / rate;
  }
  return agreement;
}

Agreement frieze::ecg::compareBeats(const BeatPositions &reference,
                                    double referenceRate,
                                    const BeatPositions &found,
                                    double foundRate) {
  // The finer grid of the two, on which the tolerance is rounded least.
  const double rate = std::max(referenceRate, foundRate);
  auto prepare = [&](ArrayRef<uint64_t> beats, double ownRate) {
    std::vector<uint64_t> result;
    for (uint64_t beat : beats) {
      double position = beat * (referenceRate / ownRate);
      double margin = leftOutMargin * referenceRate;
      if (llvm::none_of(reference.leftOut, [&](const auto &stretch) {
            return position >= stretch.first - margin &&
                   position <= stretch.second + margin;
          }))
        result.push_back(std::llround(beat * (rate / ownRate)));
    }
    return result;
  };
  return matchBeats(prepare(reference.beats, referenceRate),
                    prepare(found.beats, foundRate), rate);
}
