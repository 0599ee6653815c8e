//===- Activations.cpp - What is known of each activation -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Activations.h"
#include "dialect/ElementaryFunctions.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace frieze::nn;

static constexpr double infinity = ActivationFacts::infinity;

namespace {
/// Facts, said one after the other.
struct Facts : ActivationFacts {
  Facts &within(double lowest, double highest) {
    low = lowest, high = highest;
    return *this;
  }
  Facts &zeroTo(double value) {
    atZero = value;
    return *this;
  }
  Facts &growsBy(double factor) {
    growth = factor;
    return *this;
  }
  Facts &monotone(bool holds = true) {
    isMonotone = holds;
    return *this;
  }
  Facts &homogeneous() {
    isHomogeneous = true;
    return *this;
  }
  Facts &identity() {
    isIdentity = true;
    return *this;
  }
};

/// A name of another format, and the parameters that it stands for.
struct Spelling {
  llvm::StringLiteral name = "";
  double alpha = 0.0, beta = 0.0;
};

struct Row {
  ActivationKind kind;
  unsigned numParameters;
  ActivationFacts (*getFacts)(double alpha, double beta);
  /// What Keras calls it, where that always means the same.
  std::array<Spelling, 2> keras = {};
  /// ONNX's operator of one input and no attributes.
  llvm::StringLiteral onnx = "";
  /// What the parameters must be, and whether they are.
  llvm::StringLiteral requirement = "";
  bool (*isMet)(double alpha, double beta) = nullptr;
};
} // namespace

static double clip(double x, double low, double high) {
  return std::min(std::max(x, low), high);
}

/// In the order of the enum. Lowest results that no formula gives are rounded
/// down, such that those in float32 are not below them.
static constexpr Row rows[] = {
    {ActivationKind::Linear, 0,
     [](double, double) -> ActivationFacts {
       return Facts().growsBy(1).monotone().homogeneous().identity();
     }},
    {ActivationKind::Relu,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, infinity).growsBy(1).monotone().homogeneous();
     },
     {{{"relu"}}},
     "Relu"},
    {ActivationKind::LeakyRelu,
     1,
     [](double a, double) -> ActivationFacts {
       return Facts()
           .within(a > 0 ? -infinity : 0, infinity)
           .growsBy(std::max(1.0, std::fabs(a)))
           .monotone(a >= 0)
           .homogeneous();
     },
     {{{"leaky_relu", 0.2}}}},
    {ActivationKind::Clip,
     2,
     [](double a, double b) -> ActivationFacts {
       return Facts().within(a, b).zeroTo(clip(0, a, b)).growsBy(1).monotone();
     },
     {{{"relu6", 0, 6}, {"hard_tanh", -1, 1}}},
     "",
     "the lower bound of clip to be at most the upper bound",
     [](double a, double b) { return a <= b; }},
    {ActivationKind::Elu,
     1,
     [](double a, double) -> ActivationFacts {
       return Facts()
           .within(std::min(-a, 0.0), infinity)
           .growsBy(std::max(1.0, std::fabs(a)))
           .monotone(a >= 0);
     },
     {{{"elu", 1}}}},
    {ActivationKind::Selu,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-1.7581, infinity).growsBy(1.7581).monotone();
     },
     {{{"selu"}}}},
    {ActivationKind::Exp,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, infinity).zeroTo(1).monotone();
     },
     {{{"exponential"}}}},
    {ActivationKind::Sigmoid,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, 1).zeroTo(0.5).growsBy(0.25).monotone();
     },
     {{{"sigmoid"}}},
     "Sigmoid"},
    {ActivationKind::HardSigmoid,
     2,
     [](double a, double b) -> ActivationFacts {
       return Facts()
           .within(0, 1)
           .zeroTo(clip(b, 0, 1))
           .growsBy(std::fabs(a))
           .monotone(a >= 0);
     },
     // hard_sigmoid itself depends on Keras's version.
     {{{"sparse_sigmoid", 0.5, 0.5}}}},
    {ActivationKind::Silu,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-0.2785, infinity).growsBy(1);
     },
     {{{"silu"}, {"swish"}}}},
    {ActivationKind::HardSilu,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-0.3751, infinity).growsBy(1);
     },
     {{{"hard_silu"}, {"hard_swish"}}},
     "HardSwish"},
    {ActivationKind::Tanh,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-1, 1).growsBy(1).monotone();
     },
     {{{"tanh"}}},
     "Tanh"},
    {ActivationKind::Softplus,
     0,
     [](double, double) -> ActivationFacts {
       return Facts()
           .within(0, infinity)
           .zeroTo(0.6931471805599453)
           .growsBy(1)
           .monotone();
     },
     {{{"softplus"}}},
     "Softplus"},
    {ActivationKind::Softsign,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-1, 1).growsBy(1).monotone();
     },
     {{{"softsign"}}},
     "Softsign"},
    {ActivationKind::Gelu,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-0.1701, infinity).growsBy(1);
     },
     {{{"gelu"}}}},
    {ActivationKind::GeluTanh, 0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-0.1701, infinity).growsBy(1);
     }},
    {ActivationKind::ThresholdedRelu, 2,
     [](double a, double b) -> ActivationFacts {
       return Facts()
           .within(a > 0 ? -infinity : std::min(b, 0.0), infinity)
           .zeroTo(b >= 0 && a != 0 ? -a * b : 0)
           .growsBy(std::max(1.0, std::fabs(a)))
           .monotone(a >= 0 && b >= 0);
     }},
    {ActivationKind::Celu,
     1,
     [](double a, double) -> ActivationFacts {
       return Facts().within(-a, infinity).growsBy(1).monotone();
     },
     {{{"celu", 1}}},
     "",
     "a positive parameter of celu",
     [](double a, double) { return a > 0; }},
    {ActivationKind::Mish,
     0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-0.3089, infinity).growsBy(1);
     },
     {{{"mish"}}},
     "Mish"},
    {ActivationKind::Abs, 0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, infinity).growsBy(1).homogeneous();
     }},
    {ActivationKind::Square, 0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, infinity);
     }},
    // Below zero, it is NaN.
    {ActivationKind::Sqrt, 0,
     [](double, double) -> ActivationFacts {
       return Facts().within(0, infinity);
     }},
    {ActivationKind::Reciprocal, 0,
     [](double, double) -> ActivationFacts {
       return Facts().zeroTo(infinity);
     }},
    // Below zero, it is NaN.
    {ActivationKind::Log, 0,
     [](double, double) -> ActivationFacts {
       return Facts().zeroTo(-infinity);
     }},
    {ActivationKind::Erf,
     0,
     [](double, double) -> ActivationFacts {
       // In float32 a few results are above 1, by one unit in the last place.
       return Facts().within(-1.000001, 1.000001).growsBy(1.1284).monotone();
     }},
    // Of numbers near zero it makes whole ones, which no growth bounds; nor
    // those of floor and ceil.
    {ActivationKind::Sign, 0,
     [](double, double) -> ActivationFacts {
       return Facts().within(-1, 1).monotone();
     }},
    {ActivationKind::Floor, 0,
     [](double, double) -> ActivationFacts { return Facts().monotone(); }},
    {ActivationKind::Ceil, 0,
     [](double, double) -> ActivationFacts { return Facts().monotone(); }},
    {ActivationKind::Round, 0,
     [](double, double) -> ActivationFacts {
       return Facts().growsBy(2).monotone();
     }},
    {ActivationKind::Trunc, 0,
     [](double, double) -> ActivationFacts {
       return Facts().growsBy(1).monotone();
     }},
};

static constexpr bool areRowsInOrder() {
  for (size_t i = 0; i < std::size(rows); ++i)
    if (size_t(rows[i].kind) != i)
      return false;
  return std::size(rows) == getMaxEnumValForActivationKind() + 1;
}
static_assert(areRowsInOrder(), "expects a row for each ActivationKind");

static const Row &getRow(ActivationKind kind) { return rows[size_t(kind)]; }

ActivationFacts frieze::nn::getFacts(ActivationAttr function) {
  return getRow(function.getKind())
      .getFacts(function.getAlpha(), function.getBeta());
}

unsigned frieze::nn::getNumParameters(ActivationKind kind) {
  return getRow(kind).numParameters;
}

llvm::StringRef frieze::nn::findUnmetRequirement(ActivationKind kind,
                                                 double alpha, double beta) {
  const Row &row = getRow(kind);
  return !row.isMet || row.isMet(alpha, beta) ? "" : row.requirement;
}

std::optional<NamedActivation>
frieze::nn::findKerasActivation(llvm::StringRef name) {
  for (const Row &row : rows)
    for (const Spelling &spelling : row.keras)
      if (!name.empty() && spelling.name == name)
        return NamedActivation{row.kind, spelling.alpha, spelling.beta};
  return std::nullopt;
}

llvm::SmallVector<llvm::StringRef>
frieze::nn::getKerasNames(ActivationKind kind) {
  llvm::SmallVector<llvm::StringRef> names;
  for (const Spelling &spelling : getRow(kind).keras)
    if (!spelling.name.empty())
      names.push_back(spelling.name);
  return names;
}

llvm::StringLiteral frieze::nn::getOnnxName(ActivationKind kind) {
  return getRow(kind).onnx;
}

std::optional<ActivationKind>
frieze::nn::findOnnxActivation(llvm::StringRef name) {
  for (const Row &row : rows)
    if (!name.empty() && row.onnx == name)
      return row.kind;
  return std::nullopt;
}

namespace {
/// Operations of ElementaryFunctions that compute nothing, and are counted.
struct CountingOps {
  struct Value {};
  struct Mask {};
  struct Bits {};

  unsigned count = 0;

  template <typename Result> Result take() {
    ++count;
    return {};
  }
  Value constant(float) { return {}; }
  Value add(Value, Value) { return take<Value>(); }
  Value sub(Value, Value) { return take<Value>(); }
  Value mul(Value, Value) { return take<Value>(); }
  Value div(Value, Value) { return take<Value>(); }
  Value fma(Value, Value, Value) { return take<Value>(); }
  Value abs(Value) { return take<Value>(); }
  Value sqrt(Value) { return take<Value>(); }
  Mask greater(Value, Value) { return take<Mask>(); }
  Value select(Mask, Value, Value) { return take<Value>(); }
  Bits bitsConstant(int32_t) { return {}; }
  Bits bits(Value) { return {}; }
  Value fromBits(Bits) { return {}; }
  Bits addBits(Bits, Bits) { return take<Bits>(); }
  Bits subBits(Bits, Bits) { return take<Bits>(); }
  Bits shiftLeft(Bits, int) { return take<Bits>(); }
  Bits shiftRight(Bits, int) { return take<Bits>(); }
};
} // namespace

unsigned frieze::nn::countInstructions(ActivationAttr function) {
  CountingOps ops;
  ElementaryFunctions<CountingOps>(ops).apply(function, {});
  return ops.count;
}

bool frieze::nn::isLong(mlir::Attribute stage) {
  // Of a clip, the longest that is worth it.
  static constexpr unsigned mostInstructions = 4;
  auto function = llvm::dyn_cast<ActivationAttr>(stage);
  return function && countInstructions(function) > mostInstructions;
}
