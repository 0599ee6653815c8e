// Finds beats as the page of tools/web does, and prints them as frieze-ecg scan does:
//   node find_beats.mjs WEB ANSWERS FILE...
// ANSWERS is JSON: what is said of what the files leave open; null to say nothing.
import { File } from "node:buffer";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [web, answers, ...paths] = process.argv.slice(2);
const importFrom = file => import(pathToFileURL(join(web, file)));
const { Detector, writeBeats } = await importFrom("beats.mjs");
const { openRecording } = await importFrom("recordings.mjs");
const { load } = await importFrom("ecg.mjs");

function ask(question) {
  const given = JSON.parse(answers);
  if (!given)
    throw new Error(`asks ${JSON.stringify(question)}`);
  return given;
}

try {
  const files = paths.map(path => new File([readFileSync(path)], basename(path)));
  const { name, samples } = await openRecording(files, ask);
  const detector = new Detector((await load()).openStream(), samples);
  // As frames of the screen come: never the same number of samples.
  for (let count = 1; !detector.isDone; count = count * 7 % 1009)
    detector.take(detector.taken + count);
  process.stdout.write(writeBeats(name, detector.beats));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
