// SPDX-License-Identifier: Apache-2.0
/* BARs and messages learned by listening; the driver's frame of a stack. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/link.h>

#include "../../../bridge/names.h"
#include "../../../bridge/regs.h"

struct heard {
	struct riser_bar_map map;
	struct riser_sites sites;
};

static int setup(void **state)
{
	struct heard *h = calloc(1, sizeof(*h));

	if (!h || riser_bar_map_init(&h->map) || riser_sites_init(&h->sites))
		return -1;
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct heard *h = *state;

	riser_bar_map_fini(&h->map);
	riser_sites_fini(&h->sites);
	free(h);
	return 0;
}

static void cfg_write(struct heard *h, uint16_t bdf, uint16_t reg, uint8_t be,
		      uint32_t value)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_CFGWR0, .target = bdf, .reg = reg,
		.first_be = be, .length_dw = 1,
		.data = (const uint8_t *)&value, .data_bytes = 4,
	};

	riser_bar_map_cfg_write(&h->map, &tlp);
}

static void size_bar(struct heard *h, uint16_t bdf, uint16_t reg, uint32_t mask,
		     uint32_t addr)
{
	riser_bar_map_cfg_read(&h->map, bdf, reg, 15, mask & 15);
	cfg_write(h, bdf, reg, 15, 0xffffffff);
	riser_bar_map_cfg_read(&h->map, bdf, reg, 15, mask);
	cfg_write(h, bdf, reg, 15, addr);
}

static const char *name(struct heard *h, uint64_t addr, bool is_io)
{
	static char text[64];

	if (!riser_bar_map_name(&h->map, addr, is_io, text, sizeof(text)))
		return "";
	return text;
}

static void mem_write(struct heard *h, uint64_t addr, const uint32_t *dw,
		      uint16_t nr)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .addr = addr, .length_dw = nr,
		.first_be = 15, .data = (const uint8_t *)dw,
		.data_bytes = 4U * nr,
	};

	riser_bar_map_mem_write(&h->map, &tlp);
}

static enum riser_message_kind message(struct heard *h, uint64_t addr,
				       uint16_t nr)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .addr = addr, .length_dw = nr,
	};

	return riser_bar_map_message(&h->map, &tlp);
}

static void test_bars_of_all_kinds(void **state)
{
	struct heard *h = *state;

	assert_string_equal(name(h, 0x1000, false), "");
	/* BAR0/1: 64 bit, 16 KiB; BAR2: 32 bit, 4 KiB; BAR3: I/O, 256; BAR4/5: 8 GiB */
	size_bar(h, 0x0100, 0x10, 0xffffc004, 0x00004000);
	size_bar(h, 0x0100, 0x14, 0xffffffff, 0x00000081);
	size_bar(h, 0x0100, 0x18, 0xfffff000, 0xfe000000);
	size_bar(h, 0x0100, 0x1c, 0xffffff01, 0x0000e000);
	size_bar(h, 0x0100, 0x20, 0x0000000c, 0x00000000);
	size_bar(h, 0x0100, 0x24, 0xfffffffe, 0x00000082);
	assert_string_equal(name(h, 0x8100004000, false), "BAR0+0x0");
	assert_string_equal(name(h, 0x8100007fff, false), "BAR0+0x3fff");
	assert_string_equal(name(h, 0x8100008000, false), "");
	assert_string_equal(name(h, 0x8100003ffc, false), "");
	assert_string_equal(name(h, 0x4000, false), "");
	assert_string_equal(name(h, 0xfe00001c, false), "BAR2+0x1c");
	assert_string_equal(name(h, 0xfe00001c, true), "");
	assert_string_equal(name(h, 0xe0f8, true), "BAR3+0xf8");
	assert_string_equal(name(h, 0xe100, true), "");
	assert_string_equal(name(h, 0x8200000010, false), "BAR4+0x10");
	assert_string_equal(name(h, 0x8300000010, false), "BAR4+0x100000010");
	/* moved */
	cfg_write(h, 0x0100, 0x18, 15, 0xfd000000);
	assert_string_equal(name(h, 0xfe00001c, false), "");
	assert_string_equal(name(h, 0xfd00001c, false), "BAR2+0x1c");
	/* a byte write is no way to set a BAR */
	cfg_write(h, 0x0100, 0x18, 1, 0);
	assert_string_equal(name(h, 0xfd00001c, false), "BAR2+0x1c");
}

static void test_functions_are_told_apart(void **state)
{
	struct heard *h = *state;

	size_bar(h, 0x0100, 0x10, 0xfffff000, 0xfe000000);
	size_bar(h, 0x0101, 0x10, 0xfffff000, 0xfe001000);
	assert_string_equal(name(h, 0xfe000004, false), "fn0.BAR0+0x4");
	assert_string_equal(name(h, 0xfe001004, false), "fn1.BAR0+0x4");
	/* the bus is given another number: what was known is void */
	cfg_write(h, 0x0200, 0x04, 15, 0);
	assert_string_equal(name(h, 0xfe000004, false), "");
	assert_null(riser_bar_map_function(&h->map, 0x0100));
	assert_non_null(riser_bar_map_function(&h->map, 0x0200));
}

static void test_registers_have_names(void **state)
{
	static const char lines[] = "0 0x0 8 CAP\n0 0x1c 4 CSTS\n2 0x1c 4 OTHER\n0 0x20 4 ch[1].LEN\n";
	char path[] = "/tmp/riser-regs-XXXXXX", error[RISER_ERROR_BYTES];
	struct heard *h = *state;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, sizeof(lines) - 1), sizeof(lines) - 1);
	assert_int_equal(riser_regs_load(path, error), 0);
	size_bar(h, 0x0100, 0x10, 0xfffff000, 0xe0000000);
	assert_string_equal(name(h, 0xe000001c, false), "BAR0+0x1c (CSTS)");
	assert_string_equal(name(h, 0xe000001e, false), "BAR0+0x1e (CSTS+2)");
	assert_string_equal(name(h, 0xe0000004, false), "BAR0+0x4 (CAP+4)");
	assert_string_equal(name(h, 0xe0000020, false), "BAR0+0x20 (ch[1].LEN)");
	assert_string_equal(name(h, 0xe0000008, false), "BAR0+0x8");
	assert_string_equal(name(h, 0xe0000024, false), "BAR0+0x24");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "0 0x0 4 A\n6 0 4 B\n", 19, 0), 19);
	assert_int_equal(riser_regs_load(path, error), -EBADMSG);
	assert_non_null(strstr(error, ":2: a line is BAR OFFSET BYTES NAME"));
	assert_string_equal(name(h, 0xe000001c, false), "BAR0+0x1c");
	close(fd);
	unlink(path);
	assert_int_equal(riser_regs_load(path, error), -ENOENT);
}

static void test_messages_are_recognised(void **state)
{
	const uint32_t entry[4] = { 0xfee00000, 0x1, 0x4000, 0 };
	const uint32_t beyond[4] = { 0x12340000, 0, 0, 0 };
	struct heard *h = *state;

	size_bar(h, 0x0100, 0x18, 0xfffff000, 0xfe000000);
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x34, 15, 0x50);
	/* MSI at 0x50, 64 bit; MSI-X at 0x70: 2 vectors, table at BAR2+0x800 */
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x50, 15, 0x00807005);
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x70, 15, 0x00010011);
	mem_write(h, 0xfe000810, entry, 4);
	assert_int_equal(message(h, 0x1fee00000, 1), RISER_NO_MESSAGE);
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x74, 15, 0x802);
	mem_write(h, 0xfe000810, entry, 4);
	assert_int_equal(message(h, 0x1fee00000, 1), RISER_MESSAGE_MSIX);
	assert_int_equal(message(h, 0x1fee00000, 2), RISER_NO_MESSAGE);
	assert_int_equal(message(h, 0x1fee00004, 1), RISER_NO_MESSAGE);
	assert_int_equal(message(h, 0, 1), RISER_NO_MESSAGE);
	/* one dword at a time, and behind the last vector */
	mem_write(h, 0xfe000800, entry, 1);
	mem_write(h, 0xfe000804, entry + 3, 1);
	assert_int_equal(message(h, 0xfee00000, 1), RISER_MESSAGE_MSIX);
	mem_write(h, 0xfe000820, beyond, 4);
	assert_int_equal(message(h, 0x12340000, 1), RISER_NO_MESSAGE);
	mem_write(h, 0xfe000700, beyond, 4);
	assert_int_equal(message(h, 0x12340000, 1), RISER_NO_MESSAGE);
	/* MSI: only once it is enabled, which leaves the id alone */
	cfg_write(h, 0x0100, 0x54, 15, 0xfeeff000);
	cfg_write(h, 0x0100, 0x58, 15, 0x2);
	assert_int_equal(message(h, 0x2feeff000, 1), RISER_NO_MESSAGE);
	cfg_write(h, 0x0100, 0x50, 0xc, 0x00810000);
	assert_int_equal(message(h, 0x2feeff000, 1), RISER_MESSAGE_MSI);
}

static void test_capability_lists_end(void **state)
{
	struct heard *h = *state;

	/* a list that bites its own tail */
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x34, 15, 0x40);
	riser_bar_map_cfg_read(&h->map, 0x0100, 0x40, 15, 0x00004001);
	assert_int_equal(riser_bar_map_function(&h->map, 0x0100)->msi_cap, 0);
}

static const struct riser_site_entry *
add_site(struct heard *h, uint32_t number, uint64_t pc, const char *text)
{
	struct {
		struct pciem_site head;
		char text[512];
	} body = { .head = { .site = number, .nr_frames = 1, .frame = { pc } } };
	uint32_t len = (uint32_t)strlen(text), site;

	memcpy(body.text, text, len);
	return riser_sites_add(&h->sites, (const uint8_t *)&body,
			       (uint32_t)sizeof(body.head) + len, &site);
}

static void test_the_drivers_frame_is_found(void **state)
{
	static const struct {
		const char *stack, *function;
		uint32_t frame;
	} cases[] = {
		{ "nvme_pci_reg_read32+0x1c/0x30 [nvme]\n"
		  "nvme_wait_ready+0x6e/0x90 [nvme_core]\n",
		  "nvme_wait_ready+0x6e/0x90 [nvme_core]", 1 },
		{ "ioread32+0x10/0x40\nfoo_probe+0x1/0x2 [foo]\nreally_probe+0/1\n",
		  "foo_probe+0x1/0x2 [foo]", 1 },
		{ "pci_read_config_word+0x1/0x2\nfoo_probe+0x3/0x4 [foo]\n",
		  "foo_probe+0x3/0x4 [foo]", 1 },
		{ "pciem_cfg_read+0x1/0x2 [pciem]\npci_bus_read_config_dword+0x1/0x2\n"
		  "pci_scan_single_device+0x1/0x2\n",
		  "pci_scan_single_device+0x1/0x2", 2 },
		{ "__pci_write_msi_msg+0x1/0x2\nmsi_domain_activate+0x1/0x2\n"
		  "request_threaded_irq+0x1/0x2\nfoo_irq+0x5/0x6 [foo]\n",
		  "foo_irq+0x5/0x6 [foo]", 3 },
		/* a built-in driver has no module */
		{ "readl+0x1/0x2\nehci_reset+0x1/0x2\nworker_thread+0/1\n",
		  "ehci_reset+0x1/0x2", 1 },
		/* nothing but helpers: the first of them */
		{ "foo_readl+0x1/0x2 [foo]\nfoo_rd32+0x1/0x2 [foo]\n",
		  "foo_readl+0x1/0x2 [foo]", 0 },
		/* nothing but accessors: the access itself */
		{ "readl+0x1/0x2\n", "readl+0x1/0x2", 0 },
		{ "foo_wait+0x1/0x2 [foo]", "foo_wait+0x1/0x2 [foo]", 0 },
		{ "a\x1b[31mb+0x1/0x2 [foo]\n", "a?[31mb+0x1/0x2 [foo]", 0 },
	};
	struct heard *h = *state;
	uint32_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_non_null(add_site(h, i + 1, 0x1000 + i,
					 cases[i].stack));
		assert_string_equal(riser_sites_function(&h->sites, i + 1, 0),
				    cases[i].function);
		assert_string_equal(riser_sites_function(&h->sites, 0,
							 0x1000 + i),
				    cases[i].function);
		assert_int_equal(riser_sites_find(&h->sites, i + 1, 0)->
				 function_frame, cases[i].frame);
	}
	assert_null(riser_sites_function(&h->sites, 999, 0));
	assert_null(riser_sites_function(&h->sites, 70000, 0));
	assert_null(riser_sites_function(&h->sites, 0, 0x9999));
	assert_null(riser_sites_function(&h->sites, 0, 0));
}

static void test_impossible_sites_are_refused(void **state)
{
	struct pciem_site head = { .site = 1, .nr_frames = 9 };
	struct heard *h = *state;
	uint32_t site;

	assert_null(riser_sites_add(&h->sites, (void *)&head, sizeof(head),
				    &site));
	head.nr_frames = 0;
	assert_null(riser_sites_add(&h->sites, (void *)&head,
				    sizeof(head) - 1, &site));
	head.site = 0;
	assert_null(riser_sites_add(&h->sites, (void *)&head, sizeof(head),
				    &site));
	head.site = RISER_MAX_SITES;
	assert_null(riser_sites_add(&h->sites, (void *)&head, sizeof(head),
				    &site));
	head.site = 5;
	assert_non_null(riser_sites_add(&h->sites, (void *)&head, sizeof(head),
					&site));
	assert_int_equal(site, 5);
	/* the same number again replaces */
	assert_non_null(add_site(h, 5, 1, "new+0x1/0x2 [foo]\n"));
	assert_string_equal(riser_sites_function(&h->sites, 5, 0),
			    "new+0x1/0x2 [foo]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bars_of_all_kinds),
		TEST(test_functions_are_told_apart),
		TEST(test_registers_have_names),
		TEST(test_messages_are_recognised),
		TEST(test_capability_lists_end),
		TEST(test_the_drivers_frame_is_found),
		TEST(test_impossible_sites_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
