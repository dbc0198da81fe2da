// SPDX-License-Identifier: Apache-2.0
/* The JSON schema of riser.yaml, from the table of its keys. */
#include <string.h>

#include "../json.h"
#include "project.h"

static void strings(struct riser_json *json, const char *const *names)
{
	riser_json_open(json, "enum", '[');
	for (; *names; names++)
		riser_json_string(json, NULL, *names);
	riser_json_close(json, ']');
}

static void items(struct riser_json *json, const char *const *names)
{
	riser_json_string(json, "type", "array");
	riser_json_open(json, "items", '{');
	riser_json_string(json, "type", "string");
	if (names)
		strings(json, names);
	riser_json_close(json, '}');
}

static void waivers(struct riser_json *json)
{
	static const char *const keys[] = { "rule", "reason", "verdict",
					    "until" };
	static const char *const verdicts[] = { "silent", "report", NULL };
	size_t i;

	riser_json_string(json, "type", "array");
	riser_json_open(json, "items", '{');
	riser_json_string(json, "type", "object");
	riser_json_bool(json, "additionalProperties", false);
	riser_json_open(json, "required", '[');
	riser_json_string(json, NULL, "rule");
	riser_json_string(json, NULL, "reason");
	riser_json_close(json, ']');
	riser_json_open(json, "properties", '{');
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		riser_json_open(json, keys[i], '{');
		riser_json_string(json, "type", "string");
		if (i == 2)
			strings(json, verdicts);
		if (i == 3)
			riser_json_string(json, "pattern",
					  "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
		riser_json_close(json, '}');
	}
	riser_json_close(json, '}');
	riser_json_close(json, '}');
}

static void files(struct riser_json *json, const struct riser_project_key *key)
{
	const char *const *name;

	riser_json_string(json, "type", "object");
	riser_json_bool(json, "additionalProperties", false);
	riser_json_open(json, "properties", '{');
	for (name = key->names; *name; name++) {
		riser_json_open(json, *name, '{');
		riser_json_string(json, "type", "string");
		riser_json_close(json, '}');
	}
	riser_json_close(json, '}');
}

/* high, low, or both the level and how long */
static void resets(struct riser_json *json, const struct riser_project_key *key)
{
	static const char *const levels[] = { "high", "low", NULL };

	riser_json_string(json, "type", "object");
	riser_json_open(json, "additionalProperties", '{');
	riser_json_open(json, "oneOf", '[');
	riser_json_open(json, NULL, '{');
	strings(json, levels);
	riser_json_close(json, '}');
	riser_json_open(json, NULL, '{');
	riser_json_string(json, "type", "object");
	riser_json_bool(json, "additionalProperties", false);
	riser_json_open(json, "required", '[');
	riser_json_string(json, NULL, "active");
	riser_json_close(json, ']');
	riser_json_open(json, "properties", '{');
	riser_json_open(json, "active", '{');
	strings(json, levels);
	riser_json_close(json, '}');
	riser_json_open(json, "cycles", '{');
	riser_json_string(json, "type", "integer");
	riser_json_u64(json, "minimum", (uint64_t)key->min);
	riser_json_u64(json, "maximum", (uint64_t)key->max);
	riser_json_close(json, '}');
	riser_json_close(json, '}');
	riser_json_close(json, '}');
	riser_json_close(json, ']');
	riser_json_close(json, '}');
}

static void loops(struct riser_json *json)
{
	static const char *const keys[] = { "from", "to" };
	size_t i;

	riser_json_string(json, "type", "array");
	riser_json_open(json, "items", '{');
	riser_json_string(json, "type", "object");
	riser_json_bool(json, "additionalProperties", false);
	riser_json_open(json, "required", '[');
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		riser_json_string(json, NULL, keys[i]);
	riser_json_close(json, ']');
	riser_json_open(json, "properties", '{');
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		riser_json_open(json, keys[i], '{');
		riser_json_string(json, "type", "string");
		riser_json_close(json, '}');
	}
	riser_json_close(json, '}');
	riser_json_close(json, '}');
}

/* A list of rules: text, or MATCH: ACTION as YAML reads it. */
static void faults(struct riser_json *json)
{
	riser_json_string(json, "type", "array");
	riser_json_open(json, "items", '{');
	riser_json_open(json, "type", '[');
	riser_json_string(json, NULL, "string");
	riser_json_string(json, NULL, "object");
	riser_json_close(json, ']');
	riser_json_close(json, '}');
}

static void value(struct riser_json *json, const struct riser_project_key *key)
{
	switch (key->type) {
	case RISER_PROJECT_INT:
	case RISER_PROJECT_VERSION_KEY:
		riser_json_string(json, "type", "integer");
		riser_json_u64(json, "minimum", (uint64_t)key->min);
		riser_json_u64(json, "maximum", (uint64_t)key->max);
		break;
	case RISER_PROJECT_IF_TRUE:
	case RISER_PROJECT_IF_FALSE:
		riser_json_string(json, "type", "boolean");
		break;
	case RISER_PROJECT_SECONDS:
		riser_json_string(json, "type", "string");
		riser_json_string(json, "pattern", "^[0-9]+(s|m|h)$");
		break;
	case RISER_PROJECT_MS:
		riser_json_string(json, "type", "string");
		riser_json_string(json, "pattern", "^[0-9]+(ms|s)$");
		break;
	case RISER_PROJECT_NS:
		riser_json_string(json, "type", "string");
		riser_json_string(json, "pattern", "^[0-9]+(ns|us|ms)$");
		break;
	case RISER_PROJECT_PS:
		riser_json_string(json, "type", "string");
		riser_json_string(json, "pattern", "^[0-9]+(\\.[0-9]+)?(ps|ns|us)$");
		break;
	case RISER_PROJECT_ENUM:
		strings(json, key->names);
		break;
	case RISER_PROJECT_LIST:
	case RISER_PROJECT_PATHS:
	case RISER_PROJECT_ADDS:
		items(json, key->names);
		break;
	case RISER_PROJECT_MAP:
	case RISER_PROJECT_CLOCKS:
	case RISER_PROJECT_TREE:
	case RISER_PROJECT_TESTS:
		riser_json_string(json, "type", "object");
		break;
	case RISER_PROJECT_RESETS:
		resets(json, key);
		break;
	case RISER_PROJECT_LOOPS:
		loops(json);
		break;
	case RISER_PROJECT_FILES:
		files(json, key);
		break;
	case RISER_PROJECT_PRELOAD:
		riser_json_open(json, "type", '[');
		riser_json_string(json, NULL, "string");
		riser_json_string(json, NULL, "object");
		riser_json_close(json, ']');
		break;
	case RISER_PROJECT_FAULTS:
		faults(json);
		break;
	case RISER_PROJECT_WAIVERS:
		waivers(json);
		break;
	default:
		riser_json_open(json, "type", '[');
		riser_json_string(json, NULL, "string");
		riser_json_string(json, NULL, "number");
		riser_json_close(json, ']');
	}
	riser_json_string(json, "description", key->words);
}

static void section(struct riser_json *json, const char *name)
{
	const struct riser_project_key *key;

	riser_json_string(json, "type", "object");
	riser_json_bool(json, "additionalProperties", false);
	riser_json_open(json, "properties", '{');
	for (key = riser_project_keys; key->section; key++) {
		if (strcmp(key->section, name) || !*key->key)
			continue;
		riser_json_open(json, key->key, '{');
		value(json, key);
		riser_json_close(json, '}');
	}
	riser_json_close(json, '}');
}

void riser_project_schema(FILE *file)
{
	const struct riser_project_key *key;
	const char *last = "";
	struct riser_json json;

	riser_json_init(&json, file);
	riser_json_open(&json, NULL, '{');
	riser_json_string(&json, "$schema",
			  "http://json-schema.org/draft-07/schema#");
	riser_json_string(&json, "title", "riser.yaml");
	riser_json_string(&json, "type", "object");
	riser_json_bool(&json, "additionalProperties", false);
	riser_json_open(&json, "required", '[');
	riser_json_string(&json, NULL, "riser");
	riser_json_close(&json, ']');
	riser_json_open(&json, "properties", '{');
	for (key = riser_project_keys; key->section; key++) {
		if (*key->section && !strcmp(key->section, last))
			continue;
		last = key->section;
		riser_json_open(&json, *key->section ? key->section : key->key,
				'{');
		if (*key->section && *key->key)
			section(&json, key->section);
		else
			value(&json, key);
		riser_json_close(&json, '}');
	}
	riser_json_close(&json, '}');
	riser_json_close(&json, '}');
}
