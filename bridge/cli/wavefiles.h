/* SPDX-License-Identifier: Apache-2.0 */
/* What stands beside an FST, so that viewers open it at the right place. */
#ifndef RISER_CLI_WAVEFILES_H
#define RISER_CLI_WAVEFILES_H

#include <riser/record.h>

#include "ladder.h"

/* wave.gtkw (GTKWave) and wave.sucl (Surfer) in DIR; 0 or -errno. */
int riser_wavefiles_write(const char *dir, const struct riser_rec_facts *facts,
			  const struct riser_place *place);

/**
 * riser_wave_png() - wave.fst and wave.gtkw of DIR as a picture
 *
 * Needs gtkwave and xvfb-run. An exit code, after a sentence on standard error
 * if it is not 0.
 */
int riser_wave_png(const char *dir, const char *png);

#endif /* RISER_CLI_WAVEFILES_H */
