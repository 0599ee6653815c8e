//===- NNAttrs.cpp - Attributes of the nn dialect ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNAttrs.h"
#include "dialect/Activations.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

#include "dialect/NNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/NNAttrs.cpp.inc"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void NNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/NNAttrs.cpp.inc"
      >();
}

unsigned ActivationAttr::getNumParameters(ActivationKind kind) {
  return nn::getNumParameters(kind);
}

LogicalResult
ActivationAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                       ActivationKind kind, llvm::APFloat alphaValue,
                       llvm::APFloat betaValue) {
  double alpha = alphaValue.convertToDouble();
  double beta = betaValue.convertToDouble();
  if (std::isnan(alpha) || std::isnan(beta))
    return emitError() << "expects activation parameters that are not NaN";
  unsigned count = getNumParameters(kind);
  if ((count < 1 && alpha != 0.0) || (count < 2 && beta != 0.0))
    return emitError() << "expects " << count << " parameters for activation '"
                       << stringifyActivationKind(kind) << "'";
  if (StringRef requirement = findUnmetRequirement(kind, alpha, beta);
      !requirement.empty()) {
    InFlightDiagnostic error = emitError();
    error << "expects " << requirement << ", but got " << alpha;
    if (count == 2)
      error << " and " << beta;
    return error;
  }
  return success();
}

void frieze::nn::printActivation(AsmPrinter &printer,
                                 ActivationAttr activation) {
  printer << stringifyActivationKind(activation.getKind());
  unsigned count = ActivationAttr::getNumParameters(activation.getKind());
  if (count == 0)
    return;
  printer << "(";
  printer.printFloat(activation.getAlphaValue());
  if (count == 2) {
    printer << ", ";
    printer.printFloat(activation.getBetaValue());
  }
  printer << ")";
}

/// The rest of an activation, after its keyword.
static ParseResult parseActivation(AsmParser &parser, StringRef keyword,
                                   llvm::SMLoc loc,
                                   ActivationAttr &activation) {
  std::optional<ActivationKind> kind = symbolizeActivationKind(keyword);
  if (!kind)
    return parser.emitError(loc, "expects an activation, but got '")
           << keyword << "'";
  double alpha = 0.0, beta = 0.0;
  unsigned count = ActivationAttr::getNumParameters(*kind);
  if (count > 0 &&
      (parser.parseLParen() || parser.parseFloat(alpha) ||
       (count == 2 && (parser.parseComma() || parser.parseFloat(beta))) ||
       parser.parseRParen()))
    return failure();
  activation = parser.getChecked<ActivationAttr>(loc, parser.getContext(),
                                                 *kind, alpha, beta);
  return success(activation != nullptr);
}

ParseResult frieze::nn::parseActivation(AsmParser &parser,
                                        ActivationAttr &activation) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  return failure(parser.parseKeyword(&keyword) ||
                 ::parseActivation(parser, keyword, loc, activation));
}

void ActivationAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printActivation(printer, *this);
  printer << ">";
}

Attribute ActivationAttr::parse(AsmParser &parser, Type) {
  ActivationAttr activation;
  if (parser.parseLess() || parseActivation(parser, activation) ||
      parser.parseGreater())
    return {};
  return activation;
}

//===----------------------------------------------------------------------===//
// Stages of an epilogue
//===----------------------------------------------------------------------===//

void frieze::nn::printEpilogueStage(AsmPrinter &printer, Attribute stage) {
  if (auto activation = dyn_cast<ActivationAttr>(stage)) {
    printActivation(printer, activation);
  } else if (auto affine = dyn_cast<AffineStageAttr>(stage)) {
    printer << "affine(" << affine.getAxis() << ", " << affine.getScale()
            << ", " << affine.getShift() << ")";
  } else {
    auto pool = cast<PoolStageAttr>(stage);
    printer << stringifyPoolKind(pool.getKind()) << "_pool(["
            << pool.getWindow().asArrayRef() << "], ["
            << pool.getStrides().asArrayRef() << "])";
  }
}

static ParseResult parseIntegers(AsmParser &parser,
                                 DenseI64ArrayAttr &integers) {
  SmallVector<int64_t> values;
  auto parseOne = [&] { return parser.parseInteger(values.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  integers = DenseI64ArrayAttr::get(parser.getContext(), values);
  return success();
}

static ParseResult parseAffineStage(AsmParser &parser, Attribute &stage) {
  int64_t axis;
  ElementsAttr scale, shift;
  if (parser.parseLParen() || parser.parseInteger(axis) ||
      parser.parseComma() || parser.parseAttribute(scale) ||
      parser.parseComma() || parser.parseAttribute(shift) ||
      parser.parseRParen())
    return failure();
  stage = parser.getChecked<AffineStageAttr>(parser.getContext(), axis, scale,
                                             shift);
  return success(stage != nullptr);
}

static ParseResult parsePoolStage(AsmParser &parser, PoolKind kind,
                                  Attribute &stage) {
  DenseI64ArrayAttr window, strides;
  if (parser.parseLParen() || parseIntegers(parser, window) ||
      parser.parseComma() || parseIntegers(parser, strides) ||
      parser.parseRParen())
    return failure();
  stage = PoolStageAttr::get(parser.getContext(), kind, window, strides);
  return success();
}

ParseResult frieze::nn::parseEpilogueStage(AsmParser &parser,
                                           Attribute &stage) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  if (keyword == "affine")
    return parseAffineStage(parser, stage);
  if (keyword == "max_pool" || keyword == "avg_pool")
    return parsePoolStage(
        parser, keyword == "max_pool" ? PoolKind::Max : PoolKind::Avg, stage);
  ActivationAttr activation;
  if (::parseActivation(parser, keyword, loc, activation))
    return failure();
  stage = activation;
  return success();
}

LogicalResult
AffineStageAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                        int64_t axis, ElementsAttr scale, ElementsAttr shift) {
  for (ElementsAttr weights : {scale, shift})
    if (!isa<Float32Type, Float64Type>(weights.getElementType()))
      return emitError() << "expects f32 or f64 elements, but got "
                         << weights.getElementType();
  return success();
}

void AffineStageAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printEpilogueStage(printer, *this);
  printer << ">";
}

void PoolStageAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printEpilogueStage(printer, *this);
  printer << ">";
}

/// `<stage>`, where the stage must be a `StageAttr`.
template <typename StageAttr>
static Attribute parseStageAttr(AsmParser &parser) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  Attribute stage;
  if (parser.parseLess() || parseEpilogueStage(parser, stage) ||
      parser.parseGreater())
    return {};
  if (!isa<StageAttr>(stage))
    parser.emitError(loc, "expects another kind of epilogue stage");
  return dyn_cast<StageAttr>(stage);
}

Attribute AffineStageAttr::parse(AsmParser &parser, Type) {
  return parseStageAttr<AffineStageAttr>(parser);
}

Attribute PoolStageAttr::parse(AsmParser &parser, Type) {
  return parseStageAttr<PoolStageAttr>(parser);
}
