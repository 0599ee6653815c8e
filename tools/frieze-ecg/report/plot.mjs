// A canvas with a time axis: curves, grids and labels.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { formatTime } from "./recording.mjs";

// Seconds between lines; each that is four times another or more is a multiple of it.
const TIME_STEPS = [.01, .04, .2, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400,
                    43200, 86400, 604800, 2419200];
const MARKER = 6;

// The first of 1, 2, 5, 10, ... times a power of ten that is at least `least`.
export function findStep(least) {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * (1 - 1e-9));
}

export function formatNumber(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return value.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−");
}

export class Plot {
  // Times from `begin` to `end` stand from `left` to the right edge, all in pixels of CSS.
  constructor(canvas, begin, end, left) {
    const ratio = devicePixelRatio || 1, style = getComputedStyle(canvas);
    const context = canvas.getContext("2d");
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.scale(ratio, ratio);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.lineJoin = "round"; // a mitre would make peaks higher than they are
    context.lineWidth = 1;
    this.context = context;
    this.ratio = ratio;
    this.begin = begin;
    this.end = end;
    // On whole pixels of the screen, so that a column of the envelope is one.
    this.left = Math.round(left * ratio) / ratio;
    this.right = width / ratio;
    this.width = this.right - this.left;
    this.colour = name => style.getPropertyValue(`--${name}`);
  }

  x(time) { return this.left + (time - this.begin) / (this.end - this.begin) * this.width; }
  // Seconds of a pixel of the screen.
  get step() { return (this.end - this.begin) / (this.width * this.ratio); }

  // Draws within a band, from its upper edge.
  inside(top, height, draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(this.left, top, this.width, height);
    this.context.clip();
    draw();
    this.context.restore();
  }

  // Every number close up, else from the least to the most of each column of the screen's
  // pixels and the number before it, so that no peak is lost and the line has no breaks.
  drawSeries(series, y, colour) {
    if (series.rate * this.step <= 1)
      this.#drawLine(series, y, colour);
    else
      this.#drawColumns(series, y, colour);
  }

  #drawLine(series, y, colour) {
    const { context } = this, half = this.#pen / 2;
    const from = Math.max(0, Math.floor(this.begin * series.rate) - 1);
    const to = Math.min(series.loaded, Math.ceil(this.end * series.rate) + 2);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = this.#pen;
    context.beginPath();
    let pen = false, last = 0;
    for (let i = from; i < to; ++i) {
      const found = series.getExtremes(i, i + 1);
      if (!found) {
        pen = false;
        continue;
      }
      const { least, most } = found, x = this.x(series.getTime(i));
      // Of two values, the one nearer to the last comes first.
      const ends = least === most                                   ? [least]
                   : Math.abs(last - least) < Math.abs(last - most) ? [least, most]
                                                                    : [most, least];
      for (const value of ends) {
        if (pen)
          context.lineTo(x, y(value));
        else
          context.moveTo(x, y(value));
        pen = true;
        last = value;
      }
      // A number alone between missing ones is a point.
      if (!series.getExtremes(i - 1, i) && !series.getExtremes(i + 1, i + 2))
        context.lineTo(x + half, y(last));
    }
    context.stroke();
    if (from < to && series.rate * (this.end - this.begin) < this.width / 8)
      for (let i = from; i < to; ++i)
        this.#drawPoint(series, i, y);
    context.lineWidth = 1;
  }

  // The samples themselves, where they stand far apart.
  #drawPoint(series, i, y) {
    const found = series.getExtremes(i, i + 1);
    if (found && found.least === found.most)
      this.context.fillRect(this.x(series.getTime(i)) - 2, y(found.least) - 2, 4, 4);
  }

  #drawColumns(series, y, colour) {
    const { context, ratio } = this, half = this.#pen / 2, columns = Math.round(this.width * ratio);
    const first = this.begin * series.rate, each = this.step * series.rate;
    context.fillStyle = colour;
    context.beginPath();
    for (let column = 0; column < columns; ++column) {
      const from = Math.ceil(first + column * each);
      const found = series.getExtremes(from - 1, Math.ceil(first + (column + 1) * each));
      if (!found)
        continue;
      const top = y(found.most) - half, bottom = y(found.least) + half;
      context.rect(this.left + column / ratio, top, 1 / ratio, bottom - top);
    }
    context.fill();
  }

  get #pen() { return 1.4; }

  // Vertical lines at least `room` pixels apart, and stronger ones.
  drawTimes(top, height, room) {
    const { context } = this, perSecond = this.width / (this.end - this.begin);
    const minor = TIME_STEPS.find(step => step * perSecond >= room) ?? TIME_STEPS.at(-1);
    const major = TIME_STEPS.find(step => step > minor && step * perSecond >= 4 * room) ?? minor;
    for (const [step, name] of [[minor, "grid"], [major, "grid-major"]]) {
      context.strokeStyle = this.colour(name);
      context.beginPath();
      for (let k = Math.ceil(this.begin / step); k * step <= this.end; ++k) {
        const x = Math.round(this.x(k * step)) + .5;
        context.moveTo(x, top);
        context.lineTo(x, top + height);
      }
      context.stroke();
    }
  }

  // Times around the height `middle`, and below them those of day, if `formatClock` tells them.
  drawTimeLabels(middle, formatClock) {
    const { context } = this, perSecond = this.width / (this.end - this.begin);
    const room = formatClock ? 90 : 64;
    const step = TIME_STEPS.find(step => step * perSecond >= room) ?? TIME_STEPS.at(-1);
    const digits = step < .2 ? 2 : step < 1 ? 1 : 0;
    context.fillStyle = this.colour("faint");
    context.textAlign = "center";
    for (let k = Math.ceil(this.begin / step); k * step <= this.end; ++k) {
      const x = this.x(k * step), text = formatTime(k * step, digits);
      const clock = formatClock?.(k * step);
      const half = context.measureText(clock ?? text).width / 2;
      if (x - half < Math.max(0, this.left - 20) || x + half > this.right)
        continue;
      context.fillText(text, x, middle);
      if (clock)
        context.fillText(clock, x, middle + 15);
    }
    context.textAlign = "left";
  }

  // Horizontal lines with their values in the gutter.
  drawValues(least, most, y, step) {
    const { context } = this, slack = step * 1e-9;
    context.fillStyle = this.colour("faint");
    context.textAlign = "right";
    this.#drawLevels(least - slack, most + slack, y, step, "grid-major", (value, at) =>
        context.fillText(formatNumber(value, step), this.left - 5, at));
    context.textAlign = "left";
  }

  drawMinorValues(least, most, y, step) {
    this.#drawLevels(least, most, y, step, "grid");
  }

  // A line at each multiple of `step`; `tell` writes its value beside it.
  #drawLevels(least, most, y, step, colour, tell) {
    const { context } = this;
    context.strokeStyle = this.colour(colour);
    context.beginPath();
    for (let k = Math.ceil(least / step); k * step <= most; ++k) {
      const at = Math.round(y(k * step)) + .5;
      context.moveTo(this.left, at);
      context.lineTo(this.right, at);
      tell?.(k * step, at);
    }
    context.stroke();
  }

  // A stretch of time, shaded, with its name where there is room.
  shade([begin, end], top, height, colour, name) {
    if (end < this.begin || begin > this.end)
      return;
    const { context } = this;
    const from = Math.max(this.left, this.x(begin)), to = Math.min(this.right, this.x(end));
    context.fillStyle = this.colour(colour);
    context.fillRect(from, top, Math.max(1, to - from), height);
    if (name && to - from > context.measureText(name).width + 12) {
      context.fillStyle = this.colour("faint");
      context.textAlign = "center";
      context.fillText(name, (from + to) / 2, top + height / 2);
      context.textAlign = "left";
    }
  }

  // A triangle that points down at a time, filled or hollow.
  mark(time, top, colour, isHollow) {
    const { context } = this, x = this.x(time);
    context.beginPath();
    context.moveTo(x - MARKER, top + 1);
    context.lineTo(x + MARKER, top + 1);
    context.lineTo(x, top + 1.6 * MARKER);
    context.closePath();
    if (isHollow) {
      context.strokeStyle = colour;
      context.lineWidth = 1.6;
      context.stroke();
      context.lineWidth = 1;
    } else {
      context.fillStyle = colour;
      context.fill();
    }
  }
}
