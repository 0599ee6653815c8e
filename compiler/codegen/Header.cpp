//===- Header.cpp - The C header of a compiled model ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Header.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

/// `/* name: float[1][145] */`-like text for one tensor.
static std::string describeShape(DictionaryAttr tensor) {
  std::string text = "float";
  for (int64_t size : tensor.getAs<DenseI64ArrayAttr>("shape").asArrayRef())
    text += llvm::formatv("[{0}]", size);
  return text;
}

static int64_t countElements(DictionaryAttr tensor) {
  int64_t elements = 1;
  for (int64_t size : tensor.getAs<DenseI64ArrayAttr>("shape").asArrayRef())
    elements *= size;
  return elements;
}

/// A tensor's name from the model file, safe inside a comment.
static std::string commentOut(StringRef name) {
  std::string text;
  for (char c : name)
    text += llvm::isPrint(c) && c != '*' ? c : '?';
  return text;
}

void frieze::printHeader(ModuleOp module, llvm::raw_ostream &os) {
  auto interface = module->getAttrOfType<DictionaryAttr>("nn.interface");
  std::string name = interface.getAs<StringAttr>("name").getValue().str();
  std::string upper = StringRef(name).upper();
  auto inputs = interface.getAs<ArrayAttr>("inputs");
  auto outputs = interface.getAs<ArrayAttr>("outputs");
  auto number = [&](StringRef key) {
    return interface.getAs<IntegerAttr>(key).getInt();
  };

  os << llvm::formatv("/* Written by frieze-compile: the model {0}. */\n"
                      "#ifndef {1}_FRIEZE_H\n#define {1}_FRIEZE_H\n\n"
                      "#include <stdint.h>\n\n",
                      name, upper);
  auto printSizes = [&](ArrayAttr tensors, StringRef kind) {
    for (auto [index, tensor] :
         llvm::enumerate(tensors.getAsRange<DictionaryAttr>()))
      os << llvm::formatv(
          "/* {0}: {1} */\n#define {2}_{3}_{4}_ELEMENTS {5}\n",
          commentOut(tensor.getAs<StringAttr>("name").getValue()),
          describeShape(tensor), upper, kind, index, countElements(tensor));
  };
  printSizes(inputs, "INPUT");
  printSizes(outputs, "OUTPUT");
  os << llvm::formatv("/* Scratch memory of a call, in bytes. */\n"
                      "#define {0}_ARENA_BYTES {1}\n"
                      "#define {0}_ARENA_ALIGNMENT {2}\n\n",
                      upper, number("arena_bytes"), number("arena_alignment"));
  auto stream = interface.getAs<DictionaryAttr>("stream");
  if (stream) {
    auto print = [&](StringRef macro, StringRef key) {
      os << llvm::formatv("#define {0}_STREAM_{1} {2}\n", upper, macro,
                          stream.getAs<IntegerAttr>(key).getInt());
    };
    os << "/* Samples of a window and from one window to the next, floats of a "
          "sample. */\n";
    print("WINDOW", "window");
    print("HOP", "hop");
    print("CHANNELS", "channels");
    os << "/* Memory of a stream, in bytes. */\n";
    print("STATE_BYTES", "state_bytes");
    print("STATE_ALIGNMENT", "state_alignment");
    os << llvm::formatv("/* Most windows that so many samples complete. */\n"
                        "#define {0}_STREAM_WINDOWS(count) ((count) / "
                        "{0}_STREAM_HOP + 1)\n\n",
                        upper);
  }
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "/* Runs the model once. Re-entrant: calls in flight need an arena "
        "each,\n"
        "   of the size and alignment above. Outputs overlap nothing. Rounding "
        "to\n"
        "   nearest and denormals must be in force, as they are by default. "
        "*/\n"
     << llvm::formatv("void {0}_run(", name);
  auto printBuffers = [&] {
    for (size_t i = 0; i < inputs.size(); ++i)
      os << llvm::formatv("const float *input_{0}, ", i);
    for (size_t i = 0; i < outputs.size(); ++i)
      os << llvm::formatv("float *output_{0}, ", i);
    os << "void *arena);\n\n";
  };
  printBuffers();
  os << "/* Runs the model `count` times, 0 or more, on the calling thread, "
        "with "
        "the\n"
        "   same results in every bit. Each input and output holds as many "
        "times "
        "the\n"
        "   elements above, one call after the other, and is the caller's; one "
        "arena\n"
        "   serves all calls. Otherwise as above. */\n"
     << llvm::formatv("void {0}_run_batch(uint64_t count, ", name);
  printBuffers();
  if (stream) {
    auto printOutputs = [&] {
      for (size_t i = 0; i < outputs.size(); ++i)
        os << llvm::formatv(", float *output_{0}", i);
      os << ");\n\n";
    };
    os << llvm::formatv(
        "/* A stream: the window moves along a recording. These start one in "
        "`state`, of\n"
        "   the size and alignment above; take its next `count` samples and "
        "write the\n"
        "   outputs of every window that they complete, at most\n"
        "   {1}_STREAM_WINDOWS(count), one window after the other; and end it. "
        "The last\n"
        "   two return the number of windows written, flush always 0. */\n"
        "void {0}_stream_init(void *state);\n\n"
        "uint64_t {0}_stream_push(void *state, const float *samples, uint64_t "
        "count",
        name, upper);
    printOutputs();
    os << llvm::formatv("uint64_t {0}_stream_flush(void *state", name);
    printOutputs();
  }
  os << llvm::formatv(
      "#ifdef FRIEZE_MODEL_H\n"
      "/* The description of frieze/model.h, where that is included before. "
      "*/\n"
      "extern const frieze_model {0}_model;\n#endif\n\n"
      "#ifdef __cplusplus\n}\n#endif\n\n#endif /* {1}_FRIEZE_H */\n",
      name, upper);
}
