//===- Report.cpp - A page with a recording and its beats -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/Report.h"
#include "tools/frieze-ecg/report/ReportPage.h"
#include "tools/frieze-ecg/report/SeriesWriter.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Scores that are held in memory, of one byte; more are summed up.
static constexpr uint64_t mostScores = 1 << 23;

/// What a score of 1 is in a ScoreCurve.
static constexpr int scoreUnits = 254;

ScoreCurve::ScoreCurve(double duration) {
  // Positions are rounded up, and the first counts too.
  uint64_t positions = std::ceil(duration * detectorRate) + 1;
  while (positions >> shift > mostScores)
    ++shift;
  bins.assign((positions >> shift) + 1, 255);
}

void ScoreCurve::take(uint64_t first, ArrayRef<double> scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i]))
      continue;
    uint8_t value = std::lround(std::clamp(scores[i], 0.0, 1.0) * scoreUnits);
    uint8_t &place = bins[(first + i) >> shift];
    place = place == 255 ? value : std::max(place, value);
  }
}

namespace {

/// The samples of one lead as numbers: each stands for (base + number) * step
/// millivolts.
class Trace {
public:
  /// Reads the recording for its range.
  static Expected<Trace> measure(const Recording &recording);

  void describe(json::OStream &out) const;
  Error write(SeriesWriter &writer) const;

private:
  explicit Trace(const Recording &recording) : recording(recording) {}

  int32_t getNumber(float millivolts) const {
    return int32_t(std::lround(millivolts / step) - base);
  }

  const Recording &recording;
  /// Samples of which the lowest and the highest are kept.
  uint64_t bin = 1;
  double step = 1e-3;
  int64_t base = 0;
};

} // namespace

Expected<Trace> Trace::measure(const Recording &recording) {
  double least = INFINITY, most = -INFINITY;
  auto take = [&](uint64_t, ArrayRef<float> samples) -> Error {
    for (float sample : samples) {
      // The other operand where one is NaN.
      least = std::fmin(least, sample);
      most = std::fmax(most, sample);
    }
    return Error::success();
  };
  if (Error error = recording.readAll(take))
    return std::move(error);
  Trace trace(recording);
  // Two numbers a bin, but with one sample in it.
  while (recording.length / trace.bin * (trace.bin > 1 ? 2 : 1) >
         mostReportNumbers)
    trace.bin *= 2;
  // As documented in the header. A flat line has any step.
  constexpr double fewestSteps = 1000, mostSteps = 65000, leastStep = 1e-9;
  const double range = most - least;
  while (range > 0 && range / trace.step < fewestSteps &&
         trace.step > leastStep)
    trace.step /= 10;
  trace.step = std::max(trace.step, range / mostSteps);
  if (std::max(std::abs(least), std::abs(most)) / trace.step > mostSteps / 2)
    trace.base = std::llround((least + most) / 2 / trace.step);
  return trace;
}

void Trace::describe(json::OStream &out) const {
  out.object([&] {
    out.attribute("name", json::fixUTF8(recording.lead));
    out.attribute("rate", recording.rate);
    out.attribute("bin", bin);
    out.attribute("hasRanges", bin > 1);
    out.attribute("count", (recording.length - 1) / bin + 1);
    out.attribute("step", step);
    out.attribute("base", base);
  });
}

Error Trace::write(SeriesWriter &writer) const {
  float low = NAN, high = NAN;
  uint64_t current = 0;
  auto finishBin = [&] {
    if (std::isnan(low))
      writer.addMissing();
    else if (bin > 1)
      writer.addRange(getNumber(low), getNumber(high));
    else
      writer.add(getNumber(low));
    low = high = NAN;
    ++current;
  };
  auto finishBinsBefore = [&](uint64_t next) {
    if (current == next)
      return;
    finishBin();
    // Of unrecorded stretches.
    writer.addMissing(next - current);
    current = next;
  };
  auto take = [&](uint64_t first, ArrayRef<float> samples) -> Error {
    for (size_t i = 0; i < samples.size(); ++i) {
      finishBinsBefore((first + i) / bin);
      low = std::fmin(low, samples[i]);
      high = std::fmax(high, samples[i]);
    }
    return Error::success();
  };
  if (Error error = recording.readAll(take))
    return error;
  finishBinsBefore((recording.length - 1) / bin + 1);
  writer.finish();
  return Error::success();
}

static void writeScores(SeriesWriter &writer, const ScoreCurve &scores) {
  for (uint8_t score : scores.getHighest())
    if (score == 255)
      writer.addMissing();
    else
      writer.add(score);
  writer.finish();
}

static void describeScores(json::OStream &out, const ScoreCurve &scores) {
  out.attribute("threshold", beatThreshold);
  out.attributeObject("score", [&] {
    out.attribute("name", "score");
    out.attribute("rate", detectorRate);
    out.attribute("bin", scores.getBinSize());
    out.attribute("hasRanges", false);
    out.attribute("count", scores.getHighest().size());
    out.attribute("step", 1.0 / scoreUnits);
    out.attribute("base", 0);
  });
}

static void describeComparison(json::OStream &out,
                               const ReportComparison &comparison) {
  out.attributeObject("comparison", [&] {
    out.attribute("file", json::fixUTF8(comparison.file));
    out.attribute("reference", comparison.reference);
    out.attributeArray("missed", [&] {
      for (double seconds : comparison.missed)
        out.value(seconds);
    });
    out.attributeArray("extra", [&] {
      for (size_t index : comparison.extra)
        out.value(index);
    });
  });
}

/// Its sample and score: that of its class, where beats have classes, and then
/// the number of that class, null where it is not known.
static void describeBeat(json::OStream &out, const ReportContents &contents,
                         size_t index) {
  const Beat &beat = contents.beats.beats[index];
  const BeatLabels &labels = contents.beats.labels;
  out.rawValue([&](raw_ostream &raw) {
    raw << '[' << beat.position;
    if (contents.classes.empty())
      raw << format(",%.4f", beat.score);
    else if (std::optional<size_t> own = labels.classes[index])
      raw << format(",%.4f,",
                    labels.scores[index * contents.classes.size() + *own])
          << *own;
    else
      raw << ",0,null";
    raw << ']';
  });
}

/// All that the page knows but the numbers of its curves.
static void describeContents(json::OStream &out, const ReportContents &contents,
                             ArrayRef<Trace> traces) {
  const BeatList &beats = contents.beats;
  out.object([&] {
    out.attribute("record", json::fixUTF8(beats.record));
    out.attribute("lead", json::fixUTF8(beats.lead));
    out.attribute("model", json::fixUTF8(contents.model));
    out.attribute("rate", beats.rate);
    out.attribute("samples", beats.length);
    if (!contents.recording.start.empty())
      out.attribute("start", contents.recording.start);
    out.attributeArray("gaps", [&] {
      for (const Gap &gap : beats.gaps)
        out.array([&] {
          out.value(gap.first);
          out.value(gap.count);
        });
    });
    out.attributeArray("beats", [&] {
      for (size_t i = 0; i < beats.beats.size(); ++i)
        describeBeat(out, contents, i);
    });
    out.attributeArray("classes", [&] {
      for (const std::string &name : contents.classes)
        out.value(json::fixUTF8(name));
    });
    if (contents.comparison)
      describeComparison(out, *contents.comparison);
    out.attributeArray("omitted", [&] {
      for (const OmittedLead &lead : contents.otherLeads.omitted)
        out.object([&] {
          out.attribute("lead", json::fixUTF8(lead.label));
          out.attribute("reason", json::fixUTF8(lead.reason));
        });
    });
    out.attributeArray("traces", [&] {
      for (const Trace &trace : traces)
        trace.describe(out);
    });
    if (contents.scores)
      describeScores(out, *contents.scores);
  });
}

Error frieze::ecg::writeReport(raw_ostream &stream,
                               const ReportContents &contents) {
  std::vector<const Recording *> recordings = {&contents.recording};
  for (const std::unique_ptr<Recording> &lead : contents.otherLeads.shown)
    recordings.push_back(lead.get());
  std::vector<Trace> traces;
  for (const Recording *recording : recordings) {
    Expected<Trace> trace = Trace::measure(*recording);
    if (!trace)
      return trace.takeError();
    traces.push_back(*trace);
  }

  auto [head, rest] = StringRef(reportPage).split("<!--data-->");
  auto [middle, tail] = rest.split("<!--blocks-->");
  std::string data;
  raw_string_ostream text(data);
  json::OStream out(text);
  describeContents(out, contents, traces);
  stream << head;
  // Names come from files, and must not end the script.
  for (StringRef left = data; !left.empty();) {
    auto [part, next] = left.split('<');
    stream << part;
    if (part.size() < left.size())
      stream << "\\u003c";
    left = next;
  }
  stream << middle;
  unsigned number = 0;
  for (const Trace &each : traces) {
    SeriesWriter writer(stream, number++);
    if (Error error = each.write(writer))
      return error;
  }
  SeriesWriter writer(stream, number);
  if (contents.scores)
    writeScores(writer, *contents.scores);
  stream << tail;
  return Error::success();
}
