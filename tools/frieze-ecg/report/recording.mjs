// What a page knows of its recording: the JSON that Report.cpp wrote, and its curves.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { Series, inflate } from "./series.mjs";

// The first index of a rising array whose value is at least x.
export function lowerBound(array, x) {
  let from = 0, to = array.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (array[middle] < x)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

// The first time behind `time`, or with `step` -1 the last before it, of a rising array.
export function findNext(times, time, step) {
  const near = 1e-6;
  return step > 0 ? times[lowerBound(times, time + near)]
                  : times[lowerBound(times, time - near) - 1];
}

// 1:02:03.45, without hours where there are none.
export function formatTime(seconds, digits = 2) {
  const scale = 10 ** digits, ticks = Math.round(Math.max(0, seconds) * scale);
  const s = ticks / scale, h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  const rest = (ticks % (60 * scale) / scale).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return `${h ? `${h}:${String(m).padStart(2, "0")}` : m}:${rest}`;
}

export function formatCount(count, one) {
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}

export class Recording {
  // Times in seconds: beats; gaps as [begin, end]; where the beats and a reference disagree,
  // as { time, kind, sample }.
  beats;
  gaps;
  disagreements = [];
  // Rate at each beat, bpm; NaN at the first, and behind a gap.
  rates;
  // Names of classes, mostly none, and of each beat its number among them, which may be null.
  classes;
  labels;
  // Number of the class of most beats, and indices of those of others.
  usualClass;
  others = [];
  traces;
  // Null where beats were not looked for.
  score;

  constructor(data) {
    this.data = data;
    this.duration = data.samples / data.rate;
    this.beats = Float64Array.from(data.beats, beat => beat[0] / data.rate);
    this.gaps = data.gaps.map(([first, count]) => [first / data.rate, (first + count) / data.rate]);
    const starts = this.gaps.map(gap => gap[0]);
    this.rates = this.beats.map((time, i) => {
      const before = this.beats[i - 1];
      const isApart = i === 0 || findNext(starts, before, 1) < time;
      return isApart ? NaN : 60 / (time - before);
    });
    this.traces = data.traces.map(trace => new Series(trace));
    this.score = data.score ? new Series(data.score) : null;
    this.curves = [...this.traces, this.score].filter(Boolean);
    this.classes = data.classes;
    this.labels = data.beats.map(beat => beat[2] ?? null);
    this.classCounts = this.classes.map((_, own) => this.labels.filter(label => label === own).length);
    this.usualClass = this.classCounts.indexOf(Math.max(...this.classCounts));
    if (this.classes.length)
      this.labels.forEach((label, i) => label !== this.usualClass && this.others.push(i));
    this.otherTimes = this.others.map(i => this.beats[i]);
    const { missed, extra } = data.comparison ?? { missed: [], extra: [] };
    this.disagreements = [
      ...missed.map(time => ({ time, kind: "missed" })),
      ...extra.map(i => ({ time: this.beats[i], kind: "extra", beat: i })),
    ].sort((a, b) => a.time - b.time);
    this.extra = new Set(extra);
    this.disagreementTimes = this.disagreements.map(({ time }) => time);
    this.gapTimes = starts;
  }

  get progress() {
    return this.curves.reduce((sum, series) => sum + series.loaded, 0) /
        this.curves.reduce((sum, series) => sum + series.count, 0);
  }

  // Takes the blocks in the page, the first of each curve first; calls `tell` now and then.
  async load(tell) {
    const all = this.curves;
    const blocks = [...document.querySelectorAll("script.block")]
        .map(element => ({ element, series: Number(element.dataset.series),
                           number: Number(element.dataset.block) }))
        .sort((a, b) => a.number - b.number || a.series - b.series);
    const open = block => block && inflate(block.element.textContent).catch(error => {
      throw new Error(`block ${block.number} of ${all[block.series].name || "the trace"} cannot ` +
                      `be read, the page is damaged: ${error.message}`);
    });
    let next = open(blocks[0]);
    for (let i = 0; i < blocks.length; ++i) {
      const bytes = await next;
      next = open(blocks[i + 1]);
      all[blocks[i].series].take(bytes);
      blocks[i].element.remove();
      // Once all have their first block, and then a few times.
      if (blocks[i + 1]?.number === 1 && blocks[i].number === 0 || i % 8 === 7)
        tell();
    }
    for (const series of all)
      if (series.loaded !== series.count)
        throw new Error(`expects ${series.count} numbers of ${series.name || "the trace"}, but ` +
                        `got ${series.loaded}: the page is damaged`);
  }

  // Time of day at so many seconds, if the recording tells when it began.
  formatClock(seconds, withDate) {
    const { start } = this.data;
    if (!start)
      return "";
    const hasDate = start.includes("T");
    const began = Date.parse(hasDate ? `${start}Z` : `1970-01-01T${start}Z`);
    const iso = new Date(began + Math.round(seconds * 1000)).toISOString();
    return withDate && hasDate ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : iso.slice(11, 19);
  }

  // The class of a beat; "?" where it is not known, "" where beats have none.
  getClass(beat) {
    return this.classes.length ? this.classes[this.labels[beat]] ?? "?" : "";
  }

  // Beats from `begin` to `end`, as indices [first, last).
  findBeats(begin, end) {
    return [lowerBound(this.beats, begin), lowerBound(this.beats, end)];
  }

  // Beats of unusual classes from `begin` to `end`, as indices.
  findOthers(begin, end) {
    return this.others.slice(lowerBound(this.otherTimes, begin), lowerBound(this.otherTimes, end));
  }

  // The beat within 0.1 s of a time that is the nearest; null where there is none.
  findNearest(time) {
    const next = lowerBound(this.beats, time);
    const [near] = [next - 1, next].filter(i => Math.abs(this.beats[i] - time) <= .1)
        .sort((a, b) => Math.abs(this.beats[a] - time) - Math.abs(this.beats[b] - time));
    return near ?? null;
  }

  // Disagreements from `begin` to `end`, one at `end` among them.
  findDisagreements(begin, end) {
    const times = this.disagreementTimes;
    let last = lowerBound(times, end);
    while (times[last] === end)
      ++last;
    return this.disagreements.slice(lowerBound(times, begin), last);
  }

  // Mean rate of the beats from `first` up to `end`, bpm; NaN if there is none.
  getMeanRate(first, end) {
    let seconds = 0, count = 0;
    for (let i = first; i < end; ++i)
      if (!isNaN(this.rates[i])) {
        seconds += 60 / this.rates[i];
        ++count;
      }
    return 60 * count / seconds;
  }
}
