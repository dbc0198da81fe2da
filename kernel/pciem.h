/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pciem.ko, internal: what its files promise each other.
 *
 *	main.c		init and exit, reboot/PM/panic notifiers
 *	ctl.c		/dev/pciem: open, ioctl, mmap, poll, close
 *	link.c link_watch.c	a link: session state machine, life cycle; its works
 *	link_ivshmem.c	a link whose memory is an ivshmem device
 *	block.c		the header of a link's memory
 *	ring.c rx.c	both rings: private indices, copy-validate-use, stall; what the card sends
 *	req.c reqtab.c	host requests: tags, pending table, waiting, deadlines
 *	site.c		call sites, sent once each
 *	tlp.c		PURE: headers
 *	dma.c dma_map.c dma_table.c	dma_map_ops; mappings; their table and bus addresses
 *	dma_serve.c	the card's requests
 *	dma_slots.c slots.c	buffers in memory that is shared with the bridge; PURE: their pages
 *	rescan.c	PCI's lock of rescans, its own or lent
 *	root.c root_window.c rootport.c cfg.c	host bridge, BAR windows, root port, configuration routing, AER
 *	mmio.c mmio_emul.c	which addresses are trapped, emulation of accesses
 *	mmio_plain.c req_plain.c	the short way of plain accesses, from the trap to the register
 *	mmio_hook.c mmio_user.c	hooks into the kernel; mappings of user space
 *	irq.c intx.c shot.c	MSI domain; INTx; runs in hard interrupt context
 *	insn*.c		PURE: x86 instruction decoder
 *	debug.c		counters and marks in debugfs
 *
 * Locks, outermost first: link->state_mutex, pci_lock_rescan_remove (rescan.c),
 * link->drain_lock (raw, irqs off, one TLP at a time), dma table lock (raw),
 * link->down_lock (raw), that of a link's slots (raw); root->lock, wire_lock (raw). reqtab slots are lock-free. No
 * lock is held while a CPU waits for the bridge, but for the first two: a scan, and a
 * driver's remove(), read configuration space under them.
 */
#ifndef PCIEM_H
#define PCIEM_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "uapi/pciem.h"

struct pciem_link;
struct pciem_root;	/* root.c */
struct pciem_dma;	/* dma.c */
struct pciem_dma_slots;	/* dma_slots.c */
struct pciem_irq;	/* irq.h */

/*
 * Bus addresses below a root port. Each link has a map of its own.
 *
 *	[PCIEM_BUS_MMIO32_START, PCIEM_BUS_MMIO32_END)	BARs that need 32 bits or
 *		are not prefetchable; CPU addresses are elsewhere, above 4 GiB
 *	[PCIEM_SLOT_BUS, PCIEM_BUS_MMIO32_START)	DMA slots, where the link has some
 *	[PCIEM_BUS_MSG_START, PCIEM_BUS_MSG_END)	interrupt messages (irq.c)
 *	[pciem_root_mmio64_start(), 2^64)		64-bit prefetchable BARs, bus
 *		address = CPU address
 *
 * Everything else is free for the bus addresses that dma.c hands out; it keeps
 * below 4 GiB: [.., PCIEM_BUS_MMIO32_START), above: [4 GiB,
 * pciem_root_mmio64_start()).
 */
#define PCIEM_BUS_MMIO32_START	0xc0000000ULL
#define PCIEM_BUS_MMIO32_END	0xe0000000ULL
#define PCIEM_BUS_MSG_START	0xfee00000ULL
#define PCIEM_BUS_MSG_END	0xfef00000ULL
/* Lowest bus address of 64-bit BARs, a constant of the machine, at least 32 GiB. */
u64 pciem_root_mmio64_start(void);

/* How a host request ended. */
enum pciem_status {
	PCIEM_SC = 0,
	PCIEM_UR = 1,
	PCIEM_RRS = 2,
	PCIEM_CA = 4,
	PCIEM_TIMEOUT = 16,	/* engine's completion timeout, or our deadline */
	PCIEM_LINK_DOWN = 17,
	PCIEM_POISONED = 18,
	PCIEM_BUSY = 19,	/* asked from the bridge's own process, or from NMI */
	PCIEM_BAD_CPL = 20,	/* a completion came that does not fit the request */
};

/* ---- link.c ---- */

bool pciem_link_is_up(const struct pciem_link *link);	/* lock-free, any context */
/* Marks the session failed (reason PCIEM_REASON_*), wakes all waiters, queues the removal work. Any context, NMI excepted. Idempotent. */
void pciem_link_fail(struct pciem_link *link, u32 reason);
const char *pciem_link_name(const struct pciem_link *link);
void pciem_link_get(struct pciem_link *link);
void pciem_link_put(struct pciem_link *link);
/* parts that other files hang on a link; set by their init functions */
struct pciem_root *pciem_link_root(struct pciem_link *link);
struct pciem_dma *pciem_link_dma(struct pciem_link *link);
struct pciem_irq *pciem_link_irq(struct pciem_link *link);
void pciem_link_set_root(struct pciem_link *link, struct pciem_root *root);
void pciem_link_set_dma(struct pciem_link *link, struct pciem_dma *dma);
void pciem_link_set_irq(struct pciem_link *link, struct pciem_irq *irq);
/* bus number right below the root port (as written to its type 1 header): its requests are Type 0, all others Type 1; 1 until set */
void pciem_link_set_secondary_bus(struct pciem_link *link, u8 bus);
/* one more interrupt was handed to Linux (pciem_kernel_words.irqs); any context */
void pciem_link_count_irq(struct pciem_link *link);
/* numbers: a domain and an id for each link */
int pciem_link_id(const struct pciem_link *link);
/* parent for devices of the link (platform, or the ivshmem pci_dev) */
struct device *pciem_link_parent(struct pciem_link *link);
/* true when the current task belongs to the bridge (local mode): must not wait for itself */
bool pciem_link_current_is_bridge(const struct pciem_link *link);
/* whether the CPU that drains takes interrupts before long; of use within the drain alone */
bool pciem_drain_is_interruptible(const struct pciem_link *link);

/* ---- req.c: host requests; any context but NMI ---- */

/* who asks: filled by mmio.c (regs->ip) or cfg.c (return address) */
struct pciem_who {
	unsigned long pc;
	const struct pt_regs *regs;	/* may be NULL */
	bool may_sleep;
	bool irqs_on;			/* the wait may run with interrupts enabled: the caller has enabled them */
};

/* @bdf: target. @where: byte offset, @size 1, 2 or 4, not crossing a dword. *@val all-ones unless PCIEM_SC. */
enum pciem_status pciem_req_cfg_read(struct pciem_link *link, const struct pciem_who *who, u16 bdf, int where, int size, u32 *val);
/* @posted: do not wait for the completion (mask bits of MSI written under raw locks) */
enum pciem_status pciem_req_cfg_write(struct pciem_link *link, const struct pciem_who *who, u16 bdf, int where, int size, u32 val, bool posted);
/*
 * @addr: bus address, any alignment. @len: 1..64 bytes that do not cross a 4 KiB page; one TLP when they lie in one aligned quadword or are
 * whole dwords, else split in address order. @buf gets all-ones for what failed; the worst status is returned.
 */
enum pciem_status pciem_req_mem_read(struct pciem_link *link, const struct pciem_who *who, u64 addr, void *buf, unsigned int len);
enum pciem_status pciem_req_mem_write(struct pciem_link *link, const struct pciem_who *who, u64 addr, const void *buf, unsigned int len);

/* ---- ring.c: records towards the bridge; any context but NMI; wait with a deadline when full, then link-down ---- */

int pciem_send_tlp(struct pciem_link *link, const struct pciem_caller *caller, u32 site, const void *hdr, unsigned int hdr_bytes,
		   const void *payload, unsigned int payload_bytes);
int pciem_send_reset(struct pciem_link *link, u32 what);
__printf(3, 4) void pciem_send_event(struct pciem_link *link, u32 event, const char *fmt, ...);
int pciem_send_mark(struct pciem_link *link, const char *text, unsigned int len);
/* Processes the up ring until empty; process context: the ENTER ioctl and works. */
void pciem_drain(struct pciem_link *link);

/* ---- called by the drain (one raw irq-saving lock held per TLP), implemented elsewhere ---- */

/* dma.c: memory requests of the card. @tlp is a private copy of the header (4 dwords as sent), @payload in a private buffer. */
void pciem_dma_mem_write(struct pciem_link *link, const u8 *hdr, const u8 *payload, unsigned int payload_bytes);
void pciem_dma_mem_read(struct pciem_link *link, const u8 *hdr);
void pciem_dma_atomic(struct pciem_link *link, const u8 *hdr, const u8 *payload, unsigned int payload_bytes);
/* irq.c: true when @addr lies in the message window; then @data named a vector or was rejected and counted */
bool pciem_irq_message(struct pciem_link *link, u64 addr, const u8 *hdr, const u8 *payload, unsigned int payload_bytes);
/* intx.c: a message of the card */
void pciem_irq_intx(struct pciem_link *link, unsigned int pin, bool assert);
/* root.c: messages of the card: ERR_COR 0x30, ERR_NONFATAL 0x31, ERR_FATAL 0x33, PM_PME 0x18 */
void pciem_root_message(struct pciem_link *link, u8 code, u16 requester);
/* root.c: an error that the root port itself detects; @bit is an AER uncorrectable status bit (PCI_ERR_UNC_*), @hdr 4 dwords */
void pciem_root_error(struct pciem_link *link, u32 bit, const u8 *hdr);

/* ---- root.c: life of the PCI side; process context, called from link.c's ordered work queue ---- */

int pciem_root_init(struct pciem_link *link);		/* at link creation: allocates, nothing visible */
void pciem_root_fini(struct pciem_link *link);
int pciem_root_attach(struct pciem_link *link);		/* link is up: host bridge, scan, assign, add devices */
void pciem_root_mark_dead(struct pciem_link *link);	/* any context: error_state of all devices below to perm failure */
/*
 * Removes everything. @surprise: devices are already unreachable. When somebody still holds a device afterwards (a mounted file system),
 * what it can call stays: it holds a reference to the link and to the module, and answers all-ones.
 */
void pciem_root_detach(struct pciem_link *link, bool surprise);
bool pciem_root_bme(struct pciem_link *link, u16 bdf);	/* Bus Master Enable as the driver wrote it (snooped from CfgWr) */
/* Max_Payload_Size of the root port as Linux programmed it: limit of completions sent down. Any context. */
unsigned int pciem_root_mps_bytes(struct pciem_link *link);
int pciem_root_module_init(void);	/* bus notifier; main.c, after pciem_mmio_init() */
void pciem_root_module_exit(void);

/* ---- rescan.c: PCI's lock of rescans; process context ---- */
void pciem_rescan_init(void);
/* The caller is going to wait for the link's state work: if it holds the lock, the work uses it. */
void pciem_rescan_lend(struct pciem_link *link);
/* For the state's work. Return: to be passed to pciem_rescan_unlock(). */
bool pciem_rescan_lock(struct pciem_link *link);
void pciem_rescan_unlock(bool is_ours);

/* ---- dma.c ---- */
int pciem_dma_module_init(void);	/* main.c, before any link */
void pciem_dma_module_exit(void);	/* after the last one has gone */
int pciem_dma_init(struct pciem_link *link);
/* Tells the bridge which functions it may serve from DMA slots; nothing without slots. Any context. */
void pciem_dma_publish_gate(struct pciem_link *link);
/* The area of DMA slots at @start. Return: ERR_PTR(-EBUSY): a driver still has memory there. */
struct pciem_dma_slots *pciem_dma_slots_create(phys_addr_t start, u64 bytes);
void pciem_dma_slots_destroy(struct pciem_dma_slots *slots);	/* NULL: nothing */
struct pciem_slots_usage {
	u32 nr_pages, nr_taken, nr_held;
	u64 requests;		/* that the bridge says it has served */
};
/* Return: false: the link has no slots. */
bool pciem_dma_slots_usage(struct pciem_link *link, struct pciem_slots_usage *usage);
void pciem_dma_fini(struct pciem_link *link);
/* installs the dma_map_ops on a device below our root port; called for each device before drivers can bind */
void pciem_dma_setup_device(struct pciem_link *link, struct pci_dev *pdev);
/*
 * Its driver is gone: what it left mapped stays so for the API, as it may be
 * unmapped yet, but the card does not reach it any more (GAT-06).
 */
void pciem_dma_end_device(struct pciem_link *link, struct pci_dev *pdev);
/* after the device is gone: every mapping left is reported and dropped */
void pciem_dma_release_device(struct pciem_link *link, struct pci_dev *pdev);

/* ---- irq.c ---- */
int pciem_irq_init(struct pciem_link *link);
void pciem_irq_fini(struct pciem_link *link);
/* a function, or the root port, was found: not by the host bridge, which 5.10 does not ask */
void pciem_irq_setup_device(struct pciem_link *link, struct pci_dev *pdev);
int pciem_irq_map_intx(struct pciem_link *link, u8 pin);		/* intx.c, for map_irq */

/* ---- mmio.c ---- */
int pciem_mmio_init(void);		/* hooks; -EBUSY with a message when another hooker is there */
/* Whether trapped accesses still come to us: ftrace may have been killed. Process context. */
bool pciem_mmio_is_trapping(struct pciem_link *link);
void pciem_mmio_exit(void);
/*
 * @phys..+@size (CPU addresses, ours by allocate_resource) is answered by @link at bus address phys - @offset. @prefetchable: accesses of one
 * string instruction may be merged into TLPs of up to 64 bytes that do not cross a 64-byte boundary; elsewhere each element is one TLP.
 */
int pciem_mmio_add_window(struct pciem_link *link, phys_addr_t phys, u64 size, u64 offset, bool prefetchable);
void pciem_mmio_remove_windows(struct pciem_link *link);	/* waits for emulations in flight */

/* ---- ctl.c, link_ivshmem.c, main.c ---- */
int pciem_ctl_init(void);
void pciem_ctl_exit(void);
int pciem_ivshmem_init(void);
void pciem_ivshmem_exit(void);

#endif /* PCIEM_H */
