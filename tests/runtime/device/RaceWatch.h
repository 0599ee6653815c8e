//===- RaceWatch.h - Threads that meet in memory ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_RACEWATCH_H
#define FRIEZE_TESTS_RACEWATCH_H

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace ptx {

/// Who touched each word of a memory last.
class RaceWatch {
public:
  /// Whether an access of a thread of the launch meets another one's, of which
  /// one writes, without a barrier between them. `interval` is a new one in a
  /// group after each barrier; `changes`: what is written is not what is there.
  bool access(uint64_t address, uint64_t thread, uint64_t interval,
              bool isWrite, bool changes) {
    Word &word = getWord(address / 4);
    auto meets = [&](uint64_t other, uint64_t then) {
      bool isOtherGroup = other / maxGroup != thread / maxGroup;
      return other != none && other != thread &&
             (isOtherGroup || then == interval);
    };
    bool isRace = (!isWrite || changes) && meets(word.writer, word.written);
    isRace |= isWrite && changes && meets(word.reader, word.read);
    if (isWrite) {
      word.writer = thread;
      word.written = interval;
      return isRace;
    }
    // Several readers of an interval are one that no writer is.
    bool isSecond =
        word.reader != none && word.reader != thread && word.read == interval;
    word.reader =
        isSecond ? thread / maxGroup * maxGroup + maxGroup - 1 : thread;
    word.read = interval;
    return isRace;
  }

  /// More than the threads of a group.
  static constexpr uint64_t maxGroup = 2048;

private:
  static constexpr uint64_t none = ~uint64_t(0), pageWords = 1024;
  struct Word {
    uint64_t writer = none, written = 0, reader = none, read = 0;
  };

  Word &getWord(uint64_t index) {
    uint64_t number = index / pageWords;
    if (!page || pageNumber != number) {
      std::unique_ptr<Word[]> &found = pages[number];
      if (!found)
        found = std::make_unique<Word[]>(pageWords);
      page = found.get();
      pageNumber = number;
    }
    return page[index % pageWords];
  }

  std::unordered_map<uint64_t, std::unique_ptr<Word[]>> pages;
  Word *page = nullptr;
  uint64_t pageNumber = 0;
};

} // namespace ptx

#endif // FRIEZE_TESTS_RACEWATCH_H
