# SPDX-License-Identifier: Apache-2.0
"""What bench/run measures in guests: a driver's accesses and interrupts on bench_card,
and blocks of the NVMe card through Debian's nvme driver."""
import glob
import json
import os
import shutil
import tempfile

import measure

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


def _run(riser, folder, name, script, options):
    out = os.path.join(folder, name)
    measure.call([riser, "run", "--name", name, "--out", out, "--kernel", "6.1", "-q", "--fast", "--waves", "never",
                  "--deadline", "5000", *options, script], 900)
    done = glob.glob(os.path.join(out, "latest"))[0]
    with open(os.path.join(done, "result.json"), encoding="utf-8") as f:
        result = json.load(f)
    with open(os.path.join(done, "bridge.json"), encoding="utf-8") as f:
        return result, json.load(f)


def _latency(root, riser, folder, quick, local):
    options = ["--top", "bench_card", "-f", "bench/card/files.f", "--card", "bench",
               "--add", _module(root, os.path.join(folder, "local" if local else "split")) + ":/riser/riser_bench.ko",
               "--env", "ROUNDS=%d" % (1000 if quick else 5000)] + (["--local"] if local else [])
    result, bridge = _run(riser, folder, "latency-local" if local else "latency",
                          os.path.join(root, "bench/guest_module/latency.sh"), options)
    table = {}
    for name in ("clock", "read", "write", "interrupt_idle", "interrupt_polling"):
        if name not in result["values"]:
            raise measure.Failure("the guest of %s measured no %s" % (result["name"], name))
        p50, p99, low = (int(n) / 1000 for n in result["values"][name].split())
        table[name] = {"p50_us": p50, "p99_us": p99, "min_us": low}
    table["read"]["rtl_cycles_p50"] = bridge["stats"]["read_cycles"]["p50"]
    return table


def _blocks(root, riser, folder, quick):
    options = ["--top", "nvme_card", "-f", "rtl/cards/nvme/files.f", "--card", "nvme", "--driver", "nvme",
               "--program", "fio", "--add", "examples/nvme/lib.sh:/riser/nvme-lib.sh",
               "--env", "SECONDS_EACH=%d" % (2 if quick else 10), "--max-windows", "1"]
    result, bridge = _run(riser, folder, "blocks", os.path.join(root, "bench/guest_module/blocks.sh"), options)
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


def take(root, riser, quick, note):
    """Three guests: bench_card from outside and from inside, blocks."""
    riser = riser or os.path.join(root, "build/bench/bin/riser")
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        table = {}
        note("guest: reads and interrupts")
        table["split"] = _latency(root, riser, folder, quick, False)
        if not quick:
            note("guest: the same in local mode")
            table["local"] = _latency(root, riser, folder, quick, True)
        note("guest: blocks")
        table["blocks"] = _blocks(root, riser, folder, quick)
    return table


def breakdown(part, model_cycles_per_s):
    """A read's p50 in parts: trap and send as a posted write shows them, the RTL's cycles, and the rest."""
    read, clock = part["split"]["read"], part["split"]["clock"]["p50_us"]
    rtl = read["rtl_cycles_p50"] / model_cycles_per_s * 1e6
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
