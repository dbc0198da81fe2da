// SPDX-License-Identifier: Apache-2.0
/*
 * usage: unit_check_capture FILE.pcapng...
 *
 * Runs recorded TLPs (docs/pcapng.md) through the checker and prints how often
 * each rule was broken, with the first report of each. Exit status 1 when
 * something was reported. Notes about the link are taken from the capture too.
 */
#include <riser/check.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_PACKET	6
#define FIELD_CYCLE	1
#define FIELD_SEQ	8
#define FIELD_NOTE	64
#define PDU_BYTES	16	/* dissector's name and end of the tags */
#define IF_NOTES	2

struct capture {
	struct riser_check *check;
	uint8_t *told;
	uint64_t nr_tlps;
	uint64_t nr_reports;
	uint64_t cycle;
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static uint64_t be(const uint8_t *p, uint32_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *p++;
	return value;
}

static void on_report(void *ctx, const struct riser_check_report *report)
{
	struct capture *capture = ctx;
	int idx = riser_check_find_rule(report->rule->id);
	char text[RISER_CHECK_TEXT_BYTES];

	capture->nr_reports++;
	if (!capture->told[idx]++)
		printf("%s", riser_check_print(report, text, sizeof(text)));
}

static void on_note(struct capture *capture, const uint8_t *text, uint32_t len)
{
	char line[256];

	snprintf(line, sizeof(line), "%.*s", (int)len, (const char *)text);
	printf("cycle %" PRIu64 ": %s\n", capture->cycle, line);
	if (strstr(line, "link up") || strstr(line, "link is up"))
		riser_check_sideband(capture->check, capture->cycle, RISER_SB_LINK_UP);
	else if (strstr(line, "link down") || strstr(line, "reset"))
		riser_check_sideband(capture->check, capture->cycle, 0);
}

/* Fields, then the TLP. */
static void on_packet(struct capture *capture, uint32_t interface, const uint8_t *data,
		      uint32_t len)
{
	struct riser_check_tlp tlp = { .direction = interface == 1, .seq = capture->nr_tlps,
				       .channel = RISER_CHECK_NO_CLASS };
	uint32_t fields, at = PDU_BYTES + 4;

	if (len < at)
		return;
	fields = (uint32_t)be(data + PDU_BYTES + 2, 2);
	if (fields > len - at)
		return;
	for (fields += at; at + 4 <= fields;) {
		uint32_t id = (uint32_t)be(data + at, 2), bytes = (uint32_t)be(data + at + 2, 2);

		if (id == FIELD_CYCLE)
			capture->cycle = be(data + at + 4, bytes);
		else if (id == FIELD_SEQ)
			tlp.seq = be(data + at + 4, bytes);
		else if (id == FIELD_NOTE && interface == IF_NOTES)
			on_note(capture, data + at + 4, bytes);
		at += 4 + (bytes + 3) / 4 * 4;
	}
	if (interface == IF_NOTES)
		return;
	tlp.cycle = capture->cycle;
	tlp.bytes = data + fields;
	tlp.len = len - fields;
	capture->nr_tlps++;
	riser_check_tlp(capture->check, &tlp);
}

static int run(const char *path)
{
	struct capture capture = { .told = calloc(riser_check_nr_rules(), 1) };
	struct riser_check_config config = { .report = on_report, .ctx = &capture };
	FILE *file = fopen(path, "rb");
	uint8_t head[8], *block = NULL;
	uint32_t len, idx;

	if (!file || riser_check_create(&config, &capture.check)) {
		perror(path);
		exit(2);
	}
	while (fread(head, sizeof(head), 1, file) == 1) {
		len = le32(head + 4);
		if (len < 12 || len > 1 << 20)
			break;
		block = realloc(block, len);
		if (fread(block + 8, len - 8, 1, file) != 1)
			break;
		if (le32(head) == BLOCK_PACKET && len > 32 && le32(block + 20) <= len - 32)
			on_packet(&capture, le32(block + 8), block + 28, le32(block + 20));
	}
	fclose(file);
	/* a capture may end anywhere: what is outstanding is no fault */
	for (idx = 0; idx < riser_check_nr_rules(); idx++)
		if (riser_check_counts(capture.check, idx).reported)
			printf("%s %" PRIu64 " times\n", riser_check_rule(idx)->id,
			       riser_check_counts(capture.check, idx).reported);
	printf("%s: %" PRIu64 " TLPs, %" PRIu64 " reports\n", path, capture.nr_tlps,
	       capture.nr_reports);
	riser_check_destroy(capture.check);
	free(capture.told);
	free(block);
	return capture.nr_reports != 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		return 2;
	while (*++argv)
		status |= run(*argv);
	return status;
}
