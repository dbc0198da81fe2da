// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <inttypes.h>

void riser_json_init(struct riser_json *json, FILE *file)
{
	*json = (struct riser_json){ .file = file };
}

void riser_json_put(FILE *file, const char *text)
{
	const unsigned char *p;

	fputc('"', file);
	for (p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(file, "\\%c", *p);
		else if (*p < ' ' || *p >= 127)
			fprintf(file, "\\u%04x", *p);
		else
			fputc(*p, file);
	}
	fputc('"', file);
}

static void begin_member(struct riser_json *json, const char *key)
{
	unsigned int i;

	if (json->has_members[json->depth])
		fputc(',', json->file);
	json->has_members[json->depth] = true;
	if (json->depth)
		fputc('\n', json->file);
	for (i = 0; i < json->depth; i++)
		fputs("  ", json->file);
	if (!key)
		return;
	riser_json_put(json->file, key);
	fputs(": ", json->file);
}

void riser_json_open(struct riser_json *json, const char *key, char bracket)
{
	begin_member(json, key);
	fputc(bracket, json->file);
	if (json->depth + 1 < RISER_JSON_DEPTH)
		json->depth++;
	json->has_members[json->depth] = false;
}

void riser_json_close(struct riser_json *json, char bracket)
{
	bool had_members = json->has_members[json->depth];
	unsigned int i;

	json->depth--;
	if (had_members) {
		fputc('\n', json->file);
		for (i = 0; i < json->depth; i++)
			fputs("  ", json->file);
	}
	fputc(bracket, json->file);
	if (!json->depth)
		fputc('\n', json->file);
}

void riser_json_string(struct riser_json *json, const char *key,
		       const char *value)
{
	begin_member(json, key);
	riser_json_put(json->file, value);
}

void riser_json_u64(struct riser_json *json, const char *key, uint64_t value)
{
	begin_member(json, key);
	fprintf(json->file, "%" PRIu64, value);
}

void riser_json_double(struct riser_json *json, const char *key, double value)
{
	begin_member(json, key);
	fprintf(json->file, "%.6f", value);
}

void riser_json_bool(struct riser_json *json, const char *key, bool value)
{
	begin_member(json, key);
	fputs(value ? "true" : "false", json->file);
}

void riser_json_raw(struct riser_json *json, const char *key, const char *text)
{
	begin_member(json, key);
	fputs(text, json->file);
}
