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
# card: its list of files and top module, and for each load of the peer the one of `overhead`
CARDS = {
    "bench": ("bench/card/files.f", "bench_card", {"reads": "bench.reads16", "writes": "bench.writes",
                                                   "dma_read": "bench.dma_read", "dma_write": "bench.dma_write"}),
    "nvme": ("rtl/cards/nvme/files.f", "nvme_card", {"reads": "nvme.reads1", "writes": "nvme.writes"}),
}


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
    return {card: _measure(root, python, card, quick) for card in CARDS}


def _measure(root, python, card, quick):
    files, top, _ = CARDS[card]
    with tempfile.TemporaryDirectory(prefix="riser-bench-") as folder:
        out = os.path.join(folder, "result.json")
        measure.call([python, os.path.join(root, "bench/cocotb/run_icarus.py"), root, os.path.join(folder, "build"),
                      files, top], 600, {"BENCH_RESULT": out, "BENCH_SECONDS": "1" if quick else "10"})
        with open(out, encoding="utf-8") as f:
            return json.load(f)


def rows(part, table):
    """Card, load, model, TLPs per second of the engine and of the peer, for each load of both."""
    for card, (_, _, loads) in CARDS.items():
        for load, ours in loads.items():
            for model in ("engine", "trained"):
                kind = (table or {}).get(ours, {"kinds": {}})["kinds"].get(model)
                if card in part and kind:
                    yield card, load, model, kind["tlps_per_cpu_s"]["best"], part[card][load]["tlps_per_cpu_s"]


def headline(part, table):
    """The smallest ratio of each card's loads, engine over peer; the NVMe card's with the trained model if there is one."""
    made, known = {}, list(rows(part, table))
    has_trained = any(model == "trained" for _, _, model, _, _ in known)
    for card, key, wanted in (("nvme", "tlps_over_peer", "trained" if has_trained else "engine"),
                              ("nvme", "tlps_over_peer_untrained", "engine"),
                              ("bench", "tlps_over_peer_bench_card", "engine")):
        ratios = [ours / peers for of, _, model, ours, peers in known if (of, model) == (card, wanted)]
        if ratios:
            made[key] = min(ratios)
    return made
