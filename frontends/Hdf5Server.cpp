//===- Hdf5Server.cpp - What the HDF5 library's process does ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Array.h"
#include "frontends/Hdf5Process.h"

#include <cerrno>
#include <cstring>
#include <hdf5.h>
#include <unistd.h>

using namespace llvm;
using namespace frieze;
using namespace frieze::hdf5;

/// Objects that a file may have, counted once for each path to them.
static constexpr size_t maxObjects = 1 << 16;
static constexpr unsigned maxDepth = 64;
/// Datasets hold at most so many bytes for one in the file: zlib's best.
static constexpr uint64_t maxCompression = 1032;

namespace {
/// Closes an object of the library. Negative where it could not be opened.
class Handle {
public:
  explicit Handle(hid_t id) : id(id) {}
  ~Handle() {
    if (id >= 0)
      H5Idec_ref(id);
  }
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  operator hid_t() const { return id; }

private:
  hid_t id;
};
} // namespace

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

/// The file in memory, which the library shall not copy. Its callbacks have no
/// other way to it.
static StringRef fileImage;

static void *getImage(size_t, H5FD_file_image_op_t, void *) {
  return const_cast<char *>(fileImage.data());
}
static void *keepImage(void *image, const void *, size_t, H5FD_file_image_op_t,
                       void *) {
  return image;
}
static herr_t releaseImage(void *, H5FD_file_image_op_t, void *) { return 0; }

static hid_t openFile() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5FD_file_image_callbacks_t callbacks = {
      getImage, keepImage, nullptr, releaseImage, nullptr, nullptr, nullptr};
  if (H5Pset_fapl_core(access, 1 << 16, /*backing_store=*/false) < 0 ||
      H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
      H5Pset_file_image(access, const_cast<char *>(fileImage.data()),
                        fileImage.size()) < 0)
    return -1;
  return H5Fopen("image", H5F_ACC_RDONLY, access);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// Whether `type` is that of bfloat16, which h5py stores as two bytes without a
/// name, as HDF5 has no such type.
static bool isBFloat16(hid_t type) {
  if (H5Tget_class(type) != H5T_OPAQUE || H5Tget_size(type) != 2)
    return false;
  char *tag = H5Tget_tag(type);
  bool isPlain = tag && *tag == 0;
  H5free_memory(tag);
  return isPlain;
}

/// Whether its elements are floating-point numbers.
static bool isFloat(hid_t type) {
  return H5Tget_class(type) == H5T_FLOAT || isBFloat16(type);
}

//===----------------------------------------------------------------------===//
// Description
//===----------------------------------------------------------------------===//

namespace {
/// Writes the description of a file. Functions yield a negative number where
/// the file is damaged, as the library's do, to which some are callbacks.
class Describer {
public:
  herr_t describe(hid_t file) {
    Handle root(H5Gopen2(file, "/", H5P_DEFAULT));
    return root < 0 ? -1 : describeObject(root, "", 0);
  }
  const std::string &getDescription() const { return description; }

private:
  /// What the callbacks get to know of a group.
  struct Group {
    Describer &describer;
    const std::string &path;
    unsigned depth;
  };

  void addInt(uint64_t value) {
    description.append(reinterpret_cast<const char *>(&value), sizeof(value));
  }
  void addString(const char *string, size_t size) {
    addInt(size);
    description.append(string, size);
  }
  void addHeader(RecordKind kind, const std::string &name, uint64_t count) {
    addInt(uint64_t(kind));
    addString(name.data(), name.size());
    addInt(count);
  }

  herr_t describeObject(hid_t object, const std::string &path, unsigned depth);
  herr_t describeDataset(hid_t dataset, const std::string &path);
  herr_t describeAttribute(hid_t object, const char *name);
  static herr_t visitLink(hid_t group, const char *name, const H5L_info_t *info,
                          void *data);
  static herr_t visitAttribute(hid_t object, const char *name,
                               const H5A_info_t *info, void *data);

  std::string description;
  size_t objectCount = 0;
};
} // namespace

herr_t Describer::describeObject(hid_t object, const std::string &path,
                                 unsigned depth) {
  if (++objectCount > maxObjects || depth > maxDepth ||
      description.size() > maxDescription)
    return -1;
  if (object < 0) {
    addHeader(RecordKind::Unreadable, path, 0);
    return 0;
  }
  H5I_type_t type = H5Iget_type(object);
  if (type == H5I_DATASET)
    return describeDataset(object, path);
  if (type != H5I_GROUP)
    return 0;
  addHeader(RecordKind::Group, path, 0);
  Group group{*this, path, depth};
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr,
                  visitAttribute, &group) < 0)
    return -1;
  return H5Literate(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, visitLink,
                    &group);
}

herr_t Describer::visitLink(hid_t group, const char *name,
                            const H5L_info_t *info, void *data) {
  // Others lead anywhere. A name with a slash would, too.
  if (info->type != H5L_TYPE_HARD || strchr(name, '/') ||
      strcmp(name, ".") == 0)
    return 0;
  auto &parent = *static_cast<Group *>(data);
  Handle object(H5Oopen(group, name, H5P_DEFAULT));
  std::string path = parent.path.empty() ? name : parent.path + '/' + name;
  return parent.describer.describeObject(object, path, parent.depth + 1);
}

herr_t Describer::visitAttribute(hid_t object, const char *name,
                                 const H5A_info_t *, void *data) {
  return static_cast<Group *>(data)->describer.describeAttribute(object, name);
}

herr_t Describer::describeAttribute(hid_t object, const char *name) {
  Handle attribute(H5Aopen(object, name, H5P_DEFAULT));
  Handle type(H5Aget_type(attribute)), space(H5Aget_space(attribute));
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0)
    return -1;
  if (count == 0) // h5py stores an empty list as numbers.
    addHeader(RecordKind::Attribute, name, 0);
  if (count == 0 || H5Tget_class(type) != H5T_STRING)
    return 0;
  // Attributes are not compressed.
  size_t size = H5Tget_size(type);
  if (size == 0 || size_t(count) > fileImage.size() / size)
    return -1;
  std::vector<char> data(count * size);
  if (H5Aread(attribute, type, data.data()) < 0)
    return -1;
  bool isVariable = H5Tis_variable_str(type) > 0;
  addHeader(RecordKind::Attribute, name, count);
  for (hssize_t index = 0; index < count; ++index) {
    const char *string = &data[index * size];
    size_t limit = size;
    if (isVariable) {
      memcpy(&string, string, sizeof(char *));
      limit = maxDescription;
    }
    addString(string, string ? strnlen(string, limit) : 0);
    if (description.size() > maxDescription)
      return -1;
  }
  return isVariable ? H5Dvlen_reclaim(type, space, H5P_DEFAULT, data.data())
                    : 0;
}

herr_t Describer::describeDataset(hid_t dataset, const std::string &path) {
  Handle type(H5Dget_type(dataset)), space(H5Dget_space(dataset));
  hsize_t sizes[H5S_MAX_RANK] = {0};
  int rank = H5Sget_simple_extent_dims(space, sizes, nullptr);
  if (type < 0 || rank < 0)
    return -1;
  if (H5Sget_simple_extent_type(space) == H5S_NULL)
    rank = 1; // of no elements
  addHeader(isFloat(type) ? RecordKind::FloatDataset : RecordKind::OtherDataset,
            path, rank);
  for (int axis = 0; axis < rank; ++axis)
    addInt(sizes[axis]);
  return 0;
}

//===----------------------------------------------------------------------===//
// Datasets
//===----------------------------------------------------------------------===//

/// Whether the elements lie in this file, and are no more than it can hold.
static bool isReadable(hid_t dataset, hid_t type, hssize_t count) {
  Handle creation(H5Dget_create_plist(dataset));
  H5D_layout_t layout = H5Pget_layout(creation);
  return (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS ||
          layout == H5D_CHUNKED) &&
         H5Pget_external_count(creation) == 0 && isFloat(type) && count >= 0 &&
         count <= maxElements &&
         count * H5Tget_size(type) / maxCompression <= fileImage.size();
}

/// The bytes of the elements, in float32 or float64.
static std::optional<std::string> readElements(hid_t file, const char *path) {
  Handle dataset(H5Dopen2(file, path, H5P_DEFAULT));
  Handle type(H5Dget_type(dataset)), space(H5Dget_space(dataset));
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (!isReadable(dataset, type, count))
    return std::nullopt;
  auto read = [&](hid_t type, size_t size) -> std::optional<std::string> {
    std::string bytes(count * size, '\0');
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
      return std::nullopt;
    return bytes;
  };
  if (isBFloat16(type)) {
    std::optional<std::string> stored = read(type, 2);
    if (!stored)
      return std::nullopt;
    // Each is the upper half of a float32; both are little endian.
    std::string bytes(count * sizeof(float), '\0');
    for (hssize_t index = 0; index < count; ++index)
      stored->copy(&bytes[4 * index + 2], 2, 2 * index);
    return bytes;
  }
  return H5Tget_size(type) <= sizeof(float)
             ? read(H5T_NATIVE_FLOAT, sizeof(float))
             : read(H5T_NATIVE_DOUBLE, sizeof(double));
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

/// Calls `transfer` (read or write) until `size` bytes are done.
template <typename Function, typename Pointer>
static bool transferAll(Function transfer, int socket, Pointer *bytes,
                        size_t size) {
  while (size > 0) {
    ssize_t count = transfer(socket, bytes, size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    bytes += count, size -= count;
  }
  return true;
}

static bool sendMessage(int socket, const void *bytes, uint64_t size) {
  return transferAll(write, socket, reinterpret_cast<const char *>(&size),
                     sizeof(size)) &&
         transferAll(write, socket, static_cast<const char *>(bytes), size);
}

static std::optional<std::string> receiveMessage(int socket) {
  uint64_t size;
  if (!transferAll(read, socket, reinterpret_cast<char *>(&size), sizeof(size)))
    return std::nullopt;
  std::string message(size, '\0');
  if (!transferAll(read, socket, message.data(), size))
    return std::nullopt;
  return message;
}

void hdf5::serve(StringRef image, int socket) {
  fileImage = image;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  Handle file(openFile());
  Describer describer;
  if (file < 0 || describer.describe(file) < 0)
    return;
  const std::string &description = describer.getDescription();
  if (!sendMessage(socket, description.data(), description.size()))
    return;
  while (std::optional<std::string> path = receiveMessage(socket)) {
    auto elements = readElements(file, path->c_str());
    uint64_t failure = noData;
    if (elements ? !sendMessage(socket, elements->data(), elements->size())
                 : !transferAll(write, socket,
                                reinterpret_cast<const char *>(&failure),
                                sizeof(failure)))
      return;
  }
}
