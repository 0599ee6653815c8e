//===- Report.cpp - Results as a page ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Report.h"
#include "tools/frieze-bench/Roofline.h"
#include "tools/frieze-bench/Table.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace frieze;
using llvm::formatv;

static constexpr char style[] = R"(
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1c2530; --soft: #667482; --line: #e3e8ed;
  --accent: #b4232c; --layer: #1f6feb; --roof: #8a97a4; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12171d; --ink: #e4e9ee; --soft: #93a1ae; --line: #28313a;
  --accent: #ff7b72; --layer: #6cb0ff; --roof: #6f7d8a; } }
body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 62rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.7rem; font-weight: 600; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; font-weight: 600; margin: 2.5rem 0 .5rem; }
p { color: var(--soft); margin: .25rem 0 0; }
svg { width: 100%; height: auto; display: block; margin-top: .75rem; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; }
.grid { stroke: var(--line); }
.tick, .roofname { fill: var(--soft); }
.roof { stroke: var(--roof); stroke-width: 1.5; }
.layer { fill: var(--layer); } .model { fill: var(--accent); }
.layer, .model { stroke: var(--paper); stroke-width: 1.5; }
.name { fill: var(--ink); paint-order: stroke; stroke: var(--paper);
  stroke-width: 3px; stroke-linejoin: round; }
.bar { fill: var(--layer); }
.one { stroke: var(--accent); stroke-width: 1.5; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: .75rem;
  font-size: .87rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
th, td { text-align: right; padding: .35rem .6rem;
  border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
)";

template <size_t count>
static void writeRow(const std::array<std::string, count> &cells,
                     llvm::StringRef tag, llvm::raw_ostream &os) {
  os << "<tr>";
  for (const std::string &cell : cells) {
    os << "<" << tag << ">";
    llvm::printHTMLEscaped(cell, os);
    os << "</" << tag << ">";
  }
  os << "</tr>\n";
}

/// A bar for each comparison, and a line at 1, where Frieze is.
static void drawBars(llvm::ArrayRef<Comparison> comparisons,
                     llvm::raw_ostream &os) {
  constexpr double width = 880, rowHeight = 34, left = 300, right = 800;
  double longest = 1;
  for (const Comparison &comparison : comparisons)
    longest = std::max(longest, comparison.getMedianRatio());
  double height = rowHeight * comparisons.size() + 24;
  double one = left + (right - left) / longest;
  os << formatv("<svg viewBox=\"0 0 {0} {1}\" role=\"img\" "
                "aria-label=\"Ratios\">\n",
                width, height);
  double y = 0;
  for (const Comparison &comparison : comparisons) {
    double ratio = comparison.getMedianRatio();
    os << formatv("<text class=\"name\" x=\"{0}\" y=\"{1}\" "
                  "text-anchor=\"end\">",
                  left - 12, y + 21);
    llvm::printHTMLEscaped(
        (comparison.peer + ", " + llvm::sys::path::filename(comparison.file))
            .str(),
        os);
    os << formatv("</text>\n<rect class=\"bar\" x=\"{0}\" y=\"{1}\" "
                  "width=\"{2:f1}\" height=\"18\" rx=\"3\"><title>{3:f2} µs, "
                  "Frieze {4:f2} µs (medians)</title></rect>\n",
                  left, y + 8, (right - left) * ratio / longest,
                  comparison.theirs.median, comparison.ours.median);
    os << formatv("<text class=\"name\" x=\"{0:f1}\" y=\"{1}\">{2:f2} "
                  "×</text>\n",
                  left + (right - left) * ratio / longest + 8, y + 21, ratio);
    y += rowHeight;
  }
  os << formatv("<line class=\"one\" x1=\"{0:f1}\" y1=\"0\" x2=\"{0:f1}\" "
                "y2=\"{1}\"/>\n<text class=\"tick\" x=\"{0:f1}\" y=\"{2}\" "
                "text-anchor=\"middle\">Frieze</text>\n</svg>\n",
                one, y + 4, y + 18);
}

static void writeTable(const Results &results, llvm::raw_ostream &os) {
  os << "<h2>Figures</h2>\n<p>Rates are those of the fastest block of calls. "
        "Bytes are weights, inputs and outputs of a call; code is that of the "
        "variant which runs here.</p>\n<div class=\"scroll\"><table>\n";
  writeRow(getMeasurementHeadings(), "th", os);
  for (const Measurement &measurement : results.measurements)
    writeRow(getCells(measurement, results.peak), "td", os);
  os << "</table></div>\n<p>" << describeSums(results) << "</p>\n";
}

static void writeComparisons(const Results &results, llvm::raw_ostream &os) {
  os << "<h2>Beside other libraries</h2>\n<p>How many times as long they take "
        "(medians), in turns with Frieze on the same core.</p>\n";
  if (!results.comparisons.empty())
    drawBars(results.comparisons, os);
  os << "<div class=\"scroll\"><table>\n";
  writeRow(getComparisonHeadings(), "th", os);
  for (const Comparison &comparison : results.comparisons)
    writeRow(getCells(comparison), "td", os);
  for (const AbsentPeer &absent : results.absentPeers)
    writeRow(getCells(absent), "td", os);
  os << "</table></div>\n";
}

void frieze::writeReport(const Results &results, llvm::raw_ostream &os) {
  std::string title = results.measurements.front().subject->name;
  os << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta "
        "charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width\">\n<title>";
  llvm::printHTMLEscaped(title, os);
  os << "</title>\n<style>" << style << "</style>\n</head>\n<body>\n<h1>";
  llvm::printHTMLEscaped(title, os);
  os << formatv("</h1>\n<p>{0:f2} µs a call at best, {1:f2} µs in the "
                "median</p>\n<p>",
                results.measurements.front().times.min,
                results.measurements.front().times.median)
     << describeMachine(results.peak) << "</p>\n<p>";
  llvm::printHTMLEscaped(describeCode(results.subjects.front()), os);
  os << "</p>\n<h2>Roofline</h2>\n";
  drawRoofline(results, os);
  std::string undrawn;
  for (const Measurement &measurement : results.measurements)
    if (measurement.subject->model->macs == 0)
      undrawn += (undrawn.empty() ? "" : ", ") + measurement.subject->name;
  if (!undrawn.empty()) {
    os << "<p>Not drawn, as they have no multiply-adds: ";
    llvm::printHTMLEscaped(undrawn, os);
    os << "</p>\n";
  }
  writeTable(results, os);
  if (!results.comparisons.empty() || !results.absentPeers.empty())
    writeComparisons(results, os);
  os << "</body>\n</html>\n";
}
