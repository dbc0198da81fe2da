// SPDX-License-Identifier: Apache-2.0
/* The virtual root port against the PCI Express base specification, chapter 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/pci_regs.h>

#include "rootport.h"

#define EXP(reg) (PCIEM_RP_EXP + (reg))
#define AER(reg) (PCIEM_RP_AER + (reg))

static int setup(void **state)
{
	static struct pciem_rootport rp;

	pciem_rootport_init(&rp);
	pciem_rootport_set_link(&rp, true);
	*state = &rp;
	return 0;
}

static uint32_t rd(struct pciem_rootport *rp, unsigned int where, unsigned int size)
{
	return pciem_rootport_read(rp, where, size);
}

/* What Linux does before it uses the port for errors: MSI, reporting, root command. */
static void enable_errors(struct pciem_rootport *rp)
{
	pciem_rootport_write(rp, PCIEM_RP_MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE);
	pciem_rootport_write(rp, EXP(PCI_EXP_DEVCTL), 2, rd(rp, EXP(PCI_EXP_DEVCTL), 2) | 0xf);
	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_COMMAND), 4, 7);
}

static void test_header_is_a_bridge_with_capabilities(void **state)
{
	struct pciem_rootport *rp = *state;
	unsigned int pos = rd(rp, PCI_CAPABILITY_LIST, 1), seen = 0;

	assert_int_equal(rd(rp, PCI_CLASS_REVISION, 4) >> 8, 0x060400);
	assert_int_equal(rd(rp, PCI_HEADER_TYPE, 1), PCI_HEADER_TYPE_BRIDGE);
	assert_true(rd(rp, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
	for (int n = 0; pos && n < 8; n++) {
		seen |= 1U << rd(rp, pos, 1);
		pos = rd(rp, pos + 1, 1);
	}
	assert_int_equal(pos, 0);
	assert_int_equal(seen, 1U << PCI_CAP_ID_PM | 1U << PCI_CAP_ID_MSI | 1U << PCI_CAP_ID_EXP);
	assert_int_equal(rd(rp, EXP(PCI_EXP_FLAGS), 2) & PCI_EXP_FLAGS_TYPE,
			 PCI_EXP_TYPE_ROOT_PORT << 4);
	assert_false(rd(rp, EXP(PCI_EXP_FLAGS), 2) & PCI_EXP_FLAGS_SLOT);
	assert_int_equal(rd(rp, PCIEM_RP_AER, 2), PCI_EXT_CAP_ID_ERR);
	assert_int_equal(rd(rp, PCIEM_RP_AER, 4) >> 20, 0);
	assert_int_equal(rd(rp, 0x200, 4), 0);
	assert_int_equal(rd(rp, 0xffc, 4), 0);
}

static void test_read_only_bits_survive_all_ones_and_zero(void **state)
{
	struct pciem_rootport *rp = *state;
	uint32_t before[PCIEM_RP_BYTES / 4];

	for (unsigned int i = 0; i < PCIEM_RP_BYTES; i += 4)
		before[i / 4] = rd(rp, i, 4);
	for (unsigned int i = 0; i < PCIEM_RP_BYTES; i += 4) {
		uint32_t rw = rp->rw[i] | rp->rw[i + 1] << 8 | rp->rw[i + 2] << 16 |
			      (uint32_t)rp->rw[i + 3] << 24;

		if (i == PCI_INTERRUPT_LINE || i == EXP(PCI_EXP_LNKCTL))
			rw |= ~0U;	/* reset and link disable act at once */
		pciem_rootport_write(rp, i, 4, ~0U);
		assert_int_equal(rd(rp, i, 4) & ~rw, before[i / 4] & ~rw);
		pciem_rootport_write(rp, i, 4, 0);
		assert_int_equal(rd(rp, i, 4) & ~rw, before[i / 4] & ~rw);
	}
	assert_int_equal(rd(rp, PCI_COMMAND, 2), 0);
}

static void test_no_io_window_exists(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_write(rp, PCI_IO_BASE, 2, 0xe0f0);
	assert_true((rd(rp, PCI_IO_BASE, 1) & 0xf0) > (rd(rp, PCI_IO_LIMIT, 1) & 0xf0));
}

static void test_writes_of_bytes_touch_their_bytes_only(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_write(rp, PCI_PRIMARY_BUS, 4, 0x00050100);
	pciem_rootport_write(rp, PCI_SUBORDINATE_BUS, 1, 0x1f);
	assert_int_equal(rd(rp, PCI_PRIMARY_BUS, 4), 0x001f0100);
	assert_int_equal(rd(rp, PCI_SECONDARY_BUS, 2), 0x1f01);
}

static void test_routes_follow_windows_and_command(void **state)
{
	struct pciem_rootport *rp = *state;
	struct pciem_rootport_routes r;

	pciem_rootport_write(rp, PCI_PRIMARY_BUS, 4, 0x00030100);
	pciem_rootport_write(rp, PCI_MEMORY_BASE, 4, 0xc010c000);
	pciem_rootport_write(rp, PCI_PREF_BASE_UPPER32, 4, 0x80);
	pciem_rootport_write(rp, PCI_PREF_LIMIT_UPPER32, 4, 0x81);
	pciem_rootport_write(rp, PCI_PREF_MEMORY_BASE, 4, 0xfff10001);
	pciem_rootport_routes(rp, &r);
	assert_int_equal(r.secondary, 1);
	assert_int_equal(r.subordinate, 3);
	assert_int_equal(r.mem_start, 0xc0000000);
	assert_int_equal(r.mem_end, 0xc0200000);
	assert_int_equal(r.pref_start, 0x8000000000);
	assert_int_equal(r.pref_end, 0x8200000000);
	assert_false(r.mem_enabled);
	assert_false(r.bus_master);

	pciem_rootport_write(rp, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pciem_rootport_routes(rp, &r);
	assert_true(r.mem_enabled);
	assert_true(r.bus_master);

	pciem_rootport_write(rp, PCIEM_RP_PM + PCI_PM_CTRL, 2, 3);	/* D3hot */
	pciem_rootport_routes(rp, &r);
	assert_false(r.mem_enabled);
}

static void test_window_with_base_above_limit_is_closed(void **state)
{
	struct pciem_rootport *rp = *state;
	struct pciem_rootport_routes r;

	pciem_rootport_write(rp, PCI_MEMORY_BASE, 4, 0x0000fff0);
	pciem_rootport_write(rp, PCI_PREF_MEMORY_BASE, 4, 0x0000fff0);
	pciem_rootport_routes(rp, &r);
	assert_int_equal(r.mem_end, 0);
	assert_int_equal(r.pref_end, 0);
}

static void test_payload_size_is_what_was_programmed(void **state)
{
	struct pciem_rootport *rp = *state;
	struct pciem_rootport_routes r;

	pciem_rootport_write(rp, EXP(PCI_EXP_DEVCTL), 2, 0x2010);
	pciem_rootport_routes(rp, &r);
	assert_int_equal(r.mps_bytes, 128);
	pciem_rootport_write(rp, EXP(PCI_EXP_DEVCTL), 2, 0x2030);
	pciem_rootport_routes(rp, &r);
	assert_int_equal(r.mps_bytes, 256);
	pciem_rootport_write(rp, EXP(PCI_EXP_DEVCTL), 2, 0x20f0);	/* reserved value */
	pciem_rootport_routes(rp, &r);
	assert_int_equal(r.mps_bytes, 512);
}

static void test_bus_reset_is_a_level_with_two_edges(void **state)
{
	struct pciem_rootport *rp = *state;
	struct pciem_rootport_routes r;
	uint32_t ctl = rd(rp, PCI_BRIDGE_CONTROL, 2);
	uint32_t events;

	assert_true(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
	events = pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, ctl | PCI_BRIDGE_CTL_BUS_RESET);
	assert_true(events & PCIEM_RP_RESET);
	assert_int_equal(pciem_rootport_resets(rp), PCIEM_RP_HELD_HOT);
	assert_false(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
	pciem_rootport_routes(rp, &r);
	assert_false(r.link_active);
	events = pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, ctl | PCI_BRIDGE_CTL_BUS_RESET);
	assert_false(events & PCIEM_RP_RESET);
	events = pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, ctl);
	assert_true(events & PCIEM_RP_RESET);
	assert_int_equal(pciem_rootport_resets(rp), 0);
	assert_true(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
}

static void test_link_disable_takes_the_link_down(void **state)
{
	struct pciem_rootport *rp = *state;
	u32 ctl = rd(rp, PCI_BRIDGE_CONTROL, 2);

	assert_true(pciem_rootport_write(rp, EXP(PCI_EXP_LNKCTL), 2, PCI_EXP_LNKCTL_LD) & PCIEM_RP_RESET);
	assert_int_equal(pciem_rootport_resets(rp), PCIEM_RP_HELD_DOWN);
	assert_false(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
	/* a bus reset in the meantime is a level of its own */
	pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, ctl | PCI_BRIDGE_CTL_BUS_RESET);
	assert_int_equal(pciem_rootport_resets(rp), PCIEM_RP_HELD_DOWN | PCIEM_RP_HELD_HOT);
	assert_true(pciem_rootport_write(rp, EXP(PCI_EXP_LNKCTL), 2, 0) & PCIEM_RP_RESET);
	assert_int_equal(pciem_rootport_resets(rp), PCIEM_RP_HELD_HOT);
	assert_false(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
	pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, ctl);
	assert_int_equal(pciem_rootport_resets(rp), 0);
	assert_true(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_DLLLA);
}

static void test_link_status_needs_a_link(void **state)
{
	struct pciem_rootport *rp = *state;

	assert_int_equal(rd(rp, EXP(PCI_EXP_LNKSTA), 2) & PCI_EXP_LNKSTA_NLW, 4 << 4);
	assert_int_equal(rd(rp, EXP(PCI_EXP_LNKSTA), 1) & 0xf, PCI_EXP_LNKSTA_CLS_8_0GB);
	pciem_rootport_set_link(rp, false);
	assert_int_equal(rd(rp, EXP(PCI_EXP_LNKSTA), 2), PCI_EXP_LNKSTA_SLC);
}

static void test_correctable_message_is_logged_and_fires_once(void **state)
{
	struct pciem_rootport *rp = *state;
	uint32_t events;

	enable_errors(rp);
	events = pciem_rootport_message(rp, PCIEM_MSG_ERR_COR, 0x0100);
	assert_true(events & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), PCI_ERR_ROOT_COR_RCV);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_ERR_SRC), 4), 0x0100);

	events = pciem_rootport_message(rp, PCIEM_MSG_ERR_COR, 0x0108);
	assert_false(events & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4),
			 PCI_ERR_ROOT_COR_RCV | PCI_ERR_ROOT_MULTI_COR_RCV);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_ERR_SRC), 2), 0x0100);

	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_STATUS), 4, 3);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), 0);
	assert_true(pciem_rootport_message(rp, PCIEM_MSG_ERR_COR, 0x0100) & PCIEM_RP_MSI_FIRE);
}

static void test_writing_zero_clears_no_status(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_message(rp, PCIEM_MSG_ERR_FATAL, 0x0100);
	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_STATUS), 4, 0);
	assert_true(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4) & PCI_ERR_ROOT_FATAL_RCV);
	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_STATUS), 4, PCI_ERR_ROOT_UNCOR_RCV);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4),
			 PCI_ERR_ROOT_FIRST_FATAL | PCI_ERR_ROOT_FATAL_RCV);
}

static void test_root_command_gates_each_severity(void **state)
{
	static const struct { uint8_t code; uint32_t enable; } cases[] = {
		{ PCIEM_MSG_ERR_COR, PCI_ERR_ROOT_CMD_COR_EN },
		{ PCIEM_MSG_ERR_NONFATAL, PCI_ERR_ROOT_CMD_NONFATAL_EN },
		{ PCIEM_MSG_ERR_FATAL, PCI_ERR_ROOT_CMD_FATAL_EN },
	};

	for (unsigned int i = 0; i < 3; i++)
		for (uint32_t enable = 0; enable < 8; enable++) {
			struct pciem_rootport *rp = *state;
			uint32_t events;

			setup(state);
			enable_errors(rp);
			pciem_rootport_write(rp, AER(PCI_ERR_ROOT_COMMAND), 4, enable);
			events = pciem_rootport_message(rp, cases[i].code, 0x0100);
			assert_int_equal(!!(events & PCIEM_RP_MSI_FIRE),
					 !!(enable & cases[i].enable));
			/* enabling later is an edge, too */
			events = pciem_rootport_write(rp, AER(PCI_ERR_ROOT_COMMAND), 4, 7);
			assert_int_equal(!!(events & PCIEM_RP_MSI_FIRE),
					 !(enable & cases[i].enable));
		}
}

static void test_uncorrectable_messages_keep_the_first_source(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_message(rp, PCIEM_MSG_ERR_NONFATAL, 0x0101);
	pciem_rootport_message(rp, PCIEM_MSG_ERR_FATAL, 0x0102);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4),
			 PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_MULTI_UNCOR_RCV |
			 PCI_ERR_ROOT_NONFATAL_RCV | PCI_ERR_ROOT_FATAL_RCV);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_ERR_SRC) + 2, 2), 0x0101);
	assert_true(rd(rp, PCI_SEC_STATUS, 2) & PCI_STATUS_SIG_SYSTEM_ERROR);
	pciem_rootport_write(rp, PCI_SEC_STATUS, 2, PCI_STATUS_SIG_SYSTEM_ERROR);
	assert_false(rd(rp, PCI_SEC_STATUS, 2) & PCI_STATUS_SIG_SYSTEM_ERROR);
}

static void test_bridge_control_serr_gates_messages(void **state)
{
	struct pciem_rootport *rp = *state;

	enable_errors(rp);
	pciem_rootport_write(rp, PCI_BRIDGE_CONTROL, 2, 0);
	assert_false(pciem_rootport_message(rp, PCIEM_MSG_ERR_FATAL, 0x100) & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), 0);
}

static const uint8_t hdr[16] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
};

static void test_completion_timeout_is_a_nonfatal_error_of_the_port(void **state)
{
	struct pciem_rootport *rp = *state;
	uint32_t events;

	enable_errors(rp);
	events = pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr);
	assert_true(events & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_UNCOR_STATUS), 4), PCI_ERR_UNC_COMP_TIME);
	assert_int_equal(rd(rp, AER(PCI_ERR_CAP), 4) & 0x1f, 14);
	assert_int_equal(rd(rp, AER(PCI_ERR_HEADER_LOG), 4), 0x00010203);
	assert_int_equal(rd(rp, AER(PCI_ERR_HEADER_LOG) + 12, 4), 0x0c0d0e0f);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_ERR_SRC) + 2, 2), 0);
	assert_true(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4) & PCI_ERR_ROOT_NONFATAL_RCV);
	assert_true(rd(rp, EXP(PCI_EXP_DEVSTA), 2) & PCI_EXP_DEVSTA_NFED);
}

static void test_header_log_belongs_to_the_first_error(void **state)
{
	struct pciem_rootport *rp = *state;
	uint8_t other[16] = { 0xff };

	enable_errors(rp);
	pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr);
	pciem_rootport_error(rp, PCI_ERR_UNC_POISON_TLP, other);
	assert_int_equal(rd(rp, AER(PCI_ERR_CAP), 4) & 0x1f, 14);
	assert_int_equal(rd(rp, AER(PCI_ERR_HEADER_LOG), 4), 0x00010203);

	pciem_rootport_write(rp, AER(PCI_ERR_UNCOR_STATUS), 4, PCI_ERR_UNC_COMP_TIME);
	pciem_rootport_error(rp, PCI_ERR_UNC_MALF_TLP, other);
	assert_int_equal(rd(rp, AER(PCI_ERR_CAP), 4) & 0x1f, 18);
	assert_int_equal(rd(rp, AER(PCI_ERR_HEADER_LOG), 4), 0xff000000);
}

static void test_masked_error_sets_its_bit_and_nothing_else(void **state)
{
	struct pciem_rootport *rp = *state;

	enable_errors(rp);
	pciem_rootport_write(rp, AER(PCI_ERR_UNCOR_MASK), 4, PCI_ERR_UNC_COMP_TIME);
	assert_false(pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr) & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_UNCOR_STATUS), 4), PCI_ERR_UNC_COMP_TIME);
	assert_int_equal(rd(rp, AER(PCI_ERR_HEADER_LOG), 4), 0);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), 0);
}

static void test_severity_register_decides(void **state)
{
	struct pciem_rootport *rp = *state;

	enable_errors(rp);
	pciem_rootport_write(rp, AER(PCI_ERR_UNCOR_SEVER), 4, PCI_ERR_UNC_COMP_TIME);
	pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4),
			 PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_FIRST_FATAL |
			 PCI_ERR_ROOT_FATAL_RCV);
	assert_true(rd(rp, EXP(PCI_EXP_DEVSTA), 2) & PCI_EXP_DEVSTA_FED);
}

static void test_reporting_needs_device_control_or_serr(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_COMMAND), 4, 7);
	pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), 0);
	pciem_rootport_write(rp, PCI_COMMAND, 2, PCI_COMMAND_SERR);
	pciem_rootport_error(rp, PCI_ERR_UNC_COMP_TIME, hdr);
	assert_true(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4) & PCI_ERR_ROOT_NONFATAL_RCV);
	assert_true(rd(rp, PCI_STATUS, 2) & PCI_STATUS_SIG_SYSTEM_ERROR);
}

static void test_unexpected_completion_is_advisory(void **state)
{
	struct pciem_rootport *rp = *state;

	enable_errors(rp);
	assert_false(pciem_rootport_error(rp, PCI_ERR_UNC_UNX_COMP, hdr) & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_COR_STATUS), 4), PCI_ERR_COR_ADV_NFAT);
	pciem_rootport_write(rp, AER(PCI_ERR_COR_MASK), 4, 0);
	pciem_rootport_write(rp, AER(PCI_ERR_UNCOR_STATUS), 4, ~0U);
	assert_true(pciem_rootport_error(rp, PCI_ERR_UNC_UNX_COMP, hdr) & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, AER(PCI_ERR_ROOT_STATUS), 4), PCI_ERR_ROOT_COR_RCV);
	assert_int_equal(rd(rp, AER(PCI_ERR_CAP), 4) & 0x1f, 16);
}

static void test_unknown_error_bits_do_nothing(void **state)
{
	struct pciem_rootport *rp = *state;

	enable_errors(rp);
	assert_int_equal(pciem_rootport_error(rp, 0, hdr), 0);
	assert_int_equal(pciem_rootport_error(rp, 0x3000, hdr), 0);
	assert_int_equal(pciem_rootport_error(rp, 0x80000000, hdr), 0);
	assert_int_equal(pciem_rootport_message(rp, 0x50, 0x100), 0);
	assert_int_equal(rd(rp, AER(PCI_ERR_UNCOR_STATUS), 4), 0);
}

static void test_pme_queues_one_behind_the_first(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_write(rp, PCIEM_RP_MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE);
	pciem_rootport_write(rp, EXP(PCI_EXP_RTCTL), 2, PCI_EXP_RTCTL_PMEIE);
	assert_true(pciem_rootport_message(rp, PCIEM_MSG_PM_PME, 0x0100) & PCIEM_RP_MSI_FIRE);
	assert_false(pciem_rootport_message(rp, PCIEM_MSG_PM_PME, 0x0208) & PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, EXP(PCI_EXP_RTSTA), 4),
			 PCI_EXP_RTSTA_PENDING | PCI_EXP_RTSTA_PME | 0x0100);
	assert_true(pciem_rootport_write(rp, EXP(PCI_EXP_RTSTA), 4, PCI_EXP_RTSTA_PME) &
		    PCIEM_RP_MSI_FIRE);
	assert_int_equal(rd(rp, EXP(PCI_EXP_RTSTA), 4), PCI_EXP_RTSTA_PME | 0x0208);
	pciem_rootport_write(rp, EXP(PCI_EXP_RTSTA), 4, PCI_EXP_RTSTA_PME);
	assert_false(rd(rp, EXP(PCI_EXP_RTSTA), 4) & PCI_EXP_RTSTA_PME);
}

static void test_without_msi_the_wire_is_used(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_COMMAND), 4, 7);
	assert_false(pciem_rootport_intx(rp));
	assert_false(pciem_rootport_message(rp, PCIEM_MSG_ERR_COR, 0x100) & PCIEM_RP_MSI_FIRE);
	assert_true(pciem_rootport_intx(rp));
	pciem_rootport_write(rp, PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE);
	assert_false(pciem_rootport_intx(rp));
	pciem_rootport_write(rp, PCI_COMMAND, 2, 0);
	pciem_rootport_write(rp, AER(PCI_ERR_ROOT_STATUS), 4, 1);
	assert_false(pciem_rootport_intx(rp));
}

static void test_retry_visibility_and_ari_are_switches(void **state)
{
	struct pciem_rootport *rp = *state;
	struct pciem_rootport_routes r;

	pciem_rootport_routes(rp, &r);
	assert_false(r.crs_visible);
	assert_false(r.ari);
	assert_true(rd(rp, EXP(PCI_EXP_RTCAP), 2) & PCI_EXP_RTCAP_CRSVIS);
	pciem_rootport_write(rp, EXP(PCI_EXP_RTCTL), 2, PCI_EXP_RTCTL_CRSSVE);
	pciem_rootport_write(rp, EXP(PCI_EXP_DEVCTL2), 2, PCI_EXP_DEVCTL2_ARI);
	pciem_rootport_routes(rp, &r);
	assert_true(r.crs_visible);
	assert_true(r.ari);
}

static void test_completion_status_bits_are_sticky_until_cleared(void **state)
{
	struct pciem_rootport *rp = *state;

	pciem_rootport_sec_status(rp, PCI_STATUS_REC_MASTER_ABORT);
	pciem_rootport_sec_status(rp, PCI_STATUS_REC_TARGET_ABORT);
	assert_int_equal(rd(rp, PCI_SEC_STATUS, 2),
			 PCI_STATUS_REC_MASTER_ABORT | PCI_STATUS_REC_TARGET_ABORT);
	pciem_rootport_write(rp, PCI_SEC_STATUS, 2, PCI_STATUS_REC_MASTER_ABORT);
	assert_int_equal(rd(rp, PCI_SEC_STATUS, 2), PCI_STATUS_REC_TARGET_ABORT);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(test_header_is_a_bridge_with_capabilities),
		T(test_read_only_bits_survive_all_ones_and_zero),
		T(test_no_io_window_exists),
		T(test_writes_of_bytes_touch_their_bytes_only),
		T(test_routes_follow_windows_and_command),
		T(test_window_with_base_above_limit_is_closed),
		T(test_payload_size_is_what_was_programmed),
		T(test_bus_reset_is_a_level_with_two_edges),
		T(test_link_disable_takes_the_link_down),
		T(test_link_status_needs_a_link),
		T(test_correctable_message_is_logged_and_fires_once),
		T(test_writing_zero_clears_no_status),
		T(test_root_command_gates_each_severity),
		T(test_uncorrectable_messages_keep_the_first_source),
		T(test_bridge_control_serr_gates_messages),
		T(test_completion_timeout_is_a_nonfatal_error_of_the_port),
		T(test_header_log_belongs_to_the_first_error),
		T(test_masked_error_sets_its_bit_and_nothing_else),
		T(test_severity_register_decides),
		T(test_reporting_needs_device_control_or_serr),
		T(test_unexpected_completion_is_advisory),
		T(test_unknown_error_bits_do_nothing),
		T(test_pme_queues_one_behind_the_first),
		T(test_without_msi_the_wire_is_used),
		T(test_retry_visibility_and_ari_are_switches),
		T(test_completion_status_bits_are_sticky_until_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
