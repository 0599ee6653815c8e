/*===- VulkanCode.c - Kernels that Vulkan compiles ----------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Vulkan.h"

#include <stdlib.h>
#include <string.h>

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

void frieze_vulkan_unload(frieze_device *device, frieze_code *code) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
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

int frieze_vulkan_load(frieze_device *device, const frieze_device_code *source,
                       uint32_t buffers, frieze_code **loaded,
                       frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
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
    frieze_vulkan_unload(device, code);
  else
    *loaded = code;
  return status;
}
