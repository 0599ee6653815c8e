//===- Calibration.cpp - From stored samples to millivolts ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/Text.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// How a unit of voltage is written in summaries.
static StringRef nameUnit(double millivolts) {
  return millivolts == 1 ? "mV" : millivolts < 1 ? "uV" : "V";
}

Expected<Calibration> frieze::ecg::calibrate(StringRef path, const Lead &lead,
                                             const RecordingOptions &options) {
  std::optional<double> told = getMillivolts(lead.unit);
  if (!told && !lead.unit.empty())
    return fileError(path, "expects the unit of lead '" + lead.label +
                               "' to be V, mV or uV, but got '" + lead.unit +
                               "'");
  std::optional<double> asked = getMillivolts(options.unit);
  if (told && (options.gain || (asked && *asked != *told)))
    return fileError(path,
                     "expects the unit of lead '" + lead.label + "' to be " +
                         nameUnit(*told) + ", as the file tells, but got " +
                         (options.gain ? "--gain=" + formatNumber(*options.gain)
                                       : "--unit=" + options.unit));
  if (!told && options.gain)
    return Calibration{1 / *options.gain, options.baseline,
                       formatNumber(*options.gain) + " units/mV"};
  if (!told)
    told = asked;
  if (!told)
    return fileError(
        path, "expects a unit, which the file does not tell" +
                  (lead.label.empty() ? "" : " for lead '" + lead.label + "'") +
                  ": give --unit=mV, uV or V, or --gain=N, the "
                  "converter's units in 1 mV");
  return Calibration{*told, 0, nameUnit(*told).str()};
}
