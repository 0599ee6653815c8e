//===- RawOperations.cpp - Operations of TensorFlow's graphs ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The config has the NodeDef of the operation as JSON of Protocol Buffers
// (numbers of 64 bits and names of types are strings, bytes are in base 64),
// and in `constants` those of its inputs that are no tensors of Keras.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/RawOperations.h"
#include "frontends/keras/ModelConfig.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

namespace {
/// Changes the constant arguments of a call, among which are the attributes.
/// Fails for those that the function has no words for.
using ChangeFn = bool (*)(json &arguments);

/// An operation as a call of a function of TensorFlow.
struct RawOperation {
  StringLiteral name, function;
  /// The parameters that its inputs are, with commas between; one with a star
  /// takes all that the others leave.
  StringLiteral inputs;
  /// Of its attributes, `attribute=parameter` with commas between; without
  /// `=`, one that only `change` reads.
  StringLiteral attributes = "";
  ChangeFn change = nullptr;
  /// Whether it takes values of any type, and not only floating-point numbers.
  bool takesAny = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// Takes a list of integers of 32 bits out of `arguments`; a number is a list
/// of one.
static std::optional<std::vector<int64_t>> takeIntegers(json &arguments,
                                                        const char *key) {
  auto member = arguments.find(key);
  if (member == arguments.end())
    return std::nullopt;
  json list = member->is_array() ? *member : json::array({*member});
  arguments.erase(member);
  std::vector<int64_t> integers;
  for (const json &value : list) {
    if (!value.is_number_integer() ||
        std::abs(value.get<double>()) > double(INT32_MAX))
      return std::nullopt;
    integers.push_back(value.get<int64_t>());
  }
  return integers;
}

/// `begin`, `end` and `strides`, each bit of whose masks is for one entry, as
/// Python's slices.
static bool changeStridedSlice(json &arguments) {
  auto begin = takeIntegers(arguments, "begin");
  auto end = takeIntegers(arguments, "end");
  auto strides = takeIntegers(arguments, "strides");
  if (!begin || !end || !strides || begin->size() != end->size() ||
      begin->size() != strides->size() || begin->size() > 31)
    return false;
  auto takeMask = [&](const char *key) {
    auto mask = takeIntegers(arguments, key);
    return mask && mask->size() == 1 ? mask->front() : 0;
  };
  int64_t noBegin = takeMask("begin_mask"), noEnd = takeMask("end_mask");
  int64_t ellipsis = takeMask("ellipsis_mask");
  int64_t newAxis = takeMask("new_axis_mask");
  int64_t shrink = takeMask("shrink_axis_mask");
  json spec = json::array();
  for (size_t i = 0; i < begin->size(); ++i) {
    int64_t bit = int64_t(1) << i;
    if (ellipsis & bit)
      spec.push_back({{"class_name", "__ellipsis__"}});
    else if (newAxis & bit)
      spec.push_back(nullptr);
    else if (shrink & bit)
      spec.push_back((*begin)[i]);
    else
      spec.push_back({{"start", noBegin & bit ? json() : json((*begin)[i])},
                      {"stop", noEnd & bit ? json() : json((*end)[i])},
                      {"step", (*strides)[i]}});
  }
  arguments["slice_spec"] = std::move(spec);
  return true;
}

/// `begin` and `size`, which is -1 for all up to the end.
static bool changeSlice(json &arguments) {
  auto begin = takeIntegers(arguments, "begin");
  auto size = takeIntegers(arguments, "size");
  if (!begin || !size || begin->size() != size->size())
    return false;
  json spec = json::array();
  for (auto [first, count] : llvm::zip_equal(*begin, *size))
    spec.push_back({{"start", first},
                    {"stop", count == -1 ? json() : json(first + count)}});
  arguments["slice_spec"] = std::move(spec);
  return true;
}

/// The name of a type without `DT_`, as functions have it.
static bool changeCast(json &arguments) {
  static const std::map<std::string, std::string> types{
      {"DT_BFLOAT16", "bfloat16"}, {"DT_BOOL", "bool"},
      {"DT_DOUBLE", "float64"},    {"DT_FLOAT", "float32"},
      {"DT_HALF", "float16"},      {"DT_INT32", "int32"},
      {"DT_INT64", "int64"}};
  auto type = arguments.find("dtype");
  if (type == arguments.end() || !type->is_string())
    return false;
  auto known = types.find(type->get<std::string>());
  if (known == types.end())
    return false;
  *type = known->second;
  return true;
}

/// Channels that are last are those that a bias is added to.
static bool changeBiasAdd(json &arguments) {
  bool isLast = arguments.value("data_format", json("NHWC")) == "NHWC";
  arguments.erase("data_format");
  return isLast;
}

/// All axes of size 1, which are meant where there are none in the list.
static bool changeSqueeze(json &arguments) {
  if (arguments.value("axis", json()) == json::array())
    arguments.erase("axis");
  return true;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static ArrayRef<RawOperation> getRawOperations() {
  static constexpr StringLiteral keepDims = "keep_dims=keepdims";
  static constexpr StringLiteral sums = "exclusive=exclusive,reverse=reverse";
  static constexpr StringLiteral adjoints =
      "adj_x=transpose_a,adj_y=transpose_b";
  static constexpr StringLiteral comparison = "incompatible_shape_error";
  static constexpr ChangeFn changeComparison = [](json &arguments) {
    return arguments.erase("incompatible_shape_error") < 2;
  };
  static constexpr StringLiteral blocks =
      "block_size=block_size,data_format=data_format";
  static constexpr StringLiteral samples =
      "align_corners=align_corners,half_pixel_centers=half_pixel_centers";
  static constexpr bool any = true;
  static const RawOperation operations[] = {
      {"Abs", "math.abs", "x"},
      {"Add", "math.add", "x,y"},
      {"AddV2", "math.add", "x,y"},
      {"All", "math.reduce_all", "input_tensor,axis", keepDims},
      {"Any", "math.reduce_any", "input_tensor,axis", keepDims},
      {"ArgMax", "math.argmax", "input,axis"},
      {"ArgMin", "math.argmin", "input,axis"},
      {"BatchMatMul", "linalg.matmul", "a,b", adjoints},
      {"BatchMatMulV2", "linalg.matmul", "a,b", adjoints},
      {"BatchMatMulV3", "linalg.matmul", "a,b", adjoints},
      {"BiasAdd", "math.add", "x,y", "data_format=data_format", changeBiasAdd},
      {"Cast", "cast", "x", "DstT=dtype", changeCast, any},
      {"Ceil", "math.ceil", "x"},
      {"ClipByValue", "clip_by_value", "t,clip_value_min,clip_value_max"},
      {"ConcatV2", "concat", "values*,axis", "", nullptr, any},
      {"Cumprod", "math.cumprod", "x,axis", sums},
      {"Cumsum", "math.cumsum", "x,axis", sums},
      {"DepthToSpace", "nn.depth_to_space", "input", blocks, nullptr, any},
      {"Div", "math.divide", "x,y"},
      {"Elu", "nn.elu", "features"},
      {"Equal", "math.equal", "x,y", comparison, changeComparison, any},
      {"Erf", "math.erf", "x"},
      {"Erfc", "math.erfc", "x"},
      {"Exp", "math.exp", "x"},
      {"ExpandDims", "expand_dims", "input,axis", "", nullptr, any},
      {"Expm1", "math.expm1", "x"},
      {"Floor", "math.floor", "x"},
      {"FloorDiv", "math.floordiv", "x,y"},
      {"FloorMod", "math.floormod", "x,y"},
      {"GatherV2", "gather", "params,indices,axis", "batch_dims=batch_dims",
       nullptr, any},
      {"Greater", "math.greater", "x,y", "", nullptr, any},
      {"GreaterEqual", "math.greater_equal", "x,y", "", nullptr, any},
      {"Identity", "identity", "input", "", nullptr, any},
      {"IdentityN", "identity_n", "input*", "", nullptr, any},
      {"Inv", "math.reciprocal", "x"},
      {"IsFinite", "math.is_finite", "x"},
      {"IsInf", "math.is_inf", "x"},
      {"IsNan", "math.is_nan", "x"},
      {"LeakyRelu", "nn.leaky_relu", "features", "alpha=alpha"},
      {"Less", "math.less", "x,y", "", nullptr, any},
      {"LessEqual", "math.less_equal", "x,y", "", nullptr, any},
      {"Log", "math.log", "x"},
      {"Log1p", "math.log1p", "x"},
      {"LogSoftmax", "nn.log_softmax", "logits"},
      {"LogicalAnd", "math.logical_and", "x,y"},
      {"LogicalNot", "math.logical_not", "x"},
      {"LogicalOr", "math.logical_or", "x,y"},
      {"MatMul", "linalg.matmul", "a,b",
       "transpose_a=transpose_a,transpose_b=transpose_b"},
      {"Max", "math.reduce_max", "input_tensor,axis", keepDims},
      {"Maximum", "math.maximum", "x,y"},
      {"Mean", "math.reduce_mean", "input_tensor,axis", keepDims},
      {"Min", "math.reduce_min", "input_tensor,axis", keepDims},
      {"Minimum", "math.minimum", "x,y"},
      {"Mul", "math.multiply", "x,y"},
      {"Neg", "math.negative", "x"},
      {"NotEqual", "math.not_equal", "x,y", comparison, changeComparison, any},
      {"OneHot", "one_hot", "indices,depth,on_value,off_value", "axis=axis"},
      {"OnesLike", "ones_like", "input"},
      {"Pack", "stack", "values*", "axis=axis", nullptr, any},
      {"Pad", "pad", "tensor,paddings", "", nullptr, any},
      {"PadV2", "pad", "tensor,paddings,constant_values"},
      {"Pow", "math.pow", "x,y"},
      {"Prod", "math.reduce_prod", "input_tensor,axis", keepDims},
      {"RealDiv", "math.divide", "x,y"},
      {"Reciprocal", "math.reciprocal", "x"},
      {"Relu", "nn.relu", "features"},
      {"Relu6", "nn.relu6", "features"},
      {"Reshape", "reshape", "tensor,shape", "", nullptr, any},
      {"ResizeBilinear", "image.resize_bilinear", "images,size", samples},
      {"ResizeNearestNeighbor", "image.resize_nearest_neighbor", "images,size",
       samples, nullptr, any},
      {"ReverseV2", "reverse", "tensor,axis", "", nullptr, any},
      {"Roll", "roll", "input,shift,axis", "", nullptr, any},
      {"Round", "math.round", "x"},
      {"Rsqrt", "math.rsqrt", "x"},
      {"Select", "where", "condition,x,y"},
      {"SelectV2", "where", "condition,x,y"},
      {"Selu", "nn.selu", "features"},
      {"Sigmoid", "math.sigmoid", "x"},
      {"Sign", "math.sign", "x"},
      {"Slice", "__operators__.getitem", "tensor,begin,size", "", changeSlice,
       any},
      {"Softmax", "nn.softmax", "logits"},
      {"Softplus", "math.softplus", "features"},
      {"Softsign", "nn.softsign", "features"},
      {"SpaceToDepth", "nn.space_to_depth", "input", blocks, nullptr, any},
      {"Split", "split", "axis,value", "num_split=num_or_size_splits", nullptr,
       any},
      {"SplitV", "split", "value,num_or_size_splits,axis", "num_split",
       [](json &arguments) { return arguments.erase("num_split") < 2; }, any},
      {"Sqrt", "math.sqrt", "x"},
      {"Square", "math.square", "x"},
      {"SquaredDifference", "math.squared_difference", "x,y"},
      {"Squeeze", "squeeze", "input", "squeeze_dims=axis", changeSqueeze, any},
      {"StopGradient", "stop_gradient", "input"},
      {"StridedSlice", "__operators__.getitem", "tensor,begin,end,strides",
       "begin_mask,end_mask,ellipsis_mask,new_axis_mask,shrink_axis_mask",
       changeStridedSlice, any},
      {"Sub", "math.subtract", "x,y"},
      {"Sum", "math.reduce_sum", "input_tensor,axis", keepDims},
      {"Tanh", "math.tanh", "x"},
      {"Tile", "tile", "input,multiples", "", nullptr, any},
      {"Transpose", "transpose", "a,perm", "", nullptr, any},
      {"Unpack", "unstack", "value", "num=num,axis=axis", nullptr, any},
      {"ZerosLike", "zeros_like", "input"},
  };
  return operations;
}

/// The value of an attribute. Nothing where it is none of those above.
static std::optional<json> readAttribute(const json &attribute) {
  if (!attribute.is_object() || attribute.size() != 1)
    return std::nullopt;
  StringRef kind = attribute.begin().key();
  const json &value = attribute.front();
  auto readInteger = [](const json &number) -> std::optional<json> {
    int64_t integer;
    if (number.is_number_integer())
      return number;
    if (number.is_string() && !StringRef(number.get_ref<const std::string &>())
                                   .getAsInteger(10, integer))
      return json(integer);
    return std::nullopt;
  };
  if (kind == "i")
    return readInteger(value);
  if ((kind == "f" && value.is_number()) || (kind == "b" && value.is_boolean()))
    return value;
  if (kind == "type" && value.is_string())
    return value;
  if (kind == "s" && value.is_string()) {
    std::vector<char> bytes;
    if (Error error =
            decodeBase64(value.get_ref<const std::string &>(), bytes)) {
      consumeError(std::move(error));
      return std::nullopt;
    }
    return std::string(bytes.begin(), bytes.end());
  }
  if (kind != "list" || !value.is_object() || value.size() > 1)
    return std::nullopt;
  if (const json *types = findMember(value, "type"))
    return *types;
  json list = json::array();
  const json *integers = findMember(value, "i");
  if (value.size() == 1 && (!integers || !integers->is_array()))
    return std::nullopt;
  if (integers)
    for (const json &element : *integers) {
      std::optional<json> integer = readInteger(element);
      if (!integer)
        return std::nullopt;
      list.push_back(*integer);
    }
  return list;
}

/// Adds the attributes to `arguments`. What is wrong with them, or "".
static std::string readAttributes(const RawOperation &operation,
                                  const json &attributes, json &arguments,
                                  json &config) {
  StringMap<StringRef> known;
  for (StringRef pair : llvm::split(operation.attributes, ',')) {
    auto [name, parameter] = pair.split('=');
    known[name] = parameter.empty() ? name : parameter;
  }
  for (const auto &member : attributes.items()) {
    StringRef name = member.key();
    std::optional<json> value = readAttribute(member.value());
    if (known.contains(name)) {
      if (!value)
        return " with '" + name.str() + "'";
      arguments[known[name].str()] = *value;
      continue;
    }
    // The compiler's own, and the number of inputs.
    if (name.starts_with("_") || name == "N")
      continue;
    const json *list = findMember(member.value(), "list");
    bool isType =
        value && findMember(list ? *list : member.value(), "type") != nullptr;
    if (name == "T" && isType && !list && !operation.takesAny) {
      if (*value == "DT_DOUBLE" || *value == "DT_HALF" ||
          *value == "DT_BFLOAT16")
        config["dtype"] = *value == "DT_DOUBLE" ? "float64"
                          : *value == "DT_HALF" ? "float16"
                                                : "bfloat16";
      else if (*value != "DT_FLOAT" && *value != "DT_BOOL")
        return " of " + value->get<std::string>();
      continue;
    }
    // Types of indices, and what has its default value.
    if (!isType && value != json(false) && value != json(0) &&
        value != json::array())
      return " with '" + name.str() + "'";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// The parameter that input `index` of `count` is.
static StringRef getParameter(const RawOperation &operation, size_t index,
                              size_t count) {
  SmallVector<StringRef> parameters;
  operation.inputs.split(parameters, ',');
  bool isList = parameters.front().ends_with("*");
  size_t others = parameters.size() - 1;
  if (isList && index + others < count)
    return parameters.front().drop_back();
  if (isList)
    return parameters[1 + index + others - count];
  return index < parameters.size() ? parameters[index] : "";
}

/// A call on `tensors`, in Keras's `inbound_nodes`. Nothing where it does not
/// fit.
static std::optional<json> makeCall(const RawOperation &operation,
                                    const json &tensors, const json &constants,
                                    json arguments, size_t count) {
  StringRef first =
      findLayerClass(("tf." + operation.function).str())->parameters;
  first = first.split(',').first;
  auto findConstant = [&](size_t index) {
    return findMember(constants, std::to_string(index).c_str());
  };
  // The last of them is a parameter of the function that had a gradient.
  bool isIdentity = operation.name == "IdentityN";
  while (isIdentity && count > 0 && findConstant(count - 1))
    --count;
  json heads = json::array();
  size_t next = 0;
  for (size_t index = 0; index < count; ++index) {
    StringRef parameter = getParameter(operation, index, count);
    const json *constant = findConstant(index);
    bool isList = operation.inputs.contains('*') && parameter == first;
    if (parameter.empty() || (constant ? isList : next >= tensors.size()))
      return std::nullopt;
    const json &value = constant ? *constant : tensors[next++];
    if (parameter == first)
      heads.push_back(constant ? json{"_CONSTANT_VALUE", -1, value}
                               : json{value[0], value[1], value[2]});
    else
      arguments[parameter.str()] =
          constant ? value : json{value[0], value[1], value[2]};
  }
  if (next != tensors.size() || heads.empty() ||
      (operation.change && !operation.change(arguments)))
    return std::nullopt;
  for (json &head : heads)
    head.push_back(arguments);
  return operation.inputs.contains('*') ? heads : heads.front();
}

/// Whether these are tensors, as Keras names them.
static bool areTensors(const json &node) {
  return node.is_array() && llvm::all_of(node, [](const json &tensor) {
           return tensor.is_array() && tensor.size() >= 3 &&
                  tensor[0].is_string();
         });
}

/// The sum of tensors is a layer of Keras. False where there are constants
/// among them.
static bool updateSum(json &layer, const json &config) {
  const json *constants = findMember(config, "constants");
  if (constants && !constants->empty())
    return false;
  layer["class_name"] = "Add";
  layer["config"] = {{"name", config.value("name", json())},
                     {"dtype", config.value("dtype", json())}};
  layer.erase("module");
  return true;
}

/// Makes the layer a call. Returns what is wrong with the operation: "" alone
/// where it has none.
static std::optional<std::string> update(json &layer, const json &config,
                                         StringRef name) {
  auto operation =
      llvm::find_if(getRawOperations(), [&](const RawOperation &known) {
        return known.name == name;
      });
  if (operation == getRawOperations().end())
    return "";
  json arguments = json::object();
  json updated{{"name", config.value("name", json())},
               {"dtype", config.value("dtype", json())},
               {"function", operation->function.str()}};
  const json &node = config["node_def"];
  json constants = config.value("constants", json::object());
  std::string problem = readAttributes(
      *operation, node.value("attr", json::object()), arguments, updated);
  if (!problem.empty())
    return problem;
  const json *inputs = findMember(node, "input");
  const json *nodes = findMember(layer, "inbound_nodes");
  if (!inputs || !inputs->is_array() || !nodes || !nodes->is_array())
    return " with damaged inputs";
  json calls = json::array();
  for (const json &call : *nodes) {
    // One tensor may stand without a list around it.
    json tensors = call.is_array() && !call.empty() && call[0].is_string()
                       ? json::array({call})
                       : call;
    std::optional<json> made;
    if (areTensors(tensors))
      made =
          makeCall(*operation, tensors, constants, arguments, inputs->size());
    if (!made)
      return " with other inputs";
    calls.push_back(std::move(*made));
  }
  layer["class_name"] = "TFOpLambda";
  layer["config"] = std::move(updated);
  layer["inbound_nodes"] = std::move(calls);
  layer.erase("module");
  return std::nullopt;
}

void keras::updateRawOperations(json &model) {
  if (model.is_structured())
    for (json &member : model)
      updateRawOperations(member);
  const json *className = findMember(model, "class_name");
  const json *config = findMember(model, "config");
  const json *node = config ? findMember(*config, "node_def") : nullptr;
  const json *name = node ? findMember(*node, "op") : nullptr;
  if (!className || *className != "TensorFlowOpLayer" || !name ||
      !name->is_string())
    return;
  json given = *config;
  std::string operation = name->get<std::string>();
  if (operation == "AddN" && updateSum(model, given))
    return;
  std::optional<std::string> problem = update(model, given, operation);
  if (!problem)
    return;
  model["class_name"] = "TFOpLambda";
  model["config"]["function"] = "raw_ops." + operation + *problem;
}

std::vector<LayerDescription> keras::listRawOperations() {
  std::vector<LayerDescription> operations{
      {"Keras", "tf.raw_ops.AddN", {"inputs"}}};
  for (const RawOperation &operation : getRawOperations()) {
    std::vector<std::string> names;
    for (StringRef input : llvm::split(operation.inputs, ','))
      names.push_back(input.rtrim('*').str());
    if (!operation.attributes.empty())
      for (StringRef pair : llvm::split(operation.attributes, ','))
        names.push_back(pair.split('=').first.str());
    operations.push_back(
        {"Keras", ("tf.raw_ops." + operation.name).str(), std::move(names)});
  }
  return operations;
}
