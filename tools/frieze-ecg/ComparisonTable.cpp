//===- ComparisonTable.cpp - How comparisons are printed --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/ComparisonTable.h"
#include "tools/frieze-ecg/beats/RecordNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// A percentage, or - without anything to count.
static void printPercent(size_t whole, double percent) {
  if (whole)
    outs() << format(" %7.2f", percent);
  else
    outs() << "       -";
}

/// The counts of a row, without its end.
static void printCounts(StringRef name, int width, const Agreement &a) {
  outs() << left_justify(name, width)
         << format(" %9zu %8zu %8zu %7zu %7zu", a.reference, a.found, a.matched,
                   a.reference - a.matched, a.found - a.matched);
  printPercent(a.reference, a.getSensitivity());
  printPercent(a.found, a.getPredictivity());
  printPercent(a.reference + a.found, a.getF1());
  if (a.matched)
    outs() << format(" %8.1f", a.getMeanDistance());
  else
    outs() << "        -";
}

/// The matrix of classes; the small letters are those of the beats found.
static void printClasses(const ConfusionMatrix &matrix) {
  outs() << "\nreference";
  for (char name : classNames)
    outs() << right_justify(StringRef(&name, 1).lower(), 9);
  outs() << "   missed    Se %    +P %\n";
  for (size_t row = 0; row <= classCount; ++row) {
    const bool isClass = row < classCount;
    outs() << left_justify(isClass ? classNames.substr(row, 1) : "extra", 9);
    for (size_t count : ArrayRef(matrix.counts[row]).drop_back(!isClass))
      outs() << format("%9zu", count);
    if (isClass) {
      printPercent(matrix.countReference(row), matrix.getSensitivity(row));
      printPercent(matrix.countFound(row), matrix.getPredictivity(row));
    }
    outs() << '\n';
  }
}

void frieze::ecg::printTable(const Rows &rows, const Agreement &gross) {
  size_t width = StringRef("record").size();
  for (const auto &[name, row] : rows)
    width = std::max(width, name.size());
  outs() << left_justify("record", width)
         << " reference    found  matched  missed   extra    Se %    +P %    "
            "F1 % error ms  files\n";
  for (const auto &[name, row] : rows) {
    printCounts(name, width, row.agreement);
    outs() << "  " << row.reference << " with " << row.found;
    if (row.foundRecord != getKeyName(name))
      outs() << ", record '" << row.foundRecord << "'";
    outs() << '\n';
  }
  printCounts("gross", width, gross);
  outs() << '\n';
  if (gross.confusion)
    printClasses(*gross.confusion);
}

static void writeClasses(json::OStream &out, const ConfusionMatrix &matrix) {
  out.attributeObject("classes", [&] {
    for (size_t i = 0; i < classCount; ++i)
      out.attributeObject(classNames.substr(i, 1), [&] {
        auto ratio = [&](StringRef name, size_t whole, double percent) {
          out.attribute(name, whole ? json::Value(percent / 100)
                                    : json::Value(nullptr));
        };
        ratio("sensitivity", matrix.countReference(i),
              matrix.getSensitivity(i));
        ratio("positive_predictivity", matrix.countFound(i),
              matrix.getPredictivity(i));
      });
  });
  out.attributeArray("confusion", [&] {
    for (ArrayRef<size_t> row : matrix.counts)
      out.array([&] {
        for (size_t count : row)
          out.value(uint64_t(count));
      });
  });
}

static void writeAgreement(json::OStream &out, const Agreement &a) {
  auto ratio = [&](StringRef name, size_t whole, double value) {
    out.attribute(name, whole ? json::Value(value) : json::Value(nullptr));
  };
  out.attribute("reference", uint64_t(a.reference));
  out.attribute("found", uint64_t(a.found));
  out.attribute("matched", uint64_t(a.matched));
  ratio("sensitivity", a.reference, a.getSensitivity() / 100);
  ratio("positive_predictivity", a.found, a.getPredictivity() / 100);
  ratio("f1", a.reference + a.found, a.getF1() / 100);
  ratio("mean_absolute_error_s", a.matched, a.getMeanDistance() / 1000);
  if (a.confusion)
    writeClasses(out, *a.confusion);
}

void frieze::ecg::printJSON(const Rows &rows, const Agreement &gross,
                            double from) {
  json::OStream out(outs(), /*IndentSize=*/1);
  out.object([&] {
    out.attribute("tolerance_s", matchTolerance);
    if (from > 0)
      out.attribute("from_s", from);
    out.attributeArray("records", [&] {
      for (const auto &[name, row] : rows)
        out.object([&, &name = name, &row = row] {
          out.attribute("record", json::fixUTF8(name));
          writeAgreement(out, row.agreement);
          out.attribute("reference_file", json::fixUTF8(row.reference));
          out.attribute("beats_file", json::fixUTF8(row.found));
          out.attribute("beats_record", json::fixUTF8(row.foundRecord));
        });
    });
    out.attributeObject("gross", [&] { writeAgreement(out, gross); });
  });
  outs() << '\n';
}
