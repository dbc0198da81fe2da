// SPDX-License-Identifier: Apache-2.0
#include "wavefiles.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../super/super.h"

/* GTKWave's flags of a trace: right-justified, and how to print it. */
#define GTKW_BIT	"@28"
#define GTKW_HEX	"@22"
#define GTKW_DEC	"@24"
#define GTKW_TEXT	"@820"
#define GTKW_COMMENT	"@200"

struct wave_signal {
	const char *name;
	uint32_t bits;		/* 0: data_w */
	const char *gtkw;
	const char *surfer;
};

static const struct wave_signal lanes[] = {
	{ "riser.driver", 512, GTKW_TEXT, "ASCII" },
	{ "riser.rx_tlp", 512, GTKW_TEXT, "ASCII" },
	{ "riser.tx_tlp", 512, GTKW_TEXT, "ASCII" },
	{ "riser.host_ns", 64, GTKW_DEC, "Unsigned" },
};

static const struct wave_signal basics[] = {
	{ "clk", 1, GTKW_BIT, NULL },
	{ "perst_n", 1, GTKW_BIT, NULL },
	{ "hot_reset", 1, GTKW_BIT, NULL },
	{ "link_up", 1, GTKW_BIT, NULL },
	{ "flr_active", 1, GTKW_BIT, NULL },
};

static const struct wave_signal channel[] = {
	{ "valid", 1, GTKW_BIT, NULL },
	{ "ready", 1, GTKW_BIT, NULL },
	{ "sop", 1, GTKW_BIT, NULL },
	{ "eop", 1, GTKW_BIT, NULL },
	{ "hdr", 128, GTKW_HEX, "Hexadecimal" },
	{ "data", 0, GTKW_HEX, "Hexadecimal" },
};

static const char *const channels[] = { "rx_np", "rx_p", "rx_cpl", "tx_np",
					"tx_p", "tx_cpl" };

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t rise_ps(const struct riser_place *place, uint64_t cycle)
{
	return cycle * place->clk_period_ps + place->clk_period_ps / 2;
}

/* ---- GTKWave ---- */

static void gtkw_signal(FILE *f, const struct riser_rec_facts *facts,
			const char *prefix, const struct wave_signal *s)
{
	uint32_t bits = s->bits ? s->bits : facts->data_w;

	fprintf(f, "%s\nTOP.%s.%s%s", s->gtkw, facts->top, prefix, s->name);
	if (bits > 1)
		fprintf(f, "[%u:0]", bits - 1);
	fputc('\n', f);
}

static void gtkw_comment(FILE *f, const char *text)
{
	fprintf(f, GTKW_COMMENT "\n-%s\n", text);
}

/* A hundred pixels of GTKWave are about 2^-zoom ticks: ten cycles. */
static double gtkw_zoom(const struct riser_place *place)
{
	double ticks = (double)place->clk_period_ps * 10;
	double zoom = 0;

	while (ticks > 1) {
		ticks /= 2;
		zoom--;
	}
	return zoom;
}

static void gtkw_view(FILE *f, const struct riser_place *place)
{
	uint64_t at = rise_ps(place, place->access_cycle);
	uint64_t fail = rise_ps(place, place->fail_cycle);
	uint64_t ahead = 16 * place->clk_period_ps;
	int i;

	fprintf(f, "[timestart] %" PRIu64 "\n", at > ahead ? at - ahead : 0);
	/* zoom, the marker, then the markers A to Z */
	fprintf(f, "*%.6f %" PRIu64 " %" PRIu64 " %" PRIu64, gtkw_zoom(place),
		at, at, fail);
	for (i = 2; i < 26; i++)
		fputs(" -1", f);
	fputs("\n[markername] Aaccess\n[markername] Bnoticed\n", f);
}

static void gtkw_write(FILE *f, const struct riser_rec_facts *facts,
		       const struct riser_place *place)
{
	char prefix[16];
	size_t i, j;

	fputs("[*] written by riser\n[dumpfile] \"wave.fst\"\n"
	      "[size] 1680 960\n[pos] -1 -1\n[signals_width] 300\n"
	      "[sst_expanded] 1\n[treeopen] TOP.\n", f);
	fprintf(f, "[treeopen] TOP.%s.\n", facts->top);
	gtkw_view(f, place);
	gtkw_comment(f, "driver and TLPs");
	for (i = 0; i < NR(lanes); i++)
		gtkw_signal(f, facts, "", &lanes[i]);
	gtkw_comment(f, "");
	for (i = 0; i < NR(basics); i++)
		gtkw_signal(f, facts, "", &basics[i]);
	for (i = 0; i < NR(channels); i++) {
		gtkw_comment(f, channels[i]);
		snprintf(prefix, sizeof(prefix), "%s_", channels[i]);
		for (j = 0; j < NR(channel); j++)
			gtkw_signal(f, facts, prefix, &channel[j]);
	}
	fputs("[pattern_trace] 1\n[pattern_trace] 0\n", f);
}

/* ---- Surfer ---- */

static void sucl_signal(FILE *f, const struct riser_rec_facts *facts,
			const char *prefix, const struct wave_signal *s)
{
	fprintf(f, "variable_add TOP.%s.%s%s\n", facts->top, prefix, s->name);
	if (s->surfer)
		fprintf(f, "item_set_format %s\n", s->surfer);
}

static void sucl_write(FILE *f, const struct riser_rec_facts *facts,
		       const struct riser_place *place)
{
	char prefix[16];
	size_t i, j;

	fputs("load_file wave.fst\n", f);
	for (i = 0; i < NR(lanes); i++)
		sucl_signal(f, facts, "", &lanes[i]);
	for (i = 0; i < NR(basics); i++)
		sucl_signal(f, facts, "", &basics[i]);
	for (i = 0; i < NR(channels); i++) {
		snprintf(prefix, sizeof(prefix), "%s_", channels[i]);
		for (j = 0; j < NR(channel); j++)
			sucl_signal(f, facts, prefix, &channel[j]);
	}
	fprintf(f, "cursor_set %" PRIu64 "\nmarker_set access %" PRIu64
		"\nmarker_set noticed %" PRIu64 "\ngoto_cursor\n",
		rise_ps(place, place->access_cycle),
		rise_ps(place, place->access_cycle),
		rise_ps(place, place->fail_cycle));
}

static int write_file(const char *dir, const char *name,
		      const struct riser_rec_facts *facts,
		      const struct riser_place *place,
		      void (*write)(FILE *f, const struct riser_rec_facts *facts,
				    const struct riser_place *place))
{
	char *path = riser_path(dir, name);
	FILE *f = path ? fopen(path, "we") : NULL;
	int ret = f ? 0 : -errno;

	free(path);
	if (!f)
		return ret;
	write(f, facts, place);
	return fclose(f) ? -errno : 0;
}

int riser_wavefiles_write(const char *dir, const struct riser_rec_facts *facts,
			  const struct riser_place *place)
{
	int ret = write_file(dir, "wave.gtkw", facts, place, gtkw_write);

	return ret ? ret : write_file(dir, "wave.sucl", facts, place,
				      sucl_write);
}

/* ---- picture ---- */

static int write_script(const char *path, const char *png)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	fprintf(f, "gtkwave::/File/Grab_To_File {%s}\nexit\n", png);
	return fclose(f) ? -errno : 0;
}

static char *absolute(const char *path)
{
	char *cwd = getcwd(NULL, 0);
	char *whole = cwd ? riser_path(cwd, path) : NULL;

	free(cwd);
	return whole;
}

int riser_wave_png(const char *dir, const char *png)
{
	char script[] = "/tmp/riser-png-XXXXXX";
	struct riser_argv argv = { 0 };
	char *log = riser_path(dir, "png.log"), *real = NULL;
	int fd = mkstemp(script), ret = -errno;

	unlink(png);
	if (fd >= 0) {
		close(fd);
		/* gtkwave runs in DIR */
		if (*png == '/')
			real = strdup(png);
		else
			real = absolute(png);
		ret = real ? write_script(script, real) : -ENOMEM;
	}
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "-c");
	riser_argv_add(&argv, "cd \"$1\" && exec timeout 60 xvfb-run -a -s '-screen 0 1680x960x24' "
		       "gtkwave -S \"$2\" wave.fst wave.gtkw");
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "%s", dir);
	riser_argv_add(&argv, "%s", script);
	if (!ret)
		ret = argv.failed ? -ENOMEM : riser_tool_run(argv.v, log, NULL);
	unlink(script);
	riser_argv_fini(&argv);
	if (real && !access(real, R_OK)) {
		unlink(log);
		ret = 0;
	} else {
		fprintf(stderr, "riser: error: no picture %s: %s\n"
			"riser: help: it needs gtkwave and xvfb-run (Debian: gtkwave xvfb xauth)\n",
			png, ret < 0 ? strerror(-ret) : log ? log : "");
		ret = RISER_EXIT_ENV;
	}
	free(real);
	free(log);
	return ret;
}
