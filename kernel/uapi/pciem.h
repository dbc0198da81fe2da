/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * pciem: the contract between the kernel's root complex (pciem.ko) and a bridge.
 *
 * What crosses is TLPs. A TLP is the byte string that is on a link after
 * framing and LCRC are removed: header bytes in the order of the PCI Express
 * base specification (first the byte with Fmt and Type), payload in address
 * order, digest last when TD is set. Nothing is passed as "read 4 bytes at
 * offset 0x1c".
 *
 * One block of memory holds a header page, one page written by the kernel
 * only, one page written by the bridge only, and two rings of records:
 *
 *	down	kernel to bridge: host requests, completions for the card's
 *		reads, resets, and notes for the log
 *	up	bridge to kernel: the card's requests, completions for the
 *		host's requests, link and timeout events
 *
 * The block is the same in both places where it can live:
 *
 *	local	pages of the kernel, mmapped from /dev/pciem
 *	split	shared memory of an ivshmem device (BAR 2); doorbells are its
 *		interrupts
 *
 * Ordering. A ring is one total order. The consumer of "down" must let posted
 * requests and completions pass a non-posted request that the card does not
 * accept, and must let nothing pass a posted request. Everything that the card
 * sent before a completion is processed by the kernel before that completion.
 *
 * Indices are free-running 32-bit byte counts; the position in the ring is the
 * count masked with (bytes - 1). A record never wraps: when it would, the
 * producer fills the rest of the ring with one PCIEM_REC_PAD record. A pad may
 * be as short as 16 bytes: of its header only bytes, type, flags and len (both
 * 0) are there, and it is not counted in seq.
 * The producer writes the record, then publishes its head with release
 * semantics; the consumer reads the head with acquire semantics, uses the
 * record, then publishes its tail with release semantics. Each side keeps
 * private copies of its own indices and never reads them back; the kernel
 * copies every field once, validates the copy and uses the copy. A value that
 * cannot be is answered with link-down, never with a guess. A full ring makes
 * the producer wait; no TLP is ever dropped (notes, of type EVENT and SITE, are).
 *
 * Sessions. A session is one life of a link. The bridge starts one by choosing
 * an epoch different from the last one, zeroing its own indices, writing state
 * PCIEM_BRIDGE_READY and kicking. The kernel zeroes its indices, answers with
 * the same epoch and PCIEM_KERNEL_ATTACHED. When the card's link is up the
 * bridge writes PCIEM_BRIDGE_UP and kicks; the kernel then enumerates. When the
 * bridge writes PCIEM_BRIDGE_DOWN or goes away, every waiting access ends with
 * all-ones and the card is removed.
 */
#ifndef _UAPI_PCIEM_H
#define _UAPI_PCIEM_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define PCIEM_MAGIC		0x31305245534952ULL	/* "RISER01" */
#define PCIEM_ABI		1
#define PCIEM_PAGE_BYTES	4096
#define PCIEM_REC_ALIGN		16
/* Largest TLP: 4 DW header, 4096 bytes of payload, 1 DW digest. */
#define PCIEM_TLP_MAX_BYTES	(16 + 4096 + 4)
/* Largest record, header and caller included, rounded up. */
#define PCIEM_REC_MAX_BYTES	4352
#define PCIEM_RING_MIN_BYTES	(1U << 16)
#define PCIEM_RING_MAX_BYTES	(1U << 26)
#define PCIEM_TEXT_MAX_BYTES	1024

/**
 * struct pciem_hdr - first page of the block
 *
 * Written by whoever creates the memory (the kernel in local mode, the
 * supervisor of the bridge in split mode) before the first session and constant
 * afterwards. The kernel validates each field when it attaches and keeps copies.
 *
 * @magic: PCIEM_MAGIC
 * @abi: PCIEM_ABI
 * @hdr_bytes: sizeof(struct pciem_hdr)
 * @total_bytes: size of the block
 * @kernel_off: offset of struct pciem_kernel_words, page aligned
 * @bridge_off: offset of struct pciem_bridge_words, page aligned
 * @down_off: offset of the down ring, page aligned
 * @up_off: offset of the up ring, page aligned
 * @down_bytes: size of the down ring, a power of two
 * @up_bytes: size of the up ring, a power of two
 * @deadline_atomic_ms: how long an access may wait where it cannot sleep, 1 to
 *	5000; 0 selects the kernel's default (250)
 * @deadline_sleep_ms: how long an access may wait where it can sleep, at most
 *	60000; 0 selects the kernel's default (the same as atomic)
 * @expiries_to_link_down: expiries in a row that take the link down, at most 100;
 *	0 selects 3
 * @bridge_peer: split mode: ivshmem peer number of the bridge's doorbell
 * @dma_off: offset of the area of DMA slots, page aligned; 0 without
 * @dma_bytes: its size, whole pages, PCIEM_SLOTS_MIN_BYTES to PCIEM_SLOTS_MAX_BYTES;
 *	0: no DMA slots (always so in local mode)
 * @name: name of the card for messages, NUL-terminated
 * @reserved: 0
 */
struct pciem_hdr {
	__u64 magic;
	__u32 abi;
	__u32 hdr_bytes;
	__u64 total_bytes;
	__u64 kernel_off;
	__u64 bridge_off;
	__u64 down_off;
	__u64 up_off;
	__u32 down_bytes;
	__u32 up_bytes;
	__u32 deadline_atomic_ms;
	__u32 deadline_sleep_ms;
	__u32 expiries_to_link_down;
	__u32 bridge_peer;
	__u64 dma_off;
	__u64 dma_bytes;
	char name[32];
	__u64 reserved[4];
};

/* What the kernel says of the session with pciem_kernel_words.epoch. */
#define PCIEM_KERNEL_ABSENT	0	/* no module, or it has let go */
#define PCIEM_KERNEL_ATTACHED	1	/* indices are reset, waits for link up */
#define PCIEM_KERNEL_SCANNING	2	/* enumeration runs */
#define PCIEM_KERNEL_RUNNING	3	/* devices are added, drivers may bind */
#define PCIEM_KERNEL_REMOVING	4	/* orderly removal runs, link still up */
#define PCIEM_KERNEL_FAILED	5	/* link-down: deadline, bad ring, bridge gone */
#define PCIEM_KERNEL_DETACHED	6	/* everything of this session is gone */

/* Why the kernel took the link down (pciem_kernel_words.reason). */
#define PCIEM_REASON_NONE	0
#define PCIEM_REASON_BRIDGE	1	/* the bridge said down, or died */
#define PCIEM_REASON_DEADLINE	2	/* accesses expired in a row */
#define PCIEM_REASON_RING	3	/* a record or index that cannot be */
#define PCIEM_REASON_FULL	4	/* down ring stayed full past the deadline */
#define PCIEM_REASON_UNLOAD	5	/* module unload or device unbind */
#define PCIEM_REASON_POWER	6	/* suspend, reboot or panic */
#define PCIEM_REASON_SCAN	7	/* no PCI domain could be made or scanned, see dmesg */
#define PCIEM_REASON_TRAP	8	/* register accesses are not trapped any more, see dmesg */

/**
 * struct pciem_kernel_words - second page, written by the kernel only
 *
 * @down_head: producer index of the down ring
 * @up_tail: consumer index of the up ring
 * @epoch: session that all other words belong to
 * @state: PCIEM_KERNEL_*
 * @reason: PCIEM_REASON_* of PCIEM_KERNEL_FAILED
 * @need_kick: not 0: nobody polls the up ring; kick after publishing up_head
 * @nr_waiting: CPUs that wait for a completion right now
 * @requests: host requests sent in this session (a hint for display)
 * @irqs: interrupts handed to Linux in this session (a hint for display)
 * @reserved: 0
 */
struct pciem_kernel_words {
	__u32 down_head;
	__u32 up_tail;
	__u32 epoch;
	__u32 state;
	__u32 reason;
	__u32 need_kick;
	__u32 nr_waiting;
	__u32 pad;
	__u64 requests;
	__u64 irqs;
	__u64 reserved[2];
};

#define PCIEM_BRIDGE_ABSENT	0	/* nobody there */
#define PCIEM_BRIDGE_READY	1	/* session started, link not up yet */
#define PCIEM_BRIDGE_UP		2	/* link up */
#define PCIEM_BRIDGE_LEAVING	3	/* asks the kernel for orderly removal */
#define PCIEM_BRIDGE_DOWN	4	/* link down: a pulled card */

/**
 * struct pciem_bridge_words - third page, written by the bridge (or, after the
 * bridge's death, its supervisor) only
 *
 * @up_head: producer index of the up ring
 * @down_tail: consumer index of the down ring
 * @epoch: session that all other words belong to, never 0
 * @state: PCIEM_BRIDGE_*
 * @need_kick: not 0: the bridge sleeps; kick after publishing down_head
 * @pid: process id of the bridge in its own namespace, for messages
 * @cycles: cycles of the PCIe user clock simulated so far (a hint)
 * @dma_epoch: moved on before and after the bridge touches DMA slots: odd while it may
 * @pad: 0
 * @slot_requests: requests of the card that were served from DMA slots (a hint)
 * @reserved: 0
 */
struct pciem_bridge_words {
	__u32 up_head;
	__u32 down_tail;
	__u32 epoch;
	__u32 state;
	__u32 need_kick;
	__u32 pid;
	__u64 cycles;
	__u32 dma_epoch;
	__u32 pad;
	__u64 slot_requests;
	__u64 reserved[2];
};

/*
 * DMA slots. Split mode only, and only if the header names an area for them. A
 * driver's buffer is copied into pages of the area when it is mapped and back when it
 * is unmapped; coherent memory is allocated there. The bridge may then serve a request
 * of the card in place. Guest memory itself is never shared, and whatever the bridge
 * does not serve goes up the ring as without slots, and is judged by the kernel.
 *
 * Of T pages in the area the first DIV_ROUND_UP(T, 129) hold a table with one struct
 * pciem_slot for each page that follows. Page n has the bus address PCIEM_SLOT_BUS +
 * n * PCIEM_PAGE_BYTES. Page 0 is never mapped; its place in the table is struct
 * pciem_slot_gate. The kernel alone writes the table.
 *
 * An entry is read like this: @seq (acquire; odd: being written, no entry), the other
 * fields, @seq again. A request is served only if all of its bytes are in [start, end)
 * of the entry of the page in which it begins, the requester and direction are the
 * entry's, and the gate lets it.
 *
 * Before the bridge looks at the table it makes dma_epoch odd and issues a full fence;
 * after its last access to slots it makes it even. The kernel, when a mapping ends,
 * clears the entries, issues a full fence and reads dma_epoch: even, the pages are free;
 * odd, they are once dma_epoch has moved. A dma_epoch that is not true lets a bridge
 * write into later slots of its own card, never anywhere else.
 *
 * Ordering. A request may be served from slots only when the kernel has consumed all
 * posted requests that were sent up before it (up_tail). The completion of a read follows
 * all posted requests that were in the down ring when memory was read.
 */
#define PCIEM_SLOT_BUS		0x80000000ULL
#define PCIEM_SLOT_GROUP_PAGES	129	/* a page of the table, and its 128 pages */
#define PCIEM_SLOTS_MIN_BYTES	(1ULL << 16)
#define PCIEM_SLOTS_MAX_BYTES	(1ULL << 30)

#define PCIEM_SLOT_READ		0x1	/* the card may read */
#define PCIEM_SLOT_WRITE	0x2	/* the card may write */

/**
 * struct pciem_slot - what a page of the area is mapped for; of all its pages the same
 *
 * @seq: odd while the entry is being written
 * @requester: bus, device and function that may use it
 * @dir: PCIEM_SLOT_READ, PCIEM_SLOT_WRITE
 * @start: bus address of the mapping's first byte
 * @end: bus address behind its last byte; 0: not mapped
 * @reserved: 0
 */
struct pciem_slot {
	__u32 seq;
	__u16 requester;
	__u16 dir;
	__u64 start;
	__u64 end;
	__u64 reserved;
};

/**
 * struct pciem_slot_gate - whom the kernel serves at all, in place of page 0's entry
 *
 * @bus_masters: bit n: function n has Bus Master Enable; bits 15:8: its bus number
 * @mps_bytes: Max_Payload_Size of the root port
 * @reserved: 0
 */
struct pciem_slot_gate {
	__u32 bus_masters;
	__u32 mps_bytes;
	__u64 reserved[3];
};

/* Record types. Down: */
#define PCIEM_REC_PAD		0	/* both: skip to the start of the ring */
#define PCIEM_REC_TLP		1	/* both: body is [struct pciem_caller] TLP bytes */
#define PCIEM_REC_SITE		2	/* down: body is struct pciem_site and text */
#define PCIEM_REC_RESET		3	/* down: aux is PCIEM_RESET_* */
#define PCIEM_REC_EVENT		4	/* down: aux is PCIEM_EVENT_*, body is text */
#define PCIEM_REC_MARK		5	/* down: body is text given by the driver's machine */
/* Up: */
#define PCIEM_REC_TIMEOUT	16	/* up: host request with tag aux: completion timeout */
#define PCIEM_REC_NR		17

/* Record flags. */
#define PCIEM_RECF_CALLER	0x0001	/* body starts with struct pciem_caller */

/* PCIEM_REC_RESET, aux. Levels, not pulses: each is asserted and released. */
#define PCIEM_RESET_HOT_ASSERT		1	/* secondary bus reset set */
#define PCIEM_RESET_HOT_RELEASE		2
#define PCIEM_RESET_PERST_ASSERT	3
#define PCIEM_RESET_PERST_RELEASE	4
#define PCIEM_RESET_LINK_DOWN		5	/* link disable set: no reset is signalled, the link goes away */
#define PCIEM_RESET_LINK_UP		6

/* PCIEM_REC_EVENT, aux: what the kernel's side noticed. */
#define PCIEM_EVENT_INFO		0
#define PCIEM_EVENT_DMA_MISS		1	/* request outside every mapping, or of the wrong direction */
#define PCIEM_EVENT_UNEXPECTED_CPL	2
#define PCIEM_EVENT_BAD_CPL		3	/* completion that does not fit its request */
#define PCIEM_EVENT_MALFORMED		4
#define PCIEM_EVENT_UR			5	/* host request answered with Unsupported Request */
#define PCIEM_EVENT_CA			6	/* host request answered with Completer Abort */
#define PCIEM_EVENT_POISONED		7
#define PCIEM_EVENT_TIMEOUT		8	/* wall-clock deadline of one access */
#define PCIEM_EVENT_LINK_DOWN		9
#define PCIEM_EVENT_INSN		10	/* instruction that cannot be emulated */
#define PCIEM_EVENT_BAD_MSI		11	/* write to the message window that names no vector of the card */
#define PCIEM_EVENT_BME			12	/* card request refused: Bus Master Enable is 0, and others that the text names */
#define PCIEM_EVENT_STATE		13	/* the scan failed */
#define PCIEM_EVENT_REFUSED		14	/* request of the card that the root complex does not serve */

/**
 * struct pciem_rec - header of a record in either ring, PCIEM_REC_ALIGN aligned
 *
 * @bytes: whole record with header and padding, a multiple of PCIEM_REC_ALIGN,
 *	at most PCIEM_REC_MAX_BYTES (a pad may be longer)
 * @type: PCIEM_REC_*
 * @flags: PCIEM_RECF_*, others 0
 * @len: bytes of the body that follow the header
 * @aux: by type; in a TLP down: interned call site, 0 if none
 * @time: down: the kernel's CLOCK_MONOTONIC in ns; up: cycle of the PCIe user
 *	clock in which the last beat of the TLP was transferred
 * @seq: number of the record in its ring since the session began, from 0
 */
struct pciem_rec {
	__u32 bytes;
	__u16 type;
	__u16 flags;
	__u32 len;
	__u32 aux;
	__u64 time;
	__u64 seq;
};

/* struct pciem_caller.context */
#define PCIEM_CTX_PROCESS	0
#define PCIEM_CTX_SOFTIRQ	1
#define PCIEM_CTX_HARDIRQ	2
#define PCIEM_CTX_NMI		3

/**
 * struct pciem_caller - who made a host request
 *
 * @pc: token of the instruction's address (MMIO), or of the return address into
 *	the caller of the PCI core's config accessor: equal for equal addresses
 *	within a session, and says nothing of the kernel's layout
 * @pid: thread id of the current task
 * @cpu: CPU number
 * @context: PCIEM_CTX_*
 * @irqs_off: 1 if interrupts were off
 * @comm: name of the current task, NUL-padded
 */
struct pciem_caller {
	__u64 pc;
	__u32 pid;
	__u16 cpu;
	__u8 context;
	__u8 irqs_off;
	char comm[16];
};

#define PCIEM_SITE_FRAMES	8

/**
 * struct pciem_site - a call site, sent before the first request that names it
 *
 * @site: number used in pciem_rec.aux, from 1
 * @nr_frames: valid entries of @frame
 * @frame: kernel stack from the access outwards, as tokens (see pciem_caller.pc);
 *	frame[0] is the access itself
 *
 * Text follows: one line per frame, as printed by %pS
 * ("nvme_pci_reg_read32+0x1c/0x30 [nvme]"), lines ended by '\n'; "?" for an address
 * without a symbol, "user space of COMM" for an instruction of a program.
 */
struct pciem_site {
	__u32 site;
	__u32 nr_frames;
	__u64 frame[PCIEM_SITE_FRAMES];
};

/*
 * Local mode: the device node. One open file is one link with one card below a
 * root port of its own; close (or death) of the file is surprise removal.
 * CAP_SYS_ADMIN in the initial user namespace is needed to open it and again
 * for PCIEM_IOC_CREATE. Unknown flags and non-zero reserved fields give EINVAL,
 * unknown commands ENOTTY.
 *
 * After PCIEM_IOC_CREATE the block is mapped twice, both MAP_SHARED:
 *
 *	mmap(NULL, total_bytes, PROT_READ, ..., fd, 0)
 *	mmap(NULL, total_bytes - bridge_off, PROT_READ | PROT_WRITE, ..., fd, bridge_off)
 *
 * The order in the block is header, kernel's words, down ring, bridge's words,
 * up ring; so the second mapping (offsets from struct pciem_hdr) is what the
 * bridge writes. Any other offset or size gives EINVAL, PROT_WRITE on the first
 * EPERM, PROT_EXEC on either EPERM.
 */

/**
 * struct pciem_api - PCIEM_IOC_GET_API
 * @abi: out: PCIEM_ABI
 * @features: out: feature bits, none yet
 */
struct pciem_api {
	__u32 abi;
	__u32 flags;
	__u64 features;
};

/**
 * struct pciem_create - PCIEM_IOC_CREATE: make the link; once per open file
 *
 * @size: in: sizeof(struct pciem_create) as the caller knows it; a larger one
 *	with non-zero bytes beyond what the kernel knows gives E2BIG
 * @flags: in: 0
 * @down_bytes: in: size of the down ring, a power of two within the limits
 * @up_bytes: in: the same for the up ring
 * @deadline_atomic_ms: in: as in struct pciem_hdr
 * @deadline_sleep_ms: in: as in struct pciem_hdr
 * @expiries_to_link_down: in: as in struct pciem_hdr
 * @kick_fd: in: eventfd signalled for the bridge, or -1
 * @total_bytes: out: size to pass to mmap() at offset 0, exactly
 * @name: in: as in struct pciem_hdr
 */
struct pciem_create {
	__u32 size;
	__u32 flags;
	__u32 down_bytes;
	__u32 up_bytes;
	__u32 deadline_atomic_ms;
	__u32 deadline_sleep_ms;
	__u32 expiries_to_link_down;
	__s32 kick_fd;
	__u64 total_bytes;
	char name[32];
	__u64 reserved[4];
};

/**
 * struct pciem_enter - PCIEM_IOC_ENTER: the bridge's kick, and its sleep
 *
 * The kernel looks at the bridge's words (state changes included) and drains
 * the up ring. With PCIEM_ENTER_WAIT it then sleeps until the down ring is not
 * empty, the kernel's state changed, a signal came (EINTR) or @timeout_ns passed.
 *
 * @flags: in: PCIEM_ENTER_*
 * @timeout_ns: in: longest sleep
 */
struct pciem_enter {
	__u32 flags;
	__u32 pad;
	__u64 timeout_ns;
};

#define PCIEM_ENTER_WAIT	0x1

#define PCIEM_IOC_MAGIC		0xB7
#define PCIEM_IOC_GET_API	_IOR(PCIEM_IOC_MAGIC, 0x00, struct pciem_api)
#define PCIEM_IOC_CREATE	_IOWR(PCIEM_IOC_MAGIC, 0x01, struct pciem_create)
#define PCIEM_IOC_ENTER		_IOW(PCIEM_IOC_MAGIC, 0x02, struct pciem_enter)

#endif /* _UAPI_PCIEM_H */
