// Numbers of a curve, and the least and the most of any stretch of them.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

const MISSING = -32768, NONE = 32767;
// Numbers that one of the next level sums up.
const FAN = 64, LEVELS = 3;

// What SeriesWriter.cpp compressed: base64 of a zlib stream.
export async function inflate(text) {
  if (!globalThis.DecompressionStream)
    throw new Error("this browser has no DecompressionStream, as all have since 2023");
  const packed = await fetch(`data:;base64,${text}`);
  const stream = packed.body.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A curve of `count` numbers that come block by block. Each stands for `bin` values, `rate` of
// which are a second: for one, for the highest, or with `hasRanges` for the lowest and the
// highest. A value is (base + number) * step.
export class Series {
  // Numbers so far.
  loaded = 0;
  #low;
  #high;
  // From the level above the numbers on, with { low, high } each.
  #levels = [];
  #found = { low: NONE, high: MISSING };
  // Of the numbers so far, once asked for.
  #usualRange;

  constructor({ name, rate, bin, hasRanges, count, step, base }) {
    Object.assign(this, { name, bin, count, step, base });
    this.rate = rate / bin;
    this.#low = new Int16Array(count).fill(MISSING);
    this.#high = hasRanges ? new Int16Array(count).fill(MISSING) : this.#low;
    for (let level = 1, size = count; level <= LEVELS; ++level) {
      size = Math.ceil(size / FAN);
      this.#levels.push({ low: new Int16Array(size).fill(NONE),
                          high: new Int16Array(size).fill(MISSING) });
    }
  }

  // Takes the next block. Each number is a varint: 0 where it is missing, else one more than
  // the zigzag code of its distance from the one before; a range has that of its lowest value,
  // and how far the highest lies above.
  take(bytes) {
    const low = this.#low, high = this.#high, begin = this.loaded;
    let at = 0, value = 0, i = begin;
    const next = () => {
      let result = 0, byte, shift = 0;
      do {
        byte = bytes[at++];
        result |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      return result;
    };
    while (at < bytes.length) {
      // Most have one byte.
      const code = bytes[at] < 128 ? bytes[at++] : next();
      if (code) {
        value += (code - 1) >>> 1 ^ -((code - 1) & 1);
        low[i] = value;
        if (high !== low)
          high[i] = value + next();
      }
      ++i;
    }
    this.loaded = i;
    this.#usualRange = undefined;
    this.#sumUp(begin, i);
  }

  #sumUp(begin, end) {
    let below = { low: this.#low, high: this.#high };
    for (const level of this.#levels) {
      begin = Math.floor(begin / FAN);
      end = Math.ceil(end / FAN);
      for (let i = begin; i < end; ++i) {
        let least = NONE, most = MISSING;
        const to = Math.min((i + 1) * FAN, below.low.length);
        for (let j = i * FAN; j < to; ++j) {
          if (below.high[j] === MISSING)
            continue;
          if (below.low[j] < least) least = below.low[j];
          if (below.high[j] > most) most = below.high[j];
        }
        level.low[i] = least;
        level.high[i] = most;
      }
      below = level;
    }
  }

  // Exact, as whole stretches of a level stand for what is below them.
  #search(level, from, to) {
    if (level < LEVELS && to - from >= 2 * FAN) {
      const first = Math.ceil(from / FAN), last = Math.floor(to / FAN);
      this.#search(level, from, first * FAN);
      this.#search(level + 1, first, last);
      this.#search(level, last * FAN, to);
      return;
    }
    const { low, high } = level ? this.#levels[level - 1] : { low: this.#low, high: this.#high };
    let { low: least, high: most } = this.#found;
    for (let i = from; i < to; ++i) {
      if (high[i] === MISSING)
        continue;
      if (low[i] < least) least = low[i];
      if (high[i] > most) most = high[i];
    }
    this.#found = { low: least, high: most };
  }

  // The least and the most of the numbers from `first` up to `end`; null if all are missing.
  getExtremes(first, end) {
    this.#found = { low: NONE, high: MISSING };
    this.#search(0, Math.max(0, first), Math.min(this.loaded, end));
    const { low, high } = this.#found;
    return high === MISSING ? null
                            : { least: (this.base + low) * this.step,
                                most: (this.base + high) * this.step };
  }

  // Of the seconds from `begin` to `end`, and the numbers on either side.
  getExtremesBetween(begin, end) {
    return this.getExtremes(Math.floor(begin * this.rate), Math.ceil(end * this.rate) + 1);
  }

  // The number nearest to a time, its middle if it has two; NaN where it is missing.
  getValueAt(time) {
    const index = Math.round(time * this.rate - (1 - 1 / this.bin) / 2);
    const found = this.getExtremes(index, index + 1);
    return found ? (found.least + found.most) / 2 : NaN;
  }

  // Time of a number, seconds: the middle of its bin.
  getTime(index) {
    return (index + (1 - 1 / this.bin) / 2) / this.rate;
  }

  // What all but the highest and the lowest twentieth of the seconds stay within, so that an
  // artefact does not flatten all the rest.
  getUsualRange() {
    return this.#usualRange ??= this.#findUsualRange();
  }

  #findUsualRange() {
    const seconds = Math.max(1, Math.floor(this.loaded / this.rate)), lows = [], highs = [];
    for (let k = 0, count = Math.min(seconds, 2000); k < count; ++k) {
      const begin = Math.floor(k * seconds / count);
      const found = this.getExtremesBetween(begin, begin + 1);
      if (!found)
        continue;
      lows.push(found.least);
      highs.push(found.most);
    }
    if (!lows.length)
      return { least: -.5, most: .5 };
    lows.sort((a, b) => a - b);
    highs.sort((a, b) => a - b);
    return { least: lows[Math.floor(lows.length / 20)],
             most: highs[Math.ceil(highs.length * .95) - 1] };
  }
}
