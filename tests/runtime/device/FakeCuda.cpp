//===- FakeCuda.cpp - A driver of CUDA for tests ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeCuda.h"
#include "PTXMachine.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using Address = unsigned long long;

/// From the memory behind an address of the device to that address.
constexpr Address deviceOffset = Address(1) << 60;

enum Result {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  InvalidPtx = 218,
  NotFound = 500
};

struct Event {
  double seconds = 0;
};

struct Stream {
  std::vector<std::function<void()>> work;
};

struct Function {
  const frieze_model *model;
  const frieze_device_kernel *kernel;
  bool isStream, isLast;
  /// Null where the CPU computes.
  const ptx::Kernel *code;
};

struct Module {
  const frieze_model *model;
  std::map<std::string, ptx::Kernel> kernels;
  std::vector<std::unique_ptr<Function>> functions;
};

/// All that there is.
struct Driver {
  const frieze_model *model = nullptr;
  int calls = 0, failing = 0, failure = 0;
  size_t memory = size_t(1) << 30, used = 0;
  int contexts = 0, current = 0, launches = 0;
  size_t busyStreams = 0;
  std::map<Address, size_t> deviceMemory, hostMemory;
  std::set<Stream *> streams;
  std::set<Event *> events;
  std::set<Module *> modules;
  std::string problem;
  const void *code = nullptr;
  bool runsPTX = false;
  ptx::Counts counts;
  bool isWrong = false;
  double clock = 0;
};

Driver driver;

/// Begins every call that can fail; returns what it has to return, or 0.
int enter(bool needsContext = true) {
  ++driver.calls;
  if (driver.calls == driver.failing)
    return driver.failure;
  if (needsContext && !driver.current)
    driver.problem = "a call without a context";
  return Success;
}

bool isOn(const std::map<Address, size_t> &memory, Address address,
          size_t bytes) {
  auto next = memory.upper_bound(address);
  if (next == memory.begin())
    return false;
  auto [start, size] = *std::prev(next);
  return address + bytes <= start + size;
}

/// The memory behind an address; null, and a problem, where it is too small.
char *find(Address address, size_t bytes) {
  if (isOn(driver.deviceMemory, address, bytes))
    return reinterpret_cast<char *>(address - deviceOffset);
  if (isOn(driver.hostMemory, address, bytes))
    return reinterpret_cast<char *>(address);
  driver.problem = "memory that is no one's, or too little";
  return nullptr;
}

void finish(Stream &stream) {
  std::vector<std::function<void()>> work = std::move(stream.work);
  stream.work.clear();
  for (auto &task : work)
    task();
}

void finishAll() {
  for (Stream *stream : driver.streams)
    finish(*stream);
}

void add(Stream *stream, std::function<void()> task) {
  stream->work.push_back(std::move(task));
  size_t busy =
      std::count_if(driver.streams.begin(), driver.streams.end(),
                    [](Stream *other) { return !other->work.empty(); });
  driver.busyStreams = std::max(driver.busyStreams, busy);
}

/// Memory for the code of the CPU.
class Scratch {
public:
  Scratch(size_t bytes, size_t alignment)
      : memory(std::aligned_alloc(std::max<size_t>(alignment, 64),
                                  (bytes / 4096 + 1) * 4096)) {}
  ~Scratch() { std::free(memory); }
  void *get() const { return memory; }

private:
  void *memory;
};

/// A launch of the last kernel: what the model computes.
void compute(const Function &function, const std::vector<Address> &parameters,
             uint32_t count) {
  const frieze_model &model = *function.model;
  const frieze_device_code &device = *model.device;
  size_t arrays = model.input_count + model.output_count;
  auto bytesOf = [&](size_t i) -> size_t {
    if (i < model.input_count)
      return function.isStream
                 ? ((count - 1) * device.stream_windows * model.stream->hop +
                    device.stream_samples) *
                       model.stream->channels * sizeof(float)
                 : count * model.inputs[i].elements * sizeof(float);
    size_t elements = model.outputs[i - model.input_count].elements;
    return count * elements * sizeof(float) *
           (function.isStream ? device.stream_windows : 1);
  };
  std::vector<void *> memory;
  for (size_t i = 0; i < arrays; ++i)
    memory.push_back(find(parameters[i], bytesOf(i)));
  const char *weights = find(parameters[arrays], device.weights_bytes);
  size_t arenaBytes =
      function.isStream ? device.stream_arena_bytes : device.arena_bytes;
  char *arena = find(parameters[arrays + 1], count * arenaBytes);
  if (!driver.problem.empty())
    return;
  // Whatever it held before.
  std::memset(arena, 0xff, count * arenaBytes);
  if (device.weights_bytes &&
      std::memcmp(weights, device.weights, device.weights_bytes)) {
    driver.problem = "weights that are not the model's";
    return;
  }
  const void *const *inputs = memory.data();
  void *const *outputs = memory.data() + model.input_count;
  if (!function.isStream) {
    Scratch scratch(model.arena_bytes, model.arena_alignment);
    model.run_batch(count, inputs, outputs, scratch.get());
  } else {
    const frieze_stream &stream = *model.stream;
    Scratch state(stream.state_bytes, stream.state_alignment);
    for (uint32_t call = 0; call < count; ++call) {
      std::vector<void *> results;
      for (uint64_t i = 0; i < model.output_count; ++i)
        results.push_back(static_cast<float *>(outputs[i]) +
                          call * device.stream_windows *
                              model.outputs[i].elements);
      stream.init(state.get());
      stream.push(state.get(),
                  static_cast<const float *>(inputs[0]) +
                      call * device.stream_windows * stream.hop *
                          stream.channels,
                  device.stream_samples, results.data());
    }
  }
  if (driver.isWrong)
    static_cast<float *>(outputs[0])[0] += 1;
}

/// A launch of a kernel by its code.
void execute(const Function &function, uint32_t groups,
             const std::vector<Address> &addresses, uint32_t count) {
  std::vector<uint64_t> parameters(addresses.begin(), addresses.end());
  parameters.push_back(count);
  try {
    driver.counts += ptx::run(
        {*function.code, groups, std::move(parameters),
         [](uint64_t address, size_t bytes) { return find(address, bytes); }});
  } catch (const std::runtime_error &error) {
    driver.problem = std::string(function.kernel->entry) + ": " + error.what();
  }
}

/// Memory of this process that can be read, from the first to the last address.
using Mappings = std::vector<std::pair<Address, Address>>;

/// The readable mappings without a name that touch each other around `address`.
Mappings findMappings(Address address) {
  std::ifstream maps("/proc/self/maps");
  Mappings run;
  Address end = 0;
  bool isFound = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long first, last;
    char mode;
    if (std::sscanf(line.c_str(), "%lx-%lx %c", &first, &last, &mode) != 3)
      continue;
    if (first != end) {
      if (isFound)
        break;
      run.clear();
    }
    end = last;
    isFound |= first <= address && address < last;
    if (mode == 'r' && line.find_first_of("/[") == std::string::npos)
      run.push_back({first, last});
  }
  return isFound ? run : Mappings();
}

/// The structs of type `T` whose member `offset` bytes from the start points to
/// `target`.
template <typename T>
std::vector<const T *> findPointing(const Mappings &mappings, size_t offset,
                                    const void *target) {
  std::vector<const T *> found;
  for (auto [first, last] : mappings)
    for (Address at = first + offset; at < last; at += sizeof(void *))
      if (*reinterpret_cast<void *const *>(at) == target)
        found.push_back(reinterpret_cast<const T *>(at - offset));
  return found;
}

/// The model of `code` where no file has it, as it was compiled in this
/// process: what points to the code lies beside it.
const frieze_model *findInMemory(const void *code) {
  Mappings mappings = findMappings(reinterpret_cast<Address>(code));
  for (auto *device : findPointing<frieze_device_code>(
           mappings, offsetof(frieze_device_code, code), code))
    for (auto *model : findPointing<frieze_model>(
             mappings, offsetof(frieze_model, device), device))
      if (model->abi_version == FRIEZE_ABI_VERSION &&
          model->struct_size == sizeof(frieze_model))
        return model;
  return nullptr;
}

const frieze_model *findModel(const void *code) {
  if (driver.model)
    return driver.model;
  Dl_info info;
  if (!dladdr(code, &info))
    return findInMemory(code);
  void *library = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  if (!library)
    return nullptr;
  const void *entry = dlsym(library, FRIEZE_MODEL_ENTRY);
  // The one who loaded it keeps it.
  dlclose(library);
  return static_cast<const frieze_model *>(entry);
}

int allocateFrom(std::map<Address, size_t> &memory, Address offset,
                 size_t bytes, Address *address) {
  void *block = std::malloc(bytes);
  std::memset(block, 0xa5, bytes);
  *address = reinterpret_cast<Address>(block) + offset;
  memory[*address] = bytes;
  return Success;
}

/// Whether the driver takes `code`: PTX, or a binary for its architecture.
bool isCode(const frieze_device_code &device, const void *code) {
  auto text = static_cast<const char *>(code);
  if (code == device.code)
    return std::strstr(text, ".visible .entry");
  for (uint64_t i = 0; i < device.binary_count; ++i)
    if (code == device.binaries[i].data)
      return std::strncmp(text,
                          "\x7f"
                          "ELF",
                          4) == 0;
  return false;
}

} // namespace

//===----------------------------------------------------------------------===//
// What tests ask
//===----------------------------------------------------------------------===//

void fakecuda::setModel(const frieze_model *model) { driver.model = model; }

void fakecuda::failCall(int number, int result) {
  driver.calls = 0;
  driver.failing = number;
  driver.failure = result;
}

int fakecuda::countCalls() { return driver.calls; }

void fakecuda::setMemory(size_t bytes) { driver.memory = bytes; }

std::string fakecuda::listLeaks() {
  std::string leaks;
  auto add = [&](const char *what, size_t count) {
    if (count)
      leaks += std::to_string(count) + " " + what + " ";
  };
  add("contexts", driver.contexts);
  add("contexts on the stack", driver.current);
  add("blocks of the device", driver.deviceMemory.size());
  add("blocks of the host", driver.hostMemory.size());
  add("streams", driver.streams.size());
  add("events", driver.events.size());
  add("modules", driver.modules.size());
  return leaks;
}

int fakecuda::countLaunches() { return driver.launches; }

int fakecuda::countBusyStreams() { return int(driver.busyStreams); }

std::string fakecuda::takeProblem() {
  return std::exchange(driver.problem, "");
}

void fakecuda::setRunsPTX(bool runsPTX) { driver.runsPTX = runsPTX; }

ptx::Counts fakecuda::takeCounts() { return std::exchange(driver.counts, {}); }

const void *fakecuda::getLoadedCode() { return driver.code; }

void fakecuda::setWrong(bool isWrong) { driver.isWrong = isWrong; }

void *fakecuda::allocate(size_t bytes) {
  Address address;
  allocateFrom(driver.deviceMemory, deviceOffset, bytes, &address);
  return reinterpret_cast<void *>(address);
}

void fakecuda::release(void *memory) {
  driver.deviceMemory.erase(reinterpret_cast<Address>(memory));
  std::free(getHostAddress(memory));
}

void *fakecuda::getHostAddress(void *memory) {
  return reinterpret_cast<void *>(reinterpret_cast<Address>(memory) -
                                  deviceOffset);
}

//===----------------------------------------------------------------------===//
// What the driver does
//===----------------------------------------------------------------------===//

// The names are the driver's.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {

int cuInit(unsigned) { return enter(false); }

int cuGetErrorName(int result, const char **name) {
  *name = result == OutOfMemory  ? "CUDA_ERROR_OUT_OF_MEMORY"
          : result == InvalidPtx ? "CUDA_ERROR_INVALID_PTX"
                                 : "CUDA_ERROR_OF_THE_TEST";
  return Success;
}

int cuDriverGetVersion(int *version) {
  *version = 12040;
  return enter(false);
}

int cuDeviceGetCount(int *count) {
  *count = 2;
  return enter(false);
}

int cuDeviceGet(int *device, int index) {
  *device = index;
  return enter(false);
}

int cuDeviceGetName(char *name, int size, int) {
  std::strncpy(name, "Fake", size);
  return enter(false);
}

int cuDeviceGetAttribute(int *value, int attribute, int) {
  static const std::map<int, int> attributes = {
      {1, 1024},     {5, INT32_MAX}, {13, 1500000}, {16, 100},
      {36, 2000000}, {37, 4096},     {75, 9},       {76, 0}};
  auto found = attributes.find(attribute);
  *value = found == attributes.end() ? 0 : found->second;
  return found == attributes.end() ? InvalidValue : Success;
}

int cuDevicePrimaryCtxRetain(void **context, int) {
  if (int result = enter(false))
    return result;
  ++driver.contexts;
  *context = &driver;
  return Success;
}

int cuDevicePrimaryCtxRelease_v2(int) {
  finishAll();
  --driver.contexts;
  return Success;
}

int cuCtxPushCurrent_v2(void *) {
  if (int result = enter(false))
    return result;
  ++driver.current;
  return Success;
}

int cuCtxPopCurrent_v2(void **) {
  --driver.current;
  return Success;
}

int cuMemGetInfo_v2(size_t *unused, size_t *all) {
  *all = driver.memory;
  *unused = driver.memory - std::min(driver.memory, driver.used);
  return enter();
}

int cuMemAlloc_v2(Address *address, size_t bytes) {
  if (int result = enter())
    return result;
  if (driver.used + bytes > driver.memory)
    return OutOfMemory;
  driver.used += bytes;
  return allocateFrom(driver.deviceMemory, deviceOffset, bytes, address);
}

int cuMemFree_v2(Address address) {
  finishAll();
  driver.used -= driver.deviceMemory[address];
  driver.deviceMemory.erase(address);
  std::free(reinterpret_cast<void *>(address - deviceOffset));
  return Success;
}

int cuMemHostAlloc(void **memory, size_t bytes, unsigned) {
  if (int result = enter())
    return result;
  Address address;
  int result = allocateFrom(driver.hostMemory, 0, bytes, &address);
  *memory = reinterpret_cast<void *>(address);
  return result;
}

int cuMemFreeHost(void *memory) {
  finishAll();
  driver.hostMemory.erase(reinterpret_cast<Address>(memory));
  std::free(memory);
  return Success;
}

int cuPointerGetAttribute(void *data, int attribute, Address address) {
  bool isDevice = isOn(driver.deviceMemory, address, 1);
  if (!isDevice && !isOn(driver.hostMemory, address, 1))
    return InvalidValue;
  if (int result = enter())
    return result;
  if (attribute == 2)
    *static_cast<unsigned *>(data) = isDevice ? 2 : 1;
  else
    *static_cast<int *>(data) = 0;
  return Success;
}

int cuMemcpyAsync(Address to, Address from, size_t bytes, Stream *stream) {
  if (int result = enter())
    return result;
  add(stream, [=] {
    char *target = find(to, bytes), *source = find(from, bytes);
    if (target && source)
      std::memcpy(target, source, bytes);
  });
  return Success;
}

int cuModuleLoadDataEx(Module **module, const void *code, unsigned, const int *,
                       void **values) {
  if (int result = enter())
    return result;
  const frieze_model *model = findModel(code);
  if (!model || !model->device || !isCode(*model->device, code)) {
    if (values)
      std::strcpy(static_cast<char *>(values[0]), "expects an entry\nat all");
    return InvalidPtx;
  }
  std::map<std::string, ptx::Kernel> kernels;
  if (driver.runsPTX) {
    try {
      kernels =
          ptx::readProgram(static_cast<const char *>(model->device->code));
    } catch (const std::runtime_error &error) {
      driver.problem = error.what();
      return InvalidPtx;
    }
  }
  driver.code = code;
  *module = new Module{model, std::move(kernels), {}};
  driver.modules.insert(*module);
  return Success;
}

int cuModuleUnload(Module *module) {
  finishAll();
  driver.modules.erase(module);
  delete module;
  return Success;
}

int cuModuleGetFunction(Function **function, Module *module, const char *name) {
  if (int result = enter())
    return result;
  const frieze_device_code &device = *module->model->device;
  for (bool isStream : {false, true}) {
    const frieze_device_kernel *kernels =
        isStream ? device.stream_kernels : device.kernels;
    uint64_t count =
        isStream ? device.stream_kernel_count : device.kernel_count;
    for (uint64_t i = 0; i < count; ++i)
      if (!std::strcmp(kernels[i].entry, name)) {
        auto code = module->kernels.find(name);
        module->functions.push_back(std::make_unique<Function>(
            Function{module->model, &kernels[i], isStream, i + 1 == count,
                     code == module->kernels.end() ? nullptr : &code->second}));
        *function = module->functions.back().get();
        return Success;
      }
  }
  return NotFound;
}

int cuLaunchKernel(Function *function, unsigned groups, unsigned groupsY,
                   unsigned groupsZ, unsigned size, unsigned sizeY,
                   unsigned sizeZ, unsigned shared, Stream *stream,
                   void **parameters, void **extra) {
  if (int result = enter())
    return result;
  ++driver.launches;
  const frieze_model &model = *function->model;
  size_t pointers = model.input_count + model.output_count + 2;
  std::vector<Address> addresses;
  for (size_t i = 0; i < pointers; ++i)
    addresses.push_back(*static_cast<Address *>(parameters[i]));
  uint32_t count = *static_cast<uint32_t *>(parameters[pointers]);
  const frieze_device_kernel &kernel = *function->kernel;
  unsigned wanted = (count + kernel.calls_per_group - 1) /
                    kernel.calls_per_group * kernel.groups_per_call;
  if (groups != wanted || size != kernel.group_size || shared || extra ||
      groupsY != 1 || groupsZ != 1 || sizeY != 1 || sizeZ != 1)
    driver.problem = "a launch of other groups than the model's";
  if (function->code)
    add(stream, [=] { execute(*function, groups, addresses, count); });
  else if (function->isLast)
    add(stream, [=] { compute(*function, addresses, count); });
  return Success;
}

int cuStreamCreate(Stream **stream, unsigned) {
  if (int result = enter())
    return result;
  *stream = new Stream;
  driver.streams.insert(*stream);
  return Success;
}

int cuStreamDestroy_v2(Stream *stream) {
  finish(*stream);
  driver.streams.erase(stream);
  delete stream;
  return Success;
}

int cuStreamSynchronize(Stream *stream) {
  finish(*stream);
  return enter();
}

int cuEventCreate(Event **event, unsigned) {
  if (int result = enter())
    return result;
  *event = new Event;
  driver.events.insert(*event);
  return Success;
}

int cuEventDestroy_v2(Event *event) {
  driver.events.erase(event);
  delete event;
  return Success;
}

int cuEventRecord(Event *event, Stream *stream) {
  if (int result = enter())
    return result;
  add(stream, [=] { event->seconds = driver.clock += 0.001; });
  return Success;
}

int cuEventElapsedTime(float *milliseconds, Event *start, Event *end) {
  if (int result = enter())
    return result;
  *milliseconds = float((end->seconds - start->seconds) * 1e3);
  return Success;
}

} // extern "C"
// NOLINTEND(readability-identifier-naming)
