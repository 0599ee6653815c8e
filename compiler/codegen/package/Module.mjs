// What follows is the same in the file of every model.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

const TYPED_ARRAYS = {
  float32: Float32Array, int8: Int8Array, int16: Int16Array, int32: Int32Array,
};

// Long runs go through buffers of this size, so that the module's memory, which never
// shrinks, does not grow with them.
const BUFFER_BYTES = 1 << 18;

function describeShape(tensor) {
  return tensor.shape.join(" × ");
}

function describeValue(value) {
  return value === null ? "null" : typeof value !== "object" ? typeof value
       : Object.prototype.toString.call(value).slice(8, -1);
}

// By its name, as arrays of another frame or window have a class of their own.
function checkType(tensor, value) {
  const { name } = TYPED_ARRAYS[tensor.type];
  if (describeValue(value) !== name)
    throw new TypeError(`input '${tensor.name}': expects a ${name} of shape ` +
                        `${describeShape(tensor)}, but got ${describeValue(value)}`);
}

function checkInputs(values, count) {
  const { inputs } = description;
  if (values.length !== inputs.length)
    throw new TypeError(`expects ${inputs.length} input${inputs.length === 1 ? "" : "s"} ` +
                        `(${inputs.map(tensor => `'${tensor.name}'`).join(", ")}), ` +
                        `but got ${values.length}`);
  inputs.forEach((tensor, i) => {
    checkType(tensor, values[i]);
    const expected = count * tensor.elements;
    if (values[i].length !== expected)
      throw new RangeError(`input '${tensor.name}': expects ${expected} elements, ` +
                           (count === 1 ? "" : `${count} times `) +
                           `the shape ${describeShape(tensor)}, but got ${values[i].length}`);
  });
}

function makeOutputs(count) {
  return description.outputs.map(
      tensor => new TYPED_ARRAYS[tensor.type](count * tensor.elements));
}

// The exports of a module, and its memory behind what the linker put there.
class Instance {
  #exports;
  #end;

  constructor(exports) {
    this.#exports = exports;
    this.#end = exports.__heap_base.value;
  }

  allocate(bytes, alignment) {
    const at = Math.ceil(this.#end / alignment) * alignment;
    this.#end = at + bytes;
    const missing = this.#end - this.#exports.memory.buffer.byteLength;
    if (missing > 0)
      this.#exports.memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  // Places for the elements of `count` calls or windows of each tensor.
  allocateTensors(tensors, count) {
    return tensors.map(tensor => this.allocate(
        count * tensor.elements * TYPED_ARRAYS[tensor.type].BYTES_PER_ELEMENT, 16));
  }

  // Made anew each time, as memory that grows leaves its views behind.
  view(tensor, at, length) {
    return new TYPED_ARRAYS[tensor.type](this.#exports.memory.buffer, at, length);
  }

  call(name, ...operands) {
    return this.#exports[`${description.name}_${name}`](...operands);
  }
}

function countBytes(tensors) {
  return tensors.reduce((bytes, tensor) => bytes + tensor.elements *
                        TYPED_ARRAYS[tensor.type].BYTES_PER_ELEMENT, 0);
}

class Stream {
  #instance;
  #state;
  #samples;
  #mostSamples;
  #outputs;

  constructor(instance) {
    const { inputs: [input], outputs, stream } = description;
    this.#instance = instance;
    this.#state = instance.allocate(stream.stateBytes, stream.stateAlignment);
    const sampleBytes = countBytes([{ ...input, elements: stream.channels }]) +
                        countBytes(outputs) / stream.hop;
    this.#mostSamples = Math.max(1, Math.floor(BUFFER_BYTES / sampleBytes));
    this.#samples = instance.allocateTensors([{ ...input, elements: stream.channels }],
                                             this.#mostSamples)[0];
    this.#outputs = instance.allocateTensors(outputs, this.#countWindows(this.#mostSamples));
    instance.call("stream_init", this.#state);
  }

  push(samples) {
    const { inputs: [input], outputs, stream: { channels } } = description;
    checkType(input, samples);
    if (samples.length % channels)
      throw new RangeError(`input '${input.name}': expects samples of ${channels} elements, ` +
                           `but got ${samples.length} elements`);
    const count = samples.length / channels;
    const results = makeOutputs(this.#countWindows(count));
    let windows = 0;
    for (let first = 0; first < count; first += this.#mostSamples) {
      const next = Math.min(this.#mostSamples, count - first);
      this.#instance.view(input, this.#samples, next * channels)
          .set(samples.subarray(first * channels, (first + next) * channels));
      const done = Number(this.#instance.call("stream_push", this.#state, this.#samples,
                                              BigInt(next), ...this.#outputs));
      outputs.forEach((tensor, i) => results[i].set(
          this.#instance.view(tensor, this.#outputs[i], done * tensor.elements),
          windows * tensor.elements));
      windows += done;
    }
    return results.map((result, i) => result.slice(0, windows * outputs[i].elements));
  }

  restart() {
    this.#instance.call("stream_init", this.#state);
  }

  #countWindows(samples) {
    return Math.floor(samples / description.stream.hop) + 1;
  }
}

class Model {
  #instance;
  #arena;
  #mostCalls;
  #inputs;
  #outputs;

  constructor(exports) {
    const { inputs, outputs } = description;
    this.#instance = new Instance(exports);
    this.#arena = this.#instance.allocate(description.arenaBytes, description.arenaAlignment);
    this.#mostCalls = Math.max(1, Math.floor(BUFFER_BYTES / countBytes([...inputs, ...outputs])));
    this.#inputs = this.#instance.allocateTensors(inputs, this.#mostCalls);
    this.#outputs = this.#instance.allocateTensors(outputs, this.#mostCalls);
  }

  run(...inputs) {
    checkInputs(inputs, 1);
    const results = makeOutputs(1);
    this.#copyInputs(inputs, 0, 1);
    this.#instance.call("run", ...this.#inputs, ...this.#outputs, this.#arena);
    this.#copyOutputs(results, 0, 1);
    return results;
  }

  runBatch(count, ...inputs) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`expects a count of calls, 0 or more, but got ${count}`);
    checkInputs(inputs, count);
    const results = makeOutputs(count);
    for (let first = 0; first < count; first += this.#mostCalls) {
      const next = Math.min(this.#mostCalls, count - first);
      this.#copyInputs(inputs, first, next);
      this.#instance.call("run_batch", BigInt(next), ...this.#inputs, ...this.#outputs,
                          this.#arena);
      this.#copyOutputs(results, first, next);
    }
    return results;
  }

  openStream() {
    if (!description.stream)
      throw new Error(`the model ${description.name} was compiled without --stream-hop or --stream-steps`);
    return new Stream(this.#instance);
  }

  #copyInputs(inputs, first, count) {
    description.inputs.forEach((tensor, i) =>
      this.#instance.view(tensor, this.#inputs[i], count * tensor.elements)
          .set(inputs[i].subarray(first * tensor.elements, (first + count) * tensor.elements)));
  }

  #copyOutputs(results, first, count) {
    description.outputs.forEach((tensor, i) => results[i].set(
        this.#instance.view(tensor, this.#outputs[i], count * tensor.elements),
        first * tensor.elements));
  }
}

async function fetchBytes(url) {
  // Node's fetch reads no files.
  if (url.protocol === "file:" && globalThis.process?.versions?.node)
    return (await import("node:fs/promises")).readFile(url);
  return readResponse(await fetch(url), url);
}

// Its bytes, whatever type the server says that they have.
function readResponse(response, url) {
  if (!response.ok)
    throw new Error(`${url}: cannot be fetched: status ${response.status}`);
  return response.arrayBuffer();
}

async function compile(source) {
  source = await source;
  if (source instanceof WebAssembly.Module)
    return source;
  if (typeof source === "string" || source instanceof URL)
    source = await fetchBytes(new URL(source, import.meta.url));
  else if (describeValue(source) === "Response")
    source = await readResponse(source, source.url);
  return WebAssembly.compile(source);
}

export async function load(source = FILE) {
  const module = await compile(source);
  const [found] = WebAssembly.Module.customSections(module, "frieze");
  if (!found || new TextDecoder().decode(found) !== ID)
    throw new Error(`expects the module that was compiled with this file, ${FILE}, ` +
                    "but got another");
  return new Model((await WebAssembly.instantiate(module, {})).exports);
}
