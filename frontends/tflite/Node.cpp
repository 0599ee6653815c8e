//===- Node.cpp - One operator of a TensorFlow Lite file --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

int64_t Node::takeInt(Field field, int32_t fallback) {
  ignore(field);
  return options.get<int32_t>(field.number, fallback);
}

int64_t Node::takeSize(Field field, int32_t fallback) {
  int64_t value = takeInt(field, fallback);
  if (value >= 1)
    return value;
  emitError() << "expects '" << field.name << "' to be 1 or more, but got "
              << value;
  return 1;
}

int64_t Node::takeEnum(Field field, int8_t fallback) {
  ignore(field);
  return options.get<int8_t>(field.number, fallback);
}

bool Node::takeBool(Field field, bool fallback) {
  ignore(field);
  return options.get<uint8_t>(field.number, fallback);
}

double Node::takeFloat(Field field, float fallback) {
  ignore(field);
  return options.get<float>(field.number, fallback);
}

SmallVector<int64_t> Node::takeInts(Field field) {
  ignore(field);
  return options.getInts(field.number);
}

void Node::finish() {
  for (unsigned number = 0; number < options.getNumFields(); ++number)
    if (options.has(number) && !llvm::is_contained(taken, number))
      emitError() << "unsupported field " << number << " in the options of "
                  << operatorName;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

std::optional<DataType> frieze::tflite::getDataType(int64_t type) {
  switch (type) {
  case 0:
    return DataType::Float;
  case 1:
    return DataType::Half;
  case 2:
    return DataType::Int32;
  case 4:
    return DataType::Int64;
  case 6:
    return DataType::Bool;
  default:
    return std::nullopt;
  }
}

std::string frieze::tflite::getTypeName(int64_t type) {
  static constexpr StringLiteral names[] = {
      "FLOAT32", "FLOAT16",       "INT32",      "UINT8",     "INT64",
      "STRING",  "BOOL",          "INT16",      "COMPLEX64", "INT8",
      "FLOAT64", "COMPLEX128",    "UINT64",     "RESOURCE",  "VARIANT",
      "UINT32",  "UINT16",        "INT4",       "BFLOAT16",  "INT2",
      "UINT4",   "FLOAT8_E4M3FN", "FLOAT8_E5M2"};
  return type >= 0 && type < int64_t(std::size(names)) ? names[type].str()
                                                       : std::to_string(type);
}

std::string frieze::tflite::getOperatorName(int64_t code) {
  static constexpr StringLiteral names[] = {"ADD",
                                            "AVERAGE_POOL_2D",
                                            "CONCATENATION",
                                            "CONV_2D",
                                            "DEPTHWISE_CONV_2D",
                                            "DEPTH_TO_SPACE",
                                            "DEQUANTIZE",
                                            "EMBEDDING_LOOKUP",
                                            "FLOOR",
                                            "FULLY_CONNECTED",
                                            "HASHTABLE_LOOKUP",
                                            "L2_NORMALIZATION",
                                            "L2_POOL_2D",
                                            "LOCAL_RESPONSE_NORMALIZATION",
                                            "LOGISTIC",
                                            "LSH_PROJECTION",
                                            "LSTM",
                                            "MAX_POOL_2D",
                                            "MUL",
                                            "RELU",
                                            "RELU_N1_TO_1",
                                            "RELU6",
                                            "RESHAPE",
                                            "RESIZE_BILINEAR",
                                            "RNN",
                                            "SOFTMAX",
                                            "SPACE_TO_DEPTH",
                                            "SVDF",
                                            "TANH",
                                            "CONCAT_EMBEDDINGS",
                                            "SKIP_GRAM",
                                            "CALL",
                                            "CUSTOM",
                                            "EMBEDDING_LOOKUP_SPARSE",
                                            "PAD",
                                            "UNIDIRECTIONAL_SEQUENCE_RNN",
                                            "GATHER",
                                            "BATCH_TO_SPACE_ND",
                                            "SPACE_TO_BATCH_ND",
                                            "TRANSPOSE",
                                            "MEAN",
                                            "SUB",
                                            "DIV",
                                            "SQUEEZE",
                                            "UNIDIRECTIONAL_SEQUENCE_LSTM",
                                            "STRIDED_SLICE",
                                            "BIDIRECTIONAL_SEQUENCE_RNN",
                                            "EXP",
                                            "TOPK_V2",
                                            "SPLIT",
                                            "LOG_SOFTMAX",
                                            "DELEGATE",
                                            "BIDIRECTIONAL_SEQUENCE_LSTM",
                                            "CAST",
                                            "PRELU",
                                            "MAXIMUM",
                                            "ARG_MAX",
                                            "MINIMUM",
                                            "LESS",
                                            "NEG",
                                            "PADV2",
                                            "GREATER",
                                            "GREATER_EQUAL",
                                            "LESS_EQUAL",
                                            "SELECT",
                                            "SLICE",
                                            "SIN",
                                            "TRANSPOSE_CONV",
                                            "SPARSE_TO_DENSE",
                                            "TILE",
                                            "EXPAND_DIMS",
                                            "EQUAL",
                                            "NOT_EQUAL",
                                            "LOG",
                                            "SUM",
                                            "SQRT",
                                            "RSQRT",
                                            "SHAPE",
                                            "POW",
                                            "ARG_MIN",
                                            "FAKE_QUANT",
                                            "REDUCE_PROD",
                                            "REDUCE_MAX",
                                            "PACK",
                                            "LOGICAL_OR",
                                            "ONE_HOT",
                                            "LOGICAL_AND",
                                            "LOGICAL_NOT",
                                            "UNPACK",
                                            "REDUCE_MIN",
                                            "FLOOR_DIV",
                                            "REDUCE_ANY",
                                            "SQUARE",
                                            "ZEROS_LIKE",
                                            "FILL",
                                            "FLOOR_MOD",
                                            "RANGE",
                                            "RESIZE_NEAREST_NEIGHBOR",
                                            "LEAKY_RELU",
                                            "SQUARED_DIFFERENCE",
                                            "MIRROR_PAD",
                                            "ABS",
                                            "SPLIT_V",
                                            "UNIQUE",
                                            "CEIL",
                                            "REVERSE_V2",
                                            "ADD_N",
                                            "GATHER_ND",
                                            "COS",
                                            "WHERE",
                                            "RANK",
                                            "ELU",
                                            "REVERSE_SEQUENCE",
                                            "MATRIX_DIAG",
                                            "QUANTIZE",
                                            "MATRIX_SET_DIAG",
                                            "ROUND",
                                            "HARD_SWISH",
                                            "IF",
                                            "WHILE",
                                            "NON_MAX_SUPPRESSION_V4",
                                            "NON_MAX_SUPPRESSION_V5",
                                            "SCATTER_ND",
                                            "SELECT_V2",
                                            "DENSIFY",
                                            "SEGMENT_SUM",
                                            "BATCH_MATMUL",
                                            "PLACEHOLDER_FOR_GREATER_OP_CODES",
                                            "CUMSUM",
                                            "CALL_ONCE",
                                            "BROADCAST_TO",
                                            "RFFT2D",
                                            "CONV_3D",
                                            "IMAG",
                                            "REAL",
                                            "COMPLEX_ABS",
                                            "HASHTABLE",
                                            "HASHTABLE_FIND",
                                            "HASHTABLE_IMPORT",
                                            "HASHTABLE_SIZE",
                                            "REDUCE_ALL",
                                            "CONV_3D_TRANSPOSE",
                                            "VAR_HANDLE",
                                            "READ_VARIABLE",
                                            "ASSIGN_VARIABLE",
                                            "BROADCAST_ARGS",
                                            "RANDOM_STANDARD_NORMAL",
                                            "BUCKETIZE",
                                            "RANDOM_UNIFORM",
                                            "MULTINOMIAL",
                                            "GELU",
                                            "DYNAMIC_UPDATE_SLICE",
                                            "RELU_0_TO_1",
                                            "UNSORTED_SEGMENT_PROD",
                                            "UNSORTED_SEGMENT_MAX",
                                            "UNSORTED_SEGMENT_SUM",
                                            "ATAN2",
                                            "UNSORTED_SEGMENT_MIN",
                                            "SIGN",
                                            "BITCAST",
                                            "BITWISE_XOR",
                                            "RIGHT_SHIFT",
                                            "STABLEHLO_LOGISTIC",
                                            "STABLEHLO_ADD",
                                            "STABLEHLO_DIVIDE",
                                            "STABLEHLO_MULTIPLY",
                                            "STABLEHLO_MAXIMUM",
                                            "STABLEHLO_RESHAPE",
                                            "STABLEHLO_CLAMP",
                                            "STABLEHLO_CONCATENATE",
                                            "STABLEHLO_BROADCAST_IN_DIM",
                                            "STABLEHLO_CONVOLUTION",
                                            "STABLEHLO_SLICE",
                                            "STABLEHLO_CUSTOM_CALL",
                                            "STABLEHLO_REDUCE",
                                            "STABLEHLO_ABS",
                                            "STABLEHLO_AND",
                                            "STABLEHLO_COSINE",
                                            "STABLEHLO_EXPONENTIAL",
                                            "STABLEHLO_FLOOR",
                                            "STABLEHLO_LOG",
                                            "STABLEHLO_MINIMUM",
                                            "STABLEHLO_NEGATE",
                                            "STABLEHLO_OR",
                                            "STABLEHLO_POWER",
                                            "STABLEHLO_REMAINDER",
                                            "STABLEHLO_RSQRT",
                                            "STABLEHLO_SELECT",
                                            "STABLEHLO_SUBTRACT",
                                            "STABLEHLO_TANH",
                                            "STABLEHLO_SCATTER",
                                            "STABLEHLO_COMPARE",
                                            "STABLEHLO_CONVERT",
                                            "STABLEHLO_DYNAMIC_SLICE",
                                            "STABLEHLO_DYNAMIC_UPDATE_SLICE",
                                            "STABLEHLO_PAD",
                                            "STABLEHLO_IOTA",
                                            "STABLEHLO_DOT_GENERAL",
                                            "STABLEHLO_REDUCE_WINDOW",
                                            "STABLEHLO_SORT",
                                            "STABLEHLO_WHILE",
                                            "STABLEHLO_GATHER",
                                            "STABLEHLO_TRANSPOSE",
                                            "DILATE",
                                            "STABLEHLO_RNG_BIT_GENERATOR",
                                            "REDUCE_WINDOW",
                                            "STABLEHLO_COMPOSITE",
                                            "STABLEHLO_SHIFT_LEFT",
                                            "STABLEHLO_CBRT",
                                            "STABLEHLO_CASE"};
  return code >= 0 && code < int64_t(std::size(names)) ? names[code].str()
                                                       : std::to_string(code);
}
