// SPDX-License-Identifier: Apache-2.0
/* For tests of a table with race points that let nobody in. */
#include "race.h"

void race_point(void)
{
}
