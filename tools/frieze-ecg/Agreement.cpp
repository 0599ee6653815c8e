//===- Agreement.cpp - How beats agree with a reference ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Agreement.h"

#include "llvm/ADT/BitVector.h"

#include <algorithm>
#include <tuple>
#include <vector>

using namespace llvm;

namespace frieze::ecg {

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

double Agreement::sensitivity() const { return percent(matched, reference); }
double Agreement::predictivity() const { return percent(matched, found); }
double Agreement::f1() const { return percent(2 * matched, reference + found); }
double Agreement::meanDistance() const {
  return matched ? 1000 * distance / matched : 0;
}

Agreement matchBeats(ArrayRef<size_t> reference, ArrayRef<size_t> found,
                     double rate) {
  const size_t tolerance = matchTolerance * rate;
  // Distance, index in the reference, index in the beats found.
  std::vector<std::tuple<size_t, size_t, size_t>> pairs;
  size_t first = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    while (first < found.size() && found[first] + tolerance < reference[i])
      ++first;
    for (size_t j = first;
         j < found.size() && found[j] <= reference[i] + tolerance; ++j) {
      size_t distance =
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

} // namespace frieze::ecg
