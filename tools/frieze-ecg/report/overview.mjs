// All of the recording at once, and the part in view, to drag and to resize.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { Plot } from "./plot.mjs";
import { formatTime } from "./recording.mjs";
import { drawRates, findRateRange } from "./strip.mjs";
import { LEAST_SPAN } from "./viewport.mjs";

// Pixels around an edge that take hold of it, and the least width of the window.
const REACH = { mouse: 8, pen: 12, touch: 20 }, LEAST_WIDTH = 16;

export class Overview {
  #grip = null;

  constructor(box, recording, viewport) {
    Object.assign(this, { box, recording, viewport });
    this.canvas = box.querySelector("canvas");
    this.window = box.querySelector("#window");
    viewport.onChange(() => this.#place());
    box.addEventListener("pointerdown", event => this.#take(event));
    box.addEventListener("pointermove", event => this.#move(event));
    for (const name of ["pointerup", "pointercancel"])
      box.addEventListener(name, () => { this.#grip = null; });
  }

  draw() {
    const { recording, canvas } = this;
    const plot = new Plot(canvas, 0, recording.duration, 0), { context } = plot;
    const height = canvas.clientHeight, axis = 16, bottom = height - axis;
    for (const gap of recording.gaps)
      plot.shade(gap, 0, bottom, "gap");
    const [trace] = recording.traces, { least, most } = trace.getUsualRange();
    const room = Math.max(most - least, .02) * .25;
    const y = value => 2 + (most + room - value) / (most - least + 2 * room) * (bottom - 4);
    plot.inside(0, bottom, () => plot.drawSeries(trace, y, plot.colour("trace-faint")));
    if (recording.beats.length > 1) {
      const rates = findRateRange(recording.rates);
      const up = rate => 2 + (rates.most - rate) / (rates.most - rates.least) * (bottom - 4);
      context.lineWidth = 1.5;
      plot.inside(0, bottom, () => drawRates(plot, recording, up, plot.colour("rate")));
    }
    for (const { time, kind } of recording.disagreements) {
      context.fillStyle = plot.colour(kind);
      context.fillRect(plot.x(time) - 1, bottom - 8, 2, 8);
    }
    plot.drawTimeLabels(height - axis / 2);
    this.#place();
  }

  #place() {
    const { viewport } = this, width = this.box.clientWidth, all = viewport.duration;
    const from = viewport.begin / all * width, span = viewport.span / all * width;
    const shown = Math.max(span, LEAST_WIDTH);
    const left = Math.min(Math.max(0, from + (span - shown) / 2), width - shown);
    this.window.style.left = `${left}px`;
    this.window.style.width = `${shown}px`;
    this.window.setAttribute("aria-valuemax", all.toFixed(1));
    this.window.setAttribute("aria-valuenow", viewport.begin.toFixed(1));
    this.window.setAttribute("aria-valuetext", `${formatTime(viewport.begin)} to ` +
        `${formatTime(viewport.end)} of ${formatTime(all)}`);
  }

  #getTime(event) {
    const box = this.box.getBoundingClientRect();
    return (event.clientX - box.left) / box.width * this.viewport.duration;
  }

  // An edge of the window, what is inside, or a place beside it, which comes into view.
  #take(event) {
    const { viewport } = this, reach = REACH[event.pointerType] ?? REACH.mouse;
    const shown = this.window.getBoundingClientRect(), { left, right } = shown;
    const inner = Math.min(reach, shown.width / 4), x = event.clientX;
    this.box.setPointerCapture(event.pointerId);
    event.preventDefault();
    this.window.focus({ preventScroll: true });
    if (x > left - reach && x < left + inner)
      this.#grip = { edge: "begin" };
    else if (x > right - inner && x < right + reach)
      this.#grip = { edge: "end" };
    else {
      if (x < left || x > right)
        viewport.centre(this.#getTime(event));
      this.#grip = { offset: this.#getTime(event) - viewport.begin };
    }
  }

  #move(event) {
    if (!this.#grip)
      return;
    const { viewport } = this, time = this.#getTime(event);
    if (this.#grip.edge === "begin")
      viewport.show(Math.min(time, viewport.end - LEAST_SPAN), viewport.end);
    else if (this.#grip.edge === "end")
      viewport.show(viewport.begin, Math.max(time, viewport.begin + LEAST_SPAN));
    else
      viewport.show(time - this.#grip.offset, time - this.#grip.offset + viewport.span);
  }
}
