/*===- Vulkan.c - The loader of Vulkan, opened when asked for -----*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Driver.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRIEZE_INSTANCE_FUNCTIONS(USE)                                         \
  USE(vkDestroyInstance)                                                       \
  USE(vkEnumeratePhysicalDevices)                                              \
  USE(vkEnumerateDeviceExtensionProperties)                                    \
  USE(vkGetPhysicalDeviceProperties2)                                          \
  USE(vkGetPhysicalDeviceMemoryProperties2)                                    \
  USE(vkGetPhysicalDeviceQueueFamilyProperties)                                \
  USE(vkCreateDevice)                                                          \
  USE(vkGetDeviceProcAddr)

#define FRIEZE_DEVICE_FUNCTIONS(USE)                                           \
  USE(vkDestroyDevice)                                                         \
  USE(vkDeviceWaitIdle)                                                        \
  USE(vkGetDeviceQueue)                                                        \
  USE(vkCreateBuffer)                                                          \
  USE(vkDestroyBuffer)                                                         \
  USE(vkGetBufferMemoryRequirements)                                           \
  USE(vkAllocateMemory)                                                        \
  USE(vkFreeMemory)                                                            \
  USE(vkBindBufferMemory)                                                      \
  USE(vkMapMemory)                                                             \
  USE(vkCreateShaderModule)                                                    \
  USE(vkDestroyShaderModule)                                                   \
  USE(vkCreateDescriptorSetLayout)                                             \
  USE(vkDestroyDescriptorSetLayout)                                            \
  USE(vkCreatePipelineLayout)                                                  \
  USE(vkDestroyPipelineLayout)                                                 \
  USE(vkCreateComputePipelines)                                                \
  USE(vkDestroyPipeline)                                                       \
  USE(vkCreateDescriptorPool)                                                  \
  USE(vkDestroyDescriptorPool)                                                 \
  USE(vkAllocateDescriptorSets)                                                \
  USE(vkUpdateDescriptorSets)                                                  \
  USE(vkCreateCommandPool)                                                     \
  USE(vkDestroyCommandPool)                                                    \
  USE(vkAllocateCommandBuffers)                                                \
  USE(vkBeginCommandBuffer)                                                    \
  USE(vkEndCommandBuffer)                                                      \
  USE(vkCreateFence)                                                           \
  USE(vkDestroyFence)                                                          \
  USE(vkResetFences)                                                           \
  USE(vkWaitForFences)                                                         \
  USE(vkCreateQueryPool)                                                       \
  USE(vkDestroyQueryPool)                                                      \
  USE(vkGetQueryPoolResults)                                                   \
  USE(vkQueueSubmit)                                                           \
  USE(vkCmdBindPipeline)                                                       \
  USE(vkCmdBindDescriptorSets)                                                 \
  USE(vkCmdCopyBuffer)                                                         \
  USE(vkCmdUpdateBuffer)                                                       \
  USE(vkCmdDispatch)                                                           \
  USE(vkCmdPipelineBarrier)                                                    \
  USE(vkCmdResetQueryPool)                                                     \
  USE(vkCmdWriteTimestamp)

#define DECLARE(name) PFN_##name name;

typedef struct vulkan_device {
  frieze_device base;
  void *library;
  VkInstance instance;
  VkPhysicalDevice physical;
  VkDevice device;
  VkQueue queue;
  uint32_t family;
  VkPhysicalDeviceMemoryProperties memory;
  /** What pointers are made of for callers: addresses that no memory has. */
  uintptr_t next_pointer;
  /** Bytes that are allocated on the device. */
  uint64_t used_bytes;
  uint32_t max_buffers;
  /** Nanoseconds of a time stamp's unit; 0 where the queue takes none. */
  double timestamp_period;
  uint32_t has_budget;
  /** What code can ask for. */
  VkPhysicalDeviceFloatControlsProperties floats;
  FRIEZE_INSTANCE_FUNCTIONS(DECLARE)
  FRIEZE_DEVICE_FUNCTIONS(DECLARE)
} vulkan_device;

struct frieze_code {
  uint32_t buffers;
  uint64_t kernels;
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout layout;
  VkPipeline pipelines[];
};

struct frieze_lane {
  const frieze_code *code;
  VkCommandPool pool;
  VkCommandBuffer commands;
  VkFence fence;
  VkQueryPool queries;
  VkDescriptorPool descriptors;
  VkDescriptorSet set;
  /** The last parameter of the kernels. */
  frieze_memory count;
  VkDescriptorBufferInfo *infos;
  VkWriteDescriptorSet *writes;
  int is_submitted;
};

static vulkan_device *get_vulkan(frieze_device *device) {
  return (vulkan_device *)device;
}

/* Handles are pointers or numbers, by the machine. */
#define TO_NUMBER(handle) ((uint64_t)(handle))
#define TO_BUFFER(number) ((VkBuffer)(number))
#define TO_MEMORY(number) ((VkDeviceMemory)(number))

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
static int check(VkResult result, const char *function,
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

#define CALL(function, ...)                                                    \
  check(vulkan->function(__VA_ARGS__), #function, error)

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
  int status =
      check(create(&info, NULL, &vulkan->instance), "vkCreateInstance", error);
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
  vulkan_device *vulkan = get_vulkan(opened);
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
  vulkan_device *vulkan = get_vulkan(device);
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
  vulkan_device *vulkan = get_vulkan(device);
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

static void release(frieze_device *device, frieze_memory *memory) {
  vulkan_device *vulkan = get_vulkan(device);
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

static int allocate(frieze_device *device, enum frieze_place place,
                    uint64_t bytes, frieze_memory *memory,
                    frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
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

/*===----------------------------------------------------------------------===*\
|* Code
\*===----------------------------------------------------------------------===*/

/* The binary form of SPIR-V. */
enum {
  SPIRV_HEADER_WORDS = 5,
  SPIRV_OP_EXTENSION = 10,
  SPIRV_OP_EXECUTION_MODE = 16,
  SPIRV_OP_CAPABILITY = 17,
  SPIRV_DENORM_PRESERVE = 4464,
  SPIRV_SIGNED_ZERO_INF_NAN_PRESERVE = 4466,
  SPIRV_ROUNDING_MODE_RTE = 4467,
  /* From a capability to the execution mode that it is for. */
  SPIRV_MODE_OF_CAPABILITY = -5
};

/** Whether the device keeps what a capability of SPV_KHR_float_controls asks
 * for; any other one has to be there. */
static int has_capability(const vulkan_device *vulkan, uint32_t capability) {
  switch (capability) {
  case SPIRV_DENORM_PRESERVE:
    return (int)vulkan->floats.shaderDenormPreserveFloat32;
  case SPIRV_SIGNED_ZERO_INF_NAN_PRESERVE:
    return (int)vulkan->floats.shaderSignedZeroInfNanPreserveFloat32;
  case SPIRV_ROUNDING_MODE_RTE:
    return (int)vulkan->floats.shaderRoundingModeRTEFloat32;
  default:
    return 1;
  }
}

/** Whether an instruction asks for what the device lacks. */
static int is_refused(const vulkan_device *vulkan, const uint32_t *words,
                      uint32_t length) {
  switch (words[0] & 0xffff) {
  case SPIRV_OP_CAPABILITY:
    return length > 1 && !has_capability(vulkan, words[1]);
  case SPIRV_OP_EXECUTION_MODE:
    return length > 2 &&
           !has_capability(vulkan, words[2] - SPIRV_MODE_OF_CAPABILITY);
  case SPIRV_OP_EXTENSION:
    /* Without the extension there are no properties of it. */
    return length > 1 && !vulkan->floats.shaderDenormPreserveFloat32 &&
           !vulkan->floats.shaderSignedZeroInfNanPreserveFloat32 &&
           !vulkan->floats.shaderRoundingModeRTEFloat32 &&
           !strncmp((const char *)&words[1], "SPV_KHR_float_controls",
                    (length - 1) * sizeof *words);
  default:
    return 0;
  }
}

/** The words without what the device would refuse, and works without. */
static uint32_t *filter(const vulkan_device *vulkan, const uint32_t *words,
                        size_t *count) {
  uint32_t *kept = malloc(*count * sizeof *kept);
  size_t end = 0;
  for (size_t i = 0; i < *count && kept;) {
    uint32_t length = i ? words[i] >> 16 : SPIRV_HEADER_WORDS;
    if (!length || length > *count - i)
      length = (uint32_t)(*count - i);
    if (!i || !is_refused(vulkan, &words[i], length)) {
      memcpy(&kept[end], &words[i], length * sizeof *kept);
      end += length;
    }
    i += length;
  }
  *count = end;
  return kept;
}

static void unload(frieze_device *device, frieze_code *code) {
  vulkan_device *vulkan = get_vulkan(device);
  if (!code)
    return;
  for (uint64_t i = 0; i < code->kernels; ++i)
    vulkan->vkDestroyPipeline(vulkan->device, code->pipelines[i], NULL);
  vulkan->vkDestroyPipelineLayout(vulkan->device, code->layout, NULL);
  vulkan->vkDestroyDescriptorSetLayout(vulkan->device, code->set_layout, NULL);
  free(code);
}

/** Creates the layout of the parameters. */
static int create_layout(vulkan_device *vulkan, frieze_code *code,
                         frieze_device_error *error) {
  /* The last one is the count. */
  uint32_t bindings = code->buffers + 1;
  if (bindings > vulkan->max_buffers)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects a device with %u storage buffers, but "
                              "%s has %u",
                              (unsigned)bindings, vulkan->base.info.name,
                              (unsigned)vulkan->max_buffers);
  VkDescriptorSetLayoutBinding *layouts = calloc(bindings, sizeof *layouts);
  if (!layouts)
    return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  for (uint32_t i = 0; i < bindings; ++i)
    layouts[i] =
        (VkDescriptorSetLayoutBinding){i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1,
                                       VK_SHADER_STAGE_COMPUTE_BIT, NULL};
  const VkDescriptorSetLayoutCreateInfo set = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
      .bindingCount = bindings,
      .pBindings = layouts};
  int status = CALL(vkCreateDescriptorSetLayout, vulkan->device, &set, NULL,
                    &code->set_layout);
  free(layouts);
  if (status)
    return status;
  const VkPipelineLayoutCreateInfo pipeline = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
      .setLayoutCount = 1,
      .pSetLayouts = &code->set_layout};
  return CALL(vkCreatePipelineLayout, vulkan->device, &pipeline, NULL,
              &code->layout);
}

static int create_pipelines(vulkan_device *vulkan,
                            const frieze_device_code *source,
                            VkShaderModule module, frieze_code *code,
                            frieze_device_error *error) {
  int status = 0;
  for (uint64_t i = 0; i < code->kernels && !status; ++i) {
    const frieze_device_kernel *kernel =
        i < source->kernel_count
            ? &source->kernels[i]
            : &source->stream_kernels[i - source->kernel_count];
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = kernel->entry},
        .layout = code->layout};
    status = CALL(vkCreateComputePipelines, vulkan->device, VK_NULL_HANDLE, 1,
                  &info, NULL, &code->pipelines[i]);
  }
  return status;
}

static int load(frieze_device *device, const frieze_device_code *source,
                uint32_t buffers, frieze_code **loaded,
                frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
  uint64_t kernels = source->kernel_count + source->stream_kernel_count;
  size_t words = (size_t)(source->code_bytes / sizeof(uint32_t));
  frieze_code *code = calloc(1, sizeof *code + kernels * sizeof(VkPipeline));
  uint32_t *filtered = code ? filter(vulkan, source->code, &words) : NULL;
  int status;
  if (filtered) {
    code->buffers = buffers;
    code->kernels = kernels;
    status = create_layout(vulkan, code, error);
  } else {
    status = frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  }
  if (!status) {
    const VkShaderModuleCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = words * sizeof(uint32_t),
        .pCode = filtered};
    VkShaderModule module = VK_NULL_HANDLE;
    status = CALL(vkCreateShaderModule, vulkan->device, &info, NULL, &module);
    if (!status) {
      status = create_pipelines(vulkan, source, module, code, error);
      vulkan->vkDestroyShaderModule(vulkan->device, module, NULL);
    }
  }
  free(filtered);
  if (status)
    unload(device, code);
  else
    *loaded = code;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Work
\*===----------------------------------------------------------------------===*/

static void destroy_lane(frieze_device *device, frieze_lane *lane) {
  vulkan_device *vulkan = get_vulkan(device);
  if (!lane)
    return;
  vulkan->vkDestroyDescriptorPool(vulkan->device, lane->descriptors, NULL);
  vulkan->vkDestroyQueryPool(vulkan->device, lane->queries, NULL);
  vulkan->vkDestroyFence(vulkan->device, lane->fence, NULL);
  vulkan->vkDestroyCommandPool(vulkan->device, lane->pool, NULL);
  if (lane->count.backing)
    release(device, &lane->count);
  free(lane->infos);
  free(lane->writes);
  free(lane);
}

static int create_commands(vulkan_device *vulkan, frieze_lane *lane,
                           frieze_device_error *error) {
  const VkCommandPoolCreateInfo pool = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
      .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
      .queueFamilyIndex = vulkan->family};
  int status =
      CALL(vkCreateCommandPool, vulkan->device, &pool, NULL, &lane->pool);
  if (status)
    return status;
  const VkCommandBufferAllocateInfo commands = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
      .commandPool = lane->pool,
      .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
      .commandBufferCount = 1};
  status = CALL(vkAllocateCommandBuffers, vulkan->device, &commands,
                &lane->commands);
  if (status)
    return status;
  const VkFenceCreateInfo fence = {.sType =
                                       VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  status = CALL(vkCreateFence, vulkan->device, &fence, NULL, &lane->fence);
  if (status || vulkan->timestamp_period == 0)
    return status;
  const VkQueryPoolCreateInfo queries = {
      .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
      .queryType = VK_QUERY_TYPE_TIMESTAMP,
      .queryCount = FRIEZE_POINTS};
  return CALL(vkCreateQueryPool, vulkan->device, &queries, NULL,
              &lane->queries);
}

/** Creates the set of parameters. */
static int create_set(vulkan_device *vulkan, frieze_lane *lane,
                      frieze_device_error *error) {
  uint32_t bindings = lane->code->buffers + 1;
  lane->infos = calloc(bindings, sizeof *lane->infos);
  lane->writes = calloc(bindings, sizeof *lane->writes);
  if (!lane->infos || !lane->writes)
    return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  int status = allocate(&vulkan->base, FRIEZE_RESIDENT, sizeof(uint32_t),
                        &lane->count, error);
  if (status)
    return status;
  const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                     bindings};
  const VkDescriptorPoolCreateInfo pool = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
      .maxSets = 1,
      .poolSizeCount = 1,
      .pPoolSizes = &size};
  status = CALL(vkCreateDescriptorPool, vulkan->device, &pool, NULL,
                &lane->descriptors);
  if (status)
    return status;
  const VkDescriptorSetAllocateInfo set = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
      .descriptorPool = lane->descriptors,
      .descriptorSetCount = 1,
      .pSetLayouts = &lane->code->set_layout};
  return CALL(vkAllocateDescriptorSets, vulkan->device, &set, &lane->set);
}

static int create_lane(frieze_device *device, const frieze_code *code,
                       frieze_lane **created, frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
  frieze_lane *lane = calloc(1, sizeof *lane);
  if (!lane)
    return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  lane->code = code;
  int status = create_commands(vulkan, lane, error);
  if (!status && code)
    status = create_set(vulkan, lane, error);
  if (status)
    destroy_lane(device, lane);
  else
    *created = lane;
  return status;
}

/** Has the commands from here on see what those before have written. */
static void add_barrier(vulkan_device *vulkan, frieze_lane *lane) {
  const VkPipelineStageFlags stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
                                      VK_PIPELINE_STAGE_TRANSFER_BIT |
                                      VK_PIPELINE_STAGE_HOST_BIT;
  const VkMemoryBarrier barrier = {
      .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
      .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT |
                       VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_WRITE_BIT,
      .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                       VK_ACCESS_TRANSFER_READ_BIT |
                       VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_READ_BIT};
  vulkan->vkCmdPipelineBarrier(lane->commands, stages, stages, 0, 1, &barrier,
                               0, NULL, 0, NULL);
}

/** Binds the parameters of the slice's kernels. */
static void bind(vulkan_device *vulkan, frieze_lane *lane,
                 const frieze_region *regions, uint32_t count) {
  uint32_t buffers = lane->code->buffers;
  for (uint32_t i = 0; i <= buffers; ++i) {
    frieze_region region = i < buffers ? regions[i] : lane->count.region;
    lane->infos[i] = (VkDescriptorBufferInfo){TO_BUFFER(region.handle),
                                              region.offset, region.bytes};
    lane->writes[i] = (VkWriteDescriptorSet){
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = lane->set,
        .dstBinding = i,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo = &lane->infos[i]};
  }
  vulkan->vkUpdateDescriptorSets(vulkan->device, buffers + 1, lane->writes, 0,
                                 NULL);
  vulkan->vkCmdBindDescriptorSets(
      lane->commands, VK_PIPELINE_BIND_POINT_COMPUTE, lane->code->layout, 0, 1,
      &lane->set, 0, NULL);
  vulkan->vkCmdUpdateBuffer(lane->commands,
                            TO_BUFFER(lane->count.region.handle), 0,
                            sizeof count, &count);
}

static int begin(frieze_device *device, frieze_lane *lane,
                 const frieze_region *regions, uint32_t count,
                 frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
  const VkCommandBufferBeginInfo info = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
      .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
  int status = CALL(vkBeginCommandBuffer, lane->commands, &info);
  if (status)
    return status;
  if (lane->queries)
    vulkan->vkCmdResetQueryPool(lane->commands, lane->queries, 0,
                                FRIEZE_POINTS);
  if (regions)
    bind(vulkan, lane, regions, count);
  return 0;
}

static int copy(frieze_device *device, frieze_lane *lane, frieze_region to,
                frieze_region from, frieze_device_error *error) {
  (void)error;
  vulkan_device *vulkan = get_vulkan(device);
  const VkBufferCopy part = {from.offset, to.offset, to.bytes};
  vulkan->vkCmdCopyBuffer(lane->commands, TO_BUFFER(from.handle),
                          TO_BUFFER(to.handle), 1, &part);
  return 0;
}

static int launch(frieze_device *device, frieze_lane *lane, uint64_t kernel,
                  uint32_t groups, uint32_t group_size,
                  frieze_device_error *error) {
  /* The size of a group stands in the code. */
  (void)group_size;
  (void)error;
  vulkan_device *vulkan = get_vulkan(device);
  add_barrier(vulkan, lane);
  vulkan->vkCmdBindPipeline(lane->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                            lane->code->pipelines[kernel]);
  vulkan->vkCmdDispatch(lane->commands, groups, 1, 1);
  return 0;
}

static int mark(frieze_device *device, frieze_lane *lane, unsigned point,
                frieze_device_error *error) {
  (void)error;
  vulkan_device *vulkan = get_vulkan(device);
  add_barrier(vulkan, lane);
  if (lane->queries)
    vulkan->vkCmdWriteTimestamp(lane->commands,
                                VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                                lane->queries, point);
  return 0;
}

static int submit(frieze_device *device, frieze_lane *lane,
                  frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
  add_barrier(vulkan, lane);
  int status = CALL(vkEndCommandBuffer, lane->commands);
  if (status)
    return status;
  const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                             .commandBufferCount = 1,
                             .pCommandBuffers = &lane->commands};
  status = CALL(vkQueueSubmit, vulkan->queue, 1, &info, lane->fence);
  lane->is_submitted = !status;
  return status;
}

static int wait(frieze_device *device, frieze_lane *lane,
                double seconds[FRIEZE_POINTS - 1], frieze_device_error *error) {
  vulkan_device *vulkan = get_vulkan(device);
  if (!lane->is_submitted)
    return 0;
  lane->is_submitted = 0;
  int status = CALL(vkWaitForFences, vulkan->device, 1, &lane->fence, VK_TRUE,
                    UINT64_MAX);
  /* What the slice uses is soon released. */
  if (status)
    vulkan->vkDeviceWaitIdle(vulkan->device);
  if (!status)
    status = CALL(vkResetFences, vulkan->device, 1, &lane->fence);
  uint64_t times[FRIEZE_POINTS];
  if (status || !seconds || !lane->queries)
    return status;
  status = CALL(vkGetQueryPoolResults, vulkan->device, lane->queries, 0,
                FRIEZE_POINTS, sizeof times, times, sizeof *times,
                VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
  for (int i = 0; i < FRIEZE_POINTS - 1 && !status; ++i)
    seconds[i] =
        1e-9 * vulkan->timestamp_period * (double)(times[i + 1] - times[i]);
  return status;
}

const frieze_driver frieze_vulkan_driver = {sizeof(vulkan_device),
                                            open_device,
                                            close_device,
                                            enter,
                                            leave,
                                            find_free,
                                            allocate,
                                            release,
                                            locate,
                                            load,
                                            unload,
                                            create_lane,
                                            destroy_lane,
                                            begin,
                                            copy,
                                            launch,
                                            mark,
                                            submit,
                                            wait};
