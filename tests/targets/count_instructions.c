/*===- count_instructions.c - A QEMU plugin that counts -----------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Prints how many instructions at addresses from `from` to before `to` the
 * guest executes.
 *
 *   qemu-... -plugin libcount_instructions.so,from=0x1000,to=0x2000 ...
 *
 * Debian has no qemu-plugin.h, so what is used of it is declared here: version
 * 1 of the interface, which QEMU 4.2 to 8.2 have.
 */

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id,
    void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
extern uint64_t
qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
extern void
qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *instruction,
                                           enum qemu_plugin_op operation,
                                           void *number, uint64_t operand);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t id,
                                                            void *data),
                                           void *data);

int qemu_plugin_version = 1;

static uint64_t from, to, executed;

static void count_block(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    uint64_t address = qemu_plugin_insn_vaddr(instruction);
    if (address >= from && address < to)
      qemu_plugin_register_vcpu_insn_exec_inline(
          instruction, QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
  }
}

static void report(qemu_plugin_id_t id, void *data) {
  (void)id, (void)data;
  printf("instructions %" PRIu64 "\n", executed);
  fflush(stdout);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                        char **argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "from=", 5) == 0)
      from = strtoull(argv[i] + 5, NULL, 0);
    if (strncmp(argv[i], "to=", 3) == 0)
      to = strtoull(argv[i] + 3, NULL, 0);
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
