//===- NNOps.cpp - The nn ops, and pieces of their assembly -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace frieze::nn;

/// `type` stands for input and result alike.
static ParseResult parseSameType(OpAsmParser &parser, Type &input,
                                 Type &output) {
  if (parser.parseType(input))
    return failure();
  output = input;
  return success();
}

static void printSameType(OpAsmPrinter &printer, Operation *, Type input,
                          Type output) {
  printer << input;
}

/// `type` where all are one, else `lhs, rhs -> output`.
static ParseResult parseBinaryTypes(OpAsmParser &parser, Type &lhs, Type &rhs,
                                    Type &output) {
  if (parser.parseType(lhs))
    return failure();
  rhs = output = lhs;
  if (failed(parser.parseOptionalComma()))
    return success();
  return failure(parser.parseType(rhs) || parser.parseArrow() ||
                 parser.parseType(output));
}

static void printBinaryTypes(OpAsmPrinter &printer, Operation *, Type lhs,
                             Type rhs, Type output) {
  printer << lhs;
  if (lhs != rhs)
    printer << ", " << rhs << " -> " << output;
}

static ParseResult parseFunction(OpAsmParser &parser,
                                 ActivationAttr &function) {
  return parseActivation(parser, function);
}

static void printFunction(OpAsmPrinter &printer, Operation *,
                          ActivationAttr function) {
  printActivation(printer, function);
}

/// `relu, ...`, between the parentheses of `epilogue(...)`.
static ParseResult parseEpilogue(OpAsmParser &parser, ArrayAttr &epilogue) {
  SmallVector<Attribute> stages;
  auto parseStage = [&]() -> ParseResult {
    return parseEpilogueStage(parser, stages.emplace_back());
  };
  if (parser.parseCommaSeparatedList(parseStage))
    return failure();
  epilogue = parser.getBuilder().getArrayAttr(stages);
  return success();
}

static void printEpilogue(OpAsmPrinter &printer, Operation *,
                          ArrayAttr epilogue) {
  llvm::interleaveComma(epilogue, printer, [&](Attribute stage) {
    printEpilogueStage(printer, stage);
  });
}

#include "dialect/NNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/NNOps.cpp.inc"

void EpilogueOpInterface::appendEpilogueStage(Attribute stage) {
  SmallVector<Attribute> stages(getEpilogueStages());
  stages.push_back(stage);
  setEpilogueAttr(ArrayAttr::get(getContext(), stages));
}

LogicalResult frieze::nn::inferResultTypes(Operation *op) {
  auto inferred = dyn_cast<InferTypeOpInterface>(op);
  if (!inferred)
    return success();
  SmallVector<Type> types;
  if (failed(inferred.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getAttrDictionary(), op->getPropertiesStorage(), {}, types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    result.setType(type);
  return success();
}

bool frieze::nn::hasSupportedShape(ShapedType type) {
  int64_t elements = 1;
  for (int64_t size : type.getShape()) {
    if (size < 1 || size > maxElements)
      return false;
    elements *= size;
    if (elements > maxElements)
      return false;
  }
  return true;
}
