//===- frieze-run.cpp - Run a model on arrays -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"
#include "compiler/target/Target.h"
#include "frontends/Files.h"
#include "frontends/NumpyFile.h"
#include "tools/CommandLine.h"
#include "tools/CompilerContext.h"
#include "tools/Device.h"
#include "tools/LoadModel.h"
#include "tools/ModelOptions.h"
#include "tools/frieze-run/Batch.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/AlignOf.h"

using namespace frieze;
namespace cl = llvm::cl;

namespace {
enum class Reference { None, F64, Bits };

/// A way to run a model. `run` makes so many calls, on arrays of those of all
/// of them one after the other, for each input and output.
struct Runner : ModelPorts {
  std::function<llvm::Error(int64_t calls, llvm::ArrayRef<const float *>,
                            llvm::ArrayRef<float *>)>
      run;
};
} // namespace

//===----------------------------------------------------------------------===//
// The compiled model
//===----------------------------------------------------------------------===//

static std::vector<Port> getPorts(const frieze_tensor *tensors,
                                  uint64_t count) {
  std::vector<Port> ports;
  for (const frieze_tensor &tensor : llvm::ArrayRef(tensors, count))
    ports.push_back(
        {tensor.name,
         llvm::SmallVector<int64_t>(tensor.shape, tensor.shape + tensor.rank)});
  return ports;
}

static Runner createRunner(const LoadedModel &model) {
  Runner runner;
  runner.inputs = getPorts(model->inputs, model->input_count);
  runner.outputs = getPorts(model->outputs, model->output_count);
  std::shared_ptr<void> arena(
      llvm::allocate_buffer(std::max<uint64_t>(1, model->arena_bytes),
                            model->arena_alignment),
      [&model](void *memory) {
        llvm::deallocate_buffer(memory,
                                std::max<uint64_t>(1, model->arena_bytes),
                                model->arena_alignment);
      });
  runner.run = [&model, arena](int64_t calls,
                               llvm::ArrayRef<const float *> inputs,
                               llvm::ArrayRef<float *> outputs) {
    llvm::SmallVector<const void *> from(inputs.begin(), inputs.end());
    llvm::SmallVector<void *> to(outputs.begin(), outputs.end());
    model->run_batch(calls, from.data(), to.data(), arena.get());
    return llvm::Error::success();
  };
  return runner;
}

/// The same on a device, which the model is loaded on. Where that fails and
/// `allowsCPU`, the CPU runs all calls.
static Runner createRunner(const LoadedModel &model, const OpenDevice &device,
                           bool allowsCPU) {
  Runner runner = createRunner(model);
  runner.run = [&device, allowsCPU, runOnCPU = std::move(runner.run)](
                   int64_t calls, llvm::ArrayRef<const float *> inputs,
                   llvm::ArrayRef<float *> outputs) -> llvm::Error {
    llvm::SmallVector<const void *> from(inputs.begin(), inputs.end());
    llvm::SmallVector<void *> to(outputs.begin(), outputs.end());
    frieze_device_error error;
    if (!frieze_device_run(device.getModel(), calls, from.data(), to.data(),
                           &error))
      return llvm::Error::success();
    if (!allowsCPU)
      return llvm::createStringError(llvm::Twine("frieze-run: error: ") +
                                     error.text);
    warnOfCPU("frieze-run", error.text);
    return runOnCPU(calls, inputs, outputs);
  };
  return runner;
}

//===----------------------------------------------------------------------===//
// The reference evaluator
//===----------------------------------------------------------------------===//

static llvm::ArrayRef<int64_t> getShape(mlir::Type type) {
  return llvm::cast<mlir::ShapedType>(type).getShape();
}

template <typename T>
static Runner createRunner(mlir::func::FuncOp function,
                           reference::Arithmetic arithmetic) {
  Runner runner;
  auto makePort = [](mlir::Attribute name, mlir::Type type) {
    auto string = llvm::dyn_cast_or_null<mlir::StringAttr>(name);
    return Port{string ? string.str() : std::string(),
                llvm::SmallVector<int64_t>(getShape(type))};
  };
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    runner.inputs.push_back(makePort(function.getArgAttr(i, "nn.name"), type));
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    runner.outputs.push_back(
        makePort(function.getResultAttr(i, "nn.name"), type));
  runner.run = [function, arithmetic](
                   int64_t calls, llvm::ArrayRef<const float *> inputs,
                   llvm::ArrayRef<float *> outputs) mutable -> llvm::Error {
    for (int64_t call = 0; call < calls; ++call) {
      std::vector<reference::Tensor<T>> arguments;
      for (auto [type, data] :
           llvm::zip_equal(function.getArgumentTypes(), inputs)) {
        int64_t elements = llvm::cast<mlir::ShapedType>(type).getNumElements();
        const float *first = data + call * elements;
        arguments.push_back({getShape(type).vec(), {first, first + elements}});
      }
      auto results = reference::evaluate<T>(function, arguments, arithmetic);
      if (failed(results))
        return llvm::createStringError("cannot be evaluated");
      for (auto [result, data] : llvm::zip_equal(*results, outputs))
        llvm::copy(result.values, data + call * result.values.size());
    }
    return llvm::Error::success();
  };
  return runner;
}

//===----------------------------------------------------------------------===//
// Arrays in and out
//===----------------------------------------------------------------------===//

/// The places among `arrays` of those called `names`, each taken once. Names
/// that are missing have none.
static std::vector<size_t> findPlaces(llvm::ArrayRef<NamedArray> arrays,
                                      llvm::ArrayRef<std::string> names) {
  std::vector<size_t> places;
  for (const std::string &name : names)
    for (auto [place, array] : llvm::enumerate(arrays))
      if (array.name == name && !llvm::is_contained(places, place)) {
        places.push_back(place);
        break;
      }
  return places;
}

static std::string quoteNames(llvm::ArrayRef<std::string> names) {
  return names.empty() ? "none" : "'" + llvm::join(names, "', '") + "'";
}

/// Orders the arrays as the model has its inputs: by their names, or by number
/// where all are called arr_0, arr_1 and so on, as NumPy calls those that got
/// no name. A single one needs none.
static llvm::Error orderArrays(std::vector<NamedArray> &arrays,
                               llvm::ArrayRef<Port> inputs) {
  if (arrays.size() == 1 && inputs.size() == 1)
    return llvm::Error::success();
  std::vector<std::string> names, numbers, found;
  for (auto [i, port] : llvm::enumerate(inputs)) {
    names.push_back(port.name);
    numbers.push_back("arr_" + std::to_string(i));
  }
  for (const NamedArray &array : arrays)
    found.push_back(array.name);
  std::vector<size_t> places = findPlaces(arrays, names);
  if (places.empty())
    places = findPlaces(arrays, numbers);
  if (places.size() != inputs.size() || places.size() != arrays.size()) {
    std::string expected =
        inputs.size() == 1 ? "one array, for the input " + quoteNames(names)
                           : "arrays " + quoteNames(names) + " (or " +
                                 llvm::join(numbers, ", ") + " in this order)";
    bool hasNoNames = found.size() == 1 && found.front().empty();
    return llvm::createStringError(
        "expects " + expected + ", but got " +
        (hasNoNames ? "one without a name" : quoteNames(found)));
  }
  std::vector<NamedArray> ordered;
  for (size_t place : places)
    ordered.push_back(std::move(arrays[place]));
  arrays = std::move(ordered);
  return llvm::Error::success();
}

/// Whether a file of `format` can hold the outputs of the model.
static llvm::Error checkOutputs(NumpyFormat format,
                                llvm::ArrayRef<Port> outputs) {
  if (format == NumpyFormat::Npy && outputs.size() != 1)
    return llvm::createStringError("expects .npz for " +
                                   llvm::Twine(outputs.size()) +
                                   " outputs, but got .npy, which holds one");
  llvm::StringSet<> names;
  for (const Port &port : outputs)
    if (format == NumpyFormat::Npz && !names.insert(port.name).second)
      return llvm::createStringError(
          "expects outputs of different names, but two are called '" +
          port.name + "'");
  return llvm::Error::success();
}

static llvm::Expected<std::vector<NamedArray>>
runAll(const Runner &runner, std::vector<NamedArray> &inputs, int64_t calls) {
  std::vector<NamedArray> outputs;
  for (const Port &port : runner.outputs) {
    Array array;
    array.shape = port.shape;
    if (runner.batch)
      array.shape[port.batchAxis] *= calls;
    int64_t elements = 1;
    for (int64_t size : array.shape)
      elements *= size;
    array.values.resize(elements);
    outputs.push_back({port.name, std::move(array)});
  }
  std::vector<const float *> from;
  std::vector<float *> to;
  for (auto [input, port] : llvm::zip_equal(inputs, runner.inputs)) {
    gatherCalls(input.array.values, port, calls, /*isBack=*/false);
    from.push_back(input.array.values.data());
  }
  for (NamedArray &output : outputs)
    to.push_back(output.array.values.data());
  if (llvm::Error error = runner.run(calls, from, to))
    return error;
  for (auto [output, port] : llvm::zip_equal(outputs, runner.outputs))
    gatherCalls(output.array.values, port, calls, /*isBack=*/true);
  return outputs;
}

namespace {
/// The files on the command line.
struct Files {
  std::string input, output;
  NumpyFormat format;
  std::vector<NamedArray> arrays;
};
} // namespace

static llvm::Error inFile(llvm::StringRef file, llvm::Error error) {
  return llvm::createStringError(
      file + ": error: " + llvm::toString(std::move(error)));
}

static llvm::Error runFiles(const Runner &runner, Files &files) {
  if (llvm::Error error = orderArrays(files.arrays, runner.inputs))
    return inFile(files.input, std::move(error));
  llvm::Expected<int64_t> calls = countCalls(files.arrays, runner);
  if (!calls)
    return inFile(files.input, calls.takeError());
  if (llvm::Error error = checkOutputs(files.format, runner.outputs))
    return inFile(getOutputName(files.output), std::move(error));
  auto results = runAll(runner, files.arrays, *calls);
  if (!results)
    return results.takeError();
  if (llvm::Error error = writeNumpyFile(files.output, files.format, *results))
    return inFile(getOutputName(files.output), std::move(error));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Command line
//===----------------------------------------------------------------------===//

static int run(int argc, char **argv) {
  cl::OptionCategory category("frieze-run options");
  cl::opt<std::string> path(cl::Positional, cl::Required,
                            cl::desc("ARTEFACT|MODEL"), cl::cat(category));
  cl::opt<std::string> input(
      "input", cl::value_desc("file"), cl::Required, cl::cat(category),
      cl::desc(
          "Arrays to run on, .npz or .npy; the first axis counts samples,\n"
          "unless --batch-axis names another.\n"
          "Arrays of a .npz are called as the inputs, or arr_0, arr_1 and\n"
          "so on in the model's order"));
  cl::opt<std::string> output(
      "output", cl::value_desc("file"), cl::Required, cl::cat(category),
      cl::desc("Where to write the results, .npz or, of one output, .npy"));
  cl::list<std::string> batchAxes(
      "batch-axis", cl::CommaSeparated, cl::value_desc("AXIS|NAME:AXIS,..."),
      cl::cat(category),
      cl::desc("The axis that counts samples, from 0, in all inputs and\n"
               "outputs or in one, such as 1,scores:0"));
  cl::opt<Reference> reference(
      "reference", cl::cat(category), cl::init(Reference::None),
      cl::desc("Evaluate a model file without compiling it:"),
      cl::values(
          clEnumValN(Reference::F64, "f64",
                     "as imported, in float64: the truth"),
          clEnumValN(Reference::Bits, "bits",
                     "after nn-opt, in float32 in the documented order")));
  DeviceOption deviceOption(category);
  ModelOptions modelOptions(category);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Runs a shared library that frieze-compile "
                              "wrote, or a model file, which it\n"
                              "compiles first, on each sample of the input.\n");
  // What can be said of the files comes before the work on the model.
  llvm::Expected<NumpyFormat> format = findNumpyFormat(output);
  if (!format)
    return failWith(output, llvm::toString(format.takeError()));
  if (llvm::Error error = checkWritable(output))
    return failWith(getOutputName(output), llvm::toString(std::move(error)));
  if (path == "-" && input == "-")
    return failWith("frieze-run", "expects either the model or its input on "
                                  "standard input, but got both");
  llvm::Expected<std::vector<NamedArray>> arrays = readNumpyFile(input);
  if (!arrays)
    return failWith(input, llvm::toString(arrays.takeError()));
  Files files{input, output, *format, std::move(*arrays)};
  auto finish = [&](Runner runner) {
    if (llvm::Error error = findBatch(runner, batchAxes))
      return failWith(path, llvm::toString(std::move(error)));
    if (llvm::Error error = runFiles(runner, files)) {
      llvm::errs() << llvm::toString(std::move(error)) << "\n";
      return 1;
    }
    return 0;
  };

  llvm::Expected<std::optional<DeviceChoice>> choice = deviceOption.get();
  if (!choice)
    return failWith("frieze-run", llvm::toString(choice.takeError()));
  if (*choice && reference != Reference::None)
    return failWith("frieze-run",
                    "expects either --device or --reference, but got both");
  llvm::Expected<std::optional<OpenDevice>> device =
      openDevice("frieze-run", *choice);
  if (!device)
    return failWith("frieze-run", llvm::toString(device.takeError()));
  llvm::Expected<CompileOptions> options =
      *device ? modelOptions.get("model", (*choice)->getTarget())
              : modelOptions.get("model");
  if (!options)
    return failWith("frieze-run", llvm::toString(options.takeError()));
  if (reference == Reference::None) {
    llvm::Expected<LoadedModel> model = loadModel(path, *options);
    if (!model)
      return failWith(path, llvm::toString(model.takeError()));
    if (*device)
      if (llvm::Error error =
              loadOnDevice("frieze-run", **model, **choice, *device))
        return failWith(path, llvm::toString(std::move(error)));
    int status =
        finish(*device ? createRunner(*model, **device, (*choice)->allowsCPU)
                       : createRunner(*model));
    // What is loaded on it must not outlive the model.
    device->reset();
    return status;
  }
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return failWith(path, llvm::toString(bytes.takeError()));
  CompilerContext context;
  Stage stage = reference == Reference::F64 ? Stage::NN : Stage::NNOpt;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compileTo(stage, path, *bytes, *options, context);
  if (!module)
    return 1;
  auto function = module->lookupSymbol<mlir::func::FuncOp>("model");
  if (!function)
    return failWith(path, "expects a function @model");
  // Of a target with several machines, the bits are those of the better ones.
  auto arithmetic = options->target->machines.front().hasFMA
                        ? reference::Arithmetic::Fused
                        : reference::Arithmetic::Unfused;
  return finish(stage == Stage::NN ? createRunner<double>(
                                         function, reference::Arithmetic::Fused)
                                   : createRunner<float>(function, arithmetic));
}

int main(int argc, char **argv) { return runTool(argc, argv, run); }
