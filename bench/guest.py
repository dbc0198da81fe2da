# SPDX-License-Identifier: Apache-2.0
"""What bench/run measures in guests: a driver's accesses and interrupts on bench_card,
blocks of the NVMe card through Debian's nvme driver, and what waiting costs."""
import glob
import json
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

import measure

SLOTS_MIB = 16
BOOTS = 7
BLOCKS = ("randread1", "randread16", "randwrite1", "randwrite16")


def _module(root, folder):
    """riser_bench.ko for the guest's kernel."""
    kdir = measure.call([os.path.join(root, "guest/fetch-kernel"), "--print", "kdir", "6.1"], 1800).strip()
    source = os.path.join(root, "bench/guest_module")
    build = os.path.join(folder, "module")
    os.makedirs(build)
    for name in ("Kbuild", "riser_bench.c"):
        shutil.copy(os.path.join(source, name), build)
    measure.call(["make", "-C", kdir, "M=" + build, "modules"], 600)
    return os.path.join(build, "riser_bench.ko")


def _command(riser, folder, name, script, options):
    return [riser, "run", "--name", name, "--out", os.path.join(folder, name), "--kernel", "6.1", "-q", "--fast",
            "--waves", "never", "--deadline", "5000", *options, script]


def _run(riser, folder, name, script, options, under=()):
    measure.call([*under, *_command(riser, folder, name, script, options)], 900)
    return _result(folder, name)


def _result(folder, name):
    done = os.path.join(folder, name, "latest")
    with open(os.path.join(done, "result.json"), encoding="utf-8") as f:
        result = json.load(f)
    try:
        with open(os.path.join(done, "bridge.json"), encoding="utf-8") as f:
            return result, json.load(f)
    except FileNotFoundError:  # a local bridge's is the guest's
        return result, None


def _bench_card(module, rounds):
    return ["--top", "bench_card", "-f", "bench/card/files.f", "--card", "bench",
            "--add", module + ":/riser/riser_bench.ko", "--env", "ROUNDS=%d" % rounds]


def _figures(result, names):
    table = {}
    for name in names:
        if name not in result["values"]:
            raise measure.Failure("the guest of %s measured no %s" % (result["name"], name))
        p50, p99, low = (int(n) / 1000 for n in result["values"][name].split())
        table[name] = {"p50_us": p50, "p99_us": p99, "min_us": low}
    return table


def _latency(root, riser, folder, rounds, name="latency", options=(), under=()):
    result, bridge = _run(riser, folder, name, os.path.join(root, "bench/guest_module/latency.sh"),
                          [*_bench_card(os.path.join(folder, "module/riser_bench.ko"), rounds), *options], under)
    table = _figures(result, ("clock", "read", "write", "interrupt_idle", "interrupt_asked", "interrupt_polling"))
    if bridge:
        table["read"]["rtl_cycles_p50"] = bridge["stats"]["read_cycles"]["p50"]
    return table


def _best_latency(root, riser, folder, rounds, boots):
    """Of several boots the best of each figure, with the median of all boots beside: where a guest's
    code and memory lie differs from boot to boot, and moves a read by a tenth."""
    tables = [_latency(root, riser, folder, rounds) for _ in range(boots)]
    return {name: {**min((table[name] for table in tables), key=lambda entry: entry["p50_us"]),
                   "boots_p50_us": statistics.median(table[name]["p50_us"] for table in tables)}
            for name in tables[0]}


def _blocks(root, riser, folder, quick, name="blocks", more=()):
    options = ["--top", "nvme_card", "-f", "rtl/cards/nvme/files.f", "--card", "nvme", "--driver", "nvme",
               "--program", "fio", "--add", "examples/nvme/lib.sh:/riser/nvme-lib.sh",
               "--env", "SECONDS_EACH=%d" % (2 if quick else 10), "--max-windows", "1", *more]
    result, bridge = _run(riser, folder, name, os.path.join(root, "bench/guest_module/blocks.sh"), options)
    marks = {}
    for finding in bridge["findings"]:
        for edge in ("begin", "end"):
            if finding["trigger"] and edge + " " in finding["text"]:
                marks[finding["text"].split(edge + " ")[-1].strip(), edge] = finding["cycle"]
    table = {}
    for name in BLOCKS:
        kib, iops = (float(n) for n in result["values"][name].split())
        cycles = marks[name, "end"] - marks[name, "begin"]
        table[name] = {"iops": iops, "ios": kib / 4, "cycles_per_io": cycles / (kib / 4)}
    return table


def _ticks_of_bridges(parent):
    """Processor ticks (utime and stime) of riser processes below a process, by process."""
    ticks, parents = {}, {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name, encoding="ascii", errors="replace") as f:
                comm, fields = f.read().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        fields = fields.split()
        parents[int(name)] = int(fields[1])
        if comm.startswith("riser"):
            ticks[int(name)] = int(fields[11]) + int(fields[12])

    def is_below(pid):
        while pid > 1 and pid != parent:
            pid = parents.get(pid, 0)
        return pid == parent
    return {pid: n for pid, n in ticks.items() if is_below(pid)}


def _idle(root, riser, folder, quick):
    """Share of a processor that all of riser's processes take beside an idle card, and reads that wake it."""
    seconds, name = 3 if quick else 10, "idle"
    command = _command(riser, folder, name, os.path.join(root, "bench/guest_module/idle.sh"),
                       [*_bench_card(os.path.join(folder, "module/riser_bench.ko"), 100), "--env",
                        "IDLE_SECONDS=%d" % (seconds + 2)])
    log = os.path.join(folder, name, "*", "results.log")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as started:
        try:
            deadline = time.monotonic() + 300
            while not _says(log, "idle_begins"):
                if started.poll() is not None or time.monotonic() > deadline:
                    raise measure.Failure("the guest of %s never came to idle" % name)
                time.sleep(0.05)
            before, since = _ticks_of_bridges(started.pid), time.monotonic()
            time.sleep(seconds)
            after, spent = _ticks_of_bridges(started.pid), time.monotonic() - since
            if _says(log, "idle_ended") or not before:
                raise measure.Failure("%s: not idle for %d s" % (name, seconds))
            said = started.communicate(timeout=300)[1]
        except BaseException:
            started.send_signal(signal.SIGTERM)
            raise
    if started.returncode:
        raise measure.Failure("%s: exit %d\n%s" % (name, started.returncode, said[-2000:]))
    ticks = sum(after[pid] - before.get(pid, 0) for pid in after)
    made = {"idle_cpu_percent": 100 * ticks / os.sysconf("SC_CLK_TCK") / spent}
    made.update(_figures(_result(folder, name)[0], ("wake",)))
    return made


def _says(paths, word):
    """Has the only run there said so?"""
    for path in glob.glob(paths):
        with open(path, encoding="utf-8", errors="replace") as f:
            return word in f.read()
    return False


class _Busy:
    """A number of processes that never wait."""

    def __init__(self, nr):
        self.nr, self.started = nr, []

    def __enter__(self):
        self.started = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(self.nr)]

    def __exit__(self, *_):
        for process in self.started:
            process.kill()
            process.wait()


def waiting(root, riser, quick, note):
    """An idle card; reads on a quiet machine, on one processor and beside a load of 8."""
    riser = riser or os.path.join(root, "build/bench/bin/riser")
    rounds = 1000 if quick else 5000
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        _module(root, folder)
        note("guest: an idle card")
        table = _idle(root, riser, folder, quick)
        note("guest: reads, quiet")
        table["quiet"] = _latency(root, riser, folder, rounds, "quiet")
        note("guest: reads, one processor")
        table["one_cpu"] = _latency(root, riser, folder, rounds, "one-cpu", under=("taskset", "-c", "0"))
        note("guest: reads, load 8")
        with _Busy(8):
            table["load_8"] = _latency(root, riser, folder, rounds, "load-8")
    for name in ("one_cpu", "load_8"):
        table[name + "_over_quiet"] = table[name]["read"]["p50_us"] / table["quiet"]["read"]["p50_us"]
    return table


def take(root, riser, quick, note):
    """Guests: bench_card from outside and from inside, blocks without and with DMA slots."""
    riser = riser or os.path.join(root, "build/bench/bin/riser")
    rounds = 1000 if quick else 5000
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        table = {}
        _module(root, folder)
        note("guest: reads and interrupts")
        table["split"] = _best_latency(root, riser, folder, rounds, 1 if quick else BOOTS)
        if not quick:
            note("guest: the same in local mode")
            table["local"] = _latency(root, riser, folder, rounds, "latency-local", ("--local",))
        note("guest: blocks")
        table["blocks"] = _blocks(root, riser, folder, quick)
        if not quick:
            note("guest: blocks, with DMA slots")
            table["blocks_slots"] = _blocks(root, riser, folder, quick, "blocks-slots",
                                            ("--dma-slots", str(SLOTS_MIB)))
    return table


def breakdown(part, model_cycles_per_s):
    """A read's p50 in parts: trap and send as a posted write shows them, the RTL's cycles, and the rest."""
    read, clock = part["split"]["read"], part["split"]["clock"]["p50_us"]
    # from the cycle in which the request goes in to that in which the completion has come out: both are run
    rtl = (read["rtl_cycles_p50"] + 1) / model_cycles_per_s * 1e6
    trap = part["split"]["write"]["p50_us"] - clock
    return {"all_us": read["p50_us"] - clock, "trap_and_send_us": trap, "rtl_us": rtl,
            "link_and_engine_us": read["p50_us"] - clock - trap - rtl}


def headline(part):
    if not part:
        return {}
    split = part["split"]
    made = {"read_p99_over_p50": split["read"]["p99_us"] / split["read"]["p50_us"],
            "interrupt_idle_us_p50": split["interrupt_idle"]["p50_us"],
            "interrupt_polling_us_p50": split["interrupt_polling"]["p50_us"]}
    if "read_parts" in part:
        made["read_over_rtl_us_p50"] = part["read_parts"]["all_us"] - part["read_parts"]["rtl_us"]
    return made
