/* SPDX-License-Identifier: Apache-2.0 */
/* `riser report --format`: one picture of a run on standard output. */
#ifndef RISER_REPORT_FORMAT_H
#define RISER_REPORT_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include "filter.h"
#include "scene.h"

/* NULL-terminated. */
extern const char *const riser_formats[];

/* Whether it is made of a scene: the page, or mermaid. */
bool riser_format_needs_scene(const char *format);
/* Whether it is made TLP by TLP, so that a filter can leave some out. */
bool riser_format_is_filtered(const char *format);
/* The TLPs around the failure, or the last ones, as a sequence diagram. */
void riser_format_mermaid(const struct riser_scene *scene, FILE *out);

/**
 * riser_format_write() - a run in another form
 * @format: one of riser_formats, not of those that need a scene
 * @dir: of the run
 * @capture: its run.pcapng; NULL: it has none
 * @filter: zeroed where all is wanted
 *
 * Returns an exit code, after a sentence on standard error.
 */
int riser_format_write(const char *format, const char *dir, const char *capture,
		       struct riser_filter *filter, FILE *out);

#endif /* RISER_REPORT_FORMAT_H */
