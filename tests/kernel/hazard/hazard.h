/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HAZARD_H
#define HAZARD_H

#include <linux/types.h>

#define HAZARD_ID	0x454b4146	/* the card's register at 0 */

/* Counts calls of fixup_exception() and those that did not do what they must. */
void hazard_filter(void __iomem *regs, ulong *calls, ulong *wrong);

#endif /* HAZARD_H */
