// SPDX-License-Identifier: GPL-2.0
/*
 * A byte is read behind memory that was allocated, on purpose: what finds such
 * reads has to find this one, or finds none.
 */
#include <linux/compiler.h>
#include <linux/module.h>
#include <linux/slab.h>

#define BYTES	24

static noinline int read_behind(const u8 *p, unsigned int bytes)
{
	return READ_ONCE(p[bytes]);
}

static int __init overrun_init(void)
{
	unsigned int bytes = BYTES;
	u8 *p = kzalloc(bytes, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(bytes);
	pr_info("pciem_overrun: read %#x\n", read_behind(p, bytes));
	kfree(p);
	return 0;
}

static void __exit overrun_exit(void)
{
}

module_init(overrun_init);
module_exit(overrun_exit);
MODULE_DESCRIPTION("Reads a byte that is not its own");
MODULE_LICENSE("GPL");
