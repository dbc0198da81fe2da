# SPDX-License-Identifier: Apache-2.0
"""What bench/run measures on this machine without a guest: each function gives one
part of bench.json. Ratios are best over best, with medians and spread beside."""
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LOADS = ("idle", "reads1", "reads16", "writes", "dma_read", "dma_write")
MMIO = ("idle", "reads1", "writes")
NVME_REG = "0xc"  # INTMS: a register of the NVMe card that may be read and written at any time
CALLGRIND_LOADS = ("reads1", "writes", "dma_read", "dma_write")


class Failure(Exception):
    """A program that did not do its part; the text says which and how."""


def call(command, timeout=600, env=None, cwd=None):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, cwd=cwd,
                              env=dict(os.environ, **env) if env else None)
    except subprocess.TimeoutExpired:
        raise Failure("%s: not done after %d s" % (command[0], timeout)) from None
    if done.returncode:
        raise Failure("%s: exit %d\n%s" % (" ".join(command), done.returncode, (done.stderr or done.stdout)[-2000:]))
    return done.stdout


def lines(command, timeout=600):
    found = [json.loads(line) for line in call(command, timeout).splitlines() if line.startswith("{")]
    if not found or any(f["errors"] for f in found):
        raise Failure("%s: %s" % (" ".join(command), found or "said nothing"))
    return found


def spread(values):
    return {"best": max(values), "median": statistics.median(values), "min": min(values), "n": len(values)}


def quietness():
    """Load average, and the share of the processors that others had during a second."""
    with open("/proc/stat", encoding="ascii") as f:
        ticks = [int(n) for n in f.readline().split()[1:]]
    return {"load_average_1min": os.getloadavg()[0], "ticks_idle": ticks[3], "ticks_all": sum(ticks[:8]),
            "ticks_steal": ticks[7]}


class Tools:
    """Programs and models, built."""

    def __init__(self, root, through, work):
        self.root, self.through, self.work = root, through, work
        self.nvme_trained = None

    def model(self, name, top, files, *options):
        out = os.path.join(self.work, name)
        call([os.path.join(self.root, "sim/build-model"), "-q", "--top", top, "-f", files, "--out", out, *options],
             1800)
        return out

    def build(self, trained):
        """trained: also the NVMe card's model, compiled for what a run with these loads has seen."""
        card, nvme = ("bench_card", "bench/card/files.f"), ("nvme_card", "rtl/cards/nvme/files.f")
        main = ("--main", os.path.join(self.root, "bench/raw.cc"))
        self.card = self.model("card.so", *card)
        self.card_trace = self.model("card-trace.so", *card, "--flavour", "trace")
        self.card_raw = self.model("raw-card", *card, *main)
        self.nvme = self.model("nvme.so", *nvme)
        self.nvme_raw = self.model("raw-nvme", *nvme, *main)
        if trained:
            loads = " && ".join("'%s' \"$MODEL\" %s 20000 reg %s >/dev/null" % (self.through, load, NVME_REG)
                                for load in MMIO[1:])
            self.nvme_trained = self.model("nvme-trained.so", *nvme, "--lto", "--train", loads)

    def run_raw(self, card, load, cycles):
        program = self.card_raw if card == "bench" else self.nvme_raw
        return lines([program, load, str(cycles)] + ([NVME_REG] if card == "nvme" else []))[0]

    def run_engine(self, card, load, cycles, kind):
        model = self.nvme_trained if kind == "trained" else self.card_trace if kind == "trace" else \
            self.card if card == "bench" else self.nvme
        command = [self.through, model, load, str(cycles)] + (["reg", NVME_REG] if card == "nvme" else [])
        if "check" in kind:
            command.append("check")
        if "log" not in kind:
            return lines(command)[0]
        with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
            result = lines(command + ["log", folder])[0]
            result["log_bytes"] = os.path.getsize(os.path.join(folder, "tlp.rec.zst"))
        return result


def rate(result, clock="cpu_s"):
    return result["cycles"] / result[clock]


def overhead(tools, rounds, cycles, note):
    """Hand-written loop against the engine, without and with what listens to it."""
    plan = [("bench", load, kinds) for load, kinds in (
        ("idle", ("free", "raw", "engine", "trace")),
        *((load, ("raw", "engine", "log", "check", "log+check", "trace")) for load in LOADS[1:]))]
    plan += [("nvme", load, ("free", "raw", "engine") if load == "idle" else
              ("raw", "engine", "log", "check", "log+check") + (("trained",) if tools.nvme_trained else ()))
             for load in MMIO]
    table = {}
    for card, load, kinds in plan:
        note("%s card, %s" % (card, load))
        seen = {kind: [] for kind in kinds}
        for n in range(rounds):
            turn = n % len(kinds)
            for kind in kinds[turn:] + kinds[:turn]:
                nr = cycles * (4 if load == "idle" else 1)
                if kind in ("free", "raw"):
                    result = tools.run_raw(card, "free" if kind == "free" else load, nr)
                else:
                    result = tools.run_engine(card, load, nr, kind)
                seen[kind].append(result)
        table["%s.%s" % (card, load)] = entry(seen, "free" if load == "idle" else "raw")
    return table


def entry(seen, base):
    made = {"base": base, "kinds": {}}
    for kind, results in seen.items():
        mine = {"cycles_per_cpu_s": spread([rate(r) for r in results]),
                "cycles_per_wall_s": spread([rate(r, "wall_s") for r in results])}
        last = results[-1]
        if last["bytes"]:
            mine["bytes_per_cycle"] = last["bytes"] / last["cycles"]
            mine["mb_per_cpu_s"] = spread([r["bytes"] / r["cpu_s"] / 1e6 for r in results])
        if last["tlps"]:
            mine["tlps_per_cpu_s"] = spread([r["tlps"] / r["cpu_s"] for r in results])
            mine["tlps_per_kcycle"] = 1000 * last["tlps"] / last["cycles"]
        made["kinds"][kind] = mine
    reference = made["kinds"][base]["cycles_per_cpu_s"]
    for kind, mine in made["kinds"].items():
        pairs = [rate(a) / rate(b) for a, b in zip(seen[kind], seen[base])]
        mine["ratio"] = mine["cycles_per_cpu_s"]["best"] / reference["best"]
        mine["ratio_of_rounds"] = {"median": statistics.median(pairs), "min": min(pairs), "max": max(pairs)}
    return made


# ---- instructions: the same on every day --------------------------------------------

def _inclusive(path):
    """Instructions of functions with what they call, by name, from callgrind_annotate."""
    found = {}
    text = call(["callgrind_annotate", "--inclusive=yes", "--threshold=100", "--auto=no", path])
    for line in text.splitlines():
        m = re.match(r" *([0-9,]+) +\([^)]*\) +(?:\S*?):(.*?)(?: \[.*)?$", line)
        if m and m.group(2) not in found:
            found[m.group(2).split("'")[0]] = int(m.group(1).replace(",", ""))
    return found


def _one(tools, command, names):
    out = os.path.join(tools.work, "callgrind.out")
    result = json.loads(call(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out] + command, 900)
                        .splitlines()[-1])
    found = _inclusive(out)
    os.unlink(out)
    cost = {n: next((v for f, v in found.items() if f.startswith(n)), 0) for n in names}
    cost[EVAL] = max(cost[EVAL], sum(cost[part] for part in EVAL_PARTS))
    missing = [n for n in names if not cost[n] and n not in EVAL_PARTS]
    if missing:
        raise Failure("callgrind does not know %s in %s" % (missing, command[0]))
    return result, cost


ENGINE, MODEL, FAR = "riser_engine_run", "riser_model::Run(", "far_end_kick"
EVAL = "Vriser___024root___eval("
# called by it, or by the harness instead of it (sim/README.md)
EVAL_PARTS = ("Vriser___024root___eval_nba(", "Vriser___024root___eval_ico(")


def _difference(tools, command_of, names, few, many):
    """Cost of the additional cycles alone: what starts and ends a run drops out."""
    a, ia = _one(tools, command_of(few), names)
    b, ib = _one(tools, command_of(many), names)
    return ({key: b[key] - a[key] for key in ("cycles", "tlps")},
            {name: ib[name] - ia[name] for name in names})


def instructions(tools, few, many, note):
    table = {}
    for load in CALLGRIND_LOADS:
        note("instructions, %s" % load)
        mine = {}
        for kind in ("engine", "check"):
            extra = ["check"] if kind == "check" else []
            did, cost = _difference(
                tools, lambda n, extra=extra, load=load: [tools.through, tools.card, load, str(n)] + extra,
                (ENGINE, MODEL, EVAL, FAR) + EVAL_PARTS, few, many)
            engine = cost[ENGINE] - cost[MODEL] - cost[FAR]
            mine[kind] = {"engine_per_tlp": engine / did["tlps"],
                          "harness_per_cycle": (cost[MODEL] - cost[EVAL]) / did["cycles"],
                          "model_per_cycle": cost[EVAL] / did["cycles"],
                          "far_end_per_tlp": cost[FAR] / did["tlps"],
                          "overhead": (engine + cost[MODEL] - cost[EVAL]) / cost[EVAL]}
        table[load] = mine
    return table


# ---- several cards ------------------------------------------------------------------

def memory(tools):
    one = lines([tools.through, tools.nvme, "idle", "20000", "reg", NVME_REG, "check"])[-1]["rss_kib"]
    nine = lines([tools.through, tools.nvme, "idle", "20000", "reg", NVME_REG, "check", "cards", "9"])[-1]["rss_kib"]
    return {"process_with_one_card_mib": one / 1024, "each_further_card_mib": (nine - one) / 8 / 1024}


def _raws(tools, nr, cycles):
    started = [subprocess.Popen([tools.card_raw, "dma_write", str(cycles)], stdout=subprocess.PIPE, text=True)
               for _ in range(nr)]
    done = [json.loads(p.communicate(timeout=600)[0]) for p in started]
    return sum(rate(d, "wall_s") for d in done)


def scaling(tools, rounds, cycles, counts, note):
    table = {}
    for nr in counts:
        note("%d cards" % nr)
        ours, raws = [], []
        for n in range(rounds):
            for which in ("ours", "raws")[::1 if n % 2 else -1]:
                if which == "ours":
                    done = lines([tools.through, tools.card, "dma_write", str(cycles), "cards", str(nr)])
                    ours.append(sum(rate(d, "wall_s") for d in done))
                else:
                    raws.append(_raws(tools, nr, cycles))
        table[str(nr)] = {"cycles_per_s": spread(ours), "raw_cycles_per_s": spread(raws),
                          "per_card_cycles_per_s": max(ours) / nr, "ratio": max(ours) / max(raws)}
    return table


def _change(path):
    """One line of the NVMe card becomes one that no cache has seen."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    changed = re.sub(r"(TEMPERATURE = 16'd)\d+", lambda m: m.group(1) + str(random.randrange(1000, 65000)), text)
    if changed == text:
        raise Failure("rtl/cards/nvme/nvme_log.v has no TEMPERATURE to change")
    with open(path, "w", encoding="utf-8") as f:
        f.write(changed)


def rebuild(tools, riser):
    """One line of the NVMe card changes: how long until there is a model again, and until Debian's nvme driver has
    made a disk of it."""
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        shutil.copytree(os.path.join(tools.root, "rtl"), os.path.join(folder, "rtl"))
        path = os.path.join(folder, "rtl/cards/nvme/nvme_log.v")
        builder = [os.path.join(tools.root, "sim/build-model"), "-q", "--top", "nvme_card", "-f",
                   "rtl/cards/nvme/files.f", "--out", os.path.join(folder, "model.so")]
        figures = {}
        for name in ("first", "one_line", "nothing"):
            if name == "one_line":
                _change(path)
            before, cpu = time.monotonic(), os.times()
            done = subprocess.run(builder, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                raise Failure("sim/build-model: exit %d\n%s" % (done.returncode, done.stderr[-2000:]))
            now = os.times()
            figures[name] = {"wall_s": time.monotonic() - before,
                             "cpu_s": now.children_user + now.children_system - cpu.children_user -
                             cpu.children_system}
        _change(path)
        before = time.monotonic()
        call([riser, "run", "--name", "rebuild", "--out", os.path.join(folder, "run"), "--kernel", "6.1", "-q",
              "--waves", "never", "--top", "nvme_card", "-f", "rtl/cards/nvme/files.f", "--card", "nvme", "--driver",
              "nvme", "--add", os.path.join(tools.root, "examples/nvme/lib.sh") + ":/riser/nvme-lib.sh",
              os.path.join(tools.root, "bench/guest_module/disk.sh")], 900, cwd=folder)
        figures["under_the_driver"] = {"wall_s": time.monotonic() - before}
    return figures


if __name__ == "__main__":
    sys.exit("measure.py belongs to bench/run")
