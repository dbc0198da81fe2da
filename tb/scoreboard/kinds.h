/* SPDX-License-Identifier: Apache-2.0 */
/* The scoreboards that are built in; scoreboard.c has the list. */
#ifndef RISER_TB_SCOREBOARD_KINDS_H
#define RISER_TB_SCOREBOARD_KINDS_H

#include <riser/lockstep.h>
#include <riser/scoreboard.h>

extern const struct riser_scoreboard_ops riser_scoreboard_nvme;
extern const struct riser_comparator_ops riser_comparator_nvme;

#endif /* RISER_TB_SCOREBOARD_KINDS_H */
