//===- ZipArchive.cpp - Members of zip archives -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ZipArchive.h"
#include "frontends/Array.h"
#include "frontends/Files.h"

#include <zip.h>

using namespace llvm;
using namespace frieze;

void ZipArchive::Closer::operator()(zip_t *archive) const {
  zip_discard(archive);
}

Expected<ZipArchive> ZipArchive::open(StringRef bytes) {
  // Without bytes, libzip would begin an archive.
  if (!isZip(bytes))
    return makeError("expects a zip archive");
  zip_error_t error;
  zip_error_init(&error);
  auto fail = [&] {
    std::string message = zip_error_strerror(&error);
    zip_error_fini(&error);
    return makeError("damaged zip archive: " + message);
  };
  zip_source_t *source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source)
    return fail();
  zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (!archive) {
    zip_source_free(source);
    return fail();
  }
  zip_error_fini(&error);
  return ZipArchive(archive, bytes.size());
}

std::vector<std::string> ZipArchive::getNames() const {
  std::vector<std::string> names;
  zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t index = 0; index < count; ++index)
    if (const char *name = zip_get_name(archive.get(), index, 0))
      names.push_back(name);
  return names;
}

bool ZipArchive::contains(StringRef name) const {
  return zip_name_locate(archive.get(), name.str().c_str(), 0) >= 0;
}

Expected<std::string> ZipArchive::read(StringRef name, size_t limit) const {
  auto fail = [&](const Twine &problem) {
    return makeError("damaged archive member '" + name + "': " + problem);
  };
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive.get(), name.str().c_str(), 0, &stat) != 0)
    return makeError("expects an archive member '" + name + "'");
  zip_uint64_t required = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if ((stat.valid & required) != required)
    return fail("size unknown");
  const zip_uint64_t honestSize = 1 << 26, honestRatio = 100;
  if (stat.size > limit ||
      (stat.size > honestSize && stat.size / honestRatio > stat.comp_size))
    return makeError("archive member '" + name + "' is too large, with " +
                     Twine(uint64_t(stat.size)) + " bytes");
  zip_file_t *file = zip_fopen(archive.get(), name.str().c_str(), 0);
  if (!file)
    return fail(zip_strerror(archive.get()));
  // Grown as data arrives, beyond what a stored member has: the stated size may
  // be a lie.
  std::string bytes;
  bytes.reserve(std::min<uint64_t>(stat.size, size));
  std::vector<char> chunk(1 << 16);
  zip_int64_t count = 0;
  while (bytes.size() <= stat.size &&
         (count = zip_fread(file, chunk.data(), chunk.size())) > 0)
    bytes.append(chunk.data(), count);
  std::string problem;
  if (count < 0)
    problem = zip_file_strerror(file);
  // Closing checks the CRC of what was read.
  int closed = zip_fclose(file);
  if (count < 0)
    return fail(problem);
  if (bytes.size() != stat.size || closed != 0)
    return fail("size or checksum differ from what is stated");
  return bytes;
}

Expected<std::string>
frieze::formatZip(ArrayRef<std::pair<std::string, std::string>> members) {
  zip_source_t *buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_t *archive =
      buffer ? zip_open_from_source(buffer, ZIP_TRUNCATE, nullptr) : nullptr;
  if (!archive) {
    zip_source_free(buffer);
    return makeError("zip is out of memory");
  }
  // Closing the archive frees the source, unless someone keeps it.
  zip_source_keep(buffer);
  bool failed = false;
  for (const auto &[name, bytes] : members) {
    zip_source_t *source =
        zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    zip_int64_t index =
        zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0)
      zip_source_free(source);
    // The first day that zip can express.
    failed |= index < 0 ||
              zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
              zip_file_set_dostime(archive, index, 0, (1 << 5) | 1, 0) != 0;
  }
  std::string bytes;
  if (failed || zip_close(archive) != 0) {
    zip_discard(archive);
    failed = true;
  } else {
    zip_stat_t stat;
    zip_stat_init(&stat);
    failed =
        zip_source_stat(buffer, &stat) != 0 || zip_source_open(buffer) != 0;
    if (!failed) {
      bytes.resize(stat.size);
      failed = zip_source_read(buffer, bytes.data(), bytes.size()) !=
               zip_int64_t(bytes.size());
      zip_source_close(buffer);
    }
  }
  zip_source_free(buffer);
  if (failed)
    return makeError("zip archive cannot be built");
  return bytes;
}
