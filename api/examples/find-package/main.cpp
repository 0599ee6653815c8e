//===- main.cpp - A program that compiles models while it runs --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   compile_and_run MODEL [NAME=VALUE ...]
//
// Compiles a model file with these options, tells what became of its layers,
// and how long each kernel takes, writes NAME.o, NAME.a and NAME.h to the
// working directory, and prints the scores of inputs that are all 0.5, as
// numbers in hexadecimal, which lose nothing.
//
//===----------------------------------------------------------------------===//

#include <frieze/compiler.hpp>

#include <cstdio>
#include <exception>
#include <fstream>

static void write(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

static void compileAndRun(const std::string &path,
                          const std::vector<frieze::Option> &options) {
  std::size_t steps = 0;
  frieze::Compilation compilation(path, options, [&](std::string_view, double) {
    ++steps;
    return true; // goes on
  });
  for (const frieze::Diagnostic &remark : compilation.diagnostics())
    std::printf("%s\n", remark.str().c_str());
  for (const frieze::Layer &layer : compilation.layers(FRIEZE_OPTIMISED))
    std::printf("kernel %s of '%s': %llu MACs\n", layer.op.c_str(),
                layer.name.c_str(),
                static_cast<unsigned long long>(layer.macs));
  const frieze_costs costs = compilation.costs();
  std::printf("%llu bytes of weights, %llu of code\n",
              static_cast<unsigned long long>(costs.weights_bytes),
              static_cast<unsigned long long>(costs.code_bytes));
  std::printf("%zu steps\n", steps);

  frieze::Session session(compilation.load());
  const frieze::Model &model = session.model();
  const frieze::Profile profile = compilation.profile();
  std::printf("%.2f us a call\n", profile.seconds * 1e6);
  for (double kernel : profile.kernels)
    std::printf("%.2f us\n", kernel * 1e6);
  const std::string name(model.name());
  write(name + ".o", compilation.emit("obj"));
  write(name + ".a", compilation.emit("static"));
  write(name + ".h", compilation.emit("header"));

  std::vector<std::vector<float>> arrays;
  std::vector<const void *> inputs;
  std::vector<void *> outputs;
  for (std::size_t i = 0; i < model.input_count(); ++i)
    arrays.emplace_back(model.input(i).elements, 0.5f);
  for (std::size_t i = 0; i < model.output_count(); ++i)
    arrays.emplace_back(model.output(i).elements);
  for (std::size_t i = 0; i < arrays.size(); ++i)
    if (i < model.input_count())
      inputs.push_back(arrays[i].data());
    else
      outputs.push_back(arrays[i].data());
  session.run(inputs.data(), outputs.data());
  for (std::size_t i = model.input_count(); i < arrays.size(); ++i)
    for (float score : arrays[i])
      std::printf("%a\n", score);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s MODEL [NAME=VALUE ...]\n", argv[0]);
    return 2;
  }
  std::vector<frieze::Option> options;
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t end = argument.find('=');
    options.push_back(
        {argument.substr(0, end),
         end == std::string::npos ? "true" : argument.substr(end + 1)});
  }
  try {
    compileAndRun(argv[1], options);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
