//===- PlacedWeights.h - Weights that LLVM does not copy --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H

#include "dialect/Weights.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Large constants of a module, which go from there into its object. LLVM would
/// hold each three times on the way: as a constant, as one of bytes, and in the
/// assembler.
class PlacedWeights {
public:
  /// None.
  PlacedWeights() = default;
  /// Takes them out of `module`, in the LLVM dialect. The data of each is freed
  /// once it is in the object, if `frees`.
  PlacedWeights(mlir::ModuleOp module, bool frees);

  /// Bytes of all.
  size_t getBytes() const { return bytes; }

  /// Makes placeholders of them in the translated and optimised module.
  void mark(llvm::Module &module);

private:
  friend class PlacedWeightsStream;

  struct Constant {
    std::string symbol;
    mlir::DenseResourceElementsAttr data;
  };
  /// In the order of the translated module.
  llvm::SmallVector<Constant> constants;
  size_t bytes = 0;
  bool frees = false;
};

/// Appends what LLVM writes to a vector, with weights in place of their
/// placeholders, which are never stored.
class PlacedWeightsStream : public llvm::raw_pwrite_stream {
public:
  PlacedWeightsStream(const PlacedWeights &weights,
                      llvm::SmallVectorImpl<char> &object);
  ~PlacedWeightsStream() override { flush(); }

  /// Whether each placeholder was found in what is written, which is complete.
  bool isComplete();

private:
  void write_impl(const char *data, size_t size) override;
  void pwrite_impl(const char *data, size_t size, uint64_t offset) override;
  uint64_t current_pos() const override { return written; }

  /// Puts the next constant in place of its placeholder and all behind that, if
  /// the object has it.
  bool placeNext();

  const PlacedWeights &weights;
  llvm::SmallVectorImpl<char> &object;
  /// Constants that are in the object.
  size_t placed = 0;
  /// Bytes that LLVM has written, fewer than the object has where more of a
  /// placeholder follows, and those in which no other begins.
  size_t written = 0, searched = 0;
  nn::FreedWeights freed;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H
