//===- LayerAccounts.h - What a replacement reads of a layer ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_LAYERACCOUNTS_H
#define FRIEZE_FRONTENDS_JSON_LAYERACCOUNTS_H

#include "frontends/json/Replacements.h"
#include "frontends/json/WeightFile.h"

namespace frieze {

/// The config of a layer, whose nested members have names with slashes. It
/// keeps account of what was read.
class LayerConfig {
public:
  explicit LayerConfig(ObjectReader &reader) : reader(reader) {}

  /// The value of that name, or null where there is none.
  const nlohmann::json *find(llvm::StringRef key);
  /// The names of what was neither read nor ignored, itself or what it is in.
  std::vector<std::string>
  findUnread(llvm::ArrayRef<std::string> ignored) const;

private:
  void collect(const nlohmann::json &value, const std::string &name,
               llvm::ArrayRef<std::string> ignored,
               std::vector<std::string> &unread) const;

  ObjectReader &reader;
  std::vector<std::string> readKeys;
};

/// The weights of a layer. It keeps account of what was read.
class LayerWeights : public WeightFile {
public:
  explicit LayerWeights(llvm::ArrayRef<LayerWeight> weights)
      : weights(weights), wasRead(weights.size(), false) {}

  /// `name` as LayerWeight has it.
  llvm::Expected<Array> read(llvm::StringRef name) const override;
  /// The names of what was neither read nor ignored, which is meant by any part
  /// of a name between slashes.
  std::vector<std::string>
  findUnread(llvm::ArrayRef<std::string> ignored) const;

private:
  llvm::ArrayRef<LayerWeight> weights;
  mutable std::vector<bool> wasRead;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_LAYERACCOUNTS_H
