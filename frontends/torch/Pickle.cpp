//===- Pickle.cpp - State dicts that PyTorch pickled ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Pickle.h"
#include "frontends/Array.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <unordered_map>

using namespace llvm;
using namespace frieze;
using namespace frieze::torch;

/// Objects that a pickle may make, and characters of a name that each tensor
/// has.
static constexpr size_t maxObjects = 1 << 20, maxName = 256;

namespace {
/// An object, known by its number. Those that a list refers to may refer back,
/// so that nothing follows them but one step at a time.
struct Object {
  enum Kind {
    Mark,
    None,
    Integer,
    String,
    /// A class or function, whose name is `text`.
    Global,
    Tuple,
    Dictionary,
    Storage,
    Tensor
  };
  Kind kind = None;
  int64_t integer = 0;
  std::string text;
  /// Of a tuple, or keys and values in turn.
  std::vector<size_t> items;
  PickledTensor tensor;
};

class PickleReader {
public:
  explicit PickleReader(StringRef bytes) : bytes(bytes) {}

  Expected<StringMap<PickledTensor>> run();

private:
  Error step(uint8_t opcode);
  Error setItems(size_t count);
  Error reduce();
  Error loadStorage();
  Error rebuildTensor(const Object &arguments);
  Error makeTuple(size_t count);

  template <typename T> T read() {
    if (bytes.size() - position < sizeof(T)) {
      isCut = true;
      position = bytes.size();
      return T();
    }
    T value =
        support::endian::read<T, endianness::little>(bytes.data() + position);
    position += sizeof(T);
    return value;
  }
  StringRef readBytes(size_t count) {
    if (bytes.size() - position < count) {
      isCut = true;
      position = bytes.size();
      return {};
    }
    position += count;
    return bytes.substr(position - count, count);
  }
  StringRef readLine() {
    size_t end = bytes.find('\n', position);
    if (end == StringRef::npos) {
      isCut = true;
      return {};
    }
    StringRef line = bytes.slice(position, end);
    position = end + 1;
    return line;
  }

  void push(Object object) {
    objects.push_back(std::move(object));
    stack.push_back(objects.size() - 1);
  }
  void pushInteger(int64_t value) {
    Object object;
    object.kind = Object::Integer;
    object.integer = value;
    push(std::move(object));
  }
  Object make(Object::Kind kind, StringRef text = "") {
    Object object;
    object.kind = kind;
    object.text = text.str();
    return object;
  }
  /// Whether the stack has `count` objects, none of them a mark.
  bool has(size_t count) const {
    if (stack.size() < count)
      return false;
    return llvm::none_of(ArrayRef(stack).take_back(count), [&](size_t index) {
      return objects[index].kind == Object::Mark;
    });
  }
  /// How many objects there are above the last mark, if there is one.
  std::optional<size_t> countAboveMark() const {
    for (size_t i = stack.size(); i-- > 0;)
      if (objects[stack[i]].kind == Object::Mark)
        return stack.size() - 1 - i;
    return std::nullopt;
  }
  const Object &top() const { return objects[stack.back()]; }

  StringRef bytes;
  size_t position = 0;
  bool isCut = false;
  std::vector<Object> objects;
  std::vector<size_t> stack;
  std::unordered_map<uint32_t, size_t> memo;
};
} // namespace

static Error damaged() { return makeError("damaged pickle"); }

Error PickleReader::makeTuple(size_t count) {
  if (!has(count))
    return damaged();
  Object tuple = make(Object::Tuple);
  tuple.items.assign(stack.end() - count, stack.end());
  stack.resize(stack.size() - count);
  push(std::move(tuple));
  return Error::success();
}

/// Adds the uppermost `count` objects, keys and values in turn, to the
/// dictionary below them.
Error PickleReader::setItems(size_t count) {
  if (count % 2 != 0 || !has(count + 1))
    return damaged();
  Object &dictionary = objects[stack[stack.size() - 1 - count]];
  if (dictionary.kind != Object::Dictionary)
    return damaged();
  dictionary.items.insert(dictionary.items.end(), stack.end() - count,
                          stack.end());
  stack.resize(stack.size() - count);
  return Error::success();
}

/// `('storage', class, key, device, elements)`.
Error PickleReader::loadStorage() {
  if (!has(1) || top().kind != Object::Tuple || top().items.size() != 5)
    return damaged();
  ArrayRef<size_t> items = top().items;
  const Object &type = objects[items[1]], &key = objects[items[2]];
  if (objects[items[0]].text != "storage" || type.kind != Object::Global ||
      key.kind != Object::String || key.text.size() > maxName ||
      type.text.size() > maxName)
    return damaged();
  Object storage = make(Object::Storage);
  storage.tensor.storageClass = type.text;
  storage.tensor.storageKey = key.text;
  stack.pop_back();
  push(std::move(storage));
  return Error::success();
}

/// `(storage, offset, sizes, strides, requires_grad, hooks)`.
Error PickleReader::rebuildTensor(const Object &arguments) {
  if (arguments.items.size() < 4)
    return damaged();
  const Object &storage = objects[arguments.items[0]];
  const Object &offset = objects[arguments.items[1]];
  if (storage.kind != Object::Storage || offset.kind != Object::Integer)
    return damaged();
  Object tensor = make(Object::Tensor);
  tensor.tensor = storage.tensor;
  tensor.tensor.offset = offset.integer;
  for (size_t list : {2, 3}) {
    const Object &tuple = objects[arguments.items[list]];
    if (tuple.kind != Object::Tuple || tuple.items.size() > maxRank)
      return damaged();
    for (size_t item : tuple.items) {
      if (objects[item].kind != Object::Integer)
        return damaged();
      (list == 2 ? tensor.tensor.sizes : tensor.tensor.strides)
          .push_back(objects[item].integer);
    }
  }
  stack.resize(stack.size() - 2);
  push(std::move(tensor));
  return Error::success();
}

/// Calls of what makes tensors and dictionaries.
Error PickleReader::reduce() {
  if (!has(2))
    return damaged();
  const Object &function = objects[stack[stack.size() - 2]];
  const Object &arguments = top();
  if (function.kind != Object::Global || arguments.kind != Object::Tuple)
    return damaged();
  if (function.text == "torch._utils._rebuild_tensor_v2")
    return rebuildTensor(arguments);
  if ((function.text == "torch._utils._rebuild_parameter" ||
       function.text == "torch._utils._rebuild_parameter_with_state") &&
      !arguments.items.empty()) {
    size_t tensor = arguments.items[0];
    stack.resize(stack.size() - 2);
    stack.push_back(tensor);
    return Error::success();
  }
  if (function.text == "collections.OrderedDict" && arguments.items.empty()) {
    stack.resize(stack.size() - 2);
    push(make(Object::Dictionary));
    return Error::success();
  }
  return makeError("unsupported call of '" + function.text +
                   "' in a pickle, which is not executed");
}

Error PickleReader::step(uint8_t opcode) {
  switch (opcode) {
  case '(': // MARK
    push(make(Object::Mark));
    return Error::success();
  case '}': // EMPTY_DICT
    push(make(Object::Dictionary));
    return Error::success();
  case ')': // EMPTY_TUPLE
    push(make(Object::Tuple));
    return Error::success();
  case 'N':
    push(make(Object::None));
    return Error::success();
  case 0x88: // NEWTRUE
  case 0x89: // NEWFALSE
    pushInteger(opcode == 0x88);
    return Error::success();
  case 'K': // BININT1
    pushInteger(read<uint8_t>());
    return Error::success();
  case 'M': // BININT2
    pushInteger(read<uint16_t>());
    return Error::success();
  case 'J': // BININT
    pushInteger(read<int32_t>());
    return Error::success();
  case 0x8A: { // LONG1
    uint8_t size = read<uint8_t>();
    StringRef digits = readBytes(size);
    if (size > 8)
      return makeError("expects integers of 64 bits in a pickle");
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size(); ++i)
      value |= uint64_t(uint8_t(digits[i])) << 8 * i;
    unsigned shift = 64 - 8 * digits.size();
    pushInteger(digits.empty() ? 0 : int64_t(value << shift) >> shift);
    return Error::success();
  }
  case 'X': { // BINUNICODE
    uint32_t size = read<uint32_t>();
    push(make(Object::String, readBytes(size)));
    return Error::success();
  }
  case 'c': { // GLOBAL
    std::string module = readLine().str();
    push(make(Object::Global, module + "." + readLine().str()));
    return Error::success();
  }
  case 'q': // BINPUT
  case 'r': // LONG_BINPUT
    if (stack.empty())
      return damaged();
    memo[opcode == 'q' ? read<uint8_t>() : read<uint32_t>()] = stack.back();
    return Error::success();
  case 'h':   // BINGET
  case 'j': { // LONG_BINGET
    auto known = memo.find(opcode == 'h' ? read<uint8_t>() : read<uint32_t>());
    if (known == memo.end())
      return damaged();
    stack.push_back(known->second);
    return Error::success();
  }
  case 't': { // TUPLE
    std::optional<size_t> count = countAboveMark();
    if (!count)
      return damaged();
    stack.erase(stack.end() - *count - 1);
    return makeTuple(*count);
  }
  case 0x85: // TUPLE1
  case 0x86: // TUPLE2
  case 0x87: // TUPLE3
    return makeTuple(opcode - 0x84);
  case 'Q': // BINPERSID
    return loadStorage();
  case 'R':
    return reduce();
  case 's': // SETITEM
    return setItems(2);
  case 'u': { // SETITEMS
    std::optional<size_t> count = countAboveMark();
    if (!count)
      return damaged();
    stack.erase(stack.end() - *count - 1);
    return setItems(*count);
  }
  case 'b': // BUILD, of the attributes of a dictionary, which say nothing here
    if (!has(2))
      return damaged();
    stack.pop_back();
    return Error::success();
  default:
    return makeError("unsupported opcode " + Twine(unsigned(opcode)) +
                     " of a pickle");
  }
}

Expected<StringMap<PickledTensor>> PickleReader::run() {
  if (read<uint8_t>() != 0x80 || read<uint8_t>() != 2)
    return makeError("expects a pickle of protocol 2");
  while (true) {
    uint8_t opcode = read<uint8_t>();
    if (!isCut && opcode == '.')
      break;
    if (!isCut)
      if (Error error = step(opcode))
        return error;
    if (isCut || objects.size() > maxObjects || stack.size() > maxObjects)
      return damaged();
  }
  if (!has(1) || top().kind != Object::Dictionary)
    return makeError("expects a dictionary in a pickle");
  StringMap<PickledTensor> tensors;
  ArrayRef<size_t> items = top().items;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const Object &key = objects[items[i]], &value = objects[items[i + 1]];
    if (key.kind != Object::String || value.kind != Object::Tensor)
      return makeError("expects names and tensors in a pickle");
    tensors[key.text] = value.tensor;
  }
  return tensors;
}

Expected<StringMap<PickledTensor>>
frieze::torch::readPickledTensors(StringRef bytes) {
  return PickleReader(bytes).run();
}
