// SPDX-License-Identifier: Apache-2.0
/*
 * EDAM files (*.eda.yml, as FuseSoC writes them) as a card: top, sources, include
 * folders, parameters and macros become options of `riser run`.
 */
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "project_internal.h"

static const char *member(struct fy_node *map, const char *key)
{
	struct fy_node *node = fy_node_mapping_lookup_by_string(map, key, FY_NT);

	return node && fy_node_is_scalar(node) ? fy_node_get_scalar0(node) : NULL;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* The folder of an include file, once; the file itself is no source. */
static void take_include(struct riser_project_reader *r, struct fy_node *file,
			 const char *path)
{
	const char *given = member(file, "include_path");
	char *copy = given ? riser_project_beside(r, given) : strdup(path);
	char option[PATH_MAX + 32];
	size_t i;

	if (!copy)
		return;
	snprintf(option, sizeof(option), "--model-arg=--incdir=%s",
		 given ? copy : dirname(copy));
	for (i = 0; i < r->project->nr; i++)
		if (!strcmp(r->project->argv[i], option))
			break;
	if (i == r->project->nr)
		riser_project_add(r, "%s", option);
	free(copy);
}

static void take_file(struct riser_project_reader *r, struct fy_node *file)
{
	struct fy_node *name = fy_node_is_mapping(file) ?
		fy_node_mapping_lookup_by_string(file, "name", FY_NT) : NULL;
	const char *type = name ? member(file, "file_type") : NULL;
	const char *include = name ? member(file, "is_include_file") : NULL;
	char *path;

	if (!name || !fy_node_is_scalar(name) || !type) {
		riser_project_complain_at(r, file, "a file of EDAM has name: and file_type:");
		return;
	}
	if (begins(type, "vhdl")) {
		riser_project_complain_at(r, name, "%s: VHDL; riser builds Verilog and SystemVerilog",
					  fy_node_get_scalar0(name));
		return;
	}
	/* constraints, scripts and the like are of other tools */
	if (!begins(type, "verilogSource") && !begins(type, "systemVerilogSource") &&
	    !begins(type, "cSource") && !begins(type, "cppSource") && strcmp(type, "vlt"))
		return;
	path = riser_project_existing(r, name, fy_node_get_scalar0(name));
	if (path && include && !strcmp(include, "true"))
		take_include(r, file, path);
	else if (path)
		riser_project_add(r, "--model-arg=%s", path);
	free(path);
}

static void take_parameter(struct riser_project_reader *r, const char *name,
			   struct fy_node *parameter)
{
	const char *kind = member(parameter, "paramtype");
	const char *value = member(parameter, "default");

	if (!name || !kind || !value)
		return;
	if (!strcmp(kind, "vlogparam"))
		riser_project_add(r, "--model-arg=--param=%s=%s", name, value);
	else if (!strcmp(kind, "vlogdefine"))
		riser_project_add(r, "--model-arg=--define=%s=%s", name, value);
	else if (!strcmp(kind, "plusarg"))
		riser_project_add(r, "--plusarg=+%s=%s", name, value);
}

static void take_edam(struct riser_project_reader *r, struct fy_node *root)
{
	struct fy_node *files, *top, *parameters, *item;
	struct fy_node_pair *pair;
	void *iter = NULL;

	top = fy_node_mapping_lookup_by_string(root, "toplevel", FY_NT);
	if (top && fy_node_is_sequence(top))
		top = fy_node_sequence_get_by_index(top, 0);
	if (top && fy_node_is_scalar(top) && !r->has_top)
		riser_project_add(r, "--top=%s", fy_node_get_scalar0(top));
	files = fy_node_mapping_lookup_by_string(root, "files", FY_NT);
	if (!files || !fy_node_is_sequence(files)) {
		riser_project_complain_at(r, root, "no EDAM file: it has no list `files:`");
		return;
	}
	while ((item = fy_node_sequence_iterate(files, &iter)))
		take_file(r, item);
	parameters = fy_node_mapping_lookup_by_string(root, "parameters", FY_NT);
	iter = NULL;
	while (parameters && fy_node_is_mapping(parameters) &&
	       (pair = fy_node_mapping_iterate(parameters, &iter)))
		if (fy_node_is_mapping(fy_node_pair_value(pair)))
			take_parameter(r, fy_node_get_scalar0(fy_node_pair_key(pair)),
				       fy_node_pair_value(pair));
}

void riser_project_edam(struct riser_project_reader *r, struct fy_node *node,
			const char *text)
{
	struct riser_project_reader edam = { .project = r->project, .take = take_edam };
	struct fy_node *root = fy_document_root(fy_node_document(node));
	char *path = riser_project_existing(r, node, text);

	if (!path)
		return;
	edam.has_top = fy_node_by_path(root, "/card/top", FY_NT, FYNWF_DONT_FOLLOW);
	edam.path = path;
	if (riser_project_read_with(&edam))
		r->nr_errors++;
	free(path);
}
