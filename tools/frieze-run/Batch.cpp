//===- Batch.cpp - Samples in the arrays of a model -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-run/Batch.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace frieze;

/// Sets the axis of all ports, or of those of one name, which are then in
/// `named`.
static llvm::Error setBatchAxis(ModelPorts &ports, llvm::StringRef option,
                                llvm::StringSet<> &named) {
  llvm::StringRef name, number = option;
  if (option.contains(':'))
    std::tie(name, number) = option.rsplit(':');
  size_t axis;
  if (number.getAsInteger(10, axis))
    return llvm::createStringError(
        "expects --batch-axis=AXIS or NAME:AXIS, but got '" + option + "'");
  bool isFound = false;
  for (Port &port : llvm::concat<Port>(ports.inputs, ports.outputs)) {
    if (!name.empty() && port.name != name)
      continue;
    isFound = true;
    port.batchAxis = axis;
    if (!name.empty())
      named.insert(name);
  }
  if (!isFound)
    return llvm::createStringError(
        "expects --batch-axis to name an input or output, but got '" + name +
        "'");
  return llvm::Error::success();
}

/// The size of its batch; 0 where there is no such axis.
static int64_t findSize(const Port &port) {
  return port.batchAxis < port.shape.size() ? port.shape[port.batchAxis] : 0;
}

/// Reports the axes that options name and that are none of one batch.
static llvm::Error checkBatchAxes(const ModelPorts &ports,
                                  const llvm::StringSet<> &named) {
  const Port &first = ports.inputs.front();
  for (const Port &port : llvm::concat<const Port>(ports.inputs, ports.outputs))
    if (findSize(port) == 0)
      return llvm::createStringError("expects an axis of '" + port.name +
                                     "' of shape " + formatShape(port.shape) +
                                     " in --batch-axis, but got " +
                                     llvm::Twine(port.batchAxis));
    else if (findSize(port) != findSize(first))
      return llvm::createStringError(
          "expects a batch of one size on the axes that --batch-axis names, "
          "but '" +
          first.name + "' has shape " + formatShape(first.shape) + " and '" +
          port.name + "' " + formatShape(port.shape) +
          "; NAME:AXIS names that of one of them");
  // No array will tell whether it is another one.
  for (const Port &port : ports.outputs)
    if (port.batchAxis > 0 && !named.contains(port.name) &&
        llvm::count(port.shape, findSize(port)) > 1)
      return llvm::createStringError(
          "expects --batch-axis to name the axis of output '" + port.name +
          "', as in " + port.name + ":" + llvm::Twine(port.batchAxis) +
          ", as several have the size of the batch in its shape " +
          formatShape(port.shape));
  return llvm::Error::success();
}

llvm::Error frieze::findBatch(ModelPorts &ports,
                              llvm::ArrayRef<std::string> options) {
  if (ports.inputs.empty())
    return llvm::createStringError("expects a model with inputs");
  llvm::StringSet<> named;
  // That of all, before those of some.
  for (bool isNamed : {false, true})
    for (llvm::StringRef option : options)
      if (option.contains(':') == isNamed)
        if (llvm::Error error = setBatchAxis(ports, option, named))
          return error;
  if (!options.empty())
    if (llvm::Error error = checkBatchAxes(ports, named))
      return error;
  int64_t size = findSize(ports.inputs.front());
  auto all = llvm::concat<const Port>(ports.inputs, ports.outputs);
  if (size > 0 && llvm::all_of(all, [&](const Port &port) {
        return findSize(port) == size;
      }))
    ports.batch = size;
  return llvm::Error::success();
}

/// What an array for `port` has to look like.
static std::string describeShape(const ModelPorts &ports, const Port &port) {
  llvm::ArrayRef<int64_t> shape(port.shape);
  std::string input = " for input '" + port.name + "'";
  if (!ports.batch)
    return "shape " + formatShape(shape) + input +
           " of a model whose first axes are no batch, unless --batch-axis "
           "names one";
  if (port.batchAxis == 0)
    return "(samples, ...) with samples of shape " +
           formatShape(shape.drop_front()) + input;
  return "shape " + formatShape(shape) + " with samples along axis " +
         std::to_string(port.batchAxis) + input;
}

llvm::Expected<int64_t> frieze::countCalls(llvm::ArrayRef<NamedArray> arrays,
                                           const ModelPorts &ports) {
  std::optional<int64_t> samples;
  for (auto [array, port] : llvm::zip_equal(arrays, ports.inputs)) {
    llvm::ArrayRef<int64_t> shape = array.array.shape;
    llvm::SmallVector<int64_t> expected(port.shape);
    if (ports.batch && shape.size() == expected.size())
      expected[port.batchAxis] = shape[port.batchAxis];
    if (shape != llvm::ArrayRef(expected))
      return llvm::createStringError("expects " + describeShape(ports, port) +
                                     ", but got " + formatShape(shape));
    if (!ports.batch)
      continue;
    int64_t found = shape[port.batchAxis];
    if (found != samples.value_or(found) || found % *ports.batch != 0)
      return llvm::createStringError(
          "expects as many samples in every array, a multiple of the batch " +
          llvm::Twine(*ports.batch) + ", but got " + llvm::Twine(found));
    samples = found;
  }
  return ports.batch ? *samples / *ports.batch : 1;
}

void frieze::gatherCalls(std::vector<float> &values, const Port &port,
                         int64_t calls, bool isBack) {
  if (calls <= 1 || port.batchAxis == 0)
    return;
  int64_t outer = 1;
  for (int64_t size : llvm::ArrayRef(port.shape).take_front(port.batchAxis))
    outer *= size;
  int64_t inner = int64_t(values.size()) / (outer * calls);
  std::vector<float> moved(values.size());
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t call = 0; call < calls; ++call) {
      int64_t apart = (i * calls + call) * inner;
      int64_t together = (call * outer + i) * inner;
      std::copy_n(values.begin() + (isBack ? together : apart), inner,
                  moved.begin() + (isBack ? apart : together));
    }
  values = std::move(moved);
}
