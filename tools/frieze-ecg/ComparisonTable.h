//===- ComparisonTable.h - How comparisons are printed ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_COMPARISONTABLE_H
#define FRIEZE_TOOLS_ECG_COMPARISONTABLE_H

#include "tools/frieze-ecg/beats/Agreement.h"

#include <map>
#include <string>

namespace frieze::ecg {

/// How the beats of one record agree, and where both are from.
struct Row {
  std::string reference, found;
  /// Name of the record in the file of beats.
  std::string foundRecord;
  Agreement agreement;
};

/// By the name of the record in the reference, or what tells it from others.
using Rows = std::map<std::string, Row>;

/// Prints a line for each record and one for all, and if there are classes,
/// their matrix.
void printTable(const Rows &rows, const Agreement &gross);

/// Prints the same as JSON. from: seconds that do not count.
void printJSON(const Rows &rows, const Agreement &gross, double from);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_COMPARISONTABLE_H
