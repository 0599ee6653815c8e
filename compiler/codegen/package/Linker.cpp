//===- Linker.cpp - LLVM's linker as a function -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Linker.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
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
/// A file of this process that passes on what is written to it. lld writes
/// files in place only where they are not regular ones, as a pipe.
class OutputPipe {
public:
  static Expected<OutputPipe> open(raw_ostream &os);
  OutputPipe(OutputPipe &&) = default;
  /// Nothing can be written from then on.
  ~OutputPipe();

  std::string getPath() const {
    return "/proc/self/fd/" + std::to_string(ends->write);
  }

private:
  struct Ends {
    int read, write;
    /// Tells the reader that all was written. The end of the pipe would not: a
    /// process that another thread forks meanwhile has it open, too.
    int done;
    std::thread reader;
  };

  explicit OutputPipe(std::unique_ptr<Ends> ends) : ends(std::move(ends)) {}

  std::unique_ptr<Ends> ends;
};
} // namespace

/// Passes on what there is until `done` can be read and there is no more.
static void passOn(int from, int done, raw_ostream &os) {
  pollfd waited[] = {{from, POLLIN, 0}, {done, POLLIN, 0}};
  char chunk[1 << 16];
  for (;;) {
    int ready = poll(waited, 2, /*timeout=*/-1);
    if (ready < 0 && errno == EINTR)
      continue;
    if (ready < 0 || !(waited[0].revents & POLLIN))
      return;
    ssize_t count = read(from, chunk, sizeof(chunk));
    if (count > 0)
      os.write(chunk, count);
  }
}

Expected<OutputPipe> OutputPipe::open(raw_ostream &os) {
  int descriptors[2], done = eventfd(0, EFD_CLOEXEC);
  if (done < 0 || pipe2(descriptors, O_CLOEXEC) != 0) {
    std::error_code error(errno, std::generic_category());
    if (done >= 0)
      ::close(done);
    return createStringError("cannot make a pipe: " + error.message());
  }
  auto ends = std::make_unique<Ends>();
  ends->read = descriptors[0];
  ends->write = descriptors[1];
  ends->done = done;
  ends->reader = std::thread(passOn, ends->read, done, std::ref(os));
  return OutputPipe(std::move(ends));
}

OutputPipe::~OutputPipe() {
  if (!ends)
    return;
  eventfd_write(ends->done, 1);
  ends->reader.join();
  for (int descriptor : {ends->write, ends->read, ends->done})
    ::close(descriptor);
}

Error frieze::runLinker(LinkerKind kind, ArrayRef<std::string> flags,
                        ArrayRef<LinkerInput> inputs, raw_ostream &os) {
  SmallVector<MemoryFile> files;
  SmallVector<std::string> paths;
  for (const LinkerInput &input : inputs) {
    if (auto *file = std::get_if<const MemoryFile *>(&input)) {
      paths.push_back((*file)->getPath());
      continue;
    }
    Expected<MemoryFile> file = MemoryFile::create(std::get<StringRef>(input));
    if (!file)
      return file.takeError();
    paths.push_back(file->getPath());
    files.push_back(std::move(*file));
  }
  Expected<OutputPipe> output = OutputPipe::open(os);
  if (!output)
    return output.takeError();

  SmallVector<std::string> command{
      kind == LinkerKind::ELF ? "ld.lld" : "wasm-ld", "-o", output->getPath(),
      "--threads=1", "--error-limit=0"};
  command.append(paths.begin(), paths.end());
  command.append(flags.begin(), flags.end());
  SmallVector<const char *> pointers;
  for (const std::string &argument : command)
    pointers.push_back(argument.c_str());
  if (std::string problem = runLLD(pointers); !problem.empty())
    return createStringError("cannot be linked: " + problem);
  return Error::success();
}
