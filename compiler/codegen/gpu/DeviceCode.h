//===- DeviceCode.h - What a device runs of a model -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_DEVICECODE_H
#define FRIEZE_COMPILER_CODEGEN_GPU_DEVICECODE_H

#include "compiler/target/Target.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// A kernel, and how it is launched.
struct DeviceKernel {
  std::string entry;
  int64_t groupSize, groupsPerCall, callsPerGroup;
};

/// What is launched for a batch of calls.
struct DeviceLaunches {
  llvm::SmallVector<DeviceKernel> kernels;
  /// Memory of the device that a call needs.
  int64_t arenaBytes = 0;
  /// Windows of a call, where it is one of a stream.
  int64_t windows = 0;
};

/// The same code for GPUs of one compute capability, as in 80 for sm_80.
struct DeviceBinary {
  unsigned architecture;
  std::string bytes;
};

struct DeviceCode {
  DeviceKind kind;
  llvm::SmallVector<char, 0> code;
  llvm::SmallVector<DeviceBinary> binaries;
  mlir::ElementsAttr weights;
  DeviceLaunches calls, streams;
};

/// All but the code of `module`, which is at Stage::GPU.
DeviceCode describeDeviceCode(mlir::ModuleOp module, const Target &target);

/// Adds `code` to `module`, the loops of the host, so that its description
/// names it.
void embedDeviceCode(mlir::ModuleOp module, const DeviceCode &code);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_DEVICECODE_H
