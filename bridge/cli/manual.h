/* SPDX-License-Identifier: Apache-2.0 */
/* Man pages, in roff, from the tables that the code works with. */
#ifndef RISER_CLI_MANUAL_H
#define RISER_CLI_MANUAL_H

/* Text with what roff would take for its own masked. */
void riser_roff(const char *text);
/* The first line of a page. */
void riser_roff_title(const char *name, int section);
/* manual_yaml.c: riser.yaml(5) */
void riser_manual_yaml(void);

#endif /* RISER_CLI_MANUAL_H */
