//===- OutputLayers.cpp - Layers chosen as outputs of a model ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/OutputLayers.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// Names in a message; a model can have thousands.
static constexpr size_t maxNames = 5;

bool frieze::isEndOf(StringRef name, StringRef path) {
  return path == name || path.ends_with(("/" + name).str());
}

std::string frieze::listNames(ArrayRef<StringRef> names, size_t count) {
  std::string list;
  for (StringRef name : names.take_front(count))
    list += (list.empty() ? "'" : ", '") + name.str() + "'";
  return names.size() > count ? list + ", ..." : list;
}

/// The names that differ least from `name`, where they do so by a third of it.
static SmallVector<StringRef>
findNearNames(StringRef name, ArrayRef<OutputCandidate> candidates) {
  SmallVector<std::pair<unsigned, StringRef>> near;
  unsigned limit = std::max<size_t>(name.size() / 3, 2);
  for (const OutputCandidate &candidate : candidates) {
    StringRef path = candidate.path, last = path.substr(path.rfind('/') + 1);
    unsigned distance =
        std::min(name.edit_distance(last, /*AllowReplacements=*/true, limit),
                 name.edit_distance(path.drop_front(),
                                    /*AllowReplacements=*/true, limit));
    if (distance <= limit)
      near.push_back({distance, path.drop_front()});
  }
  llvm::sort(near);
  SmallVector<StringRef> names(llvm::make_second_range(near));
  names.truncate(std::min(names.size(), maxNames));
  return names;
}

std::optional<SmallVector<size_t>>
frieze::chooseOutputs(ModelBuilder &builder, ArrayRef<std::string> chosen,
                      ArrayRef<OutputCandidate> candidates) {
  SmallVector<size_t> indices;
  for (const std::string &name : chosen) {
    SmallVector<size_t> found;
    for (auto [index, candidate] : enumerate(candidates))
      if (isEndOf(name, candidate.path) || isEndOf(name, candidate.layer))
        found.push_back(index);
    if (found.size() == 1 && llvm::is_contained(indices, found.front())) {
      builder.emitError() << "expects --output-layer to name each layer once, "
                             "but got '"
                          << name << "' again";
      return std::nullopt;
    }
    if (found.size() == 1) {
      indices.push_back(found.front());
      continue;
    }
    InFlightDiagnostic diagnostic = builder.emitError();
    diagnostic << "expects --output-layer to name a layer, but ";
    if (found.empty()) {
      diagnostic << "there is no '" << name << "'";
      if (SmallVector<StringRef> near = findNearNames(name, candidates);
          !near.empty())
        diagnostic << "; there is " << listNames(near);
    } else {
      SmallVector<StringRef> paths;
      for (size_t index : found)
        paths.push_back(candidates[index].path);
      diagnostic << "'" << name << "' can be any of " << listNames(paths)
                 << "; give one of these";
    }
    return std::nullopt;
  }
  return indices;
}
