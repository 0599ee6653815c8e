//===- Report.cpp - A page with a recording and its beats -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Report.h"
#include "tools/frieze-ecg/ReportPage.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Values that a page may hold of the samples without being slow.
static constexpr uint64_t mostValues = 2000000;

ScoreCurve::ScoreCurve(double duration) {
  // Positions are rounded up, and the first counts too.
  uint64_t positions = std::ceil(duration * detectorRate) + 1;
  while (positions >> shift > mostValues / 2)
    ++shift;
  bins.assign((positions >> shift) + 1, 255);
}

void ScoreCurve::take(uint64_t first, ArrayRef<double> scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i]))
      continue;
    uint8_t value = std::lround(std::clamp(scores[i], 0.0, 1.0) * 254);
    uint8_t &place = bins[(first + i) >> shift];
    place = place == 255 ? value : std::max(place, value);
  }
}

namespace {

/// The lowest and the highest sample of each bin, millivolts; NaN where all are
/// missing.
struct Envelope {
  uint64_t bin = 1;
  std::vector<float> low, high;
};

} // namespace

static Expected<Envelope> readEnvelope(const Recording &recording) {
  Envelope envelope;
  // Two values a bin, but with one sample in it.
  while (recording.length / envelope.bin * (envelope.bin > 1 ? 2 : 1) >
         mostValues)
    envelope.bin *= 2;
  const size_t count = (recording.length - 1) / envelope.bin + 1;
  envelope.low.assign(count, std::nanf(""));
  envelope.high = envelope.low;
  Error error =
      recording.readAll([&](uint64_t first, ArrayRef<float> samples) -> Error {
        for (size_t i = 0; i < samples.size(); ++i) {
          float &low = envelope.low[(first + i) / envelope.bin];
          float &high = envelope.high[(first + i) / envelope.bin];
          // The other operand where one is NaN.
          low = std::fmin(low, samples[i]);
          high = std::fmax(high, samples[i]);
        }
        return Error::success();
      });
  if (error)
    return error;
  return envelope;
}

/// Multiples of `scale` in 16 bits, the low byte first; the lowest of them for
/// NaN.
static std::string encode(ArrayRef<float> values, float scale) {
  std::vector<uint8_t> bytes(2 * values.size());
  for (size_t i = 0; i < values.size(); ++i)
    support::endian::write16le(
        &bytes[2 * i],
        std::isnan(values[i]) ? INT16_MIN : std::lround(values[i] / scale));
  return encodeBase64(bytes);
}

static void writeTrace(json::OStream &out, const Envelope &envelope) {
  float least = INFINITY, most = -INFINITY;
  for (float value : envelope.low)
    least = std::fmin(least, value);
  for (float value : envelope.high)
    most = std::fmax(most, value);
  // A flat line at zero has any scale.
  float scale = std::max({std::abs(least), std::abs(most), 1e-3f}) / INT16_MAX;
  out.attribute("bin", envelope.bin);
  out.attribute("scale", scale);
  out.attribute("least", least);
  out.attribute("most", most);
  out.attribute("low", encode(envelope.low, scale));
  if (envelope.bin > 1)
    out.attribute("high", encode(envelope.high, scale));
}

Expected<std::string> frieze::ecg::makeReport(StringRef model,
                                              const Recording &recording,
                                              const BeatList &beats,
                                              const ScoreCurve &scores) {
  Expected<Envelope> envelope = readEnvelope(recording);
  if (!envelope)
    return envelope.takeError();
  std::string data;
  raw_string_ostream stream(data);
  json::OStream out(stream);
  out.object([&] {
    out.attribute("record", json::fixUTF8(beats.record));
    out.attribute("lead", json::fixUTF8(beats.lead));
    out.attribute("model", json::fixUTF8(model));
    out.attribute("rate", beats.rate);
    out.attribute("samples", beats.length);
    out.attributeArray("gaps", [&] {
      for (const Gap &gap : beats.gaps)
        out.array([&] {
          out.value(gap.first);
          out.value(gap.count);
        });
    });
    out.attributeArray("beats", [&] {
      for (const Beat &beat : beats.beats)
        out.rawValue([&](raw_ostream &raw) {
          raw << '[' << beat.position << format(",%.4f]", beat.score);
        });
    });
    out.attributeObject("score", [&] {
      out.attribute("rate", detectorRate);
      out.attribute("bin", scores.getBinSize());
      out.attribute("threshold", beatThreshold);
      out.attribute("highest", encodeBase64(scores.getHighest()));
    });
    out.attributeObject("trace", [&] { writeTrace(out, *envelope); });
  });

  auto [head, tail] = StringRef(reportPage).split("<!--data-->");
  std::string page = head.str();
  // Names come from files, and must not end the script.
  for (char c : data)
    page += c == '<' ? "\\u003c" : std::string(1, c);
  return page + tail.str();
}
