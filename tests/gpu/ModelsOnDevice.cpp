//===- ModelsOnDevice.cpp - Stored models on a device -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/gpu/ModelsOnDevice.h"
#include "compiler/reference/Evaluate.h"
#include "compiler/target/Target.h"
#include "frontends/Files.h"
#include "frontends/NumpyFile.h"
#include "tools/CompilerContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace frieze;

namespace {

using Arrays = std::vector<std::vector<float>>;

const std::string models = FRIEZE_SOURCE_DIR "/tests/models";

/// A model file at Stage::NNOpt.
struct Optimised {
  CompilerContext context;
  CompileOptions options;
  mlir::OwningOpRef<mlir::ModuleOp> module;

  Optimised(const std::string &name, const char *target, bool exact = false,
            int64_t streamHop = 0) {
    const std::string path = models + "/" + name;
    llvm::StringRef stem = llvm::sys::path::stem(name);
    if (llvm::StringRef(name).ends_with(".json"))
      options.import.weightsPath = (models + "/" + stem + ".weights.h5").str();
    options.target = findTarget(target);
    options.exact = exact;
    options.streamHop = streamHop;
    module = compileTo(Stage::NNOpt, path, cantFail(readModel(path)), options,
                       context);
  }
  /// The model that `text` is, in MLIR.
  static std::unique_ptr<Optimised> parse(llvm::StringRef text,
                                          const char *target) {
    std::unique_ptr<Optimised> optimised(new Optimised);
    optimised->options.target = findTarget(target);
    optimised->module = compileTo(Stage::NNOpt, "model.mlir", text,
                                  optimised->options, optimised->context);
    return optimised;
  }

  mlir::func::FuncOp getFunction() {
    return module->lookupSymbol<mlir::func::FuncOp>("model");
  }

  /// The outputs of the evaluator for so many calls.
  Arrays evaluate(int64_t calls, const Arrays &inputs,
                  reference::Arithmetic arithmetic) {
    mlir::func::FuncOp function = getFunction();
    Arrays outputs(function.getNumResults());
    for (int64_t call = 0; call < calls; ++call) {
      std::vector<reference::Tensor<float>> arguments;
      for (auto [type, input] :
           llvm::zip_equal(function.getArgumentTypes(), inputs)) {
        auto shaped = llvm::cast<mlir::ShapedType>(type);
        auto first = input.begin() + call * shaped.getNumElements();
        arguments.push_back({shaped.getShape().vec(),
                             {first, first + shaped.getNumElements()}});
      }
      auto results =
          reference::evaluate<float>(function, arguments, arithmetic);
      if (failed(results)) {
        ADD_FAILURE() << "cannot be evaluated";
        return {};
      }
      for (auto [output, result] : llvm::zip_equal(outputs, *results))
        llvm::append_range(output, result.values);
    }
    return outputs;
  }

private:
  Optimised() = default;
};

/// The inputs that are stored for a model, in its order.
Arrays readInputs(const std::string &name, mlir::func::FuncOp function) {
  llvm::SmallString<128> path(models + "/" + name);
  llvm::sys::path::replace_extension(path, ".npz");
  std::vector<NamedArray> stored = cantFail(readNumpyFile(path));
  Arrays inputs;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto argument = function.getArgAttrOfType<mlir::StringAttr>(i, "nn.name");
    auto array = llvm::find_if(stored, [&](const NamedArray &entry) {
      return entry.name == "x" ||
             (argument && entry.name == ("x:" + argument.getValue()).str());
    });
    if (array == stored.end()) {
      ADD_FAILURE() << "no input is stored";
      return {};
    }
    inputs.push_back(array->array.values);
  }
  return inputs;
}

/// Outputs that differ in a bit.
size_t countDifferent(const Arrays &expected, const Arrays &actual) {
  size_t different = 0;
  for (auto [wanted, found] : llvm::zip_equal(expected, actual)) {
    EXPECT_EQ(wanted.size(), found.size());
    for (auto [a, b] : llvm::zip(wanted, found))
      different += llvm::bit_cast<uint32_t>(a) != llvm::bit_cast<uint32_t>(b) &&
                   !(std::isnan(a) && std::isnan(b));
  }
  return different;
}

/// The arrays of `calls` calls, those of the first `stored` over and over.
Arrays repeat(const Arrays &arrays, int64_t stored, int64_t calls) {
  Arrays repeated;
  for (const std::vector<float> &array : arrays) {
    size_t elements = array.size() / stored;
    repeated.emplace_back();
    for (int64_t call = 0; call < calls; ++call) {
      auto first = array.begin() + call % stored * elements;
      repeated.back().insert(repeated.back().end(), first, first + elements);
    }
  }
  return repeated;
}

/// Those that run on a device however large their code is, and in large
/// batches.
static constexpr llvm::StringLiteral referenceModels[] = {
    "ecg_convnet.keras", "lenet5_bn.keras", "cnn_bn_pool.keras",
    "cifar_bn.keras",    "lstm_bn.keras",   "conv1d_block.keras"};

} // namespace

std::optional<OpenDevice> frieze::openDevice(int32_t kind) {
  llvm::Expected<OpenDevice> opened = OpenDevice::open({kind, 0, false});
  if (opened)
    return std::move(*opened);
  ADD_FAILURE() << llvm::toString(opened.takeError());
  return std::nullopt;
}

std::vector<std::string> frieze::listModels() {
  const llvm::StringSet<> extensions = {".keras", ".h5", ".onnx", ".json"};
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(models, error), end;
       file != end && !error; file.increment(error)) {
    llvm::StringRef path = file->path();
    llvm::SmallString<128> stored(path);
    llvm::sys::path::replace_extension(stored, ".npz");
    if (extensions.contains(llvm::sys::path::extension(path)) &&
        llvm::sys::fs::exists(stored))
      names.push_back(llvm::sys::path::filename(path).str());
  }
  llvm::sort(names);
  return names;
}

std::string
frieze::nameAfterFile(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  for (char &c : name)
    c = llvm::isAlnum(c) ? c : '_';
  return name;
}

llvm::Expected<LoadedModel> frieze::loadStoredModel(const std::string &name,
                                                    const char *target) {
  Optimised optimised(name, target);
  if (!optimised.module)
    return llvm::createStringError("cannot be compiled");
  return loadModule(*optimised.module, optimised.options);
}

/// Expects the bits of the evaluator for `inputs`, in batches of several sizes.
static void expectBitsOfBatches(const TestedDevice &tested,
                                Optimised &optimised, const Arrays &inputs,
                                bool isReference) {
  OpenDevice &device = tested.device;
  mlir::func::FuncOp function = optimised.getFunction();
  int64_t elements =
      llvm::cast<mlir::ShapedType>(function.getArgumentTypes().front())
          .getNumElements();
  int64_t stored = inputs.front().size() / elements;
  Arrays expected = optimised.evaluate(stored, inputs, tested.arithmetic);
  llvm::Expected<LoadedModel> model =
      loadModule(*optimised.module, optimised.options);
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  if ((*model)->device->code_bytes > tested.mostCodeBytes && !isReference)
    GTEST_SKIP() << "expects a driver that compiles large kernels faster";
  if ((*model)->input_count + (*model)->output_count > tested.mostArrays)
    GTEST_SKIP() << "expects a device that takes more arrays";
  llvm::Error error = device.load(**model);
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  const uint64_t mostMacs =
      isReference ? tested.mostReferenceMacs : tested.mostMacs;
  for (int64_t calls : {1, 7, 13, 1000}) {
    if (calls > 7 && (*model)->macs * calls > mostMacs)
      continue;
    Arrays from = repeat(inputs, stored, calls);
    Arrays to = repeat(expected, stored, calls), wanted = to;
    std::vector<const void *> fromPointers;
    std::vector<void *> toPointers;
    for (const std::vector<float> &array : from)
      fromPointers.push_back(array.data());
    for (std::vector<float> &array : to) {
      llvm::fill(array, -12345.0f);
      toPointers.push_back(array.data());
    }
    frieze_device_error problem;
    ASSERT_EQ(frieze_device_run(device.getModel(), calls, fromPointers.data(),
                                toPointers.data(), &problem),
              0)
        << problem.text;
    EXPECT_EQ(countDifferent(wanted, to), 0u) << calls << " calls";
  }
  device.unload();
}

void frieze::expectReferenceBits(const TestedDevice &tested,
                                 const std::string &name) {
  Optimised optimised(name, tested.target);
  ASSERT_TRUE(optimised.module);
  mlir::func::FuncOp function = optimised.getFunction();
  Arrays inputs = readInputs(name, function);
  ASSERT_EQ(inputs.size(), function.getNumArguments());
  expectBitsOfBatches(tested, optimised, inputs,
                      llvm::is_contained(referenceModels, name));
}

void frieze::expectReferenceBitsOfText(const TestedDevice &tested,
                                       llvm::StringRef text) {
  std::unique_ptr<Optimised> optimised = Optimised::parse(text, tested.target);
  ASSERT_TRUE(optimised->module);
  auto type = llvm::cast<mlir::ShapedType>(
      optimised->getFunction().getArgumentTypes().front());
  Arrays inputs(1);
  constexpr int64_t samples = 17;
  for (int64_t i = 0; i < samples * type.getNumElements(); ++i)
    inputs[0].push_back(std::sin(float(i)));
  expectBitsOfBatches(tested, *optimised, inputs, /*isReference=*/false);
}

void frieze::expectBitsOfWindows(const TestedDevice &tested,
                                 const std::string &name) {
  OpenDevice &device = tested.device;
  Optimised single(name, tested.target, /*exact=*/true);
  ASSERT_TRUE(single.module);
  mlir::func::FuncOp function = single.getFunction();
  llvm::ArrayRef<int64_t> shape =
      llvm::cast<mlir::ShapedType>(function.getArgumentTypes().front())
          .getShape();
  const int64_t window = shape[1], channels = shape[2];
  Arrays stored = readInputs(name, function);
  for (int64_t hop : {1, 7}) {
    Optimised moving(name, tested.target, /*exact=*/false, hop);
    ASSERT_TRUE(moving.module);
    llvm::Expected<LoadedModel> model =
        loadModule(*moving.module, moving.options);
    ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
    llvm::Error error = device.load(**model);
    ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
    // What a call computes, one window more or less, and several calls.
    const int64_t call = (*model)->device->stream_windows;
    const int64_t most = 2 * call + 3;
    const int64_t samples = window + (most - 1) * hop;
    std::vector<float> recording =
        repeat(stored, /*stored=*/1,
               (samples + hop) * channels / stored[0].size() + 1)
            .front();
    Arrays windows(1);
    for (int64_t i = 0; i < most; ++i) {
      auto first = recording.begin() + i * hop * channels;
      windows[0].insert(windows[0].end(), first, first + window * channels);
    }
    const Arrays expected = single.evaluate(most, windows, tested.arithmetic);
    const size_t elements = expected[0].size() / most;
    for (int64_t count : {int64_t(1), call - 1, call, call + 1, most}) {
      if (count == 0)
        continue;
      Arrays wanted(1), actual(1);
      wanted[0].assign(expected[0].begin(),
                       expected[0].begin() + count * elements);
      actual[0].assign(count * elements, -12345.0f);
      void *outputs[] = {actual[0].data()};
      // The last samples may complete no window.
      const int64_t rest = hop / 2;
      frieze_device_error problem;
      ASSERT_EQ(frieze_device_run_stream(device.getModel(), recording.data(),
                                         window + (count - 1) * hop + rest,
                                         outputs, &problem),
                0)
          << problem.text;
      EXPECT_EQ(countDifferent(wanted, actual), 0u)
          << "hop " << hop << ", " << count << " windows";
    }
    device.unload();
  }
}
