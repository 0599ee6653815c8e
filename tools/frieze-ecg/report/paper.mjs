// The view on paper, in millimetres: 25 a second and 10 a millivolt.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { formatTime } from "./recording.mjs";
import { MM_PER_MILLIVOLT, MM_PER_SECOND, getLabel } from "./strip.mjs";

// A row is as wide as A4, upright, leaves it with margins.
const ROW_SECONDS = 7, MOST_ROWS_ON_PAPER = 60;
const LEAST_HEIGHT = 20, MOST_HEIGHT = 60;
// Of a millimetre: finer than a printer's dots.
const COLUMN = .05;

const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

const round = value => Number(value.toFixed(3));

function makeGrid(width, height, step, name) {
  let path = "";
  for (let k = 0; k * step <= width; ++k)
    path += `M${k * step} 0V${height}`;
  for (let k = 0; k * step <= height; ++k)
    path += `M0 ${k * step}H${width}`;
  return make("path", { d: path, class: name });
}

// Every sample, or the least and the most of each column where they are closer.
function makeTrace(series, begin, end, y) {
  const isClose = series.rate * COLUMN / MM_PER_SECOND > 1;
  const step = isClose ? COLUMN / MM_PER_SECOND * series.rate : 1;
  let path = "", pen = "M";
  for (let i = Math.ceil(begin * series.rate); i <= end * series.rate; i += step) {
    const found = series.getExtremes(Math.floor(i), Math.floor(i + step));
    if (!found) {
      pen = "M";
      continue;
    }
    const x = round((series.getTime(i) - begin) * MM_PER_SECOND);
    path += `${pen}${x} ${round(y(found.least))}`;
    if (found.most !== found.least)
      path += `V${round(y(found.most))}`;
    pen = "L";
  }
  return make("path", { d: path, class: "paper-trace" });
}

function makeRow(recording, series, begin, end) {
  const width = ROW_SECONDS * MM_PER_SECOND;
  const seen = series.getExtremesBetween(begin, end) ?? { least: -.5, most: .5 };
  // In whole squares of 5 mm, with a little room.
  const least = Math.floor(seen.least * 2 - .2) / 2, most = Math.ceil(seen.most * 2 + .2) / 2;
  const needed = (most - least) * MM_PER_MILLIVOLT;
  const height = Math.min(Math.max(needed, LEAST_HEIGHT), MOST_HEIGHT);
  const y = value => (most - value) * MM_PER_MILLIVOLT;
  const svg = make("svg", { width: `${width}mm`, height: `${height}mm`,
                            viewBox: `0 0 ${width} ${height}` });
  svg.append(makeGrid(width, height, 1, "paper-grid"), makeGrid(width, height, 5, "paper-major"),
             makeTrace(series, begin, end, y));
  const [first, last] = recording.findBeats(begin, end);
  for (let i = first; i < last; ++i) {
    const x = round((recording.beats[i] - begin) * MM_PER_SECOND);
    svg.append(recording.classes.length
        ? make("text", { x, y: 2.6, class: "paper-class" }, recording.getClass(i))
        : make("path", { d: `M${x - .8} 0H${x + .8}L${x} 1.5Z`, class: "paper-beat" }));
  }
  for (const { time, kind } of recording.findDisagreements(begin, end))
    if (time < end) // one at the end is in the next row
      svg.append(make("text", { x: round((time - begin) * MM_PER_SECOND), y: 4.5,
                                class: "paper-text" }, kind));
  const cut = needed > MOST_HEIGHT ? `; the lowest ${needed - MOST_HEIGHT} mm are cut off` : "";
  svg.append(make("text", { x: 1, y: height - 1, class: "paper-text" },
                  `${getLabel(series)}  ${formatTime(begin)}${cut}`));
  return svg;
}

// Fills `box` with the view in rows of seven seconds.
export function layOutPaper(box, recording, viewport) {
  const rows = Math.ceil(viewport.span / ROW_SECONDS - 1e-9);
  const shown = Math.max(1, Math.min(rows, Math.floor(MOST_ROWS_ON_PAPER / recording.traces.length)));
  const end = Math.min(viewport.end, viewport.begin + shown * ROW_SECONDS);
  const clock = recording.formatClock(viewport.begin, true);
  const scale = document.createElement("p");
  scale.textContent =
      `${formatTime(viewport.begin)} to ${formatTime(end)}${clock && `, from ${clock}`}; ` +
      `${MM_PER_SECOND} mm/s, ${MM_PER_MILLIVOLT} mm/mV` +
      (shown < rows ? `. The view goes on to ${formatTime(viewport.end)}, which is not printed: ` +
                      `at most ${MOST_ROWS_ON_PAPER} rows are` : "");
  box.replaceChildren(scale);
  for (let row = 0; row < shown; ++row) {
    const begin = viewport.begin + row * ROW_SECONDS, until = Math.min(begin + ROW_SECONDS, end);
    const group = document.createElement("div");
    group.className = "paper-row";
    for (const trace of recording.traces)
      group.append(makeRow(recording, trace, begin, until));
    box.append(group);
  }
}
