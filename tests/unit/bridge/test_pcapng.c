// SPDX-License-Identifier: Apache-2.0
/*
 * The capture of a run, read back by a stock tshark (skipped without one), and
 * what happens when it cannot be written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../cosim/ctest_model/card.h"
#include "../../../bridge/pcapng.h"
#include "rig.h"

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct rig));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void capture_a_run(struct rig *rig, const char *path)
{
	uint32_t value;

	rig_init(rig, 1 << 16);
	rig->config.pcapng_path = path;
	rig->config.timeout_cycles = 1000;
	rig_start_enumerated(rig);
	fk_site(&rig->fk, 3, rig->fk.pc, "nvme_probe+0x1a2/0x900 [nvme]\n");
	rig->fk.site = 3;
	assert_int_equal(fk_read32(&rig->fk, CARD_REG_ID, &value), FK_SC);
	fk_write32(&rig->fk, CARD_REG_SCRATCH, 0xcafe0001);
	fk_push(&rig->fk, PCIEM_REC_MARK, 0, 0, "here it comes", 13);
	fk_read32(&rig->fk, CARD_REG_HOLE, &value);
	rig_stop(rig);
	rig_fini(rig);
}

/* Lines of a command, at most 200. */
static unsigned int read_lines(const char *command, char line[][4096])
{
	FILE *file = popen(command, "r");
	unsigned int nr = 0;

	assert_non_null(file);
	while (nr < 200 && fgets(line[nr], 4096, file))
		nr++;
	assert_int_equal(pclose(file), 0);
	return nr;
}

static bool any_has(char line[][4096], unsigned int nr, const char *a,
		    const char *b)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (strstr(line[i], a) && strstr(line[i], b))
			return true;
	print_error("no line has \"%s\" and \"%s\"\n", a, b);
	return false;
}

static void test_tshark_reads_it(void **state)
{
	static char line[200][4096];
	char dir[] = "/tmp/riser-pcapng-XXXXXX", path[64], command[512];
	unsigned int nr, i;
	struct stat st;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/run.pcapng", dir);
	capture_a_run(*state, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(command, sizeof(command),
		 "tshark -r %s -T fields -e frame.interface_name -e frame.comment"
		 " -e exported_pdu.prot_name -e exported_pdu.exported_pdu -e frame.len"
		 " -e frame.packet_flags_direction -e frame.time_epoch"
		 " 2>%s/errors", path, dir);
	nr = read_lines(command, line);
	/* 19 to enumerate and 16 writes, 1 read, their answers; 1 write, 1 hole, notes */
	assert_in_range(nr, 19 * 2 + 16 + 2 + 1 + 1 + 5, 100);
	for (i = 0; i < nr; i++)
		assert_non_null(strstr(line[i], "pcie_tlp"));
	/* the read of the id: function, and the TLP's own bytes at the end */
	assert_true(any_has(line, nr, "nvme_probe+0x1a2/0x900 [nvme]",
			    "0f0000008000000000"));
	/* its completion, with data 0x52495345 in address order */
	assert_true(any_has(line, nr, "ctest tx", "45534952"));
	assert_true(any_has(line, nr, "ctest rx", "0100feca"));
	assert_true(any_has(line, nr, "ctest notes", "here it comes"));
	assert_true(any_has(line, nr, "ctest notes", "completion timeout"));
	assert_true(any_has(line, nr, "ctest notes", "link up"));
	/* PERST#: cycle 0; link up after 64 cycles of 4 ns */
	assert_non_null(strstr(line[0], "0.000000000"));
	assert_true(any_has(line, nr, "link up", "0.000000256"));
	snprintf(command, sizeof(command), "test ! -s %s/errors || "
		 "! grep -v 'Running as user' %s/errors", dir, dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "capinfos -t -E %s | tee %s/info | "
		 "grep -q 'pcapng' && grep -q 'Wireshark Upper PDU' %s/info",
		 path, dir, dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static void test_nothing_is_overwritten(void **state)
{
	char path[] = "/tmp/riser-pcapng-XXXXXX";
	struct rig *rig = *state;
	int fd = mkstemp(path);

	close(fd);
	rig_init(rig, 1 << 16);
	rig->config.pcapng_path = path;
	assert_int_equal(riser_engine_create(&rig->config, &rig->engine,
					     rig->error), -EEXIST);
	assert_non_null(strstr(rig->error, path));
	riser_link_close(rig->link);
	unlink(path);
}

static const struct riser_run_facts *facts(void)
{
	static const struct riser_model_info info = {
		.clk_period_ps = 4000, .name = "n", .top = "t", .engine = "e",
	};
	static const struct riser_run_facts f = { .info = &info };

	return &f;
}

static void write_tlps(struct riser_pcapng *pcapng, unsigned int nr)
{
	static uint8_t bytes[4112] = { 0x60, 0, 0, 0 };
	struct riser_tlp_event event = {
		.request_seq = RISER_NO_SEQ, .bytes = bytes,
		.len = sizeof(bytes), .direction = RISER_TO_HOST,
	};
	unsigned int i;

	riser_pcapng_observer.start(pcapng, facts());
	for (i = 0; i < nr; i++) {
		event.cycle = i;
		event.seq = i;
		riser_pcapng_observer.tlp(pcapng, &event);
	}
}

/* More than the ring in memory holds: every byte arrives, in whole blocks. */
static void test_a_large_capture_is_complete(void **state)
{
	char dir[] = "/tmp/riser-pcapng-XXXXXX", path[64];
	char error[RISER_ERROR_BYTES];
	struct riser_pcapng *pcapng;
	uint32_t head[2], nr = 0, tail;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.pcapng", dir);
	assert_int_equal(riser_pcapng_open(path, &pcapng, error), 0);
	write_tlps(pcapng, 5000);
	riser_pcapng_flush(pcapng);
	assert_int_equal(riser_pcapng_error(pcapng), 0);
	file = fopen(path, "r");
	while (fread(head, 8, 1, file) == 1) {
		assert_int_equal(head[1] % 4, 0);
		assert_int_equal(fseek(file, (long)head[1] - 12, SEEK_CUR), 0);
		assert_int_equal(fread(&tail, 4, 1, file), 1);
		assert_int_equal(tail, head[1]);
		nr++;
	}
	assert_int_equal(nr, 5000 + 5);
	fclose(file);
	riser_pcapng_close(pcapng);
	unlink(path);
	rmdir(dir);
}

static void test_a_full_disk_ends_the_capture_only(void **state)
{
	char error[RISER_ERROR_BYTES];
	struct riser_pcapng *pcapng;
	int full;

	(void)state;
	/* opened as a new file, then made to be a full disk */
	unlink("/tmp/riser-full.pcapng");
	assert_int_equal(riser_pcapng_open("/tmp/riser-full.pcapng", &pcapng,
					   error), 0);
	full = riser_pcapng_redirect(pcapng, "/dev/full");
	assert_int_equal(full, 0);
	write_tlps(pcapng, 3000);
	riser_pcapng_flush(pcapng);
	assert_int_equal(riser_pcapng_error(pcapng), -ENOSPC);
	riser_pcapng_close(pcapng);
	unlink("/tmp/riser-full.pcapng");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tshark_reads_it),
		TEST(test_nothing_is_overwritten),
		TEST(test_a_large_capture_is_complete),
		TEST(test_a_full_disk_ends_the_capture_only),
	};

	/* CMocka's own skip counts as a pass: decide before it starts */
	if (system("command -v tshark capinfos >/dev/null"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
