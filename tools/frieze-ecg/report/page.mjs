// The page of a recording: its controls, and what they do.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { Callipers } from "./callipers.mjs";
import { followKeys, followPointers } from "./gestures.mjs";
import { MOST_BEATS, listPlaces, placeBeats } from "./lists.mjs";
import { Overview } from "./overview.mjs";
import { layOutPaper } from "./paper.mjs";
import { Recording, findNext, formatCount, formatTime } from "./recording.mjs";
import { MM_PER_MILLIVOLT, MM_PER_SECOND, Strip } from "./strip.mjs";
import { FIRST_SPAN, Viewport } from "./viewport.mjs";

const $ = id => document.getElementById(id);

const recording = new Recording(JSON.parse($("data").textContent));
const { data } = recording;
const viewport = new Viewport(recording.duration);
const strip = new Strip($("curves"), $("lanes"), recording, viewport);
const overview = new Overview($("overview"), recording, viewport);
const callipers = new Callipers($("markers"), $("measured"), $("callipers"), strip, recording,
                                viewport);
// Times of the line that follows the pointer, and of the last place that was gone to.
let cursor = null, visited = null;

// --- What the page says ---

function summarize() {
  const { beats, gaps } = recording, rate = recording.getMeanRate(0, beats.length);
  const parts = [`${formatTime(recording.duration)} at ${data.rate} Hz`];
  if (data.start)
    parts.push(`began ${recording.formatClock(0, true)}`);
  parts.push(formatCount(beats.length, "beat"));
  if (rate > 0)
    parts.push(`mean heart rate ${rate.toFixed(1)} bpm`);
  if (gaps.length)
    parts.push(formatCount(gaps.length, "gap"));
  if (recording.classes.length)
    parts.push(`classes ${countClasses()}`);
  const { comparison } = data;
  const compared = comparison
      ? `; ${comparison.missed.length} of ${formatCount(comparison.reference, "beat")} of ` +
        `${comparison.file} missed, ${comparison.extra.length} extra` : "";
  return `${parts.join(", ")}; classifier ${data.model}${compared}`;
}

function countClasses() {
  const { classes, classCounts, beats } = recording;
  const unknown = beats.length - classCounts.reduce((sum, count) => sum + count, 0);
  const counts = classes.map((name, i) => `${name} ${classCounts[i].toLocaleString("en")}`);
  return [...counts, ...(unknown ? [`not known ${unknown.toLocaleString("en")}`] : [])].join(" ");
}

function listReductions() {
  const notes = recording.traces.filter(trace => trace.bin > 1).map(
      ({ name, bin }) => `Reduced: of ${name || "the trace"}, this page holds the lowest and the ` +
          `highest of each ${bin} samples, between which it draws a line.`);
  for (const { lead, reason } of data.omitted)
    notes.push(`Lead ${lead} is not shown: ${reason}.`);
  return notes;
}

const notes = listReductions();

function tellNotes(problem) {
  $("note").textContent = [...notes, problem].filter(Boolean).join("\n");
}

function getStatus() {
  const [first, last] = recording.findBeats(viewport.begin, viewport.end);
  const rate = recording.getMeanRate(first, last);
  const clock = recording.formatClock(viewport.begin, true);
  const parts = [
    `${formatTime(viewport.begin)} to ${formatTime(viewport.end)}${clock && ` (from ${clock})`}`,
    formatCount(last - first, "beat") +
        (last - first > MOST_BEATS ? ", zoom in to see single beats" : ""),
  ];
  if (rate > 0)
    parts.push(`${rate.toFixed(0)} bpm`);
  if (strip.isPaper) {
    const speed = MM_PER_SECOND * strip.paperSpan / viewport.span;
    parts.push(`${Number(speed.toPrecision(3))} mm/s, ${MM_PER_MILLIVOLT} mm/mV` +
               (strip.isClipped ? ", cut off at the edge" : ""));
  }
  if (recording.progress < 1)
    parts.push(`loading, ${Math.floor(100 * recording.progress)} %`);
  return parts.join(" · ");
}

function placeCursor() {
  const isInView = cursor !== null && cursor >= viewport.begin && cursor <= viewport.end;
  $("cursor").hidden = !isInView;
  $("under").textContent = isInView ? strip.describe(cursor) : "";
  if (!isInView)
    return;
  $("cursor").style.left = `${strip.plot.x(cursor)}px`;
  $("cursor").style.height = `${strip.axis}px`;
}

// --- Ways to go ---

function visit(time) {
  visited = cursor = time;
  viewport.centre(time);
}

function step(times, name, direction) {
  const isInView = visited !== null && visited >= viewport.begin && visited <= viewport.end;
  const next = findNext(times, isInView ? visited : viewport.middle, direction);
  if (next !== undefined)
    visit(next);
  else
    $("status").textContent = `no ${direction > 0 ? "later" : "earlier"} ${name} · ${getStatus()}`;
}

// From close up, ten seconds around the place.
function go(time) {
  if (viewport.span > FIRST_SPAN)
    viewport.show(time - FIRST_SPAN / 2, time + FIRST_SPAN / 2);
  visit(time);
}

function showTen() {
  viewport.show(viewport.middle - FIRST_SPAN / 2, viewport.middle + FIRST_SPAN / 2);
}

function togglePaper() {
  strip.isPaper = !strip.isPaper;
  $("paper").setAttribute("aria-pressed", strip.isPaper);
  strip.layOut();
  if (strip.isPaper)
    viewport.show(viewport.begin, viewport.begin + strip.paperSpan);
  else
    viewport.refresh();
}

const { beats: beatTimes, otherTimes, gapTimes, disagreementTimes } = recording;
const usualName = recording.classes[recording.usualClass];
const COMMANDS = {
  ArrowLeft: () => viewport.move(-viewport.span / 4),
  ArrowRight: () => viewport.move(viewport.span / 4),
  PageUp: () => viewport.move(-viewport.span),
  PageDown: () => viewport.move(viewport.span),
  Home: () => viewport.show(0, viewport.span),
  End: () => viewport.show(recording.duration - viewport.span, recording.duration),
  "+": () => viewport.zoom(.5),
  "-": () => viewport.zoom(2),
  0: () => viewport.showAll(),
  1: showTen,
  n: () => step(beatTimes, "beat", 1),
  p: () => step(beatTimes, "beat", -1),
  o: () => step(otherTimes, `beat other than ${usualName}`, 1),
  O: () => step(otherTimes, `beat other than ${usualName}`, -1),
  g: () => step(gapTimes, "gap", 1),
  G: () => step(gapTimes, "gap", -1),
  d: () => step(disagreementTimes, "disagreement", 1),
  D: () => step(disagreementTimes, "disagreement", -1),
  c: () => callipers.toggle(),
  m: togglePaper,
};
COMMANDS["="] = COMMANDS["+"];
COMMANDS["−"] = COMMANDS["-"];

const BUTTONS = {
  "page-back": "PageUp", "page-on": "PageDown", "zoom-out": "-", "zoom-in": "+", ten: "1",
  all: "0", "beat-back": "p", "beat-on": "n", "other-back": "O", "other-on": "o", "gap-back": "G", "gap-on": "g",
  "disagreement-back": "D", "disagreement-on": "d", callipers: "c", paper: "m",
};

// --- What moves ---

let settling;

function settle() {
  placeBeats($("beats"), recording, viewport);
}

function drawAll() {
  strip.measure();
  overview.draw();
  viewport.refresh();
}

viewport.onChange(() => {
  placeCursor();
  $("status").textContent = getStatus();
  clearTimeout(settling);
  settling = setTimeout(settle, 120);
});
for (const [id, key] of Object.entries(BUTTONS))
  $(id).onclick = COMMANDS[key];
$("print").onclick = () => print();
followKeys(COMMANDS);
followPointers($("strip"), strip, viewport, callipers, x => {
  cursor = x === null || x < strip.left ? null : strip.getTime(x);
  placeCursor();
});
const readAddress = hash => tellNotes(viewport.readAddress(hash));
// The address may tell of the view before again by now.
addEventListener("hashchange", event => readAddress(new URL(event.newURL).hash));
addEventListener("resize", drawAll);
for (const query of ["(prefers-color-scheme: dark)", "print"])
  matchMedia(query).addEventListener("change", drawAll);
// Browsers tell of a printer in the one way or the other.
const printView = () => layOutPaper($("on-paper"), recording, viewport);
addEventListener("beforeprint", printView);
matchMedia("print").addEventListener("change", event => event.matches && printView());

document.title = data.record;
document.body.dataset.beats = recording.beats.length;
$("title").textContent = data.record + (data.lead ? `, lead ${data.lead}` : "");
$("summary").textContent = summarize();
$("beat-steps").hidden = !recording.beats.length;
$("other-steps").hidden = !recording.others.length;
$("other-name").textContent = `Not ${usualName}`;
$("gap-steps").hidden = !recording.gaps.length;
$("disagreement-steps").hidden = !recording.disagreements.length;
listPlaces($("disagreements"), data.comparison
    ? `${data.comparison.missed.length} missed, ${data.comparison.extra.length} extra` : "",
    recording.disagreements.map(({ time, kind, beat }) => ({ time, kind, text: kind === "missed"
        ? "missed" : `extra, score ${data.beats[beat][1].toFixed(2)}` })), go);
listPlaces($("others"), `${formatCount(recording.others.length, "beat")} other than ${usualName}`,
           recording.others.map(i => ({ time: recording.beats[i], kind: "other", text:
               recording.labels[i] === null ? "class not known"
                   : `${recording.getClass(i)}, score ${data.beats[i][1].toFixed(2)}` })), go);
listPlaces($("gaps"), formatCount(recording.gaps.length, "gap"),
           recording.gaps.map(([begin, end]) => ({ time: begin, kind: "gap",
                                                   text: `${formatTime(end - begin)} long` })), go);
readAddress(location.hash);
// Below what has been said by now.
strip.layOut();
viewport.refresh();

try {
  await recording.load(drawAll);
  document.body.dataset.state = "ready";
} catch (error) {
  tellNotes(error.message);
  document.body.dataset.state = "failed";
}
drawAll();
