// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection in the thread that plugs a card in: the Nth allocation of the
 * next call of a function of pciem.ko fails, once. (A process sets this for
 * itself in /proc/self/fail-nth; the thread is a worker of the kernel's.)
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static char *function = "pciem_root_attach";
module_param(function, charp, 0400);

static int nth;			/* for the next call; taken by it */
module_param(nth, int, 0600);

static int left;		/* of the last call that took one: 0 says that it failed */
module_param(left, int, 0400);

static int calls;		/* that took one and returned */
module_param(calls, int, 0400);

static int on_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	int n = xchg(&nth, 0);

	if (!n)
		return 1;	/* do not ask for the return */
	current->fail_nth = n;
	return 0;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	left = current->fail_nth;
	current->fail_nth = 0;
	smp_store_release(&calls, calls + 1);
	return 0;
}

static struct kretprobe probe = {
	.entry_handler = on_entry,
	.handler = on_return,
	.maxactive = 8,
};

static int __init failnth_init(void)
{
	probe.kp.symbol_name = function;
	return register_kretprobe(&probe);
}

static void __exit failnth_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(failnth_init);
module_exit(failnth_exit);
MODULE_DESCRIPTION("Fails the Nth allocation of one call of a function");
MODULE_LICENSE("GPL");
