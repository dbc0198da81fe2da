/* SPDX-License-Identifier: GPL-2.0 */
/* Instructions that were trapped and decoded before; see mmio_known.c. */
#ifndef PCIEM_MMIO_KNOWN_H
#define PCIEM_MMIO_KNOWN_H

#include "insn.h"
#include "insn_plain.h"

/*
 * Whether the instruction at @ip is known to have no exception-table entry. False
 * when nothing is known. Lock-free, any context.
 */
bool pciem_known_has_no_extable(unsigned long ip);

/*
 * The decoded instruction at @ip, which has just trapped, if it is known and its bytes
 * are still the same.
 * Lock-free, any context.
 */
bool pciem_known_get(unsigned long ip, struct pciem_insn *insn);

/*
 * What the instruction at @ip, which has just trapped, does, if it is known, plain, and its
 * bytes are still the same. Lock-free, any context.
 */
bool pciem_known_plain(unsigned long ip, struct pciem_plain *plain);

/* Remembers what the bytes @code at @ip mean, if that can be trusted to stay. Any context. */
void pciem_known_put(unsigned long ip, const u8 *code, const struct pciem_insn *insn);

/* From init to exit modules that come and go make what is known void. */
int pciem_known_init(void);
void pciem_known_exit(void);

#endif /* PCIEM_MMIO_KNOWN_H */
