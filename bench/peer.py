# SPDX-License-Identifier: Apache-2.0
"""The Python peer of bench/run: cocotb and cocotbext-pcie from PyPI, in a virtual
environment of their own, on the same RTL in Icarus Verilog."""
import json
import os
import subprocess
import sys
import tempfile

import measure

WANTED = ("cocotb<2", "cocotbext-pcie")
LOADS = ("reads", "writes", "dma_read", "dma_write")
OURS = {"reads": "bench.reads16", "writes": "bench.writes", "dma_read": "bench.dma_read",
        "dma_write": "bench.dma_write"}


def _environment():
    """Its Python, or None and why not."""
    cache = os.environ.get("RISER_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "riser")
    folder = os.path.join(cache, "bench-venv")
    python = os.path.join(folder, "bin/python")
    try:
        if subprocess.run([python, "-c", "import cocotb.runner, cocotbext.pcie"], capture_output=True,
                          check=False).returncode == 0:
            return python, None
    except OSError:
        pass
    if os.environ.get("RISER_BENCH_NO_INSTALL"):
        return None, "not there, and RISER_BENCH_NO_INSTALL is set"
    try:
        measure.call([sys.executable, "-m", "venv", folder], 120)
        measure.call([python, "-m", "pip", "install", "-q", *WANTED], 300)
    except measure.Failure as e:
        return None, str(e).strip().splitlines()[-1][:200]
    return python, None


def take(root, quick, note):
    note("cocotb and cocotbext-pcie")
    python, why = _environment()
    if not python:
        return {"skipped": "cocotb: " + why}
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        out = os.path.join(folder, "result.json")
        measure.call([python, os.path.join(root, "bench/cocotb/run_icarus.py"), root, os.path.join(folder, "build")],
                     600, {"BENCH_RESULT": out, "BENCH_SECONDS": "1" if quick else "10"})
        with open(out, encoding="utf-8") as f:
            return json.load(f)


def headline(part, table):
    """The smallest of the ratios of TLPs per second, engine over peer."""
    if "reads" not in part or not table:
        return {}
    return {"tlps_over_peer": min(table[OURS[load]]["kinds"]["engine"]["tlps_per_cpu_s"]["best"] /
                                  part[load]["tlps_per_cpu_s"] for load in LOADS)}
