// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The root port's registers. Rules: PCI Express base specification 5.0, chapter
 * 7 for the registers, 6.2 for errors, 6.1.6 for PME, 5.3 for power states.
 */
#include "rootport.h"

#include <linux/pci_regs.h>

#define EXP(reg)	(PCIEM_RP_EXP + (reg))
#define AER(reg)	(PCIEM_RP_AER + (reg))

/* Interrupt conditions, each an enabled status bit. */
#define COND_COR	0x1
#define COND_NONFATAL	0x2
#define COND_FATAL	0x4
#define COND_PME	0x8

/* Errors that this port can log. */
#define UNC_BITS	(PCI_ERR_UNC_DLP | PCI_ERR_UNC_SURPDN |		\
			 PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_FCP |	\
			 PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_COMP_ABORT |	\
			 PCI_ERR_UNC_UNX_COMP | PCI_ERR_UNC_RX_OVER |	\
			 PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC |	\
			 PCI_ERR_UNC_UNSUP)
#define UNC_FATAL	(PCI_ERR_UNC_DLP | PCI_ERR_UNC_SURPDN |		\
			 PCI_ERR_UNC_FCP | PCI_ERR_UNC_RX_OVER |	\
			 PCI_ERR_UNC_MALF_TLP)
#define COR_BITS	(PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP |	\
			 PCI_ERR_COR_BAD_DLLP | PCI_ERR_COR_REP_ROLL |	\
			 PCI_ERR_COR_REP_TIMER | PCI_ERR_COR_ADV_NFAT)

static u32 get(const struct pciem_rootport *rp, unsigned int where,
	       unsigned int size)
{
	u32 val = 0;
	unsigned int i;

	for (i = 0; i < size; i++)
		val |= (u32)rp->cfg[where + i] << (8 * i);
	return val;
}

static void put(u8 *array, unsigned int where, unsigned int size, u32 val)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		array[where + i] = (u8)(val >> (8 * i));
}

static void set_bits(struct pciem_rootport *rp, unsigned int where,
		     unsigned int size, u32 bits)
{
	put(rp->cfg, where, size, get(rp, where, size) | bits);
}

/* A register: its value after reset and the bits that writes reach. */
static void reg(struct pciem_rootport *rp, unsigned int where,
		unsigned int size, u32 val, u32 rw)
{
	put(rp->cfg, where, size, val);
	put(rp->rw, where, size, rw);
}

static void init_header(struct pciem_rootport *rp)
{
	reg(rp, PCI_VENDOR_ID, 2, PCIEM_RP_VENDOR, 0);
	reg(rp, PCI_DEVICE_ID, 2, PCIEM_RP_DEVICE, 0);
	reg(rp, PCI_COMMAND, 2, 0, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
	    PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
	    PCI_COMMAND_INTX_DISABLE);
	reg(rp, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	put(rp->w1c, PCI_STATUS, 2, 0xf900);
	reg(rp, PCI_CLASS_REVISION, 4, 0x06040001, 0);
	reg(rp, PCI_CACHE_LINE_SIZE, 1, 0, 0xff);
	reg(rp, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_BRIDGE, 0);
	reg(rp, PCI_PRIMARY_BUS, 4, 0, 0x00ffffff);
	/* no I/O window: base above limit, and both fixed */
	reg(rp, PCI_IO_BASE, 2, 0x00f0, 0);
	put(rp->w1c, PCI_SEC_STATUS, 2, 0xf900);
	reg(rp, PCI_MEMORY_BASE, 4, 0, 0xfff0fff0);
	reg(rp, PCI_PREF_MEMORY_BASE, 4, PCI_PREF_RANGE_TYPE_64 << 16 |
	    PCI_PREF_RANGE_TYPE_64, 0xfff0fff0);
	reg(rp, PCI_PREF_BASE_UPPER32, 4, 0, 0xffffffff);
	reg(rp, PCI_PREF_LIMIT_UPPER32, 4, 0, 0xffffffff);
	reg(rp, PCI_CAPABILITY_LIST, 1, PCIEM_RP_PM, 0);
	reg(rp, PCI_INTERRUPT_LINE, 2, 0x0100, 0x00ff);
	/* Firmware leaves error forwarding on; Linux never touches the bit. */
	reg(rp, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR,
	    PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR |
	    PCI_BRIDGE_CTL_BUS_RESET);
}

static void init_express(struct pciem_rootport *rp)
{
	reg(rp, EXP(0), 2, PCI_CAP_ID_EXP, 0);
	reg(rp, EXP(PCI_EXP_FLAGS), 2, PCI_EXP_TYPE_ROOT_PORT << 4 | 2, 0);
	reg(rp, EXP(PCI_EXP_DEVCAP), 4,
	    2 | PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER, 0);
	/* Max_Payload_Size as firmware would have set it: all that is there. */
	reg(rp, EXP(PCI_EXP_DEVCTL), 2, PCI_EXP_DEVCTL_PAYLOAD_512B |
	    PCI_EXP_DEVCTL_READRQ_512B | PCI_EXP_DEVCTL_RELAX_EN |
	    PCI_EXP_DEVCTL_NOSNOOP_EN, 0x7fff & ~(PCI_EXP_DEVCTL_PHANTOM |
	    PCI_EXP_DEVCTL_AUX_PME));
	put(rp->w1c, EXP(PCI_EXP_DEVSTA), 2, PCI_EXP_DEVSTA_CED |
	    PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD);
	reg(rp, EXP(PCI_EXP_LNKCAP), 4, PCI_EXP_LNKCAP_SLS_8_0GB | 4 << 4 |
	    PCI_EXP_LNKCAP_DLLLARC, 0);
	reg(rp, EXP(PCI_EXP_LNKCTL), 2, 0, PCI_EXP_LNKCTL_LD |
	    PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
	reg(rp, EXP(PCI_EXP_LNKSTA), 2, PCI_EXP_LNKSTA_SLC, 0);
	reg(rp, EXP(PCI_EXP_RTCTL), 2, 0, PCI_EXP_RTCTL_SECEE |
	    PCI_EXP_RTCTL_SENFEE | PCI_EXP_RTCTL_SEFEE |
	    PCI_EXP_RTCTL_PMEIE | PCI_EXP_RTCTL_CRSSVE);
	reg(rp, EXP(PCI_EXP_RTCAP), 2, PCI_EXP_RTCAP_CRSVIS, 0);
	put(rp->w1c, EXP(PCI_EXP_RTSTA), 4, PCI_EXP_RTSTA_PME);
	reg(rp, EXP(PCI_EXP_DEVCAP2), 4, PCI_EXP_DEVCAP2_COMP_TMOUT_DIS |
	    PCI_EXP_DEVCAP2_ARI | PCI_EXP_DEVCAP2_ATOMIC_COMP32 |
	    PCI_EXP_DEVCAP2_ATOMIC_COMP64, 0);
	reg(rp, EXP(PCI_EXP_DEVCTL2), 2, 0, PCI_EXP_DEVCTL2_COMP_TMOUT_DIS |
	    PCI_EXP_DEVCTL2_ARI);
	reg(rp, EXP(PCI_EXP_LNKCAP2), 4, PCI_EXP_LNKCAP2_SLS_2_5GB |
	    PCI_EXP_LNKCAP2_SLS_5_0GB | PCI_EXP_LNKCAP2_SLS_8_0GB, 0);
	reg(rp, EXP(PCI_EXP_LNKCTL2), 2, PCI_EXP_LNKCTL2_TLS_8_0GT,
	    PCI_EXP_LNKCTL2_TLS);
}

static void init_aer(struct pciem_rootport *rp)
{
	reg(rp, AER(0), 4, PCI_EXT_CAP_ID_ERR | 2 << 16, 0);
	put(rp->w1c, AER(PCI_ERR_UNCOR_STATUS), 4, UNC_BITS);
	reg(rp, AER(PCI_ERR_UNCOR_MASK), 4, 0, UNC_BITS);
	reg(rp, AER(PCI_ERR_UNCOR_SEVER), 4, UNC_FATAL, UNC_BITS);
	put(rp->w1c, AER(PCI_ERR_COR_STATUS), 4, COR_BITS);
	reg(rp, AER(PCI_ERR_COR_MASK), 4, PCI_ERR_COR_ADV_NFAT, COR_BITS);
	reg(rp, AER(PCI_ERR_ROOT_COMMAND), 4, 0, PCI_ERR_ROOT_CMD_COR_EN |
	    PCI_ERR_ROOT_CMD_NONFATAL_EN | PCI_ERR_ROOT_CMD_FATAL_EN);
	put(rp->w1c, AER(PCI_ERR_ROOT_STATUS), 4, PCI_ERR_ROOT_COR_RCV |
	    PCI_ERR_ROOT_MULTI_COR_RCV | PCI_ERR_ROOT_UNCOR_RCV |
	    PCI_ERR_ROOT_MULTI_UNCOR_RCV | PCI_ERR_ROOT_FIRST_FATAL |
	    PCI_ERR_ROOT_NONFATAL_RCV | PCI_ERR_ROOT_FATAL_RCV);
}

void pciem_rootport_init(struct pciem_rootport *rp)
{
	memset(rp, 0, sizeof(*rp));
	init_header(rp);

	reg(rp, PCIEM_RP_PM, 2, PCI_CAP_ID_PM | PCIEM_RP_MSI << 8, 0);
	reg(rp, PCIEM_RP_PM + PCI_PM_PMC, 2, 3, 0);
	reg(rp, PCIEM_RP_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_NO_SOFT_RESET,
	    PCI_PM_CTRL_STATE_MASK);

	reg(rp, PCIEM_RP_MSI, 2, PCI_CAP_ID_MSI | PCIEM_RP_EXP << 8, 0);
	reg(rp, PCIEM_RP_MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT,
	    PCI_MSI_FLAGS_ENABLE);
	reg(rp, PCIEM_RP_MSI + PCI_MSI_ADDRESS_LO, 4, 0, 0xfffffffc);
	reg(rp, PCIEM_RP_MSI + PCI_MSI_ADDRESS_HI, 4, 0, 0xffffffff);
	reg(rp, PCIEM_RP_MSI + PCI_MSI_DATA_64, 2, 0, 0xffff);

	init_express(rp);
	init_aer(rp);
}

void pciem_rootport_set_link(struct pciem_rootport *rp, bool up)
{
	rp->link_up = up;
}

static bool link_active(const struct pciem_rootport *rp)
{
	return rp->link_up && !rp->held;
}

u32 pciem_rootport_read(const struct pciem_rootport *rp, unsigned int where,
			unsigned int size)
{
	unsigned int lnksta = EXP(PCI_EXP_LNKSTA);
	unsigned int i;
	u32 val = 0;

	for (i = 0; i < size; i++) {
		unsigned int at = where + i;
		u32 byte = at < PCIEM_RP_BYTES ? rp->cfg[at] : 0;

		/* speed and width are those of a link that is up */
		if (at == lnksta && link_active(rp))
			byte |= PCI_EXP_LNKSTA_CLS_8_0GB | 4 << 4;
		if (at == lnksta + 1 && link_active(rp))
			byte |= PCI_EXP_LNKSTA_DLLLA >> 8;
		val |= byte << (8 * i);
	}
	return val;
}

/* Which enabled interrupt conditions hold now. */
static u8 conditions(const struct pciem_rootport *rp)
{
	u32 cmd = get(rp, AER(PCI_ERR_ROOT_COMMAND), 4);
	u32 sta = get(rp, AER(PCI_ERR_ROOT_STATUS), 4);
	u8 cond = 0;

	if ((cmd & PCI_ERR_ROOT_CMD_COR_EN) && (sta & PCI_ERR_ROOT_COR_RCV))
		cond |= COND_COR;
	if ((cmd & PCI_ERR_ROOT_CMD_NONFATAL_EN) &&
	    (sta & PCI_ERR_ROOT_NONFATAL_RCV))
		cond |= COND_NONFATAL;
	if ((cmd & PCI_ERR_ROOT_CMD_FATAL_EN) && (sta & PCI_ERR_ROOT_FATAL_RCV))
		cond |= COND_FATAL;
	if ((get(rp, EXP(PCI_EXP_RTCTL), 2) & PCI_EXP_RTCTL_PMEIE) &&
	    (get(rp, EXP(PCI_EXP_RTSTA), 4) & PCI_EXP_RTSTA_PME))
		cond |= COND_PME;
	return cond;
}

static bool msi_enabled(const struct pciem_rootport *rp)
{
	return get(rp, PCIEM_RP_MSI + PCI_MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE;
}

/* An MSI is an edge: one for each condition that has become true (6.2.4.1.2). */
static u32 interrupt_events(struct pciem_rootport *rp)
{
	u8 cond = conditions(rp);
	u8 risen = cond & (u8)~rp->irq_cond;
	u32 events = cond != rp->irq_cond ? PCIEM_RP_INTX : 0;

	rp->irq_cond = cond;
	if (risen && msi_enabled(rp))
		events |= PCIEM_RP_MSI_FIRE;
	return events;
}

bool pciem_rootport_intx(const struct pciem_rootport *rp)
{
	return conditions(rp) && !msi_enabled(rp) &&
	       !(get(rp, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
}

u8 pciem_rootport_resets(const struct pciem_rootport *rp)
{
	return rp->held;
}

static u32 reset_events(struct pciem_rootport *rp)
{
	u8 held = 0;

	if (get(rp, PCI_BRIDGE_CONTROL, 2) & PCI_BRIDGE_CTL_BUS_RESET)
		held |= PCIEM_RP_HELD_HOT;
	if (get(rp, EXP(PCI_EXP_LNKCTL), 2) & PCI_EXP_LNKCTL_LD)
		held |= PCIEM_RP_HELD_DOWN;
	if (held == rp->held)
		return 0;
	rp->held = held;
	return PCIEM_RP_ROUTES | PCIEM_RP_RESET;
}

/* Status has been cleared while another PME waits: it takes the place (6.1.6). */
static u32 next_pme(struct pciem_rootport *rp)
{
	u32 sta = get(rp, EXP(PCI_EXP_RTSTA), 4);

	if ((sta & PCI_EXP_RTSTA_PME) || !(sta & PCI_EXP_RTSTA_PENDING))
		return 0;
	put(rp->cfg, EXP(PCI_EXP_RTSTA), 4,
	    PCI_EXP_RTSTA_PME | rp->pme_pending_id);
	return interrupt_events(rp);
}

u32 pciem_rootport_write(struct pciem_rootport *rp, unsigned int where,
			 unsigned int size, u32 val)
{
	unsigned int i;
	u32 events;

	for (i = 0; i < size; i++) {
		unsigned int at = where + i;
		u8 byte = (u8)(val >> (8 * i));

		if (at >= PCIEM_RP_BYTES)
			break;
		rp->cfg[at] = (u8)((rp->cfg[at] & ~rp->rw[at]) |
				   (byte & rp->rw[at]));
		rp->cfg[at] &= (u8)~(byte & rp->w1c[at]);
	}

	events = reset_events(rp);
	events |= interrupt_events(rp);
	events |= next_pme(rp);
	return events | PCIEM_RP_ROUTES | PCIEM_RP_INTX;
}

void pciem_rootport_routes(const struct pciem_rootport *rp,
			   struct pciem_rootport_routes *routes)
{
	u32 cmd = get(rp, PCI_COMMAND, 2);
	u64 base, limit;
	bool d0 = !(get(rp, PCIEM_RP_PM + PCI_PM_CTRL, 2) &
		    PCI_PM_CTRL_STATE_MASK);

	memset(routes, 0, sizeof(*routes));
	base = (u64)(get(rp, PCI_MEMORY_BASE, 2) & 0xfff0) << 16;
	limit = (u64)(get(rp, PCI_MEMORY_LIMIT, 2) & 0xfff0) << 16 | 0xfffff;
	if (base <= limit) {
		routes->mem_start = base;
		routes->mem_end = limit + 1;
	}
	base = (u64)(get(rp, PCI_PREF_MEMORY_BASE, 2) & 0xfff0) << 16 |
	       (u64)get(rp, PCI_PREF_BASE_UPPER32, 4) << 32;
	limit = (u64)(get(rp, PCI_PREF_MEMORY_LIMIT, 2) & 0xfff0) << 16 |
		(u64)get(rp, PCI_PREF_LIMIT_UPPER32, 4) << 32 | 0xfffff;
	if (base <= limit) {
		routes->pref_start = base;
		routes->pref_end = limit + 1;
	}
	routes->secondary = rp->cfg[PCI_SECONDARY_BUS];
	routes->subordinate = rp->cfg[PCI_SUBORDINATE_BUS];
	routes->mem_enabled = (cmd & PCI_COMMAND_MEMORY) && d0;
	routes->bus_master = cmd & PCI_COMMAND_MASTER;
	routes->ari = get(rp, EXP(PCI_EXP_DEVCTL2), 2) & PCI_EXP_DEVCTL2_ARI;
	routes->crs_visible = get(rp, EXP(PCI_EXP_RTCTL), 2) &
			      PCI_EXP_RTCTL_CRSSVE;
	routes->link_active = link_active(rp);
	routes->mps_bytes = (u16)(128 << ((get(rp, EXP(PCI_EXP_DEVCTL), 2) &
					   PCI_EXP_DEVCTL_PAYLOAD) >> 5));
	if (routes->mps_bytes > 512)
		routes->mps_bytes = 512;	/* above DEVCAP: reserved */
}

static void root_status_cor(struct pciem_rootport *rp, u16 id)
{
	u32 sta = get(rp, AER(PCI_ERR_ROOT_STATUS), 4);

	if (sta & PCI_ERR_ROOT_COR_RCV) {
		sta |= PCI_ERR_ROOT_MULTI_COR_RCV;
	} else {
		sta |= PCI_ERR_ROOT_COR_RCV;
		put(rp->cfg, AER(PCI_ERR_ROOT_ERR_SRC), 2, id);
	}
	put(rp->cfg, AER(PCI_ERR_ROOT_STATUS), 4, sta);
}

static void root_status_unc(struct pciem_rootport *rp, u16 id, bool fatal)
{
	u32 sta = get(rp, AER(PCI_ERR_ROOT_STATUS), 4);

	if (sta & PCI_ERR_ROOT_UNCOR_RCV) {
		sta |= PCI_ERR_ROOT_MULTI_UNCOR_RCV;
	} else {
		sta |= PCI_ERR_ROOT_UNCOR_RCV;
		if (fatal)
			sta |= PCI_ERR_ROOT_FIRST_FATAL;
		put(rp->cfg, AER(PCI_ERR_ROOT_ERR_SRC) + 2, 2, id);
	}
	sta |= fatal ? PCI_ERR_ROOT_FATAL_RCV : PCI_ERR_ROOT_NONFATAL_RCV;
	put(rp->cfg, AER(PCI_ERR_ROOT_STATUS), 4, sta);
	if (get(rp, PCI_COMMAND, 2) & PCI_COMMAND_SERR)
		set_bits(rp, PCI_STATUS, 2, PCI_STATUS_SIG_SYSTEM_ERROR);
}

static u32 pme_message(struct pciem_rootport *rp, u16 requester)
{
	u32 sta = get(rp, EXP(PCI_EXP_RTSTA), 4);

	if (sta & PCI_EXP_RTSTA_PME) {
		rp->pme_pending_id = requester;
		set_bits(rp, EXP(PCI_EXP_RTSTA), 4, PCI_EXP_RTSTA_PENDING);
		return 0;
	}
	put(rp->cfg, EXP(PCI_EXP_RTSTA), 4, PCI_EXP_RTSTA_PME | requester);
	return interrupt_events(rp);
}

u32 pciem_rootport_message(struct pciem_rootport *rp, u8 code, u16 requester)
{
	bool forward = get(rp, PCI_BRIDGE_CONTROL, 2) & PCI_BRIDGE_CTL_SERR;

	switch (code) {
	case PCIEM_MSG_PM_PME:
		return pme_message(rp, requester);
	case PCIEM_MSG_ERR_COR:
		if (forward)
			root_status_cor(rp, requester);
		break;
	case PCIEM_MSG_ERR_NONFATAL:
	case PCIEM_MSG_ERR_FATAL:
		set_bits(rp, PCI_SEC_STATUS, 2, PCI_STATUS_SIG_SYSTEM_ERROR);
		if (forward)
			root_status_unc(rp, requester,
					code == PCIEM_MSG_ERR_FATAL);
		break;
	default:
		return 0;
	}
	return interrupt_events(rp);
}

/* The header log belongs to the error that First Error Pointer names (6.2.4.2). */
static void log_header(struct pciem_rootport *rp, u32 bit, u32 status,
		       const u8 *hdr)
{
	u32 cap = get(rp, AER(PCI_ERR_CAP), 4);
	unsigned int fep = 0;
	unsigned int i;

	if (status & (1U << (cap & 0x1f)))
		return;
	while (!(bit >> fep & 1))
		fep++;
	put(rp->cfg, AER(PCI_ERR_CAP), 4, (cap & ~0x1fU) | fep);
	for (i = 0; i < 16; i++)	/* byte 0 of a header is the upper one */
		rp->cfg[AER(PCI_ERR_HEADER_LOG) + (i ^ 3)] = hdr ? hdr[i] : 0;
}

/* Role-based reporting: an unexpected completion is no more than ERR_COR. */
static u32 advisory_error(struct pciem_rootport *rp, u32 bit, u32 status,
			  const u8 *hdr)
{
	u16 devctl = (u16)get(rp, EXP(PCI_EXP_DEVCTL), 2);

	set_bits(rp, EXP(PCI_EXP_DEVSTA), 2, PCI_EXP_DEVSTA_CED);
	set_bits(rp, AER(PCI_ERR_COR_STATUS), 4, PCI_ERR_COR_ADV_NFAT);
	if (get(rp, AER(PCI_ERR_COR_MASK), 4) & PCI_ERR_COR_ADV_NFAT)
		return 0;
	if (!(get(rp, AER(PCI_ERR_UNCOR_MASK), 4) & bit))
		log_header(rp, bit, status, hdr);
	if (devctl & PCI_EXP_DEVCTL_CERE)
		root_status_cor(rp, 0);
	return interrupt_events(rp);
}

u32 pciem_rootport_error(struct pciem_rootport *rp, u32 bit, const u8 *hdr)
{
	u32 status = get(rp, AER(PCI_ERR_UNCOR_STATUS), 4);
	bool fatal = get(rp, AER(PCI_ERR_UNCOR_SEVER), 4) & bit;
	u16 devctl = (u16)get(rp, EXP(PCI_EXP_DEVCTL), 2);
	bool serr = get(rp, PCI_COMMAND, 2) & PCI_COMMAND_SERR;

	if (!(bit & UNC_BITS) || (bit & (bit - 1)))
		return 0;
	set_bits(rp, AER(PCI_ERR_UNCOR_STATUS), 4, bit);
	if (bit == PCI_ERR_UNC_UNX_COMP && !fatal)
		return advisory_error(rp, bit, status, hdr);

	set_bits(rp, EXP(PCI_EXP_DEVSTA), 2,
		 fatal ? PCI_EXP_DEVSTA_FED : PCI_EXP_DEVSTA_NFED);
	if (get(rp, AER(PCI_ERR_UNCOR_MASK), 4) & bit)
		return 0;
	log_header(rp, bit, status, hdr);
	if (serr || (devctl & (fatal ? PCI_EXP_DEVCTL_FERE :
				       PCI_EXP_DEVCTL_NFERE)))
		root_status_unc(rp, 0, fatal);
	return interrupt_events(rp);
}

void pciem_rootport_sec_status(struct pciem_rootport *rp, u16 bits)
{
	set_bits(rp, PCI_SEC_STATUS, 2, bits);
}
