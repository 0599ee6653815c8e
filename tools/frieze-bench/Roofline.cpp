//===- Roofline.cpp - What bounds each layer, drawn -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Roofline.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace frieze;
using llvm::formatv;

namespace {
struct Point {
  double x, y;
};

struct Box {
  double left, top, right, bottom;

  bool overlaps(const Box &other) const {
    return left < other.right && other.left < right && top < other.bottom &&
           other.top < bottom;
  }
};

class Roofline {
public:
  Roofline(const Results &results, llvm::raw_ostream &os);

  void draw();

private:
  void drawGrid();
  void drawRoofs();
  void drawRoof(Point from, Point to);
  void drawDots();
  void drawLabel(const Measurement &measurement);
  /// Where an intensity and a rate (10^9 operations/s) are in the picture.
  Point place(double intensity, double gigaflops) const {
    return {plot.left + (plot.right - plot.left) *
                            std::log(intensity / lowIntensity) /
                            std::log(highIntensity / lowIntensity),
            plot.bottom - (plot.bottom - plot.top) *
                              std::log(gigaflops / lowRate) /
                              std::log(highRate / lowRate)};
  }
  Point place(const Measurement &measurement) const {
    return place(measurement.subject->getIntensity(),
                 measurement.getGigaflops());
  }
  /// The whole model is drawn larger.
  double getRadius(const Measurement &measurement) const {
    return &measurement == measurements.front() &&
                   measurement.subject == results.measurements.front().subject
               ? 8
               : 5.5;
  }

  const Results &results;
  llvm::raw_ostream &os;
  /// Those with multiply-adds.
  std::vector<const Measurement *> measurements;
  double lowIntensity, highIntensity, lowRate, highRate;
  /// Where names would hide dots or other names, and where only roofs.
  std::vector<Box> taken, roofs;

  static constexpr double width = 880, height = 470, letterWidth = 6.6;
  static constexpr Box plot = {58, 16, 866, 424};
};
} // namespace

Roofline::Roofline(const Results &results, llvm::raw_ostream &os)
    : results(results), os(os), lowIntensity(0.25), highIntensity(16),
      lowRate(results.peak.gigaflops / 40),
      highRate(results.peak.gigaflops * 1.8) {
  for (const Measurement &measurement : results.measurements)
    if (measurement.subject->model->macs)
      measurements.push_back(&measurement);
  for (const Measurement *measurement : measurements) {
    double intensity = measurement->subject->getIntensity();
    lowIntensity = std::min(lowIntensity, intensity / 3);
    highIntensity = std::max(highIntensity, intensity * 3);
    lowRate = std::min(lowRate, measurement->getGigaflops() / 2);
    highRate = std::max(highRate, measurement->getGigaflops() * 1.8);
  }
  // The ridge of every roof is in the picture.
  for (const Bandwidth &bandwidth : results.peak.bandwidths)
    highIntensity = std::max(highIntensity,
                             2 * results.peak.gigaflops / bandwidth.gigabytes);
}

void Roofline::drawGrid() {
  auto line = [&](Point from, Point to) {
    os << formatv("<line class=\"grid\" x1=\"{0:f1}\" y1=\"{1:f1}\" "
                  "x2=\"{2:f1}\" y2=\"{3:f1}\"/>\n",
                  from.x, from.y, to.x, to.y);
  };
  auto tick = [&](Point at, const char *anchor, double value) {
    os << formatv("<text class=\"tick\" x=\"{0:f1}\" y=\"{1:f1}\" "
                  "text-anchor=\"{2}\">",
                  at.x, at.y, anchor)
       << (value < 1 ? formatv("1/{0:f0}", 1 / value).str()
                     : formatv("{0:f0}", value).str())
       << "</text>\n";
  };
  // Powers of four, and 1, 3, 10, 30 and so on.
  for (double x = std::pow(4, std::ceil(std::log(lowIntensity) / std::log(4)));
       x <= highIntensity; x *= 4) {
    Point at = place(x, lowRate);
    line({at.x, plot.top}, {at.x, plot.bottom});
    tick({at.x, plot.bottom + 18}, "middle", x);
  }
  for (double decade = std::pow(10, std::floor(std::log10(lowRate)));
       decade <= highRate; decade *= 10)
    for (double y : {decade, 3 * decade})
      if (y >= lowRate && y <= highRate) {
        Point at = place(lowIntensity, y);
        line({plot.left, at.y}, {plot.right, at.y});
        tick({plot.left - 8, at.y + 4}, "end", y);
      }
  os << formatv("<text class=\"tick\" x=\"{0}\" y=\"{1}\" "
                "text-anchor=\"middle\">FLOP for each byte of weights, "
                "inputs and outputs</text>\n",
                (plot.left + plot.right) / 2, height - 8);
  os << formatv("<text class=\"tick\" transform=\"translate(14 {0}) "
                "rotate(-90)\" text-anchor=\"middle\">GFLOP/s</text>\n",
                (plot.top + plot.bottom) / 2);
}

/// A roof, and room above its beginning for its name.
void Roofline::drawRoof(Point from, Point to) {
  os << formatv("<line class=\"roof\" x1=\"{0:f1}\" y1=\"{1:f1}\" "
                "x2=\"{2:f1}\" y2=\"{3:f1}\"/>\n",
                from.x, from.y, to.x, to.y);
  double length = std::hypot(to.x - from.x, to.y - from.y);
  for (double at = 0; at < length; at += 6) {
    double x = from.x + (to.x - from.x) * at / length,
           y = from.y + (to.y - from.y) * at / length;
    roofs.push_back({x - 4, y - (at < 120 ? 20 : 2), x + 4, y + 2});
  }
}

void Roofline::drawRoofs() {
  double peak = results.peak.gigaflops, nearest = highIntensity;
  for (const Bandwidth &bandwidth : results.peak.bandwidths) {
    double ridge = peak / bandwidth.gigabytes;
    nearest = std::min(nearest, ridge);
    Point from = place(std::max(lowIntensity, lowRate / bandwidth.gigabytes),
                       std::max(lowRate, lowIntensity * bandwidth.gigabytes));
    Point to = place(ridge, peak);
    if (from.x >= to.x)
      continue;
    drawRoof(from, to);
    double slope = std::atan2(to.y - from.y, to.x - from.x) * 180 / M_PI;
    os << formatv("<text class=\"roofname\" transform=\"translate({0:f1} "
                  "{1:f1}) rotate({2:f1})\" x=\"10\" y=\"-6\">{3} {4:f0} "
                  "GB/s</text>\n",
                  from.x, from.y, slope, bandwidth.level, bandwidth.gigabytes);
  }
  Point ridge = place(std::max(lowIntensity, nearest), peak);
  drawRoof({plot.right, ridge.y}, ridge);
  os << formatv("<text class=\"roofname\" x=\"{0}\" y=\"{1:f1}\" "
                "text-anchor=\"end\">peak {2:f0} GFLOP/s</text>\n",
                plot.right - 6, ridge.y - 7, peak);
}

/// Writes the name at a place around the dot that is free, or else over a roof;
/// nowhere if all are taken, as the name is in the dot's title as well.
void Roofline::drawLabel(const Measurement &measurement) {
  Point at = place(measurement);
  llvm::StringRef name = measurement.subject->name;
  double length = name.size() * letterWidth, gap = getRadius(measurement) + 4;
  struct Place {
    double x, y;
    const char *anchor;
  };
  const Place places[] = {{gap, 4, "start"},        {-gap, 4, "end"},
                          {0, gap + 12, "middle"},  {0, -gap - 3, "middle"},
                          {gap, gap + 10, "start"}, {gap, -gap - 2, "start"},
                          {-gap, gap + 10, "end"},  {-gap, -gap - 2, "end"},
                          {0, gap + 26, "middle"}};
  for (bool overRoofs : {false, true})
    for (auto [x, y, anchor] : places) {
      double left = at.x + x;
      if (anchor[0] != 's')
        left -= anchor[0] == 'e' ? length : length / 2;
      Box box = {left, at.y + y - 11, left + length, at.y + y + 3};
      auto hides = [&](const Box &other) { return box.overlaps(other); };
      if (box.left < plot.left || box.right > plot.right ||
          box.bottom > plot.bottom || llvm::any_of(taken, hides) ||
          (!overRoofs && llvm::any_of(roofs, hides)))
        continue;
      taken.push_back(box);
      os << formatv("<text class=\"name\" x=\"{0:f1}\" y=\"{1:f1}\" "
                    "text-anchor=\"{2}\">",
                    at.x + x, at.y + y, anchor);
      llvm::printHTMLEscaped(name, os);
      os << "</text>\n";
      return;
    }
}

void Roofline::drawDots() {
  for (const Measurement *measurement : measurements) {
    Point at = place(*measurement);
    double radius = getRadius(*measurement);
    taken.push_back(
        {at.x - radius, at.y - radius, at.x + radius, at.y + radius});
    os << formatv("<circle class=\"{0}\" cx=\"{1:f1}\" cy=\"{2:f1}\" "
                  "r=\"{3}\"><title>",
                  radius > 6 ? "model" : "layer", at.x, at.y, radius);
    llvm::printHTMLEscaped(measurement->subject->name, os);
    os << formatv(": {0:f2} µs, {1:f1} GFLOP/s ({2:f1} % of peak), {3:f2} "
                  "FLOP/byte</title></circle>\n",
                  measurement->times.min, measurement->getGigaflops(),
                  100 * measurement->getGigaflops() / results.peak.gigaflops,
                  measurement->subject->getIntensity());
  }
  for (const Measurement *measurement : measurements)
    drawLabel(*measurement);
}

void Roofline::draw() {
  os << formatv("<svg viewBox=\"0 0 {0} {1}\" role=\"img\" "
                "aria-label=\"Roofline\">\n",
                width, height);
  drawGrid();
  drawRoofs();
  drawDots();
  os << "</svg>\n";
}

void frieze::drawRoofline(const Results &results, llvm::raw_ostream &os) {
  Roofline(results, os).draw();
}
