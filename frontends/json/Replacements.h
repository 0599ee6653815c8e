//===- Replacements.h - What layers of other formats compute ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file holds the name of a layer that its author wrote, its config and its
// weights, but not what it computes. The user says that in Frieze's JSON: a
// model whose inputs and outputs are those of the layer.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_REPLACEMENTS_H
#define FRIEZE_FRONTENDS_JSON_REPLACEMENTS_H

#include "frontends/GraphNode.h"
#include "frontends/Json.h"

namespace frieze {

/// A weight of a replaced layer. A replacement calls it by its number, or by
/// its name or the end of that from a slash on.
struct LayerWeight {
  /// "" where the file does not number it.
  std::string number;
  /// "" where the file has none.
  std::string name;
  std::function<llvm::Expected<DoubleArray>()> read;

  std::string describe() const { return name.empty() ? number : name; }
};

/// A layer or operator of a file, as its replacement sees it.
struct ReplacedLayer {
  std::string name;
  /// What it is called on: by position first, where the keyword is "".
  struct Input {
    std::string keyword;
    Tensor tensor;
  };
  llvm::SmallVector<Input> inputs;
  /// What it was made with, of which what means nothing is ignored.
  ObjectReader &config;
  std::vector<LayerWeight> weights;
};

struct Replacement;

/// The replacements that the options name, and which layers of the model they
/// are for.
class Replacements {
public:
  /// Reads their files, and reports what is none.
  explicit Replacements(ModelBuilder &builder);
  ~Replacements();

  /// The replacement of a layer of the model, or null. `className` has the
  /// package behind which `>` or `::` stands, if any; the options may leave it
  /// out. `path` is the layer's name behind those of the models around it,
  /// `/base/scale`; the options name it by the end of that, which goes before
  /// the class.
  const Replacement *find(llvm::StringRef className, llvm::StringRef path);

  /// Imports what a layer computes, and returns its outputs: none where they
  /// aren't known, because of a problem already reported.
  llvm::SmallVector<mlir::Value> import(const Replacement &replacement,
                                        const ReplacedLayer &layer);

  /// Reports those that no layer uses, and that can mean several.
  void finish();

private:
  ModelBuilder &builder;
  std::vector<std::unique_ptr<Replacement>> replacements;
  /// Of the model, in their order.
  std::vector<std::string> classes;
  llvm::StringSet<> knownClasses;
};

/// What to do about a layer or operator that isn't known, to stand behind what
/// is wrong with it.
std::string suggestReplacement(llvm::StringRef layer);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_REPLACEMENTS_H
