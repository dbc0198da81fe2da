// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks fixup_exception() as a livepatch would: exclusively, and changes
 * nothing. Whoever comes second is refused.
 */
#include <linux/ftrace.h>
#include <linux/module.h>

#include "compat.h"

static void notrace on_fixup(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ops = {
	.func = on_fixup,
	.flags = FTRACE_OPS_FL_SAVE_REGS | PCIEM_FTRACE_UNPROTECTED | FTRACE_OPS_FL_IPMODIFY,
};

static int __init hooker_init(void)
{
	static char name[] = "fixup_exception";
	int ret = ftrace_set_filter(&ops, name, sizeof(name) - 1, 1);

	return ret ?: register_ftrace_function(&ops);
}

static void __exit hooker_exit(void)
{
	unregister_ftrace_function(&ops);
}

module_init(hooker_init);
module_exit(hooker_exit);

MODULE_DESCRIPTION("An exclusive hook of fixup_exception()");
MODULE_LICENSE("GPL");
