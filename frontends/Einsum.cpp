//===- Einsum.cpp - Sums of products by their indices -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Einsum.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace llvm;
using namespace mlir;
using namespace frieze;

namespace {
/// An operand with a letter for each of its axes.
struct Term {
  EinsumOperand operand;
  std::string labels;
};

/// Adds, multiplies and transposes terms by the letters of their axes.
class EinsteinSum {
public:
  EinsteinSum(ModelBuilder &builder, StringRef layer, StringRef equation)
      : builder(builder), layer(layer), equation(equation) {}

  Value build(ArrayRef<EinsumOperand> operands);

private:
  bool readEquation(ArrayRef<EinsumOperand> operands);
  bool readResult(StringRef right, bool isGiven);
  bool refuse(const Twine &requirement);
  Term permute(const Term &term, const std::string &labels);
  Term sumOver(const Term &term, StringRef kept);
  Term multiply(Term lhs, Term rhs, StringRef kept);
  Value asValue(const EinsumOperand &operand);
  EinsumOperand reshape(const EinsumOperand &operand, ArrayRef<int64_t> shape);
  SmallVector<int64_t> getSizes(StringRef labels) const;
  /// Of the elements that the labels number.
  int64_t count(StringRef labels) const;

  ModelBuilder &builder;
  StringRef layer, equation;
  std::vector<Term> terms;
  std::string result;
  std::map<char, int64_t> sizes;
};
} // namespace

bool EinsteinSum::refuse(const Twine &requirement) {
  builder.emitError(layer) << "unsupported equation '" << equation
                           << "', expects " << requirement;
  return false;
}

SmallVector<int64_t> EinsteinSum::getSizes(StringRef labels) const {
  SmallVector<int64_t> shape;
  for (char label : labels)
    shape.push_back(sizes.at(label));
  return shape;
}

int64_t EinsteinSum::count(StringRef labels) const {
  return countElements(getSizes(labels)).value_or(0);
}

//===----------------------------------------------------------------------===//
// The equation
//===----------------------------------------------------------------------===//

/// The labels of a term of `rank`, nothing where it has others. Those of an
/// ellipsis are digits up to 9, so that operands share the last ones.
static std::optional<std::string> readLabels(StringRef text, size_t rank) {
  auto [left, right] = text.split("...");
  size_t named = left.size() + right.size();
  bool hasEllipsis = text.contains("...");
  if (named > rank || (!hasEllipsis && named != rank) || rank - named > 9 ||
      !llvm::all_of(left, isAlpha) || !llvm::all_of(right, isAlpha))
    return std::nullopt;
  std::string labels = left.str();
  for (size_t i = rank - named; i-- > 0;)
    labels += char('9' - i);
  return labels + right.str();
}

/// The result, whose letters are in the terms.
bool EinsteinSum::readResult(StringRef right, bool isGiven) {
  std::string digits;
  for (auto [label, size] : sizes)
    if (isDigit(label))
      digits += label;
  if (!isGiven) {
    result = digits;
    for (const auto &entry : sizes)
      if (!isDigit(entry.first) &&
          llvm::count_if(terms, [&](const Term &term) {
            return StringRef(term.labels).contains(entry.first);
          }) == 1)
        result += entry.first;
    return true;
  }
  auto labels =
      readLabels(right, right.contains("...") ? right.size() - 3 + digits.size()
                                              : right.size());
  bool isValid =
      labels && llvm::all_of(*labels, [&](char label) {
        return sizes.count(label) && llvm::count(*labels, label) == 1;
      });
  if (!isValid)
    return refuse("letters of the operands in the result, each once");
  result = *labels;
  if (!llvm::all_of(digits, [&](char digit) {
        return StringRef(result).contains(digit);
      }))
    return refuse("the axes of an ellipsis in the result");
  return true;
}

bool EinsteinSum::readEquation(ArrayRef<EinsumOperand> operands) {
  std::string text = equation.str();
  llvm::erase(text, ' ');
  auto [left, right] = StringRef(text).split("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != operands.size())
    return refuse("a term for each of " + Twine(operands.size()) + " operands");
  for (auto [part, operand] : zip_equal(parts, operands)) {
    auto labels = readLabels(part, operand.getShape().size());
    if (!labels)
      return refuse("a letter for each axis of " +
                    formatShape(operand.getShape()));
    for (auto [label, size] : zip_equal(*labels, operand.getShape())) {
      if (llvm::count(*labels, label) != 1)
        return refuse("each letter once in a term");
      if (sizes.try_emplace(label, size).first->second != size)
        return refuse("one size for each letter");
    }
    terms.push_back({operand, *labels});
  }
  return readResult(right, StringRef(text).contains("->"));
}

//===----------------------------------------------------------------------===//
// The sum
//===----------------------------------------------------------------------===//

Value EinsteinSum::asValue(const EinsumOperand &operand) {
  if (operand.value)
    return operand.value;
  return builder.constant(layer,
                          builder.addWeights(layer, "value", operand.constant));
}

EinsumOperand EinsteinSum::reshape(const EinsumOperand &operand,
                                   ArrayRef<int64_t> shape) {
  if (operand.value)
    return {builder.reshapeWithBatch(layer, operand.value, shape), {}};
  return {{}, {SmallVector<int64_t>(shape), operand.constant.values}};
}

Term EinsteinSum::permute(const Term &term, const std::string &labels) {
  SmallVector<int64_t> permutation;
  for (char label : labels)
    permutation.push_back(term.labels.find(label));
  if (llvm::is_sorted(permutation))
    return term;
  if (term.operand.value)
    return {{builder.transpose(layer, term.operand.value, permutation), {}},
            labels};
  SmallVector<int64_t> strides(permutation.size(), 1), permuted;
  for (size_t axis = strides.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * term.operand.getShape()[axis];
  for (int64_t axis : permutation)
    permuted.push_back(strides[axis]);
  SmallVector<int64_t> shape = getSizes(labels);
  return {{{},
           {shape, readStrided<double>(term.operand.constant.values, shape,
                                       permuted)}},
          labels};
}

/// Sums the axes whose letters are not among `kept`.
Term EinsteinSum::sumOver(const Term &term, StringRef kept) {
  SmallVector<int64_t> axes;
  std::string labels;
  for (auto [axis, label] : enumerate(term.labels))
    if (kept.contains(label))
      labels += label;
    else
      axes.push_back(axis);
  if (axes.empty())
    return term;
  Value sum =
      builder.reduce(layer, nn::ReduceKind::Sum, asValue(term.operand), axes,
                     /*keepDims=*/true);
  return {reshape({sum, {}}, getSizes(labels)), labels};
}

/// The product of two, summed over the letters that are not among `kept`.
Term EinsteinSum::multiply(Term lhs, Term rhs, StringRef kept) {
  // A constant goes last: the kernel of a dense layer.
  if (!lhs.operand.value && rhs.operand.value)
    std::swap(lhs, rhs);
  lhs = sumOver(lhs, kept.str() + rhs.labels);
  rhs = sumOver(rhs, kept.str() + lhs.labels);
  std::string batch, left, summed, right;
  for (char label : lhs.labels)
    (!StringRef(rhs.labels).contains(label) ? left
     : kept.contains(label)                 ? batch
                                            : summed) += label;
  for (char label : rhs.labels)
    if (!StringRef(lhs.labels).contains(label))
      right += label;
  lhs = permute(lhs, batch + left + summed);
  rhs = permute(rhs, batch + summed + right);
  std::string labels = batch + left + right;
  Value product;
  if (batch.empty() && !rhs.operand.value) {
    SmallVector<int64_t> rows = getSizes(left);
    if (rows.empty())
      rows.push_back(1);
    rows.push_back(count(summed));
    EinsumOperand kernel = reshape(rhs.operand, {count(summed), count(right)});
    product =
        builder.dense(layer, reshape({asValue(lhs.operand), {}}, rows).value,
                      builder.addWeights(layer, "kernel", kernel.constant), {});
  } else {
    auto asMatrices = [&](const Term &term, int64_t rows, int64_t columns) {
      SmallVector<int64_t> shape = getSizes(batch);
      if (shape.empty())
        shape.push_back(1);
      shape.append({rows, columns});
      return reshape({asValue(term.operand), {}}, shape).value;
    };
    product = builder.matmul(layer, asMatrices(lhs, count(left), count(summed)),
                             asMatrices(rhs, count(summed), count(right)));
  }
  return {reshape({product, {}}, getSizes(labels)), labels};
}

Value EinsteinSum::build(ArrayRef<EinsumOperand> operands) {
  if (!readEquation(operands))
    return {};
  Term product = terms.front();
  for (size_t index = 1; index < terms.size(); ++index) {
    std::string kept = result;
    for (const Term &later : ArrayRef(terms).drop_front(index + 1))
      kept += later.labels;
    product = multiply(product, terms[index], kept);
    if (!product.operand.value)
      return {};
  }
  return asValue(permute(sumOver(product, result), result).operand);
}

Value frieze::addEinsum(ModelBuilder &builder, StringRef layer,
                        StringRef equation, ArrayRef<EinsumOperand> operands) {
  return EinsteinSum(builder, layer, equation).build(operands);
}
