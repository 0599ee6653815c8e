/*===- TypeName.h - Types of Arrow in words -----------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_ARROW_TYPENAME_H
#define FRIEZE_LIB_ARROW_TYPENAME_H

#include "frieze/arrow.h"

/** Whether a type is an extension, or its entries stand in a dictionary: what
 * they mean, its format alone does not tell. */
int frieze_is_encoded(const struct ArrowSchema *schema);

/** Writes the name of a type, such as list<float64>, as much of it as fits. */
void frieze_name_type(const struct ArrowSchema *schema, char *text,
                      size_t size);

/** What the owner of a column can do about its type, or "". */
const char *frieze_find_conversion(const struct ArrowSchema *schema);

#endif /* FRIEZE_LIB_ARROW_TYPENAME_H */
