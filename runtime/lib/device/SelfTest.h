/*===- SelfTest.h - Whether a device computes what the CPU does ---*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_DEVICE_SELFTEST_H
#define FRIEZE_LIB_DEVICE_SELFTEST_H

#include "frieze/device.h"

/**
 * Runs a model that is loaded on a device of `kind`, and its streams, on fixed
 * pseudo-random numbers, there and on the CPU. difference: the largest one, as
 * a part of 1 + |output|. Fails where it is more than frieze_device_load
 * allows.
 */
int frieze_self_test(frieze_device_model *loaded, const frieze_model *model,
                     int32_t kind, double *difference,
                     frieze_device_error *error);

#endif /* FRIEZE_LIB_DEVICE_SELFTEST_H */
