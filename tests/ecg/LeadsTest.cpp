//===- LeadsTest.cpp - Which signal is scanned ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Leads.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

TEST(LeadsTest, LabelsOfECG) {
  for (const char *label : {"ECG",       "ecg",        "EKG",
                            "ECG II",    "ECG1",       "ECG1-ECG2",
                            "ECG LL-RA", "ECG L",      "ECGR",
                            "EKG-V5",    "ECG lead I", "ECG I filtered",
                            "ECG chest", "ECG (mV)",   "Electrocardiogram",
                            "I",         "II",         "iii",
                            "aVR",       "AVL",        "avf",
                            "V",         "V1",         "V9",
                            "V4R",       "vx",         "MLII",
                            "MLI",       "ML2",        "MV5",
                            "MCL1",      "CM5",        "CC5",
                            "D2",        "DII",        "LA-RA",
                            "LL-LA",     "lead II",    "Lead_II",
                            "LeadV1",    "mod. V1",    "A-I",
                            "II (uV)",   "chan II"})
    EXPECT_EQ(findLabelKind(label), LabelKind::ECG) << label;
}

TEST(LeadsTest, LabelsOfOthers) {
  for (const char *label : {"EEG Fpz-Cz",
                            "EEG",
                            "Fp1",
                            "C4-A1",
                            "Cz",
                            "EOG horizontal",
                            "E1-M2",
                            "LOC",
                            "EMG submental",
                            "EMG-Chin",
                            "Chin1",
                            "Leg/L",
                            "Tib. ant.",
                            "Resp oro-nasal",
                            "RESP",
                            "Resp. Imp.",
                            "Airflow",
                            "Thorax",
                            "ABDO",
                            "Temp rectal",
                            "SpO2",
                            "SaO2",
                            "PLETH",
                            "PPG",
                            "Pulse",
                            "HR",
                            "Heart rate",
                            "ECG HR",
                            "Resp from ECG",
                            "ABP",
                            "ART",
                            "BP",
                            "PAP",
                            "CVP",
                            "CO2",
                            "EtCO2",
                            "Event marker",
                            "EDF Annotations",
                            "Status",
                            "Trigger",
                            "Snore",
                            "Mic",
                            "Sound",
                            "Light",
                            "Position",
                            "ACC X",
                            "GSR",
                            "time",
                            "Elapsed time",
                            "timestamp",
                            "date",
                            "sample #",
                            "noise1"})
    EXPECT_EQ(findLabelKind(label), LabelKind::Other) << label;
}

TEST(LeadsTest, LabelsThatDoNotTell) {
  for (const char *label : {"", "signal 0", "record 100, signal 1", "ch1",
                            "CH 2", "chan3", "Channel 4", "0", "12", "A",
                            "lead 1", "mV", "\u00B5V", "value", "unknown"})
    EXPECT_EQ(findLabelKind(label), LabelKind::Nothing) << label;
  for (const char *label :
       {"x", "Chest", "foo", "II foo", "AUX1", "CS12", "caf\xE9", "Direct_1"})
    EXPECT_EQ(findLabelKind(label), LabelKind::Unknown) << label;
}

TEST(LeadsTest, Units) {
  EXPECT_EQ(getMillivolts("mV"), 1);
  EXPECT_EQ(getMillivolts("millivolts"), 1);
  for (const char *unit :
       {"uV", "UV", "\u00B5V", "\u03BCV", "\xB5V", "microvolt"})
    EXPECT_EQ(getMillivolts(unit), 1e-3) << unit;
  EXPECT_EQ(getMillivolts("V"), 1e3);
  for (const char *unit : {"", "mmHg", "adu", "%", "mVs"})
    EXPECT_FALSE(getMillivolts(unit)) << unit;
}

/// The lead chosen among these, and the note or error as text.
std::pair<int, std::string> choose(std::vector<Lead> leads,
                                   const char *wanted = "") {
  auto choice = chooseLead("r", leads, wanted);
  if (!choice)
    return {-1, llvm::toString(choice.takeError())};
  return {int(choice->index), choice->note.value_or("")};
}

TEST(LeadsTest, FirstECG) {
  using Choice = std::pair<int, std::string>;
  const Choice first{0, ""};
  EXPECT_EQ(choose({{"MLII"}, {"V1"}}), first);
  EXPECT_EQ(choose({{"V5"}, {"MLII"}}), first);
  EXPECT_EQ(choose({{"ECG", "uV"}, {"Resp"}}), first);
  EXPECT_EQ(
      choose({{"Resp"}, {"ECG"}, {"II"}}),
      (Choice{1, "r: note: scans lead 1 'ECG' (mV), as 0 'Resp' (mV) is no "
                 "ECG by its label; --lead chooses another"}));
  EXPECT_EQ(
      choose({{"ECG", "bpm"}, {"II"}}),
      (Choice{1, "r: note: scans lead 1 'II' (mV), as 0 'ECG' (bpm) is not "
                 "in V, mV or uV; --lead chooses another"}));
  EXPECT_EQ(
      choose({{"ch1"}, {"II"}}),
      (Choice{1, "r: note: scans lead 1 'II' (mV), as 0 'ch1' (mV) is not "
                 "said to be an ECG; --lead chooses another"}));
}

// Names may count from 1.
TEST(LeadsTest, NumbersInNames) {
  EXPECT_EQ(choose({{"Channel 1"}, {"Channel 2"}}, "1").second,
            "r: note: lead 1, counted from 0, is 'Channel 2'");
  EXPECT_EQ(choose({{"Channel 0"}, {"Channel 1"}}, "1").second, "");
  EXPECT_EQ(choose({{"Channel 1"}, {"Channel 2"}}, "2").first, 1);
}

// A part of a name is that of one lead, or of none.
TEST(LeadsTest, PartsOfNames) {
  for (const char *wanted : {"V", "5", "EC", "ECG  V", "V5 ECG", " ", "-"})
    EXPECT_EQ(choose({{"EEG"}, {"ECG V5"}, {"ECG V5R"}}, wanted).first, -1)
        << wanted;
  EXPECT_EQ(
      choose({{"ECG I", "uV"}, {"ECG II", ""}, {"I filtered"}}, "I").second,
      "r: error: expects one of the leads 0 'ECG I' (uV), 1 'ECG II' (no "
      "unit), 2 'I filtered' (mV), but got 'I', which 2 of them have in "
      "their names");
}

// Leads that may be in any unit are better than none.
TEST(LeadsTest, LeadsWithoutUnit) {
  EXPECT_EQ(choose({{"EEG", ""}, {"II", ""}}).second,
            "r: note: scans lead 1 'II' (no unit), as 0 'EEG' (no unit) is no "
            "ECG by its label; --lead chooses another");
  EXPECT_EQ(choose({{"", ""}}).first, 0);
  EXPECT_EQ(
      choose({{"ECG", ""}, {"II"}}).second,
      "r: note: scans lead 1 'II' (mV), as 0 'ECG' (no unit) has no unit; "
      "--lead chooses another");
}

// Labels that say nothing, of all signals in volts, and one signal alone.
TEST(LeadsTest, SignalsWithoutNames) {
  EXPECT_EQ(choose({{""}}).first, 0);
  EXPECT_EQ(choose({{"signal 0"}, {"signal 1"}}).second, "");
  EXPECT_EQ(choose({{"ch1"}, {"SpO2", "%"}}).second, "");
  EXPECT_EQ(choose({{"ch1", "mmHg"}, {"ch2"}}).first, 1);
  EXPECT_EQ(choose({{"Chest"}}).second,
            "r: note: takes lead 'Chest' for an ECG, "
            "as it is the only signal");
}

TEST(LeadsTest, NoECG) {
  EXPECT_EQ(choose({{"EEG Cz", "uV"}, {"ch2"}, {"Foo", ""}}).second,
            "r: error: expects a signal that can be told to be an ECG in V, mV "
            "or uV, but got "
            "0 'EEG Cz' (uV), 1 'ch2' (mV), 2 'Foo' (no unit): choose one with "
            "--lead");
  for (std::vector<Lead> leads : {std::vector<Lead>{{"EEG"}},
                                  {{"Foo"}, {"Bar"}},
                                  {{"ECG", "mmHg"}},
                                  {{"EEG", ""}},
                                  {{"ECG", ""}, {"EEG", "uV"}},
                                  {{"ch1"}, {"Foo"}}})
    EXPECT_EQ(choose(leads).first, -1);
  EXPECT_LT(choose({{"EEG"}, {std::string(1 << 20, 'I')}}).second.size(), 300u);
  EXPECT_NE(choose(std::vector<Lead>(99, {"EEG"}))
                .second.find("63 'EEG' (mV), and 35 more: choose"),
            std::string::npos);
}

std::vector<size_t> findOthers(std::vector<Lead> leads,
                               llvm::StringRef wanted = "") {
  std::vector<size_t> numbers;
  for (const NumberedLead &lead :
       cantFail(chooseLead("r", leads, wanted)).others)
    numbers.push_back(lead.number);
  return numbers;
}

TEST(LeadsTest, OtherLeads) {
  using Numbers = std::vector<size_t>;
  EXPECT_EQ(findOthers({{"EEG"}, {"II"}, {"V1"}, {"Resp", "l"}, {"V5", "uV"}}),
            (Numbers{2, 4}));
  EXPECT_EQ(findOthers({{"EEG"}, {"II"}, {"V1"}}, "EEG"), (Numbers{1, 2}));
  EXPECT_EQ(findOthers({{"ch1"}, {"ch2"}, {"ch3", "l"}}), Numbers{1});
  // Where labels tell some ECGs, others are none.
  EXPECT_EQ(findOthers({{"II"}, {"ch2"}}), Numbers{});
  EXPECT_EQ(findOthers({{"EEG"}, {"ch2"}}, "ch2"), Numbers{});
}

// What is asked for is taken, and a number is one unless it is a name.
TEST(LeadsTest, WantedLeads) {
  EXPECT_EQ(choose({{"EEG"}, {"Resp", "l"}}, "Resp").first, 1);
  EXPECT_EQ(choose({{"EEG"}, {"Resp", "l"}}, "1").first, 1);
  EXPECT_EQ(choose({{"A"}, {"B"}}, "2").second,
            "r: error: expects one of the leads 0 'A' (mV), 1 'B' (mV), but "
            "got '2'");
  EXPECT_EQ(choose({{"A"}, {"B"}}, "-1").first, -1);
  EXPECT_EQ(choose({{"A"}, {"A"}}, "A").second,
            "r: error: 2 leads are named 'A', give the number of one, from 0");
  EXPECT_EQ(choose({{"0"}, {"1"}}, "1").second, "");
  EXPECT_EQ(choose({{"EEG"}, {"ECG V5"}}, "V5").first, 1);
  EXPECT_EQ(choose({{"EEG Fpz-Cz"}, {"ECG"}}, "eeg fpz").first, 0);
  EXPECT_EQ(choose({{"MLII (uV)"}, {"II (uV)"}}, "II").first, 1);
  EXPECT_EQ(
      choose({{"1"}, {"2"}}, "1").second,
      "r: note: lead '1' is the one of that name, number 0, and not number "
      "1");
}

} // namespace
