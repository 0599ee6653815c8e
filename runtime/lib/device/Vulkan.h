/*===- Vulkan.h - What the files of the driver of Vulkan share ----*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_DEVICE_VULKAN_H
#define FRIEZE_LIB_DEVICE_VULKAN_H

#include "Driver.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

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

static inline vulkan_device *frieze_get_vulkan(frieze_device *device) {
  return (vulkan_device *)device;
}

/* Handles are pointers or numbers, by the machine. */
#define TO_NUMBER(handle) ((uint64_t)(handle))
#define TO_BUFFER(number) ((VkBuffer)(number))
#define TO_MEMORY(number) ((VkDeviceMemory)(number))

/** 0, or the status of a result that is none of success. */
int frieze_vulkan_check(VkResult result, const char *function,
                        frieze_device_error *error);

#define CALL(function, ...)                                                    \
  frieze_vulkan_check(vulkan->function(__VA_ARGS__), #function, error)

/* Functions of frieze_driver. */

int frieze_vulkan_allocate(frieze_device *device, enum frieze_place place,
                           uint64_t bytes, frieze_memory *memory,
                           frieze_device_error *error);
void frieze_vulkan_release(frieze_device *device, frieze_memory *memory);
int frieze_vulkan_load(frieze_device *device, const frieze_device_code *source,
                       uint32_t buffers, frieze_code **loaded,
                       frieze_device_error *error);
void frieze_vulkan_unload(frieze_device *device, frieze_code *code);
int frieze_vulkan_create_lane(frieze_device *device, const frieze_code *code,
                              frieze_lane **created,
                              frieze_device_error *error);
void frieze_vulkan_destroy_lane(frieze_device *device, frieze_lane *lane);
int frieze_vulkan_begin(frieze_device *device, frieze_lane *lane,
                        const frieze_region *regions, uint32_t count,
                        frieze_device_error *error);
int frieze_vulkan_copy(frieze_device *device, frieze_lane *lane,
                       frieze_region to, frieze_region from,
                       frieze_device_error *error);
int frieze_vulkan_launch(frieze_device *device, frieze_lane *lane,
                         uint64_t kernel, uint32_t groups, uint32_t group_size,
                         frieze_device_error *error);
int frieze_vulkan_mark(frieze_device *device, frieze_lane *lane, unsigned point,
                       frieze_device_error *error);
int frieze_vulkan_submit(frieze_device *device, frieze_lane *lane,
                         frieze_device_error *error);
int frieze_vulkan_wait(frieze_device *device, frieze_lane *lane,
                       double seconds[FRIEZE_POINTS - 1],
                       frieze_device_error *error);

#endif /* FRIEZE_LIB_DEVICE_VULKAN_H */
