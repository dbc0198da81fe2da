// SPDX-License-Identifier: Apache-2.0
/* The format is that of tests/vectors/README.md. */
#include "vectors.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES	8192
#define MAX_REPORTS	16
#define MAX_LINE	65536

/* One vector while it runs. */
struct vector {
	struct riser_check *check;
	const char *folder;
	const char *file;
	unsigned int line;
	char rule[16];
	char kind[16];
	char name[128];
	char *text;	/* its lines */
	size_t text_bytes;
	uint64_t seq;
	unsigned int nr_reports;
	char seen[MAX_REPORTS][8];
	char first[RISER_CHECK_TEXT_BYTES];
};

static void die(const struct vector *vector, const char *what, const char *where)
{
	fprintf(stderr, "%s:%u: %s: %s\n", vector->file, vector->line, what, where);
	exit(2);
}

static void note_report(void *ctx, const struct riser_check_report *report)
{
	struct vector *vector = ctx;

	if (!vector->nr_reports)
		riser_check_print(report, vector->first, sizeof(vector->first));
	if (vector->nr_reports < MAX_REPORTS)
		snprintf(vector->seen[vector->nr_reports], 8, "%s", report->rule->id);
	vector->nr_reports++;
}

static uint64_t number(struct vector *vector, char **at)
{
	char *end;
	uint64_t value = strtoull(*at, &end, 0);

	if (end == *at)
		die(vector, "a number is missing", *at);
	*at = end + strspn(end, " ");
	return value;
}

static char *word(char **at)
{
	char *start = *at;
	size_t len = strcspn(start, " ");

	*at = start + len;
	if (**at)
		*(*at)++ = '\0';
	*at += strspn(*at, " ");
	return start;
}

/* "4a000001 00000004*3 ff": bytes; the last word may be short. */
static uint32_t hex(struct vector *vector, char *at, uint8_t *bytes)
{
	uint32_t len = 0;

	while (*at) {
		char *one = word(&at);
		char *star = strchr(one, '*');
		unsigned int times = star ? (unsigned int)atoi(star + 1) : 1;
		uint8_t group[4];
		uint32_t nr = 0;

		if (star)
			*star = '\0';
		for (; one[0] && one[1] && nr < 4; one += 2) {
			unsigned int byte;

			if (sscanf(one, "%2x", &byte) != 1)
				die(vector, "not hex", one);
			group[nr++] = (uint8_t)byte;
		}
		if (*one)
			die(vector, "not hex", one);
		while (times--) {
			if (len + nr > MAX_BYTES)
				die(vector, "too long", "");
			memcpy(bytes + len, group, nr);
			len += nr;
		}
	}
	return len;
}

static enum riser_direction direction_of(char mark)
{
	return mark == '>' ? RISER_TO_CARD : RISER_TO_HOST;
}

static unsigned int class_of(const char *name)
{
	return !strcmp(name, "p") ? RISER_POSTED : !strcmp(name, "np") ? RISER_NONPOSTED :
							  RISER_COMPLETION;
}

static void do_tlp(struct vector *vector, const char *mark, char *at)
{
	struct riser_check_tlp tlp = {
		.direction = (uint8_t)direction_of(mark[0]),
		.channel = RISER_CHECK_NO_CLASS,
		.is_injected = mark[1] == '!',
		.seq = vector->seq++,
	};
	uint8_t *bytes = malloc(MAX_BYTES);
	uint8_t *exact;

	tlp.cycle = number(vector, &at);
	if (!strncmp(at, "class=", 6)) {
		at += 6;
		tlp.channel = (uint8_t)class_of(word(&at));
	}
	tlp.len = hex(vector, at, bytes);
	/* a copy of the exact size, for the address sanitizer */
	exact = malloc(tlp.len ? tlp.len : 1);
	memcpy(exact, bytes, tlp.len);
	tlp.bytes = exact;
	riser_check_tlp(vector->check, &tlp);
	free(exact);
	free(bytes);
}

static void do_sent(struct vector *vector, char *at)
{
	uint8_t bytes[MAX_BYTES];
	char *mark = word(&at);
	uint32_t len = hex(vector, at, bytes);

	riser_check_sent(vector->check, direction_of(mark[0]), bytes, len);
}

static void do_sideband(struct vector *vector, char *at)
{
	uint64_t cycle = number(vector, &at);
	uint32_t levels = 0;

	while (*at) {
		char *name = word(&at);

		levels |= !strcmp(name, "link_up") ? RISER_SB_LINK_UP :
			  !strcmp(name, "perst")   ? RISER_SB_PERST :
			  !strcmp(name, "hot")	   ? RISER_SB_HOT_RESET :
						     0;
	}
	riser_check_sideband(vector->check, cycle, levels);
}

static void do_note(struct vector *vector, char *at)
{
	uint64_t cycle = number(vector, &at);
	char *name = word(&at);

	riser_check_note(vector->check,
			 !strcmp(name, "dma_miss") ? RISER_CHECK_NOTE_DMA_MISS :
			 !strcmp(name, "bad_msi")  ? RISER_CHECK_NOTE_BAD_MSI :
						     RISER_CHECK_NOTE_BUS_MASTER,
			 cycle, at);
}

static void do_credit(struct vector *vector, char *at)
{
	char *what = word(&at);
	uint64_t cycle = number(vector, &at);
	enum riser_direction direction = direction_of(word(&at)[0]);
	enum riser_tlp_class tlp_class = class_of(word(&at));
	uint32_t headers = (uint32_t)number(vector, &at);
	uint32_t units = (uint32_t)number(vector, &at);

	if (!strcmp(what, "init"))
		riser_check_credit_init(vector->check, cycle, direction, tlp_class, headers, units);
	else if (!strcmp(what, "return"))
		riser_check_credit_return(vector->check, cycle, direction, tlp_class, headers,
					  units);
	else
		riser_check_credit_spent(vector->check, cycle, direction, tlp_class, headers,
					 units);
}

static void do_map(struct vector *vector, char *at)
{
	uint64_t addr = number(vector, &at);
	uint64_t bytes = number(vector, &at);

	if (riser_check_map(vector->check, addr, bytes,
			    (strchr(at, 'r') ? RISER_CHECK_MAP_READ : 0) |
				    (strchr(at, 'w') ? RISER_CHECK_MAP_WRITE : 0)))
		die(vector, "cannot map", at);
}

static void run_file(struct vector *vector, const char *name);

static void run_line(struct vector *vector, char *line)
{
	char *at = line;
	char *name = word(&at);
	uint64_t addr;

	if (name[0] == '>' || name[0] == '<') {
		do_tlp(vector, name, at);
	} else if (!strcmp(name, "include")) {
		run_file(vector, at);
	} else if (!strcmp(name, "sideband")) {
		do_sideband(vector, at);
	} else if (!strcmp(name, "status")) {
		addr = number(vector, &at);
		riser_check_status(vector->check, addr, (uint32_t)number(vector, &at));
	} else if (!strcmp(name, "note")) {
		do_note(vector, at);
	} else if (!strcmp(name, "map")) {
		do_map(vector, at);
	} else if (!strcmp(name, "unmap")) {
		if (riser_check_unmap(vector->check, number(vector, &at)))
			die(vector, "not mapped", at);
	} else if (!strcmp(name, "region")) {
		addr = number(vector, &at);
		riser_check_region(vector->check, addr, number(vector, &at));
	} else if (!strcmp(name, "sent")) {
		do_sent(vector, at);
	} else if (!strcmp(name, "credit")) {
		do_credit(vector, at);
	} else if (!strcmp(name, "time")) {
		riser_check_time(vector->check, number(vector, &at));
	} else if (!strcmp(name, "end")) {
		riser_check_end(vector->check, number(vector, &at));
	} else if (strcmp(name, "option") != 0) {
		die(vector, "unknown word", name);
	}
}

/* Without comment and blanks around it. */
static char *trim(char *line)
{
	char *hash = strchr(line, '#');
	size_t len;

	if (hash)
		*hash = '\0';
	line += strspn(line, " \t");
	len = strlen(line);
	while (len && strchr(" \t\n", line[len - 1]))
		line[--len] = '\0';
	return line;
}

static FILE *open_file(const char *folder, const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file) {
		perror(path);
		exit(2);
	}
	return file;
}

static void run_file(struct vector *vector, const char *name)
{
	FILE *file = open_file(vector->folder, name);
	char *line = malloc(MAX_LINE);

	while (fgets(line, MAX_LINE, file)) {
		char *text = trim(line);

		if (*text)
			run_line(vector, text);
	}
	free(line);
	fclose(file);
}

static void judge(struct vector *vector, const char *expect, struct tally *tally)
{
	int rule = riser_check_find_rule(vector->rule);
	unsigned int idx, other = 0;
	struct tally *mine;

	if (rule < 0)
		die(vector, "no such rule", vector->rule);
	mine = &tally[rule];
	if (!strcmp(expect, "none")) {
		mine->passing++;
		if (vector->nr_reports) {
			mine->false_positives++;
			printf("%s:%u: %s %s: nothing is wrong, reported was\n%s", vector->file,
			       vector->line, vector->rule, vector->name, vector->first);
		}
		return;
	}
	if (strcmp(expect, vector->rule) != 0)
		die(vector, "a mutant expects its own rule", expect);
	mine->mutants++;
	for (idx = 0; idx < vector->nr_reports && idx < MAX_REPORTS; idx++)
		other += strcmp(vector->seen[idx], expect) != 0;
	if (vector->nr_reports && !other) {
		mine->killed++;
		return;
	}
	printf("%s:%u: %s %s: expected %s alone, reported were", vector->file, vector->line,
	       vector->rule, vector->name, expect);
	for (idx = 0; idx < vector->nr_reports && idx < MAX_REPORTS; idx++)
		printf(" %s", vector->seen[idx]);
	printf("\n%s", vector->first);
}

static void run_vector(struct vector *vector, const char *expect, struct tally *tally)
{
	struct riser_check_config config = {
		.report = note_report,
		.ctx = vector,
		.card_timeout_cycles = 20000,
		.host_rcb_bytes = strstr(vector->text, "option rcb 128") ? 128 : 64,
		.has_order = strstr(vector->text, "option order"),
	};
	char *line, *next;

	if (riser_check_create(&config, &vector->check))
		die(vector, "no checker", "");
	vector->nr_reports = 0;
	vector->seq = 0;
	vector->first[0] = '\0';
	for (line = vector->text; *line; line = next) {
		next = strchr(line, '\n') + 1;
		next[-1] = '\0';
		run_line(vector, line);
	}
	riser_check_destroy(vector->check);
	judge(vector, expect, tally);
}

static void keep_line(struct vector *vector, const char *line)
{
	size_t len = strlen(line);

	vector->text = realloc(vector->text, vector->text_bytes + len + 2);
	memcpy(vector->text + vector->text_bytes, line, len);
	vector->text_bytes += len + 1;
	vector->text[vector->text_bytes - 1] = '\n';
	vector->text[vector->text_bytes] = '\0';
}

static void run_vec(const char *folder, const char *name, struct tally *tally)
{
	struct vector *vector = calloc(1, sizeof(*vector));
	FILE *file = open_file(folder, name);
	char *line = malloc(MAX_LINE);

	vector->folder = folder;
	vector->file = name;
	while (fgets(line, MAX_LINE, file)) {
		char *text = trim(line);

		vector->line++;
		if (!strncmp(text, "vector ", 7)) {
			if (sscanf(text, "vector %15s %15s %127s", vector->rule, vector->kind,
				   vector->name) != 3)
				die(vector, "vector RULE KIND NAME", text);
			vector->text_bytes = 0;
			keep_line(vector, "option none");
		} else if (!strncmp(text, "expect ", 7)) {
			run_vector(vector, text + 7, tally);
		} else if (*text) {
			keep_line(vector, text);
		}
	}
	fclose(file);
	free(line);
	free(vector->text);
	free(vector);
}

void run_vectors(const char *folder, struct tally *tally)
{
	struct dirent **entry;
	int nr = scandir(folder, &entry, NULL, alphasort);
	int idx;

	if (nr < 0) {
		perror(folder);
		exit(2);
	}
	for (idx = 0; idx < nr; idx++) {
		const char *dot = strrchr(entry[idx]->d_name, '.');

		if (dot && !strcmp(dot, ".vec"))
			run_vec(folder, entry[idx]->d_name, tally);
		free(entry[idx]);
	}
	free(entry);
}

char *rules_as_markdown(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const struct riser_check_rule *rule;
	unsigned int by_kind[3] = { 0 };
	uint32_t idx;

	for (idx = 0; (rule = riser_check_rule(idx)); idx++)
		by_kind[rule->kind]++;
	fprintf(out, "# The rules of the protocol checker\n\n"
		     "Written from the rule table (`bridge/check/rules.def`) by `unit_check_rules "
		     "--markdown`; a test holds the two\ntogether.\n\n"
		     "%u rules: %u stream, %u scoreboard, %u system.\n\n"
		     "- **By**: who can break the rule. `EP` the card, `RC` kernel and bridge, `SW` "
		     "driver or administrator.\n"
		     "- **Class**: what a receiver does. `MF` malformed, `MF(opt)` malformed but the "
		     "check may be skipped, `MF(rec)` completion\n  that does not fit, `UR` "
		     "unsupported request, `CA` completer abort, `UC` unexpected completion, `CTO` "
		     "timeout, `RO` receiver\n  overflow, `FCPE` flow control error, `PT` "
		     "poisoned, `ORD` order, `DEADLOCK` progress, `LINT` wrong but no receiver can "
		     "tell,\n  `SW` misuse by software, `PROJ` a promise of riser, `none` legal.\n"
		     "- **Kind**: `stream` is judged from the TLPs of both directions and the "
		     "sideband; `scoreboard` also needs a model of\n  data, order, mappings or "
		     "credits; `system` is a property of the parts.\n"
		     "- **Verdict**: `reject` a real root port would not let it cross, `report` it "
		     "crosses and is told, `silent`.\n"
		     "- **Test**: stream rules have passing and mutant vectors in `tests/vectors/`; "
		     "the others name the test that breaks them on purpose and its case.\n\n"
		     "Two rules can say the same of one TLP. Told is the one that says more: ",
		idx, by_kind[0], by_kind[1], by_kind[2]);
	fprintf(out, "Byte enables of a message are BE-13 and not\n"
		     "ADR-06, fields of configuration requests CFG-16, payloads of completions "
		     "CPL-18, a read across the end of the\naddress space ADR-11, TC and routing of "
		     "INTx INT-05, of error messages MSG-03. A size is HDR-10 when the last dword\n"
		     "is a right digest, HDR-04 for what never has data, HDR-03 when not even the "
		     "header fits, else LEN-01.\n\n"
		     "| Id | Tier | By | Class | Kind | Verdict | Rule | Test |\n"
		     "|---|---|---|---|---|---|---|---|\n");
	for (idx = 0; (rule = riser_check_rule(idx)); idx++)
		fprintf(out, "| %s | %u | %s | %s | %s | %s | %s | %s |\n", rule->id, rule->tier,
			riser_check_by_name(rule->by), riser_check_class_name(rule->rule_class),
			riser_check_kind_name(rule->kind), riser_check_verdict_name(rule->verdict),
			rule->words, rule->test ? rule->test : "vectors");
	fclose(out);
	return text;
}
