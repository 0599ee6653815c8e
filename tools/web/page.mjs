// Draws a recording like a strip while the classifier runs over it.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { Detector, RATE, THRESHOLD, writeBeats } from "./beats.mjs";
import { load } from "./ecg.mjs";
import { openRecording } from "./recordings.mjs";

const PIXELS_PER_SECOND = 120;
// Samples that are scored at once, so that the page answers meanwhile.
const MOST_SAMPLES = 1 << 13;
// Rows of the list; the file that is saved has all beats.
const MOST_ROWS = 1000;

const $ = id => document.getElementById(id);

let stream, recording, detector, range;
let isPlaying = false, before = 0, due = 0;
// The end of the view in seconds; null to follow what is scored.
let viewEnd = null;

function formatTime(seconds) {
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
}

// --- The strip ---

function prepare(canvas) {
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d"), style = getComputedStyle(canvas);
  context.scale(ratio, ratio);
  context.font = "12px system-ui, sans-serif";
  context.lineJoin = "round";
  const end = viewEnd ?? detector.taken / RATE, begin = end - width / PIXELS_PER_SECOND;
  return { context, width, height, begin, end, x: time => (time - begin) * PIXELS_PER_SECOND,
           colour: name => style.getPropertyValue(`--${name}`) };
}

function drawLine({ context, begin, end, x }, count, getY) {
  let pen = false;
  context.beginPath();
  for (let i = Math.max(0, Math.floor(begin * RATE)); i < count && i <= end * RATE + 1; ++i) {
    const y = getY(i);
    if (isNaN(y))
      pen = false;
    else if (pen)
      context.lineTo(x(i / RATE), y);
    else {
      context.moveTo(x(i / RATE), y);
      pen = true;
    }
  }
  context.stroke();
}

function drawGrid(view, y) {
  const { context, width, height, begin, end, x, colour } = view;
  context.fillStyle = colour("gap");
  for (const gap of detector.gaps)
    context.fillRect(x(gap.first / RATE), 0, x(gap.end / RATE) - x(gap.first / RATE), height);
  context.strokeStyle = colour("grid");
  context.beginPath();
  for (let k = Math.ceil(Math.max(0, begin) * 5); k <= end * 5; ++k) {
    context.moveTo(x(k / 5), 0);
    context.lineTo(x(k / 5), height);
  }
  for (let k = Math.ceil(range.least * 2); k <= range.most * 2; ++k) {
    context.moveTo(0, y(k / 2));
    context.lineTo(width, y(k / 2));
  }
  context.stroke();
  context.fillStyle = colour("faint");
  for (let second = Math.max(0, Math.ceil(begin)); second <= end; ++second)
    context.fillText(formatTime(second).slice(0, -3), x(second) + 3, height - 4);
}

function drawBeats({ context, height, begin, end, x, colour }) {
  context.strokeStyle = context.fillStyle = colour("beat");
  for (const { position } of detector.beats) {
    const time = position / RATE;
    if (time < begin || time > end)
      continue;
    context.globalAlpha = .4;
    context.fillRect(x(time) - .5, 0, 1, height);
    context.globalAlpha = 1;
    context.beginPath();
    context.moveTo(x(time) - 6, 0);
    context.lineTo(x(time) + 6, 0);
    context.lineTo(x(time), 9);
    context.fill();
  }
}

function drawTrace() {
  const view = prepare($("trace")), { context, height, colour } = view;
  const scale = (height - 44) / (range.most - range.least);
  const y = value => height - 22 - (value - range.least) * scale;
  drawGrid(view, y);
  context.strokeStyle = colour("trace");
  context.lineWidth = 1.5;
  drawLine(view, detector.taken, i => y(recording.samples[i]));
  drawBeats(view);
}

function drawScore() {
  const view = prepare($("score")), { context, width, height, colour } = view;
  const y = score => height - 4 - score * (height - 8);
  context.strokeStyle = colour("beat");
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(0, y(THRESHOLD));
  context.lineTo(width, y(THRESHOLD));
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = colour("score");
  context.lineWidth = 1.5;
  drawLine(view, detector.smoothed, i => y(detector.smooth[i]));
}

// All but the highest and lowest thousandth, which artefacts may reach far beyond.
function findRange(samples) {
  const step = Math.ceil(samples.length / 100000);
  const sorted = samples.filter((sample, i) => i % step === 0 && !isNaN(sample)).sort();
  const least = sorted[Math.floor(sorted.length * .001)];
  return { least, most: Math.max(sorted[Math.floor(sorted.length * .999)], least + .5) };
}

// --- The list ---

let listed = [];

function makeRow({ position, score }, previous) {
  const row = document.createElement("tr"), time = document.createElement("button");
  row.dataset.sample = position;
  row.dataset.score = score.toFixed(4);
  time.type = "button";
  time.textContent = formatTime(position / RATE);
  time.onclick = () => seek(position / RATE + $("trace").clientWidth / PIXELS_PER_SECOND / 2);
  const rate = previous ? (60 * RATE / (position - previous.position)).toFixed(0) : "";
  row.insertCell().append(time);
  row.insertCell().textContent = score.toFixed(3);
  row.insertCell().textContent = rate;
  return row;
}

function listBeats() {
  const { beats } = detector, rows = $("rows");
  let same = Math.min(listed.length, beats.length);
  // Only the last few ever change.
  while (same && listed[same - 1] !== beats[same - 1])
    --same;
  for (let i = same; i < listed.length; ++i)
    rows.firstChild?.remove();
  for (let i = same; i < beats.length; ++i) {
    rows.prepend(makeRow(beats[i], beats[i - 1]));
    if (rows.childElementCount > MOST_ROWS)
      rows.lastChild.remove();
  }
  listed = [...beats];
  document.body.dataset.beats = beats.length;
}

function summarize() {
  const { beats } = detector, last = beats.at(-1);
  const rate = 60 * RATE * (beats.length - 1) / (last?.position - beats[0]?.position);
  const mean = beats.length > 1 ? `, mean heart rate ${rate.toFixed(1)} bpm` : "";
  const count = detector.gaps.length;
  const gaps = count ? `, ${count} gap${count > 1 ? "s" : ""}` : "";
  const rest = beats.length > MOST_ROWS ? `; the newest ${MOST_ROWS} are listed` : "";
  $("summary").textContent =
      `${formatTime(detector.taken / RATE)} of ${formatTime(recording.samples.length / RATE)} at ` +
      `${RATE} Hz, ${beats.length} beats${mean}${gaps}${rest}`;
}

// --- What moves ---

function draw() {
  const time = viewEnd ?? detector.taken / RATE, position = $("position");
  position.max = (detector.taken / RATE).toFixed(1);
  position.value = time;
  $("time").textContent = formatTime(time);
  drawTrace();
  drawScore();
  listBeats();
  summarize();
}

function setState(state) {
  isPlaying = state === "playing";
  document.body.dataset.state = state;
  $("play").textContent = isPlaying ? "Pause" : state === "done" ? "Again" : "Play";
}

function tick(now) {
  if (!isPlaying)
    return;
  // The first frame may be one that began before.
  const elapsed = Math.min(Math.max((now - before) / 1000, 0), .25);
  due += elapsed ? elapsed * RATE * Number($("speed").value) : 0;
  before = now;
  const count = Math.min(Math.floor(due), MOST_SAMPLES);
  due = count < MOST_SAMPLES ? due - count : 0;
  attempt(() => {
    detector.take(detector.taken + count);
    if (detector.isDone)
      setState("done");
    draw();
    requestAnimationFrame(tick);
  });
}

function play() {
  viewEnd = null;
  due = 0;
  before = performance.now();
  setState("playing");
  requestAnimationFrame(tick);
}

function seek(time) {
  viewEnd = Math.min(time, detector.taken / RATE);
  if (isPlaying)
    setState("paused");
  draw();
}

function start() {
  detector = new Detector(stream, recording.samples);
  range = findRange(recording.samples);
  listed = [];
  $("rows").replaceChildren();
  viewEnd = null;
  $("play").disabled = $("save").disabled = false;
  setState("paused");
  draw();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches)
    play();
}

// --- Files ---

function fail(error) {
  $("problem").textContent = error.message;
  if (!recording)
    setState("failed");
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    setState("paused");
    fail(error);
  }
}

// Asks what a file leaves open, and returns the answers.
function ask({ file, leads, rate, unit }) {
  const dialog = $("question"), form = dialog.firstElementChild;
  $("what").textContent = `${file} leaves this open:`;
  form.reset();
  form.lead.replaceChildren(
      ...(leads ?? []).map((name, i) => new Option(name || `column ${i + 1}`, i)));
  for (const [name, wanted] of Object.entries({ lead: leads, rate, unit })) {
    $(`ask-${name}`).hidden = !wanted;
    form[name].required = Boolean(wanted);
  }
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve, reject) => {
    dialog.onclose = () => dialog.returnValue === "open"
        ? resolve({ lead: Number(form.lead.value), rate: Number(form.rate.value),
                    unit: form.unit.value })
        : reject(new Error(`${file}: was not opened`));
  });
}

function open(files) {
  return attempt(async () => {
    $("problem").textContent = "";
    recording = await openRecording(files, ask);
    $("title").textContent = recording.name + (recording.lead ? `, lead ${recording.lead}` : "");
    start();
  });
}

async function fetchFile(name) {
  const response = await fetch(name);
  if (!response.ok)
    throw new Error(`${name}: cannot be fetched: status ${response.status}`);
  return new File([await response.arrayBuffer()], name);
}

$("play").onclick = () => isPlaying ? setState("paused") : detector.isDone ? start() : play();
$("position").oninput = event => seek(Number(event.target.value));
$("files").onchange = event => {
  open([...event.target.files]);
  // So that the same file can be opened again.
  event.target.value = "";
};
$("save").onclick = () => {
  const link = document.createElement("a");
  const table = writeBeats(recording.name, detector.beats);
  link.href = URL.createObjectURL(new Blob([table], { type: "text/csv" }));
  link.download = `${recording.name}_beats.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
};
addEventListener("dragover", event => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", event => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  open([...event.dataTransfer.files]);
});
addEventListener("resize", () => detector && draw());
matchMedia("(prefers-color-scheme: dark)").onchange = () => detector && draw();

await attempt(async () => {
  stream = (await load()).openStream();
  await open(await Promise.all(["208.hea", "208.dat"].map(fetchFile)));
});
