//===- Signature.cpp - The names that a model had ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Signature.h"
#include "frontends/tflite/Graph.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

void TensorNames::add(int64_t index, StringRef name) {
  names[index].push_back(name.str());
}

std::string TensorNames::take(int64_t index, StringRef own) {
  auto known = names.find(index);
  if (known == names.end())
    return own.str();
  std::string name = known->second.front();
  if (known->second.size() > 1)
    known->second.erase(known->second.begin());
  return name;
}

int64_t TensorNames::count(int64_t index) const {
  auto known = names.find(index);
  return known == names.end() ? 0 : known->second.size();
}

Signature frieze::tflite::readSignature(ModelBuilder &builder,
                                        const FlatTable &model) {
  Signature read;
  std::vector<FlatTable> signatures = model.getTables(7);
  if (signatures.size() > 1) {
    builder.emitError() << "expects a model with one signature, but got "
                        << signatures.size()
                        << "; convert each by itself, with "
                           "from_concrete_functions()";
    return read;
  }
  for (const FlatTable &signature : signatures) {
    if (signature.get<uint32_t>(4, 0) != 0)
      builder.emitError() << "expects a signature of the first graph";
    for (unsigned field : {0, 1})
      for (const FlatTable &entry : signature.getTables(field))
        if (StringRef name = entry.getString(0); !name.empty())
          (field == 0 ? read.inputs : read.outputs)
              .add(entry.get<uint32_t>(1, 0), name.take_front(maxName));
  }
  return read;
}
