/* SPDX-License-Identifier: Apache-2.0 */
/* What every message about a text that somebody wrote has in common. */
#ifndef RISER_BRIDGE_DIAGNOSTIC_H
#define RISER_BRIDGE_DIAGNOSTIC_H

#include <stdint.h>
#include <stdio.h>

/* The nearest of NULL-terminated @names to @word, or NULL when none is near. */
const char *riser_nearest(const char *word, const char *const *names);

/**
 * riser_complain() - a message with the line and a caret below the place
 * @where: "riser.yaml:3" or "--fault"
 * @line: the text, without its newline
 * @column: from 1
 * @len: of the words concerned
 */
void riser_complain(FILE *file, const char *where, const char *line,
		    uint32_t column, uint32_t len, const char *text);

#endif /* RISER_BRIDGE_DIAGNOSTIC_H */
