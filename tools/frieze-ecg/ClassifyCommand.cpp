//===- ClassifyCommand.cpp - Options of frieze-ecg classify -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/ClassifyCommand.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/Classifier.h"
#include "tools/frieze-ecg/Classify.h"
#include "tools/frieze-ecg/JobCommand.h"
#include "tools/frieze-ecg/RecordingFlags.h"
#include "tools/frieze-ecg/ReportFile.h"
#include "tools/frieze-ecg/beats/BeatCodes.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static cl::OptionCategory category("frieze-ecg classify options");

static cl::SubCommand command("classify", "tell the classes of beats");

static JobCommand job(category, command);
static cl::opt<std::string>
    model("model", cl::Required, cl::value_desc("file"),
          cl::desc("The classifier of beats: a model file, or a shared library "
                   "that frieze-compile wrote"),
          cl::sub(command), cl::cat(category));
static cl::list<std::string>
    beats("beats", cl::value_desc("file|folder"),
          cl::desc("Beats to classify: CSV (columns record,sample), JSON that "
                   "scan wrote, or a WFDB annotation file (default: those that "
                   "scan finds)"),
          cl::sub(command), cl::cat(category));
static cl::opt<std::string> detector(
    "detector", cl::value_desc("file"),
    cl::desc("Finds the beats to classify, as scan --model does (default: "
             "the classifier that is installed)"),
    cl::sub(command), cl::cat(category));
static cl::opt<double> rate("rate", cl::Required, cl::value_desc("Hz"),
                            cl::desc("Sampling rate of the model's windows"),
                            cl::sub(command), cl::cat(category));
static cl::opt<double>
    before("before", cl::Required, cl::value_desc("s"),
           cl::desc("Seconds before a beat at which its window begins"),
           cl::sub(command), cl::cat(category));
static cl::opt<double>
    after("after", cl::Required, cl::value_desc("s"),
          cl::desc("Seconds behind a beat to which its window reaches"),
          cl::sub(command), cl::cat(category));
static cl::opt<Normalisation> normalisation(
    "normalise", cl::init(Normalisation::None),
    cl::desc("How samples are scaled:"),
    cl::values(clEnumValN(Normalisation::None, "none",
                          "not: millivolts (default)"),
               clEnumValN(Normalisation::MinMax, "min-max", "from 0 to 1"),
               clEnumValN(Normalisation::ZScore, "z-score",
                          "mean 0 and standard deviation 1")),
    cl::sub(command), cl::cat(category));
static cl::alias normalisationAlias("normalize", cl::aliasopt(normalisation),
                                    cl::Hidden);
static cl::opt<std::string> scaled(
    "normalise-over", cl::value_desc("s|record"),
    cl::desc("Scale stretches of so many seconds, or the whole recording, and "
             "not each window alone"),
    cl::sub(command), cl::cat(category));
static cl::opt<double> untilRR(
    "until-rr", cl::value_desc("N"),
    cl::desc("0 from so many RR intervals behind the beat on: of the median of "
             "the recording, or of the stretch of --normalise-over"),
    cl::sub(command), cl::cat(category));
static cl::list<std::string> inputs(
    "input", cl::value_desc("name=previous,next,mean"),
    cl::desc("RR intervals, seconds, for another input of the model: since the "
             "beat before, to the next one, mean of the ten around the beat"),
    cl::sub(command), cl::cat(category));
static cl::opt<std::string>
    classes("classes", cl::Required, cl::value_desc("N,S,V,F,Q|@file"),
            cl::desc("Names of the model's outputs, in their order; in a file, "
                     "one a line"),
            cl::sub(command), cl::cat(category));
static cl::opt<bool>
    logits("logits", cl::desc("The model does not end in a softmax: apply it"),
           cl::sub(command), cl::cat(category));
static cl::opt<std::string>
    report("report", cl::value_desc("page.html"),
           cl::desc("Also write a page that shows one record, its beats and "
                    "their classes"),
           cl::sub(command), cl::cat(category));
static RecordingFlags recordingFlags(category, command, "recording-rate");

/// Checks a number that was given; prints an error if it is none.
static bool isNumber(const cl::opt<double> &option, double least) {
  if (!option.getNumOccurrences() || (option >= least && std::isfinite(option)))
    return true;
  failWith(("--" + option.ArgStr).str(),
           "expects a " +
               Twine(least > 0 ? "positive number" : "number from 0") +
               ", but got " + formatNumber(option));
  return false;
}

/// The names of --classes.
static Expected<std::vector<std::string>> readClasses() {
  std::string text = classes;
  StringRef file;
  if (StringRef(text).starts_with("@")) {
    Expected<std::string> read = readFile(StringRef(classes).drop_front());
    if (!read)
      return inFile(StringRef(classes).drop_front(), read.takeError());
    text = *read;
    file = StringRef(classes).drop_front();
  }
  StringRef where = file.empty() ? "--classes" : file;
  SmallVector<StringRef> names;
  StringRef(text).trim().split(names, file.empty() ? ',' : '\n');
  std::vector<std::string> result;
  StringSet<> known;
  for (StringRef name : names) {
    name = name.trim();
    if (name.empty() || name.find_first_of(",;\t\"'\n") != StringRef::npos)
      return fileError(where, "expects names without commas, semicolons and "
                              "quotes, but got '" +
                                  name + "'");
    if (!known.insert(name).second)
      return fileError(where,
                       "expects different names, but got '" + name + "' twice");
    result.push_back(name.str());
  }
  return result;
}

static Expected<RRInput> readInput(StringRef text) {
  auto [name, features] = text.rsplit('=');
  if (name == text)
    return fileError("--input",
                     "expects NAME=previous,next,mean, but got '" + text + "'");
  RRInput input{name.str(), {}};
  SmallVector<StringRef> words;
  features.split(words, ',');
  for (StringRef word : words) {
    std::optional<RRFeature> feature = findRRFeature(word);
    if (!feature)
      return fileError("--input", "expects previous, next or mean, but got '" +
                                      word + "'");
    input.features.push_back(*feature);
  }
  return input;
}

/// Reads --normalise-over.
static Error readScaled(BeatWindowOptions &options) {
  if (!scaled.getNumOccurrences())
    return Error::success();
  // Stretches are kept whole.
  constexpr double longest = 600;
  std::optional<double> seconds = parseNumber(scaled);
  if (scaled == "record")
    options.scalesRecording = true;
  else if (seconds && *seconds * rate >= 2 && *seconds <= longest)
    options.stretch = seconds;
  else
    return fileError("--normalise-over",
                     "expects 'record', or seconds of several samples and at "
                     "most " +
                         formatNumber(longest) + ", but got '" + scaled + "'");
  if (normalisation == Normalisation::None)
    return fileError("--normalise-over", "expects --normalise=min-max or "
                                         "--normalise=z-score");
  return Error::success();
}

static Error readModelOptions(BeatModelOptions &options) {
  options.window.rate = rate;
  options.window.before = before;
  options.window.after = after;
  options.window.normalisation = normalisation;
  if (Error error = readScaled(options.window))
    return error;
  if (untilRR.getNumOccurrences())
    options.window.untilRR = untilRR;
  options.logits = logits;
  Expected<std::vector<std::string>> names = readClasses();
  if (!names)
    return names.takeError();
  options.classes = *names;
  for (const std::string &text : inputs) {
    Expected<RRInput> input = readInput(text);
    if (!input)
      return input.takeError();
    options.inputs.push_back(*input);
  }
  return Error::success();
}

/// What keeps the beats and their classes from being written.
static Error checkWritten(const JobOptions &options) {
  if (options.format == BeatFileFormat::Annotations)
    for (const std::string &name : options.classes)
      if (!findBeatCode(StringRef(name)))
        return fileError("--classes",
                         "expects signs of WFDB's beats (N, S, V, F, Q, L, R, "
                         "...) for annotations, but got '" +
                             name + "'");
  return checkOutputs(options, report);
}

static int run(ArrayRef<std::string> arguments) {
  bool isGood = true;
  isGood &= isNumber(rate, /*least=*/1e-9);
  for (const cl::opt<double> *option : {&before, &after, &untilRR})
    isGood &= isNumber(*option, /*least=*/0);
  if (!isGood)
    return 1;
  if (rate < minRate || rate > maxRate)
    return failWith("--rate", "expects a rate from " + formatNumber(minRate) +
                                  " to " + formatNumber(maxRate) +
                                  " Hz, but got " + formatNumber(rate));

  if (!beats.empty() && !detector.empty())
    return failWith("--detector",
                    "expects no --beats, which are given already");
  ClassifyOptions options;
  options.model = model;
  options.beats.assign(beats.begin(), beats.end());
  options.detector = detector;
  if (beats.empty() && detector.empty())
    options.detector = getOwnClassifier();
  Expected<RecordingOptions> recording = recordingFlags.get();
  if (!recording) {
    errs() << toString(recording.takeError()) << '\n';
    return 1;
  }
  options.recording = *recording;
  options.report = report;
  Expected<JobOptions> jobOptions = job.get(arguments);
  Error problem = jobOptions.takeError();
  if (!problem)
    problem = readModelOptions(options.beatModel);
  if (!problem) {
    options.job = std::move(*jobOptions);
    options.job.classes = options.beatModel.classes;
    problem = checkWritten(options.job);
  }
  if (problem) {
    errs() << toString(std::move(problem)) << '\n';
    return 1;
  }
  return classify(options);
}

std::optional<int> frieze::ecg::runClassify(ArrayRef<std::string> arguments) {
  if (!command)
    return std::nullopt;
  return run(arguments);
}

void frieze::ecg::hideUnrelatedClassifyOptions() {
  cl::HideUnrelatedOptions(category, command);
}
