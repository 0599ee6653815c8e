//===- Summary.cpp - What a scan tells of its records -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Summary.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Prints seconds as 1:02:03.4.
static void printTime(raw_ostream &stream, double seconds) {
  uint64_t tenths = uint64_t(seconds * 10 + 0.5);
  uint64_t minutes = tenths / 600;
  if (minutes >= 60)
    stream << minutes / 60 << ':' << format("%02u", unsigned(minutes % 60));
  else
    stream << minutes;
  stream << format(":%02u.%u", unsigned(tenths / 10 % 60),
                   unsigned(tenths % 10));
}

void frieze::ecg::printWarnings(StringRef file, const Recording &recording) {
  const std::string path = toPrintable(file);
  for (const std::string &warning : recording.warnings)
    errs() << toPrintable(warning) << '\n';
  if (recording.gaps.empty())
    return;
  uint64_t missing = 0;
  for (const Gap &gap : recording.gaps)
    missing += gap.count;
  errs() << path << ": warning: samples are missing, no beats are looked for "
         << "there: " << recording.gaps.size()
         << (recording.gaps.size() == 1 ? " gap, " : " gaps, ")
         << format("%.2f s together\n", missing / recording.rate);
  constexpr size_t mostListed = 10;
  for (const Gap &gap : ArrayRef(recording.gaps).take_front(mostListed))
    errs() << path << ": note: gap at sample " << gap.first << ", " << gap.count
           << " samples\n";
  if (recording.gaps.size() > mostListed)
    errs() << path << ": note: and " << recording.gaps.size() - mostListed
           << " more\n";
}

void frieze::ecg::printRecord(raw_ostream &stream, const Recording &recording,
                              const BeatList &list) {
  stream << toPrintable(list.record) << ": " << list.beats.size() << " beats";
  if (list.beats.size() > 1) {
    uint64_t span = list.beats.back().position - list.beats.front().position;
    stream << format(", mean heart rate %.1f bpm",
                     60 * list.rate * (list.beats.size() - 1) / span);
  }
  stream << ", lead " << (list.lead.empty() ? "0" : list.lead) << " at "
         << formatNumber(list.rate) << " Hz in " << recording.unit << '\n';
  printLength(stream, list.length / list.rate);
}

void frieze::ecg::printLength(raw_ostream &stream, double seconds) {
  stream << "  recording   ";
  printTime(stream, seconds);
  stream << '\n';
}

void frieze::ecg::printSpeed(raw_ostream &stream, double computing,
                             double recorded) {
  stream << format("  computing   %.2f s, %.0f x real time\n", computing,
                   recorded / computing);
}

void frieze::ecg::printPlace(raw_ostream &stream, BeatPlace place) {
  stream << "  beats       "
         << (place == BeatPlace::RWave
                 ? "on their R waves (--place=score: where the classifier has "
                   "them)\n"
                 : "where the classifier has them\n");
}

void frieze::ecg::printAgreement(raw_ostream &stream,
                                 const Agreement &agreement) {
  stream << format("  agreement   sensitivity %.2f %%, positive predictivity "
                   "%.2f %%, F1 %.2f %%\n"
                   "              %zu of %zu reference beats within 150 ms, "
                   "%.1f ms apart on average\n",
                   agreement.getSensitivity(), agreement.getPredictivity(),
                   agreement.getF1(), agreement.matched, agreement.reference,
                   agreement.getMeanDistance());
}
