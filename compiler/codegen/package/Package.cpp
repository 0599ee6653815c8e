//===- Package.cpp - Objects as libraries and executables -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/package/Package.h"
#include "compiler/codegen/package/MainProgram.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace frieze;

void frieze::writeStaticLibrary(StringRef object, StringRef name,
                                const Target &target, raw_ostream &os) {
  std::string member = (name + ".o").str();
  NewArchiveMember entry(MemoryBufferRef(object, member));
  if (Error error =
          writeArchiveToStream(os, entry, SymtabWritingMode::NormalSymtab,
                               object::Archive::getDefaultKindForTriple(
                                   Triple(target.toolchain.triple)),
                               /*Deterministic=*/true, /*Thin=*/false))
    // The object is LLVM's own.
    report_fatal_error(std::move(error));
}

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

/// Every shared library and executable has its model under one known symbol.
static std::string defineEntry(StringRef name) {
  return ("--defsym=frieze_model_entry=" + name + "_model").str();
}

bool frieze::isOwnArchitecture(const Target &target) {
  Triple own(sys::getProcessTriple()), wanted(target.toolchain.triple);
  return own.getArch() == wanted.getArch() && own.getOS() == wanted.getOS();
}

/// What can be written for `target` where it has no shared libraries or
/// programs.
static std::string listOtherFiles(const Target &target) {
  StringRef module =
      target.family == Family::WebAssembly ? "a module (.wasm), " : "";
  return (module + "an object (.o) or a static library (.a)").str();
}

Expected<Linkage> frieze::planSharedLibrary(StringRef name, StringRef soname,
                                            const Target &target) {
  if (!target.toolchain.isPositionIndependent ||
      !Triple(target.toolchain.triple).isOSBinFormatELF())
    return createStringError("cannot link shared libraries for " + target.name +
                             "; write " + listOtherFiles(target));
  return Linkage{LinkerKind::ELF,
                 {"-shared", "--gc-sections", "-z", "noexecstack",
                  "--build-id=none", "-soname", soname.str(),
                  defineEntry(name)},
                 /*other=*/"",
                 /*trailer=*/""};
}

/// A section of a module of WebAssembly that engines pass over.
static std::string makeCustomSection(StringRef name, StringRef bytes) {
  std::string content, section;
  raw_string_ostream contentStream(content), stream(section);
  encodeULEB128(name.size(), contentStream);
  contentStream << name << bytes;
  stream << '\0';
  encodeULEB128(content.size(), stream);
  stream << content;
  return section;
}

Expected<Linkage> frieze::planWebAssembly(StringRef name, StringRef id,
                                          const Target &target) {
  if (target.family != Family::WebAssembly)
    return createStringError("expects --target=wasm32 for a module of "
                             "WebAssembly, but got " +
                             target.name);
  auto exportSymbol = [&](StringRef part) {
    return ("--export-if-defined=" + name + "_" + part).str();
  };
  // Model code hardly has a stack: first in memory, one that is too small ends
  // in a trap.
  return Linkage{LinkerKind::WebAssembly,
                 {"--no-entry", "--export=__heap_base", exportSymbol("run"),
                  exportSymbol("run_batch"), exportSymbol("stream_init"),
                  exportSymbol("stream_push"), exportSymbol("stream_flush"),
                  "--gc-sections", "--strip-all", "--stack-first", "-z",
                  "stack-size=16384"},
                 /*other=*/"",
                 makeCustomSection("frieze", id)};
}

Expected<Linkage> frieze::planExecutable(StringRef name, const Target &target) {
  if (!isOwnArchitecture(target))
    return createStringError(
        "cannot link programs for " + target.name + " here; write " +
        listOtherFiles(target) +
        ", and link it with the main program and that machine's C compiler");
  Expected<SystemLibraries> libraries = findSystemLibraries();
  if (!libraries)
    return libraries.takeError();
  return Linkage{LinkerKind::ELF,
                 {libraries->c, "-pie", "--gc-sections", "--as-needed",
                  "--build-id=none", "--hash-style=gnu", "--eh-frame-hdr", "-z",
                  "relro", "-z", "now", "-z", "noexecstack", "-dynamic-linker",
                  libraries->loader, defineEntry(name)},
                 getMainProgram(),
                 /*trailer=*/""};
}

Error frieze::link(const Linkage &linkage, LinkerInput object,
                   raw_ostream &os) {
  SmallVector<LinkerInput> inputs{object};
  if (!linkage.other.empty())
    inputs.push_back(linkage.other);
  if (Error error = runLinker(linkage.kind, linkage.flags, inputs, os))
    return error;
  os << linkage.trailer;
  return Error::success();
}
