//===- Peer.cpp - Another inference library, in a process -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Peer.h"
#include "api/CallBuffers.h"
#include "tools/frieze-bench/PeerScript.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace frieze;

char MissingLibrary::ID;

std::vector<PeerLibrary> frieze::findPeerLibraries(llvm::StringRef path) {
  static const PeerLibrary libraries[] = {
      {"ONNX Runtime", ".onnx", "onnxruntime", "onnxruntime"},
      {"OpenVINO", ".onnx", "openvino", "openvino"},
      {"LiteRT", ".tflite", "ai_edge_litert", "ai-edge-litert"}};
  std::vector<PeerLibrary> found;
  llvm::copy_if(libraries, std::back_inserter(found),
                [&](const PeerLibrary &library) {
                  return library.extension == llvm::sys::path::extension(path);
                });
  return found;
}

llvm::Expected<std::unique_ptr<Peer>> Peer::start(const PeerLibrary &library,
                                                  llvm::StringRef file,
                                                  const std::string &python,
                                                  const Subject &model) {
  std::unique_ptr<Peer> peer(new Peer(library, file));
  if (llvm::Error error = peer->spawn(python))
    return std::move(error);
  if (llvm::Error error = peer->sendCalls(model))
    return std::move(error);
  llvm::Expected<std::string> answer = peer->receive("ready");
  if (!answer)
    return answer.takeError();
  auto [difference, rest] = llvm::StringRef(*answer).split(' ');
  auto [share, version] = rest.split(' ');
  if (!llvm::to_float(difference, peer->difference) ||
      !llvm::to_float(share, peer->share))
    return llvm::createStringError("expects a difference, but got '" + *answer +
                                   "'");
  if (!version.empty())
    peer->name += " " + version.str();
  return peer;
}

Peer::~Peer() {
  if (link >= 0)
    close(link);
  if (process >= 0) {
    kill(process, SIGTERM);
    waitpid(process, nullptr, 0);
  }
}

llvm::Error Peer::spawn(const std::string &python) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return llvm::createStringError(std::strerror(errno));
  link = ends[0];
  // Libraries are fond of messages, and standard output may be JSON.
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  for (int output : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY,
                                     0);
  std::string module = library.module.str();
  const char *arguments[] = {python.c_str(), "-c",         peerScript,
                             module.c_str(), file.c_str(), nullptr};
  int error = posix_spawnp(&process, python.c_str(), &actions, nullptr,
                           const_cast<char **>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error == 0)
    return llvm::Error::success();
  process = -1;
  return llvm::make_error<MissingLibrary>("cannot start " + python + ": " +
                                          std::strerror(error));
}

llvm::Error Peer::send(llvm::StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::send(link, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR)
      // What the child said before it went is worth more.
      return errno == EPIPE || errno == ECONNRESET
                 ? llvm::Error::success()
                 : llvm::createStringError(std::strerror(errno));
    bytes = bytes.drop_front(std::max<ssize_t>(0, count));
  }
  return llvm::Error::success();
}

llvm::Error Peer::sendCalls(const Subject &subject) {
  const frieze_model &model = *subject.model;
  // The first is timed. Small inputs leave classifiers undecided, so that their
  // outputs tell more.
  constexpr float scales[] = {1, 1.0f / 8, 1.0f / 64};
  auto describe = [](const frieze_tensor *tensors, uint64_t count) {
    llvm::json::Array descriptions;
    for (const frieze_tensor &tensor : llvm::ArrayRef(tensors, count))
      descriptions.push_back(llvm::json::Object{
          {"name", llvm::json::fixUTF8(tensor.name)},
          {"shape",
           llvm::json::Array(llvm::ArrayRef(tensor.shape, tensor.rank))}});
    return descriptions;
  };
  std::string message;
  llvm::raw_string_ostream os(message);
  os << llvm::json::Value(llvm::json::Object{
            {"inputs", describe(model.inputs, model.input_count)},
            {"outputs", describe(model.outputs, model.output_count)},
            {"calls", std::size(scales)}})
     << "\n";
  for (float scale : scales) {
    CallBuffers buffers(model, subject.tableRows, scale);
    buffers.run();
    for (auto *arrays : {&buffers.getInputs(), &buffers.getOutputs()})
      for (const std::vector<float> &array : *arrays)
        os.write(reinterpret_cast<const char *>(array.data()),
                 array.size() * sizeof(float));
  }
  return send(message);
}

llvm::Expected<std::string> Peer::receive(llvm::StringRef kind) {
  while (!llvm::StringRef(pending).contains('\n')) {
    char bytes[4096];
    ssize_t count = recv(link, bytes, sizeof(bytes), 0);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return llvm::createStringError("ended without a word");
    pending.append(bytes, count);
  }
  auto [line, rest] = llvm::StringRef(pending).split('\n');
  auto [word, text] = line.split(' ');
  std::string answer = text.str();
  bool isExpected = word == kind, isMissing = word == "missing";
  pending = rest.str();
  if (isExpected)
    return answer;
  if (isMissing)
    return llvm::make_error<MissingLibrary>("no module '" + answer +
                                            "' (pip install " +
                                            library.package.str() + ")");
  return llvm::createStringError(answer);
}

llvm::Expected<double> Peer::timeCalls(int64_t count) {
  if (llvm::Error error = send((llvm::Twine(count) + "\n").str()))
    return std::move(error);
  llvm::Expected<std::string> answer = receive("time");
  if (!answer)
    return answer.takeError();
  double microseconds = 0;
  if (!llvm::to_float(*answer, microseconds) || microseconds <= 0)
    return llvm::createStringError("expects a time, but got '" + *answer + "'");
  return microseconds;
}
