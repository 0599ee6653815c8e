//===- Pipelines.h - Stages, and the passes of each -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_PIPELINES_H
#define FRIEZE_COMPILER_PIPELINES_H

#include "compiler/codegen/Stage.h"
#include "compiler/target/TargetOption.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

#include <string>

namespace frieze {

struct NNOptPipelineOptions : mlir::PassPipelineOptions<NNOptPipelineOptions> {
  Option<bool> exact{
      *this, "exact",
      llvm::cl::desc("Compute every convolution as the sum it is"),
      llvm::cl::init(false)};
  Option<bool> freesWeights{
      *this, "frees-weights",
      llvm::cl::desc("Free the data of parameters that are replaced; nothing "
                     "else in the context names them"),
      llvm::cl::init(false)};
  Option<int64_t> streamHop{
      *this, "stream-hop",
      llvm::cl::desc("Samples from one window of a recording to the next; 0 "
                     "for single windows"),
      llvm::cl::init(0)};
  Option<bool> streamSteps{
      *this, "stream-steps",
      llvm::cl::desc("Take the steps of a sequence one call after the other"),
      llvm::cl::init(false)};
  Option<int64_t> streamBlock{
      *this, "stream-block",
      llvm::cl::desc("Windows or steps computed together; 0 to choose"),
      llvm::cl::init(0)};

  bool isStream() const { return streamHop || streamSteps; }
};

struct LoopsPipelineOptions : mlir::PassPipelineOptions<LoopsPipelineOptions> {
  Option<std::string> name{*this, "name",
                           llvm::cl::desc("Prefix of every symbol"),
                           llvm::cl::init("model")};
  Option<const Target *> target{*this, "target",
                                llvm::cl::desc("Target to generate code for"),
                                llvm::cl::init(&getTargets().front())};
  Option<bool> printPlan{
      *this, "print-plan",
      llvm::cl::desc("Print how each kernel is computed on each machine"),
      llvm::cl::init(false)};
  Option<bool> freesWeights{
      *this, "frees-weights",
      llvm::cl::desc(
          "Free the data of parameters that are packed; nothing else "
          "in the context names them"),
      llvm::cl::init(false)};
};

struct GPUPipelineOptions : mlir::PassPipelineOptions<GPUPipelineOptions> {
  Option<const Target *> target{*this, "target",
                                llvm::cl::desc("Device that the loops are for"),
                                llvm::cl::init(findTarget("cuda"))};
};

struct LLVMPipelineOptions : mlir::PassPipelineOptions<LLVMPipelineOptions> {
  Option<const Target *> target{*this, "target",
                                llvm::cl::desc("Target that the loops are for"),
                                llvm::cl::init(&getTargets().front())};
  Option<std::string> sourceSHA256{*this, "source-sha256",
                                   llvm::cl::desc("Hash of the model's source"),
                                   llvm::cl::init("")};
  Option<std::string> weightsSection{
      *this, "weights-section",
      llvm::cl::desc("Section of the object for the weights"),
      llvm::cl::init("")};
};

/// nn -> nn-opt: no batch norm, nothing that acts in training only, activations
/// in epilogues, algorithms chosen, parameters rounded to the type of the
/// graph.
void buildNNOptPipeline(mlir::OpPassManager &pm,
                        const NNOptPipelineOptions &options);

/// nn-opt -> loops: kernels over flat buffers, for every variant of a target.
void buildLoopsPipeline(mlir::OpPassManager &pm,
                        const LoopsPipelineOptions &options);

/// loops -> gpu: kernels of a device.
void buildGPUPipeline(mlir::OpPassManager &pm,
                      const GPUPipelineOptions &options);

/// loops -> llvm: the LLVM dialect, with the public symbols.
void buildLLVMPipeline(mlir::OpPassManager &pm,
                       const LLVMPipelineOptions &options);

/// Registers Frieze's passes and the pipelines above as nn-opt-pipeline,
/// loops-pipeline, gpu-pipeline and llvm-pipeline.
void registerPassesAndPipelines();

} // namespace frieze

#endif // FRIEZE_COMPILER_PIPELINES_H
