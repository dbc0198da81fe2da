/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A slot's word in the table of host requests, for reqtab.c and reqtab_plain.h alone:
 * its states, and how it is read and changed. PURE.
 */
#ifndef PCIEM_REQTAB_WORD_H
#define PCIEM_REQTAB_WORD_H

#include "reqtab.h"

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <asm/barrier.h>
#include <asm/processor.h>
#define word_load(p)		smp_load_acquire(p)
#define word_store(p, v)	smp_store_release(p, v)
#define hint_get(p)		READ_ONCE(*(p))
#define hint_set(p, v)		WRITE_ONCE(*(p), v)
#else
#define word_load(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define word_store(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define hint_get(p)		__atomic_load_n(p, __ATOMIC_RELAXED)
#define hint_set(p, v)		__atomic_store_n(p, v, __ATOMIC_RELAXED)
#define cpu_relax()		__builtin_ia32_pause()
#endif

static inline bool word_cas(u64 *p, u64 old, u64 new)
{
#ifdef __KERNEL__
	return cmpxchg(p, old, new) == old;
#else
	return __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
#endif
}

enum state {
	ST_FREE,
	ST_FILLING,
	ST_PENDING,
	ST_BUSY,
	ST_DONE,
	ST_DONE_OPEN,	/* done, and the tag may still be answered */
	ST_QUARANTINE,
};

static inline u64 mk_word(u64 old, enum state state)
{
	return (old & ~0xffull) | state;
}

static inline enum state word_state(u64 word)
{
	return (enum state)(word & 0xff);
}

#endif /* PCIEM_REQTAB_WORD_H */
