//===- FaultyVulkan.h - A loader of Vulkan whose calls fail -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library's name is that of the loader, so that the runtime opens it where
// a program is linked with it. It passes all calls to the loader of the system.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_FAULTYVULKAN_H
#define FRIEZE_TESTS_FAULTYVULKAN_H

namespace faultyvulkan {

/// The call of this number from now on that has a result fails with this one;
/// 0 for none.
void failCall(int number, int result = -4);

/// Such calls since then.
int countCalls();

/// What was created and is not destroyed.
int countObjects();

} // namespace faultyvulkan

#endif // FRIEZE_TESTS_FAULTYVULKAN_H
