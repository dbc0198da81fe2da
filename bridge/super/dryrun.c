// SPDX-License-Identifier: Apache-2.0
/* What a run would start: for a person, and to be pasted into a shell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

static void print_word(const char *word)
{
	if (*word && !word[strcspn(word, " \t\n'\"\\\\$&;|<>()*?[]#~`!{}")]) {
		printf(" %s", word);
		return;
	}
	riser_put_word(stdout, word);
}

/* The lines of model.args behind its first, which is the folder. */
static void print_model(const struct riser_live *live)
{
	char *path = riser_path(live->dir, "model.args"), *line = NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	bool is_first = true;
	size_t size = 0;
	ssize_t n;

	free(path);
	if (!f)
		return;
	printf(" model   %s/sim/build-model", live->parts.home);
	while ((n = getline(&line, &size, f)) > 0) {
		line[n - 1] = '\0';
		if (!is_first)
			print_word(line);
		is_first = false;
	}
	putchar('\n');
	free(line);
	fclose(f);
}

int riser_dry_run(struct riser_live *live)
{
	struct riser_argv argv = { 0 };
	bool is_kvm;
	size_t i;
	int ret = riser_guest_argv(&argv, live->config, &live->parts, &is_kvm);

	riser_progress_clear(live);
	if (!ret) {
		print_model(live);
		fputs(" guest  ", stdout);
		for (i = 0; i < argv.nr; i++)
			print_word(argv.v[i]);
		printf("\nDONE (DRY RUN) %.1f s   %s\n",
		       riser_phases_total(&live->phases), live->dir);
	}
	riser_argv_fini(&argv);
	return ret;
}
