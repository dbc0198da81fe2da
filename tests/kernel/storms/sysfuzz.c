// SPDX-License-Identifier: Apache-2.0
/*
 * usage: sysfuzz SEED WRITES ROOT CARD DRIVER [heal]
 *
 * Writes random values to every attribute that can be written below ROOT (the link's
 * device, with its host bridge, root port and card), and in the folders that links
 * there lead to: driver, bus, class. CARD and DRIVER are names, as in 0010:01:00.0.
 * The same SEED gives the same values; what is there to be written depends on what
 * they did. With "heal" it brings back from time to time what was removed or unbound,
 * so that there is something to write to, and a driver that reads: one of several
 * that run at a time does.
 *
 * Left out, as they would be no test of the card:
 *	parameters of modules: they are the test's own driver's, and pciem's, not the card's
 *	the folders of other devices that a link leads to: what breaks there is theirs
 *
 * Linux itself does not stand everything at a time, so of several that run
 *	one removes a device or writes to the "rescan" of a device or of a bus (the
 *	machine's, /sys/bus/pci/rescan, goes on beside a removal). Who removes waits, with
 *	PCI's lock of rescans, until nobody is in the device's attributes, and who is in
 *	"rescan" waits for that lock; "remove" of a card keeps no reference to the card
 *	while it waits for that lock, and finds it freed if its port was removed meanwhile
 *	none does either, or the machine's rescan, while another resets all below the port
 *	("reset_subordinate"), which unlocks what is on the bus at its end, not what
 *	it has locked at its beginning: the kernel warns
 * The root port's registers ("config") are put back at once: a link that is disabled, or a
 * bus number that is nobody's, makes each of Linux's resets wait a minute for a card that
 * cannot answer.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILES	2000
#define MAX_KINDS	300
#define LOOK_AGAIN	32	/* writes until the files are listed again */
#define HEAL_AFTER	64
#define CONFIG_BYTES	4096
#define MAX_VALUE	8192

struct file {
	char path[PATH_MAX];
};

/* What has been written, by attribute. */
struct kind {
	char name[160];
	unsigned long writes, taken;
};

static struct file files[MAX_FILES];
static unsigned int nr_files;
static struct kind kinds[MAX_KINDS];
static unsigned int nr_kinds;
static const char *root, *card, *driver;
static char port[32], card_dir[PATH_MAX], port_dir[PATH_MAX];
static uint8_t port_config[CONFIG_BYTES];
static size_t port_bytes;
static uint64_t state;
static int tree_lock, bus_lock;	/* of all that run */

static uint32_t rnd(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % below;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* ---- what can be written ---- */

static void add_file(const char *path)
{
	if (nr_files < MAX_FILES && strlen(path) < PATH_MAX)
		strcpy(files[nr_files++].path, path);
}

static bool is_listed(const char *path)
{
	for (unsigned int i = 0; i < nr_files; i++)
		if (!strcmp(files[i].path, path))
			return true;
	return false;
}

static void list_folder(const char *folder, unsigned int depth, bool is_link);

static void list_entry(const char *folder, const struct dirent *e, unsigned int depth, bool is_link)
{
	char path[PATH_MAX + 256], target[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
	if (lstat(path, &st))
		return;
	if (S_ISREG(st.st_mode)) {
		/* one line for what several links lead to */
		if ((st.st_mode & 0200) && !(is_link && is_listed(path)))
			add_file(path);
	} else if (S_ISDIR(st.st_mode) && !is_link && depth < 10) {
		list_folder(path, depth + 1, false);
	} else if (S_ISLNK(st.st_mode) && !is_link && realpath(path, target) &&
		   !strstr(target, "/module/") && strncmp(target, "/sys/devices/", 13)) {
		list_folder(target, depth, true);
	}
}

static void list_folder(const char *folder, unsigned int depth, bool is_link)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			list_entry(folder, e, depth, is_link);
	closedir(dir);
}

static void list_files(void)
{
	nr_files = 0;
	list_folder(root, 0, false);
}

/* ---- values ---- */

static size_t known_word(char *out)
{
	static const char *const words[] = {
		"0", "1", "2", "-1", "on", "off", "auto", "enabled", "disabled", "default",
		"y", "n", "add", "remove", "change", "bind", "unbind", "offline", "none", "flr",
		"pm", "bus", "af_flr", "flr bus", "bus pm", "cxl_bus", "device_specific",
		"performance", "max", "mem", "(null)", "1b36 0fa1",
		"1b36 0fa1 ffffffff ffffffff 60000 ffffffff 7", "1b36 000c", "ffff ffff",
		"pcieport", "vfio-pci", "no-such-driver",
	};
	unsigned int nr = sizeof(words) / sizeof(words[0]), which = rnd(nr + 8);

	if (which < nr)
		return (size_t)sprintf(out, "%s", words[which]);
	switch (which - nr) {
	case 0: case 1: return (size_t)sprintf(out, "%s", card);
	case 2: return (size_t)sprintf(out, "%s", port);
	case 3: case 4: case 5: return (size_t)sprintf(out, "%s", driver);
	case 6: return (size_t)sprintf(out, "12@%s", card);
	default: return (size_t)sprintf(out, "%s;%u@%s", port, rnd(64), card);
	}
}

/* Words that an attribute takes: most others it refuses. Returns 0 when none are known. */
static size_t fitting_word(const char *path, char *out)
{
	static const struct {
		const char *name, *words[6];
	} known[] = {
		{ "/bind", { "" } }, { "/unbind", { "" } }, { "/drivers_probe", { "" } },
		{ "/control", { "auto", "on" } }, { "/reset", { "1" } },
		{ "/enable", { "0", "1" } },
		{ "/numa_node", { "0", "-1" } }, { "/wakeup", { "enabled", "disabled" } },
		{ "/reset_method", { "bus", "pm", "bus pm", "default", "" } },
	};
	unsigned int i, nr = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(strrchr(path, '/'), known[i].name))
			break;
	if (i == sizeof(known) / sizeof(known[0]))
		return 0;
	while (nr < 6 && known[i].words[nr])
		nr++;
	if (*known[i].words[0])
		return (size_t)sprintf(out, "%s", known[i].words[rnd(nr)]);
	return (size_t)sprintf(out, "%s", rnd(4) ? card : port);
}

static size_t random_number(char *out)
{
	uint64_t v = ((uint64_t)rnd(1u << 31) << 33 | (uint64_t)rnd(1u << 31) << 2) >> rnd(64);

	switch (rnd(3)) {
	case 0: return (size_t)sprintf(out, "%lld", (long long)v);
	case 1: return (size_t)sprintf(out, "-%llu", (unsigned long long)v >> 1);
	default: return (size_t)sprintf(out, "0x%llx", (unsigned long long)v);
	}
}

static size_t random_bytes(char *out, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (char)rnd(256);
	return bytes;
}

static size_t make_value(char *out)
{
	uint32_t kind = rnd(100);
	size_t n;

	if (kind < 50)
		n = known_word(out);
	else if (kind < 75)
		n = random_number(out);
	else if (kind < 90)
		return random_bytes(out, 1 + rnd(64));
	else if (kind < 94)
		n = 0;
	else
		n = (size_t)(memset(out, "a0 ,@\n"[rnd(6)], MAX_VALUE) ? 4090 + rnd(10) : 0);
	if (kind < 94 && rnd(2))
		out[n++] = '\n';
	return n;
}

/* ---- writing ---- */

/* The attribute without what differs from card to card. */
static struct kind *kind_of(const char *path)
{
	const char *name = strstr(path, root) == path ? path + strlen(root) : path;
	unsigned int i;

	for (i = 0; i < nr_kinds; i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	if (nr_kinds == MAX_KINDS || strlen(name) >= sizeof(kinds[0].name))
		return NULL;
	strcpy(kinds[nr_kinds].name, name);
	return &kinds[nr_kinds++];
}

static bool is_named(const char *path, const char *name)
{
	const char *last = strrchr(path, '/');

	return last && !strcmp(last + 1, name);
}

static void lock_for(const char *path)
{
	bool is_rescan = is_named(path, "rescan");

	if (is_named(path, "remove") || (is_rescan && strncmp(path, "/sys/bus/", 9)))
		flock(tree_lock, LOCK_EX);
	if (is_named(path, "reset_subordinate"))
		flock(bus_lock, LOCK_EX);
	else if (is_rescan || is_named(path, "remove"))
		flock(bus_lock, LOCK_SH);
}

static void unlock(void)
{
	flock(bus_lock, LOCK_UN);
	flock(tree_lock, LOCK_UN);
}

/* Returns what write() did; -1 with ENOENT when the file is gone. */
static ssize_t put(const char *path, const char *value, size_t n, off_t at)
{
	ssize_t did;
	int fd, why;

	lock_for(path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	did = fd < 0 ? -1 : pwrite(fd, value, n, at);
	why = errno;
	if (fd >= 0)
		close(fd);
	unlock();
	errno = why;
	return did;
}

static ssize_t put_text(const char *path, const char *text)
{
	return put(path, text, strlen(text), 0);
}

/* What an attribute shows after what was written. */
static void look(const char *path)
{
	char out[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (read(fd, out, sizeof(out)) > 0)
		;
	close(fd);
}

static bool is_bound(void)
{
	char path[PATH_MAX + 16], target[PATH_MAX];

	snprintf(path, sizeof(path), "%s/driver", card_dir);
	if (!realpath(path, target))
		return false;
	return is_named(target, driver);
}

static void put_below(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	put_text(path, text);
}

static void restore_port(void)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/config", port_dir);
	put(path, (const char *)port_config, port_bytes, 0);
}

/* Step by step, as far as it takes: what a user would do who wants his card back. */
static void heal(void)
{
	put_text("/sys/bus/pci/drivers_autoprobe", "1");
	put_text("/sys/bus/pci/resource_alignment", "\n");
	restore_port();
	if (access(card_dir, F_OK) || !is_bound())
		put_below(card_dir, "remove", "1");
	put_text("/sys/bus/pci/rescan", "1");
	if (is_bound())
		return;
	put_below(port_dir, "driver_override", "\n");
	put_below(card_dir, "driver_override", "\n");
	put_text("/sys/bus/pci/drivers_probe", port);
	put_text("/sys/bus/pci/drivers_probe", card);
}

static void keep_port(void)
{
	char path[PATH_MAX + 16];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/config", port_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, port_config, sizeof(port_config));
	port_bytes = n > 0 ? (size_t)n : 0;
	if (fd >= 0)
		close(fd);
}

static bool find_places(void)
{
	char *slash;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", card);
	if (!realpath(path, card_dir))
		return false;
	strcpy(port_dir, card_dir);
	slash = strrchr(port_dir, '/');
	*slash = 0;
	snprintf(port, sizeof(port), "%.31s", strrchr(port_dir, '/') + 1);
	return !strncmp(port_dir, root, strlen(root));
}

static void show_kinds(void)
{
	for (unsigned int i = 0; i < nr_kinds; i++)
		printf("sysfuzz: %s: %lu writes, %lu taken\n", kinds[i].name, kinds[i].writes,
		       kinds[i].taken);
}

int main(int argc, char **argv)
{
	static char value[MAX_VALUE + 2];
	unsigned long i, nr, done = 0, taken = 0, gone = 0, bound = 0, healed = 0;
	uint64_t worst = 0;
	char worst_path[PATH_MAX] = "";
	bool heals;

	if (argc < 6) {
		fprintf(stderr, "usage: sysfuzz SEED WRITES ROOT CARD DRIVER [heal]\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15ull + 1;
	nr = strtoul(argv[2], NULL, 0);
	root = argv[3];
	card = argv[4];
	driver = argv[5];
	heals = argc > 6;
	tree_lock = open("/run/sysfuzz.tree", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bus_lock = open("/run/sysfuzz.bus", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (tree_lock < 0 || bus_lock < 0 || !find_places()) {
		fprintf(stderr, "sysfuzz: no card %s below %s\n", card, root);
		return 1;
	}
	keep_port();
	for (i = 0; done < nr && i < 10 * nr; i++) {
		struct file *f;
		struct kind *k;
		uint64_t start;
		ssize_t did;
		size_t n;
		off_t at = 0;
		int why;

		if (i % LOOK_AGAIN == 0) {
			list_files();
			bound += is_bound();
		}
		if (heals && i % HEAL_AFTER == HEAL_AFTER - 1) {
			heal();
			healed += is_bound();
			list_files();
		}
		if (!nr_files)
			break;
		f = &files[rnd(nr_files)];
		n = rnd(3) ? 0 : fitting_word(f->path, value);
		if (!n)
			n = make_value(value);
		if (is_named(f->path, "config")) {
			/* one access or a few, at any register */
			at = rnd(8) ? rnd(0x100) : rnd(CONFIG_BYTES);
			n = random_bytes(value, 1 + rnd(8));
		}
		start = now_ns();
		did = put(f->path, value, n, at);
		why = errno;
		start = now_ns() - start;
		if (is_named(f->path, "config") && strncmp(f->path, card_dir, strlen(card_dir)))
			restore_port();
		if (did < 0 && (why == ENOENT || why == ENODEV)) {
			gone++;
			if (why == ENOENT)
				continue;
		}
		done++;
		taken += did >= 0;
		if (start > worst) {
			worst = start;
			strcpy(worst_path, f->path);
		}
		k = kind_of(f->path);
		if (k) {
			k->writes++;
			k->taken += did >= 0;
		}
		if (!rnd(4))
			look(f->path);
	}
	if (heals) {
		heal();
		show_kinds();
	}
	printf("%lu writes of seed %s to %u attributes, %lu taken, %lu gone; driver bound %lu of %lu times, %lu of %lu after healing; slowest %llu ms %s\n",
	       done, argv[1], nr_kinds, taken, gone, bound, (i + LOOK_AGAIN - 1) / LOOK_AGAIN,
	       healed, heals ? i / HEAL_AFTER : 0, (unsigned long long)worst / 1000000, worst_path);
	return done < nr;
}
