//===- GateSums.cpp - Sums of recurrent layers in registers -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/GateSums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;
using namespace frieze;

int64_t GateSums::getBlockUnits() const {
  int64_t groups = llvm::divideCeil(units, groupUnits);
  int64_t most = std::max<int64_t>(1, packedUnits / groupUnits);
  return llvm::divideCeil(groups, llvm::divideCeil(groups, most)) * groupUnits;
}

SmallVector<double> GateSums::pack(ArrayRef<double> rows) const {
  int64_t blockUnits = getBlockUnits();
  SmallVector<double> packed;
  for (int64_t block = 0; block < units; block += blockUnits)
    for (size_t row = 0; row < rows.size(); row += gates * units) {
      int64_t end = std::min(block + blockUnits, units);
      for (int64_t first = block; first < end; first += groupUnits)
        for (int64_t gate = 0; gate < gates; ++gate) {
          int64_t count = std::min(groupUnits, end - first);
          llvm::append_range(packed,
                             rows.slice(row + gate * units + first, count));
          packed.append(kernel.target.padColumns(count) - count, 0.0);
        }
    }
  return packed;
}

Value GateSums::turn(Value turned, Value i, int64_t count) {
  if (!turned || count == 1)
    return i;
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value fromLast =
      arith::SubIOp::create(builder, loc, kernel.index(count - 1), i);
  return arith::SelectOp::create(builder, loc, turned, fromLast, i);
}

void GateSums::forEachBlock(Value turned,
                            llvm::function_ref<void(Value, int64_t)> body) {
  int64_t blockUnits = getBlockUnits(), blocks = units / blockUnits;
  kernel.forEach(blocks, [&](Value i) {
    body(kernel.mul(turn(turned, i, blocks), blockUnits), blockUnits);
  });
  if (int64_t rest = units % blockUnits)
    body(kernel.index(units - rest), rest);
}

void GateSums::forEachTile(Value turned,
                           llvm::function_ref<void(const Tile &)> body) {
  int64_t lanes = kernel.machine.lanes;
  auto emitTiles = [&](Tile tile, int64_t count) {
    SmallVector<UnitVector> vectors;
    for (int64_t offset = 0; offset < count; offset += vectors.back().lanes) {
      int64_t rest = count - offset / groupUnits * groupUnits;
      int64_t width = kernel.target.padColumns(std::min(rest, groupUnits));
      int64_t used = std::min(lanes, width);
      vectors.push_back({offset, used, std::min(used, count - offset), width});
    }
    for (size_t i = 0; i < vectors.size(); i += tileVectors) {
      tile.vectors = ArrayRef(vectors).drop_front(i).take_front(tileVectors);
      body(tile);
    }
  };
  forEachBlock(turned, [&](Value first, int64_t count) {
    int64_t tileUnits = llvm::alignTo(tileVectors * lanes, groupUnits);
    int64_t tiles = count / tileUnits;
    auto emitAt = [&](Value offset, int64_t tileCount) {
      emitTiles({first, offset, count, {}}, tileCount);
    };
    kernel.forEach(tiles, [&](Value i) {
      emitAt(kernel.mul(turn(turned, i, tiles), tileUnits), tileUnits);
    });
    if (int64_t rest = count % tileUnits)
      emitAt(kernel.index(count - rest), rest);
  });
}

SmallVector<Value> GateSums::load(const Tile &tile, Value packed, Value base,
                                  Value row, int64_t count) const {
  SmallVector<Value> entries;
  Value at = kernel.add(kernel.mul(tile.blockFirst, gates * count),
                        kernel.mul(tile.first, gates));
  at = kernel.add(at, base);
  at = kernel.add(
      at, kernel.mul(row, gates * padUnits(kernel.target, tile.blockWidth)));
  for (const UnitVector &vector : tile.vectors) {
    int64_t unit = vector.offset % groupUnits;
    for (int64_t gate = 0; gate < gates; ++gate)
      entries.push_back(
          kernel.loadVector(packed,
                            kernel.add(at, (vector.offset - unit) * gates +
                                               gate * vector.groupWidth + unit),
                            vector.lanes));
  }
  return entries;
}

SmallVector<Value> GateSums::loadOrZeros(const Tile &tile, Value packed) {
  SmallVector<Value> ofSample, all;
  if (packed)
    ofSample = load(tile, packed, kernel.index(0), kernel.index(0), 1);
  else
    for (const UnitVector &vector : tile.vectors)
      ofSample.append(gates, kernel.constant(0.0f, vector.lanes));
  for (int64_t sample = 0; sample < samples; ++sample)
    llvm::append_range(all, ofSample);
  return all;
}

SmallVector<Value> GateSums::multiply(const Tile &tile, SmallVector<Value> sums,
                                      const Factors &factors,
                                      Value weights) const {
  int64_t terms = factors.terms;
  auto multiplyTerm = [&](Value term, ArrayRef<Value> starts) {
    Value at = kernel.add(factors.at, term);
    SmallVector<Value> results, ofSample;
    for (int64_t sample = 0; sample < samples; ++sample) {
      Value sampleAt = kernel.add(at, sample * factors.sampleStride);
      for (const UnitVector &vector : tile.vectors)
        results.append(gates, kernel.loadBroadcast(factors.buffer, sampleAt,
                                                   vector.lanes));
    }
    ofSample = load(tile, weights, kernel.index(0), term, terms);
    for (auto [number, sum] : llvm::enumerate(starts))
      results[number] =
          kernel.fma(results[number], ofSample[number % ofSample.size()], sum);
    return results;
  };
  // Neighbouring factors of a sample are loaded together.
  int64_t together =
      samples > 1 ? std::gcd(terms, kernel.machine.budgets.termsTogether) : 1;
  return kernel.reduce(
      terms / together, sums, [&](Value round, ValueRange carried) {
        SmallVector<Value> values = llvm::to_vector(carried);
        for (int64_t i = 0; i < together; ++i)
          values =
              multiplyTerm(kernel.add(kernel.mul(round, together), i), values);
        return values;
      });
}

void GateSums::emitRows(MatrixProduct product, const MatrixTile &tile) {
  Value outputBase = product.outputBase;
  int64_t terms = product.terms.front().extent;
  product.outputRowStride = getRowElements();
  forEachBlock(/*turned=*/{}, [&](Value first, int64_t count) {
    Value column = kernel.mul(first, gates);
    product.columns = gates * padUnits(kernel.target, count);
    product.terms.front().weightStride = product.columns;
    product.weightBase = kernel.mul(column, terms);
    product.biasBase = column;
    product.channelBase = column;
    product.outputBase = kernel.add(outputBase, column);
    emitMatrixProduct(kernel, product, tile);
  });
}
