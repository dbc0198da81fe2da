/* SPDX-License-Identifier: Apache-2.0 */
/* Text for HTML and XML. */
#ifndef RISER_BRIDGE_MARKUP_H
#define RISER_BRIDGE_MARKUP_H

#include <stdio.h>

/*
 * Text, also inside of an attribute, with everything escaped that the language
 * would take for its own; control characters, which XML has no way to say, are
 * left out. NULL is "".
 */
void riser_markup_put(FILE *file, const char *text);

#endif /* RISER_BRIDGE_MARKUP_H */
