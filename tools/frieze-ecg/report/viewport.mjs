// Which seconds are in view, and the address that says so.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

export const FIRST_SPAN = 10;
export const LEAST_SPAN = .2;

export class Viewport {
  begin = 0;
  end;
  #listeners = [];
  #isPending = false;
  #writing;

  constructor(duration) {
    this.duration = duration;
    this.end = Math.min(FIRST_SPAN, duration);
  }

  get span() { return this.end - this.begin; }
  get middle() { return (this.begin + this.end) / 2; }

  // Calls `draw` in the frame that follows a change.
  onChange(draw) {
    this.#listeners.push(draw);
  }

  show(begin, end) {
    const span = Math.min(Math.max(end - begin, LEAST_SPAN), this.duration);
    this.begin = Math.min(Math.max(0, begin), this.duration - span);
    this.end = this.begin + span;
    this.refresh();
    // Some browsers refuse an address that changes many times a second.
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => this.#writeAddress(), 200);
  }

  refresh() {
    if (this.#isPending)
      return;
    this.#isPending = true;
    requestAnimationFrame(() => {
      this.#isPending = false;
      for (const draw of this.#listeners)
        draw();
    });
  }

  showAll() { this.show(0, this.duration); }
  move(seconds) { this.show(this.begin + seconds, this.end + seconds); }
  centre(time) { this.show(time - this.span / 2, time + this.span / 2); }

  // Shows `factor` times the seconds, and leaves the time `at` in its place.
  zoom(factor, at = this.middle) {
    const span = Math.min(Math.max(this.span * factor, LEAST_SPAN), this.duration);
    const begin = at - (at - this.begin) * span / this.span;
    this.show(begin, begin + span);
  }

  #writeAddress() {
    const digits = this.span < 1 ? 4 : 3;
    const round = time => Number(time.toFixed(digits));
    history.replaceState(null, "", `#t=${round(this.begin)},${round(this.end)}`);
  }

  // Shows what the fragment of an address asks for, if it does. Returns what is wrong with it.
  readAddress(hash) {
    if (!hash)
      return "";
    const part = hash.match(/^#t=(\d+\.?\d*),(\d+\.?\d*)$/);
    if (!part || !(Number(part[1]) < Number(part[2])) || Number(part[1]) >= this.duration)
      return `expects seconds of the recording behind the address, as in #t=10,20, ` +
          `but got ${hash}`;
    this.show(Number(part[1]), Number(part[2]));
    return "";
  }
}
