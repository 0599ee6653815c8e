//===- RecordNames.cpp - Which record is which ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/RecordNames.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

#include <algorithm>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

std::string frieze::ecg::getRecordKey(StringRef path) {
  SmallString<256> key(sys::path::parent_path(path));
  sys::path::append(key, getRecordName(path));
  sys::path::remove_dots(key, /*remove_dot_dot=*/true);
  return std::string(key);
}

StringRef frieze::ecg::getKeyName(StringRef key) {
  return sys::path::filename(key);
}

/// How many parts at the ends of two keys are the same.
static size_t countCommonParts(StringRef a, StringRef b) {
  size_t count = 0;
  for (auto x = sys::path::rbegin(a), y = sys::path::rbegin(b);
       x != sys::path::rend(a) && y != sys::path::rend(b) && *x == *y; ++x, ++y)
    ++count;
  return count;
}

using Indices = std::vector<size_t>;

static StringMap<Indices> listByName(ArrayRef<std::string> keys) {
  StringMap<Indices> byName;
  for (size_t i = 0; i < keys.size(); ++i)
    byName[getKeyName(keys[i])].push_back(i);
  return byName;
}

/// For each key, how many parts at its end tell it from the others of its name.
static std::vector<size_t> countTellingParts(ArrayRef<std::string> keys,
                                             const StringMap<Indices> &byName) {
  std::vector<size_t> parts(keys.size(), 1);
  for (const auto &sameName : byName)
    for (size_t index : sameName.second)
      for (size_t other : sameName.second)
        if (other != index)
          parts[index] = std::max(
              parts[index], countCommonParts(keys[index], keys[other]) + 1);
  return parts;
}

std::vector<RecordMatch>
frieze::ecg::matchRecords(ArrayRef<std::string> keys,
                          ArrayRef<std::string> others) {
  const StringMap<Indices> ownNames = listByName(keys),
                           otherNames = listByName(others);
  const std::vector<size_t> ownParts = countTellingParts(keys, ownNames),
                            otherParts = countTellingParts(others, otherNames);
  std::vector<RecordMatch> matches(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    StringRef name = getKeyName(keys[i]);
    auto candidates = otherNames.find(name);
    if (candidates == otherNames.end())
      continue;
    for (size_t j : candidates->second)
      if (countCommonParts(keys[i], others[j]) >=
          std::max(ownParts[i], otherParts[j]))
        matches[i].index = j;
    matches[i].isAmbiguous = !matches[i].index;
  }
  return matches;
}
