/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of JSON. Commas and escapes are its business, nesting the caller's. */
#ifndef RISER_BRIDGE_JSON_H
#define RISER_BRIDGE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RISER_JSON_DEPTH 16

/* Keys are NULL inside of arrays and at the top. */
struct riser_json {
	FILE *file;
	unsigned int depth;
	bool has_members[RISER_JSON_DEPTH];
};

void riser_json_init(struct riser_json *json, FILE *file);
void riser_json_open(struct riser_json *json, const char *key, char bracket);
void riser_json_close(struct riser_json *json, char bracket);
void riser_json_string(struct riser_json *json, const char *key,
		       const char *value);
void riser_json_u64(struct riser_json *json, const char *key, uint64_t value);
void riser_json_double(struct riser_json *json, const char *key, double value);
void riser_json_bool(struct riser_json *json, const char *key, bool value);
/* A string alone, quoted and escaped. */
void riser_json_put(FILE *file, const char *text);
/* @text is JSON already and goes out as it is. */
void riser_json_raw(struct riser_json *json, const char *key, const char *text);

#endif /* RISER_BRIDGE_JSON_H */
