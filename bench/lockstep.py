# SPDX-License-Identifier: Apache-2.0
"""The lock-step of bench/run: bench/lockstep-cost on the NVMe card and its SystemC reference."""
import json
import os

import measure

NAMES = ("lockstep_cpu_percent", "lockstep_wall_percent", "lockstep_stall_percent", "compare_cpu_percent",
         "rtl_cycles_per_s", "rtl_commands_per_s", "reference_cycles_per_s", "reference_commands_per_s",
         "reference_in_lockstep_cycles_per_s")


def _programs(root):
    """bench_traffic and nvme_ref.so, or None and why not."""
    traffic, reference = os.environ.get("BENCH_TRAFFIC"), os.environ.get("BENCH_REFERENCE")
    if not traffic or not reference:
        out = os.path.join(root, "build/bench")
        traffic, reference = out + "/bench/bench_traffic", out + "/models/nvme_ref.so"
        measure.call(["ninja", "-C", out, "bench_traffic"], 1800)
        try:
            measure.call(["ninja", "-C", out, "model_nvme_ref"], 1800)
        except measure.Failure:
            return None, "no nvme_ref.so: Debian's libsystemc-dev is not installed"
    return (traffic, reference), None


def take(root, model, rounds, quick, note):
    note("lock-step")
    programs, why = _programs(root)
    if not programs:
        return {"skipped": why}
    out = os.path.join(os.path.dirname(model), "lockstep.json")
    measure.call([os.path.join(root, "bench/lockstep-cost"), "--rounds", str(rounds), "--seconds", "1" if quick else "3",
                  "--out", out, programs[0], model, programs[1]], 60 * (1 + rounds))
    with open(out, encoding="utf-8") as f:
        return json.load(f)


def headline(part):
    return {name: part["figures"][name]["median"] for name in NAMES} if "figures" in part else {}


def rows(part):
    """Label, figure with its spread: for a table."""
    for name in NAMES if "figures" in part else ():
        f = part["figures"][name]
        yield name, "%.4g (%.4g..%.4g)" % (f["median"], f["min"], f["max"])
