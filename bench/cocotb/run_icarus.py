# SPDX-License-Identifier: Apache-2.0
"""Runs card_bench.py with Icarus; belongs to bench/peer.py, which calls it with the
Python of its virtual environment. Arguments: root of the sources, folder for the build,
list of the card's files, its top module."""
import os
import sys

from cocotb.runner import get_runner

root, build, listed, top = sys.argv[1:5]
os.chdir(root)
with open(listed, encoding="utf-8") as f:
    names = [line.split("//")[0].strip() for line in f]
sources = [os.path.join(root, n) for n in names if n.endswith(".v")]
sys.path.insert(0, os.path.join(root, "bench/cocotb"))
runner = get_runner("icarus")
runner.build(verilog_sources=sources, includes=[os.path.join(root, n[8:]) for n in names if n.startswith("+incdir+")],
             hdl_toplevel=top, build_dir=build,
             always=True, timescale=("1ns", "1ps"))
runner.test(hdl_toplevel=top, test_module="card_bench", build_dir=build, test_dir=build,
            results_xml=os.path.join(build, "results.xml"))
