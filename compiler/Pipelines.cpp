//===- Pipelines.cpp - Stages, and the passes of each -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipelines.h"
#include "compiler/codegen/Backend.h"
#include "compiler/codegen/Passes.h"
#include "compiler/conversion/Passes.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace frieze;

void frieze::buildNNOptPipeline(OpPassManager &pm,
                                const NNOptPipelineOptions &options) {
  pm.addPass(nn::createDropInferenceNoOpsPass());
  pm.addPass(createCanonicalizerPass());
  // One layout.
  pm.addPass(nn::createMoveTransposesPass());
  pm.addPass(nn::createFoldTransposeIntoDensePass());
  pm.addPass(nn::createMoveReshapesPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(nn::createFusePadPass());
  // Minimal filtering is for single windows, and not exact.
  bool mayFilter = !options.exact && !options.isStream();
  if (mayFilter)
    pm.addPass(nn::createEstimateRangesPass());
  // The law of batch norm, from the best rule to the last resort.
  pm.addPass(nn::createLowerBatchNormPass());
  pm.addPass(nn::createComposeAffinesPass());
  pm.addPass(nn::createMoveBeforeConcatPass());
  pm.addPass(nn::createFoldAffineBackwardPass({options.freesWeights}));
  pm.addPass(nn::createFoldIntoEmbeddingPass());
  // What a stream remembers is zero at first, and so is the padding in it.
  pm.addPass(nn::createFoldAffineForwardPass({options.streamSteps}));
  pm.addPass(nn::createFoldScaleThroughReluPass());
  pm.addPass(nn::createFoldAffineBackwardPass({options.freesWeights}));
  // Less work of the same kind.
  pm.addPass(nn::createComposeLinearPass());
  pm.addPass(nn::createDropUnreadOutputsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(nn::createFoldConstantChannelsPass());
  // Epilogues: pointwise stages in whatever order they come, then pooling, then
  // what follows the pooling.
  auto fusePointwise = [&] {
    for (int round = 0; round < 3; ++round) {
      pm.addPass(nn::createFuseActivationPass());
      pm.addPass(nn::createFuseAffinePass());
    }
  };
  pm.addPass(nn::createPoolBeforeActivationPass());
  pm.addPass(nn::createMoveBeforeConcatPass());
  fusePointwise();
  pm.addPass(nn::createFusePoolPass());
  fusePointwise();
  // What has one axis to move along. A stream has its own way along that of
  // the samples.
  if (!options.isStream()) {
    pm.addPass(nn::createFlattenImagesPass());
    pm.addPass(nn::createMoveReshapesPass());
    pm.addPass(createCanonicalizerPass());
  }
  // Algorithms.
  pm.addPass(nn::createChooseWinogradPass({/*exact=*/!mayFilter}));
  pm.addPass(nn::createSplitSumsPass());
  pm.addPass(nn::createRoundParametersPass({options.freesWeights}));
  if (options.streamHop)
    pm.addPass(
        nn::createShareWindowsPass({options.streamHop, options.streamBlock}));
  if (options.streamSteps)
    pm.addPass(nn::createCarryStatesPass({options.streamBlock}));
  // Behind what gives windows their number, as nothing is repeated in it.
  pm.addPass(nn::createFuseAttentionPass());
}

void frieze::buildLoopsPipeline(OpPassManager &pm,
                                const LoopsPipelineOptions &options) {
  if (options.target->device)
    pm.addPass(createChooseCallsPass({options.target}));
  else
    pm.addPass(createSeparateSamplesPass({options.target}));
  pm.addPass(createNNToLoopsPass(
      {options.name, options.target, options.printPlan, options.freesWeights}));
  pm.addPass(createCSEPass());
}

void frieze::buildGPUPipeline(OpPassManager &pm,
                              const GPUPipelineOptions &options) {
  Backend::get(*options.target).buildPipeline(pm, {});
}

void frieze::buildLLVMPipeline(OpPassManager &pm,
                               const LLVMPipelineOptions &options) {
  Backend::get(*options.target)
      .buildPipeline(pm, {options.sourceSHA256, options.weightsSection});
}

void frieze::registerPassesAndPipelines() {
  // MLIR's own among the passes above.
  registerPass([] { return createCanonicalizerPass(); });
  registerPass([] { return createCSEPass(); });
  registerPass([] { return createLoopInvariantCodeMotionPass(); });
  nn::registerFriezeTransformsPasses();
  registerFriezeConversionPasses();
  registerFriezeCodegenPasses();
  PassPipelineRegistration<NNOptPipelineOptions>(
      "nn-opt-pipeline", "nn to nn-opt", buildNNOptPipeline);
  PassPipelineRegistration<LoopsPipelineOptions>(
      "loops-pipeline", "nn-opt to loops", buildLoopsPipeline);
  PassPipelineRegistration<GPUPipelineOptions>(
      "gpu-pipeline", "loops to the gpu dialect", buildGPUPipeline);
  PassPipelineRegistration<LLVMPipelineOptions>(
      "llvm-pipeline", "loops to the LLVM dialect", buildLLVMPipeline);
}
