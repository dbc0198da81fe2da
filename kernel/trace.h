/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, named after rwmmio's: caller, addr, width, val.
 * main.c instantiates them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pciem

#if !defined(PCIEM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PCIEM_TRACE_H

#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(pciem_access,
	TP_PROTO(int link, unsigned long caller, u64 addr, unsigned int width, u64 val, int status),
	TP_ARGS(link, caller, addr, width, val, status),
	TP_STRUCT__entry(
		__field(int, link)
		__field(unsigned long, caller)
		__field(u64, addr)
		__field(u32, width)
		__field(u64, val)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->link = link;
		__entry->caller = caller;
		__entry->addr = addr;
		__entry->width = width;
		__entry->val = val;
		__entry->status = status;
	),
	/* width in bits as in rwmmio, status is enum pciem_status */
	TP_printk("link=%d %pS width=%u addr=%#llx val=%#llx status=%d", __entry->link,
		  (void *)__entry->caller, __entry->width, __entry->addr, __entry->val, __entry->status)
);

DEFINE_EVENT(pciem_access, pciem_mmio_read,
	TP_PROTO(int link, unsigned long caller, u64 addr, unsigned int width, u64 val, int status),
	TP_ARGS(link, caller, addr, width, val, status));
DEFINE_EVENT(pciem_access, pciem_mmio_write,
	TP_PROTO(int link, unsigned long caller, u64 addr, unsigned int width, u64 val, int status),
	TP_ARGS(link, caller, addr, width, val, status));
/* addr: bus/device/function in bits 31:16, register in bits 15:0 */
DEFINE_EVENT(pciem_access, pciem_cfg_read,
	TP_PROTO(int link, unsigned long caller, u64 addr, unsigned int width, u64 val, int status),
	TP_ARGS(link, caller, addr, width, val, status));
DEFINE_EVENT(pciem_access, pciem_cfg_write,
	TP_PROTO(int link, unsigned long caller, u64 addr, unsigned int width, u64 val, int status),
	TP_ARGS(link, caller, addr, width, val, status));

DECLARE_EVENT_CLASS(pciem_dma,
	TP_PROTO(int link, u16 requester, u64 addr, unsigned int bytes, int status),
	TP_ARGS(link, requester, addr, bytes, status),
	TP_STRUCT__entry(
		__field(int, link)
		__field(u16, requester)
		__field(u64, addr)
		__field(u32, bytes)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->link = link;
		__entry->requester = requester;
		__entry->addr = addr;
		__entry->bytes = bytes;
		__entry->status = status;
	),
	TP_printk("link=%d requester=%04x addr=%#llx bytes=%u status=%d", __entry->link,
		  __entry->requester, __entry->addr, __entry->bytes, __entry->status)
);

DEFINE_EVENT(pciem_dma, pciem_dma_read,
	TP_PROTO(int link, u16 requester, u64 addr, unsigned int bytes, int status),
	TP_ARGS(link, requester, addr, bytes, status));
DEFINE_EVENT(pciem_dma, pciem_dma_write,
	TP_PROTO(int link, u16 requester, u64 addr, unsigned int bytes, int status),
	TP_ARGS(link, requester, addr, bytes, status));

DECLARE_EVENT_CLASS(pciem_map,
	TP_PROTO(int link, unsigned long caller, u64 addr, u64 bytes, int direction),
	TP_ARGS(link, caller, addr, bytes, direction),
	TP_STRUCT__entry(
		__field(int, link)
		__field(unsigned long, caller)
		__field(u64, addr)
		__field(u64, bytes)
		__field(int, direction)
	),
	TP_fast_assign(
		__entry->link = link;
		__entry->caller = caller;
		__entry->addr = addr;
		__entry->bytes = bytes;
		__entry->direction = direction;
	),
	TP_printk("link=%d %pS addr=%#llx bytes=%llu direction=%d", __entry->link,
		  (void *)__entry->caller, __entry->addr, __entry->bytes, __entry->direction)
);

DEFINE_EVENT(pciem_map, pciem_dma_map,
	TP_PROTO(int link, unsigned long caller, u64 addr, u64 bytes, int direction),
	TP_ARGS(link, caller, addr, bytes, direction));
DEFINE_EVENT(pciem_map, pciem_dma_unmap,
	TP_PROTO(int link, unsigned long caller, u64 addr, u64 bytes, int direction),
	TP_ARGS(link, caller, addr, bytes, direction));

TRACE_EVENT(pciem_msi,
	TP_PROTO(int link, u16 requester, u64 addr, u32 data, unsigned int irq),
	TP_ARGS(link, requester, addr, data, irq),
	TP_STRUCT__entry(
		__field(int, link)
		__field(u16, requester)
		__field(u64, addr)
		__field(u32, data)
		__field(u32, irq)
	),
	TP_fast_assign(
		__entry->link = link;
		__entry->requester = requester;
		__entry->addr = addr;
		__entry->data = data;
		__entry->irq = irq;
	),
	/* irq 0: rejected */
	TP_printk("link=%d requester=%04x addr=%#llx data=%#x irq=%u", __entry->link,
		  __entry->requester, __entry->addr, __entry->data, __entry->irq)
);

/* dir 0: down, 1: up; hdr: the first 16 bytes as on the link */
TRACE_EVENT(pciem_tlp,
	TP_PROTO(int link, int dir, const u8 *hdr, unsigned int hdr_bytes, unsigned int bytes),
	TP_ARGS(link, dir, hdr, hdr_bytes, bytes),
	TP_STRUCT__entry(
		__field(int, link)
		__field(int, dir)
		__field(u32, bytes)
		__array(u8, hdr, 16)
	),
	TP_fast_assign(
		__entry->link = link;
		__entry->dir = dir;
		__entry->bytes = bytes;
		memset(__entry->hdr, 0, 16);
		memcpy(__entry->hdr, hdr, hdr_bytes < 16 ? hdr_bytes : 16);
	),
	TP_printk("link=%d %s %s bytes=%u", __entry->link, __entry->dir ? "up" : "down",
		  __print_hex(__entry->hdr, 16), __entry->bytes)
);

#endif /* PCIEM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
