//===- ModelInterface.cpp - What callers of a model know --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Identifier.h"
#include "dialect/NNAttrs.h"

using namespace mlir;
using namespace frieze::nn;

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

/// A number with the name that it has in the text.
using Number = std::pair<StringRef, int64_t>;

static LogicalResult verifyAtLeast(EmitError emitError, int64_t least,
                                   ArrayRef<Number> numbers) {
  for (auto [name, value] : numbers)
    if (value < least)
      return emitError() << "expects " << name << " of at least " << least
                         << ", but got " << value;
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

LogicalResult TensorInterfaceAttr::verify(EmitError emitError, StringAttr,
                                          RankedTensorType type,
                                          llvm::APFloat scale,
                                          int64_t zeroPoint) {
  if (!type.hasStaticShape() || type.getNumElements() == 0)
    return emitError() << "expects a shape of positive sizes, but got " << type;
  if (!type.getElementType().isIntOrFloat())
    return emitError() << "expects numbers, but got " << type;
  if (!scale.isFiniteNonZero() || scale.isNegative())
    return emitError() << "expects a positive scale, but got "
                       << scale.convertToDouble();
  bool isQuantised = !scale.isExactlyValue(1.0) || zeroPoint != 0;
  if (isQuantised && !type.getElementType().isInteger())
    return emitError() << "expects scale and zero point of integers only, but "
                          "got them with "
                       << type;
  return success();
}

Attribute TensorInterfaceAttr::parse(AsmParser &parser, Type) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  std::string name;
  RankedTensorType type;
  double scale = 1.0;
  int64_t zeroPoint = 0;
  if (parser.parseLess() || parser.parseString(&name) || parser.parseColon() ||
      parser.parseType(type))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("scale") || parser.parseEqual() ||
       parser.parseFloat(scale) || parser.parseComma() ||
       parser.parseKeyword("zero_point") || parser.parseEqual() ||
       parser.parseInteger(zeroPoint)))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<TensorInterfaceAttr>(
      loc, parser.getContext(), parser.getBuilder().getStringAttr(name), type,
      llvm::APFloat(scale), zeroPoint);
}

void TensorInterfaceAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printer.printAttributeWithoutType(getName());
  printer << " : " << getType();
  if (!getScale().isExactlyValue(1.0) || getZeroPoint() != 0) {
    printer << ", scale = ";
    printer.printFloat(getScale());
    printer << ", zero_point = " << getZeroPoint();
  }
  printer << ">";
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

LogicalResult
StreamInterfaceAttr::verify(EmitError emitError, int64_t window, int64_t hop,
                            int64_t channels, int64_t block, int64_t early,
                            int64_t missing, int64_t samples, int64_t unwanted,
                            int64_t state, int64_t alignment,
                            ArrayRef<FlatSymbolRefAttr> windowVariants,
                            ArrayRef<FlatSymbolRefAttr> blockVariants) {
  if (failed(verifyAtLeast(emitError, 1,
                           {{"window", window},
                            {"hop", hop},
                            {"channels", channels},
                            {"block", block},
                            {"alignment", alignment}})) ||
      failed(verifyAtLeast(emitError, 0,
                           {{"early", early},
                            {"missing", missing},
                            {"samples", samples},
                            {"unwanted", unwanted},
                            {"state", state}})))
    return failure();
  if (blockVariants.empty() != (block == 1))
    return emitError() << "expects block_variants where a block has several "
                          "windows, and only there";
  return success();
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

LogicalResult InterfaceAttr::verify(
    EmitError emitError, StringAttr name, StringAttr, int64_t macs,
    int64_t weightsBytes, int64_t arenaBytes, int64_t arenaAlignment,
    int64_t microBatch, int64_t callsPerRun,
    ArrayRef<TensorInterfaceAttr> inputs, ArrayRef<TensorInterfaceAttr> outputs,
    ArrayRef<FlatSymbolRefAttr> variants, StreamInterfaceAttr stream) {
  if (!isIdentifier(name))
    return emitError() << "expects a C identifier as name, but got " << name;
  if (failed(verifyAtLeast(emitError, 0,
                           {{"macs", macs},
                            {"weights_bytes", weightsBytes},
                            {"arena_bytes", arenaBytes}})) ||
      failed(verifyAtLeast(emitError, 1,
                           {{"arena_alignment", arenaAlignment},
                            {"micro_batch", microBatch},
                            {"calls_per_run", callsPerRun}})))
    return failure();
  for (TensorInterfaceAttr tensor :
       llvm::concat<const TensorInterfaceAttr>(inputs, outputs))
    if (tensor.getNumElements() % callsPerRun != 0)
      return emitError() << "expects calls_per_run to divide the elements of "
                         << tensor.getName() << ", but got " << callsPerRun
                         << " and " << tensor.getNumElements();
  if (stream && stream.getWindowVariants().size() != variants.size())
    return emitError() << "expects as many window_variants as variants, "
                       << variants.size() << ", but got "
                       << stream.getWindowVariants().size();
  if (stream && !stream.getBlockVariants().empty() &&
      stream.getBlockVariants().size() != variants.size())
    return emitError() << "expects as many block_variants as variants, "
                       << variants.size() << ", but got "
                       << stream.getBlockVariants().size();
  return success();
}
