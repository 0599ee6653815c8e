//===- Target.cpp - What a machine is ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Target.h"
#include "compiler/target/Families.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace frieze;

llvm::ArrayRef<Target> frieze::getTargets() {
  static const auto targets = [] {
    llvm::SmallVector<Target> all;
    for (llvm::ArrayRef<Target> family :
         {getX86Targets(), getAArch64Targets(), getRISCVTargets(),
          getArmTargets(), getWebAssemblyTargets(), getGPUTargets()})
      llvm::append_range(all, family);
    return all;
  }();
  return targets;
}

const Target *frieze::findTarget(llvm::StringRef name) {
  const Target *found = llvm::find_if(
      getTargets(), [&](const Target &target) { return target.name == name; });
  return found == getTargets().end() ? nullptr : found;
}

static int64_t getMost(llvm::ArrayRef<Machine> machines,
                       int64_t (*getNumber)(const Machine &)) {
  int64_t most = 0;
  for (const Machine &machine : machines)
    most = std::max(most, getNumber(machine));
  return most;
}

const Target &Target::getHost() const {
  return device ? getTargets().front() : *this;
}

int64_t Target::getWidestLanes() const {
  return getMost(machines,
                 [](const Machine &machine) { return machine.tileLanes; });
}

int64_t Target::padColumns(int64_t columns) const {
  // No vectors are narrower than four lanes, but of a machine that has none.
  int64_t widest = getWidestLanes();
  int64_t vector = std::clamp<int64_t>(llvm::PowerOf2Ceil(columns),
                                       std::min<int64_t>(4, widest), widest);
  return llvm::alignTo(columns, vector);
}

int64_t Target::getCallsTogether() const {
  return getMost(machines, [](const Machine &machine) {
    return machine.budgets.callsTogether;
  });
}

void frieze::printTargets(llvm::raw_ostream &os) {
  for (const Target &target : getTargets()) {
    os << llvm::formatv("{0,-14} {1}\n", target.name, target.description);
    for (const Machine &machine : target.machines)
      os << llvm::formatv("  {0,-14} {1,2} lanes, {2} registers, {3}\n",
                          machine.name, machine.lanes, machine.registers,
                          machine.hasFMA ? "fused multiply-add"
                                         : "products rounded before sums");
  }
}

void frieze::printTargetsAsJSON(llvm::raw_ostream &os) {
  llvm::json::Array targets;
  for (const Target &target : getTargets()) {
    llvm::json::Array machines;
    for (const Machine &machine : target.machines)
      machines.push_back(llvm::json::Object{{"name", machine.name},
                                            {"lanes", machine.lanes},
                                            {"registers", machine.registers},
                                            {"fma", machine.hasFMA}});
    targets.push_back(
        llvm::json::Object{{"name", target.name},
                           {"description", target.description},
                           {"triple", target.toolchain.triple},
                           {"index_bits", target.layout.indexBits},
                           {"pointer_bytes", target.layout.pointerBytes},
                           {"machines", std::move(machines)}});
  }
  os << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(targets)));
}
