//===- FaultyVulkan.cpp - A loader of Vulkan whose calls fail ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FaultyVulkan.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include <dlfcn.h>

#include <cstring>
#include <type_traits>

namespace {

int calls = 0, failing = 0, failure = 0, objects = 0;

/// A function of the loader's, and what it means for the number of objects.
template <int number, int change> PFN_vkVoidFunction real = nullptr;

/// Whether a function to destroy is given something: a handle that comes first
/// or behind the device.
template <typename First> bool isAny(First first) { return first; }
template <typename First, typename Second, typename... Rest>
bool isAny(First, Second second, Rest...) {
  if constexpr (sizeof...(Rest) > 0)
    return second != Second(0);
  return true;
}

/// The function that takes the place of another one.
template <int number, int change, typename Function> struct Replacement;
template <int number, int change, typename Result, typename... Arguments>
struct Replacement<number, change, Result(VKAPI_PTR *)(Arguments...)> {
  static Result VKAPI_CALL call(Arguments... arguments) {
    auto function = reinterpret_cast<Result(VKAPI_PTR *)(Arguments...)>(
        real<number, change>);
    if constexpr (std::is_same_v<Result, VkResult>) {
      if (++calls == failing)
        return VkResult(failure);
      VkResult result = function(arguments...);
      objects += result == VK_SUCCESS ? change : 0;
      return result;
    } else {
      objects += isAny(arguments...) ? change : 0;
      return function(arguments...);
    }
  }
};

PFN_vkGetDeviceProcAddr findInDevice = nullptr;

/// The function of this name, or what takes its place.
PFN_vkVoidFunction replace(const char *name, PFN_vkVoidFunction function) {
#define REPLACE(function_name, change)                                         \
  if (!std::strcmp(name, #function_name)) {                                    \
    real<__LINE__, change> = function;                                         \
    return reinterpret_cast<PFN_vkVoidFunction>(                               \
        &Replacement<__LINE__, change, PFN_##function_name>::call);            \
  }
  if (!function)
    return nullptr;
  REPLACE(vkCreateInstance, 1)
  REPLACE(vkDestroyInstance, -1)
  REPLACE(vkEnumeratePhysicalDevices, 0)
  REPLACE(vkEnumerateDeviceExtensionProperties, 0)
  REPLACE(vkCreateDevice, 1)
  REPLACE(vkDestroyDevice, -1)
  REPLACE(vkCreateBuffer, 1)
  REPLACE(vkDestroyBuffer, -1)
  REPLACE(vkAllocateMemory, 1)
  REPLACE(vkFreeMemory, -1)
  REPLACE(vkBindBufferMemory, 0)
  REPLACE(vkMapMemory, 0)
  REPLACE(vkCreateShaderModule, 1)
  REPLACE(vkDestroyShaderModule, -1)
  REPLACE(vkCreateDescriptorSetLayout, 1)
  REPLACE(vkDestroyDescriptorSetLayout, -1)
  REPLACE(vkCreatePipelineLayout, 1)
  REPLACE(vkDestroyPipelineLayout, -1)
  REPLACE(vkCreateComputePipelines, 1)
  REPLACE(vkDestroyPipeline, -1)
  REPLACE(vkCreateDescriptorPool, 1)
  REPLACE(vkDestroyDescriptorPool, -1)
  REPLACE(vkAllocateDescriptorSets, 0)
  REPLACE(vkCreateCommandPool, 1)
  REPLACE(vkDestroyCommandPool, -1)
  REPLACE(vkAllocateCommandBuffers, 0)
  REPLACE(vkBeginCommandBuffer, 0)
  REPLACE(vkEndCommandBuffer, 0)
  REPLACE(vkCreateFence, 1)
  REPLACE(vkDestroyFence, -1)
  REPLACE(vkResetFences, 0)
  REPLACE(vkWaitForFences, 0)
  REPLACE(vkCreateQueryPool, 1)
  REPLACE(vkDestroyQueryPool, -1)
  REPLACE(vkGetQueryPoolResults, 0)
  REPLACE(vkQueueSubmit, 0)
#undef REPLACE
  return function;
}

PFN_vkVoidFunction VKAPI_CALL getDeviceProcAddr(VkDevice device,
                                                const char *name) {
  return replace(name, findInDevice(device, name));
}

} // namespace

void faultyvulkan::failCall(int number, int result) {
  calls = 0;
  failing = number;
  failure = result;
}

int faultyvulkan::countCalls() { return calls; }

int faultyvulkan::countObjects() { return objects; }

extern "C" PFN_vkVoidFunction VKAPI_CALL
vkGetInstanceProcAddr(VkInstance instance, const char *name) {
  // By its path, as this library has its name.
  static void *library =
      dlopen("/usr/lib/x86_64-linux-gnu/libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return nullptr;
  static auto find = reinterpret_cast<PFN_vkGetInstanceProcAddr>(
      dlsym(library, "vkGetInstanceProcAddr"));
  PFN_vkVoidFunction function = find(instance, name);
  if (std::strcmp(name, "vkGetDeviceProcAddr"))
    return replace(name, function);
  findInDevice = reinterpret_cast<PFN_vkGetDeviceProcAddr>(function);
  return reinterpret_cast<PFN_vkVoidFunction>(getDeviceProcAddr);
}
