//===- RecordingFlags.cpp - How a command reads recordings ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/RecordingFlags.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

RecordingFlags::RecordingFlags(cl::OptionCategory &category,
                               cl::SubCommand &command, StringRef rateName)
    : lead("lead", cl::value_desc("name|N"), cl::cat(category),
           cl::sub(command),
           cl::desc("Lead to read, by its name, a part of it that no other "
                    "has, or its number from 0 (default: the first ECG)")),
      rate(rateName, cl::value_desc("Hz"), cl::cat(category), cl::sub(command),
           cl::desc("Sampling rate of recordings that do not tell theirs: NPY, "
                    "and CSV without a time")),
      unit("unit", cl::value_desc("mV|uV|V"), cl::cat(category),
           cl::sub(command),
           cl::desc("Unit of recordings that do not tell theirs: NPY, and CSV "
                    "without one in the name of the column")),
      gain("gain", cl::value_desc("N"), cl::cat(category), cl::sub(command),
           cl::desc("Units of a converter in 1 mV, where recordings have these "
                    "and do not tell")),
      baseline("baseline", cl::init(0), cl::value_desc("N"), cl::cat(category),
               cl::sub(command),
               cl::desc("With --gain, the converter's number at 0 mV (default: "
                        "0)")),
      format("format", cl::cat(category), cl::sub(command),
             cl::desc("How to read recordings (default: as name and content "
                      "tell):"),
             cl::values(
                 clEnumValN(RecordingFormat::CSV, "csv",
                            "CSV, also of Apple's Health"),
                 clEnumValN(RecordingFormat::EDF, "edf", "EDF, EDF+ or BDF"),
                 clEnumValN(RecordingFormat::NPY, "npy", "array of NumPy"),
                 clEnumValN(RecordingFormat::ISHNE, "ishne", "ISHNE Holter"),
                 clEnumValN(RecordingFormat::ATC, "atc",
                            "ATC of AliveCor's Kardia"))),
      ignoreChecksum("ignore-checksum", cl::cat(category), cl::sub(command),
                     cl::desc("Read samples with a wrong checksum too")) {}

/// The diagnostic of an option.
static Error optionError(const cl::Option &option, const Twine &message) {
  return fileError(("--" + option.ArgStr).str(), message);
}

/// Whether an option was given.
static bool isGiven(const cl::Option &option) {
  return option.getNumOccurrences() > 0;
}

Expected<RecordingOptions> RecordingFlags::get() const {
  for (const cl::opt<double> *option : {&rate, &gain})
    if (isGiven(*option) && !(*option > 0 && std::isfinite(*option)))
      return optionError(*option, "expects a positive number, but got " +
                                      formatNumber(*option));
  if (!std::isfinite(baseline))
    return optionError(baseline,
                       "expects a number, but got " + formatNumber(baseline));
  if (isGiven(unit) && !getMillivolts(unit))
    return optionError(unit, "expects mV, uV or V, but got '" +
                                 toPrintable(unit) + "'");
  if (isGiven(unit) && isGiven(gain))
    return optionError(gain, "expects no --unit beside it");
  if (isGiven(baseline) && !isGiven(gain))
    return optionError(baseline, "expects --gain beside it");
  RecordingOptions options;
  options.lead = lead;
  if (isGiven(rate))
    options.rate = rate;
  options.unit = unit;
  if (isGiven(gain))
    options.gain = gain;
  options.baseline = baseline;
  if (isGiven(format))
    options.format = format;
  options.ignoreChecksum = ignoreChecksum;
  return options;
}
