/*===- VulkanWork.c - Copies and kernels in the order of Vulkan ---*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Vulkan.h"

#include <stdlib.h>
#include <string.h>

void frieze_vulkan_destroy_lane(frieze_device *device, frieze_lane *lane) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
  if (!lane)
    return;
  vulkan->vkDestroyDescriptorPool(vulkan->device, lane->descriptors, NULL);
  vulkan->vkDestroyQueryPool(vulkan->device, lane->queries, NULL);
  vulkan->vkDestroyFence(vulkan->device, lane->fence, NULL);
  vulkan->vkDestroyCommandPool(vulkan->device, lane->pool, NULL);
  if (lane->count.backing)
    frieze_vulkan_release(device, &lane->count);
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
  int status = frieze_vulkan_allocate(&vulkan->base, FRIEZE_RESIDENT,
                                      sizeof(uint32_t), &lane->count, error);
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

int frieze_vulkan_create_lane(frieze_device *device, const frieze_code *code,
                              frieze_lane **created,
                              frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
  frieze_lane *lane = calloc(1, sizeof *lane);
  if (!lane)
    return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  lane->code = code;
  int status = create_commands(vulkan, lane, error);
  if (!status && code)
    status = create_set(vulkan, lane, error);
  if (status)
    frieze_vulkan_destroy_lane(device, lane);
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

int frieze_vulkan_begin(frieze_device *device, frieze_lane *lane,
                        const frieze_region *regions, uint32_t count,
                        frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
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

int frieze_vulkan_copy(frieze_device *device, frieze_lane *lane,
                       frieze_region to, frieze_region from,
                       frieze_device_error *error) {
  (void)error;
  vulkan_device *vulkan = frieze_get_vulkan(device);
  const VkBufferCopy part = {from.offset, to.offset, to.bytes};
  vulkan->vkCmdCopyBuffer(lane->commands, TO_BUFFER(from.handle),
                          TO_BUFFER(to.handle), 1, &part);
  return 0;
}

int frieze_vulkan_launch(frieze_device *device, frieze_lane *lane,
                         uint64_t kernel, uint32_t groups, uint32_t group_size,
                         frieze_device_error *error) {
  /* The size of a group stands in the code. */
  (void)group_size;
  (void)error;
  vulkan_device *vulkan = frieze_get_vulkan(device);
  add_barrier(vulkan, lane);
  vulkan->vkCmdBindPipeline(lane->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                            lane->code->pipelines[kernel]);
  vulkan->vkCmdDispatch(lane->commands, groups, 1, 1);
  return 0;
}

int frieze_vulkan_mark(frieze_device *device, frieze_lane *lane, unsigned point,
                       frieze_device_error *error) {
  (void)error;
  vulkan_device *vulkan = frieze_get_vulkan(device);
  add_barrier(vulkan, lane);
  if (lane->queries)
    vulkan->vkCmdWriteTimestamp(lane->commands,
                                VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                                lane->queries, point);
  return 0;
}

int frieze_vulkan_submit(frieze_device *device, frieze_lane *lane,
                         frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
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

int frieze_vulkan_wait(frieze_device *device, frieze_lane *lane,
                       double seconds[FRIEZE_POINTS - 1],
                       frieze_device_error *error) {
  vulkan_device *vulkan = frieze_get_vulkan(device);
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
