//===- NNAttrs.cpp - Attributes of the nn dialect ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNAttrs.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

#include "dialect/NNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/NNAttrs.cpp.inc"

using namespace mlir;
using namespace frieze::nn;

void NNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/NNAttrs.cpp.inc"
      >();
}

unsigned ActivationAttr::getNumParameters(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::Elu:
    return 1;
  case ActivationKind::Clip:
  case ActivationKind::HardSigmoid:
    return 2;
  default:
    return 0;
  }
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
  if (kind == ActivationKind::Clip && !(alpha <= beta))
    return emitError() << "expects the lower bound of clip to be at most the "
                          "upper bound, but got "
                       << alpha << " and " << beta;
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

ParseResult frieze::nn::parseActivation(AsmParser &parser,
                                        ActivationAttr &activation) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<ActivationKind> kind = symbolizeActivationKind(keyword);
  if (!kind)
    return parser.emitError(loc, "expects an activation, but got '")
           << keyword << "'";
  double alpha = 0.0, beta = 0.0;
  unsigned count = ActivationAttr::getNumParameters(*kind);
  if (count > 0 && (parser.parseLParen() || parser.parseFloat(alpha) ||
                    (count == 2 &&
                     (parser.parseComma() || parser.parseFloat(beta))) ||
                    parser.parseRParen()))
    return failure();
  activation = parser.getChecked<ActivationAttr>(loc, parser.getContext(),
                                                 *kind, alpha, beta);
  return success(activation != nullptr);
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
