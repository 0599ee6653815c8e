// The strip: traces, score and heart rate over one time axis, and the beats.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { Plot, findStep } from "./plot.mjs";
import { formatTime } from "./recording.mjs";

// Pixels of CSS in a millimetre; paper has 25 mm a second and 10 mm a millivolt.
export const MILLIMETRE = 96 / 25.4;
export const MM_PER_SECOND = 25, MM_PER_MILLIVOLT = 10;
const BEATS_HEIGHT = 20, NAME_HEIGHT = 17, SCORE_HEIGHT = 60, RATE_HEIGHT = 100, AXIS_HEIGHT = 20;
const LEAST_TRACE_HEIGHT = 90, MOST_TRACE_HEIGHT = 420;

// Of a lead, without the unit that columns of CSV have in their names.
export function getLabel({ name }) {
  return name.replace(/(.)(\s*\([mu\u00b5\u03bc]?V\)|_[mu]?V)$/i, "$1") || "ECG";
}

// Least and most of several rates, with at least 20 bpm between them.
export function findRateRange(rates) {
  let least = Infinity, most = -Infinity;
  for (const rate of rates) {
    if (rate < least) least = rate;
    if (rate > most) most = rate;
  }
  if (least > most)
    return { least: 50, most: 100 };
  const room = Math.max(0, 20 - (most - least)) / 2 + (most - least) * .08;
  return { least: Math.max(0, least - room), most: most + room };
}

// A line through the mean rate of the beats in each column of the screen's pixels, over what
// they span.
export function drawRates(plot, recording, y, colour) {
  const { context, ratio } = plot;
  const [first, last] = recording.findBeats(plot.begin, plot.end);
  let pen = false, column = null, sum = 0, count = 0, least = 0, most = 0;
  const isSparse = (last - first) * 10 < plot.width;
  context.strokeStyle = context.fillStyle = colour;
  context.beginPath();
  const flush = () => {
    if (!count)
      return;
    const x = column / ratio, at = y(sum / count);
    if (pen)
      context.lineTo(x, at);
    else
      context.moveTo(x, at);
    pen = true;
    if (count > 1 || isSparse) {
      const top = y(most), bottom = y(least);
      context.globalAlpha = isSparse ? 1 : .35;
      context.fillRect(x - (isSparse ? 2 : .5), top - (isSparse ? 2 : 0),
                       isSparse ? 4 : 1, bottom - top + (isSparse ? 4 : 0));
      context.globalAlpha = 1;
    }
    sum = count = 0;
  };
  for (let i = Math.max(0, first - 1); i <= Math.min(last, recording.beats.length - 1); ++i) {
    const rate = recording.rates[i], at = Math.floor(plot.x(recording.beats[i]) * ratio);
    if (isNaN(rate)) {
      flush();
      pen = false;
      continue;
    }
    if (at !== column)
      flush();
    column = at;
    least = count ? Math.min(least, rate) : rate;
    most = count ? Math.max(most, rate) : rate;
    sum += rate;
    ++count;
  }
  flush();
  context.stroke();
}

export class Strip {
  // Whether 10 mm are a millivolt, and no range is fitted.
  isPaper = false;
  lanes = [];
  // Whether a curve leaves its lane, which only paper allows.
  isClipped = false;
  #ranges;

  constructor(canvas, names, recording, viewport) {
    Object.assign(this, { canvas, names, recording, viewport });
    this.measure();
    viewport.onChange(() => this.draw());
  }

  // Takes in what has been loaded.
  measure() {
    this.#ranges = this.recording.traces.map(trace => trace.getUsualRange());
    this.layOut();
  }

  get left() { return this.canvas.clientWidth < 600 ? 40 : 52; }
  // Time at a place of the canvas, of what is in view even if it is not drawn yet.
  getTime(x) {
    const { left, canvas, viewport } = this;
    return viewport.begin + (x - left) / (canvas.clientWidth - left) * viewport.span;
  }
  // Seconds in view at the speed of paper.
  get paperSpan() {
    return (this.canvas.clientWidth - this.left) / (MM_PER_SECOND * MILLIMETRE);
  }

  #getTraceHeight(trace) {
    const all = trace.getExtremes(0, trace.count) ?? { least: 0, most: 0 };
    // With half a millivolt above and below.
    if (this.isPaper)
      return Math.min(Math.max((all.most - all.least + 1) * MM_PER_MILLIVOLT * MILLIMETRE,
                               LEAST_TRACE_HEIGHT), MOST_TRACE_HEIGHT);
    // So that all lanes are on the screen, and what is under the pointer below them.
    const above = this.canvas.getBoundingClientRect().top + scrollY, count = this.#ranges.length;
    const score = this.recording.score ? NAME_HEIGHT + SCORE_HEIGHT : 0;
    const others = BEATS_HEIGHT + (count + 1) * NAME_HEIGHT + score + RATE_HEIGHT +
        this.#axisHeight + 44;
    return Math.min(Math.max((innerHeight - above - others) / count, LEAST_TRACE_HEIGHT),
                    MOST_TRACE_HEIGHT);
  }

  // A second line has the time of day.
  get #axisHeight() { return AXIS_HEIGHT + (this.recording.data.start ? 15 : 0); }

  // Where the lanes are; the canvas is as high as they need.
  layOut() {
    let top = BEATS_HEIGHT;
    const add = (lane, height) => {
      top += NAME_HEIGHT;
      this.lanes.push({ ...lane, top, height: Math.round(height) });
      top += Math.round(height);
    };
    this.lanes = [];
    this.recording.traces.forEach((trace, i) => add(
        { name: `${getLabel(trace)}, mV`, draw: this.#drawTrace, series: trace,
          range: this.#ranges[i] }, this.#getTraceHeight(trace)));
    if (this.recording.score) {
      const { bin } = this.recording.score;
      add({ name: `Score${bin > 1 ? `, the highest of each ${bin}` : ""}`, draw: this.#drawScore },
          SCORE_HEIGHT);
    }
    add({ name: "Heart rate, bpm; RR, ms", draw: this.#drawRate }, RATE_HEIGHT);
    this.axis = top;
    this.canvas.style.height = `${this.axis + this.#axisHeight}px`;
    this.names.replaceChildren(...this.lanes.map(lane => {
      lane.label = document.createElement("div");
      lane.label.className = "lane";
      lane.label.style.cssText = `left:${this.left}px;top:${lane.top}px;height:${lane.height}px`;
      lane.label.append(Object.assign(document.createElement("span"), { textContent: lane.name }));
      return lane.label;
    }));
  }

  draw() {
    const { recording, viewport, axis } = this;
    const plot = new Plot(this.canvas, viewport.begin, viewport.end, this.left);
    this.plot = plot;
    this.isClipped = false;
    for (const lane of this.lanes) {
      plot.context.fillStyle = plot.colour("plot");
      plot.context.fillRect(plot.left, lane.top, plot.width, lane.height);
      for (const gap of recording.gaps)
        plot.shade(gap, lane.top, lane.height, "gap", lane === this.lanes[0] ? "gap" : "");
      plot.drawTimes(lane.top, lane.height, this.isPaper ? 3.7 : 7);
      this.#drawBeatLines(plot, lane);
      lane.draw.call(this, plot, lane);
    }
    const clock = recording.data.start && (seconds => recording.formatClock(seconds));
    plot.drawTimeLabels(axis + 12, clock);
    this.#drawBeats(plot);
  }

  // Sets what the pixels of a lane mean; returns the function from values to them.
  #scale(lane, least, most) {
    lane.label.dataset.least = least;
    lane.label.dataset.most = most;
    return value => lane.top + (most - value) / (most - least) * lane.height;
  }

  #findTraceRange({ series, range, height }) {
    const seen = series.getExtremesBetween(this.viewport.begin, this.viewport.end);
    if (this.isPaper) {
      const half = height / 2 / (MM_PER_MILLIVOLT * MILLIMETRE), whole = seen ?? range;
      // In steps of 5 mm, so that the trace does not float as it passes.
      const middle = Math.round(whole.least + whole.most) / 2;
      this.isClipped ||= whole.least < middle - half || whole.most > middle + half;
      return { least: middle - half, most: middle + half };
    }
    const least = Math.min(range.least, seen?.least ?? Infinity);
    const most = Math.max(range.most, seen?.most ?? -Infinity);
    const room = Math.max(most - least, .02) * .08;
    return { least: least - room, most: most + room };
  }

  #drawTrace(plot, lane) {
    const { least, most } = this.#findTraceRange(lane);
    const y = this.#scale(lane, least, most);
    const step = this.isPaper ? .5 : findStep((most - least) * 26 / lane.height);
    const minor = String(step).includes("2") ? step / 4 : step / 5;
    if (this.isPaper || minor * lane.height / (most - least) >= 5)
      plot.drawMinorValues(least, most, y, minor);
    plot.drawValues(least, most, y, step);
    plot.inside(lane.top, lane.height,
                () => plot.drawSeries(lane.series, y, plot.colour("trace")));
  }

  #drawScore(plot, lane) {
    const { context } = plot, { threshold } = this.recording.data;
    const y = this.#scale(lane, -.06, 1.06);
    plot.drawValues(0, 1, y, .5);
    context.strokeStyle = plot.colour("beat");
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(plot.left, y(threshold));
    context.lineTo(plot.right, y(threshold));
    context.stroke();
    context.setLineDash([]);
    plot.drawSeries(this.recording.score, y, plot.colour("score"));
  }

  #drawRate(plot, lane) {
    const { recording } = this, { context } = plot;
    const [first, last] = recording.findBeats(plot.begin, plot.end);
    const { least, most } = findRateRange(recording.rates.subarray(first, last + 1));
    const y = this.#scale(lane, least, most);
    const step = findStep((most - least) * 24 / lane.height);
    plot.drawValues(least, most, y, step);
    context.fillStyle = plot.colour("faint");
    context.textAlign = "right";
    for (let k = Math.ceil(least / step); k * step <= most; ++k)
      if (k && y(k * step) > lane.top + 8 && y(k * step) < lane.top + lane.height - 6)
        context.fillText(`${Math.round(60000 / (k * step))} ms`, plot.right - 4, y(k * step) - 7);
    context.textAlign = "left";
    plot.inside(lane.top, lane.height,
                () => drawRates(plot, recording, y, plot.colour("rate")));
  }

  // Behind the curves, which nothing may cover.
  #drawBeatLines(plot, { top, height }) {
    const { recording } = this, { context } = plot;
    const [first, last] = recording.findBeats(plot.begin, plot.end);
    const line = (time, name) => {
      context.fillStyle = plot.colour(name);
      context.fillRect(plot.x(time) - .5, top, 1, height);
    };
    context.globalAlpha = .4;
    for (let i = first; plot.width / (last - first) > 12 && i < last; ++i)
      line(recording.beats[i], this.#getColour(i));
    for (const { time, kind } of recording.findDisagreements(plot.begin, plot.end))
      line(time, kind);
    context.globalAlpha = 1;
  }

  #drawBeats(plot) {
    const { recording } = this, { context } = plot;
    const [first, last] = recording.findBeats(plot.begin, plot.end);
    const room = plot.width / (last - first), top = BEATS_HEIGHT - 10;
    context.save();
    context.beginPath();
    context.rect(plot.left - 7, 0, plot.width + 7, this.axis);
    context.clip();
    if (recording.classes.length)
      this.#drawClasses(plot, first, last, room, top);
    for (let i = first; !recording.classes.length && room > 3 && i < last; ++i)
      if (!recording.extra.has(i))
        plot.mark(recording.beats[i], top, plot.colour("beat"));
    if (room > 58)
      this.#writeIntervals(plot, first, last);
    for (const { time, kind } of recording.findDisagreements(plot.begin, plot.end))
      plot.mark(time, top, plot.colour(kind), kind === "missed");
    context.restore();
  }

  #getColour(beat) {
    const { recording } = this;
    if (recording.classes.length)
      return recording.labels[beat] === recording.usualClass ? "beat" : "other";
    return recording.extra.has(beat) ? "extra" : "beat";
  }

  // The names of classes where all have room, and marks of beats of unusual ones anywhere.
  #drawClasses(plot, first, last, room, top) {
    const { recording } = this, { context } = plot;
    const widest = Math.max(...recording.classes.map(name => context.measureText(name).width));
    context.textAlign = "center";
    if (room > widest + 4)
      for (let i = first; i < last; ++i) {
        context.fillStyle = plot.colour(this.#getColour(i));
        context.fillText(recording.getClass(i), plot.x(recording.beats[i]), 9);
      }
    else
      for (const i of recording.findOthers(plot.begin, plot.end))
        plot.mark(recording.beats[i], top, plot.colour("other"));
    context.textAlign = "left";
  }

  // RR intervals between the marks of the beats, ms.
  #writeIntervals(plot, first, last) {
    const { context } = plot, { beats, rates } = this.recording;
    context.fillStyle = plot.colour("faint");
    context.textAlign = "center";
    for (let i = Math.max(first, 1); i <= Math.min(last, beats.length - 1); ++i)
      if (!isNaN(rates[i]))
        context.fillText(String(Math.round(60000 / rates[i])),
                         plot.x((beats[i] + beats[i - 1]) / 2), 9);
    context.textAlign = "left";
  }

  // What is under a place, as text.
  describe(time) {
    const { recording } = this;
    const values = recording.traces.map(trace => {
      const value = trace.getValueAt(time);
      return `${getLabel(trace)} ${isNaN(value) ? "missing" : `${formatMillivolts(value)} mV`}`;
    });
    const score = recording.score?.getValueAt(time);
    if (score >= 0)
      values.push(`score ${score.toFixed(2)}`);
    const near = recording.findNearest(time);
    if (recording.classes.length && near !== null)
      values.push(`${recording.getClass(near)} ${recording.data.beats[near][1].toFixed(2)}`);
    const [next] = recording.findBeats(time, time), rate = recording.rates[next];
    if (rate > 0)
      values.push(`RR ${Math.round(60000 / rate)} ms, ${rate.toFixed(0)} bpm`);
    const clock = recording.formatClock(time, true);
    return [formatTime(time, 3) + (clock && ` (${clock})`), ...values].join(" · ");
  }
}

export function formatMillivolts(value) {
  return value.toFixed(3).replace("-", "−");
}
