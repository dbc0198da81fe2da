// SPDX-License-Identifier: GPL-2.0
/*
 * The way to kernel functions that a module does not get at otherwise: ftrace
 * hooks, and direct calls of functions that are not exported.
 *
 * An address comes from a kprobe that is never armed; the call is a static call,
 * since an indirect call would die on a kernel built with IBT.
 *
 * Hooks are PERMANENT: the kernel refuses kernel.ftrace_enabled=0 while they are
 * there. IPMODIFY is exclusive for each function: whoever comes second (a
 * livepatch, or this module) is refused.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/kprobes.h>

#include "mmio.h"
#include "mmio_hook.h"

const struct exception_table_entry *pciem_no_extable(unsigned long ip)
{
	return NULL;
}

int pciem_no_map_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot)
{
	return -ENOSYS;
}

void pciem_no_fpu_return(void)
{
}

static struct kprobe *no_kprobe(void *addr)
{
	return NULL;
}

static int no_text(unsigned long ip)
{
	return 0;
}

static bool no_module(unsigned long ip)
{
	return false;
}

DEFINE_STATIC_CALL(pciem_search_extable, pciem_no_extable);
DEFINE_STATIC_CALL(pciem_map_range, pciem_no_map_range);
DEFINE_STATIC_CALL(pciem_fpu_return, pciem_no_fpu_return);
DEFINE_STATIC_CALL(pciem_get_kprobe, no_kprobe);
DEFINE_STATIC_CALL(pciem_kernel_text, no_text);
DEFINE_STATIC_CALL(pciem_module_text, no_module);

/* A kprobe resolves its symbol before anything else; it is never armed. */
void *pciem_kernel_symbol(const char *name)
{
	struct kprobe kp = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (!register_kprobe(&kp))
		unregister_kprobe(&kp);
	return kp.addr;	/* set even where probing is forbidden, and for data */
}

int pciem_hooks_resolve(void)
{
	void *search = pciem_kernel_symbol("search_exception_tables");
	void *map = pciem_kernel_symbol("vmap_page_range") ?:
		    pciem_kernel_symbol("ioremap_page_range");
	void *fpu = pciem_kernel_symbol("switch_fpu_return");
	void *probe = pciem_kernel_symbol("get_kprobe");
	void *kernel_text = pciem_kernel_symbol("core_kernel_text");
	void *module_text = pciem_kernel_symbol("is_module_text_address");

	if (!search || !map || !fpu) {
		pr_err("this kernel has no %s: the MMIO trap does not know it, see docs for supported kernels\n",
		       !search ? "search_exception_tables" :
		       !map ? "ioremap_page_range" : "switch_fpu_return");
		return -ENOENT;
	}
	pciem_static_call_update(pciem_search_extable, search);
	pciem_static_call_update(pciem_map_range, map);
	pciem_static_call_update(pciem_fpu_return, fpu);
	if (probe)
		pciem_static_call_update(pciem_get_kprobe, probe);
	if (kernel_text)
		pciem_static_call_update(pciem_kernel_text, kernel_text);
	if (module_text)
		pciem_static_call_update(pciem_module_text, module_text);
	return 0;
}

bool pciem_is_lasting_text(unsigned long ip)
{
	return static_call(pciem_kernel_text)(ip) || static_call(pciem_module_text)(ip);
}

bool pciem_mmio_probed_opcode(unsigned long ip, u8 *opcode)
{
	struct kprobe *kp;
	bool found = false;

	preempt_disable();
	kp = static_call(pciem_get_kprobe)((void *)ip);
	if (kp) {
		*opcode = kp->opcode;
		found = true;
	}
	preempt_enable();
	return found;
}

/*
 * The hash of a filter is its owner's to give back. Not ftrace_free_filter(): 5.10
 * does not export it.
 */
static void forget_filter(const struct pciem_hook *hook)
{
	ftrace_set_filter(hook->ops, NULL, 0, 1);
}

static int hook_register(const struct pciem_hook *hook)
{
	int ret;

	ret = ftrace_set_filter(hook->ops, (char *)hook->name, strlen(hook->name), 1);
	if (!ret)
		ret = register_ftrace_function(hook->ops);
	if (ret == -EBUSY)
		pr_err("%s() is hooked by somebody else (a livepatch?) or kernel.ftrace_enabled is 0: see /sys/kernel/debug/tracing/enabled_functions and sysctl kernel.ftrace_enabled\n",
		       hook->name);
	else if (ret)
		pr_err("%s() cannot be hooked on this kernel: error %d\n", hook->name, ret);
	if (ret)
		forget_filter(hook);
	return ret;
}

void pciem_hooks_unregister(const struct pciem_hook *hooks, unsigned int nr)
{
	while (nr--) {
		unregister_ftrace_function(hooks[nr].ops);
		forget_filter(&hooks[nr]);
	}
}

int pciem_hooks_register(const struct pciem_hook *hooks, unsigned int nr)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = hook_register(&hooks[i]);
		if (ret) {
			pciem_hooks_unregister(hooks, i);
			return ret;
		}
	}
	return 0;
}
