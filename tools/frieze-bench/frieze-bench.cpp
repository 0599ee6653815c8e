//===- frieze-bench.cpp - Measure compiled models ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/LayerSequence.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/ModelOptions.h"
#include "tools/frieze-bench/Benchmarks.h"
#include "tools/frieze-bench/DeviceBenchmarks.h"
#include "tools/frieze-bench/Report.h"
#include "tools/frieze-bench/Table.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <benchmark/benchmark.h>
#include <iostream>
#include <sched.h>
#include <sstream>

using namespace frieze;
namespace cl = llvm::cl;

namespace {
/// Hands results to Google Benchmark's reporters, or prints the table in place
/// of its own, where there are results for it.
class Reporter : public benchmark::BenchmarkReporter {
public:
  /// Writes JSON to `file` too, if there is one.
  Reporter(const Results *results, std::ostream *file) {
    std::unique_ptr<benchmark::BenchmarkReporter> display(
        benchmark::CreateDefaultDisplayReporter());
    if (results && dynamic_cast<benchmark::ConsoleReporter *>(display.get()))
      table.emplace(*results);
    else
      reporters.push_back(std::move(display));
    if (!file)
      return;
    reporters.push_back(std::make_unique<benchmark::JSONReporter>());
    reporters.back()->SetOutputStream(file);
  }

  bool ReportContext(const Context &context) override {
    if (table)
      table->printHeader();
    return llvm::all_of(reporters, [&](auto &reporter) {
      return reporter->ReportContext(context);
    });
  }
  void ReportRuns(const std::vector<Run> &runs) override {
    for (const Run &run : runs)
      if (run.error_occurred)
        errors.push_back(run.error_message);
    if (table)
      table->printNew();
    // Google Benchmark would append "/manual_time" to the names.
    std::vector<Run> named = runs;
    for (Run &run : named)
      run.run_name.time_type.clear();
    for (auto &reporter : reporters)
      reporter->ReportRuns(named);
  }
  void Finalize() override {
    if (table) {
      table->printSums();
      table->printAbsentPeers();
    }
    for (auto &reporter : reporters)
      reporter->Finalize();
  }

  /// Of the benchmarks that failed.
  std::vector<std::string> errors;

private:
  std::optional<TablePrinter> table;
  std::vector<std::unique_ptr<benchmark::BenchmarkReporter>> reporters;
};

/// The command line, in Google Benchmark's part and ours.
struct Options {
  cl::OptionCategory category{"frieze-bench options"};
  cl::opt<std::string> path{cl::Positional, cl::Required,
                            cl::desc("ARTEFACT|MODEL"), cl::cat(category)};
  cl::opt<bool> layers{
      "layers", cl::cat(category),
      cl::desc("Measure each layer of a model file too, by itself\n"
               "and in a call of the model")};
  /// The option keeps a reference to it.
  std::string compareDescription =
      "Measure the same model, .onnx or .tflite, in ONNX Runtime,\n"
      "OpenVINO and LiteRT, those that are installed, and hold its\n"
      "outputs against theirs: beyond " +
      std::string(Peer::tolerance) + ", exit with 1";
  cl::list<std::string> compare{"compare", cl::CommaSeparated,
                                cl::value_desc("file,..."), cl::cat(category),
                                cl::desc(compareDescription)};
  cl::opt<std::string> python{
      "python", cl::value_desc("path"), cl::init("python3"), cl::cat(category),
      cl::desc("Interpreter that has these libraries (default python3)")};
  cl::opt<std::string> report{"report", cl::value_desc("file.html"),
                              cl::cat(category),
                              cl::desc("Write the results as a page")};
  DeviceOption device{category};
  ModelOptions model{category};
  /// Google Benchmark's, which would not tell of a full disk.
  std::string json, jsonFormat = "json";

  /// Exits where the command line is wrong.
  Options(int argc, char **argv);
};
} // namespace

Options::Options(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  // Google Benchmark takes its own flags out first.
  std::vector<char *> benchmarkArguments{argv[0]}, ownArguments{argv[0]};
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument.consume_front("--benchmark_out="))
      json = argument.str();
    else if (argument.consume_front("--benchmark_out_format="))
      jsonFormat = argument.str();
    else if (argument.starts_with("--benchmark_"))
      benchmarkArguments.push_back(argv[i]);
    else
      ownArguments.push_back(argv[i]);
  }
  cl::ParseCommandLineOptions(ownArguments.size(), ownArguments.data(),
                              "Measures a compiled model, or a model file, "
                              "which it compiles first, on one\n"
                              "core. Flags of Google Benchmark work too, such "
                              "as --benchmark_format=json.\n");
  int benchmarkCount = benchmarkArguments.size();
  benchmark::Initialize(&benchmarkCount, benchmarkArguments.data());
  if (benchmark::ReportUnrecognizedArguments(benchmarkCount,
                                             benchmarkArguments.data()))
    std::exit(1);
}

/// Keeps this process, and those that it starts, on the core where it is.
static void pinToOneCore() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(sched_getcpu(), &cores);
  sched_setaffinity(0, sizeof(cores), &cores);
}

/// What is wrong with the files to compare with, or their interpreter.
static llvm::Error checkComparison(const Options &command) {
  for (const std::string &file : command.compare) {
    if (findPeerLibraries(file).empty())
      return llvm::createStringError(
          "expects .onnx or .tflite files for --compare, but got '" + file +
          "'");
    if (!llvm::sys::fs::exists(file))
      return llvm::createStringError("'" + file + "' does not exist");
  }
  llvm::ErrorOr<std::string> python =
      llvm::sys::findProgramByName(command.python);
  if (command.python.getNumOccurrences() &&
      !(python && llvm::sys::fs::can_execute(*python)))
    return llvm::createStringError(
        "expects an interpreter for --python, but '" + command.python +
        "' cannot be found");
  return llvm::Error::success();
}

/// Starts every peer that runs one of the files, and puts down those that
/// don't. False after a message where one fails, or its outputs are others.
static bool startPeers(const Options &command, const Subject &model,
                       std::vector<std::unique_ptr<Peer>> &peers,
                       std::vector<AbsentPeer> &absent) {
  bool good = true;
  auto report = [&](const std::string &file, const llvm::Twine &message) {
    failWith(file, message);
    good = false;
  };
  for (const std::string &file : command.compare)
    for (const PeerLibrary &library : findPeerLibraries(file)) {
      auto peer = Peer::start(library, file, command.python, model);
      if (peer) {
        if (!(*peer)->agrees())
          report(file,
                 "expects the outputs of '" + command.path + "' to within " +
                     Peer::tolerance + ", but got differences up to " +
                     llvm::formatv("{0:e1}", (*peer)->getDifference()).str() +
                     " in " + (*peer)->getName() +
                     (model.tableRows.empty()
                          ? "; an artefact does not tell which inputs are "
                            "numbers of rows of a table, a model file does"
                          : ""));
        peers.push_back(std::move(*peer));
        continue;
      }
      llvm::Error other = llvm::handleErrors(
          peer.takeError(), [&](const MissingLibrary &missing) {
            llvm::errs() << file << ": warning: " << library.name
                         << " is skipped: " << missing.message() << "\n";
          });
      absent.push_back({library.name.str(), file, bool(other)});
      if (other)
        report(file, library.name + ": " + llvm::toString(std::move(other)));
    }
  return good;
}

static void addContext(const Results &results) {
  auto add = [](const std::string &key, double value) {
    benchmark::AddCustomContext(key, llvm::formatv("{0:f1}", value));
  };
  const Subject &model = results.subjects.front();
  benchmark::AddCustomContext("processor", getProcessorName());
  benchmark::AddCustomContext("compiler", model.model->compiler);
  benchmark::AddCustomContext("variant", model.machine.str());
  add("peak_gflops", results.peak.gigaflops);
  for (const Bandwidth &bandwidth : results.peak.bandwidths) {
    llvm::StringRef level = bandwidth.level;
    add("bandwidth_" + level.lower() + "_gb_per_s", bandwidth.gigabytes);
    // The level that holds the weights of small models stands for all.
    if (level == "L2")
      add("bandwidth_gb_per_s", bandwidth.gigabytes);
  }
  for (const AbsentPeer &absent : results.absentPeers)
    benchmark::AddCustomContext(
        absent.peer + ", " + llvm::sys::path::filename(absent.file).str(),
        absent.getState());
}

/// False after a message, where a file could not be written in the end.
static bool checkOutputs(const Options &command) {
  auto report = [](llvm::StringRef file, llvm::Error error) {
    if (!error)
      return true;
    failWith(getOutputName(file), llvm::toString(std::move(error)));
    return false;
  };
  if (command.jsonFormat != "json") {
    failWith("frieze-bench", "expects json for --benchmark_out_format, but "
                             "got '" +
                                 command.jsonFormat + "'");
    return false;
  }
  return report(command.report, checkPage(command.report)) &&
         (command.json.empty() ||
          report(command.json, checkWritable(command.json)));
}

/// Writes `path`, if there is one; false after a message.
static bool write(const std::string &path,
                  llvm::function_ref<void(llvm::raw_ostream &)> print) {
  if (path.empty())
    return true;
  llvm::Error error = writeFile(path, print);
  if (!error)
    return true;
  failWith(getOutputName(path), llvm::toString(std::move(error)));
  return false;
}

/// Measures the model on a device, alone, and prints what Google Benchmark
/// prints of it.
static int measureOnDevice(const Options &command, const DeviceChoice &choice) {
  if (command.layers || !command.compare.empty() || !command.report.empty() ||
      choice.allowsCPU)
    return failWith("frieze-bench", "expects --device without --layers, "
                                    "--compare, --report and ',cpu'");
  llvm::Expected<CompileOptions> options =
      command.model.get("model", choice.getTarget());
  if (!options)
    return failWith("frieze-bench", llvm::toString(options.takeError()));
  llvm::Expected<OpenDevice> device = OpenDevice::open(choice);
  if (!device)
    return failWith("frieze-bench", llvm::toString(device.takeError()));
  llvm::Expected<LoadedModel> model = loadModel(command.path, *options);
  if (!model)
    return failWith(command.path, llvm::toString(model.takeError()));
  // What is loaded on it must not outlive the model.
  OpenDevice used = std::move(*device);
  llvm::Error error = used.load(**model);
  if (!error)
    error = registerDevice(used, **model);
  if (error)
    return failWith(command.path, llvm::toString(std::move(error)));
  std::ostringstream json;
  Reporter reporter(nullptr, command.json.empty() ? nullptr : &json);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  benchmark::Shutdown();
  for (const std::string &problem : reporter.errors)
    failWith("frieze-bench", problem);
  if (!std::cout.flush())
    return failWith("<stdout>", "cannot be written");
  return write(command.json,
               [&](llvm::raw_ostream &os) { os << json.str(); }) &&
                 reporter.errors.empty()
             ? 0
             : 1;
}

/// Measures the layers among `subjects` as in a call of the model.
static void addTimesInSequence(llvm::MutableArrayRef<Subject> subjects) {
  constexpr double seconds = 0.3;
  llvm::MutableArrayRef<Subject> layers = subjects.drop_front();
  std::vector<LoadedLayer> loaded;
  for (const Subject &layer : layers)
    loaded.push_back({layer.model, layer.operands, layer.result});
  for (auto [layer, times] :
       llvm::zip_equal(layers, measureInSequence(loaded, seconds)))
    layer.inSequence = times;
}

static int measure(int argc, char **argv) {
  Options command(argc, argv);
  llvm::Expected<std::optional<DeviceChoice>> choice = command.device.get();
  if (!choice)
    return failWith("frieze-bench", llvm::toString(choice.takeError()));
  if (*choice)
    return checkOutputs(command) ? measureOnDevice(command, **choice) : 1;
  llvm::Expected<CompileOptions> options = command.model.get("model");
  if (!options)
    return failWith("frieze-bench", llvm::toString(options.takeError()));
  if (llvm::Error error = checkComparison(command))
    return failWith("frieze-bench", llvm::toString(std::move(error)));
  if (!checkOutputs(command))
    return 1;
  if (!command.compare.empty())
    pinToOneCore();

  llvm::Expected<std::vector<Subject>> subjects =
      loadSubjects(command.path, command.layers, *options);
  if (!subjects)
    return failWith(command.path, llvm::toString(subjects.takeError()));
  const Subject &model = subjects->front();
  Results results;
  std::vector<std::unique_ptr<Peer>> peers;
  bool good = startPeers(command, model, peers, results.absentPeers);

  results.subjects = *subjects;
  results.peak = measureMachinePeak();
  addTimesInSequence(*subjects);
  addContext(results);
  for (const Subject &subject : *subjects)
    registerBenchmark(subject, results);
  if (model.model->stream)
    registerStream(model, results);
  for (const std::unique_ptr<Peer> &peer : peers)
    registerComparison(model, *peer, results);
  std::ostringstream json;
  Reporter reporter(&results, command.json.empty() ? nullptr : &json);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  for (const std::string &error : reporter.errors)
    failWith("frieze-bench", error);
  good &= reporter.errors.empty();
  // Where Google Benchmark's reporters print.
  if (!std::cout.flush())
    return failWith("<stdout>", "cannot be written");
  good &= write(command.json, [&](llvm::raw_ostream &os) { os << json.str(); });
  if (!results.measurements.empty())
    good &= write(command.report,
                  [&](llvm::raw_ostream &os) { writeReport(results, os); });
  return good ? 0 : 1;
}

int main(int argc, char **argv) { return runTool(argc, argv, measure); }
