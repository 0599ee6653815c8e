/*===- FriezeECG.h - The model, found by the name of the library --*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_ECG_H
#define FRIEZE_ECG_H

/* compile_model.py has it written. */
#include "ecg.h"

#endif
