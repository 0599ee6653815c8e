//===- Linker.cpp - LLVM's linker as a function -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Linker.h"
#include "frontends/Files.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)
LLD_HAS_DRIVER(wasm)

using namespace llvm;
using namespace frieze;

/// lld could link LLVM IR, by passes of Polly among others, which is a library
/// of its own. Nothing here is IR.
llvm::PassPluginLibraryInfo getPollyPluginInfo();
llvm::PassPluginLibraryInfo getPollyPluginInfo() { return {}; }

/// What lld says with that command line; "" where it has done its work.
static std::string runLLD(ArrayRef<const char *> command) {
  // Its state is that of the process.
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  static const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link},
                                           {lld::Wasm, &lld::wasm::link}};
  std::string text;
  raw_string_ostream stream(text);
  lld::Result result;
  // It keeps memory for as long as a thread lives.
  std::thread([&] {
    result = lld::lldMain(command, stream, stream, drivers);
  }).join();
  if (result.retCode == 0)
    return "";
  SmallVector<StringRef> lines;
  StringRef(text).rtrim().split(lines, '\n');
  return text.empty() ? "it failed" : join(lines, "; ");
}

namespace {
/// A file of this process that collects what is written to it. lld writes files
/// in place only where they are not regular ones, as a pipe.
class OutputPipe {
public:
  /// `bytes` is about what will come.
  static Expected<OutputPipe> open(size_t bytes);
  OutputPipe(OutputPipe &&) = default;
  ~OutputPipe() { close(); }

  std::string getPath() const {
    return "/proc/self/fd/" + std::to_string(ends->write);
  }
  /// What was written; nothing can be from then on.
  std::string close();

private:
  struct Ends {
    int read, write;
    std::string bytes;
    std::thread reader;
  };

  explicit OutputPipe(std::unique_ptr<Ends> ends) : ends(std::move(ends)) {}

  std::unique_ptr<Ends> ends;
};
} // namespace

static void readAll(int from, std::string &bytes) {
  char chunk[1 << 16];
  for (;;) {
    ssize_t count = read(from, chunk, sizeof(chunk));
    if (count > 0)
      bytes.append(chunk, count);
    else if (count == 0 || errno != EINTR)
      return;
  }
}

Expected<OutputPipe> OutputPipe::open(size_t bytes) {
  int descriptors[2];
  if (pipe2(descriptors, O_CLOEXEC) != 0)
    return createStringError(
        "cannot make a pipe: " +
        std::error_code(errno, std::generic_category()).message());
  auto ends = std::make_unique<Ends>();
  ends->read = descriptors[0];
  ends->write = descriptors[1];
  // Growing to the size of large weights would take as much again.
  ends->bytes.reserve(bytes);
  ends->reader = std::thread(readAll, ends->read, std::ref(ends->bytes));
  return OutputPipe(std::move(ends));
}

std::string OutputPipe::close() {
  if (!ends)
    return "";
  ::close(ends->write);
  ends->reader.join();
  ::close(ends->read);
  std::string bytes = std::move(ends->bytes);
  ends.reset();
  return bytes;
}

Expected<std::string> frieze::runLinker(LinkerKind kind,
                                        ArrayRef<std::string> flags,
                                        ArrayRef<StringRef> inputs) {
  SmallVector<MemoryFile> files;
  size_t bytes = 1 << 16;
  for (StringRef input : inputs) {
    bytes += input.size();
    Expected<MemoryFile> file = MemoryFile::create(input);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
  }
  Expected<OutputPipe> output = OutputPipe::open(bytes);
  if (!output)
    return output.takeError();

  SmallVector<std::string> command{
      kind == LinkerKind::ELF ? "ld.lld" : "wasm-ld", "-o", output->getPath(),
      "--threads=1", "--error-limit=0"};
  for (const MemoryFile &file : files)
    command.push_back(file.getPath());
  command.append(flags.begin(), flags.end());
  SmallVector<const char *> pointers;
  for (const std::string &argument : command)
    pointers.push_back(argument.c_str());
  if (std::string problem = runLLD(pointers); !problem.empty())
    return createStringError("cannot be linked: " + problem);
  return output->close();
}
