//===- NNOpBase.td - What the ops of the nn dialect share --*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNOPBASE_TD
#define FRIEZE_DIALECT_NNOPBASE_TD

include "dialect/NNAttrs.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NN_Tensor : ConfinedType<StaticShapeTensorOf<[F32, F64]>,
    [CPred<"::frieze::nn::hasSupportedShape("
           "::llvm::cast<::mlir::ShapedType>($_self))">],
    "statically shaped f32 or f64 tensor of 1 to 2^28 elements",
    "::mlir::RankedTensorType">;

class NN_TensorOfRank<list<int> ranks> : ConfinedType<NN_Tensor,
    [HasAnyRankOfPred<ranks>],
    "statically shaped f32 or f64 tensor of rank " # !interleave(ranks, " or "),
    "::mlir::RankedTensorType">;

def NN_Weights : ConfinedAttr<ElementsAttr, [AttrConstraint<
    CPred<"::llvm::isa<::mlir::Float32Type, ::mlir::Float64Type>("
          "::llvm::cast<::mlir::ElementsAttr>($_self).getElementType())">,
    "with f32 or f64 elements">]>;

def NN_EpilogueStage : AnyAttrOf<[NN_ActivationAttr, NN_AffineStageAttr, NN_PoolStageAttr],
    "stage of an epilogue">;
def NN_Epilogue : TypedArrayAttrBase<NN_EpilogueStage, "epilogue stages">;

def NN_EpilogueOpInterface : OpInterface<"EpilogueOpInterface"> {
  let cppNamespace = "::frieze::nn";
  let description = [{
    A kernel whose results pass through the stages of its epilogue while they are
    still in registers: activations, affines along the last axis of the result
    (for identity along any one), and, for conv only, one pooling. The stages
    apply in the order in which they stand.
  }];
  let methods = [
    InterfaceMethod<"The stages, or null.", "::mlir::ArrayAttr", "getEpilogueAttr">,
    InterfaceMethod<"Replaces the stages.", "void", "setEpilogueAttr",
                    (ins "::mlir::ArrayAttr":$stages)>];
  let extraClassDeclaration = [{
    /// Adds a stage after the last.
    void appendEpilogueStage(::mlir::Attribute stage);
  }];
  let extraSharedClassDeclaration = [{
    /// The stages, none where there is no epilogue.
    ::llvm::ArrayRef<::mlir::Attribute> getEpilogueStages() {
      ::mlir::ArrayAttr stages = $_op.getEpilogueAttr();
      return stages ? stages.getValue() : ::llvm::ArrayRef<::mlir::Attribute>();
    }
  }];
}

def NN_WindowOpInterface : OpInterface<"WindowOpInterface"> {
  let cppNamespace = "::frieze::nn";
  let description = [{
    An op that moves a window over the spatial axes of its first operand, which
    are all but the first and the last. What is left out of its attributes is
    filled in: one entry per spatial axis, of padding low and high of each in
    turn.
  }];
  let methods = [
    InterfaceMethod<"Sizes of the window.",
                    "::llvm::SmallVector<int64_t>", "getWindowSizes">,
    InterfaceMethod<"Positions from one window to the next.",
                    "::llvm::SmallVector<int64_t>", "getStrideValues", (ins), "", [{
      return ::frieze::nn::valuesOr($_op.getStrides(), $_op.getSpatialRank(), 1);
    }]>,
    InterfaceMethod<"Positions around the operand.",
                    "::llvm::SmallVector<int64_t>", "getPaddingValues", (ins), "", [{
      return ::frieze::nn::valuesOr($_op.getPadding(), 2 * $_op.getSpatialRank(), 0);
    }]>,
    InterfaceMethod<"Positions from one element of a window to the next.",
                    "::llvm::SmallVector<int64_t>", "getDilationValues", (ins), "", [{
      return ::frieze::nn::valuesOr($_op.getDilations(), $_op.getSpatialRank(), 1);
    }]>];
  let extraSharedClassDeclaration = [{
    /// Number of spatial axes: 1 or 2.
    int64_t getSpatialRank() {
      return ::llvm::cast<::mlir::ShapedType>($_op->getOperand(0).getType()).getRank() - 2;
    }
  }];
}

def NN_LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::frieze::nn";
  let description = [{
    What passes ask of an op, so that none keeps a list of ops. The defaults are
    the answers of an op of which nothing is known: nothing moves past it, and
    its results mix what it reads. Answers leave out the stages of an epilogue;
    `dialect/Axes.h` counts them in.
  }];
  let methods = [
    InterfaceMethod<[{
        Whether each element of the result is made from those at its place in the
        operands (or the only one along an axis where an operand has size 1), in
        the same way for each, and no attribute depends on the shape.
      }], "bool", "isElementwise", (ins), "", "return false;">,
    InterfaceMethod<[{
        Whether position i of the result along `axis` is made from position i of
        the operands along it (or the only one), in the same way for each i: with
        more positions, each would be what it is now.
      }], "bool", "keepsPositionsApart", (ins "int64_t":$axis), "",
      "return $_op.isElementwise();">,
    InterfaceMethod<[{
        Whether the op means the same on operands whose axis `permutation[i]` is
        axis i of those that it has, after permuteAxes().
      }], "bool", "canPermuteAxes", (ins "::llvm::ArrayRef<int64_t>":$permutation),
      "", "return $_op.isElementwise();">,
    InterfaceMethod<[{
        Renames axis i to `permutation[i]` in the attributes, after
        canPermuteAxes(). Operands and result are left to the caller.
      }], "void", "permuteAxes", (ins "::llvm::ArrayRef<int64_t>":$permutation),
      "", "return;">,
    InterfaceMethod<[{
        Whether code runs for the op, that is, whether its result is neither a
        parameter nor another value under a name of its own.
      }], "bool", "isKernel", (ins), "", "return true;">,
    InterfaceMethod<[{
        Multiply-adds of one run: one per term of each sum of products, padding
        included.
      }], "int64_t", "countMACs", (ins), "", "return 0;">];
}

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, !listconcat([Pure, NN_LayerOpInterface], traits)>;

/// An op whose result type follows from its operands and attributes. The
/// constraints C1... of its description are checked there, which the verifier
/// calls too.
class NN_InferredOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([InferTypeOpAdaptor], traits)>;

#endif // FRIEZE_DIALECT_NNOPBASE_TD
