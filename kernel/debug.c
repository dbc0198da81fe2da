// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/pciem/linkN/: "stats" shows counters, writing a text to
 * "mark" puts it into the log of the run. Nothing else.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "link.h"

static struct dentry *top;

static const char *const stat_names[PCIEM_STAT_NR] = {
	[PCIEM_STAT_CFG_READS] = "cfg_reads",
	[PCIEM_STAT_CFG_WRITES] = "cfg_writes",
	[PCIEM_STAT_MEM_READS] = "mem_reads",
	[PCIEM_STAT_MEM_WRITES] = "mem_writes",
	[PCIEM_STAT_PLAIN_READS] = "plain_reads",
	[PCIEM_STAT_PLAIN_WRITES] = "plain_writes",
	[PCIEM_STAT_SLEEPS] = "sleeps",
	[PCIEM_STAT_EXPIRED] = "expired",
	[PCIEM_STAT_CPL_TIMEOUT] = "completion_timeouts",
	[PCIEM_STAT_REFUSED_NMI] = "refused_nmi",
	[PCIEM_STAT_REFUSED_BRIDGE] = "refused_bridge",
	[PCIEM_STAT_REFUSED_ONE_CPU] = "refused_one_cpu",
	[PCIEM_STAT_RX_TLPS] = "rx_tlps",
	[PCIEM_STAT_RX_MALFORMED] = "rx_malformed",
	[PCIEM_STAT_RX_UNEXPECTED_CPL] = "rx_unexpected_completions",
	[PCIEM_STAT_RX_LATE_CPL] = "rx_late_completions",
	[PCIEM_STAT_RX_BAD_CPL] = "rx_bad_completions",
	[PCIEM_STAT_RX_UR] = "rx_unsupported",
	[PCIEM_STAT_RX_POISONED] = "rx_poisoned",
	[PCIEM_STAT_RX_BME] = "rx_refused",
	[PCIEM_STAT_RX_MESSAGES_LOST] = "rx_messages_lost",
	[PCIEM_STAT_RX_STALLS] = "rx_stalls",
	[PCIEM_STAT_DMA_READS] = "dma_reads",
	[PCIEM_STAT_DMA_WRITES] = "dma_writes",
	[PCIEM_STAT_DMA_ATOMICS] = "dma_atomics",
	[PCIEM_STAT_DMA_MISSES] = "dma_misses",
	[PCIEM_STAT_SLOT_MAPS] = "slot_maps",
	[PCIEM_STAT_SLOTS_FULL] = "slots_full",
	[PCIEM_STAT_KICKS] = "kicks",
	[PCIEM_STAT_DOORBELLS] = "doorbells",
	[PCIEM_STAT_FULL_WAITS] = "full_waits",
	[PCIEM_STAT_EVENTS_LOST] = "events_lost",
	[PCIEM_STAT_SITES] = "sites",
	[PCIEM_STAT_SITES_LOST] = "sites_lost",
	[PCIEM_STAT_SESSIONS] = "sessions",
};

static u64 stat_of(const struct pciem_link *link, enum pciem_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(link->stats, cpu)->nr[stat]);
	return sum;
}

static int stats_show(struct seq_file *seq, void *unused)
{
	struct pciem_link *link = seq->private;
	struct pciem_slots_usage slots;
	unsigned int i;

	seq_printf(seq, "name %s\nup %d\nsession %d\nepoch %u\n", link->name, pciem_link_is_up(link),
		   READ_ONCE(link->session), READ_ONCE(link->epoch));
	seq_printf(seq, "tags_pending %u\ntags_quarantined %u\n", pciem_reqtab_nr_pending(&link->reqtab),
		   pciem_reqtab_nr_quarantined(&link->reqtab));
	seq_printf(seq, "interrupts %lld\n", (long long)atomic64_read(&link->nr_irqs));
	for (i = 0; i < PCIEM_STAT_NR; i++)
		seq_printf(seq, "%s %llu\n", stat_names[i], stat_of(link, i));
	if (pciem_dma_slots_usage(link, &slots))
		seq_printf(seq, "slot_pages %u\nslot_pages_taken %u\nslot_pages_held %u\nslot_requests %llu\n",
			   slots.nr_pages, slots.nr_taken, slots.nr_held, slots.requests);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static ssize_t mark_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct pciem_link *link = file->private_data;
	size_t bytes = min_t(size_t, count, PCIEM_TEXT_MAX_BYTES);
	char *text = memdup_user_nul(buf, bytes);
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);
	while (bytes && text[bytes - 1] == '\n')
		bytes--;
	ret = pciem_send_mark(link, text, bytes);
	kfree(text);
	return ret ?: count;
}

static const struct file_operations mark_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = mark_write,
	.llseek = noop_llseek,
};

void pciem_debug_add(struct pciem_link *link)
{
	char name[16];

	snprintf(name, sizeof(name), "link%d", link->id);
	link->debugfs = debugfs_create_dir(name, top);
	debugfs_create_file("stats", 0400, link->debugfs, link, &stats_fops);
	debugfs_create_file("mark", 0200, link->debugfs, link, &mark_fops);
}

/* Waits for readers and writers inside. */
void pciem_debug_remove(struct pciem_link *link)
{
	debugfs_remove(link->debugfs);
}

void pciem_debug_init(void)
{
	top = debugfs_create_dir("pciem", NULL);
}

void pciem_debug_exit(void)
{
	debugfs_remove(top);
}
