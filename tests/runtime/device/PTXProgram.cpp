//===- PTXProgram.cpp - Kernels in PTX, as they are read --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// NVIDIA, Parallel Thread Execution ISA, version 7.0.
//
//===----------------------------------------------------------------------===//

#include "PTXProgram.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <set>
#include <stdexcept>

using namespace ptx;

namespace {

const std::map<std::string_view, Op> ops = {
    {"abs", Op::Abs}, {"add", Op::Add},   {"and", Op::And},   {"bar", Op::Bar},
    {"bfe", Op::Bfe}, {"bra", Op::Bra},   {"cvt", Op::Cvt},   {"div", Op::Div},
    {"fma", Op::Fma}, {"ld", Op::Ld},     {"mad", Op::Mad},   {"max", Op::Max},
    {"min", Op::Min}, {"mov", Op::Mov},   {"mul", Op::Mul},   {"neg", Op::Neg},
    {"not", Op::Not}, {"or", Op::Or},     {"rcp", Op::Rcp},   {"rem", Op::Rem},
    {"ret", Op::Ret}, {"selp", Op::Selp}, {"setp", Op::Setp}, {"shl", Op::Shl},
    {"shr", Op::Shr}, {"sqrt", Op::Sqrt}, {"st", Op::St},     {"sub", Op::Sub},
    {"xor", Op::Xor}};

/// Reads one text, line by line.
class Reader {
public:
  std::map<std::string, Kernel> read(std::string_view text);

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error("line " + std::to_string(line) + ": " + what);
  }
  /// The next token of the line: a name, a number, or one sign; "" at its end.
  std::string_view next();
  std::string_view expect(std::string_view token);
  uint64_t readNumber(std::string_view token) const;
  void readDirective(std::string_view name);
  void readParameter();
  void readShared();
  void readInstruction(std::string_view name);
  void readName(Instruction &instruction, std::string_view name);
  Operand readOperand(std::string_view token);
  Operand readAddress();
  unsigned getRegister(std::string_view name);
  void finishKernel();

  std::string_view rest;
  unsigned line = 0;
  std::map<std::string, Kernel> kernels;
  Kernel *kernel = nullptr;
  bool isInBody = false;
  /// Alignment and size of what groups share.
  std::map<std::string, std::pair<unsigned, unsigned>, std::less<>> shared;
  /// Of the kernel: numbers of its parameters, places in its shared memory.
  std::map<std::string, uint64_t, std::less<>> symbols, registers;
  std::map<std::string, size_t, std::less<>> labels;
  std::vector<std::string> targets;
};

std::optional<Type> parseType(std::string_view text) {
  if (text == "pred")
    return Type{'p', 1};
  static const std::set<std::string_view> types = {
      "b8",  "b16", "b32", "b64", "u8",  "u16", "u32",
      "u64", "s8",  "s16", "s32", "s64", "f32", "f64"};
  if (!types.count(text))
    return std::nullopt;
  return Type{text[0], unsigned(std::atoi(text.data() + 1))};
}

bool isPartOfName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         c == '%' || c == '.';
}

} // namespace

std::string_view Reader::next() {
  while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest[0])))
    rest.remove_prefix(1);
  if (rest.empty() || rest.substr(0, 2) == "//")
    return rest = "";
  size_t length = 1;
  if (isPartOfName(rest[0]) || rest[0] == '-')
    while (length < rest.size() && isPartOfName(rest[length]))
      ++length;
  std::string_view token = rest.substr(0, length);
  rest.remove_prefix(length);
  return token;
}

std::string_view Reader::expect(std::string_view token) {
  std::string_view found = next();
  if (found != token)
    fail("expects '" + std::string(token) + "', but got '" +
         std::string(found) + "'");
  return found;
}

uint64_t Reader::readNumber(std::string_view token) const {
  std::string text(token);
  char *end;
  // 0f and 0d begin the bits of a float.
  bool isFloat =
      text.size() > 2 && text[0] == '0' && (text[1] == 'f' || text[1] == 'd');
  uint64_t value = isFloat ? std::strtoull(text.c_str() + 2, &end, 16)
                   : text[0] == '-'
                       ? uint64_t(std::strtoll(text.c_str(), &end, 0))
                       : std::strtoull(text.c_str(), &end, 0);
  if (text.empty() || *end)
    fail("expects a number, but got '" + text + "'");
  return value;
}

unsigned Reader::getRegister(std::string_view name) {
  auto [found, isNew] =
      registers.try_emplace(std::string(name), registers.size());
  return found->second;
}

Operand Reader::readOperand(std::string_view token) {
  static const std::map<std::string_view, Special> specials = {
      {"%tid.x", ThreadNumber},
      {"%ctaid.x", GroupNumber},
      {"%ntid.x", GroupSize},
      {"%nctaid.x", GroupCount}};
  if (auto special = specials.find(token); special != specials.end())
    return {Operand::Special, special->second, 0};
  if (token.substr(0, 1) == "%")
    return {Operand::Register, getRegister(token), 0};
  if (auto symbol = symbols.find(token); symbol != symbols.end())
    return {Operand::Immediate, 0, symbol->second};
  // A kernel has the variables that it uses.
  if (auto variable = shared.find(token); variable != shared.end()) {
    auto [alignment, size] = variable->second;
    unsigned offset =
        (kernel->sharedBytes + alignment - 1) / alignment * alignment;
    kernel->sharedBytes = offset + size;
    symbols[std::string(token)] = offset;
    return {Operand::Immediate, 0, offset};
  }
  return {Operand::Immediate, 0, readNumber(token)};
}

/// What stands in brackets.
Operand Reader::readAddress() {
  Operand address = readOperand(next());
  std::string_view token = next();
  if (token == "+") {
    uint64_t offset = readNumber(next());
    address.value += offset;
    token = next();
  }
  if (token != "]")
    fail("expects an address");
  return address;
}

void Reader::readParameter() {
  unsigned bytes = 0;
  std::string_view name;
  for (std::string_view token = next(); !token.empty() && token != ",";
       token = next()) {
    name = token;
    if (token == ".u64" || token == ".b64")
      bytes = 8;
    else if (token == ".u32" || token == ".b32")
      bytes = 4;
  }
  if (!bytes)
    fail("expects a parameter of 32 or 64 bits");
  // Launches give them one by one.
  symbols[std::string(name)] = kernel->parameterBytes.size();
  kernel->parameterBytes.push_back(bytes);
}

void Reader::readShared() {
  std::string name;
  unsigned alignment = 4, size = 0;
  for (std::string_view token = next(); token != ";"; token = next()) {
    if (token == ".align")
      alignment = readNumber(next());
    else if (token == "[")
      size = readNumber(next());
    else if (token[0] != '.' && token != "]")
      name = token;
  }
  shared[name] = {alignment, size};
}

void Reader::readDirective(std::string_view name) {
  // What says nothing about what is computed.
  static const std::set<std::string_view> passed = {
      ".version",      ".target",  ".address_size",
      ".minnctapersm", ".maxnreg", ".reg"};
  if (name == ".visible") {
    if (std::string_view kind = next(); kind != ".entry")
      return readDirective(kind);
    kernel = &kernels[std::string(next())];
    symbols.clear();
    registers.clear();
    labels.clear();
    targets.clear();
  } else if (name == ".param") {
    readParameter();
  } else if (name == ".reqntid") {
    kernel->groupSize = readNumber(next());
    for (const char *other : {"1", "1"}) {
      expect(",");
      expect(other);
    }
  } else if (name == ".shared") {
    readShared();
  } else if (!passed.count(name)) {
    fail("unsupported directive '" + std::string(name) + "'");
  }
}

void Reader::readName(Instruction &instruction, std::string_view name) {
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= name.size();) {
    size_t end = std::min(name.find('.', start), name.size());
    parts.push_back(name.substr(start, end - start));
    start = end + 1;
  }
  auto op = ops.find(parts.front());
  if (op == ops.end())
    fail("unsupported instruction '" + std::string(name) + "'");
  instruction.op = op->second;
  std::vector<Type> types;
  bool isRounded = false;
  for (size_t i = 1; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    if (std::optional<Type> type = parseType(part))
      types.push_back(*type);
    else if (part == "global")
      instruction.space = Space::Global;
    else if (part == "shared")
      instruction.space = Space::Shared;
    else if (part == "param")
      instruction.space = Space::Parameter;
    else if (part == "rn")
      isRounded = true;
    else if (part != "nc" && part != "v2" && part != "v4" && part != "uni" &&
             part != "sync") {
      if (!instruction.mode.empty())
        fail("unsupported instruction '" + std::string(name) + "'");
      instruction.mode = part;
    }
  }
  static const std::set<std::string_view> modes = {
      "",    "lo",  "hi",  "wide", "rzi", "rni", "rmi", "rpi",
      "eq",  "ne",  "lt",  "le",   "gt",  "ge",  "equ", "neu",
      "ltu", "leu", "gtu", "geu",  "num", "nan", "NaN"};
  if (!modes.count(instruction.mode))
    fail("unsupported instruction '" + std::string(name) + "'");
  if (!types.empty())
    instruction.type = types.front();
  instruction.from = types.empty() ? Type() : types.back();
  bool isArithmetic = instruction.op == Op::Add || instruction.op == Op::Sub ||
                      instruction.op == Op::Mul || instruction.op == Op::Fma ||
                      instruction.op == Op::Div || instruction.op == Op::Sqrt ||
                      instruction.op == Op::Rcp;
  // An add that is not rounded as it says may become part of another one.
  if (instruction.type.kind == 'f' && isArithmetic && !isRounded)
    fail("expects a rounding of '" + std::string(name) + "'");
}

void Reader::readInstruction(std::string_view token) {
  Instruction instruction;
  instruction.line = line;
  if (token == "@") {
    token = next();
    if (token == "!") {
      instruction.guardValue = false;
      token = next();
    }
    instruction.guard = getRegister(token);
    token = next();
  }
  readName(instruction, token);
  std::string target;
  unsigned count = 0;
  bool isVector = false;
  for (token = next(); token != ";"; token = next()) {
    if (token.empty())
      fail("expects ';'");
    if (token == ",")
      continue;
    if (token == "{" || token == "}") {
      isVector = token == "{";
      continue;
    }
    if (instruction.op == Op::Bra) {
      target = token;
      continue;
    }
    Operand operand = token == "[" ? readAddress() : readOperand(token);
    bool isResult = instruction.vector.empty() && instruction.op != Op::St &&
                    instruction.op != Op::Bar;
    bool isStored = instruction.op == Op::St && token != "[";
    if (isVector || isResult || isStored)
      instruction.vector.push_back(operand);
    else if (count < 3)
      instruction.operands[count++] = operand;
    else
      fail("too many operands");
  }
  kernel->code.push_back(std::move(instruction));
  targets.push_back(std::move(target));
}

void Reader::finishKernel() {
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].empty())
      continue;
    auto label = labels.find(targets[i]);
    if (label == labels.end())
      fail("no label '" + targets[i] + "'");
    kernel->code[i].target = label->second;
  }
  kernel->registers = registers.size();
  kernel->code.emplace_back();
  isInBody = false;
}

std::map<std::string, Kernel> Reader::read(std::string_view text) {
  while (!text.empty()) {
    ++line;
    size_t end = std::min(text.find('\n'), text.size());
    rest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string_view token = next();
    if (token.empty() || token == "(" || token == ")")
      continue;
    if (token == "{")
      isInBody = true;
    else if (token == "}")
      finishKernel();
    else if (token[0] == '.')
      readDirective(token);
    else if (!kernel || !isInBody)
      fail("unsupported '" + std::string(token) + "'");
    else if (token[0] == '$' && rest.substr(0, 1) == ":")
      labels[std::string(token)] = kernel->code.size();
    else
      readInstruction(token);
  }
  if (kernels.empty())
    fail("no kernel");
  return std::move(kernels);
}

std::map<std::string, Kernel> ptx::readProgram(std::string_view text) {
  return Reader().read(text);
}
