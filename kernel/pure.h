/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The few names a PURE file needs, so that the same source builds in the
 * kernel module and in user space. PURE files include this first and nothing
 * of <linux/...> or libc by themselves: no allocation, no locks, no time, no
 * printing.
 */
#ifndef PCIEM_PURE_H
#define PCIEM_PURE_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#endif /* __KERNEL__ */

#endif /* PCIEM_PURE_H */
