/* SPDX-License-Identifier: GPL-2.0 */
/*
 * req_plain.c: the short way for one TLP of 1, 2, 4 or 8 naturally aligned bytes at bus
 * address @addr, from a trap: interrupts are off when it is called and when it returns;
 * @regs are those of the trap. Any context.
 */
#ifndef PCIEM_REQ_PLAIN_H
#define PCIEM_REQ_PLAIN_H

#include <linux/ptrace.h>

#include "pciem.h"

/*
 * The window is pinned. @val: the bytes, zeros above; all-ones when it fails.
 * Return: false: nothing was sent, take the long way.
 */
bool pciem_req_plain_read(struct pciem_link *link, const struct pt_regs *regs, u64 addr, unsigned int nr_bytes,
			  u64 *val);
/* Interrupts stay off. @val: zeros above @nr_bytes. */
bool pciem_req_plain_write(struct pciem_link *link, const struct pt_regs *regs, u64 addr, unsigned int nr_bytes,
			   u64 val);

#endif /* PCIEM_REQ_PLAIN_H */
