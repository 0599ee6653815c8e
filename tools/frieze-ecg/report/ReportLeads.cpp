//===- ReportLeads.cpp - The other leads of a page --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/ReportLeads.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze::ecg;

ReportLeads frieze::ecg::openReportLeads(StringRef path, Recording &scanned,
                                         const RecordingOptions &options) {
  ReportLeads leads;
  uint64_t numbers = scanned.length;
  auto omit = [&](const NumberedLead &lead, std::string reason) {
    std::string label =
        lead.label.empty() ? std::to_string(lead.number) : lead.label;
    scanned.warnings.push_back(
        (path + ": warning: lead '" + label + "' is not in the page: " + reason)
            .str());
    leads.omitted.push_back({std::move(label), std::move(reason)});
  };
  for (const NumberedLead &lead : scanned.otherLeads) {
    if (leads.shown.size() + 1 == mostReportLeads) {
      omit(lead, "a page has at most " + std::to_string(mostReportLeads));
      continue;
    }
    // Most have as many samples as the one that is scanned, and need not be
    // read to be left out.
    std::string tooMany = "all leads together have more than " +
                          std::to_string(mostReportNumbers) + " samples";
    if (numbers + scanned.length > mostReportNumbers) {
      omit(lead, std::move(tooMany));
      continue;
    }
    RecordingOptions own = options;
    own.lead = std::to_string(lead.number);
    Expected<std::unique_ptr<Recording>> opened = openRecording(path, own);
    if (!opened)
      omit(lead, toString(opened.takeError()));
    else if ((*opened)->lead != lead.label)
      omit(lead, "another lead has its number as a name");
    else if (numbers + (*opened)->length > mostReportNumbers)
      omit(lead, std::move(tooMany));
    else {
      numbers += (*opened)->length;
      append_range(scanned.files, (*opened)->files);
      leads.shown.push_back(std::move(*opened));
    }
  }
  return leads;
}
