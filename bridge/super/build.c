// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of a run, each built by the tool that owns it: the model
 * (sim/build-model), the guest's kernel (guest/fetch-kernel), the module
 * (kernel/build-module) and the guest's file system (guest/mkinitramfs).
 */
#include "super.h"

#include "../regs.h"
#include "../sandbox.h"

#include <riser/link.h>
#include <riser/loader.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct build {
	struct riser_parts *parts;
	const struct riser_super_config *config;
	const char *dir;
	char *log;
};

/* What a tool said since @from, to standard error. */
static void show_log(const char *log, long from)
{
	char buf[4096];
	size_t n;
	FILE *f = fopen(log, "re");

	if (!f)
		return;
	if (!fseek(f, from, SEEK_SET))
		while ((n = fread(buf, 1, sizeof(buf), f)))
			fwrite(buf, 1, n, stderr);
	fclose(f);
}

static long log_size(const char *log)
{
	struct stat st;

	return stat(log, &st) ? 0 : (long)st.st_size;
}

/* Runs a tool; on failure its own words are shown. An exit code. */
static int run_tool(struct build *b, struct riser_argv *argv, char **out)
{
	long from = log_size(b->log);
	int ret;

	if (argv->failed)
		ret = -ENOMEM;
	else
		ret = riser_tool_run(argv->v, b->log, out);
	if (ret < 0)
		fprintf(stderr, "riser: error: cannot run %s: %s\n",
			argv->v ? argv->v[0] : "a tool", strerror(-ret));
	else if (ret)
		show_log(b->log, from);
	riser_argv_fini(argv);
	if (ret < 0)
		return RISER_EXIT_ENV;
	if (ret == 0 || ret == RISER_EXIT_USAGE || ret == RISER_EXIT_ENV)
		return ret;
	return RISER_EXIT_BUILD;
}

/* One that the bridge could not load is refused before a guest starts. */
static int given_model(struct build *b, const char *path)
{
	char error[RISER_ERROR_BYTES];
	struct riser_card card;

	b->parts->model = realpath(path, NULL);
	if (!b->parts->model) {
		fprintf(stderr, "riser: error: model %s: %s\n", path, strerror(errno));
		return RISER_EXIT_USAGE;
	}
	if (riser_card_load(&card, b->parts->model, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		return RISER_EXIT_USAGE;
	}
	riser_card_unload(&card);
	return RISER_EXIT_PASS;
}

/* Whether an argument of sim/build-model is a source. */
static bool has_source(const char *const *args)
{
	static const char *const ends[] = { ".v", ".sv", ".vh", ".svh" };
	const char *dot;
	size_t i;

	for (; args && *args; args++) {
		dot = **args == '-' || **args == '+' ? NULL : strrchr(*args, '.');
		for (i = 0; dot && i < sizeof(ends) / sizeof(ends[0]); i++)
			if (!strcmp(dot, ends[i]))
				return true;
	}
	return false;
}

/* regs.txt of the run: names of registers, for all that tells of it. */
static int build_regs(struct build *b)
{
	const char *const *reg = b->config->regs;
	char *path = reg ? riser_path(b->dir, RISER_REGS_FILE) : NULL;
	struct riser_argv argv = { 0 };
	int ret;

	if (!path)
		return reg ? RISER_EXIT_ENV : 0;
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "-c");
	riser_argv_add(&argv, "out=$1 && shift && exec \"$@\" >\"$out\"");
	riser_argv_add(&argv, "sh");
	riser_argv_add(&argv, "%s", path);
	riser_argv_add(&argv, "%s/sim/regs-table", b->parts->home);
	for (; *reg; reg++)
		riser_argv_add(&argv, "%s", *reg);
	ret = run_tool(b, &argv, NULL);
	free(path);
	return ret;
}

static int build_model(struct build *b)
{
	const struct riser_super_config *c = b->config;
	struct riser_argv argv = { 0 };

	if (c->model) {
		return given_model(b, c->model);
	}
	if (!c->top || (!c->files && !has_source(c->model_args))) {
		fprintf(stderr, "riser: error: no card: give --model FILE, or --top MODULE and -f FILES\n");
		return RISER_EXIT_USAGE;
	}
	b->parts->model = riser_path(b->dir, "model.so");
	riser_argv_add(&argv, "%s/sim/build-model", b->parts->home);
	riser_argv_add(&argv, "--top");
	riser_argv_add(&argv, "%s", c->top);
	if (c->files) {
		riser_argv_add(&argv, "-f");
		riser_argv_add(&argv, "%s", c->files);
	}
	riser_argv_add(&argv, "--name");
	riser_argv_add(&argv, "%s", c->card);
	riser_argv_add(&argv, "--flavour");
	riser_argv_add(&argv, "%s", c->flavour);
	for (size_t i = 0; c->model_args && c->model_args[i]; i++)
		riser_argv_add(&argv, "%s", c->model_args[i]);
	riser_argv_add(&argv, "--out");
	riser_argv_add(&argv, "%s", b->parts->model);
	if (!argv.failed && riser_model_args_write(b->dir, argv.v + 1))
		fprintf(stderr, "riser: warning: cannot write %s/model.args: no waveform of a failure\n",
			b->dir);
	return run_tool(b, &argv, NULL);
}

/* The value of KEY in lines of KEY=VALUE; malloc'ed, NULL if missing. */
static char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key), line;

	for (; text && *text; text += line + (text[line] == '\n')) {
		line = strcspn(text, "\n");
		if (line > len && !strncmp(text, key, len) && text[len] == '=')
			return strndup(text + len + 1, line - len - 1);
	}
	return NULL;
}

/* An image with the folder of its modules. */
static int given_kernel(struct build *b)
{
	const struct riser_super_config *c = b->config;
	struct riser_parts *p = b->parts;

	if (access(c->kernel, R_OK)) {
		fprintf(stderr, "riser: error: kernel image %s: %s\n", c->kernel,
			strerror(errno));
		return RISER_EXIT_USAGE;
	}
	p->modules_dir = c->modules_dir ? realpath(c->modules_dir, NULL) : NULL;
	if (!p->modules_dir) {
		fprintf(stderr, "riser: error: kernel image %s: %s%s\n"
			"riser: help: guest.modules is the folder lib/modules/RELEASE of the same kernel\n",
			c->kernel, c->modules_dir ? c->modules_dir : "no modules",
			c->modules_dir ? ": No such folder" : " are given");
		return RISER_EXIT_USAGE;
	}
	p->release = strdup(strrchr(p->modules_dir, '/') + 1);
	p->vmlinux = realpath(c->kernel, NULL);
	p->kdir = c->headers ? realpath(c->headers, NULL) :
			       riser_path(p->modules_dir, "build");
	if (p->release && p->vmlinux && p->kdir && !access(p->kdir, R_OK))
		return 0;
	fprintf(stderr, "riser: error: kernel image %s: no kernel headers in %s\n"
		"riser: help: guest.headers is the folder that `make -C` takes for modules of this kernel\n",
		c->kernel, c->headers ? c->headers : p->kdir);
	return RISER_EXIT_USAGE;
}

static int fetch_kernel(struct build *b)
{
	struct riser_argv argv = { 0 };
	struct riser_parts *p = b->parts;
	char *out = NULL;
	int ret;

	if (strchr(b->config->kernel, '/'))
		return given_kernel(b);
	riser_argv_add(&argv, "%s/guest/fetch-kernel", p->home);
	riser_argv_add(&argv, "%s", b->config->kernel);
	ret = run_tool(b, &argv, &out);
	if (!ret) {
		p->release = value_of(out, "release");
		p->vmlinux = value_of(out, "vmlinux");
		p->modules_dir = value_of(out, "modules");
		p->kdir = value_of(out, "kdir");
		if (!p->release || !p->vmlinux || !p->modules_dir || !p->kdir) {
			fprintf(stderr, "riser: error: guest/fetch-kernel %s said neither where the kernel is nor why\n",
				b->config->kernel);
			ret = RISER_EXIT_ENV;
		}
	} else if (ret == RISER_EXIT_BUILD) {
		ret = RISER_EXIT_ENV;	/* a package that cannot be had */
	}
	free(out);
	return ret;
}

/* The reporter looks for file and line of a function in the module's folder too. */
static int find_lines_in(const char *module)
{
	const char *before = getenv("RISER_DEBUG_PATH");
	char *path;

	if (asprintf(&path, "%.*s%s%s", (int)(strrchr(module, '/') - module), module,
		     before ? ":" : "", before ? before : "") < 0)
		return RISER_EXIT_ENV;
	setenv("RISER_DEBUG_PATH", path, 1);
	free(path);
	return 0;
}

/* A name of a module has neither. */
static bool is_path(const char *driver)
{
	size_t len = driver ? strlen(driver) : 0;

	return len && (strchr(driver, '/') || (len > 3 && !strcmp(driver + len - 3, ".ko")));
}

/* A driver of the user's: checked, or built for the guest's kernel. */
static int build_driver(struct build *b)
{
	struct riser_argv argv = { 0 };
	struct riser_parts *p = b->parts;
	const char *driver = b->config->driver;
	char *out = NULL;
	int ret;

	if (!is_path(driver)) {
		p->driver_name = driver ? strdup(driver) : NULL;
		return 0;
	}
	riser_argv_add(&argv, "%s/guest/build-driver", p->home);
	riser_argv_add(&argv, "%s", p->release);
	riser_argv_add(&argv, "%s", p->kdir);
	riser_argv_add(&argv, "%s", driver);
	ret = run_tool(b, &argv, &out);
	if (!ret) {
		p->driver_name = value_of(out, "name");
		p->driver_file = value_of(out, "file");
		p->driver_depends = value_of(out, "depends");
		if (!p->driver_name || !p->driver_file || !p->driver_depends)
			ret = RISER_EXIT_ENV;
		else
			ret = find_lines_in(p->driver_file);
	}
	free(out);
	return ret;
}

static int build_module(struct build *b)
{
	struct riser_argv argv = { 0 };
	char *out = NULL;
	int ret;

	riser_argv_add(&argv, "%s/kernel/build-module", b->parts->home);
	riser_argv_add(&argv, "%s", b->parts->kdir);
	ret = run_tool(b, &argv, &out);
	if (!ret && out) {
		b->parts->pciem = strndup(out, strcspn(out, "\n"));
		if (!b->parts->pciem)
			ret = RISER_EXIT_ENV;
	}
	free(out);
	return ret;
}

static void add_local_parts(struct build *b, struct riser_argv *argv)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return;
	exe[n] = '\0';
	riser_argv_add(argv, "--program");
	riser_argv_add(argv, "%s", exe);
	riser_argv_add(argv, "--add");
	riser_argv_add(argv, "%s:/riser/model.so", b->parts->model);
	riser_argv_add(argv, "--env");
	riser_argv_add(argv, "RISER_LOCAL=1");
	riser_argv_add(argv, "--env");
	riser_argv_add(argv, "RISER_EXE=%s", exe);
	if (b->config->idle) {
		riser_argv_add(argv, "--env");
		riser_argv_add(argv, "RISER_IDLE=%s", b->config->idle);
	}
	if (b->config->no_sandbox) {
		riser_argv_add(argv, "--env");
		riser_argv_add(argv, RISER_SANDBOX_ENV "=off");
	}
}

static void add_driver(struct build *b, struct riser_argv *argv)
{
	const struct riser_super_config *c = b->config;
	const struct riser_parts *p = b->parts;
	const char *const *param;
	char *params = NULL, *more;

	if (!p->driver_name)
		return;
	riser_argv_add(argv, "--env");
	riser_argv_add(argv, "RISER_DRIVER=%s", p->driver_name);
	if (p->driver_file) {
		riser_argv_add(argv, "--add");
		riser_argv_add(argv, "%s:/riser/driver/%s.ko", p->driver_file,
			       p->driver_name);
		riser_argv_add(argv, "--env");
		riser_argv_add(argv, "RISER_DRIVER_DEPENDS=%s", p->driver_depends);
	}
	if (!p->driver_file || *p->driver_depends) {
		riser_argv_add(argv, "--module");
		riser_argv_add(argv, "%s", p->driver_file ? p->driver_depends :
							    p->driver_name);
	}
	for (param = c->driver_params; param && *param; param++) {
		more = NULL;
		if (asprintf(&more, "%s%s%s", params ? params : "",
			     params ? " " : "", *param) < 0)
			argv->failed = true;
		free(params);
		params = more;
	}
	if (params) {
		riser_argv_add(argv, "--env");
		riser_argv_add(argv, "RISER_DRIVER_PARAMS=%s", params);
	}
	free(params);
}

static int build_initramfs(struct build *b)
{
	const struct riser_super_config *c = b->config;
	struct riser_argv argv = { 0 };

	b->parts->initramfs = riser_path(b->dir, "initramfs");
	riser_argv_add(&argv, "%s/guest/mkinitramfs", b->parts->home);
	riser_argv_add(&argv, "--out");
	riser_argv_add(&argv, "%s", b->parts->initramfs);
	riser_argv_add(&argv, "--kernel");
	riser_argv_add(&argv, "%s", b->parts->release);
	if (c->modules_dir) {
		riser_argv_add(&argv, "--modules");
		riser_argv_add(&argv, "%s", c->modules_dir);
	}
	riser_argv_add(&argv, "--add");
	riser_argv_add(&argv, "%s:/riser/pciem.ko", b->parts->pciem);
	riser_argv_add(&argv, "--add");
	riser_argv_add(&argv, "%s/guest/card.sh:/riser/card.sh",
		       b->parts->home);
	add_driver(b, &argv);
	if (!c->local) {
		riser_argv_add(&argv, "--add");
		riser_argv_add(&argv, "%s/guest/riser:/bin/riser",
			       b->parts->home);
	}
	if (c->local)
		add_local_parts(b, &argv);
	riser_argv_add_list(&argv, "--module", c->modules);
	riser_argv_add_list(&argv, "--program", c->programs);
	riser_argv_add_list(&argv, "--package", c->packages);
	riser_argv_add_list(&argv, "--firmware", c->firmwares);
	riser_argv_add_list(&argv, "--add", c->adds);
	riser_argv_add_list(&argv, "--env", c->envs);
	riser_argv_add(&argv, "--script");
	riser_argv_add(&argv, "%s", c->script);
	return run_tool(b, &argv, NULL);
}

int riser_parts_build(struct riser_parts *parts,
		      const struct riser_super_config *config,
		      const char *dir, struct riser_phases *phases)
{
	static const struct {
		const char *phase;
		int (*build)(struct build *b);
	} steps[] = {
		{ "read registers", build_regs },
		{ "build model", build_model },
		{ "fetch kernel", fetch_kernel },
		{ "build module", build_module },
		{ "build driver", build_driver },
		{ "build guest", build_initramfs },
	};
	struct build b = { .parts = parts, .config = config, .dir = dir };
	size_t i;
	int ret = 0;

	parts->home = riser_home();
	b.log = riser_path(dir, "build.log");
	if (!parts->home || !b.log)
		ret = RISER_EXIT_ENV;
	for (i = 0; !ret && i < sizeof(steps) / sizeof(steps[0]); i++) {
		riser_phases_begin(phases, steps[i].phase);
		ret = steps[i].build(&b);
	}
	free(b.log);
	return ret;
}

void riser_parts_fini(struct riser_parts *parts)
{
	free(parts->home);
	free(parts->model);
	free(parts->release);
	free(parts->vmlinux);
	free(parts->modules_dir);
	free(parts->kdir);
	free(parts->pciem);
	free(parts->initramfs);
	free(parts->driver_name);
	free(parts->driver_file);
	free(parts->driver_depends);
	memset(parts, 0, sizeof(*parts));
}
