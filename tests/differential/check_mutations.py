"""Breaks each rule and each lowering on purpose, and checks that the nets see it.

    python3 check_mutations.py SOURCE BUILD [--only NAME | --texts]

A mutation replaces an expression or a statement of one source file. All those of
one net go into one program, which asks the environment at each of them whether it
applies: the changed copies are compiled with the build's own commands, linked
before the libraries, and SOURCE and BUILD stay as they are. The program must pass
without a mutation, and fail with each. Exit status 1 if one survives, if its text
is not in the source exactly once, or if a lowering has none; --texts looks at these
two alone, and compiles nothing.

In a replacement, MUTATED stands for whether it applies, where text and
replacement cannot be told apart by a condition around them.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# Mutations by file: name, text, replacement.
# What DifferentialTest holds: rules of nn-opt.
FOLDS = {
    "compiler/transforms/MoveBeforeConcat.cpp": [
        ("concat: channels of a part", "isSplit ? first : 0", "0"),
        ("concat: what else reads it", "value.hasOneUse()", "true"),
    ],
    "compiler/transforms/LowerBatchNorm.cpp": [
        ("epsilon left out", "g / std::sqrt(v + epsilon)", "g / std::sqrt(v + 0.001)"),
        ("mean with the wrong sign", "b - m * scale.back()", "b + m * scale.back()"),
    ],
    "compiler/transforms/ComposeAffines.cpp": [
        ("composed shift not scaled", "outer->scale[c] * inner->shift[c]", "inner->shift[c]"),
        ("composed with another reader", "!first->hasOneUse()", "false"),
    ],
    "compiler/transforms/FoldAffineBackward.cpp": [
        ("bias not scaled backward", "parameters.scale[c] * (*bias)[c]", "(*bias)[c]"),
        ("backward with another reader", "!producer || !value.hasOneUse()", "!producer"),
        ("backward through unequal positions",
         "parameters.scale[i] != parameters.scale[i % channels] ||\n"
         "        parameters.shift[i] != parameters.shift[i % channels]", "false"),
        ("backward through max pooling", "bool mayPass = isa<AvgPoolOp>(producer);",
         "bool mayPass = MUTATED ? isa<AvgPoolOp, MaxPoolOp>(producer) : isa<AvgPoolOp>(producer);"),
        ("table not shifted", "parameters.scale[c] * entry + parameters.shift[c]",
         "parameters.scale[c] * entry"),
        ("slice of other channels backward",
         "slice.getBegin()[axis] + i * slice.getStrideValues()[axis]", "i"),
    ],
    "compiler/transforms/FoldAffineForward.cpp": [
        ("negative scale before max pooling", "!(scale >= 0)", "false"),
        ("shift lost forward", "(*bias)[column] += parameters.shift[channel] * weight;", ""),
        ("border of zeros", "((*border)[c] - parameters.shift[c]) / parameters.scale[c]", "0.0"),
        ("border with scale zero",
         "scale != 0 && std::isfinite(((*border)[c] - shift) / scale)", "true"),
        ("other operands of a concatenation scaled",
         "isOurs ? traveller.parameters.scale[c] : 1.0",
         "isOurs ? traveller.parameters.scale[c] : 2.0"),
        ("groups mixed up", "column / (columns / groups) * groupSize", "0 * groupSize"),
        ("blocked channels folded as well", "path.blocked.contains(origin)", "false"),
        ("shift into a transposed convolution", "if (shift != 0)\n      blocked.insert(origin);",
         "if (shift != 0 && !MUTATED)\n      blocked.insert(origin);"),
        ("slice of other channels",
         "slice.getBegin()[axis] + i * slice.getStrideValues()[axis]", "i"),
    ],
    "compiler/transforms/FusePad.cpp": [
        ("padding taken for zeros", "if (value != 0)\n    conv.setBorderAttr(",
         "if (value != 0 && !MUTATED)\n    conv.setBorderAttr("),
        ("padding that may be the maximum", "value <= getFacts(activation.getFunction()).low", "true"),
    ],
    "compiler/transforms/FlattenImages.cpp": [
        ("padding along a flat axis", "image[axis + 1] == 1 && window[axis] == 1 && !isPadded(axis)",
         "image[axis + 1] == 1 && window[axis] == 1"),
        ("rows of groups joined", "!isPadded(1) && conv.getGroups() == 1", "!isPadded(1)"),
        ("columns with padding beside them", "window[1] == 1 && !isPadded(1)", "window[1] == 1"),
        ("columns with strides", "return stride == 1;", "return stride == 1 || MUTATED;"),
        ("pooling over one row", "llvm::none_of(conv.getEpilogueStages(), isPool)", "true"),
        ("rows not spread", "conv.getDilationValues()[0] * width", "conv.getDilationValues()[0]"),
        ("padding of one position", "padding[0] * width", "padding[0]"),
        ("strides of the other axis", "values.asArrayRef());\n  auto *first = kept.begin() + axis * perAxis;",
         "values.asArrayRef());\n  auto *first = kept.begin() + (MUTATED ? 1 - axis : axis) * perAxis;"),
    ],
    "compiler/transforms/FoldScaleThroughRelu.cpp": [
        ("negative scale through ReLU", "return s > 0;", "return MUTATED ? s != 0 : s > 0;"),
    ],
    "compiler/transforms/FuseAffine.cpp": [
        ("affine fused where the raw value is read", "if (!op->hasOneUse())\n    return false;", ";"),
    ],
    "compiler/transforms/FuseActivation.cpp": [
        ("activation fused where the raw value is read", "!kernel || !kernel->hasOneUse()", "!kernel"),
    ],
    "compiler/transforms/FuseAttention.cpp": [
        ("softmax along the queries", "int64_t(weights.getAxis()) != rank - 1", "false"),
        ("scores scaled by key", "!llvm::all_equal(*scale)", "false"),
        ("scores shifted by key", "return value != 0;", "return value != 0 && !MUTATED;"),
        ("scale of scores lost", "builder.getF64FloatAttr(*scale)",
         "builder.getF64FloatAttr(MUTATED ? 1.0 : *scale)"),
    ],
    "compiler/transforms/FusePool.cpp": [
        ("padded pooling fused",
         "llvm::any_of(pool.getPaddingValues(), [](int64_t p) { return p != 0; })", "false"),
        ("pooling fused where the raw value is read", "!conv->hasOneUse()", "false"),
    ],
    "compiler/transforms/ComposeLinear.cpp": [
        ("composed bias lost", "(*bias)[o] += (*aBias)[m] * weight;", ""),
    ],
    "compiler/transforms/FoldConstantChannels.cpp": [
        ("constant not through its activation",
         "frieze::reference::applyFunction(activation.getFunction(), *value)", "*value"),
        ("constant channel beside another border",
         "!consumer->border.empty() && *value != consumer->border[c]", "false"),
        ("open ReLU taken for closed", "largest <= 0", "largest <= 0.5"),
    ],
    "compiler/transforms/DropUnreadOutputs.cpp": [
        ("stride not moved", "factor *= stride;", ""),
    ],
    "compiler/transforms/FoldIntoEmbedding.cpp": [
        ("bias of a dense after an embedding lost", "double sum = (*bias)[o];",
         "double sum = MUTATED ? 0 : (*bias)[o];"),
    ],
}

# What CodegenTest holds: a tail, a mask, a stride or a chain of each lowering, of
# what lowerings are written in, and of what stands around them.
LOWERINGS = {
    "compiler/conversion/kernels/Conv.cpp": [
        ("lowerConv: stride of a pooled row",
         "poolStride.width * shape.stride.width * shape.input.channels",
         "shape.stride.width * shape.input.channels"),
        ("lowerConv: dilation", "shape.dilation.height * shape.input.getRowElements()",
         "shape.input.getRowElements()"),
        ("lowerConv: zeros behind a sequence", "padding.right * channels", "int64_t(0)"),
        ("lowerConv: bias of a group", "kernel.add(kernel.mul(group, padded), column)",
         "column"),
        ("lowerConv: border", "op.getBorderAttr()", "ElementsAttr()"),
    ],
    "compiler/conversion/kernels/ConvDepthwise.cpp": [
        ("lowerConv: dilation of a depthwise window", "kh * shape.dilation.height", "kh"),
        ("lowerConv: padding behind a depthwise row", "position >= length", "false"),
        ("lowerConv: border of a depthwise convolution", "op.getBorderAttr()",
         "ElementsAttr()"),
        ("lowerConv: tap that meets a depthwise input", "position - kw * dilation",
         "position - kw"),
        ("lowerConv: last tile of a depthwise row", "tiling.getStart(*number.number)",
         "*number.number * tile.rows"),
    ],
    "compiler/conversion/plan/DepthwisePlan.cpp": [
        ("lowerConv: tiles behind which is padding",
         "getStart(tile) + size <= columns.high", "true"),
    ],
    "compiler/conversion/kernels/ConvByWinograd.cpp": [
        ("lowerConv: kernel in panels", "channel * points + point", "point * channels + channel"),
        ("lowerConv: kernel of a later piece", "(point * pieces + piece) * channels + c",
         "point * pieces * channels + c"),
        ("lowerConv: tiles of pieces stay", "return axis.pieces > 1 ?",
         "return axis.pieces > 1 && !MUTATED ?"),
        ("lowerConv: last tile", "findStart(tiling.width, column)",
         "kernel.mul(column, tiling.width.getTileExtent())"),
        ("lowerConv: positions of a dilation apart", "kernel.mul(first, axis.dilation)", "first"),
        ("lowerConv: results of the first phases", "axis.extent + axis.dilation - 1", "axis.extent"),
        ("lowerConv: rows of a nested tile", "kernel.add(column, row * getResultColumns())",
         "column"),
    ],
    "compiler/conversion/kernels/WinogradInPhases.cpp": [
        ("lowerConv: channels beyond the last block",
         "if (channels % block)", "if (channels % block && !MUTATED)"),
        ("lowerConv: tiles that later pieces read", "kernel.add(number, blocking.tiles)", "number"),
        ("lowerConv: weights of a panel", "kernel.mul(column, pieces * channels)", "column"),
        ("lowerConv: point of the bias", "kernel.index(tiling.getBiasPoint())", "kernel.index(0)"),
        ("lowerConv: order of tiles that overlap", "kernel.inOrder(blocking.tiles,",
         "(kernel.*(MUTATED ? &KernelBuilder::forEach : &KernelBuilder::inOrder))(blocking.tiles,"),
    ],
    "compiler/conversion/kernels/WinogradInRegisters.cpp": [
        ("lowerConv: results of tiles that overlap", "!tiling.width.isEven()", "false"),
        ("lowerConv: point that is an input", "blocking.plainPoint->input", "int64_t(0)"),
    ],
    "compiler/conversion/plan/Panels.cpp": [
        ("lowerDense: columns behind the last panel", "columns - rest", "0"),
    ],
    "compiler/conversion/plan/WinogradPlan.cpp": [
        ("lowerConv: rows of a nested tile apart",
         "tiling.getColumns().outputs * getColumnStride(shape)", "shape.getRowElements()"),
    ],
    "dialect/Winograd.cpp": [
        ("lowerConv: padding for taps beyond the window",
         "(taps - window[0]) * width.dilation", "int64_t(0)"),
        ("lowerConv: padding behind the last tile of pieces", "end - size", "int64_t(0)"),
    ],
    "compiler/conversion/kernels/ConvOverWidth.cpp": [
        ("lowerConv: phases of a strided row", "position % layout.phases * layout.phaseStride",
         "0 * layout.phaseStride"),
        ("lowerConv: rest of a row", "copy(kernel.index(chunks), rest);", ";"),
        ("lowerConv: images that share a copy", "kernel.inOrder(shape.output.batch, emitImage);",
         "kernel.forEach(shape.output.batch, emitImage);"),
    ],
    "compiler/conversion/emit/TermBlocks.cpp": [
        ("blocks of terms: inputs of a block", "kernel.mul(index, loop.inputStride)", "kernel.index(0)"),
        ("blocks of terms: weights of a block", "kernel.mul(number, loops.back().weightStride)",
         "kernel.index(0)"),
        ("blocks of terms: epilogue of each", "unfinished.epilogue.clear();", ""),
        ("blocks of terms: the last one", "kernel.index(blocks - 1)", "kernel.index(0)"),
    ],
    "compiler/conversion/emit/MatrixProduct.cpp": [
        ("lowerConv: sum that starts from the bias",
         "sum != product.filtering->getBiasPoint()", "sum != 0"),
        ("lowerConv: rows of the last tile", "kernel.index(tiles * tile.rows)", "kernel.index(0)"),
        ("lowerConv: columns of the last tile", "kernel.index(blocks * width)", "kernel.index(0)"),
        ("lowerConv: last rows of a long epilogue", "first * product.outputRowStride",
         "0 * product.outputRowStride"),
        ("lowerConv: mask of the last columns",
         "std::min(tile.lanes, validColumns - v * tile.lanes)", "tile.lanes"),
        ("lowerConv: block added to those before",
         "kernel.addFloat(kernel.loadVector(product.output, at, tile.lanes), result)", "result"),
    ],
    "compiler/conversion/emit/TileSums.cpp": [
        ("lowerDense: first term of a chain",
         "kernel.add(kernel.mul(i, product.chains), firstChain)", "kernel.mul(i, product.chains)"),
        ("lowerDense: terms of the chains of a tile beyond the last round",
         "std::clamp<int64_t>(rest - firstChain, 0, tile.chains)", "int64_t(0)"),
    ],
    "compiler/conversion/emit/LongEpilogue.cpp": [
        ("lowerDense: long epilogue",
         "kernel.applyEpilogue(stages, value, kernel.add(values.channel, column))", "value"),
        ("lowerDense: rest of a long epilogue",
         "finish(kernel.index(whole * lanes), rest);", ";"),
    ],
    "compiler/conversion/emit/PlanarConv.cpp": [
        ("lowerConv: dilation along the width", "kernel.mul(kw, shape.dilation.width)", "kw"),
        ("lowerConv: mask of the last positions", "std::min(lanes, positions * count - first)", "lanes"),
    ],
    "compiler/conversion/emit/Interleave.cpp": [
        ("lowerConv: order of columns", "results[part + factor * i] = column;",
         "results[part * (count / factor) + i] = column;"),
    ],
    "compiler/conversion/plan/ConvTransposePlan.cpp": [
        ("lowerConvTranspose: input of the first tap", "(phase + low - found.last * dilation) / stride",
         "0"),
    ],
    "compiler/conversion/kernels/ConvTranspose.cpp": [
        ("lowerConvTranspose: scales of joined phases",
         "shape.joinsPhases() ? shape.columns.stride : 1", "1"),
    ],
    "compiler/conversion/kernels/Dense.cpp": [
        ("lowerDense: terms beyond the last round",
         "input.run % chains - firstChain, 0, tile.chains",
         "MUTATED ? 0 : input.run % chains - firstChain, 0, tile.chains"),
        ("lowerDense: bias of the rows", "sums[row * vectors] = start;", "if (row == 0) sums[0] = start;"),
        ("lowerDense: chains", "product.chains = op.getChains();", "product.chains = 1;"),
        ("lowerDense: weights of a panel", "kernel.mul(column, inputs)", "column"),
    ],
    "compiler/conversion/kernels/Attention.cpp": [
        ("lowerAttention: scale", "op.getScale().convertToDouble()", "1.0"),
        ("lowerAttention: maximum of the last keys", "shape.keys % together, largest)",
         "MUTATED ? 0 : shape.keys % together, largest)"),
        ("lowerAttention: keys of another product", "kernel.mul(number, shape.keys * shape.terms)",
         "kernel.index(0)"),
        ("lowerAttention: last block", "kernel.getChunkStart(block, shape.queries, shape.block)",
         "kernel.mul(block, shape.block)"),
    ],
    "compiler/conversion/kernels/Matmul.cpp": [
        ("lowerMatmul: repeated matrix", "size == 1 ? matrix : kernel.add(matrix, i)",
         "kernel.add(matrix, i)"),
        ("lowerMatmul: copies that share memory",
         "plan.scratchElements ? &KernelBuilder::inOrder : &KernelBuilder::forEach",
         "&KernelBuilder::forEach"),
    ],
    "compiler/conversion/kernels/Pooling.cpp": [
        ("lowerMaxPool: padding", "kernel.add(kernel.mul(position, stride), -padding)",
         "kernel.mul(position, stride)"),
        ("lowerAvgPool: count beside the padding",
         "kernel.add(kernel.mul(oh, shape.output.width), ow)", "ow"),
        ("lowerGlobalPool: first position", "kernel.index(1), kernel.index(positions)",
         "kernel.index(MUTATED ? 0 : 1), kernel.index(positions)"),
    ],
    "compiler/conversion/kernels/Reduction.cpp": [
        ("lowerNormalize: mean",
         "arith::SubFOp::create(builder, loc, x, loops.spread(mean, terms))", "x"),
        ("lowerReduce: product", "kernel.mulFloat(a, b)", "kernel.addFloat(a, b)"),
    ],
    "compiler/conversion/emit/ReductionLoops.cpp": [
        ("lowerReduce: elements beyond the last round", "run % chains", "int64_t(0)"),
        ("lowerReduce: elements taken before", "lane < terms.width ? lane : lanes + lane", "lane"),
        ("lowerReduce: order of the chains",
         "combinePairs(vectors[2 * i], vectors[2 * i + 1], 2 * lanes)",
         "combinePairs(vectors[i], vectors[i + vectors.size() / 2], 2 * lanes)"),
        ("lowerReduce: rows of fewer elements than rows",
         "std::min({mostRows, getLanes(), held})", "std::min(mostRows, held)"),
        ("lowerNormalize: other rows", "kernel.add(kernel.add(at, i), row * rowStride)",
         "kernel.add(at, i)"),
        ("lowerNormalize: channel of an axis of size 1", "lastAxis == 1 ? kernel.index(0) : i", "i"),
    ],
    "compiler/conversion/kernels/Elementwise.cpp": [
        ("lowerActivation: its function", "EpilogueStage{op.getFunction(), {}, {}}",
         "EpilogueStage{MUTATED ? ActivationAttr::get(op.getContext(), ActivationKind::Relu)\n"
         "                      : op.getFunction(), {}, {}}"),
        ("lowerAffine: shift", "op.getScale(), op.getShift()",
         "op.getScale(), MUTATED ? op.getScale() : op.getShift()"),
        ("lowerSelect: what is chosen", "kernel.selectNonzero(vectors[0], vectors[1],",
         "kernel.selectNonzero(vectors[0], vectors[MUTATED ? 2 : 1],"),
        ("lowerIdentity: second stage",
         "emitStages(kernel, op.getInput(), op.getOutput(),\n"
         "             kernel.loadEpilogue(op, op.getEpilogueStages()))",
         "emitStages(kernel, op.getInput(), op.getOutput(),\n"
         "             kernel.loadEpilogue(op, op.getEpilogueStages().slice(\n"
         "                 0, std::min<size_t>(1, op.getEpilogueStages().size()))))"),
        ("lowerBinary: repeated axis", "isRepeated ? 0 : stride", "stride"),
        ("lowerPrelu: slope", "kernel.mulFloat(x, vectors[1])", "vectors[1]"),
    ],
    "compiler/conversion/kernels/Softmax.cpp": [
        ("lowerSoftmax: elements beyond the last vector",
         "y && terms.width < kernel.machine.lanes", "false"),
    ],
    "compiler/conversion/plan/ConcatPart.cpp": [
        ("concat in place: outputs", "isReturned(concat.getOutput())", "false"),
    ],
    "compiler/conversion/emit/BufferBinder.cpp": [
        ("lowerConv: room before a sequence",
         "plan.values.lookup(storage).offset - padding->before",
         "plan.values.lookup(storage).offset"),
        ("concat in place: first channel",
         "part->firstChannel * bytesOf(type.getElementType())", "int64_t(0)"),
    ],
    "compiler/conversion/plan/WidthTile.cpp": [
        ("concat in place: positions that are no neighbours", "shape.output.positionElements",
         "shape.output.channels"),
    ],
    "compiler/conversion/emit/Copies.cpp": [
        ("stream: rows that move in order", "kernel.inOrderVectors(count,",
         "(kernel.*(MUTATED ? &KernelBuilder::forEachVector : &KernelBuilder::inOrderVectors))(count,"),
        ("lowerPad: behind the input",
         "fill(kernel.add(inner, shape[axis] * toStrides[axis]),\n"
         "       high[axis] * toStrides[axis]);", ";"),
    ],
    "compiler/conversion/kernels/Layout.cpp": [
        ("lowerPad: mirror", "isEdge ? end - 1 : end - 2", "end - 1"),
        ("lowerSlice: runs across channels", "hasAffine || shape[runAxis] != inputShape[runAxis]",
         "shape[runAxis] != inputShape[runAxis]"),
        ("lowerSlice: stride", "strides[axis] * inputStrides[axis]", "inputStrides[axis]"),
        ("lowerTranspose: axes that stay", "op.getPermutation()[runAxis - 1] == int64_t(runAxis) - 1",
         "true"),
        ("lowerConcat: channels of the second operand", "joinsChannels ? start : 0", "0"),
        ("lowerWindows: stride", "kernel.mul(window, op.getStride())", "window"),
    ],
    "compiler/conversion/emit/TransposedBlocks.cpp": [
        ("lowerTranspose: columns of a block", "llvm::enumerate(deinterleave(kernel, vectors))",
         "llvm::enumerate(MUTATED ? vectors : deinterleave(kernel, vectors))"),
        ("lowerAttention: columns that change", "change(elements, column)",
         "change(elements, kernel.index(0))"),
    ],
    "compiler/conversion/kernels/Resize.cpp": [
        ("lowerResize: neighbour", "kernel.add(low, 1)", "low"),
        ("lowerResize: repeated rows", "rowRepeats * out.getRowElements()", "out.getRowElements()"),
    ],
    "compiler/conversion/kernels/Embedding.cpp": [
        ("lowerEmbedding: row of the table", "kernel.mul(row, shape[1])", "row"),
    ],
    "compiler/conversion/kernels/Recurrent.cpp": [
        ("lowerGRU: reset before the product", "kernel.mulFloat(reset, layer.loadState(at))",
         "layer.loadState(at)"),
        ("lowerGRU: reset after the product", "kernel.fma(reset, sums[3 * v + 2], candidates[v])",
         "kernel.addFloat(sums[3 * v + 2], candidates[v])"),
        ("lowerLSTM: cell", "layer.storeVector(kept, cellAt, at.lanes);", ";"),
        ("lowerLSTM: cell of a masked step", "layer.unlessMasked(at, cell, before)", "cell"),
        ("lowerLSTM: cell beside the state", "layer.storeCell(at, cell, kept);", ";"),
        ("lowerLSTM: gate of a peephole", "ArrayRef(weights).slice(3 * v, 3)",
         "ArrayRef(weights).take_front(3)"),
        ("lowerRNN: function", "kernel.applyFunction(op.getActivation(), sum)", "sum"),
        ("lowerRNN: clip", "functions.cutOff(sums[v], op.getFunctions().clip)", "sums[v]"),
    ],
    "compiler/conversion/kernels/RecurrentLayer.cpp": [
        ("lowerRNN: state of a masked step", "unlessMasked(at, state, loadState(at))", "state"),
        ("lowerRNN: result of a masked step", "if (op.getZeroMasked())",
         "if (!MUTATED && op.getZeroMasked())"),
        ("lowerRNN: initial state", "copyInitial(op.getInitial(), stateAt);", ";"),
        ("lowerLSTM: initial cell", "copyInitial(op.getInitialCell(), base);", ";"),
        ("lowerRNN: initial states of samples",
         "isOfEach ? kernel.mul(sample, units) : kernel.index(0)", "kernel.index(0)"),
        ("lowerLSTM: last cell", "write(base, units);", "write(stateAt, units);"),
        ("stream: carried state",
         "copyState(scratch, stateAt, carried, kernel.index(0));", ";"),
        ("stream: carried cell", "copyState(scratch, base, carried, kernel.index(units));",
         ";"),
        ("lowerLSTM: samples that share memory", "kernel.inOrder(samples / together,",
         "(kernel.*(MUTATED ? &KernelBuilder::forEach : &KernelBuilder::inOrder))(samples / together,"),
        ("lowerLSTM: opposite order", "op.getReversed() ? fromLast(step, steps) : step", "step"),
        ("lowerLSTM: steps of two blocks", "subtract(kernel.mul(block, rows), first)",
         "kernel.index(0)"),
        ("lowerLSTM: rows of a block backwards", "op.getBackwards() ? fromLast(i, rows) : i", "i"),
    ],
    "compiler/conversion/emit/GateSums.cpp": [
        ("lowerLSTM: units of the last block", "body(kernel.index(units - rest), rest);", ";"),
        ("lowerLSTM: bias of a block of units", "product.biasBase = column;",
         "product.biasBase = MUTATED ? kernel.index(0) : column;"),
    ],
    "compiler/conversion/emit/KernelBuilder.cpp": [
        ("lowerActivation: elements beyond the last vector",
         "body(index(count / lanes * lanes), count % lanes);", "body(index(0), count % lanes);"),
        ("lowerMaxPool: NaN",
         "kernel.select(arith::CmpFPredicate::UNO, a, a, a, chosen)", "chosen"),
        ("lowerConv: mean of a pooled window", "1.0f / float(window.size())", "1.0f"),
    ],
    "compiler/conversion/plan/BinaryInEpilogue.cpp": [
        ("lowerConv: operand that is made later", "!isBefore(other, op)", "false"),
    ],
    "compiler/conversion/emit/BinaryStage.cpp": [
        ("lowerLessEqual: of equal numbers", "arith::CmpFPredicate::OLE",
         "(MUTATED ? arith::CmpFPredicate::OLT : arith::CmpFPredicate::OLE)"),
        ("lowerPow: order of the operands", "ElementaryFunctions<VectorOps>(ops).pow(x, y)",
         "ElementaryFunctions<VectorOps>(ops).pow(y, x)"),
        ("lowerConv: order of the operands", "stage->otherIsFirst", "!stage->otherIsFirst"),
        ("lowerDense: epilogue of what follows the sums",
         "kernel.applyEpilogue(stage->epilogue, vector, kernel.index(0))", "vector"),
    ],
    "compiler/conversion/plan/MemoryPlan.cpp": [
        ("memory: results that an operand's kernel stores", "places.lookup(findComputing(op))",
         "places.lookup(op)"),
        ("memory: room behind a sequence", "own.behind = std::max(own.behind, room.behind);", ";"),
        ("memory: concat that a conv begins", "begin != begins.end()", "false"),
        ("memory: operand that is read again replaced",
         "lastUses.lookup(storage).number == places[op].number", "true"),
        ("memory: lifetimes that touch",
         "other.first <= request.last && request.first <= other.last",
         "other.first < request.last && request.first < other.last"),
    ],
    "compiler/conversion/CallBinder.cpp": [
        ("run_batch: memory of a call",
         "call ? kernel.mul(call, countBytes(type)) : kernel.index(0)",
         "call ? kernel.mul(call, int64_t(4)) : kernel.index(0)"),
    ],
    "compiler/codegen/llvm/EmitEntryPoints.cpp": [
        ("run_batch: calls that are left",
         "symbols.create<LLVM::UMinOp>(symbols.create<LLVM::SubOp>(count, first), calls)", "calls"),
        ("run_batch: elements of a call", "tensor.getNumElements()", "int64_t(1)"),
        ("run_batch: calls of a run", "symbols.constant(symbols.i64, callsPerRun)",
         "symbols.constant(symbols.i64, callsPerRun - 1)"),
    ],
    "compiler/conversion/StreamToLoops.cpp": [
        ("stream: rows that move", "(rows - line.rememberedRows) * line.rowElements",
         "rows * line.rowElements"),
    ],
    "compiler/codegen/llvm/StreamEntryPoints.cpp": [
        ("stream: windows before the first", "symbols.create<LLVM::SubOp>(early, wasEarly)",
         "early"),
        ("stream: samples of an open hop", "symbols.create<LLVM::SubOp>(hop, begun)",
         "hop"),
    ],
    "compiler/transforms/StreamBuilder.cpp": [
        ("stream: samples under another shape", "numbers.try_emplace(stored, numbers.size())",
         "numbers.try_emplace(input.rows, numbers.size())"),
    ],
    "compiler/transforms/StreamLayers.cpp": [
        ("stream: padding", "llvm::all_of(padding, [](int64_t size) { return size == 0; })", "true"),
    ],
    "dialect/NNNormalizationOps.cpp": [
        ("stream: layers across windows", "!llvm::is_contained(getAxes(), axis)", "true"),
    ],
}

# With the graphs in which each mutation must show.
# What CudaTest holds: who of the threads of a kernel does what, and when.
KERNELS = {
    "compiler/codegen/gpu/KernelEmitter.cpp": [
        ("kernel: read before others have written", "if (llvm::any_of(accesses, conflicts))",
         "if (llvm::any_of(accesses, conflicts) && !MUTATED)"),
        ("kernel: written while others read",
         "(access.isWrite || earlier.isWrite) &&\n"
         "          (access.isWrite != earlier.isWrite || number < pendingBefore)",
         "!access.isWrite && earlier.isWrite"),
        ("kernel: a round before the last one has ended", "emitUniform(body);\n    waitIfPending();",
         "emitUniform(body); if (!MUTATED) waitIfPending();"),
        ("kernel: samples behind the last one are read",
         "address = create<arith::MinUIOp>(address, place.last);",
         "if (!MUTATED) address = create<arith::MinUIOp>(address, place.last);"),
        ("kernel: samples behind the last one are written",
         "if (!place.last)\n    return store(builder);",
         "if (!place.last || MUTATED)\n    return store(builder);"),
        ("kernel: an output is read where it was not written", "if (!place.isWritten)",
         "if (!place.isWritten || MUTATED)"),
        ("kernel: teams behind the last call", "if (hasCall)\n    enterIf(hasCall);",
         "if (hasCall && !MUTATED)\n    enterIf(hasCall);"),
    ],
    "compiler/conversion/ChooseCalls.cpp": [
        ("nn-choose-calls: windows are further apart", "type.getDimSize(1), hop.getInt()",
         "type.getDimSize(1), hop.getInt() + MUTATED"),
        ("nn-choose-calls: more windows than a block has",
         "windows = cast<ShapedType>(streamCall.getResultTypes()[0]).getDimSize(0);",
         "windows = cast<ShapedType>(streamCall.getResultTypes()[0]).getDimSize(0) + MUTATED;"),
    ],
    "compiler/conversion/kernels/RecurrentLayer.cpp": [
        ("kernel: samples share their states", "kernel.mul(sample, sampleScratch);\n    for",
         "kernel.mul(sample, MUTATED ? 0 : sampleScratch);\n    for"),
    ],
    "compiler/codegen/gpu/KernelSegments.cpp": [
        ("kernel: groups that need each other",
         "needEachOther(piece.accesses, one.accesses)", "false"),
    ],
}

NETS = [("DifferentialTest", 20000, FOLDS), ("CodegenTest", 12000, LOWERINGS),
        ("CudaTest", 0, KERNELS)]

DECLARATION = 'extern "C" bool isMutated(int number);\n'
CHOICE = """#include <cstdlib>
extern "C" bool isMutated(int number) {
  static const char *chosen = std::getenv("FRIEZE_MUTATION");
  return chosen && std::atoi(chosen) == number;
}
"""


def find(code, text):
    """The matches of `text` in `code`, however the formatter breaks lines."""
    pattern = r"\s*".join(re.escape(token) for token in re.findall(r"\w+|[^\w\s]", text))
    return list(re.finditer(pattern, code))


def mutate(text, replacement, number):
    """C++ that is `text`, or `replacement` where the mutation of that number applies."""
    condition = f"isMutated({number})"
    if "MUTATED" in replacement:
        return replacement.replace("MUTATED", condition)
    if text.endswith(";"):
        return f"if ({condition}) {{ {replacement} }} else {{ {text} }}"
    return f"({condition} ? ({replacement}) : ({text}))"


def compile_command(build, source):
    with open(os.path.join(build, "compile_commands.json")) as file:
        for entry in json.load(file):
            if os.path.samefile(entry["file"], source):
                return shlex.split(entry["command"]), entry["directory"]
    raise SystemExit(f"{source}: error: no compile command in {build}")


def optimise_less(command):
    """`command` with -O1, which takes a third of the time of -O3, and without warnings: a
    condition before a statement may call for one, which the build may take for an error."""
    return ["-O1" if part == "-O3" else part for part in command] + ["-w"]


def get_headers(command):
    """Where in `command` the build's precompiled headers are named, or None."""
    # -Xclang -include-pch -Xclang FILE
    return command.index("-include-pch") + 2 if "-include-pch" in command else None


def precompile_headers(commands, build, scratch, pool):
    """The build's precompiled headers in `commands`, with less optimisation: file by file."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        entries = {os.path.splitext(entry["file"])[0] + ".pch": entry
                   for entry in json.load(file) if entry["file"].endswith("cmake_pch.hxx.cxx")}

    def precompile(file):
        command = optimise_less(shlex.split(entries[file]["command"]))
        target = os.path.join(scratch, file.replace("/", "_"))
        replace_after(command, "-o", target)
        run(command, entries[file]["directory"], file)
        return target

    files = sorted({command[get_headers(command)] for command in commands
                    if get_headers(command)})
    return dict(zip(files, pool.map(precompile, files)))


def link_command(build, program):
    commands = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", f"tests/unit/{program}"],
        capture_output=True, text=True, check=True).stdout.strip().splitlines()
    # CMake wraps the command as `: && COMMAND && :`.
    return [part for part in shlex.split(commands[-1]) if part not in (":", "&&")]


def replace_after(command, option, value):
    command[command.index(option) + 1] = value


def run(command, folder, what):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{what}: error: does not compile or link\n{result.stderr}")


class Net:
    """A program with all of its mutations, numbered from 1."""

    def __init__(self, program, graphs, files, only):
        self.program, self.graphs = program, graphs
        self.files = {file: [m for m in mutations if only in (None, m[0])]
                      for file, mutations in files.items()}
        self.files = {file: mutations for file, mutations in self.files.items() if mutations}
        self.names = [m[0] for mutations in self.files.values() for m in mutations]

    def compile(self, job):
        file, first, source, build, scratch, headers = job
        with open(os.path.join(source, file)) as stream:
            code = stream.read()
        edits = []
        for number, (_, text, replacement) in enumerate(self.files[file], first):
            [found] = find(code, text)
            edits.append((*found.span(), mutate(found.group(), replacement, number)))
        for start, end, text in sorted(edits, reverse=True):
            code = code[:start] + text + code[end:]
        stem = os.path.join(scratch, file.replace("/", "_"))
        with open(stem, "w") as stream:
            stream.write(DECLARATION + code)
        command, folder = compile_command(build, os.path.join(source, file))
        replace_after(command, "-o", stem + ".o")
        replace_after(command, "-c", stem)
        if at := get_headers(command):
            command[at] = headers[command[at]]
        run(optimise_less(command), folder, file)
        return stem + ".o"

    def link(self, source, build, scratch, headers, pool):
        jobs, first = [], 1
        for file, mutations in self.files.items():
            jobs.append((file, first, source, build, scratch, headers))
            first += len(mutations)
        objects = list(pool.map(self.compile, jobs))
        choice = os.path.join(scratch, "choice.cpp")
        with open(choice, "w") as stream:
            stream.write(CHOICE)
        command = link_command(build, self.program)
        compiler, position = command[0], command.index("-o")
        run([compiler, "-c", choice, "-o", choice + ".o"], build, choice)
        command[position + 1] = self.path = os.path.join(scratch, self.program)
        command[position + 2:position + 2] = objects + [choice + ".o"]
        run(command, build, self.program)

    def select_tests(self, name):
        """Those that can see the mutation `name`, the quickest first."""
        if self.program == "DifferentialTest":
            return ["*Float64"]
        if self.program == "CudaTest":
            # A layer after the other in shared memory, in several kernels, in rounds, and
            # with an output that its kernel reads; calls of several samples, and streams.
            return ["CudaBatchTest*", *(f"*/{name}_keras" for name in
                    ("mlp_bn_after", "resnet_block", "cnn1d", "cnn_bn_pool", "lstm_options",
                     "embedding_lstm", "ecg_convnet"))]
        return {"stream": ["*Streams*", "*Steps*"], "run_batch": ["*Batches*"]}.get(
            name.split(":")[0], ["*Layers*", "*Models*", "*Batches*", "*Streams*", "*Steps*"])

    def passes(self, number, graphs):
        """Whether the program finds nothing with this mutation, or with none for 0."""
        environment = {**os.environ, "FRIEZE_GRAPHS": str(graphs), "FRIEZE_REDUCE": "0",
                       "FRIEZE_ONE_TARGET": "1", "FRIEZE_MUTATION": str(number)}
        try:
            return all(subprocess.run(
                [self.path, "--gtest_fail_fast", f"--gtest_filter={tests}"],
                env=environment, capture_output=True, timeout=900).returncode == 0
                       for tests in self.select_tests(self.names[number - 1] if number else ""))
        except subprocess.TimeoutExpired:
            return False  # A loop that does not end is a difference, too.

    def check(self, pool):
        if not self.passes(0, 100):
            return [f"{self.program}: error: fails without a mutation"]
        numbers = range(1, len(self.names) + 1)
        return [f"{name}: error: survives" for name, passed in zip(
            self.names, pool.map(lambda number: self.passes(number, self.graphs), numbers)) if passed]


def check_lowerings(source):
    """What lowerings in the tables no mutation breaks."""
    declared = set()
    for path in glob.glob(os.path.join(source, "compiler/conversion/kernels/*.cpp")):
        with open(path) as stream:
            declared |= set(re.findall(r"\.add<\w+, (?:\w+, )?(lower\w+)", stream.read()))
    broken = {name.split(":")[0] for mutations in LOWERINGS.values() for name, _, _ in mutations}
    return [f"{name}: error: no mutation breaks it" for name in sorted(declared - broken)]


def check_texts(source):
    """What mutations have a text that is not in their source exactly once."""
    problems = []
    for file, mutations in [item for _, _, files in NETS for item in files.items()]:
        with open(os.path.join(source, file)) as stream:
            code = stream.read()
        for name, text, _ in mutations:
            count = len(find(code, text))
            if count != 1:
                problems.append(f"{name}: error: '{text}' is {count} times in {file}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--only", metavar="NAME", help="the mutation of that name alone")
    parser.add_argument("--texts", action="store_true", help="compile nothing")
    args = parser.parse_args()
    problems, count = check_lowerings(args.source) + check_texts(args.source), 0
    if problems or args.texts:
        print("\n".join([*problems, f"{len(problems)} problems in the texts"]))
        sys.exit(bool(problems))
    with (concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool,
          tempfile.TemporaryDirectory() as scratch):
        nets = [Net(*net, args.only) for net in NETS]
        commands = [compile_command(args.build, os.path.join(args.source, file))[0]
                    for net in nets for file in net.files]
        headers = precompile_headers(commands, args.build, scratch, pool)
        for net in nets:
            count += len(net.names)
            if net.names:
                net.link(args.source, args.build, scratch, headers, pool)
                problems += net.check(pool)
    print("\n".join(problems))
    print(f"{count - len(problems)} of {count} mutations caught")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
