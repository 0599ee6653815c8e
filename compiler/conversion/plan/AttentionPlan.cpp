//===- AttentionPlan.cpp - How attention is computed ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/AttentionPlan.h"

using namespace frieze;

static constexpr int64_t blockQueries = 16;

AttentionShape::AttentionShape(nn::AttentionOp op, const Target &target)
    : isAtOnce(target.device) {
  llvm::ArrayRef<int64_t> result = op.getType().getShape();
  for (int64_t size : result.drop_back(2))
    products *= size;
  queries = result[result.size() - 2];
  values = result.back();
  llvm::ArrayRef<int64_t> key = op.getKey().getType().getShape();
  keys = key[key.size() - 2];
  terms = key.back();
  block = std::min(queries, blockQueries);
  rowStride = target.padColumns(block);
}

KernelPlan frieze::planAttention(const Target &target, const Machine &machine,
                                 nn::AttentionOp op) {
  AttentionShape attention(op, target);
  KernelPlan plan;
  plan.form = "blocks of queries";
  plan.scratchElements = attention.getBlockElements();
  if (attention.isAtOnce)
    plan.scratchElements *= attention.products * attention.countBlocks();
  ProductShape scores;
  scores.rows = attention.keys;
  scores.columns = attention.block;
  scores.terms = attention.terms;
  ProductShape results = scores;
  results.rows = attention.values;
  results.terms = attention.keys;
  for (const ProductShape &product : {scores, results})
    plan.products.push_back(chooseMatrixTile(machine, product));
  return plan;
}
