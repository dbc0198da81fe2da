/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISER_PRELOAD_RECORDED_H
#define RISER_PRELOAD_RECORDED_H

#include <riser/loader.h>
#include <riser/record.h>

/*
 * riser_preload_recorded() - a file for each memory that the recorded run preloaded
 * @files: where such files are now, NULL at the end, or NULL; each is recognised by
 *	its contents
 * @paths: RISER_MODEL_MAX_MEMS, as riser_card_options.preload; borrows from both
 * @error: RISER_ERROR_BYTES
 *
 * Return: 0; -EINVAL: contents that the run did not have; or what reading gave.
 */
int riser_preload_recorded(const struct riser_rec_facts *facts, const char *const *files,
			   const char **paths, char *error);

#endif /* RISER_PRELOAD_RECORDED_H */
