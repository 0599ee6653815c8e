//===- Json.h - JSON read with limits ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_H
#define FRIEZE_FRONTENDS_JSON_H

#include "frontends/Array.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringSet.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>

namespace frieze {

/// No JSON text is longer, and none is nested deeper.
inline constexpr size_t maxJsonBytes = size_t(1) << 26;
inline constexpr size_t maxJsonDepth = 64;

/// Parses JSON text. The error names line and column.
llvm::Expected<nlohmann::json> parseJson(llvm::StringRef text);

/// `value` as text for a message, shortened.
std::string formatJson(const nlohmann::json &value);

/// The numbers of lists in lists, where true is 1 and false 0. Nothing for what
/// is none.
std::optional<Array> readNumbers(const nlohmann::json &value);
/// The strings of a list. Nothing for what is none.
std::optional<std::vector<std::string>>
readStrings(const nlohmann::json &value);

/// Reads the members of a JSON object and keeps account of them, so that none
/// is ignored by mistake. A value of the wrong kind is reported, and a usable
/// one returned in its place; hasFailed() tells.
///
/// A member that is `null` counts as absent. A `fallback` of nullopt makes a
/// member mandatory.
class ObjectReader {
public:
  using EmitError = std::function<mlir::InFlightDiagnostic()>;

  /// Anything but an object reads as an object without members.
  ObjectReader(const nlohmann::json &object, EmitError emitError);

  /// The member, or null where absent.
  const nlohmann::json *take(llvm::StringRef key);
  int64_t takeInt(llvm::StringRef key, std::optional<int64_t> fallback,
                  int64_t minimum = 1, int64_t maximum = maxElements);
  double takeNumber(llvm::StringRef key, std::optional<double> fallback);
  bool takeBool(llvm::StringRef key, bool fallback);
  std::string takeString(llvm::StringRef key,
                         std::optional<llvm::StringRef> fallback);
  /// A list of `count` integers, or one that stands for `count` equal ones.
  llvm::SmallVector<int64_t> takeInts(llvm::StringRef key,
                                      std::optional<int64_t> fallback,
                                      size_t count, int64_t minimum = 1);
  /// A list of integers of any length; empty where absent.
  llvm::SmallVector<int64_t> takeIntList(llvm::StringRef key, int64_t minimum);

  /// Reports the member unless it is absent or equal to `value`.
  void expectOnly(llvm::StringRef key, const nlohmann::json &value);
  void ignore(llvm::StringRef key) { taken.insert(key); }
  /// Ignores every member whose key ends so.
  void ignoreSuffix(llvm::StringRef suffix);
  /// Whether the member was taken or ignored.
  bool isTaken(llvm::StringRef key) const;
  /// Reports the members that were neither taken nor ignored.
  void finish();

  mlir::InFlightDiagnostic emitError();
  bool hasFailed() const { return failed; }
  /// The keys asked for so far, but for the ignored ones, in their order; those
  /// with one supported value as `key=value`.
  llvm::ArrayRef<std::string> getReadKeys() const { return readKeys; }
  const nlohmann::json &getObject() const { return object; }

private:
  void reportKind(llvm::StringRef key, llvm::StringRef kind,
                  const nlohmann::json &value);
  void reportMissing(llvm::StringRef key);

  const nlohmann::json &object;
  EmitError emit;
  llvm::StringSet<> taken;
  llvm::SmallVector<std::string> readKeys;
  bool failed = false;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_H
