//===- OnnxModel.cpp - ONNX model files -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OnnxModel.h"
#include "frontends/ModelBuilder.h"
#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/onnx.pb.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <new>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using google::protobuf::io::CodedInputStream;

//===----------------------------------------------------------------------===//
// The format
//===----------------------------------------------------------------------===//

bool frieze::isOnnx(StringRef bytes) {
  CodedInputStream stream(bytes.bytes_begin(),
                          int(std::min<size_t>(bytes.size(), INT_MAX)));
  // Wire types: 0 is an integer, 2 a string or a message.
  while (uint32_t tag = stream.ReadTag()) {
    uint64_t value;
    uint32_t length;
    switch (tag) {
    case 1 << 3 | 0: // ir_version
    case 5 << 3 | 0: // model_version
      if (!stream.ReadVarint64(&value))
        return false;
      break;
    case 2 << 3 | 2:  // producer_name
    case 3 << 3 | 2:  // producer_version
    case 4 << 3 | 2:  // domain
    case 6 << 3 | 2:  // doc_string
    case 8 << 3 | 2:  // opset_import
    case 14 << 3 | 2: // metadata_props
    case 20 << 3 | 2: // training_info
    case 25 << 3 | 2: // functions
    case 26 << 3 | 2: // configuration
      if (!stream.ReadVarint32(&length) || !stream.Skip(int(length)))
        return false;
      break;
    case 7 << 3 | 2: // graph
      return true;
    default:
      return false;
    }
  }
  return false;
}

/// Bytes that parsing may still allocate for messages.
static thread_local size_t parseBudget;

static void *allocateBlock(size_t size) {
  // The library lets exceptions pass.
  if (size > parseBudget)
    throw std::bad_alloc();
  parseBudget -= size;
  return ::operator new(size);
}

static void freeBlock(void *block, size_t) { ::operator delete(block); }

//===----------------------------------------------------------------------===//
// Import
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> frieze::importOnnx(const ModelFile &file) {
  ModelBuilder builder(file.path, file.options, file.context);
  if (!file.options.weightsPath.empty()) {
    builder.emitError() << "expects no --weights, as an ONNX model names the "
                           "files that hold its own";
    return {};
  }
  // It would write to standard error.
  google::protobuf::SetLogHandler(nullptr);
  // An empty message takes two bytes of a file and over a hundred in memory.
  parseBudget = 4 * file.bytes.size() + (size_t(1) << 28);
  google::protobuf::ArenaOptions options;
  options.block_alloc = allocateBlock;
  options.block_dealloc = freeBlock;
  options.max_block_size = size_t(1) << 20;
  google::protobuf::Arena arena(options);
  auto *model =
      google::protobuf::Arena::CreateMessage<::onnx::ModelProto>(&arena);
  if (file.bytes.size() > INT_MAX ||
      !model->ParseFromArray(file.bytes.data(), int(file.bytes.size()))) {
    builder.emitError() << "expects an ONNX model, but the file is damaged";
    return {};
  }
  if (!model->has_graph()) {
    builder.emitError() << "expects an ONNX model with a graph";
    return {};
  }
  onnx::importGraph(builder, *model, sys::path::parent_path(file.path));
  return builder.finish();
}
