// Runs a module on the arrays of wasm_format.py, which gives a job on standard input.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(0, "utf8"));
const { description, load } = await import(pathToFileURL(job.module));
const model = await load();

const arrays = description.inputs.map(({ name }, i) => {
  const number = job.names.length === 1 ? i : job.names.indexOf(name);
  const bytes = readFileSync(join(job.folder, `input_${number}.bin`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
});
const count = arrays[0].length / description.inputs[0].elements;

// What several calls give, one after the other.
function joinParts(parts) {
  return description.outputs.map((_, i) => Float32Array.from(parts.flatMap(part => [...part[i]])));
}

function runEach() {
  const parts = [];
  for (let call = 0; call < count; ++call)
    parts.push(model.run(...arrays.map((array, i) => {
      const { elements } = description.inputs[i];
      return array.subarray(call * elements, (call + 1) * elements);
    })));
  return joinParts(parts);
}

// 1, 2, 4, ... samples a time, as a stream may not care.
function pushPieces() {
  const stream = model.openStream(), { channels } = description.stream, parts = [];
  for (let first = 0, size = channels; first < arrays[0].length; first += size, size *= 2)
    parts.push(stream.push(arrays[0].subarray(first, first + size)));
  return joinParts(parts);
}

// Behind another recording, which a stream forgets.
function pushAll() {
  const stream = model.openStream();
  stream.push(arrays[0].subarray(0, description.stream.channels));
  stream.restart();
  return stream.push(arrays[0]);
}

const ways = {
  run: runEach,
  runBatch: () => model.runBatch(count, ...arrays),
  push: pushPieces,
  pushAll,
};
ways[job.way]().forEach((output, i) =>
  writeFileSync(join(job.folder, `output_${i}.bin`), output));
console.log(JSON.stringify(description.outputs.map(({ name }) => name)));
