//===- Header.cpp - The C header of a compiled model ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Header.h"
#include "dialect/NNAttrs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace frieze;

/// The type of an element in C.
static StringRef getCType(nn::TensorInterfaceAttr tensor) {
  Type element = tensor.getType().getElementType();
  return element.isF32()         ? "float"
         : element.isInteger(8)  ? "int8_t"
         : element.isInteger(16) ? "int16_t"
         : element.isInteger(32) ? "int32_t"
                                 : "void";
}

/// `float[1][145]`-like text.
static std::string describeShape(nn::TensorInterfaceAttr tensor) {
  std::string text = getCType(tensor).str();
  for (int64_t size : tensor.getShape())
    text += llvm::formatv("[{0}]", size);
  return text;
}

/// A tensor's name from the model file, safe inside a comment.
static std::string commentOut(StringRef name) {
  std::string text;
  for (char c : name)
    text += llvm::isPrint(c) && c != '*' ? c : '?';
  return text;
}

namespace {
/// Prints the parts of a header.
class HeaderPrinter {
public:
  HeaderPrinter(nn::InterfaceAttr interface, const CodeFigures &figures,
                llvm::raw_ostream &os)
      : interface(interface), figures(figures),
        name(interface.getName().getValue()), upper(name.upper()), os(os) {}

  void print();

private:
  void printTensors(ArrayRef<nn::TensorInterfaceAttr> tensors, StringRef kind);
  void printSizes();
  void printFigures();
  void printStreamSizes(nn::StreamInterfaceAttr stream);
  void printRun();
  void printStream();
  /// `const float *input_0, float *output_0, ` of all tensors.
  std::string listBuffers();
  /// `, float *output_0` of all outputs.
  std::string listOutputs();

  nn::InterfaceAttr interface;
  const CodeFigures &figures;
  StringRef name;
  std::string upper;
  llvm::raw_ostream &os;
};
} // namespace

void HeaderPrinter::printTensors(ArrayRef<nn::TensorInterfaceAttr> tensors,
                                 StringRef kind) {
  for (auto [index, tensor] : llvm::enumerate(tensors))
    os << llvm::formatv("/* {0}: {1} */\n#define {2}_{3}_{4}_ELEMENTS {5}\n",
                        commentOut(tensor.getName()), describeShape(tensor),
                        upper, kind, index, tensor.getNumElements());
}

void HeaderPrinter::printSizes() {
  printTensors(interface.getInputs(), "INPUT");
  printTensors(interface.getOutputs(), "OUTPUT");
  os << llvm::formatv("/* Scratch memory of a call, in bytes. */\n"
                      "#define {0}_ARENA_BYTES {1}\n"
                      "#define {0}_ARENA_ALIGNMENT {2}\n",
                      upper, interface.getArenaBytes(),
                      interface.getArenaAlignment());
  printFigures();
  if (nn::StreamInterfaceAttr stream = interface.getStream())
    printStreamSizes(stream);
}

void HeaderPrinter::printFigures() {
  os << llvm::formatv(
      "/* Flash that code and constants (the weights) take, and stack that a "
      "call\n"
      "   takes, in bytes. */\n"
      "#define {0}_CODE_BYTES {1}\n"
      "#define {0}_CONSTANT_BYTES {2}\n"
      "#define {0}_STACK_BYTES {3}\n",
      upper, figures.codeBytes, figures.constantBytes, figures.getStackBytes());
  if (int64_t instructions = figures.countInstructions((name + "_run").str()))
    os << llvm::formatv("/* Instructions of a call of {0}_run. */\n"
                        "#define {1}_RUN_INSTRUCTIONS {2}\n",
                        name, upper, instructions);
  os << "\n";
}

void HeaderPrinter::printStreamSizes(nn::StreamInterfaceAttr stream) {
  os << llvm::formatv(
      "/* Samples of a window and from one window to the next, elements of a "
      "sample. */\n"
      "#define {0}_STREAM_WINDOW {1}\n"
      "#define {0}_STREAM_HOP {2}\n"
      "#define {0}_STREAM_CHANNELS {3}\n"
      "/* Memory of a stream, in bytes. */\n"
      "#define {0}_STREAM_STATE_BYTES {4}\n"
      "#define {0}_STREAM_STATE_ALIGNMENT {5}\n"
      "/* Most windows that so many samples complete. */\n"
      "#define {0}_STREAM_WINDOWS(count) ((count) / {0}_STREAM_HOP + 1)\n\n",
      upper, stream.getWindow(), stream.getHop(), stream.getChannels(),
      stream.getState(), stream.getAlignment());
}

std::string HeaderPrinter::listBuffers() {
  std::string text;
  for (auto [i, tensor] : llvm::enumerate(interface.getInputs()))
    text += llvm::formatv("const {0} *input_{1}, ", getCType(tensor), i);
  for (auto [i, tensor] : llvm::enumerate(interface.getOutputs()))
    text += llvm::formatv("{0} *output_{1}, ", getCType(tensor), i);
  return text;
}

std::string HeaderPrinter::listOutputs() {
  std::string text;
  for (auto [i, tensor] : llvm::enumerate(interface.getOutputs()))
    text += llvm::formatv(", {0} *output_{1}", getCType(tensor), i);
  return text;
}

void HeaderPrinter::printRun() {
  os << llvm::formatv(
      "/* Runs the model once. Re-entrant: calls in flight need an arena "
      "each,\n"
      "   of the size and alignment above. Outputs overlap nothing. Rounding "
      "to\n"
      "   nearest and denormals must be in force, as they are by default. */\n"
      "void {0}_run({1}void *arena);\n\n"
      "/* Runs the model `count` times, 0 or more, on the calling thread, with "
      "the\n"
      "   same results in every bit. Each input and output holds as many times "
      "the\n"
      "   elements above, one call after the other, and is the caller's; one "
      "arena\n"
      "   serves all calls. Otherwise as above. */\n"
      "void {0}_run_batch(uint64_t count, {1}void *arena);\n\n",
      name, listBuffers());
}

void HeaderPrinter::printStream() {
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
      "uint64_t {0}_stream_push(void *state, const {2} *samples, uint64_t "
      "count{3});\n\n"
      "uint64_t {0}_stream_flush(void *state{3});\n\n",
      name, upper, getCType(interface.getInputs().front()), listOutputs());
}

void HeaderPrinter::print() {
  os << llvm::formatv("/* Written by frieze-compile: the model {0}. */\n"
                      "#ifndef {1}_FRIEZE_H\n#define {1}_FRIEZE_H\n\n"
                      "#include <stdint.h>\n\n",
                      name, upper);
  printSizes();
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  printRun();
  if (interface.getStream())
    printStream();
  os << llvm::formatv(
      "#ifdef FRIEZE_MODEL_H\n"
      "/* The description of frieze/model.h, where that is included before. "
      "*/\n"
      "extern const frieze_model {0}_model;\n#endif\n\n"
      "#ifdef __cplusplus\n}\n#endif\n\n#endif /* {1}_FRIEZE_H */\n",
      name, upper);
}

void frieze::printHeader(nn::InterfaceAttr interface,
                         const CodeFigures &figures, llvm::raw_ostream &os) {
  HeaderPrinter(interface, figures, os).print();
}
