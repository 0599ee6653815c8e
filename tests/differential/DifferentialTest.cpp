//===- DifferentialTest.cpp - nn-opt on random graphs -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Random graphs, evaluated as they are and after nn-opt. FRIEZE_GRAPHS sets how
// many (500; the nightly run takes 20000), FRIEZE_SEED the first seed. A graph
// that fails is reduced and printed.

#include "compiler/Compile.h"
#include "compiler/reference/Evaluate.h"
#include "dialect/NNOps.h"
#include "mlir/IR/Verifier.h"
#include "tests/differential/GraphTest.h"
#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomGraph.h"
#include "tests/differential/ReduceGraph.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace mlir;
using namespace frieze;
using reference::Tensor;

namespace {
/// Largest difference, in units of the tolerance; infinite where shapes or the
/// kinds of values differ.
struct Comparison {
  double excess = 0;
  std::string problem;
};

class Differential : public GraphTest {
protected:
  /// The largest sum of absolute terms that any layer of the graph forms, which
  /// rounding errors are relative to.
  static double measureScale(func::FuncOp function,
                             ArrayRef<Tensor<double>> inputs);

  /// Compares a graph with what nn-opt makes of it.
  template <typename T>
  Comparison compare(ModuleOp graph, uint64_t seed, double tolerance);

  template <typename T>
  void runAll(FloatType type, double tolerance, uint64_t firstSeed);
};
} // namespace

/// Largest sum over a column of the absolute values of `weights`, and largest
/// entry.
static std::pair<double, double> measure(DenseElementsAttr weights) {
  int64_t columns = weights.getType().getShape().back(), index = 0;
  std::vector<double> sums(columns, 0.0);
  double largest = 0;
  for (APFloat value : weights.getValues<APFloat>()) {
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    double magnitude = std::fabs(value.convertToDouble());
    sums[index++ % columns] += magnitude;
    largest = std::max(largest, magnitude);
  }
  return {*std::max_element(sums.begin(), sums.end()), largest};
}

double Differential::measureScale(func::FuncOp function,
                                  ArrayRef<Tensor<double>> inputs) {
  // The same graph with every value as an output.
  func::FuncOp probe = function.clone();
  Operation *terminator = probe.getBody().front().getTerminator();
  SmallVector<Value> values(probe.getArguments());
  for (Operation &op : probe.getBody().front().without_terminator())
    values.push_back(op.getResult(0));
  terminator->setOperands(values);
  auto results = reference::evaluate<double>(probe, inputs);
  llvm::DenseMap<Value, double> magnitude;
  double largest = 1;
  for (auto [value, result] : llvm::zip_equal(values, *results)) {
    for (double element : result.values)
      if (std::isfinite(element))
        magnitude[value] = std::max(magnitude[value], std::fabs(element));
    largest = std::max(largest, magnitude[value]);
  }
  probe.walk([&](Operation *op) {
    auto weightsOf = [&](StringRef name) {
      auto weights = op->getAttrOfType<DenseElementsAttr>(name);
      return weights ? measure(weights) : std::make_pair(0.0, 0.0);
    };
    if (isa<nn::ConvOp, nn::ConvTransposeOp, nn::DenseOp, nn::GRUOp, nn::LSTMOp,
            nn::RNNOp>(op))
      largest = std::max(largest, magnitude[op->getOperand(0)] *
                                          weightsOf("kernel").first +
                                      weightsOf("bias").second);
    // Scale is at most gamma / sqrt(epsilon).
    if (isa<nn::BatchNormOp>(op))
      largest = std::max(largest, magnitude[op->getResult(0)] +
                                      weightsOf("mean").second * 15);
  });
  probe.erase();
  return largest;
}

template <typename T>
Comparison Differential::compare(ModuleOp graph, uint64_t seed,
                                 double tolerance) {
  OwningOpRef<ModuleOp> optimised = graph.clone();
  {
    ScopedDiagnosticHandler quiet(&context, [](Diagnostic &diagnostic) {
      return success(diagnostic.getSeverity() == DiagnosticSeverity::Remark);
    });
    if (failed(verify(graph)) ||
        failed(
            lowerModule(*optimised, Stage::NN, Stage::NNOpt, CompileOptions())))
      return {INFINITY, "nn-opt fails"};
  }
  auto inputs = createRandomInputs(getModel(graph), seed);
  std::vector<Tensor<T>> rounded;
  for (const Tensor<double> &input : inputs)
    rounded.push_back(
        {input.shape, {input.values.begin(), input.values.end()}});
  auto before = reference::evaluate<double>(getModel(graph), inputs);
  auto after = reference::evaluate<T>(getModel(*optimised), rounded);
  if (failed(before) || failed(after))
    return {INFINITY, "cannot be evaluated"};
  bool hasWork = false;
  optimised->walk([&](Operation *op) {
    hasWork |= isa<nn::BatchNormOp, nn::AffineOp>(op);
  });
  if (hasWork)
    return {INFINITY, "a batch norm is left"};
  double scale = measureScale(getModel(graph), inputs);
  Comparison result;
  for (auto [expected, actual] : llvm::zip_equal(*before, *after)) {
    if (expected.shape != actual.shape)
      return {INFINITY, "shapes differ"};
    for (auto [e, a] : llvm::zip_equal(expected.values, actual.values))
      if (!(std::isnan(e) && std::isnan(a)) && e != a) {
        double excess = std::fabs(e - a) / (tolerance * scale);
        if (!(excess <= result.excess))
          result = {std::isnan(excess) ? INFINITY : excess,
                    "expects " + std::to_string(e) + ", but got " +
                        std::to_string(a)};
      }
  }
  return result;
}

template <typename T>
void Differential::runAll(FloatType type, double tolerance,
                          uint64_t firstSeed) {
  uint64_t graphs = readNumber("FRIEZE_GRAPHS", 500);
  uint64_t seed = readNumber("FRIEZE_SEED", firstSeed);
  double worst = 0;
  for (uint64_t end = seed + graphs; seed < end; ++seed) {
    OwningOpRef<ModuleOp> graph = createRandomGraph(&context, seed, type);
    Comparison result = compare<T>(*graph, seed, tolerance);
    worst = std::max(worst, result.excess);
    if (result.excess <= 1)
      continue;
    OwningOpRef<ModuleOp> reduced =
        reduceGraph(*graph, [&](ModuleOp candidate) {
          return compare<T>(candidate, seed, tolerance).excess > 1;
        });
    std::string text;
    llvm::raw_string_ostream os(text);
    reduced->print(os);
    FAIL() << "seed " << seed << ": " << result.problem << ", off by "
           << result.excess << " of the tolerance\nreduced:\n"
           << text;
  }
  RecordProperty("worst", std::to_string(worst));
}

// Nothing is rounded to float32, so that folds must be exact to rounding in
// double: 1e-12 of the largest sum of absolute terms.
TEST_F(Differential, FoldsAreExactInFloat64) {
  runAll<double>(Float64Type::get(&context), 1e-12, 1);
}

// Parameters and arithmetic in float32: half an ULP for each parameter, and one
// for each term of each sum; 1e-6 of the largest sum bounds both for graphs of
// this size.
TEST_F(Differential, RoundingIsBoundedInFloat32) {
  runAll<float>(Float32Type::get(&context), 1e-6, 1000001);
}
