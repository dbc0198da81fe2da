/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Configuration space of the virtual root port: a type 1 function with power
 * management, MSI, PCI Express and advanced error reporting. PURE.
 *
 * The model holds registers and decides what follows from writes and from
 * error messages. What leaves the function (a reset on the link, an interrupt)
 * is returned as event bits; the caller acts on them after it has dropped its
 * lock. No function here locks.
 */
#ifndef PCIEM_ROOTPORT_H
#define PCIEM_ROOTPORT_H

#include "pure.h"

#define PCIEM_RP_BYTES		0x148	/* end of the last capability */

#define PCIEM_RP_VENDOR		0x1ffe
#define PCIEM_RP_DEVICE		0x0001

#define PCIEM_RP_PM		0x40
#define PCIEM_RP_MSI		0x50
#define PCIEM_RP_EXP		0x70
#define PCIEM_RP_AER		0x100

/* Events. */
#define PCIEM_RP_RESET		0x1	/* pciem_rootport_resets() has changed */
#define PCIEM_RP_ROUTES		0x4	/* pciem_rootport_routes() has changed */
#define PCIEM_RP_MSI_FIRE	0x8	/* send the function's MSI */
#define PCIEM_RP_INTX		0x10	/* pciem_rootport_intx() may have changed */

/* What holds the link below in reset, each a level. */
#define PCIEM_RP_HELD_HOT	0x1	/* Secondary Bus Reset */
#define PCIEM_RP_HELD_DOWN	0x2	/* Link Disable */

/* Message codes that concern a root port. */
#define PCIEM_MSG_PM_PME	0x18
#define PCIEM_MSG_ERR_COR	0x30
#define PCIEM_MSG_ERR_NONFATAL	0x31
#define PCIEM_MSG_ERR_FATAL	0x33

struct pciem_rootport {
	u8 cfg[PCIEM_RP_BYTES];
	u8 rw[PCIEM_RP_BYTES];		/* bits software may write */
	u8 w1c[PCIEM_RP_BYTES];		/* bits software clears by writing 1 */
	u16 pme_pending_id;
	u8 irq_cond;			/* enabled interrupt conditions, for edges */
	u8 held;			/* PCIEM_RP_HELD_* */
	bool link_up;
};

/* What goes where, as Linux has programmed it. Ranges are half-open. */
struct pciem_rootport_routes {
	u64 mem_start, mem_end;
	u64 pref_start, pref_end;
	u8 secondary, subordinate;
	bool mem_enabled;		/* Memory Space Enable and D0 */
	bool bus_master;
	bool ari;			/* function numbers up to 255 below */
	bool crs_visible;
	bool link_active;
	u16 mps_bytes;
};

/* Power-on state. The link is down until pciem_rootport_set_link(). */
void pciem_rootport_init(struct pciem_rootport *rp);

void pciem_rootport_set_link(struct pciem_rootport *rp, bool up);

/* PCIEM_RP_HELD_* as the registers say now. */
u8 pciem_rootport_resets(const struct pciem_rootport *rp);

/**
 * pciem_rootport_read() - configuration read
 * @where: byte offset below 4096
 * @size: 1, 2 or 4 bytes within one dword
 */
u32 pciem_rootport_read(const struct pciem_rootport *rp, unsigned int where,
			unsigned int size);

/* Configuration write. Return: events. */
u32 pciem_rootport_write(struct pciem_rootport *rp, unsigned int where,
			 unsigned int size, u32 val);

void pciem_rootport_routes(const struct pciem_rootport *rp,
			   struct pciem_rootport_routes *routes);

/* ERR_* or PM_PME received from below. Return: events. */
u32 pciem_rootport_message(struct pciem_rootport *rp, u8 code, u16 requester);

/**
 * pciem_rootport_error() - an uncorrectable error that the port itself detects
 * @bit: PCI_ERR_UNC_*
 * @hdr: 16 bytes of TLP header as on the link, or NULL
 *
 * Return: events.
 */
u32 pciem_rootport_error(struct pciem_rootport *rp, u32 bit, const u8 *hdr);

/* Sets bits of the secondary status register (PCI_STATUS_REC_*). */
void pciem_rootport_sec_status(struct pciem_rootport *rp, u16 bits);

/* Level of the port's own INTA. */
bool pciem_rootport_intx(const struct pciem_rootport *rp);

#endif /* PCIEM_ROOTPORT_H */
