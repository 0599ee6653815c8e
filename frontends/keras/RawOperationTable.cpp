//===- RawOperationTable.cpp - Operations as functions ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/RawOperationTable.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

using namespace llvm;
using namespace frieze::keras;
using nlohmann::json;

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

ArrayRef<RawOperation> frieze::keras::getRawOperations() {
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
  static constexpr StringLiteral windows =
      "ksize=ksize,strides=strides,padding=padding,data_format=data_format";
  static constexpr bool any = true;
  static const RawOperation operations[] = {
      {"Abs", "math.abs", "x"},
      {"Add", "math.add", "x,y"},
      {"AddV2", "math.add", "x,y"},
      {"All", "math.reduce_all", "input_tensor,axis", keepDims},
      {"Any", "math.reduce_any", "input_tensor,axis", keepDims},
      {"ArgMax", "math.argmax", "input,axis"},
      {"ArgMin", "math.argmin", "input,axis"},
      {"AvgPool", "nn.avg_pool2d", "input", windows},
      {"BatchMatMul", "linalg.matmul", "a,b", adjoints},
      {"BatchMatMulV2", "linalg.matmul", "a,b", adjoints},
      {"BatchMatMulV3", "linalg.matmul", "a,b", adjoints},
      {"BiasAdd", "math.add", "x,y", "data_format=data_format", changeBiasAdd},
      {"Cast", "cast", "x", "DstT=dtype", changeCast, any},
      {"Ceil", "math.ceil", "x"},
      {"ClipByValue", "clip_by_value", "t,clip_value_min,clip_value_max"},
      {"ConcatV2", "concat", "values*,axis", "", nullptr, any},
      {"Cos", "math.cos", "x"},
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
      {"MaxPool", "nn.max_pool2d", "input", windows},
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
      {"Sin", "math.sin", "x"},
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
