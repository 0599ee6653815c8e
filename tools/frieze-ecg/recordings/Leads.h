//===- Leads.h - Which signal of a recording is scanned ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_LEADS_H
#define FRIEZE_TOOLS_ECG_LEADS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// A signal as its file describes it.
struct Lead {
  /// By custom the name of the lead; may be empty.
  std::string label;
  /// Physical unit, such as "mV"; empty if the file does not tell.
  std::string unit = "mV";
};

/// What a label says of its signal.
enum class LabelKind {
  /// An ECG: "ECG II", "MLII", "V1", "LA-RA".
  ECG,
  /// Something else: "EEG Fpz-Cz", "Resp", "SpO2", "ABP", "time".
  Other,
  /// Nothing: "", "signal 0", "ch1".
  Nothing,
  /// What cannot be told.
  Unknown,
};

LabelKind findLabelKind(llvm::StringRef label);

/// A signal by its place among those that are no annotations or times.
struct NumberedLead {
  size_t number;
  std::string label;
};

/// The signal to scan, and what must be said of the choice, as `file: message`.
struct LeadChoice {
  size_t index;
  std::optional<std::string> note;
  /// The other signals that are ECGs by the same signs.
  std::vector<NumberedLead> others = {};
};

/// The lead that `wanted` names or numbers: its label, or words of it that no
/// other has. If it is empty, the first whose label and unit tell an ECG; if
/// there is none, the first in a unit of voltage, as long as no label of those
/// says anything, or the only signal, unless its label says that it is no ECG.
/// Leads without a unit are looked at if none has one of voltage. Else an error
/// that lists them.
llvm::Expected<LeadChoice> chooseLead(llvm::StringRef path,
                                      llvm::ArrayRef<Lead> leads,
                                      llvm::StringRef wanted);

/// Millivolts in one of the units that recordings of ECG use.
std::optional<double> getMillivolts(llvm::StringRef unit);

/// The words of a label, in upper case: its letters and digits, parted by
/// anything else.
std::vector<std::string> splitWords(llvm::StringRef label);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_LEADS_H
