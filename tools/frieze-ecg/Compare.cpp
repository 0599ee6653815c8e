//===- Compare.cpp - The job of frieze-ecg compare --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Compare.h"
#include "tools/frieze-ecg/Agreement.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <map>

using namespace llvm;

namespace frieze::ecg {
namespace {

/// The agreement of each record, by its name.
using Agreements = std::map<std::string, Agreement>;

/// Compares one reference file with one file of beats.
Error comparePair(StringRef referencePath, StringRef foundPath, double rate,
                  Agreements &agreements) {
  auto references = readBeats(referencePath);
  if (!references)
    return references.takeError();
  auto found = readBeats(foundPath);
  if (!found)
    return found.takeError();
  // A reference of one record is meant for that record in the other file, or
  // for the only one there, whatever its name.
  if (references->size() == 1) {
    StringRef name = references->begin()->first();
    auto own = found->size() == 1 ? found->begin() : found->find(name);
    if (own != found->end()) {
      BeatPositions beats = std::move(own->second);
      found->clear();
      (*found)[name] = std::move(beats);
    }
  }
  std::vector<StringRef> unknown;
  for (const auto &entry : *found)
    if (!references->count(entry.first()))
      unknown.push_back(entry.first());
  if (!unknown.empty()) {
    llvm::sort(unknown);
    return fileError(foundPath, "record '" + unknown.front() + "' is not in " +
                                    referencePath);
  }
  for (const auto &entry : *references) {
    if (!found->count(entry.first()))
      errs() << foundPath << ": warning: no beats of record '" << entry.first()
             << "'\n";
    Agreement agreement =
        compareBeats(entry.second, found->lookup(entry.first()), rate);
    if (!agreements.try_emplace(entry.first().str(), agreement).second)
      return fileError(referencePath, "the beats of record '" + entry.first() +
                                          "' were given before");
  }
  return Error::success();
}

/// A percentage, or - without anything to count.
void printPercent(size_t whole, double percent) {
  if (whole)
    outs() << format(" %7.2f", percent);
  else
    outs() << "       -";
}

void printRow(StringRef name, int width, const Agreement &a) {
  outs() << left_justify(name, width)
         << format(" %9zu %8zu %8zu %7zu %7zu", a.reference, a.found, a.matched,
                   a.reference - a.matched, a.found - a.matched);
  printPercent(a.reference, a.sensitivity());
  printPercent(a.found, a.predictivity());
  printPercent(a.reference + a.found, a.f1());
  if (a.matched)
    outs() << format(" %8.1f\n", a.meanDistance());
  else
    outs() << "        -\n";
}

void printTable(const Agreements &agreements, const Agreement &gross) {
  size_t width = StringRef("record").size();
  for (const auto &[name, agreement] : agreements)
    width = std::max(width, name.size());
  outs() << left_justify("record", width)
         << " reference    found  matched  missed   extra    Se %    +P %    "
            "F1 % error ms\n";
  for (const auto &[name, agreement] : agreements)
    printRow(name, width, agreement);
  printRow("gross", width, gross);
}

void writeAgreement(json::OStream &out, const Agreement &a) {
  auto ratio = [&](StringRef name, size_t whole, double value) {
    out.attribute(name, whole ? json::Value(value) : json::Value(nullptr));
  };
  out.attribute("reference", uint64_t(a.reference));
  out.attribute("found", uint64_t(a.found));
  out.attribute("matched", uint64_t(a.matched));
  ratio("sensitivity", a.reference, a.sensitivity() / 100);
  ratio("positive_predictivity", a.found, a.predictivity() / 100);
  ratio("f1", a.reference + a.found, a.f1() / 100);
  ratio("mean_absolute_error_s", a.matched, a.meanDistance() / 1000);
}

void printJSON(const Agreements &agreements, const Agreement &gross) {
  json::OStream out(outs(), /*IndentSize=*/1);
  out.object([&] {
    out.attribute("tolerance_s", matchTolerance);
    out.attributeArray("records", [&] {
      for (const auto &[name, agreement] : agreements)
        out.object([&, &name = name, &agreement = agreement] {
          out.attribute("record", json::fixUTF8(name));
          writeAgreement(out, agreement);
        });
    });
    out.attributeObject("gross", [&] { writeAgreement(out, gross); });
  });
  outs() << '\n';
}

} // namespace

int compare(const CompareOptions &options) {
  if (options.files.size() % 2) {
    errs() << options.files.back()
           << ": error: each reference needs a file to compare with it, found "
           << options.files.size() << " files\n";
    return 1;
  }
  Agreements agreements;
  bool good = true;
  for (size_t i = 0; i < options.files.size(); i += 2)
    if (Error error = comparePair(options.files[i], options.files[i + 1],
                                  options.rate, agreements)) {
      errs() << toString(std::move(error)) << '\n';
      good = false;
    }
  if (!good)
    return 1;
  Agreement gross;
  for (const auto &[name, agreement] : agreements)
    gross += agreement;
  if (options.json)
    printJSON(agreements, gross);
  else
    printTable(agreements, gross);
  return 0;
}

} // namespace frieze::ecg
