// Two markers, and what lies between them.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { formatMillivolts } from "./strip.mjs";
import { formatTime } from "./recording.mjs";

export class Callipers {
  isOn = false;
  #times = [0, 0];
  #handles;

  constructor(layer, output, button, strip, recording, viewport) {
    Object.assign(this, { layer, output, button, strip, recording, viewport });
    this.#handles = ["A", "B"].map((name, i) => {
      const handle = document.createElement("div");
      handle.className = "calliper";
      handle.tabIndex = 0;
      handle.setAttribute("role", "slider");
      handle.setAttribute("aria-label", `Calliper ${name}`);
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", recording.duration.toFixed(3));
      handle.dataset.name = name;
      handle.addEventListener("pointerdown", event => {
        event.stopPropagation();
        handle.setPointerCapture(event.pointerId);
      });
      handle.addEventListener("pointermove", event => {
        if (!handle.hasPointerCapture(event.pointerId))
          return;
        event.stopPropagation();
        this.#set(i, strip.getTime(event.clientX - strip.canvas.getBoundingClientRect().left));
      });
      handle.addEventListener("keydown", event => this.#press(event, i));
      return handle;
    });
    layer.append(...this.#handles);
    viewport.onChange(() => this.place());
  }

  // Around the interval between two beats in the middle of the view, if there are any.
  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn) {
      const { begin, end, span, middle } = this.viewport, { beats } = this.recording;
      const [next] = this.recording.findBeats(middle, middle);
      const isBetween = beats[next - 1] >= begin && beats[next] <= end;
      this.#times = isBetween ? [beats[next - 1], beats[next]]
                              : [begin + span / 3, end - span / 3];
    }
    this.place();
    if (this.isOn)
      this.#handles[0].focus({ preventScroll: true });
  }

  // From one time to another, as a finger or a mouse draws it.
  measure(from, to) {
    this.isOn = true;
    this.#set(0, from);
    this.#set(1, to);
  }

  #set(i, time) {
    // On a sample, whose value is then told.
    const { rate } = this.recording.traces[0];
    const last = this.recording.duration - 1 / this.recording.data.rate;
    this.#times[i] = Math.min(Math.max(0, Math.round(time * rate) / rate), last);
    this.place();
  }

  #press(event, i) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey)
      return;
    event.preventDefault();
    event.stopPropagation();
    const count = step * (event.shiftKey ? 10 : 1);
    this.#set(i, this.#times[i] + count / this.recording.traces[0].rate);
    const time = this.#times[i];
    if (time < this.viewport.begin || time > this.viewport.end)
      this.viewport.centre(time);
  }

  place() {
    this.layer.hidden = this.output.hidden = !this.isOn;
    this.button.setAttribute("aria-pressed", this.isOn);
    if (!this.isOn || !this.strip.plot)
      return;
    const [trace] = this.recording.traces, { plot, axis } = this.strip;
    const values = this.#times.map(time => trace.getValueAt(time));
    this.#handles.forEach((handle, i) => {
      const time = this.#times[i], value = values[i];
      handle.style.left = `${plot.x(time)}px`;
      handle.style.height = `${axis}px`;
      handle.hidden = time < plot.begin || time > plot.end;
      handle.setAttribute("aria-valuenow", time.toFixed(3));
      handle.setAttribute("aria-valuetext", `${formatTime(time, 3)}, ` +
          (isNaN(value) ? "missing" : `${formatMillivolts(value)} mV`));
    });
    const seconds = Math.abs(this.#times[1] - this.#times[0]);
    const height = values[1] - values[0];
    this.output.textContent = [
      `Δt ${Math.round(seconds * 1000)} ms`,
      seconds ? `${(60 / seconds).toFixed(1)} bpm` : "",
      isNaN(height) ? "ΔmV missing" : `ΔmV ${height < 0 ? "" : "+"}${formatMillivolts(height)}`,
    ].filter(Boolean).join(" · ");
  }
}
