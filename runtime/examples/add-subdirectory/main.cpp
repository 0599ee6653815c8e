//===- main.cpp - A model on several threads --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A model that is linked in, shared by threads with a session each.
#include <frieze/model.hpp>

#include "ecg.h"

#include <cstdio>
#include <thread>
#include <vector>

/// Prints the score of each window that standard input holds, as text.
int main() {
  const frieze::Model model(ecg_model);
  const std::size_t width = model.input(0).elements;
  std::vector<float> windows;
  for (float value; std::scanf("%f", &value) == 1;)
    windows.push_back(value);
  std::vector<float> scores(windows.size() / width);

  // Thread i of n scores the i-th of n parts.
  const std::size_t count = 4;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      frieze::Session session(model);
      const std::size_t first = i * scores.size() / count;
      const std::size_t end = (i + 1) * scores.size() / count;
      session.run_batch(end - first, windows.data() + first * width,
                        scores.data() + first);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (float score : scores)
    std::printf("%.9g\n", score);
  return windows.size() % width != 0;
}
