// SPDX-License-Identifier: Apache-2.0
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <riser/model.h>
#include <riser/tlp.h>

#define MAX_BYTES	8192
#define MAX_LINE	65536
#define BEAT_DWORDS	2		/* of the liar's port, DATA_W 64 */
#define STEP_CYCLES	10		/* between two lines of a vector */
#define MAX_WAIT	30000000	/* cycles that a test can wait */

/* "4a000001 00000004*3": bytes, four to a word; a word may repeat. */
static uint32_t parse_hex(char *at, uint8_t *bytes)
{
	uint32_t len = 0, nr;
	unsigned int byte, times;
	char *one, *star, *save = NULL;
	uint8_t group[4];

	for (one = strtok_r(at, " ", &save); one; one = strtok_r(NULL, " ", &save)) {
		star = strchr(one, '*');
		times = star ? (unsigned int)atoi(star + 1) : 1;
		for (nr = 0; nr < 4 && sscanf(one, "%2x", &byte) == 1; one += 2, nr++)
			group[nr] = (uint8_t)byte;
		for (; times && len + nr <= MAX_BYTES; times--, len += nr)
			memcpy(bytes + len, group, nr);
	}
	return len;
}

static struct script_step *add(struct script *script, enum script_kind kind, uint64_t cycle)
{
	struct script_step *step = &script->step[script->nr];

	if (script->nr == SCRIPT_MAX_STEPS) {
		script->why_not = "too long";
		return step - 1;
	}
	script->nr++;
	*step = (struct script_step){ .kind = kind, .cycle = cycle };
	return step;
}

/* The channel that carries it; what is no TLP goes where its Type says most. */
static uint8_t channel_of(const struct script_step *step)
{
	unsigned int type = step->bytes[0] & 0x1f;
	struct riser_tlp tlp;

	if (!riser_tlp_decode(&tlp, step->bytes, step->len))
		return (uint8_t)riser_tlp_class(tlp.kind);
	if (type == 0x0a || type == 0x0b)
		return RISER_COMPLETION;
	return type >> 3 == 2 || (type == 0 && step->bytes[0] & 0x40) ? RISER_POSTED :
									RISER_NONPOSTED;
}

static uint32_t beats(uint32_t dwords)
{
	return dwords ? (dwords + BEAT_DWORDS - 1) / BEAT_DWORDS : 1;
}

/* The port says where the last beat is, not the last dword. */
static bool size_is_seen(const struct script_step *step)
{
	uint32_t field = (step->bytes[2] & 3U) << 8 | step->bytes[3];
	uint32_t header = step->bytes[0] & 0x20 ? 4 : 3;
	uint32_t want = step->bytes[0] & 0x40 ? (field ? field : 1024) : 0;
	uint32_t have = step->len / 4 - header;

	want += step->bytes[2] >> 7;
	return want == have || (have && beats(want) != beats(have));
}

static const char *tlp_why_not(const struct script_step *step)
{
	struct riser_tlp tlp;

	if (step->len < 12 || step->len % 4 || (step->bytes[0] & 0x20 && step->len < 16))
		return "the port carries whole dwords behind a whole header";
	if (step->kind == SCRIPT_TO_CARD)
		return riser_tlp_decode(&tlp, step->bytes, step->len) ?
		       "the host sends what is no TLP" : NULL;
	return size_is_seen(step) ? NULL : "the port counts beats, not dwords";
}

static void add_tlp(struct script *script, const char *mark, char *at)
{
	uint8_t bytes[MAX_BYTES];
	struct script_step *step;
	const char *why_not;
	uint64_t cycle = strtoull(at, &at, 0);
	char channel[8] = "";

	at += strspn(at, " ");
	if (sscanf(at, "class=%7s", channel) == 1)
		at += strcspn(at, " ");
	step = add(script, mark[0] == '>' ? SCRIPT_TO_CARD : SCRIPT_TO_HOST, cycle);
	step->len = parse_hex(at, bytes);
	step->bytes = malloc(step->len ? step->len : 1);
	memcpy(step->bytes, bytes, step->len);
	step->is_mute = mark[1] == '!';
	script->is_injected |= step->is_mute;
	script->ends_at_card = step->kind == SCRIPT_TO_HOST;
	why_not = tlp_why_not(step);
	if (!why_not)
		step->channel = channel_of(step);
	if (channel[0] && step->kind == SCRIPT_TO_HOST)
		step->channel = !strcmp(channel, "p") ? RISER_POSTED :
				!strcmp(channel, "np") ? RISER_NONPOSTED : RISER_COMPLETION;
	else if (channel[0])
		why_not = "the host uses a wrong channel";
	if (why_not)
		script->why_not = why_not;
}

static void read_part(struct script *script, const char *folder, const char *name);

static void add_line(struct script *script, const char *folder, char *line)
{
	size_t word = strcspn(line, " ");
	char *at = line + word + strspn(line + word, " ");
	uint64_t cycle = strtoull(at, NULL, 0);
	struct script_step *step;

	line[word] = '\0';
	if (line[0] == '>' || line[0] == '<') {
		add_tlp(script, line, at);
	} else if (!strcmp(line, "include")) {
		read_part(script, folder, at);
	} else if (!strcmp(line, "sideband")) {
		step = add(script, SCRIPT_LEVELS, cycle);
		step->value = (strstr(at, "link_up") ? RISER_SB_LINK_UP : 0U) |
			      (strstr(at, "perst") ? RISER_SB_PERST : 0U) |
			      (strstr(at, "hot") ? RISER_SB_HOT_RESET : 0U);
	} else if (!strcmp(line, "status")) {
		step = add(script, SCRIPT_STATUS, cycle);
		step->value = at[strlen(at) - 1] == '1';
	} else if (!strcmp(line, "time")) {
		if (script->nr && script->step[script->nr - 1].kind == SCRIPT_TO_CARD &&
		    script->step[script->nr - 1].channel == RISER_NONPOSTED)
			script->ends_at_card = true;
		add(script, SCRIPT_TIME, cycle);
	} else if (!strcmp(line, "end")) {
		/* what is in flight when a run is stopped is not judged */
		script->why_not = "is judged at the end of a capture";
	} else {
		script->why_not = "needs a scoreboard's input";
	}
}

static char *trim(char *line)
{
	size_t len;

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t");
	for (len = strlen(line); len && strchr(" \t", line[len - 1]); len--)
		line[len - 1] = '\0';
	return line;
}

static void read_part(struct script *script, const char *folder, const char *name)
{
	char path[512];
	char *line = malloc(MAX_LINE), *text;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, MAX_LINE, file)) {
		text = trim(line);
		if (*text)
			add_line(script, folder, text);
	}
	fclose(file);
	free(line);
}

static void check_times(struct script *script)
{
	uint32_t levels = RISER_SB_PERST, i;
	uint64_t last = 0;

	for (i = 0; i < script->nr; i++) {
		if (script->step[i].kind == SCRIPT_LEVELS)
			levels = script->step[i].value;
		else if (script->step[i].kind == SCRIPT_TO_HOST && levels != RISER_SB_LINK_UP)
			script->why_not = "no channel of the port transfers in a reset";
		if (script->step[i].cycle > last + MAX_WAIT && !script->why_not)
			script->why_not = "takes more cycles than a test may";
		last = script->step[i].cycle;
	}
}

bool script_next(FILE *file, const char *folder, struct script *script)
{
	char *line = malloc(MAX_LINE), *text;
	char kind[16] = "";
	bool is_done = false;

	script_clear(script);
	while (!is_done && fgets(line, MAX_LINE, file)) {
		text = trim(line);
		if (sscanf(text, "vector %15s %15s %127s", script->rule, kind, script->name) == 3)
			script->is_mutant = !strcmp(kind, "mutant");
		else if (!strncmp(text, "expect ", 7))
			is_done = true;
		else if (*text)
			add_line(script, folder, text);
	}
	check_times(script);
	if (script->is_injected && script->nr &&
	    script->step[script->nr - 1].kind == SCRIPT_TIME && !script->why_not)
		script->why_not = "the request before must be known as broken on purpose";
	free(line);
	return is_done;
}

void script_clear(struct script *script)
{
	uint32_t i;

	for (i = 0; i < script->nr; i++)
		free(script->step[i].bytes);
	memset(script, 0, sizeof(*script));
}

/* ---- the card's program ---- */

static void write_send(const struct script_step *step, FILE *file)
{
	uint32_t header = step->bytes[0] & 0x20 ? 16 : 12, i;

	fprintf(file, "1%x00%04x\n", (unsigned int)step->channel, (step->len - header) / 4);
	for (i = 0; i < step->len; i += 4) {
		if (i == 12 && header == 12)
			fputs("00000000\n", file);
		fprintf(file, "%02x%02x%02x%02x\n", step->bytes[i], step->bytes[i + 1],
			step->bytes[i + 2], step->bytes[i + 3]);
	}
	if (step->len == 12)
		fputs("00000000\n", file);
}

int script_write(const struct script *script, const char *path)
{
	const struct script_step *step;
	FILE *file = fopen(path, "w");
	bool is_up = false;
	uint32_t i, level;
	uint64_t last = 0, gap;

	if (!file)
		return -errno;
	for (i = 0; i < script->nr; i++) {
		step = &script->step[i];
		if (step->kind == SCRIPT_TIME)
			continue;
		gap = step->cycle - last;
		last = step->cycle;
		if (gap > 4 * STEP_CYCLES && is_up && step->kind == SCRIPT_TO_HOST)
			fprintf(file, "3%07x\n", (unsigned int)(gap - STEP_CYCLES));
		switch (step->kind) {
		case SCRIPT_TO_CARD:
			fprintf(file, "2%x000000\n", (unsigned int)step->channel);
			break;
		case SCRIPT_TO_HOST:
			write_send(step, file);
			break;
		case SCRIPT_STATUS:
			fprintf(file, "5000000%u\n", step->value);
			break;
		case SCRIPT_LEVELS:
			level = step->value == RISER_SB_LINK_UP;
			if (level != is_up)
				fprintf(file, "6000000%u\n", level);
			is_up = level;
			break;
		case SCRIPT_TIME:
			break;
		}
	}
	/* nothing more is answered */
	fputs("22000000\n", file);
	return fclose(file) ? -errno : 0;
}
