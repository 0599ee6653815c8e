//===- Hdf5File.cpp - Read access to an HDF5 file in memory -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Hdf5File.h"
#include "llvm/ADT/STLExtras.h"

#include <hdf5.h>

using namespace llvm;
using namespace frieze;

static_assert(std::is_same_v<hid_t, int64_t>);

/// An attribute or a list of names is no larger.
static constexpr size_t maxStringBytes = size_t(1) << 26;

namespace {
/// Closes an HDF5 identifier.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id(id), close(close) {}
  ~Handle() {
    if (id >= 0)
      close(id);
  }
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  operator hid_t() const { return id; }
  bool isValid() const { return id >= 0; }

private:
  hid_t id;
  herr_t (*close)(hid_t);
};
} // namespace

Expected<std::unique_ptr<Hdf5File>> Hdf5File::open(StringRef bytes) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  // A filter of the file must not load code.
  H5PLset_loading_state(0);
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // No backing store: the name is only a name.
  if (!access.isValid() || H5Pset_fapl_core(access, 1 << 16, false) < 0 ||
      H5Pset_file_image(access, const_cast<char *>(bytes.data()),
                        bytes.size()) < 0)
    return makeError("HDF5 is out of memory");
  hid_t file = H5Fopen("model.h5", H5F_ACC_RDONLY, access);
  if (file < 0)
    return makeError("damaged HDF5 file");
  return std::unique_ptr<Hdf5File>(new Hdf5File(file, bytes.size()));
}

Hdf5File::~Hdf5File() { H5Fclose(file); }

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// Opens an object, link by link, each of them a hard one: others may lead out
/// of the file, or nowhere.
static hid_t openObject(hid_t file, StringRef path) {
  SmallVector<StringRef> parts;
  path.split(parts, '/', -1, /*KeepEmpty=*/false);
  std::string prefix = "/";
  for (StringRef part : parts) {
    prefix += part;
    H5L_info_t info;
    if (H5Lget_info(file, prefix.c_str(), &info, H5P_DEFAULT) < 0 ||
        info.type != H5L_TYPE_HARD)
      return -1;
    prefix += "/";
  }
  return H5Oopen(file, prefix.c_str(), H5P_DEFAULT);
}

bool Hdf5File::isGroup(StringRef path) const {
  Handle object(openObject(file, path), H5Oclose);
  return object.isValid() && H5Iget_type(object) == H5I_GROUP;
}

bool Hdf5File::isDataset(StringRef path) const {
  Handle object(openObject(file, path), H5Oclose);
  return object.isValid() && H5Iget_type(object) == H5I_DATASET;
}

static herr_t collectName(hid_t, const char *name, const H5L_info_t *,
                          void *data) {
  static_cast<std::vector<std::string> *>(data)->push_back(name);
  return 0;
}

std::vector<std::string> Hdf5File::getChildren(StringRef path) const {
  std::vector<std::string> names;
  Handle group(openObject(file, path), H5Oclose);
  if (group.isValid() && H5Iget_type(group) == H5I_GROUP)
    H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collectName,
               &names);
  llvm::sort(names);
  return names;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// The elements of a string attribute, fixed or variable in length.
static std::optional<std::vector<std::string>> readStrings(hid_t object,
                                                           StringRef name) {
  std::string key = name.str();
  if (H5Aexists(object, key.c_str()) <= 0)
    return std::nullopt;
  Handle attribute(H5Aopen(object, key.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.isValid())
    return std::nullopt;
  Handle type(H5Aget_type(attribute), H5Tclose);
  Handle space(H5Aget_space(attribute), H5Sclose);
  if (!type.isValid() || !space.isValid())
    return std::nullopt;
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0 || size_t(count) > maxStringBytes)
    return std::nullopt;
  std::vector<std::string> strings;
  if (count == 0)
    return strings; // h5py stores an empty list as numbers.
  if (H5Tget_class(type) != H5T_STRING)
    return std::nullopt;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char *> pointers(count, nullptr);
    Handle memory(H5Tcopy(type), H5Tclose);
    if (H5Aread(attribute, memory, pointers.data()) < 0)
      return std::nullopt;
    for (char *pointer : pointers)
      strings.push_back(pointer ? pointer : "");
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
    return strings;
  }
  size_t length = H5Tget_size(type);
  if (length == 0 || length > maxStringBytes / size_t(count))
    return std::nullopt;
  std::string bytes(length * count, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0)
    return std::nullopt;
  for (hssize_t index = 0; index < count; ++index) {
    StringRef padded = StringRef(bytes).substr(index * length, length);
    strings.push_back(padded.take_until([](char c) { return c == 0; }).str());
  }
  return strings;
}

std::optional<std::string> Hdf5File::getString(StringRef path,
                                               StringRef attribute) const {
  Handle object(openObject(file, path), H5Oclose);
  if (!object.isValid())
    return std::nullopt;
  auto strings = readStrings(object, attribute);
  if (!strings || strings->size() != 1)
    return std::nullopt;
  return strings->front();
}

std::optional<std::vector<std::string>>
Hdf5File::getStrings(StringRef path, StringRef attribute) const {
  Handle object(openObject(file, path), H5Oclose);
  if (!object.isValid())
    return std::nullopt;
  if (auto strings = readStrings(object, attribute))
    return strings;
  // Keras splits lists that exceed the 64 KiB of an object header.
  std::vector<std::string> all;
  for (unsigned part = 0;; ++part) {
    auto strings = readStrings(object, attribute.str() + std::to_string(part));
    if (!strings)
      return part == 0 ? std::nullopt : std::make_optional(all);
    llvm::append_range(all, *strings);
  }
}

//===----------------------------------------------------------------------===//
// Datasets
//===----------------------------------------------------------------------===//

/// Whether the data of a dataset lies in the file and needs no plugin.
static bool isSelfContained(hid_t dataset) {
  Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (!creation.isValid() || H5Pget_external_count(creation) != 0 ||
      H5Pget_layout(creation) == H5D_VIRTUAL)
    return false;
  int count = H5Pget_nfilters(creation);
  for (int index = 0; index < count; ++index) {
    unsigned flags, config;
    size_t parameters = 0;
    H5Z_filter_t filter = H5Pget_filter2(creation, index, &flags, &parameters,
                                         nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32)
      return false;
  }
  return count >= 0;
}

Expected<SmallVector<int64_t>> Hdf5File::getDatasetShape(StringRef path) const {
  Handle dataset(openObject(file, path), H5Oclose);
  if (!dataset.isValid() || H5Iget_type(dataset) != H5I_DATASET)
    return makeError("expects a dataset at " + path);
  Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type.isValid() || H5Tget_class(type) != H5T_FLOAT)
    return makeError("expects floating-point numbers at " + path);
  Handle space(H5Dget_space(dataset), H5Sclose);
  int rank = space.isValid() ? H5Sget_simple_extent_ndims(space) : -1;
  if (rank < 0 || rank > H5S_MAX_RANK)
    return makeError("damaged HDF5 dataset at " + path);
  SmallVector<hsize_t> sizes(rank);
  if (rank > 0 && H5Sget_simple_extent_dims(space, sizes.data(), nullptr) < 0)
    return makeError("damaged HDF5 dataset at " + path);
  SmallVector<int64_t> shape(sizes.begin(), sizes.end());
  if (!countElements(shape))
    return makeError("expects at most " + Twine(maxElements) + " elements at " +
                     path + ", but got shape " + formatShape(shape));
  return shape;
}

Expected<Array> Hdf5File::readDataset(StringRef path) const {
  Expected<SmallVector<int64_t>> shape = getDatasetShape(path);
  if (!shape)
    return shape.takeError();
  Handle dataset(openObject(file, path), H5Oclose);
  Array array{*shape, {}};
  int64_t count = *countElements(*shape);
  if (count == 0)
    return array;
  // No more than the file can hold: deflate shrinks by 1032 at most.
  if (!dataset.isValid() || !isSelfContained(dataset) ||
      H5Dget_storage_size(dataset) == 0 || uint64_t(count) / 1032 > size)
    return makeError("damaged HDF5 dataset at " + path);
  array.values.resize(count);
  if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
              array.values.data()) < 0)
    return makeError("damaged HDF5 dataset at " + path);
  return array;
}
