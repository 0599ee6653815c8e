//===- Subgraphs.cpp - ONNX operators that hold graphs ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which graph runs, and how often, is known once shapes are: what remains is
// what the model does for each input, with loops written out.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Operands.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// Rounds of a loop, whose layers are imported each time.
static constexpr int64_t maxRounds = 1024;

/// The only element of a constant. Nothing, and reported as `what`, for others.
static std::optional<double> getNumber(Node &node, const Tensor &tensor,
                                       StringRef what) {
  if (tensor.constant && tensor.constant->values.size() == 1)
    return tensor.constant->values.front();
  node.emitError() << "unsupported " << what << " of " << node.proto.op_type()
                   << ", expects one that is known once shapes are, but got "
                   << (tensor.constant
                           ? "shape " + formatShape(tensor.getShape())
                           : "a value computed from the model's inputs");
  return std::nullopt;
}

static Tensors importIf(Node &node) {
  std::optional<double> condition =
      getNumber(node, node.getInput(), "condition");
  if (!condition)
    return {};
  StringRef branch = *condition != 0 ? "then_branch" : "else_branch";
  node.ignore(*condition != 0 ? "else_branch" : "then_branch");
  Tensors results = node.importGraph(branch, {}, branch);
  if (int(results.size()) == node.proto.output_size() || node.hasFailed())
    return results;
  node.emitError() << "expects a branch with " << node.proto.output_size()
                   << " outputs, but got " << results.size();
  return {};
}

/// Tensors of one shape along a new axis, in their order. Of constants alone it
/// is a constant, if the axis is the first.
static Tensor stack(Node &node, ArrayRef<Tensor> parts, int64_t axis) {
  if (llvm::any_of(parts, [](const Tensor &part) { return !part; }))
    return {};
  SmallVector<int64_t> shape(parts.front().getShape());
  for (const Tensor &part : parts)
    if (part.getShape() != ArrayRef<int64_t>(shape)) {
      node.emitError() << "expects results of one shape in all rounds, but got "
                       << formatShape(shape) << " and "
                       << formatShape(part.getShape());
      return {};
    }
  shape.insert(shape.begin() + axis, 1);
  bool areConstant =
      llvm::all_of(parts, [](const Tensor &part) { return part.constant; });
  if (areConstant && axis == 0) {
    shape[0] = parts.size();
    if (!checkFolded(node, shape))
      return {};
    Constant result{parts.front().getType(), shape, {}};
    for (const Tensor &part : parts)
      llvm::append_range(result.values, part.constant->values);
    return result;
  }
  SmallVector<Value> values;
  for (const Tensor &part : parts)
    values.push_back(reshape(node, Tensor(node.makeValue(part)), shape).value);
  return concatValues(node, values, axis, parts.front().getType());
}

/// Rounds until the count is reached or the condition false, from carried
/// values to carried values; further results of all rounds are stacked.
static Tensors importLoop(Node &node) {
  if (node.getNumInputs() < 2) {
    node.emitError() << "expects a number of rounds and a condition, which may "
                        "be left out";
    return {};
  }
  std::optional<double> count = double(maxRounds) + 1, condition = 1.0;
  if (node.hasInput(0))
    count = getNumber(node, node.getInput(0), "number of rounds");
  if (node.hasInput(1))
    condition = getNumber(node, node.getInput(1), "condition");
  if (!count || !condition)
    return {};
  Tensors carried(node.getInputs().drop_front(2));
  std::vector<Tensors> stacked(
      node.proto.output_size() -
      std::min<size_t>(node.proto.output_size(), carried.size()));
  for (int64_t round = 0; round < *count && *condition != 0; ++round) {
    if (round == maxRounds) {
      node.emitError() << "unsupported Loop of more than " << maxRounds
                       << " rounds";
      return {};
    }
    Tensors inputs{makeInteger(round),
                   Constant{DataType::Bool, {}, {*condition}}};
    llvm::append_range(inputs, carried);
    Tensors results = node.importGraph("body", inputs, std::to_string(round));
    if (results.size() != 1 + carried.size() + stacked.size()) {
      if (!node.hasFailed())
        node.emitError() << "expects a body with "
                         << 1 + carried.size() + stacked.size()
                         << " outputs, but got " << results.size();
      return {};
    }
    // What could not be built has been reported.
    if (llvm::any_of(results, [](const Tensor &result) { return !result; }))
      return {};
    condition = getNumber(node, results[0], "condition");
    if (!condition)
      return {};
    for (auto [to, from] : zip(carried, ArrayRef(results).drop_front()))
      to = from;
    for (auto [all, one] :
         zip_equal(stacked, ArrayRef(results).drop_front(1 + carried.size())))
      all.push_back(one);
  }
  Tensors outputs = carried;
  for (auto [index, parts] : enumerate(stacked)) {
    bool isUsed = node.isUsed(carried.size() + index);
    if (parts.empty() && isUsed) {
      node.emitError() << "unsupported Loop without rounds";
      return {};
    }
    outputs.push_back(isUsed ? stack(node, parts, 0) : Tensor());
  }
  return outputs;
}

/// Takes a list that has one entry for each of `count`, 0 where it is absent.
static std::optional<SmallVector<int64_t>> takeList(Node &node, StringRef key,
                                                    size_t count) {
  SmallVector<int64_t> list =
      node.takeInts(key).value_or(SmallVector<int64_t>(count, 0));
  if (list.size() == count)
    return list;
  node.emitError() << "expects '" << key << "' to be " << count
                   << " integers, but got " << formatShape(list);
  return std::nullopt;
}

/// A round for each position of the sequences, of which each round gets one.
static Tensors importScan(Node &node) {
  size_t sequences = node.takeInt("num_scan_inputs", 0, 1);
  if (node.opset < 9 || sequences < 1 || sequences > node.getNumInputs()) {
    node.emitError() << "unsupported Scan of version 8, or without sequences";
    return {};
  }
  Tensors carried(node.getInputs().drop_back(sequences));
  size_t results = node.proto.output_size() -
                   std::min<size_t>(node.proto.output_size(), carried.size());
  auto axes = takeList(node, "scan_input_axes", sequences);
  auto directions = takeList(node, "scan_input_directions", sequences);
  auto outputAxes = takeList(node, "scan_output_axes", results);
  auto outputDirections = takeList(node, "scan_output_directions", results);
  if (!axes || !directions || !outputAxes || !outputDirections)
    return {};
  int64_t rounds = 0;
  SmallVector<Value> values;
  for (size_t i = 0; i < sequences; ++i) {
    size_t index = carried.size() + i;
    ArrayRef<int64_t> shape = node.getShape(index);
    std::optional<int64_t> axis = node.resolveAxis((*axes)[i], shape.size());
    values.push_back(node.getValue(index));
    if (!axis || !values.back())
      return {};
    (*axes)[i] = *axis;
    if (i > 0 && shape[*axis] != rounds)
      node.emitError() << "expects sequences of one length, but got " << rounds
                       << " and " << shape[*axis];
    rounds = shape[*axis];
  }
  if (rounds > maxRounds)
    node.emitError() << "unsupported Scan of more than " << maxRounds
                     << " rounds, but got " << rounds;
  if (node.hasFailed())
    return {};
  if (rounds < 1)
    node.emitError() << "unsupported Scan without rounds";
  if (node.hasFailed())
    return {};
  std::vector<Tensors> stacked(results);
  for (int64_t round = 0; round < rounds; ++round) {
    Tensors inputs = carried;
    for (auto [i, value] : enumerate(values)) {
      SmallVector<int64_t> size(frieze::getShape(value)), begin(size.size(), 0),
          ones(size.size(), 1);
      size_t axis = (*axes)[i];
      size[axis] = 1;
      begin[axis] = (*directions)[i] ? rounds - 1 - round : round;
      Tensor part(node.builder.slice(node.name, value, begin, size, ones),
                  node.getInput(carried.size() + i).getType());
      size.erase(size.begin() + axis);
      inputs.push_back(reshape(node, part, size));
    }
    Tensors outputs = node.importGraph("body", inputs, std::to_string(round));
    if (outputs.size() != carried.size() + results) {
      if (!node.hasFailed())
        node.emitError() << "expects a body with " << carried.size() + results
                         << " outputs, but got " << outputs.size();
      return {};
    }
    if (llvm::any_of(outputs, [](const Tensor &output) { return !output; }))
      return {};
    for (auto [to, from] : zip(carried, outputs))
      to = from;
    for (auto [all, one] :
         zip_equal(stacked, ArrayRef(outputs).drop_front(carried.size())))
      all.push_back(one);
  }
  Tensors outputs = carried;
  for (auto [index, parts] : enumerate(stacked)) {
    if ((*outputDirections)[index])
      std::reverse(parts.begin(), parts.end());
    std::optional<int64_t> axis = node.resolveAxis(
        (*outputAxes)[index], parts.front().getShape().size() + 1);
    if (!axis)
      return {};
    outputs.push_back(node.isUsed(carried.size() + index)
                          ? stack(node, parts, *axis)
                          : Tensor());
  }
  return outputs;
}

ArrayRef<Operator> frieze::onnx::getSubgraphOperators() {
  static const Operator operators[] = {
      {"If", importIf, 1, 1, ValueTypes::Own},
      {"Loop", importLoop, 0, SIZE_MAX, ValueTypes::Own},
      {"Scan", importScan, 1, SIZE_MAX, ValueTypes::Own},
  };
  return operators;
}
