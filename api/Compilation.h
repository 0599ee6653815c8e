//===- Compilation.h - One model on its way to artefacts --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_COMPILATION_H
#define FRIEZE_API_COMPILATION_H

#include "api/LoadedModel.h"
#include "api/Timing.h"
#include "compiler/Compile.h"
#include "compiler/Diagnostics.h"
#include "compiler/Progress.h"
#include "compiler/Summary.h"
#include "compiler/codegen/package/Artefact.h"
#include "mlir/IR/MLIRContext.h"

#include <deque>
#include <optional>
#include <vector>

namespace frieze::api {

/// A layer in plain values.
struct Layer {
  std::string name, op;
  /// Of the result.
  std::vector<uint64_t> shape;
  int64_t macs, parameterBytes;
};

/// How long a call takes on this processor.
struct Profile {
  CallTimes call;
  /// Of each kernel as part of a call, in the order of getOptimised().
  std::vector<CallTimes> kernels;
};

/// What frieze_compilation is: a model file that is imported and optimised
/// once, and of which any number of artefacts are made. All that it says, and
/// all problems, are messages.
class Compilation {
public:
  /// `report`, if any, is told how far each function below is, and may cancel
  /// it: then its message is an error.
  explicit Compilation(Progress::Report report = nullptr);

  /// Whether an option is set, or a message says why not.
  bool setOption(llvm::StringRef name, llvm::StringRef value);

  /// Imports and optimises the model file `path`, which holds `bytes` or is to
  /// be read; false after a message.
  bool importFile(llvm::StringRef path);
  bool importBytes(llvm::StringRef path, llvm::StringRef bytes);

  /// Adds an error to the messages; false.
  bool fail(llvm::Error error);

  bool hasModel() const { return bool(optimised); }

  /// Addresses of messages stay when others follow.
  const std::deque<Message> &getMessages() const { return messages; }

  /// The layers as imported, and the kernels after nn-opt.
  const std::vector<Layer> &getImported() const { return importedLayers; }
  const std::vector<Layer> &getOptimised() const { return optimisedLayers; }

  /// What the model costs, or nothing after a message.
  std::optional<ModelSummary> getSummary();

  /// The bytes of the artefact of a stage, for the target that was asked for or
  /// else that of the stage; nothing after a message.
  std::optional<std::string> emit(Stage stage);

  /// What is written beside an artefact, with that extension.
  std::optional<std::string> emitCompanion(Stage stage,
                                           llvm::StringRef extension);

  /// The model as code in this process; nothing after a message.
  std::optional<LoadedModel> load();

  /// Measures a call and its kernels for about `seconds`, once the code of each
  /// kernel is made; nothing after a message.
  std::optional<Profile> profile(double seconds);

private:
  /// The object for one target.
  struct Object {
    const Target *target;
    llvm::SmallVector<char, 0> code;
    CodeFigures figures;
    nn::InterfaceAttr interface;
  };

  /// The options of this compilation with the target of a stage, for every
  /// function that makes something: its progress begins.
  std::optional<CompileOptions> getOptions(Stage stage);
  /// Those of code for this processor.
  std::optional<CompileOptions> getOwnOptions();
  /// Nothing after a message.
  std::optional<LoadedModel> loadCode(llvm::ArrayRef<char> code);
  std::optional<LoadedModel> load(const CompileOptions &options);
  mlir::OwningOpRef<mlir::ModuleOp> lower(Stage stage,
                                          const CompileOptions &options);
  /// Null after a message.
  const Object *getObject(const CompileOptions &options);
  ModelObject describe(const Object &object) const;
  /// What the artefact of a stage is called where nobody says so.
  std::string getFileName(Stage stage) const;

  mlir::MLIRContext context;
  std::deque<Message> messages;
  MessageHandler handler;
  std::optional<Progress> progress;
  CompileOptions options;
  bool hasName = false, hasTarget = false;
  std::string file, sourceSHA256;
  mlir::OwningOpRef<mlir::ModuleOp> imported, optimised;
  ModelSummary summary;
  std::vector<Layer> importedLayers, optimisedLayers;
  /// The last one made.
  std::optional<Object> object;
};

} // namespace frieze::api

#endif // FRIEZE_API_COMPILATION_H
