//===- ActivationsTest.cpp - What is said of each activation ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each claim of dialect/Activations.cpp against the function itself, in float32
// and in float64, on numbers of all sizes; and the documents against the table.
//
//===----------------------------------------------------------------------===//

#include "dialect/Activations.h"
#include "compiler/reference/Tensor.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <regex>

using namespace frieze::nn;
using frieze::reference::applyFunction;

static constexpr double infinity = ActivationFacts::infinity;

/// All kinds, those with parameters with several, on both sides of what makes
/// a difference.
static const struct {
  ActivationKind kind;
  double alpha = 0, beta = 0;
} activations[] = {
    {ActivationKind::Linear},
    {ActivationKind::Relu},
    {ActivationKind::LeakyRelu, 0.3},
    {ActivationKind::LeakyRelu, 0},
    {ActivationKind::LeakyRelu, 1},
    {ActivationKind::LeakyRelu, 1.5},
    {ActivationKind::LeakyRelu, -0.7},
    {ActivationKind::Clip, 0, 6},
    {ActivationKind::Clip, -1, 1},
    {ActivationKind::Clip, 2, 5},
    {ActivationKind::Clip, -0.3, -0.1},
    {ActivationKind::Clip, 3, 3},
    {ActivationKind::Clip, 0, infinity},
    {ActivationKind::Clip, -infinity, 0.7},
    {ActivationKind::Clip, -infinity, infinity},
    {ActivationKind::Elu, 1},
    {ActivationKind::Elu, 0.3},
    {ActivationKind::Elu, 2.5},
    {ActivationKind::Elu, -0.7},
    {ActivationKind::Selu},
    {ActivationKind::Exp},
    {ActivationKind::Sigmoid},
    {ActivationKind::HardSigmoid, 0.2, 0.5},
    {ActivationKind::HardSigmoid, 1.0 / 6, 0.5},
    {ActivationKind::HardSigmoid, -2, 0.3},
    {ActivationKind::HardSigmoid, 0.3, -0.7},
    {ActivationKind::HardSigmoid, 0.3, 1.7},
    {ActivationKind::Silu},
    {ActivationKind::HardSilu},
    {ActivationKind::Tanh},
    {ActivationKind::Softplus},
    {ActivationKind::Softsign},
    {ActivationKind::Gelu},
    {ActivationKind::GeluTanh},
    {ActivationKind::ThresholdedRelu, 0, 1},
    {ActivationKind::ThresholdedRelu, 0, -1},
    {ActivationKind::ThresholdedRelu, 0.3, 0.7},
    {ActivationKind::ThresholdedRelu, 0.3, -0.7},
    {ActivationKind::ThresholdedRelu, -2, 0.7},
    {ActivationKind::ThresholdedRelu, 1.5, 0},
    {ActivationKind::Celu, 1},
    {ActivationKind::Celu, 0.3},
    {ActivationKind::Celu, 2.5},
    {ActivationKind::Mish},
    {ActivationKind::Abs},
    {ActivationKind::Square},
    {ActivationKind::Sqrt},
    {ActivationKind::Reciprocal},
    {ActivationKind::Log},
    {ActivationKind::Erf},
    {ActivationKind::Sign},
    {ActivationKind::Floor},
    {ActivationKind::Ceil},
    {ActivationKind::Round},
    {ActivationKind::Trunc},
};

/// Numbers of all sizes in ascending order, with both infinities: every 2^14th
/// float32, and every 2^10th of those from 2^-6 to 2^5, where functions bend.
static std::vector<float> makeNumbers() {
  std::vector<float> numbers{0.0f, -0.0f};
  auto add = [&](uint32_t first, uint32_t last, uint32_t stride) {
    for (uint32_t bits = first; bits <= last; bits += stride) {
      float x;
      std::memcpy(&x, &bits, sizeof(x));
      numbers.push_back(x);
      numbers.push_back(-x);
    }
  };
  add(0x00000001, 0x7f800000, 1 << 14);
  add(0x3c800000, 0x42000000, 1 << 10);
  // The first and last of the denormal and of the normal, and the infinity.
  for (uint32_t bits : {0x007fffffu, 0x00800000u, 0x7f7fffffu, 0x7f800000u})
    add(bits, bits, 1);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

namespace {
template <typename T> class ActivationsTest : public testing::Test {
protected:
  ActivationsTest() { context.loadDialect<NNDialect>(); }

  /// Calls `function(attribute, facts)` for each activation.
  template <typename Function> void forEach(Function function) {
    for (auto [kind, alpha, beta] : activations) {
      auto attribute = ActivationAttr::get(&context, kind, alpha, beta);
      SCOPED_TRACE(stringifyActivationKind(kind).str() + "(" +
                   std::to_string(alpha) + ", " + std::to_string(beta) + ")");
      function(attribute, getFacts(attribute));
    }
  }

  /// How far results may be from the exact ones, relative to them.
  static constexpr double error = sizeof(T) == sizeof(float) ? 2e-6 : 1e-14;
  /// The same near zero, where numbers are denormal.
  static constexpr double smallest = 1e-44;

  mlir::MLIRContext context;
  const std::vector<float> numbers = makeNumbers();
};
} // namespace

using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(ActivationsTest, Types);

TYPED_TEST(ActivationsTest, ResultsAreInTheirRangeAndFillIt) {
  using T = TypeParam;
  this->forEach([&](ActivationAttr function, const ActivationFacts &facts) {
    double lowest = infinity, highest = -infinity;
    for (float x : this->numbers) {
      T y = applyFunction<T>(function, x);
      if (std::isnan(y))
        continue;
      lowest = std::min<double>(lowest, y);
      highest = std::max<double>(highest, y);
    }
    EXPECT_GE(lowest, T(facts.low));
    EXPECT_LE(highest, T(facts.high));
    auto reaches = [](double seen, double end) {
      return std::isfinite(end) ? std::fabs(seen - end) < 1e-3
                                : std::fabs(seen) > 1e3;
    };
    EXPECT_TRUE(reaches(lowest, facts.low)) << lowest << " " << facts.low;
    // log grows so slowly that only infinity shows it.
    EXPECT_TRUE(reaches(highest, facts.high)) << highest << " " << facts.high;
  });
}

TYPED_TEST(ActivationsTest, MonotoneIsWhatNeverFalls) {
  using T = TypeParam;
  this->forEach([&](ActivationAttr function, const ActivationFacts &facts) {
    bool falls = false;
    double highest = -infinity;
    for (float x : this->numbers) {
      T y = applyFunction<T>(function, x);
      falls |= std::isfinite(x) && std::isnan(y);
      double rounded = std::isfinite(highest)
                           ? this->error * std::fabs(highest) + this->smallest
                           : 0.0;
      falls |= y < highest - rounded;
      if (!std::isnan(y))
        highest = std::max<double>(highest, y);
    }
    EXPECT_EQ(facts.isMonotone, !falls);
  });
}

TYPED_TEST(ActivationsTest, HomogeneousIsWhatScalesPass) {
  using T = TypeParam;
  this->forEach([&](ActivationAttr function, const ActivationFacts &facts) {
    bool differs = false;
    for (float x : this->numbers)
      for (float scale : {0.25f, 3.0f}) {
        double scaled = applyFunction<T>(function, T(scale) * x);
        double expected = scale * double(applyFunction<T>(function, x));
        // What overflows, and denormal numbers, have lost what they were.
        bool counts = std::isfinite(scaled) && std::isfinite(expected) &&
                      std::fabs(x) > 1e-36;
        differs |= counts && std::fabs(scaled - expected) >
                                 this->error * std::fabs(expected);
      }
    if (facts.isHomogeneous || getNumParameters(function.getKind()) == 0) {
      EXPECT_EQ(facts.isHomogeneous, !differs);
    }
  });
}

TYPED_TEST(ActivationsTest, GrowthAndTheValueAtZeroBoundResults) {
  using T = TypeParam;
  this->forEach([&](ActivationAttr function, const ActivationFacts &facts) {
    double atZero = applyFunction<T>(function, T(0));
    EXPECT_TRUE(atZero == facts.atZero ||
                std::fabs(atZero - facts.atZero) <
                    this->error * std::fabs(facts.atZero))
        << atZero << " " << facts.atZero;
    if (!std::isfinite(facts.growth))
      return;
    for (float x : this->numbers) {
      double y = std::fabs(double(applyFunction<T>(function, x)));
      double bound = (facts.growth * std::fabs(x) + std::fabs(facts.atZero)) *
                         (1 + this->error) +
                     this->smallest;
      // Others have overflown.
      ASSERT_FALSE(std::isfinite(y) && y > bound) << "at " << x;
    }
  });
}

TYPED_TEST(ActivationsTest, IdentitiesChangeNoBit) {
  using T = TypeParam;
  this->forEach([&](ActivationAttr function, const ActivationFacts &facts) {
    bool changes = false;
    for (float x : this->numbers) {
      T y = applyFunction<T>(function, x);
      changes |= y != T(x) || std::signbit(y) != std::signbit(x);
    }
    if (facts.isIdentity || getNumParameters(function.getKind()) == 0) {
      EXPECT_EQ(facts.isIdentity, !changes);
    }
  });
}

//===----------------------------------------------------------------------===//
// Names and parameters
//===----------------------------------------------------------------------===//

/// Calls `function(kind, name)` for each kind.
template <typename Function> static void forEachKind(Function function) {
  for (unsigned i = 0; i <= getMaxEnumValForActivationKind(); ++i)
    function(ActivationKind(i),
             stringifyActivationKind(ActivationKind(i)).str());
}

TEST(ActivationNamesTest, AreFoundAndMeanOneKind) {
  unsigned named = 0;
  forEachKind([&](ActivationKind kind, const std::string &) {
    for (llvm::StringRef name : getKerasNames(kind)) {
      ASSERT_TRUE(findKerasActivation(name)) << name.str();
      EXPECT_EQ(findKerasActivation(name)->kind, kind) << name.str();
      ++named;
    }
    if (llvm::StringRef name = getOnnxName(kind); !name.empty()) {
      EXPECT_EQ(findOnnxActivation(name), kind) << name.str();
    }
  });
  EXPECT_GT(named, 10u);
  EXPECT_FALSE(findKerasActivation(""));
  EXPECT_FALSE(findKerasActivation("clap"));
  EXPECT_FALSE(findOnnxActivation(""));
  EXPECT_FALSE(findOnnxActivation("relu"));
  EXPECT_EQ(findKerasActivation("relu6")->beta, 6.0);
}

TEST(ActivationNamesTest, ParametersOfNamesAreValid) {
  forEachKind([&](ActivationKind kind, const std::string &) {
    for (llvm::StringRef name : getKerasNames(kind)) {
      NamedActivation known = *findKerasActivation(name);
      EXPECT_EQ(findUnmetRequirement(kind, known.alpha, known.beta), "")
          << name.str();
    }
  });
  EXPECT_NE(findUnmetRequirement(ActivationKind::Clip, 1, 0), "");
  EXPECT_NE(findUnmetRequirement(ActivationKind::Celu, 0, 0), "");
}

TEST(ActivationCostTest, OperationsAreCounted) {
  mlir::MLIRContext context;
  context.loadDialect<NNDialect>();
  auto count = [&](ActivationKind kind) {
    return countInstructions(ActivationAttr::get(&context, kind, 1.0, 1.0));
  };
  EXPECT_EQ(count(ActivationKind::Linear), 0u);
  EXPECT_EQ(count(ActivationKind::Abs), 1u);
  // A comparison and a choice for each bound.
  EXPECT_EQ(count(ActivationKind::Relu), 2u);
  EXPECT_EQ(count(ActivationKind::Clip), 4u);
  EXPECT_GT(count(ActivationKind::Tanh), 10u);
}

//===----------------------------------------------------------------------===//
// Documents
//===----------------------------------------------------------------------===//

/// The part of a file of the repository from `begin` up to `end`.
static std::string readPart(const std::string &file, llvm::StringRef begin,
                            llvm::StringRef end) {
  auto buffer = llvm::MemoryBuffer::getFile(FRIEZE_SOURCE_DIR "/" + file);
  if (!buffer) {
    ADD_FAILURE() << "expects " << file;
    return "";
  }
  auto [before, part] = (*buffer)->getBuffer().split(begin);
  EXPECT_FALSE(part.empty()) << file << " lacks " << begin.str();
  return part.split(end).first.str();
}

TEST(ActivationDocumentsTest, NameEveryKindWithItsParameters) {
  std::string table =
      readPart("dialect/NNAttrs.td", "| keyword | f(x) |", "\n\n");
  std::string format =
      readPart("docs/ModelFormat.md", "- `function` is one of", "\n");
  forEachKind([&](ActivationKind kind, const std::string &name) {
    unsigned count = getNumParameters(kind);
    const char *arguments[] = {"", "(a)", "(a, b)"};
    EXPECT_NE(table.find("| `" + name + arguments[count] + "` |"),
              std::string::npos)
        << "dialect/NNAttrs.td lacks " << name;
    const char *given[] = {"[,.]", " \\(`alpha`[,:) ].*",
                           " \\(`alpha`, `beta`.*"};
    EXPECT_TRUE(
        std::regex_search(format, std::regex("`" + name + "`" + given[count])))
        << "docs/ModelFormat.md lacks " << name;
  });
}

TEST(ActivationDocumentsTest, SchemaHasEveryName) {
  std::string names =
      readPart("frontends/json/model.schema.json", "\"functionName\": {", "]");
  size_t count = 0;
  forEachKind([&](ActivationKind, const std::string &name) {
    EXPECT_NE(names.find("\"" + name + "\""), std::string::npos) << name;
    ++count;
  });
  // One of its commas less than names, and no other names.
  EXPECT_EQ(std::count(names.begin(), names.end(), ',') + 1, ptrdiff_t(count));
}

TEST(ActivationDocumentsTest, ListNamesOfKeras) {
  std::string names = readPart("docs/ModelFormat.md", "\nActivations: ", "\n");
  std::string summary = readPart("docs/Layers.md", "and as an argument: ", "|");
  auto has = [](const std::string &text, llvm::StringRef name) {
    return text.find("`" + name.str() + "`") != std::string::npos;
  };
  forEachKind([&](ActivationKind kind, const std::string &own) {
    llvm::SmallVector<llvm::StringRef> all = getKerasNames(kind);
    for (llvm::StringRef name : all)
      EXPECT_TRUE(has(names, name))
          << "docs/ModelFormat.md lacks " << name.str();
    // One name of each function is enough there.
    EXPECT_TRUE(
        all.empty() || has(summary, own) ||
        llvm::any_of(all, [&](auto name) { return has(summary, name); }))
        << "docs/Layers.md lacks " << own;
  });
}
