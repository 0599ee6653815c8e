//===- Table.cpp - Results on a terminal ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Table.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

using namespace frieze;
using llvm::formatv;

static constexpr llvm::StringLiteral unknown = "–";

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

/// Two digits after the point, or three of a short time.
static std::string formatTime(double microseconds) {
  return microseconds < 1 ? formatv("{0:f3}", microseconds)
                          : formatv("{0:f2}", microseconds);
}

MeasurementCells frieze::getMeasurementHeadings() {
  return {"layer",  "min µs", "median µs", "in net", "MACs",   "GFLOP/s",
          "% peak", "bytes",  "FLOP/byte", "code",   "spills", "reloads"};
}

MeasurementCells frieze::getCells(const Measurement &measurement,
                                  const MachinePeak &peak) {
  const Subject &subject = *measurement.subject;
  auto whereMACs = [&](const char *format, double value) {
    return subject.model->macs ? formatv(format, value).str() : unknown.str();
  };
  auto whereKnown = [](std::optional<uint64_t> value) {
    return value ? formatv("{0:n}", *value).str() : unknown.str();
  };
  const std::optional<SpillCount> &spills = subject.spills;
  return {
      subject.name,
      formatTime(measurement.times.min),
      formatTime(measurement.times.median),
      subject.inSequence ? formatTime(subject.inSequence->min) : unknown.str(),
      formatv("{0:n}", subject.model->macs),
      whereMACs("{0:f1}", measurement.getGigaflops()),
      whereMACs("{0:f1}", 100 * measurement.getGigaflops() / peak.gigaflops),
      formatv("{0:n}", subject.getBytesTouched()),
      whereMACs("{0:f2}", subject.getIntensity()),
      whereKnown(subject.codeBytes ? std::optional(subject.codeBytes)
                                   : std::nullopt),
      whereKnown(spills ? std::optional<uint64_t>(spills->spills)
                        : std::nullopt),
      whereKnown(spills ? std::optional<uint64_t>(spills->reloads)
                        : std::nullopt)};
}

ComparisonCells frieze::getComparisonHeadings() {
  return {"peer",   "file",      "peer min", "median",    "Frieze min",
          "median", "ratio min", "median",   "max |diff|"};
}

ComparisonCells frieze::getCells(const Comparison &comparison) {
  return {comparison.peer,
          llvm::sys::path::filename(comparison.file).str(),
          formatTime(comparison.theirs.min),
          formatTime(comparison.theirs.median),
          formatTime(comparison.ours.min),
          formatTime(comparison.ours.median),
          formatv("{0:f2}", comparison.getMinRatio()),
          formatv("{0:f2}", comparison.getMedianRatio()),
          formatv("{0:e1}", comparison.difference)};
}

ComparisonCells frieze::getCells(const AbsentPeer &absent) {
  return {absent.peer, llvm::sys::path::filename(absent.file).str(),
          absent.getState()};
}

StreamCells frieze::getStreamHeadings() {
  return {"mode",   "min",       "median", "single min",
          "median", "ratio min", "median"};
}

StreamCells frieze::getCells(const StreamMeasurement &measurement) {
  return {measurement.mode,
          formatTime(measurement.stream.min),
          formatTime(measurement.stream.median),
          formatTime(measurement.single.min),
          formatTime(measurement.single.median),
          formatv("{0:f1}", measurement.getMinRatio()),
          formatv("{0:f1}", measurement.getMedianRatio())};
}

std::string frieze::describeCode(const Subject &model) {
  std::string text = getProcessorName() + ": " + model.model->compiler;
  if (!model.machine.empty())
    text += ", " + model.machine.str();
  return text;
}

std::string frieze::describeSums(const Results &results) {
  const std::vector<Measurement> &all = results.measurements;
  if (all.size() < 2 || all.size() != results.subjects.size())
    return "";
  double alone = 0, inSequence = 0, whole = all.front().times.min;
  for (const Measurement &layer : llvm::drop_begin(all)) {
    alone += layer.times.min;
    inSequence += layer.subject->inSequence->min;
  }
  return formatv("layers together: {0} µs each by itself, {1:f0} % of the "
                 "model; {2} µs in a call, {3:f0} %",
                 formatTime(alone), 100 * alone / whole, formatTime(inSequence),
                 100 * inSequence / whole);
}

std::string frieze::describeMachine(const MachinePeak &peak) {
  std::string text =
      formatv("one core: {0:f1} GFLOP/s at best", peak.gigaflops);
  for (const Bandwidth &bandwidth : peak.bandwidths)
    text += formatv(", {0} {1:f1} GB/s", bandwidth.level, bandwidth.gigabytes);
  return text;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

/// `text` in `width` columns, cut where it is longer.
static std::string fit(llvm::StringRef text, int width, bool toTheRight) {
  auto getWidth = [](llvm::StringRef part) {
    return std::max(0, llvm::sys::unicode::columnWidthUTF8(part));
  };
  std::string cut = text.str();
  if (getWidth(text) > width) {
    llvm::StringRef head = text;
    // Whole characters: those that begin with 10 in binary go on.
    while (getWidth(head) > width - 1 || (head.back() & 0xC0) == 0x80)
      head = head.drop_back();
    cut = head.str() + "…";
  }
  std::string padding(std::max(0, width - getWidth(cut)), ' ');
  return toTheRight ? padding + cut : cut + padding;
}

/// One line; the first `names` cells are on the left.
template <size_t count>
static void printRow(const std::array<std::string, count> &cells,
                     const std::array<int, count> &widths, size_t names) {
  std::string line;
  for (size_t i = 0; i < count; ++i)
    line += (i ? " " : "") + fit(cells[i], widths[i], i >= names);
  llvm::outs() << llvm::StringRef(line).rtrim() << "\n";
}

static constexpr std::array<int, 12> measurementWidths = {17, 9,  9, 9, 12, 7,
                                                          6,  10, 9, 7, 6,  7};
static constexpr std::array<int, 9> comparisonWidths = {22, 18, 9, 9, 10,
                                                        9,  9,  7, 10};

static constexpr std::array<int, 7> streamWidths = {22, 9, 9, 10, 9, 9, 7};

template <size_t count>
static void printHeadings(const std::array<std::string, count> &cells,
                          const std::array<int, count> &widths, size_t names) {
  llvm::outs().changeColor(llvm::raw_ostream::SAVEDCOLOR, /*Bold=*/true);
  printRow(cells, widths, names);
  llvm::outs().resetColor();
}

TablePrinter::TablePrinter(const Results &results) : results(results) {
  llvm::outs().enable_colors(llvm::outs().is_displayed() &&
                             llvm::outs().has_colors());
}

void TablePrinter::printHeader() {
  llvm::outs() << describeCode(results.subjects.front()) << "\n"
               << describeMachine(results.peak) << "\n\n";
  printHeadings(getMeasurementHeadings(), measurementWidths, 1);
  llvm::outs().flush();
}

void TablePrinter::printComparisonHeadings() {
  llvm::outs() << "\nmicroseconds, in turns on one core; ratio: the peer's "
                  "time over Frieze's\n";
  printHeadings(getComparisonHeadings(), comparisonWidths, 2);
}

void TablePrinter::printSums() {
  std::string sums = describeSums(results);
  if (!sums.empty())
    llvm::outs() << "\n" << sums << "\n";
}

void TablePrinter::printAbsentPeers() {
  if (!results.absentPeers.empty() && results.comparisons.empty())
    printComparisonHeadings();
  for (const AbsentPeer &absent : results.absentPeers) {
    ComparisonCells cells = getCells(absent);
    llvm::outs() << fit(cells[0], comparisonWidths[0], false) << " "
                 << fit(cells[1], comparisonWidths[1], false) << " " << cells[2]
                 << "\n";
  }
}

void TablePrinter::printNew() {
  for (; measurementsPrinted < results.measurements.size();
       ++measurementsPrinted) {
    const Measurement &measurement = results.measurements[measurementsPrinted];
    const std::optional<SpillCount> &spills = measurement.subject->spills;
    if (spills && spills->reloads > 0)
      llvm::outs().changeColor(llvm::raw_ostream::YELLOW);
    printRow(getCells(measurement, results.peak), measurementWidths, 1);
    llvm::outs().resetColor();
  }
  for (; comparisonsPrinted < results.comparisons.size();
       ++comparisonsPrinted) {
    if (comparisonsPrinted == 0)
      printComparisonHeadings();
    printRow(getCells(results.comparisons[comparisonsPrinted]),
             comparisonWidths, 2);
  }
  for (; streamsPrinted < results.streams.size(); ++streamsPrinted) {
    if (streamsPrinted == 0) {
      llvm::outs() << "\nmicroseconds per window of a recording, in turns with "
                      "single windows\n";
      printHeadings(getStreamHeadings(), streamWidths, 1);
    }
    printRow(getCells(results.streams[streamsPrinted]), streamWidths, 1);
  }
  llvm::outs().flush();
}
