//===- NPYRecording.cpp - Recordings in NumPy arrays ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/NumpyFile.h"
#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

class NPYRecording : public Recording {
public:
  NPYRecording(SampleFile file, uint64_t dataOffset, const NpyHeader &header,
               uint64_t column, Calibration calibration)
      : file(std::move(file)), type(header.type),
        calibration(std::move(calibration)) {
    unit = this->calibration.unit;
    length = header.shape[0];
    const uint64_t leads = header.shape.size() == 2 ? header.shape[1] : 1;
    stride = header.isFortran ? 1 : leads;
    offset =
        dataOffset + (header.isFortran ? column * length : column) * type.size;
  }

  Error read(uint64_t first, MutableArrayRef<float> samples) const override {
    constexpr uint64_t pieceSize = 1 << 20;
    const uint64_t most =
        std::max<uint64_t>(1, pieceSize / (stride * type.size));
    std::vector<uint8_t> bytes;
    while (!samples.empty()) {
      uint64_t count = std::min<uint64_t>(most, samples.size());
      // From the first sample to the last, without what follows in its row.
      bytes.resize(((count - 1) * stride + 1) * type.size);
      if (Error error = file.read(offset + first * stride * type.size, bytes))
        return error;
      for (uint64_t i = 0; i < count; ++i) {
        const uint8_t *element = &bytes[i * stride * type.size];
        samples[i] = float(calibration.toMillivolts(decodeElements(
            StringRef(reinterpret_cast<const char *>(element), type.size),
            type)[0]));
      }
      first += count;
      samples = samples.drop_front(count);
    }
    return Error::success();
  }

private:
  SampleFile file;
  ElementType type;
  Calibration calibration;
  /// Elements from one sample to the next; byte of the first.
  uint64_t stride, offset;
};

} // namespace

Expected<std::unique_ptr<Recording>>
frieze::ecg::openNPY(SampleFile file, const RecordingOptions &options) {
  const std::string path = file.getPath();
  constexpr uint64_t mostHeader = 1 << 16;
  Expected<std::string> start = file.readStart(mostHeader);
  if (!start)
    return start.takeError();
  StringRef rest = *start;
  Expected<NpyHeader> header = takeNpyHeader(rest);
  if (!header)
    return fileError(path, toString(header.takeError()));
  const uint64_t dataOffset = start->size() - rest.size();
  if (header->type.kind == ElementKind::Bool)
    return fileError(path, "expects numbers, but got truth values");

  ArrayRef<int64_t> shape = header->shape;
  if (shape.empty() || shape.size() > 2 ||
      any_of(shape, [](int64_t size) { return size < 0; }))
    return fileError(path, "expects an array of samples, or of samples and "
                           "leads, but got shape " +
                               formatShape(shape));
  const uint64_t leads = shape.size() == 2 ? shape[1] : 1;
  // Else it is most likely the wrong way round.
  if (leads == 0 || leads > uint64_t(std::max<int64_t>(shape[0], 1)))
    return fileError(path, "expects samples along the first axis and leads "
                           "along the second, but got shape " +
                               formatShape(shape));
  const uint64_t row = leads * header->type.size;
  const uint64_t available = file.getSize() - dataOffset;
  if (uint64_t(shape[0]) > available / row ||
      uint64_t(shape[0]) * row != available)
    return fileError(path, "expects data for shape " + formatShape(shape) +
                               ", but got " + Twine(available) + " bytes");

  std::vector<Lead> columns;
  for (uint64_t column = 0; column < leads; ++column)
    columns.push_back({std::to_string(column), /*unit=*/""});
  Expected<LeadChoice> choice = chooseLead(path, columns, options.lead);
  if (!choice)
    return choice.takeError();
  Lead lead = columns[choice->index];
  if (leads == 1)
    lead.label.clear();
  Expected<Calibration> calibration = calibrate(path, lead, options);
  Error problems = calibration ? Error::success() : calibration.takeError();
  problems = joinErrors(std::move(problems),
                        options.rate ? checkRate(path, options, *options.rate)
                                     : missingRate(path));
  if (problems)
    return problems;
  auto recording = std::make_unique<NPYRecording>(
      std::move(file), dataOffset, *header, choice->index, *calibration);
  recording->setLead(*choice, lead.label);
  recording->rate = *options.rate;
  recording->frameRate = recording->rate;
  return recording;
}
