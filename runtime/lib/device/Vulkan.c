/*===- Vulkan.c - The loader of Vulkan, opened when asked for -----*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Vulkan.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *get_result_name(VkResult result) {
  switch (result) {
  case VK_ERROR_OUT_OF_HOST_MEMORY:
    return "out of host memory";
  case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    return "out of device memory";
  case VK_ERROR_INITIALIZATION_FAILED:
    return "initialization failed";
  case VK_ERROR_DEVICE_LOST:
    return "device lost";
  case VK_ERROR_INCOMPATIBLE_DRIVER:
    return "incompatible driver";
  case VK_ERROR_TOO_MANY_OBJECTS:
    return "too many objects";
  default:
    return "error";
  }
}

/** 0, or the status of a result that is none of success. */
int frieze_vulkan_check(VkResult result, const char *function,
                        frieze_device_error *error) {
  if (result >= 0)
    return 0;
  int status = result == VK_ERROR_OUT_OF_HOST_MEMORY ||
                       result == VK_ERROR_OUT_OF_DEVICE_MEMORY
                   ? FRIEZE_DEVICE_MEMORY
               : result == VK_ERROR_DEVICE_LOST         ? FRIEZE_DEVICE_LOST
               : result == VK_ERROR_INCOMPATIBLE_DRIVER ? FRIEZE_DEVICE_MISSING
                                                        : FRIEZE_DEVICE_FAILED;
  return frieze_device_fail(error, status, "%s%s failed: %s (%d)",
                            status == FRIEZE_DEVICE_LOST      ? "lost vulkan: "
                            : status == FRIEZE_DEVICE_MISSING ? "no vulkan: "
                                                              : "",
                            function, get_result_name(result), (int)result);
}

/*===----------------------------------------------------------------------===*\
|* Devices
\*===----------------------------------------------------------------------===*/

static int create_instance(vulkan_device *vulkan, frieze_device_error *error) {
  vulkan->library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!vulkan->library)
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                              "no vulkan: expects the loader libvulkan.so.1: "
                              "%s",
                              dlerror());
  PFN_vkGetInstanceProcAddr find;
  PFN_vkCreateInstance create = NULL;
  /* A pointer to a function is no pointer to an object in ISO C. */
  *(void **)(&find) = dlsym(vulkan->library, "vkGetInstanceProcAddr");
  if (find)
    create = (PFN_vkCreateInstance)find(NULL, "vkCreateInstance");
  if (!create)
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                              "no vulkan: libvulkan.so.1 has no "
                              "vkCreateInstance");
  const VkApplicationInfo application = {.sType =
                                             VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                         .pEngineName = "Frieze",
                                         .apiVersion = VK_API_VERSION_1_1};
  const VkInstanceCreateInfo info = {.sType =
                                         VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                     .pApplicationInfo = &application};
  int status = frieze_vulkan_check(create(&info, NULL, &vulkan->instance),
                                   "vkCreateInstance", error);
  if (status) {
    vulkan->instance = VK_NULL_HANDLE;
    return status;
  }
#define FIND(name)                                                             \
  vulkan->name = (PFN_##name)find(vulkan->instance, #name);                    \
  if (!vulkan->name)                                                           \
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,                    \
                              "no vulkan: expects Vulkan 1.1; there is no %s", \
                              #name);
  FRIEZE_INSTANCE_FUNCTIONS(FIND)
#undef FIND
  return 0;
}

static int find_physical(vulkan_device *vulkan, uint32_t index,
                         frieze_device_error *error) {
  enum { MOST = 64 };
  VkPhysicalDevice devices[MOST];
  uint32_t count = MOST;
  int status =
      CALL(vkEnumeratePhysicalDevices, vulkan->instance, &count, devices);
  if (status)
    return status;
  if (index >= count)
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                              "no vulkan:%u: the drivers have %u device%s",
                              (unsigned)index, (unsigned)count,
                              count == 1 ? "" : "s");
  vulkan->physical = devices[index];
  return 0;
}

/** Whether the device has an extension; the list is read each time. */
static int has_extension(const vulkan_device *vulkan, const char *name) {
  uint32_t count = 0;
  if (vulkan->vkEnumerateDeviceExtensionProperties(vulkan->physical, NULL,
                                                   &count, NULL))
    return 0;
  VkExtensionProperties *extensions = calloc(count + 1, sizeof *extensions);
  int found = 0;
  if (extensions && !vulkan->vkEnumerateDeviceExtensionProperties(
                        vulkan->physical, NULL, &count, extensions))
    for (uint32_t i = 0; i < count && !found; ++i)
      found = !strcmp(extensions[i].extensionName, name);
  free(extensions);
  return found;
}

/** Fills in what the device tells; extensions are what it will be asked for. */
static void fill_info(vulkan_device *vulkan, uint32_t index,
                      const char **extensions, uint32_t *extension_count) {
  static const char float_controls[] =
      VK_KHR_SHADER_FLOAT_CONTROLS_EXTENSION_NAME;
  static const char budget[] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
  vulkan->floats.sType =
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES;
  VkPhysicalDeviceProperties2 properties = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
  if (has_extension(vulkan, float_controls)) {
    extensions[(*extension_count)++] = float_controls;
    properties.pNext = &vulkan->floats;
  }
  if (has_extension(vulkan, budget)) {
    extensions[(*extension_count)++] = budget;
    vulkan->has_budget = 1;
  }
  vulkan->vkGetPhysicalDeviceProperties2(vulkan->physical, &properties);
  const VkPhysicalDeviceLimits *limits = &properties.properties.limits;
  frieze_device_info *info = &vulkan->base.info;
  info->kind = FRIEZE_VULKAN;
  info->index = index;
  info->keeps_floats = vulkan->floats.shaderDenormPreserveFloat32 &&
                       vulkan->floats.shaderSignedZeroInfNanPreserveFloat32;
  snprintf(info->name, sizeof info->name, "%s",
           properties.properties.deviceName);
  uint32_t version = properties.properties.apiVersion;
  snprintf(info->driver, sizeof info->driver, "Vulkan %u.%u, driver %#x",
           VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version),
           (unsigned)properties.properties.driverVersion);
  vulkan->base.max_groups = limits->maxComputeWorkGroupCount[0];
  vulkan->base.max_group_size = limits->maxComputeWorkGroupSize[0];
  vulkan->base.max_array_bytes = limits->maxStorageBufferRange;
  vulkan->base.alignment = limits->minStorageBufferOffsetAlignment;
  vulkan->max_buffers = limits->maxPerStageDescriptorStorageBuffers;
  vulkan->timestamp_period = limits->timestampPeriod;
}

/** Finds a queue that computes, and whether it takes times. */
static int find_queue(vulkan_device *vulkan, frieze_device_error *error) {
  enum { MOST = 32 };
  VkQueueFamilyProperties families[MOST];
  uint32_t count = MOST;
  vulkan->vkGetPhysicalDeviceQueueFamilyProperties(vulkan->physical, &count,
                                                   families);
  for (uint32_t i = 0; i < count; ++i)
    if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) {
      vulkan->family = i;
      if (!families[i].timestampValidBits)
        vulkan->timestamp_period = 0;
      return 0;
    }
  return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                            "no vulkan: %s does not compute",
                            vulkan->base.info.name);
}

static int open_device(frieze_device *opened, uint32_t index,
                       frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(opened);
  const char *extensions[2];
  uint32_t extension_count = 0;
  int status = create_instance(vulkan, error);
  if (status || (status = find_physical(vulkan, index, error)))
    return status;
  fill_info(vulkan, index, extensions, &extension_count);
  status = find_queue(vulkan, error);
  if (status)
    return status;
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
      .queueFamilyIndex = vulkan->family,
      .queueCount = 1,
      .pQueuePriorities = &priority};
  const VkDeviceCreateInfo info = {.sType =
                                       VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                   .queueCreateInfoCount = 1,
                                   .pQueueCreateInfos = &queue,
                                   .enabledExtensionCount = extension_count,
                                   .ppEnabledExtensionNames = extensions};
  VkDevice device = VK_NULL_HANDLE;
  status = CALL(vkCreateDevice, vulkan->physical, &info, NULL, &device);
  if (status)
    return status;
#define FIND(name)                                                             \
  vulkan->name = (PFN_##name)vulkan->vkGetDeviceProcAddr(device, #name);
  FRIEZE_DEVICE_FUNCTIONS(FIND)
#undef FIND
  vulkan->device = device;
  vulkan->vkGetDeviceQueue(device, vulkan->family, 0, &vulkan->queue);
  VkPhysicalDeviceMemoryProperties2 memory = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
  vulkan->vkGetPhysicalDeviceMemoryProperties2(vulkan->physical, &memory);
  vulkan->memory = memory.memoryProperties;
  /* Half of the numbers, which no program is given as addresses. */
  vulkan->next_pointer = ~(UINTPTR_MAX >> 1);
  return 0;
}

static void close_device(frieze_device *device) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
  if (vulkan->device)
    vulkan->vkDestroyDevice(vulkan->device, NULL);
  if (vulkan->instance && vulkan->vkDestroyInstance)
    vulkan->vkDestroyInstance(vulkan->instance, NULL);
  if (vulkan->library)
    dlclose(vulkan->library);
}

static int enter(frieze_device *device, frieze_device_error *error) {
  (void)device;
  (void)error;
  return 0;
}

static void leave(frieze_device *device) { (void)device; }

/** The memory of the device itself: its largest heap. */
static uint32_t find_heap(const vulkan_device *vulkan) {
  uint32_t best = 0;
  VkDeviceSize bytes = 0;
  for (uint32_t i = 0; i < vulkan->memory.memoryHeapCount; ++i) {
    const VkMemoryHeap *heap = &vulkan->memory.memoryHeaps[i];
    if (heap->flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT && heap->size > bytes) {
      best = i;
      bytes = heap->size;
    }
  }
  return best;
}

static int find_free(frieze_device *device, uint64_t *bytes,
                     frieze_device_error *error) {
  (void)error;
  vulkan_device *vulkan = frieze_get_vulkan(device);
  uint32_t heap = find_heap(vulkan);
  uint64_t size = vulkan->memory.memoryHeaps[heap].size;
  device->info.memory_bytes = size;
  *bytes = size > vulkan->used_bytes ? size - vulkan->used_bytes : 0;
  if (vulkan->has_budget) {
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
        .sType =
            VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 memory = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
        .pNext = &budget};
    vulkan->vkGetPhysicalDeviceMemoryProperties2(vulkan->physical, &memory);
    *bytes = budget.heapBudget[heap] > budget.heapUsage[heap]
                 ? budget.heapBudget[heap] - budget.heapUsage[heap]
                 : 0;
  }
  return 0;
}

/*===----------------------------------------------------------------------===*\
|* Memory
\*===----------------------------------------------------------------------===*/

/** The first type of memory that has the properties; -1 if none has. */
static int find_type(const vulkan_device *vulkan, uint32_t types,
                     VkMemoryPropertyFlags wanted) {
  for (uint32_t i = 0; i < vulkan->memory.memoryTypeCount; ++i)
    if (types >> i & 1 &&
        (vulkan->memory.memoryTypes[i].propertyFlags & wanted) == wanted)
      return (int)i;
  return -1;
}

/** The type of memory to allocate at a place. Vulkan promises the last of
 * each. */
static int choose_type(const vulkan_device *vulkan, uint32_t types,
                       enum frieze_place place) {
  const VkMemoryPropertyFlags visible = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                        VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  int type =
      place == FRIEZE_PINNED
          ? find_type(vulkan, types,
                      visible | VK_MEMORY_PROPERTY_HOST_CACHED_BIT)
          : find_type(vulkan, types, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  return type >= 0
             ? type
             : find_type(vulkan, types, place == FRIEZE_PINNED ? visible : 0);
}

void frieze_vulkan_release(frieze_device *device, frieze_memory *memory) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
  vulkan->vkDestroyBuffer(vulkan->device, TO_BUFFER(memory->region.handle),
                          NULL);
  vulkan->vkFreeMemory(vulkan->device, TO_MEMORY(memory->backing), NULL);
  if (!memory->host)
    vulkan->used_bytes -= memory->region.bytes;
}

/** Gives a buffer memory. */
static int back_buffer(vulkan_device *vulkan, VkBuffer buffer,
                       enum frieze_place place, frieze_memory *memory,
                       frieze_device_error *error) {
  VkMemoryRequirements needed;
  vulkan->vkGetBufferMemoryRequirements(vulkan->device, buffer, &needed);
  int type = choose_type(vulkan, needed.memoryTypeBits, place);
  if (type < 0)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "%s has no memory for storage buffers",
                              vulkan->base.info.name);
  const VkMemoryAllocateInfo info = {.sType =
                                         VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                     .allocationSize = needed.size,
                                     .memoryTypeIndex = (uint32_t)type};
  VkDeviceMemory backing = VK_NULL_HANDLE;
  int status = CALL(vkAllocateMemory, vulkan->device, &info, NULL, &backing);
  if (status)
    return status;
  status = CALL(vkBindBufferMemory, vulkan->device, buffer, backing, 0);
  if (!status && place == FRIEZE_PINNED)
    status = CALL(vkMapMemory, vulkan->device, backing, 0, VK_WHOLE_SIZE, 0,
                  &memory->host);
  if (status)
    vulkan->vkFreeMemory(vulkan->device, backing, NULL);
  else
    memory->backing = TO_NUMBER(backing);
  return status;
}

int frieze_vulkan_allocate(frieze_device *device, enum frieze_place place,
                           uint64_t bytes, frieze_memory *memory,
                           frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
  /* Updates are of whole words. */
  const uint64_t rounded = (bytes + 3) / 4 * 4;
  const VkBufferCreateInfo info = {.sType =
                                       VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                   .size = rounded,
                                   .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                            VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                            VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                   .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
  VkBuffer buffer = VK_NULL_HANDLE;
  int status = CALL(vkCreateBuffer, vulkan->device, &info, NULL, &buffer);
  if (status)
    return status;
  status = back_buffer(vulkan, buffer, place, memory, error);
  if (status) {
    vulkan->vkDestroyBuffer(vulkan->device, buffer, NULL);
    return status;
  }
  memory->region = (frieze_region){TO_NUMBER(buffer), 0, rounded};
  memory->pointer = memory->host;
  if (place != FRIEZE_PINNED) {
    memory->pointer = (void *)vulkan->next_pointer;
    /* Apart, so that a pointer behind the end of one is none into the next. */
    vulkan->next_pointer += (uintptr_t)(rounded / 4096 + 2) * 4096;
    vulkan->used_bytes += rounded;
  }
  return 0;
}

static int locate(frieze_device *device, const void *pointer,
                  enum frieze_place *place, frieze_region *region,
                  frieze_device_error *error) {
  (void)device;
  (void)pointer;
  (void)error;
  *place = FRIEZE_PAGEABLE;
  region->handle = region->offset = 0;
  return 0;
}

const frieze_driver frieze_vulkan_driver = {sizeof(vulkan_device),
                                            open_device,
                                            close_device,
                                            enter,
                                            leave,
                                            find_free,
                                            frieze_vulkan_allocate,
                                            frieze_vulkan_release,
                                            locate,
                                            frieze_vulkan_load,
                                            frieze_vulkan_unload,
                                            frieze_vulkan_create_lane,
                                            frieze_vulkan_destroy_lane,
                                            frieze_vulkan_begin,
                                            frieze_vulkan_copy,
                                            frieze_vulkan_launch,
                                            frieze_vulkan_mark,
                                            frieze_vulkan_submit,
                                            frieze_vulkan_wait};
