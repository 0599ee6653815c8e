//===- FakeCuda.h - A driver of CUDA for tests ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library's name is that of the driver, so that the runtime opens it where
// a program is linked with it, or where LD_LIBRARY_PATH leads to it.
//
// Its device is the CPU: the last kernel of a model does all of the work, by
// the model's code for the CPU, and the others none; or, where that is asked
// for, each kernel is run by a machine that executes PTX. Work is put off until
// somebody waits for it, and addresses of the device are none of the process,
// so that what is read too early or on the wrong side is seen.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_FAKECUDA_H
#define FRIEZE_TESTS_FAKECUDA_H

#include "frieze/model.h"
#include "tests/runtime/device/PTXMachine.h"

#include <cstddef>
#include <string>

namespace fakecuda {

/// The model whose code is loaded next; otherwise that of the library where the
/// code lies.
void setModel(const frieze_model *model);

/// The call of this number from now on returns `result`, and no other one
/// fails; 0 for none. Calls that release something always do.
void failCall(int number, int result = 1);

/// Calls since then.
int countCalls();

/// Memory of the device, 1 GiB at first.
void setMemory(std::size_t bytes);

/// What is not released, as text; empty if there is nothing.
std::string listLeaks();

/// Launches of kernels so far, and the most streams that had work at once.
int countLaunches();
int countBusyStreams();

/// What a launch had that its model does not ask for; empty if there is
/// nothing.
std::string takeProblem();

/// Has modules that are loaded from now on run by their PTX. What a launch must
/// not do is a problem (see takeProblem).
void setRunsPTX(bool runsPTX);

/// What kernels have done since then.
ptx::Counts takeCounts();

/// The code of the module that was loaded last.
const void *getLoadedCode();

/// Has the device compute other numbers than the CPU.
void setWrong(bool isWrong);

/// Memory of the device that others allocated, and a way into it.
void *allocate(std::size_t bytes);
void release(void *memory);
void *getHostAddress(void *memory);

} // namespace fakecuda

#endif // FRIEZE_TESTS_FAKECUDA_H
