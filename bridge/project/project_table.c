// SPDX-License-Identifier: Apache-2.0
/* The keys of riser.yaml. */
#include <stdint.h>

#include "project.h"

static const char *const flavours[] = { "trace", "fast", "cover", NULL };
static const char *const counted[] = { "line", "toggle", "user", "all", NULL };
static const char *const bars[] = { "bar0", "bar1", "bar2", "bar3", "bar4", "bar5", NULL };
static const char *const when[] = { "fail", "always", "never", NULL };

const struct riser_project_key riser_project_keys[] = {
	{ "", "riser", RISER_PROJECT_VERSION_KEY, NULL, "version of the format: 1", 1, 1, NULL },
	{ "", "name", RISER_PROJECT_TEXT, "--name", "name of the test", 0, 0, NULL },
	{ "", "out", RISER_PROJECT_PLACE, "--out", "run directories are made in here", 0, 0, NULL },

	{ "card", "name", RISER_PROJECT_TEXT, "--card", "name of the card in messages", 0, 0, NULL },
	{ "card", "files", RISER_PROJECT_PATH, "--files", "file list of the RTL, as verilator -f", 0, 0, NULL },
	{ "card", "sources", RISER_PROJECT_PATHS, "--model-arg", "RTL, and C or C++ for DPI; patterns like rtl/*.sv", 0, 0, NULL },
	{ "card", "edam", RISER_PROJECT_EDAM, NULL, "EDAM file of FuseSoC: top, sources, include folders, parameters and macros", 0, 0, NULL },
	{ "card", "ip", RISER_PROJECT_PATHS, "--model-arg=--ip", "the top is a board's: .xci or .ip file of the PCIe block in it (docs/interface-board.md)", 0, 0, NULL },
	{ "card", "include", RISER_PROJECT_PATHS, "--model-arg=--incdir", "folders of include files", 0, 0, NULL },
	{ "card", "params", RISER_PROJECT_MAP, "--model-arg=--param", "parameters of the top module", 0, 0, NULL },
	{ "card", "defines", RISER_PROJECT_MAP, "--model-arg=--define", "macros of the preprocessor", 0, 0, NULL },
	{ "card", "verilator", RISER_PROJECT_LIST, "--model-arg=--verilator-arg", "more arguments for Verilator", 0, 0, NULL },
	{ "card", "top", RISER_PROJECT_TEXT, "--top", "top module, with the ports of endpoint.interface", 0, 0, NULL },
	{ "card", "model", RISER_PROJECT_PATH, "--model", "a model.so that is built already, instead", 0, 0, NULL },
	{ "card", "model-args", RISER_PROJECT_LIST, "--model-arg", "more arguments for sim/build-model", 0, 0, NULL },
	{ "card", "signals", RISER_PROJECT_LIST, "--model-arg=--signal", "MODULE.NAME of signals that riser peek and riser poke can reach", 0, 0, NULL },
	{ "card", "flavour", RISER_PROJECT_ENUM, "--flavour", "of the model", 0, 0, flavours },
	{ "card", "plusargs", RISER_PROJECT_LIST, "--plusarg", "for the design's $value$plusargs", 0, 0, NULL },
	{ "card", "preload", RISER_PROJECT_PRELOAD, "--preload", "first contents of the backing store; of several, `NAME: FILE` of each", 0, 0, NULL },
	{ "card", "x-init", RISER_PROJECT_INT, "--x-init", "value of what the RTL leaves uninitialised", 0, 1, NULL },
	{ "card", "seed", RISER_PROJECT_INT, "--seed", "for the design's $urandom", 0, INT64_MAX, NULL },
	{ "card", "completion-timeout", RISER_PROJECT_INT, "--completion-timeout",
	  "in cycles of the PCIe user clock", 16, 1000000000, NULL },
	{ "card", "idle", RISER_PROJECT_TEXT, "--idle", "what the clock does while nothing is in flight: stop (the default: while the card says that it is idle), run, pace:RATIO of time on the wall", 0, 0, NULL },
	{ "card", "sandbox", RISER_PROJECT_IF_FALSE, "--no-sandbox", "false: the model may start processes, use the network and change the machine (docs/architecture.md)", 0, 0, NULL },
	{ "card", "scoreboard", RISER_PROJECT_TEXT, "--scoreboard", "judge the card's protocol as well", 0, 0, NULL },

	{ "endpoint", "interface", RISER_PROJECT_TEXT, "--interface",
	  "what the top has: tlp (docs/tlp-port.md, the default) or the user side of a PCIe block", 0, 0, NULL },
	{ "endpoint", "prefix", RISER_PROJECT_MAP, "--port-prefix", "ROLE: WORD that the ports of the role begin with", 0, 0, NULL },
	{ "endpoint", "params", RISER_PROJECT_MAP, "--interface-param", "parameters of the interface", 0, 0, NULL },
	{ "endpoint", "config", RISER_PROJECT_TREE, "--interface-param",
	  "configuration space of the PCIe block: what its interface's page names", 0, 0, NULL },
	{ "endpoint", "clock-period", RISER_PROJECT_PS, "--model-arg=--clk-period-ps", "of the PCIe user clock", 2, 1000000000, NULL },
	{ "endpoint", "clocks", RISER_PROJECT_CLOCKS, "--model-arg=--clock", "NAME: PERIOD of clock inputs beside it", 2, 1000000000000LL, NULL },
	{ "endpoint", "tie-offs", RISER_PROJECT_MAP, "--model-arg=--tie", "NAME: VALUE of inputs that do not change", 0, 0, NULL },
	{ "endpoint", "resets", RISER_PROJECT_RESETS, "--model-arg=--reset",
	  "NAME: high or low, reset inputs that are active with PERST#; {active: low, cycles: 100} is so many cycles of the user clock longer",
	  1, 1000000000, NULL },
	{ "endpoint", "loopback", RISER_PROJECT_LOOPS, "--model-arg=--loopback", "{from: OUTPUT, to: INPUT}, ports that the board wires together", 0, 0, NULL },
	{ "endpoint", "memories", RISER_PROJECT_LIST, "--model-arg=--mem", "names that memory ports begin with", 0, 0, NULL },

	{ "boot", "until", RISER_PROJECT_TEXT, "--model-arg=--boot-until", "the link waits until this expression holds, names as in the top module", 0, 0, NULL },
	{ "boot", "limit", RISER_PROJECT_NS, "--boot-limit", "simulated time that it may take after a reset", 1, 1000000000000LL, NULL },
	{ "boot", "snapshot", RISER_PROJECT_IF_FALSE, "--no-boot-snapshot", "the next run begins with the card as it was after boot", 0, 0, NULL },

	{ "regs", "", RISER_PROJECT_FILES, "--regs", "barN: FILE, names of registers from SystemRDL or IP-XACT, for every message and report", 0, 0, bars },

	{ "reference", "model", RISER_PROJECT_PATH, "--reference", "a model.so that the card is compared with in lock-step", 0, 0, NULL },
	{ "reference", "plusargs", RISER_PROJECT_LIST, "--reference-plusarg", "for the reference", 0, 0, NULL },
	{ "reference", "may-differ", RISER_PROJECT_LIST, "--may-differ", "registers and fields that may differ, docs/lockstep.md", 0, 0, NULL },
	{ "reference", "patience", RISER_PROJECT_INT, "--reference-patience", "cycles that one of the two may be behind the other", 1000, 1000000000000LL, NULL },

	{ "driver", "name", RISER_PROJECT_TEXT, "--driver", "module of the guest kernel that drives the card", 0, 0, NULL },
	{ "driver", "path", RISER_PROJECT_PATH, "--driver", "a driver of your own instead: a .ko, or a folder with a Kbuild file", 0, 0, NULL },
	{ "driver", "params", RISER_PROJECT_MAP, "--driver-param", "parameters of the module", 0, 0, NULL },
	{ "driver", "firmware", RISER_PROJECT_ADDS, "--firmware", "SRC[:NAME], files for /lib/firmware of the guest", 0, 0, NULL },
	{ "driver", "modules", RISER_PROJECT_LIST, "--module", "other modules that the script wants", 0, 0, NULL },

	{ "guest", "kernel", RISER_PROJECT_KERNEL, "--kernel", "6.1, 6.12 or another of Debian (guest/fetch-kernel), or a bzImage", 0, 0, NULL },
	{ "guest", "modules", RISER_PROJECT_PATH, "--kernel-modules", "of a bzImage: its folder lib/modules/RELEASE", 0, 0, NULL },
	{ "guest", "headers", RISER_PROJECT_PATH, "--kernel-headers", "of a bzImage: its headers (build in the folder of the modules)", 0, 0, NULL },
	{ "guest", "script", RISER_PROJECT_SCRIPT, NULL, "what the guest runs", 0, 0, NULL },
	{ "guest", "programs", RISER_PROJECT_LIST, "--program", "programs of this machine that the script wants", 0, 0, NULL },
	{ "guest", "packages", RISER_PROJECT_LIST, "--package", "Debian packages, installed here, whose files the script wants", 0, 0, NULL },
	{ "guest", "files", RISER_PROJECT_ADDS, "--add", "SRC[:DST], files or folders that the script wants", 0, 0, NULL },
	{ "guest", "add", RISER_PROJECT_ADDS, "--add", "the same as files", 0, 0, NULL },
	{ "guest", "env", RISER_PROJECT_MAP, "--env", "variables for the script", 0, 0, NULL },
	{ "guest", "smp", RISER_PROJECT_INT, "--smp", "number of CPUs", 1, 64, NULL },
	{ "guest", "timeout", RISER_PROJECT_SECONDS, "--timeout", "longest life of the guest", 1, 1000000, NULL },
	{ "guest", "deadline", RISER_PROJECT_MS, "--deadline", "longest wait of one access, wall time", 1, 5000, NULL },
	{ "guest", "dma-slots", RISER_PROJECT_INT, "--dma-slots", "memory in MiB that is shared with the guest for its drivers' buffers", 1, 512, NULL },
	{ "guest", "time-ratio", RISER_PROJECT_INT, "--time-ratio", "the guest's time passes at most so many times as fast as the card's, while the card is at work", 1, 1000000000, NULL },
	{ "guest", "local", RISER_PROJECT_IF_TRUE, "--local", "the simulator runs inside of the guest", 0, 0, NULL },

	{ "record", "enabled", RISER_PROJECT_IF_FALSE, "--no-record", "tlp.rec.zst, for replay and waveforms", 0, 0, NULL },
	{ "record", "snapshots", RISER_PROJECT_IF_FALSE, "--no-snapshots", "of the model, so that a late failure costs a short replay", 0, 0, NULL },
	{ "record", "snapshot-limit", RISER_PROJECT_INT, "--snapshot-limit", "disk for snapshots in MiB", 1, 1000000, NULL },

	{ "waves", "when", RISER_PROJECT_ENUM, "--waves", "when waveforms are made: of failures and triggers, of the whole run too, never", 0, 0, when },
	{ "waves", "before", RISER_PROJECT_NS, "--window-before", "simulated time before the access", 0, 1000000000000LL, NULL },
	{ "waves", "after", RISER_PROJECT_NS, "--window-after", "simulated time after the failure", 0, 1000000000000LL, NULL },
	{ "waves", "max", RISER_PROJECT_INT, "--max-windows", "waveforms that a run makes on its own", 1, 64, NULL },
	{ "waves", "limit", RISER_PROJECT_INT, "--window-limit", "no further waveform when they take so many MiB", 1, 1 << 20, NULL },
	{ "waves", "on-log", RISER_PROJECT_TEXT, "--trigger-log", "a line of the guest's log that this matches gets a waveform", 0, 0, NULL },
	{ "waves", "on-tlp", RISER_PROJECT_LIST, "--trigger-tlp", "a TLP that one of these means gets a waveform", 0, 0, NULL },

	{ "coverage", "rtl", RISER_PROJECT_LIST, "--coverage", "what the model counts: line, toggle, user (cover properties) or all; see docs/howto-coverage.md", 0, 0, counted },

	{ "tests", "", RISER_PROJECT_TESTS, NULL, "NAME: {script, timeout, tags, options}, for `riser test` and `riser run -t NAME`", 0, 0, NULL },
	{ "checks", "", RISER_PROJECT_MAP, "--host-check", "NAME: COMMAND, run on this machine in the run's folder when the guest has ended", 0, 0, NULL },

	{ "faults", "", RISER_PROJECT_FAULTS, "--fault", "rules of docs/faults.md", 0, 0, NULL },
	{ "waivers", "", RISER_PROJECT_WAIVERS, "--waive", "rules of the checker that are known to be broken", 0, 0, NULL },
	{ NULL, NULL, RISER_PROJECT_INT, NULL, NULL, 0, 0, NULL },
};
