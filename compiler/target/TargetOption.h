//===- TargetOption.h - A target as an option -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TARGET_TARGETOPTION_H
#define FRIEZE_COMPILER_TARGET_TARGETOPTION_H

#include "compiler/target/Target.h"
#include "llvm/Support/CommandLine.h"

// Passes and command lines name a target, and get it: the name is looked up
// nowhere else.

namespace frieze {

/// Prints its name, as options are printed.
inline llvm::raw_ostream &operator<<(llvm::raw_ostream &os,
                                     const Target *target) {
  return os << target->name;
}

} // namespace frieze

template <>
class llvm::cl::parser<const frieze::Target *>
    : public llvm::cl::basic_parser<const frieze::Target *> {
public:
  using basic_parser::basic_parser;

  /// Finds the target `text`; true after an error that lists all.
  bool parse(Option &option, StringRef argument, StringRef text,
             const frieze::Target *&target);
  StringRef getValueName() const override { return "name"; }
  void printOptionDiff(const Option &, const frieze::Target *, const OptVal &,
                       size_t) const {}
};

#endif // FRIEZE_COMPILER_TARGET_TARGETOPTION_H
