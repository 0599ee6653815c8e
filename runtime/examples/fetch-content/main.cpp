//===- main.cpp - A model that is loaded ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A model in a shared library, of which the program knows nothing before.
#include <frieze/model.hpp>

#include <cstdio>
#include <vector>

/// Prints the outputs for each sample that standard input holds, as text.
static int run(const char *path) {
  const frieze::Library library(path);
  const frieze::Model &model = library.model();
  frieze::Session session(model);
  std::vector<float> input(model.input(0).elements);
  std::vector<float> output(model.output(0).elements);
  std::size_t filled = 0;
  while (std::scanf("%f", &input[filled]) == 1) {
    if (++filled < input.size())
      continue;
    session.run(input.data(), output.data());
    for (std::size_t i = 0; i < output.size(); ++i)
      std::printf(i ? ",%.9g" : "%.9g", output[i]);
    std::puts("");
    filled = 0;
  }
  return filled != 0;
}

int main(int argc, char **argv) {
  try {
    return run(argc > 1 ? argv[1] : "ecg.so");
  } catch (const std::exception &problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
