//===- Leads.cpp - Which signal of a recording is scanned -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Leads.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

#include <algorithm>
#include <initializer_list>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

std::optional<double> frieze::ecg::getMillivolts(StringRef unit) {
  auto isOne = [&](std::initializer_list<StringRef> names) {
    return any_of(
        names, [&](StringRef name) { return unit.equals_insensitive(name); });
  };
  if (isOne({"mV", "millivolt", "millivolts"}))
    return 1.0;
  // The micro sign, the Greek letter, and the sign in Latin-1.
  if (isOne({"uV", "\u00B5V", "\u03BCV", "\xB5V", "microvolt", "microvolts"}))
    return 1e-3;
  if (isOne({"V", "volt", "volts"}))
    return 1e3;
  return std::nullopt;
}

std::vector<std::string> frieze::ecg::splitWords(StringRef label) {
  std::vector<std::string> words(1);
  for (char c : label)
    // Bytes of other alphabets are letters.
    if (isAlnum(c) || !isASCII(c))
      words.back() += toUpper(c);
    else if (!words.back().empty())
      words.emplace_back();
  if (words.back().empty())
    words.pop_back();
  return words;
}

/// Characters of a label that are looked at, and shown.
static constexpr size_t longestLabel = 100;

/// Names of leads, and of the electrodes between which they are measured:
/// limbs, chest, modified and monitoring leads, those of Frank.
#define LEAD                                                                   \
  "M?L?I{1,3}|D(I{1,3}|[1-3])|AV[RLF]|M?V[1-9]R?|V[XYZ]?|ML[1-9]|"             \
  "MCL[1-9]?|C[MCBR][1-9]|[RL][AL]"

namespace {

/// The words of labels, by the kind that they tell.
class Words {
public:
  /// Says that this is an ECG, whatever stands beside it.
  bool isECG(StringRef word) const { return ecg.match(word); }
  bool isLead(StringRef word) const { return lead.match(word); }
  bool isOther(StringRef word) const { return other.match(word); }
  bool isNothing(StringRef word) const { return nothing.match(word); }

private:
  Regex ecg{"^(ECG|EKG|ELECTROCARDIOGRA(M|PHY))([0-9]*|[LR]|" LEAD ")$"};
  Regex lead{"^(LEAD)?(" LEAD ")$"};
  /// The types of EDF+, what monitors and sleep laboratories record, places of
  /// electrodes on the head, and what is no signal at all.
  Regex other{
      "^((EEG|EMG|EOG|ERG|MEG|MCG|ECOG|SEEG|EGG|RESP|BREATH|AIR|FLOW|NASAL|"
      "ORO|THOR|ABD|TEMP|SPO|SAO|PLETH|PPG|PULSE|PRESS|SOUND|SNOR|MICRO|ACC|"
      "GYR|MAG|LIGHT|BATT|POS|EVENT|MARK|TRIG|STATUS|STIM|ANNOT|TIME|DATE|"
      "CLOCK|ELAPSED|SAMPLE|INDEX|NOISE|IMP|LEG|TIB|CHIN|NIBP|ART).*|"
      "EP|MIC|HR|HRV|RR|RATE|BPM|ABP|BP|PAP|CVP|ICP|LAP|RAP|UAP|UVP|(ET)?CO2|"
      "O2|"
      "DC|GSR|EDA|SCL|BODY|LOC|ROC|E[12]|QUALITY|SYNC|PH|EDR|"
      "(FP|AF|F|FT|FC|C|T|TP|CP|P|PO|O|A|M)(Z|[0-9]+))$"};
  Regex nothing{"^([A-W]|[0-9]+|[MU]V|\u00B5V|\u03BCV|VOLTAGE|AMPLITUDE|RAW|"
                "FILT(ERED)?|MOD|"
                "MODIFIED|(SIGNAL|SIG|CHANNEL|CHAN|CH|LEAD|RECORD|DATA|VALUE|"
                "COLUMN|COL|UNKNOWN)[0-9]*)$"};
};

} // namespace

#undef LEAD

/// "3 'Resp' (l)", with the number from 0 by which --lead finds it.
static std::string describe(size_t index, const Lead &lead) {
  return (Twine(index) + " '" + StringRef(lead.label).take_front(longestLabel) +
          "' (" + (lead.unit.empty() ? "no unit" : StringRef(lead.unit)) + ")")
      .str();
}

/// All leads, but no more than anyone reads.
static std::string describeAll(ArrayRef<Lead> leads) {
  constexpr size_t mostListed = 64;
  std::string list;
  for (auto [index, lead] : enumerate(leads.take_front(mostListed)))
    list += (index ? ", " : "") + describe(index, lead);
  if (leads.size() > mostListed)
    list += ", and " + std::to_string(leads.size() - mostListed) + " more";
  return list;
}

/// Whether all words of `wanted` stand in `label`, one after the other.
static bool hasWords(StringRef label, ArrayRef<std::string> wanted) {
  std::vector<std::string> words = splitWords(label);
  return !wanted.empty() &&
         std::search(words.begin(), words.end(), wanted.begin(),
                     wanted.end()) != words.end();
}

static Expected<LeadChoice> findLead(StringRef path, ArrayRef<Lead> leads,
                                     StringRef wanted) {
  auto sameName = [&](const Lead &lead) { return lead.label == wanted; };
  std::optional<int64_t> number = parseInteger(wanted);
  if (number && (*number < 0 || uint64_t(*number) >= leads.size()))
    number.reset();
  if (size_t count = count_if(leads, sameName)) {
    if (count > 1)
      return fileError(path, Twine(count) + " leads are named '" + wanted +
                                 "', give the number of one, from 0");
    size_t index = find_if(leads, sameName) - leads.begin();
    LeadChoice choice{index, {}};
    if (number && size_t(*number) != index)
      choice.note = (path + ": note: lead '" + wanted +
                     "' is the one of that name, number " + Twine(index) +
                     ", and not number " + wanted)
                        .str();
    return choice;
  }
  std::vector<std::string> words = splitWords(wanted);
  auto hasWanted = [&](const Lead &lead) {
    return hasWords(lead.label, words);
  };
  if (number) {
    LeadChoice choice{size_t(*number), {}};
    const Lead &lead = leads[choice.index];
    // "Channel 1" may be the one with number 0.
    if (!hasWanted(lead) && any_of(leads, hasWanted))
      choice.note = (path + ": note: lead " + wanted +
                     ", counted from 0, is '" + lead.label + "'")
                        .str();
    return choice;
  }
  const size_t count = count_if(leads, hasWanted);
  if (count == 1)
    return LeadChoice{size_t(find_if(leads, hasWanted) - leads.begin()), {}};
  return fileError(path, "expects one of the leads " + describeAll(leads) +
                             ", but got '" + wanted + "'" +
                             (count ? ", which " + std::to_string(count) +
                                          " of them have in their names"
                                    : ""));
}

/// Why the lead that a user would expect is not scanned.
static StringRef getReasonAgainst(const Lead &lead) {
  if (!lead.unit.empty() && !getMillivolts(lead.unit))
    return "is not in V, mV or uV";
  LabelKind kind = findLabelKind(lead.label);
  return kind == LabelKind::Other ? "is no ECG by its label"
         : kind == LabelKind::ECG ? "has no unit"
                                  : "is not said to be an ECG";
}

LabelKind frieze::ecg::findLabelKind(StringRef label) {
  // No file that can be trusted has longer ones.
  if (label.size() > longestLabel)
    return LabelKind::Unknown;
  static const Words kinds;
  std::vector<std::string> words = splitWords(label);
  if (any_of(words, [&](StringRef word) { return kinds.isOther(word); }))
    return LabelKind::Other;
  if (any_of(words, [&](StringRef word) { return kinds.isECG(word); }))
    return LabelKind::ECG;
  bool hasLead = false;
  for (StringRef word : words) {
    if (kinds.isLead(word))
      hasLead = true;
    else if (!kinds.isNothing(word))
      return LabelKind::Unknown;
  }
  return hasLead ? LabelKind::ECG : LabelKind::Nothing;
}

static bool isVoltage(const Lead &lead) {
  return getMillivolts(lead.unit).has_value();
}

static bool hasNoUnit(const Lead &lead) { return lead.unit.empty(); }

/// The signals whose labels tell an ECG among those in a unit of voltage, or if
/// there are none, among those without a unit; all if no label of these says
/// anything.
static std::vector<NumberedLead> findECGs(ArrayRef<Lead> leads) {
  std::vector<NumberedLead> ecgs, unnamed;
  bool areUnnamed = true;
  const bool hasVoltage = any_of(leads, isVoltage);
  for (auto [index, lead] : enumerate(leads)) {
    if (hasVoltage ? !isVoltage(lead) : !hasNoUnit(lead))
      continue;
    LabelKind kind = findLabelKind(lead.label);
    if (kind == LabelKind::ECG)
      ecgs.push_back({index, lead.label});
    unnamed.push_back({index, lead.label});
    areUnnamed &= kind == LabelKind::Nothing;
  }
  return areUnnamed ? unnamed : ecgs;
}

/// `ecgs` are those among the leads.
static Expected<LeadChoice> choose(StringRef path, ArrayRef<Lead> leads,
                                   ArrayRef<NumberedLead> ecgs,
                                   StringRef wanted) {
  if (!wanted.empty())
    return findLead(path, leads, wanted);
  if (!ecgs.empty()) {
    const size_t chosen = ecgs.front().number;
    if (chosen == 0)
      return LeadChoice{0, {}};
    return LeadChoice{chosen,
                      (path + ": note: scans lead " +
                       describe(chosen, leads[chosen]) + ", as " +
                       describe(0, leads[0]) + " " +
                       getReasonAgainst(leads[0]) + "; --lead chooses another")
                          .str()};
  }
  if (leads.size() == 1 && (isVoltage(leads[0]) || hasNoUnit(leads[0])) &&
      findLabelKind(leads[0].label) == LabelKind::Unknown)
    return LeadChoice{0, (path + ": note: takes lead '" + leads[0].label +
                          "' for an ECG, as it is the only signal")
                             .str()};
  return fileError(
      path, "expects a signal that can be told to be an ECG in V, mV or uV, "
            "but got " +
                describeAll(leads) + ": choose one with --lead");
}

Expected<LeadChoice> frieze::ecg::chooseLead(StringRef path,
                                             ArrayRef<Lead> leads,
                                             StringRef wanted) {
  std::vector<NumberedLead> ecgs = findECGs(leads);
  Expected<LeadChoice> choice = choose(path, leads, ecgs, wanted);
  if (choice) {
    llvm::erase_if(ecgs, [&](const NumberedLead &lead) {
      return lead.number == choice->index;
    });
    choice->others = std::move(ecgs);
  }
  return choice;
}
