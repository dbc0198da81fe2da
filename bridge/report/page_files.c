// SPDX-License-Identifier: Apache-2.0
/* The files of a run: links relative to the page, and what each is for. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "page.h"

static void put_file(FILE *out, const char *folder, const char *name,
		     const char *words, const struct stat *st)
{
	char number[32] = "";

	if (st)
		riser_grouped(number, (uint64_t)st->st_size);
	fputs("<tr><td class=\"mono\"><a href=\"", out);
	riser_htmlf(out, "%s%s%s", folder, *folder ? "/" : "", name);
	fputs("\">", out);
	riser_htmlf(out, "%s%s%s", folder, *folder ? "/" : "", name);
	fprintf(out, "</a></td><td>%s</td><td class=\"num dim\">%s</td></tr>\n",
		words, number);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A folder with a waveform: of the failure, or of another moment. */
static void put_window(FILE *out, const char *dir, const char *folder)
{
	static const struct {
		const char *name, *words;
	} files[] = {
		{ "wave.fst", "waveform, all scopes" },
		{ "wave.gtkw", "how GTKWave opens it" },
		{ "wave.sucl", "how Surfer opens it" },
		{ "wave.png", "picture of it" },
		{ "window.pcapng", "its TLPs, for Wireshark and tshark" },
		{ "ladder.txt", "TLPs around it" },
		{ "summary.md", "what it is, in words" },
	};
	char path[4096];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", dir, folder,
			 files[i].name);
		if (!stat(path, &st))
			put_file(out, folder, files[i].name, files[i].words,
				 &st);
		else if (!i)	/* no waveform: not one of those folders */
			return;
	}
}

static void put_windows(FILE *out, const char *dir)
{
	struct dirent **entry = NULL;
	int nr = scandir(dir, &entry, is_visible, alphasort), i;

	for (i = 0; i < nr; i++) {
		put_window(out, dir, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
}

void riser_page_files(FILE *out, const struct riser_page_input *input)
{
	static const struct {
		const char *name, *words;
	} files[] = {
		{ "run.pcapng", "every TLP, for Wireshark and tshark" },
		{ "timeline.json", "timeline, for ui.perfetto.dev" },
		{ "tlp.rec.zst", "record, for riser replay and riser wave" },
		{ "coverage.dat", "what of the RTL was reached, for riser cover" },
		{ "result.json", "everything of this page, for programs" },
		{ "junit.xml", "the checks, for CI systems" },
		{ "console.log", "the guest's kernel log and the script's output" },
		{ "dmesg.log", "the guest's kernel log" },
		{ "bridge.log", "what the bridge said" },
		{ "build.log", "what the build of the model said" },
		{ "config.hex", "configuration space, for lspci -F" },
		{ "lspci.txt", "lspci -vvv in the guest" },
		{ "interrupts.txt", "/proc/interrupts of the guest" },
	};
	char path[4096];
	struct stat st;
	size_t i;

	riser_html_section(out, "files", "Files of the run", NULL);
	fputs("<table>\n", out);
	put_windows(out, input->dir);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", input->dir, files[i].name);
		/* the timeline is written behind this page */
		if (input->capture && !strcmp(files[i].name, "timeline.json"))
			put_file(out, "", files[i].name, files[i].words, NULL);
		else if (!stat(path, &st))
			put_file(out, "", files[i].name, files[i].words, &st);
	}
	fputs("</table>\n", out);
	riser_html_section_end(out);
}
