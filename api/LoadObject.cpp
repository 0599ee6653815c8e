//===- LoadObject.cpp - Objects as code in this process ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/LoadObject.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/Support/Process.h"

using namespace llvm;
using namespace llvm::jitlink;
using namespace frieze;

static constexpr StringLiteral constructorSection = ".init_array";

namespace {
/// The memory of one object.
class ObjectMemory {
public:
  ObjectMemory() : manager(sys::Process::getPageSizeEstimate()) {}
  ~ObjectMemory() {
    if (!allocation)
      return;
    std::vector<JITLinkMemoryManager::FinalizedAlloc> all;
    all.push_back(std::move(allocation));
    cantFail(manager.deallocate(std::move(all)));
  }

  InProcessMemoryManager manager;
  JITLinkMemoryManager::FinalizedAlloc allocation;
};

/// What linking found, in the addresses of this process.
struct LinkResult {
  Error error = Error::success();
  SmallVector<orc::ExecutorAddr> symbols;
  orc::ExecutorAddrRange constructors;
};

/// Links one object, from which nothing but itself can be reached.
class ObjectLinker : public JITLinkContext {
public:
  ObjectLinker(ObjectMemory &memory, StringRef suffix, LinkResult &result)
      : JITLinkContext(/*JD=*/nullptr), memory(memory), suffix(suffix),
        result(result) {}

  JITLinkMemoryManager &getMemoryManager() override { return memory.manager; }
  void notifyFailed(Error error) override {
    result.error = joinErrors(std::move(result.error), std::move(error));
  }
  void lookup(const LookupMap &symbols,
              std::unique_ptr<JITLinkAsyncLookupContinuation> found) override {
    if (symbols.empty())
      return found->run(AsyncLookupResult());
    found->run(createStringError("expects an object without undefined "
                                 "symbols, but got " +
                                 *symbols.begin()->first));
  }
  Error modifyPassConfig(LinkGraph &, PassConfiguration &passes) override {
    // No symbol tells that constructors are needed.
    passes.PrePrunePasses.push_back([](LinkGraph &graph) {
      if (Section *section = graph.findSectionByName(constructorSection))
        for (Block *block : section->blocks())
          graph.addAnonymousSymbol(*block, 0, block->getSize(),
                                   /*IsCallable=*/false, /*IsLive=*/true);
      return Error::success();
    });
    return Error::success();
  }
  Error notifyResolved(LinkGraph &graph) override {
    for (Symbol *symbol : graph.defined_symbols())
      if (symbol->hasName() && symbol->getScope() == Scope::Default &&
          !symbol->isCallable() && (*symbol->getName()).ends_with(suffix))
        result.symbols.push_back(symbol->getAddress());
    if (Section *section = graph.findSectionByName(constructorSection))
      result.constructors = SectionRange(*section).getRange();
    return Error::success();
  }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc done) override {
    memory.allocation = std::move(done);
  }

private:
  ObjectMemory &memory;
  StringRef suffix;
  LinkResult &result;
};
} // namespace

Expected<LoadedSymbol> frieze::loadObject(StringRef bytes, StringRef suffix) {
  auto memory = std::make_shared<ObjectMemory>();
  auto graph =
      createLinkGraphFromObject(MemoryBufferRef(bytes, "object"),
                                std::make_shared<orc::SymbolStringPool>());
  if (!graph)
    return graph.takeError();
  LinkResult result;
  // Everything is called back before it returns.
  link(std::move(*graph),
       std::make_unique<ObjectLinker>(*memory, suffix, result));
  if (result.error)
    return std::move(result.error);
  if (result.symbols.size() != 1)
    return createStringError("expects an object with one symbol NAME" + suffix +
                             ", but got " + Twine(result.symbols.size()));
  using Constructor = void (*)();
  auto first = result.constructors.Start.toPtr<const Constructor *>();
  for (Constructor run :
       ArrayRef(first, result.constructors.size() / sizeof(Constructor)))
    run();
  return LoadedSymbol{std::move(memory),
                      result.symbols.front().toPtr<const void *>()};
}
