// The beats of a recording, found as frieze-ecg scan finds them. The files of tools/frieze-ecg
// that each part is taken from say why; here the samples come bit by bit.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sampling rate of the classifier, Hz: all counts of samples below are at this rate.
export const RATE = 360;
// Least smoothed score of a beat that comes long after the one before.
export const THRESHOLD = 0.08;

const BEFORE = 36, AFTER = 108, WINDOW = BEFORE + 1 + AFTER;
const BOX = 29;

// --- SignalLevel.cpp: what the classifier's input is made from ---

const PIECE = 720, MOST_PIECES = 150, SPAN = 18;

function* getPieces(samples) {
  if (samples.length <= PIECE) {
    yield samples;
    return;
  }
  const count = Math.min(Math.ceil(samples.length / PIECE), MOST_PIECES);
  for (let i = 0; i < count; ++i) {
    const first = Math.floor(i * (samples.length - PIECE) / (count - 1));
    yield samples.subarray(first, first + PIECE);
  }
}

function median(values) {
  const sorted = Float64Array.from(values).sort(), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Baseline and height of the QRS complexes, millivolts; negative where they point down.
export function findLevel(samples) {
  const baselines = [], heights = [], asymmetries = [];
  for (const piece of getPieces(samples)) {
    let up = 0, down = 0;
    for (let t = SPAN; t + SPAN < piece.length; ++t) {
      const curvature = piece[t] - (piece[t - SPAN] + piece[t + SPAN]) / 2;
      if (curvature > up) up = curvature;
      if (curvature < down) down = curvature;
    }
    if (up === 0 && down === 0)
      continue;
    baselines.push(median(piece.filter(sample => !isNaN(sample))));
    heights.push(Math.max(up, -down));
    asymmetries.push(up + down);
  }
  if (!heights.length)
    return { offset: 0, scale: 1 };
  const height = median(heights);
  return { offset: median(baselines), scale: median(asymmetries) < 0 ? -height : height };
}

// --- RWave.cpp: where the R wave of a beat is ---

const DEFLECTION_BOX = 9, DEFLECTION_SPAN = 12, DEFLECTION_STEP = 2 ** -16, REACH = 18;

// `get` gives the sample at a position, which may be beyond the ends.
function findRWave(get, first, end) {
  const getMean = position => {
    let sum = 0;
    for (let i = 0; i < DEFLECTION_BOX; ++i)
      sum += get(position - (DEFLECTION_BOX >> 1) + i);
    return sum / DEFLECTION_BOX;
  };
  const largest = { position: first, deflection: 0 };
  for (let position = first; position < end; ++position) {
    const around = getMean(position - DEFLECTION_SPAN) + getMean(position + DEFLECTION_SPAN);
    const exact = Math.abs(getMean(position) - around / 2);
    const deflection = Math.floor(exact / DEFLECTION_STEP) * DEFLECTION_STEP;
    if (deflection > largest.deflection)
      Object.assign(largest, { position, deflection });
  }
  return largest;
}

// --- BeatDetector.cpp: from scores to beats ---

const REFRACTORY = 72, T_WAVE = 126, PAUSE = 360;
const T_WAVE_RATIO = 0.4, P_WAVE_RATIO = 0.2, EARLY_THRESHOLD = 0.2;
const DOUBTFUL = 0.5, EVENNESS = 8;

function getThresholdAfter(distance) {
  const part = Math.min(Math.max((distance - T_WAVE) / (PAUSE - T_WAVE), 0), 1);
  return EARLY_THRESHOLD + (THRESHOLD - EARLY_THRESHOLD) * part;
}

// Adds a maximum, at its R wave, to the beats, of which the last may still be replaced.
function pick(beats, maximum) {
  const last = beats.at(-1);
  if (!last) {
    beats.push(maximum);
    return;
  }
  const distance = maximum.position - last.position, isSoon = distance < T_WAVE;
  if (distance < REFRACTORY || (isSoon && last.strength < P_WAVE_RATIO * maximum.strength)) {
    if (maximum.strength > last.strength)
      beats[beats.length - 1] = maximum;
  } else if (maximum.score >= getThresholdAfter(distance) &&
             (!isSoon || maximum.strength >= T_WAVE_RATIO * last.strength)) {
    beats.push(maximum);
  }
}

const isEven = (interval, other) => EVENNESS * Math.abs(interval - other) <= other;

// Adds a beat to those that stay, given the two behind it.
function settle(kept, beat, next, overnext) {
  const [before, last] = kept.slice(-2);
  if (beat.score < DOUBTFUL && last && overnext) {
    const across = next.position - last.position;
    if (isEven(across, last.position - before.position) &&
        isEven(across, overnext.position - next.position))
      return;
  }
  kept.push(beat);
}

// --- Recording.cpp and Detection.cpp ---

// Missing samples as { first, end }; less than a window between two does not part them.
export function findGaps(samples) {
  const gaps = [];
  samples.forEach((sample, i) => {
    if (!isNaN(sample))
      return;
    const last = gaps.at(-1);
    if (last && i - last.end < WINDOW)
      last.end = i + 1;
    else
      gaps.push({ first: i, end: i + 1 });
  });
  return gaps;
}

// Scores a recording from its first sample on, and finds its beats.
export class Detector {
  // So many samples have been taken, so many positions have a smoothed score.
  taken = 0;
  smoothed = 0;
  smooth;
  gaps;
  #samples;
  #level;
  // The last that were picked, and before them those that stay.
  #picked = [];
  #settled = [];
  #stream;
  #scores;
  // Samples that the stream has got, with those beyond the ends, and scores that it gave.
  #pushed = 0;
  #scored = 0;
  #lastMissing = -Infinity;
  // The stretch of equal smoothed scores that the last one belongs to.
  #top = { begin: 0, score: -Infinity, isHigher: false };

  // `stream` is one of the classifier, compiled with --stream-hop=1; samples are millivolts at
  // RATE, NaN where one is missing.
  constructor(stream, samples) {
    this.#samples = samples;
    this.#level = findLevel(samples);
    this.gaps = findGaps(samples);
    this.#scores = new Float32Array(samples.length);
    this.smooth = new Float64Array(samples.length);
    this.#stream = stream;
    stream.restart();
    this.#score(new Float32Array(BEFORE).fill(this.#normalize(samples[0])));
  }

  // The last three may still change.
  get beats() {
    const kept = [...this.#settled], picked = this.#picked;
    picked.forEach((beat, i) => settle(kept, beat, picked[i + 1], picked[i + 2]));
    return kept;
  }

  get isDone() { return this.taken === this.#samples.length; }

  // Takes the samples up to `end`.
  take(end) {
    end = Math.min(end, this.#samples.length);
    if (end <= this.taken)
      return;
    const next = new Float32Array(this.#samples.subarray(this.taken, end))
        .map(sample => this.#normalize(sample));
    this.taken = end;
    this.#score(next);
    if (this.isDone)
      this.#score(new Float32Array(AFTER).fill(this.#normalize(this.#samples[end - 1])));
    this.#smoothScores();
  }

  #normalize(sample) {
    return Math.fround((sample - this.#level.offset) / this.#level.scale);
  }

  #score(samples) {
    const [scores] = this.#stream.push(samples);
    // The last of a window's samples is the first that a push has for it.
    const first = samples.length - scores.length;
    samples.forEach((sample, i) => {
      if (isNaN(sample))
        this.#lastMissing = this.#pushed + i;
      if (i < first)
        return;
      const score = scores[i - first];
      const isUsable = this.#pushed + i - this.#lastMissing >= WINDOW;
      if (isUsable && !(score >= 0 && score <= 1))
        throw new Error(`expects the model's output to be between 0 and 1, but got ${score}`);
      this.#scores[this.#scored++] = isUsable ? score : NaN;
    });
    this.#pushed += samples.length;
  }

  // Beyond the ends, the end scores count, but no top goes on.
  #smoothScores() {
    const scores = this.#scores, last = this.#samples.length - 1, half = BOX >> 1;
    const end = this.isDone ? last + 1 : this.#scored - half;
    for (let i = this.smoothed; i < end; ++i) {
      let sum = 0;
      for (let j = i - half; j <= i + half; ++j)
        sum += scores[Math.min(Math.max(j, 0), last)];
      this.smooth[i] = sum / BOX;
      this.#follow(i, this.smooth[i]);
    }
    this.smoothed = Math.max(this.smoothed, end);
    if (this.isDone)
      this.#follow(last + 1, -Infinity);
  }

  #follow(position, score) {
    const top = this.#top;
    if (score === top.score)
      return;
    if (top.isHigher && score < top.score && top.score >= THRESHOLD)
      this.#addMaximum(top, position);
    this.#top = { begin: position, score, isHigher: score > top.score };
  }

  #addMaximum({ begin, score }, end) {
    const samples = this.#samples, last = samples.length - 1;
    const get = i => this.#normalize(samples[Math.min(Math.max(i, 0), last)]);
    const { position, deflection } =
        findRWave(get, Math.max(begin - REACH, 0), Math.min(end + REACH, last + 1));
    if (this.gaps.some(gap => position < gap.end + WINDOW && position + WINDOW >= gap.first))
      return;
    const picked = this.#picked;
    pick(picked, { position, score, strength: score * deflection });
    // The last one may be replaced.
    while (picked.length > 3)
      settle(this.#settled, picked.shift(), picked[0], picked[1]);
  }
}

// The table that frieze-ecg scan writes.
export function writeBeats(record, beats) {
  const name = /[,;\t]/.test(record) ? `"${record}"` : record;
  return "record,sample,time_s,score\n" +
      beats.map(({ position, score }) =>
        `${name},${position},${(position / RATE).toFixed(4)},${score.toFixed(4)}\n`).join("");
}
