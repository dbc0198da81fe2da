// SPDX-License-Identifier: Apache-2.0
/*
 * Lines that the guest's script reports (guest/README.md):
 *
 *	RISER1 check NAME pass|fail SECONDS [DETAIL]
 *	RISER1 value KEY TEXT
 *	RISER1 phase NAME UPTIME
 *	RISER1 host ACTION
 *	RISER1 file NAME BYTES SHA256, RISER1 data BASE64 ..., RISER1 end NAME
 *	RISER1 verdict pass|fail UPTIME CHECKS FAILED
 *
 * The guest is not trusted: names are cut, files stay in their folder.
 */
#include "super.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char tag[] = "RISER1 ";

static void close_file(struct riser_results *results)
{
	if (results->file)
		fclose(results->file);
	results->file = NULL;
}

void riser_results_init(struct riser_results *results, const char *files_dir)
{
	memset(results, 0, sizeof(*results));
	results->verdict = -1;
	results->files_dir = files_dir;
}

void riser_results_fini(struct riser_results *results)
{
	struct riser_check *check;
	struct riser_value *value;

	while ((check = results->checks)) {
		results->checks = check->next;
		free(check->detail);
		free(check);
	}
	while ((value = results->values)) {
		results->values = value->next;
		free(value->value);
		free(value);
	}
	close_file(results);
}

const char *riser_results_value(const struct riser_results *results,
				const char *key)
{
	const struct riser_value *value;

	for (value = results->values; value; value = value->next)
		if (!strcmp(value->key, key))
			return value->value;
	return NULL;
}

static void add_check(struct riser_results *results, char *rest)
{
	struct riser_check *check, **end = &results->checks;
	char *name = strsep(&rest, " "), *state = strsep(&rest, " ");
	char *seconds = strsep(&rest, " ");

	if (!name || !*name || !state)
		return;
	check = calloc(1, sizeof(*check));
	if (!check)
		return;
	strncpy(check->name, name, sizeof(check->name) - 1);
	check->passed = !strcmp(state, "pass");
	check->seconds = seconds ? strtod(seconds, NULL) : 0;
	check->detail = rest && *rest ? strdup(rest) : NULL;
	if (check->passed)
		results->nr_passed++;
	else
		results->nr_failed++;
	while (*end)
		end = &(*end)->next;
	*end = check;
	if (results->on_check)
		results->on_check(results->ctx, check);
}

static void set_value(struct riser_results *results, char *rest)
{
	struct riser_value *value, **end = &results->values;
	char *key = strsep(&rest, " ");

	if (!key || !*key)
		return;
	for (; *end; end = &(*end)->next)
		if (!strcmp((*end)->key, key))
			break;
	value = *end;
	if (!value) {
		value = calloc(1, sizeof(*value));
		if (!value)
			return;
		strncpy(value->key, key, sizeof(value->key) - 1);
		*end = value;
	}
	free(value->value);
	value->value = strdup(rest ? rest : "");
}

static void file_begin(struct riser_results *results, const char *name)
{
	char *path, *p;

	close_file(results);
	if (!name || !*name || *name == '.' || strchr(name, '/') ||
	    !results->files_dir)
		return;
	path = riser_path(results->files_dir, name);
	for (p = path ? strrchr(path, '/') + 1 : NULL; p && *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '_';
	if (path)
		results->file = fopen(path, "we");
	free(path);
}

static int base64_value(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(alphabet, c) : NULL;

	return p ? (int)(p - alphabet) : -1;
}

static void file_line(FILE *file, const char *line)
{
	unsigned int bits = 0, nr_bits = 0;
	int v;

	for (; (v = base64_value(*line)) >= 0; line++) {
		bits = bits << 6 | (unsigned int)v;
		nr_bits += 6;
		if (nr_bits < 8)
			continue;
		nr_bits -= 8;
		fputc((int)(bits >> nr_bits & 0xff), file);
	}
}

static void set_phase(struct riser_results *results, const char *name)
{
	strncpy(results->phase, name, sizeof(results->phase) - 1);
	if (results->on_phase)
		results->on_phase(results->ctx, results->phase);
}

void riser_results_line(struct riser_results *results, char *line)
{
	char *rest = line, *verb;
	size_t len = strlen(line);

	while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		line[--len] = '\0';
	if (strncmp(line, tag, sizeof(tag) - 1))
		return;
	rest += sizeof(tag) - 1;
	verb = strsep(&rest, " ");
	if (!rest)
		rest = line + len;
	if (!strcmp(verb, "check"))
		add_check(results, rest);
	else if (!strcmp(verb, "value"))
		set_value(results, rest);
	else if (!strcmp(verb, "phase"))
		set_phase(results, strsep(&rest, " "));
	else if (!strcmp(verb, "file"))
		file_begin(results, strsep(&rest, " "));
	else if (!strcmp(verb, "data") && results->file)
		file_line(results->file, rest);
	else if (!strcmp(verb, "end"))
		close_file(results);
	else if (!strcmp(verb, "verdict"))
		results->verdict = strcmp(strsep(&rest, " "), "pass") ? 1 : 0;
	else if (!strcmp(verb, "host") && results->on_host)
		results->on_host(results->ctx, rest);
}
