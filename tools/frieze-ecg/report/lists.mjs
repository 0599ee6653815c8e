// Beats as elements for programs that read the page, and lists to choose from.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { formatTime } from "./recording.mjs";

export const MOST_BEATS = 20000;
const MOST_ROWS = 2000;

// Keeps an element of class "beat" for each beat in view, once the view rests, as long as
// there are at most 20,000.
export function placeBeats(layer, recording, viewport) {
  const isAll = recording.beats.length <= MOST_BEATS;
  const [from, to] = isAll ? [0, recording.beats.length]
                           : recording.findBeats(viewport.begin, viewport.end);
  const count = to - from > MOST_BEATS ? 0 : to - from;
  if (layer.dataset.from !== String(from) || layer.childElementCount !== count) {
    layer.dataset.from = from;
    layer.replaceChildren(...recording.data.beats.slice(from, from + count).map((beat, i) => {
      const element = document.createElement("i");
      element.className = "beat";
      element.dataset.sample = beat[0];
      element.dataset.score = beat[1];
      if (recording.classes.length)
        element.dataset.class = recording.getClass(from + i);
      return element;
    }));
  }
}

// A row for each of `entries`, { time, kind, text }; a click shows the time.
export function listPlaces(section, title, entries, go) {
  section.hidden = !entries.length;
  section.querySelector("summary").textContent = title;
  const rows = entries.slice(0, MOST_ROWS).map(({ time, kind, text }) => {
    const row = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.textContent = formatTime(time);
    button.onclick = () => go(time);
    row.dataset.kind = kind;
    row.dataset.time = time;
    row.append(button, ` ${text}`);
    return row;
  });
  const rest = entries.length - rows.length;
  if (rest > 0)
    rows.push(Object.assign(document.createElement("li"), {
      textContent: `and ${rest.toLocaleString("en")} more, which the buttons and keys reach` }));
  section.querySelector("ol").replaceChildren(...rows);
}
