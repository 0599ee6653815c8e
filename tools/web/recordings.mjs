// Recordings in files that a browser has at hand: WFDB and CSV. What a file does not tell is
// asked for, and what is not understood refused; nothing is guessed.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import { RATE } from "./beats.mjs";

// Electrode offsets reach 300 mV; more is another unit.
const MOST_MILLIVOLTS = 500;

export const UNITS = { mV: 1, uV: 1e-3, V: 1e3 };

function findUnit(name) {
  const unit = name.replace(/^[µμ]V$/i, "uV");
  return Object.keys(UNITS).find(known => known.toLowerCase() === unit.toLowerCase());
}

// The unit at the end of a column's name: "II (uV)", "II_uV". Outside of brackets, V is the
// name of a lead.
function findUnitIn(name) {
  const [, bracketed, bare] = name.match(/[([{]\s*([^()[\]{}]+?)\s*[)\]}]$|([^\s_/]{2,})$/) ?? [];
  return findUnit(bracketed ?? bare ?? "");
}

function refuse(file, message) {
  throw new Error(`${file}: ${message}`);
}

// A recording, checked. `lead` may be empty.
function makeRecording(file, lead, rate, samples) {
  if (rate !== RATE)
    refuse(file, `expects ${RATE} Hz, the rate of the classifier, but got ${rate} Hz; ` +
                 "frieze-ecg scan takes any rate");
  if (!samples.length || samples.every(isNaN))
    refuse(file, "has no samples");
  const at = samples.findIndex(sample => Math.abs(sample) > MOST_MILLIVOLTS);
  if (at >= 0)
    refuse(file, `expects samples in millivolts, but got ${Math.round(samples[at])} at sample ` +
                 `${at}: convert raw counts and other units`);
  return { name: file.replace(/\.(hea|csv|txt)$/i, ""), lead, samples };
}

// --- WFDB: a header and a signal file, of one segment, in format 16 or 212 ---

function readSignalLine(file, line) {
  const [dat, format, gain = "0", , zero = "0", , checksum = "0", , ...name] = line.split(/\s+/);
  const [, number, offset = "0"] = format.match(/^(\d+)(?:\+(\d+))?$/) ?? [];
  if (number !== "16" && number !== "212")
    refuse(file, `expects format 16 or 212 without skew, but got '${format}'; ` +
                 "frieze-ecg scan reads others");
  const [, units, baseline = zero, unit = "mV"] =
      gain.match(/^([\d.eE+-]+)(?:\((-?\d+)\))?(?:\/(\S+))?$/) ?? [];
  if (!(Number(units) > 0))
    refuse(file, `expects a calibrated signal, but its gain is '${gain}'`);
  return { dat, format: Number(number), offset: Number(offset), gain: Number(units),
           baseline: Number(baseline), unit: findUnit(unit), checksum: Number(checksum),
           name: name.join(" ") };
}

function readHeader(file, text) {
  const [record, ...lines] = text.split(/\r?\n/).map(line => line.trim())
      .filter(line => line && !line.startsWith("#"));
  const [name, count, rate = "", frames = "0"] = (record ?? "").split(/\s+/);
  if (!name || !/^\d+$/.test(count) || name.includes("/"))
    refuse(file, "expects the header of a WFDB record of one segment");
  if (lines.length !== Number(count))
    refuse(file, `expects ${count} signals, but got ${lines.length}`);
  if (!rate)
    refuse(file, "tells no sampling rate");
  return { rate: parseFloat(rate), frames: Number(frames),
           signals: lines.map(line => readSignalLine(file, line)) };
}

function readValue(format, bytes, place) {
  if (format === 16)
    return (bytes[2 * place] | bytes[2 * place + 1] << 8) << 16 >> 16;
  const at = 3 * (place >> 1), high = bytes[at + 1];
  const value = place % 2 ? bytes[at + 2] | (high >> 4) << 8 : bytes[at] | (high & 15) << 8;
  return value << 20 >> 20;
}

async function openWFDB(headerFile, files, ask) {
  const header = readHeader(headerFile.name, await headerFile.text());
  const usable = header.signals.filter(signal => signal.unit);
  if (!usable.length)
    refuse(headerFile.name, "expects a signal in V, mV or uV");
  const signal = usable.length === 1 ? usable[0]
      : usable[(await ask({ file: headerFile.name,
                            leads: usable.map(({ name }) => name) })).lead];
  const dat = files.find(({ name }) => name === signal.dat);
  if (!dat)
    refuse(headerFile.name, `expects ${signal.dat} beside it: open both together`);
  const bytes = new Uint8Array(await dat.arrayBuffer()).subarray(signal.offset);
  const all = header.signals.filter(other => other.dat === signal.dat);
  if (all.some(other => other.format !== signal.format))
    refuse(headerFile.name, `expects the signals in ${signal.dat} to have one format`);
  const available = Math.floor(signal.format === 16 ? bytes.length / 2 : bytes.length * 2 / 3);
  const frames = header.frames || Math.floor(available / all.length);
  if (frames * all.length > available)
    refuse(dat.name, `expects ${frames} samples of ${all.length} signals, but ends before`);
  const samples = new Float32Array(frames), missing = signal.format === 16 ? -32768 : -2048;
  let sum = 0;
  for (let i = 0, place = all.indexOf(signal); i < frames; ++i, place += all.length) {
    const value = readValue(signal.format, bytes, place);
    sum += value;
    samples[i] = value === missing
        ? NaN : (value - signal.baseline) / signal.gain * UNITS[signal.unit];
  }
  // Writers that compute none put 0.
  if (signal.checksum && (sum & 0xffff) !== (signal.checksum & 0xffff))
    refuse(dat.name, "the checksum does not match the header: the samples are damaged");
  return makeRecording(headerFile.name, signal.name, header.rate, samples);
}

// --- CSV: a column of samples, or columns with a header line ---

const PER_SECOND = { s: 1, sec: 1, seconds: 1, ms: 1e3, us: 1e6 };

// Names of columns that number the rows: "time_s", "time (ms)", "seconds", "sample".
function findTime(name) {
  if (/^(sample|samples|index|row)$/i.test(name))
    return { perSecond: 0 };
  const words = name.toLowerCase().replace(/µs|μs/, "us").split(/[^a-z]+/).filter(Boolean);
  if (words.length === 1 && words[0] in PER_SECOND)
    return { perSecond: PER_SECOND[words[0]] };
  if (words[0] !== "time" && words[0] !== "elapsed")
    return null;
  return { perSecond: words.length === 2 ? PER_SECOND[words[1]] : undefined };
}

function splitLine(line) {
  const separator = line.includes(";") ? ";" : line.includes("\t") ? "\t" : ",";
  return line.split(separator).map(field => field.trim().replace(/^(["'])(.*)\1$/, "$2").trim());
}

function readNumber(field) {
  if (field === "" || field.toLowerCase() === "nan")
    return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) ? Number(field) : undefined;
}

// The rate that a column of times tells; each row must be where that puts it.
function findRate(file, rows, column, perSecond) {
  const times = rows.map(row => readNumber(row[column]));
  const elapsed = i => (times[i] - times[0]) / perSecond;
  const rate = (rows.length - 1) / elapsed(rows.length - 1);
  // As printed, times of the classifier's rate are rounded.
  const found = Math.abs(rate - RATE) < 0.5 ? RATE : Number(rate.toPrecision(6));
  const at = times.findIndex((_, i) => !(Math.abs(elapsed(i) * found - i) < 0.5));
  if (at >= 0)
    refuse(file, `row ${at + 1} of samples: the time ${rows[at][column]} does not fit ` +
                 `${found} Hz`);
  return found;
}

async function openCSV(file, ask) {
  const lines = (await file.text()).replace(/^\uFEFF/, "").split(/\r?\n/)
      .filter(line => line.trim());
  if (!lines.length)
    refuse(file.name, "has no samples");
  const head = splitLine(lines[0]), hasHead = head.some(field => readNumber(field) === undefined);
  if (!hasHead && head.length > 1)
    refuse(file.name, "expects a first line with the names of the columns");
  const rows = lines.slice(hasHead ? 1 : 0).map((line, i) => {
    const row = splitLine(line);
    if (row.length !== head.length)
      refuse(file.name, `row ${i + 1} of samples: expects ${head.length} columns, ` +
                        `but got ${row.length}`);
    return row;
  });
  const columns = head.map((name, index) =>
    ({ name: hasHead ? name : "", index, time: hasHead ? findTime(name) : null }));
  const leads = columns.filter(({ time }) => !time);
  if (!leads.length)
    refuse(file.name, "expects a column of samples");
  const units = leads.map(({ name }) => findUnitIn(name));
  const timed = columns.find(({ time }) => time?.perSecond);
  const question = {
    file: file.name,
    leads: leads.length > 1 ? leads.map(({ name }) => name) : null,
    rate: !timed,
    unit: units.some(unit => !unit),
  };
  const answer = question.leads || question.rate || question.unit ? await ask(question) : {};
  const lead = leads[answer.lead ?? 0], unit = units[answer.lead ?? 0] ?? answer.unit;
  const rate = timed ? findRate(file.name, rows, timed.index, timed.time.perSecond) : answer.rate;
  const samples = Float32Array.from(rows, (row, i) => {
    const value = readNumber(row[lead.index]);
    if (value === undefined)
      refuse(file.name, `row ${i + 1} of samples: expects a number, but got '${row[lead.index]}'`);
    return value * UNITS[unit];
  });
  return makeRecording(file.name, lead.name, rate, samples);
}

// Opens the recording among `files`. `ask` is given what the file leaves open, and returns a
// promise of { lead, rate, unit }.
export async function openRecording(files, ask) {
  const header = files.find(({ name }) => /\.hea$/i.test(name));
  if (header)
    return openWFDB(header, files, ask);
  const table = files.find(({ name }) => /\.(csv|txt)$/i.test(name));
  if (table)
    return openCSV(table, ask);
  const dat = files.find(({ name }) => /\.dat$/i.test(name));
  if (dat)
    refuse(dat.name, "expects its header (.hea) beside it: open both together");
  refuse(files[0]?.name ?? "no file", "expects CSV, or a WFDB record (.hea and .dat)");
}
