//===- Program.h - Files of torch.export ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_PROGRAM_H
#define FRIEZE_FRONTENDS_TORCH_PROGRAM_H

#include "frontends/Tensor.h"
#include "frontends/ZipArchive.h"
#include "frontends/torch/Pickle.h"

#include <nlohmann/json.hpp>

namespace frieze::torch {

/// A type of elements by the number that the schema of torch.export gives it.
/// Nothing for what is no number, or complex.
std::optional<DataType> getDataType(int64_t type);
/// What PyTorch calls it, or its number.
std::string getTypeName(int64_t type);

/// The member `key` of an object, or null.
const nlohmann::json *findMember(const nlohmann::json &value,
                                 llvm::StringRef key);
/// The same as a string, empty where it is none.
std::string findString(const nlohmann::json &value, llvm::StringRef key);
/// A number of 64 bits. Nothing for other values.
std::optional<int64_t> asInteger(const nlohmann::json *value);

/// An archive that torch.export.save() wrote, in the layout of PyTorch 2.5 to
/// 2.7 (`serialized_exported_program.json`, beside it archives of pickles), of
/// 2.8 (`models/model.json`, beside it the same) or of later versions (raw
/// bytes).
class ProgramArchive {
public:
  /// `bytes` must outlive it.
  static llvm::Expected<ProgramArchive> open(llvm::StringRef bytes);

  /// The exported program: graph, signature and versions.
  const nlohmann::json &getProgram() const { return program; }
  /// A parameter, buffer or constant by its name in the module.
  llvm::Expected<Constant> readTensor(llvm::StringRef name) const;

private:
  /// Where a tensor's elements are.
  struct Stored {
    const ZipArchive *archive;
    std::string member;
    DataType type;
    int64_t offset;
    llvm::SmallVector<int64_t> sizes, strides;
  };
  explicit ProgramArchive(ZipArchive archive) {
    archives.push_back(std::make_unique<ZipArchive>(std::move(archive)));
  }

  llvm::Error readWeights(llvm::StringRef program, llvm::StringRef folder);
  llvm::Error readConfig(llvm::StringRef folder, llvm::StringRef name);
  llvm::Error readPickles(llvm::StringRef member);
  llvm::Error readByteOrder(const ZipArchive &from, llvm::StringRef member);

  nlohmann::json program;
  /// The file, and archives in it, whose bytes live as long.
  std::vector<std::unique_ptr<std::string>> innerBytes;
  std::vector<std::unique_ptr<ZipArchive>> archives;
  /// Bytes that may still be read: many tensors can have one storage.
  mutable size_t budget = size_t(1) << 32;
  llvm::StringMap<Stored> stored;
};

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_PROGRAM_H
