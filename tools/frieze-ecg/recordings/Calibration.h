//===- Calibration.h - From stored samples to millivolts --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_CALIBRATION_H
#define FRIEZE_TOOLS_ECG_CALIBRATION_H

#include "tools/frieze-ecg/recordings/Leads.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze::ecg {

/// What a stored number of a lead stands for.
struct Calibration {
  double toMillivolts(double stored) const {
    return (stored - baseline) * millivolts;
  }

  /// Millivolts in a stored unit.
  double millivolts = 1;
  /// The stored number at 0 mV.
  double baseline = 0;
  /// The unit for people: "mV", "uV", "V", or "200 units/mV".
  std::string unit = "mV";
};

/// The calibration of `lead` by its own unit or, if that is empty, by
/// `options`. A unit that is neither V, mV nor uV is an error, and so are
/// options that say something else than the file.
llvm::Expected<Calibration> calibrate(llvm::StringRef path, const Lead &lead,
                                      const RecordingOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_CALIBRATION_H
