//===- Arrays.cpp - Arrays of Python, in and out ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Arrays.h"

#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#include <numpy/arrayobject.h>

namespace nb = nanobind;
using namespace frieze::python;

void frieze::python::importNumPy() {
  if (_import_array() < 0)
    throw nb::python_error();
}

void frieze::python::raise(PyObject *type, const std::string &text) {
  PyErr_SetString(type, text.c_str());
  throw nb::python_error();
}

/// "input 'x'", for messages.
static std::string describe(const char *role, const char *name) {
  return *name ? std::string(role) + " '" + name + "'" : role;
}

/// Whatever is no NumPy array, as one that shares its elements.
static nb::object viewAsNumPy(nb::handle object, const std::string &what) {
  if (nb::hasattr(object, "__dlpack__")) {
    try {
      return nb::module_::import_("numpy").attr("from_dlpack")(object);
    } catch (nb::python_error &error) {
      nb::raise_from(error, PyExc_TypeError,
                     "expects an array in the memory of the CPU for %s",
                     what.c_str());
    }
  }
  if (!PyObject_CheckBuffer(object.ptr()) &&
      !nb::hasattr(object, "__array__") &&
      !nb::hasattr(object, "__array_interface__"))
    raise(PyExc_TypeError, "expects an array for " + what + ", but got " +
                               nb::type_name(object.type()).c_str() +
                               "; np.asarray(x, np.float32) makes one");
  PyObject *array = PyArray_FROM_O(object.ptr());
  if (!array)
    throw nb::python_error();
  return nb::steal(array);
}

/// A row-major float32 copy, where float32 has every value of the type.
static nb::object convert(nb::handle object, const std::string &what) {
  auto *array = reinterpret_cast<PyArrayObject *>(object.ptr());
  PyArray_Descr *wanted = PyArray_DescrFromType(NPY_FLOAT);
  if (!PyArray_CanCastTypeTo(PyArray_DESCR(array), wanted, NPY_SAFE_CASTING)) {
    Py_DECREF(wanted);
    raise(PyExc_TypeError,
          "expects float32 for " + what + ", but got " +
              nb::str(nb::handle(
                          reinterpret_cast<PyObject *>(PyArray_DESCR(array))))
                  .c_str() +
              ", which would be rounded; x.astype(np.float32) does so");
  }
  // Takes the reference to `wanted`.
  PyObject *converted = PyArray_FromArray(array, wanted, NPY_ARRAY_CARRAY_RO);
  if (!converted)
    throw nb::python_error();
  return nb::steal(converted);
}

InputArray frieze::python::takeArray(nb::handle object, const char *role,
                                     const char *name) {
  nb::object owner = nb::borrow(object);
  if (!PyArray_Check(owner.ptr()))
    owner = viewAsNumPy(object, describe(role, name));
  auto *array = reinterpret_cast<PyArrayObject *>(owner.ptr());
  if (PyArray_TYPE(array) != NPY_FLOAT || !PyArray_ISCARRAY_RO(array)) {
    owner = convert(owner, describe(role, name));
    array = reinterpret_cast<PyArrayObject *>(owner.ptr());
  }
  return {std::move(owner), PyArray_DATA(array),
          static_cast<size_t>(PyArray_NDIM(array)), PyArray_DIMS(array)};
}

nb::object frieze::python::makeArray(const std::vector<Py_ssize_t> &shape,
                                     void *&data) {
  PyObject *array =
      PyArray_SimpleNew(static_cast<int>(shape.size()),
                        const_cast<Py_ssize_t *>(shape.data()), NPY_FLOAT);
  if (!array)
    throw nb::python_error();
  data = PyArray_DATA(reinterpret_cast<PyArrayObject *>(array));
  return nb::steal(array);
}

std::vector<Py_ssize_t> frieze::python::getShape(const frieze_tensor &tensor,
                                                 int64_t count) {
  std::vector<Py_ssize_t> shape(tensor.shape, tensor.shape + tensor.rank);
  if (count < 0)
    shape.erase(shape.begin());
  else
    shape.front() = count;
  return shape;
}

static std::string formatSizes(const Py_ssize_t *sizes, size_t rank) {
  std::string text = "(";
  for (size_t axis = 0; axis < rank; ++axis)
    text += (axis ? ", " : "") + std::to_string(sizes[axis]);
  return text + (rank == 1 ? ",)" : ")");
}

std::string frieze::python::formatShape(const std::vector<Py_ssize_t> &shape) {
  return formatSizes(shape.data(), shape.size());
}

std::string frieze::python::formatShape(const InputArray &array) {
  return formatSizes(array.shape, array.rank);
}
