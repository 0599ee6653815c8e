//===- Arrays.h - Arrays of Python, in and out ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_PYTHON_ARRAYS_H
#define FRIEZE_PYTHON_ARRAYS_H

#include "frieze/model.h"

#include <nanobind/nanobind.h>

#include <string>
#include <vector>

namespace frieze::python {

/// Loads NumPy's C API, once, before all else here.
void importNumPy();

/// Row-major float32 elements of an array that stays alive.
struct InputArray {
  nanobind::object owner;
  const void *data;
  size_t rank;
  const Py_ssize_t *shape;
};

/// The elements of `object`, as they are where they are float32 in row-major
/// order: those of a NumPy array, or of anything that has DLPack, the buffer
/// protocol or __array__. Others are converted where every number keeps its
/// value. Raises TypeError, which calls the array `role` and `name`.
InputArray takeArray(nanobind::handle object, const char *role,
                     const char *name);

/// A new array of float32, and its elements.
nanobind::object makeArray(const std::vector<Py_ssize_t> &shape, void *&data);

/// The shape of `tensor`, with `count` in the place of its batch; without
/// that axis where `count` is negative.
std::vector<Py_ssize_t> getShape(const frieze_tensor &tensor, int64_t count);

/// A shape as Python prints it.
std::string formatShape(const std::vector<Py_ssize_t> &shape);
std::string formatShape(const InputArray &array);

/// Raises a Python exception.
[[noreturn]] void raise(PyObject *type, const std::string &text);

} // namespace frieze::python

#endif // FRIEZE_PYTHON_ARRAYS_H
