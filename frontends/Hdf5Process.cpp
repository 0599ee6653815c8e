//===- Hdf5Process.cpp - A child process for the HDF5 library ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Hdf5Process.h"
#include "frontends/Array.h"
#include "llvm/Support/Compiler.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace frieze;

/// Processor time for a file of `size` bytes; even slow filters take less.
static rlim_t getSeconds(size_t size) { return 2 + (size >> 22); }

/// Memory for it, beyond the parent's: its datasets are at most 1032 times as
/// large (zlib's best), and are held up to three times.
static rlim_t getMemory(size_t size) {
  return (rlim_t(1) << 28) +
         std::min<rlim_t>(rlim_t(size) << 12, rlim_t(1) << 33);
}

//===----------------------------------------------------------------------===//
// The child
//===----------------------------------------------------------------------===//

/// The memory that counts for RLIMIT_DATA, or 0 where that is not known.
static rlim_t getUsedMemory() {
  char text[256] = {0};
  unsigned long pages = 0;
  int file = open("/proc/self/statm", O_RDONLY);
  if (file < 0)
    return 0;
  // Size, resident, shared, text, libraries, data.
  if (read(file, text, sizeof(text) - 1) <= 0 ||
      sscanf(text, "%*u %*u %*u %*u %*u %lu", &pages) != 1)
    pages = 0;
  close(file);
  return rlim_t(pages) * sysconf(_SC_PAGESIZE);
}

static void setLimit(int resource, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) == 0)
    value = std::min(value, limit.rlim_max);
  limit = {value, value};
  setrlimit(resource, &limit);
}

/// An exception must not reach the parent's code in the child.
[[noreturn]] static void runChild(StringRef bytes, int socket) noexcept {
  // A crash must not end in the parent's handlers.
  for (int number = 1; number < NSIG; ++number)
    signal(number, SIG_DFL);
  rlim_t memory = getUsedMemory();
  // Nothing but the socket is open, and nothing else ever will be: neither
  // files, nor the terminal for a message of libc's.
  if (socket > 0)
    close_range(0, socket - 1, 0);
  close_range(socket + 1, ~0u, 0);
  setLimit(RLIMIT_NOFILE, 0);
  setLimit(RLIMIT_CORE, 0);
  setLimit(RLIMIT_CPU, getSeconds(bytes.size()));
  if (memory > 0 && !LLVM_ADDRESS_SANITIZER_BUILD)
    setLimit(RLIMIT_DATA, memory + getMemory(bytes.size()));
  hdf5::serve(bytes, socket);
  _exit(0);
}

//===----------------------------------------------------------------------===//
// The parent
//===----------------------------------------------------------------------===//

Hdf5Process::Hdf5Process(StringRef bytes)
    // The child may get but a part of a processor.
    : milliseconds(1000 * (20 + 4 * getSeconds(bytes.size()))) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return;
  child = fork();
  if (child == 0)
    runChild(bytes, sockets[1]);
  close(sockets[1]);
  socket = sockets[0];
  if (child < 0)
    stop();
}

Hdf5Process::~Hdf5Process() { stop(); }

void Hdf5Process::stop() {
  if (socket >= 0)
    close(socket);
  socket = -1;
  if (child < 0)
    return;
  kill(child, SIGKILL);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR)
    ;
  child = -1;
}

bool Hdf5Process::send(StringRef message) {
  uint64_t size = message.size();
  std::string bytes(reinterpret_cast<const char *>(&size), sizeof(size));
  bytes += message;
  // The child has answered all before, so there is room for any path.
  if (socket >= 0 &&
      ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
          static_cast<ssize_t>(bytes.size()))
    return true;
  stop();
  return false;
}

bool Hdf5Process::receiveBytes(void *bytes, size_t size) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point end =
      Clock::now() + std::chrono::milliseconds(milliseconds);
  char *position = static_cast<char *>(bytes);
  while (size > 0 && socket >= 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - Clock::now());
    struct pollfd wait = {socket, POLLIN, 0};
    int ready = left.count() > 0 ? poll(&wait, 1, left.count()) : 0;
    ssize_t count = ready > 0 ? recv(socket, position, size, 0) : ready;
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      stop();
    else
      position += count, size -= count;
  }
  return size == 0;
}

std::optional<std::string> Hdf5Process::receive() {
  uint64_t size;
  if (!receiveBytes(&size, sizeof(size)) || size > hdf5::maxDescription) {
    stop();
    return std::nullopt;
  }
  std::string message(size, '\0');
  if (!receiveBytes(message.data(), size))
    return std::nullopt;
  return message;
}

bool Hdf5Process::receive(std::vector<double> &values, size_t count) {
  uint64_t size;
  if (!receiveBytes(&size, sizeof(size)) || size == hdf5::noData)
    return false;
  if (size == count * sizeof(float)) {
    std::vector<float> narrow(count);
    bool isComplete = receiveBytes(narrow.data(), size);
    values.assign(narrow.begin(), narrow.end());
    return isComplete;
  }
  if (size != count * sizeof(double)) {
    stop();
    return false;
  }
  values.resize(count);
  return receiveBytes(values.data(), size);
}
