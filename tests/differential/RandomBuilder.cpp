//===- RandomBuilder.cpp - Drawing layers and their parameters --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/RandomBuilder.h"

#include <limits>

using namespace mlir;
using namespace frieze;

RandomBuilder::RandomBuilder(MLIRContext *context, uint64_t seed,
                             FloatType type)
    : builder(context), random(seed), type(type),
      module(ModuleOp::create(builder.getUnknownLoc())) {}

int64_t RandomBuilder::pick(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

bool RandomBuilder::chance(double probability) {
  return std::bernoulli_distribution(probability)(random);
}

double RandomBuilder::uniform(double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

ElementsAttr RandomBuilder::weights(ArrayRef<int64_t> shape,
                                    llvm::function_ref<double()> draw) {
  auto tensor = RankedTensorType::get(shape, type);
  SmallVector<APFloat> values;
  bool losesInfo;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    values.emplace_back(draw());
    values.back().convert(type.getFloatSemantics(),
                          APFloat::rmNearestTiesToEven, &losesInfo);
  }
  return cast<ElementsAttr>(DenseElementsAttr::get(tensor, values));
}

ElementsAttr RandomBuilder::kernel(ArrayRef<int64_t> shape) {
  int64_t columns = shape.back(), index = 0;
  std::vector<bool> isZero(columns);
  for (int64_t c = 0; c < columns; ++c)
    isZero[c] = chance(0.08);
  double scale = 1.5 / std::sqrt(double(std::max<int64_t>(
                           1, ShapedType::getNumElements(shape) / columns)));
  return weights(shape, [&] {
    double value = uniform(-scale, scale);
    return isZero[index++ % columns] ? 0.0 : value;
  });
}

ElementsAttr RandomBuilder::vector(int64_t size, double low, double high) {
  return weights({size}, [&] { return uniform(low, high); });
}

Location RandomBuilder::layer() {
  return NameLoc::get(
      builder.getStringAttr("layer" + std::to_string(layers++)));
}

func::FuncOp RandomBuilder::begin(TypeRange inputs) {
  builder.setInsertionPointToStart(module->getBody());
  auto function =
      func::FuncOp::create(builder, builder.getUnknownLoc(), "model",
                           builder.getFunctionType(inputs, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

OwningOpRef<ModuleOp> RandomBuilder::finish(func::FuncOp function,
                                            ValueRange results) {
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setFunctionType(builder.getFunctionType(
      function.getBody().front().getArgumentTypes(), results.getTypes()));
  return std::move(module);
}

std::vector<reference::Tensor<double>>
frieze::createRandomInputs(func::FuncOp function, uint64_t seed,
                           bool hasExtremes) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double extremes[] = {infinity, -infinity, NAN,   -0.0,
                             1e-42,    3e38,      -1e30, 12345.6};
  std::mt19937_64 random(seed + 1);
  std::vector<reference::Tensor<double>> inputs;
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    bool isNumber = llvm::any_of(argument.getUsers(), [](Operation *user) {
      return isa<nn::EmbeddingOp>(user);
    });
    reference::Tensor<double> tensor{type.getShape().vec(), {}};
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      double value = isNumber
                         ? double(random() % 10)
                         : (float)std::normal_distribution<double>()(random);
      if (hasExtremes && random() % 16 == 0)
        value = (float)extremes[random() % std::size(extremes)];
      tensor.values.push_back(value);
    }
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}
