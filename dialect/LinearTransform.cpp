//===- LinearTransform.cpp - Exact matrices as operations -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/LinearTransform.h"

#include <functional>
#include <map>
#include <set>

using namespace frieze::nn;

double frieze::nn::toDouble(const Rational &value) {
  return double(int64fromDynamicAPInt(value.num)) /
         double(int64fromDynamicAPInt(value.den));
}

bool frieze::nn::isDyadic(const Rational &value) {
  return llvm::isPowerOf2_64(int64fromDynamicAPInt(value.den));
}

namespace {
/// Factors of the values in a sum.
using Sum = std::map<int64_t, Rational>;
/// Two values as a sum up to a factor: one of them has factor 1.
struct Pair {
  int64_t first, second;
  Rational ofFirst, ofSecond;

  bool operator<(const Pair &other) const {
    return std::tie(first, second, ofFirst, ofSecond) <
           std::tie(other.first, other.second, other.ofFirst, other.ofSecond);
  }
  bool isPlain() const { return abs(ofFirst) == abs(ofSecond); }
};
} // namespace

/// `(i, j)` of `sum` without their common factor; nothing where no factor
/// leaves numbers that are exact.
static std::optional<Pair> getPair(const Sum &sum, int64_t i, int64_t j) {
  Rational ratio = sum.at(j) / sum.at(i);
  if (isDyadic(ratio))
    return Pair{i, j, Rational(1), ratio};
  if (isDyadic(Rational(1) / ratio))
    return Pair{i, j, Rational(1) / ratio, Rational(1)};
  return std::nullopt;
}

/// The pair that most sums have in common, those first that take an addition
/// only; nothing if no two do.
static std::optional<Pair> findCommonPair(llvm::ArrayRef<Sum> sums) {
  std::map<Pair, int64_t> counts;
  for (const Sum &sum : sums)
    for (auto i = sum.begin(); i != sum.end(); ++i)
      for (auto j = std::next(i); j != sum.end(); ++j)
        if (std::optional<Pair> pair = getPair(sum, i->first, j->first))
          ++counts[*pair];
  std::optional<Pair> best;
  auto rank = [&](const Pair &pair) {
    return std::make_pair(counts[pair], pair.isPlain());
  };
  for (auto &[pair, count] : counts)
    if (count > 1 && (!best || rank(*best) < rank(pair)))
      best = pair;
  return best;
}

/// Multiplications that are left where terms with the same factor are added
/// first, all but one fused with an addition if no term has factor 1.
static size_t countFactors(const Sum &sum) {
  std::set<Rational> factors;
  bool hasOne = false;
  for (auto &[value, factor] : sum) {
    factors.insert(abs(factor));
    hasOne |= factor == Rational(1);
  }
  return factors.size() - factors.count(Rational(1)) + !hasOne;
}

/// `sum` with `pair`, which is value `number`, in place of value `from` of it;
/// nothing where that takes more terms, or numbers that are not exact.
static std::optional<Sum> exchange(const Sum &sum, const Pair &pair,
                                   int64_t number, int64_t from) {
  if (sum.count(number) || !sum.count(pair.first) || !sum.count(pair.second))
    return std::nullopt;
  Sum result = sum;
  bool isFirst = from == pair.first;
  Rational factor = sum.at(from) / (isFirst ? pair.ofFirst : pair.ofSecond);
  Rational &rest = result[isFirst ? pair.second : pair.first];
  rest -= factor * (isFirst ? pair.ofSecond : pair.ofFirst);
  if (!isDyadic(factor) || rest == Rational(0))
    return std::nullopt;
  result.erase(from);
  result[number] = factor;
  return result;
}

/// Puts up to `depth` pairs, which are the values from `first`, into `sum`
/// where that leaves fewer multiplications.
static Sum simplify(const Sum &sum, llvm::ArrayRef<Pair> pairs, int64_t first,
                    int64_t depth) {
  Sum best = sum;
  for (auto [i, pair] : llvm::enumerate(pairs))
    for (int64_t from : {pair.first, pair.second})
      if (std::optional<Sum> next = exchange(sum, pair, first + i, from)) {
        Sum simple =
            depth == 1 ? *next : simplify(*next, pairs, first, depth - 1);
        if (countFactors(simple) < countFactors(best))
          best = simple;
      }
  return best;
}

LinearTransform::LinearTransform(const RationalMatrix &matrix)
    : inputs(matrix.front().size()) {
  llvm::SmallVector<Sum> sums;
  for (llvm::ArrayRef<Rational> row : matrix) {
    Sum &sum = sums.emplace_back();
    for (int64_t i = 0; i < inputs; ++i)
      if (row[i] != 0)
        sum[i] = row[i];
  }
  // Values behind the inputs.
  llvm::SmallVector<Pair> common;
  while (std::optional<Pair> pair = findCommonPair(sums)) {
    for (Sum &sum : sums) {
      auto first = sum.find(pair->first), second = sum.find(pair->second);
      if (first == sum.end() || second == sum.end())
        continue;
      Rational factor = first->second / pair->ofFirst;
      if (second->second != factor * pair->ofSecond)
        continue;
      sum.erase(first);
      sum.erase(second);
      sum[inputs + common.size()] = factor;
    }
    common.push_back(*pair);
  }

  for (Sum &sum : sums)
    sum = simplify(sum, common, inputs, /*depth=*/2);

  // Each is made when it is first needed, so that few are alive at once.
  std::map<int64_t, int64_t> made;
  std::function<int64_t(const Sum &)> addUp;
  auto make = [&](int64_t value) {
    if (value < inputs)
      return value;
    if (auto found = made.find(value); found != made.end())
      return found->second;
    const Pair &pair = common[value - inputs];
    return made[value] = addUp(
               {{pair.first, pair.ofFirst}, {pair.second, pair.ofSecond}});
  };
  auto append = [&](Step step) {
    steps.push_back(step);
    return inputs + int64_t(steps.size()) - 1;
  };
  addUp = [&](const Sum &sum) {
    llvm::SmallVector<std::pair<int64_t, Rational>> terms;
    for (auto &[value, factor] : sum) {
      int64_t term = make(value);
      auto *same = llvm::find_if(terms, [&, &factor = factor](auto &other) {
        return abs(other.second) == abs(factor) && abs(factor) != Rational(1);
      });
      if (same == terms.end())
        terms.push_back({term, factor});
      else
        same->first =
            append({same->first, term, same->second == factor ? 1.0f : -1.0f});
    }
    // Those that are added as they are come first: a multiply-add to their sum
    // needs no copy of what others still read.
    auto rank = [](const Rational &factor) {
      return factor == Rational(1) ? 0 : factor == Rational(-1) ? 1 : 2;
    };
    for (size_t i = 1; i < terms.size(); ++i)
      for (size_t j = i;
           j > 0 && rank(terms[j].second) < rank(terms[j - 1].second); --j)
        std::swap(terms[j], terms[j - 1]);
    auto [value, factor] = terms.front();
    if (factor != Rational(1))
      value = append({std::nullopt, value, (float)toDouble(factor)});
    for (auto [other, factor] : llvm::drop_begin(terms))
      value = append({value, other, (float)toDouble(factor)});
    return value;
  };
  for (const Sum &sum : sums) {
    int64_t value = addUp(sum);
    results.push_back({value, steps.size()});
  }
}
