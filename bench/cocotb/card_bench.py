# SPDX-License-Identifier: Apache-2.0
"""A card behind cocotbext-pcie's root complex, as a Python test bench would have it:
cocotb drives the pins of the TLP port, beat by beat. The NVMe card is asked for the same
register as by `overhead`; the bench card does DMA too.

BENCH_SECONDS says how long each load runs; BENCH_RESULT gets the figures as JSON."""
import json
import os
import time

import cocotb
from cocotb.clock import Clock
from cocotb.queue import Queue
from cocotb.triggers import RisingEdge
from cocotbext.pcie.core import RootComplex
from cocotbext.pcie.core.device import Device
from cocotbext.pcie.core.tlp import Tlp, TlpType
from cocotbext.pcie.core.utils import PcieId

POSTED = {TlpType.MEM_WRITE, TlpType.MEM_WRITE_64}
COMPLETIONS = {TlpType.CPL, TlpType.CPL_DATA, TlpType.CPL_LOCKED, TlpType.CPL_LOCKED_DATA}
BEAT_BYTES = 32
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))


class Card(Device):
    """The RTL at the end of cocotbext-pcie's link."""

    def __init__(self, dut):
        super().__init__()
        self.dut = dut
        self.nr_tlps = 0
        self.queues = {name: Queue() for name in ("rx_p", "rx_np", "rx_cpl")}
        for name, queue in self.queues.items():
            cocotb.start_soon(self.drive(name, queue))
        for name in ("tx_p", "tx_np", "tx_cpl"):
            cocotb.start_soon(self.take(name))

    async def upstream_recv(self, tlp):
        name = "rx_cpl" if tlp.fmt_type in COMPLETIONS else "rx_p" if tlp.fmt_type in POSTED else "rx_np"
        await self.queues[name].put(tlp)

    async def drive(self, name, queue):
        pin = {s: getattr(self.dut, "%s_%s" % (name, s)) for s in ("valid", "ready", "sop", "eop", "hdr", "data")}
        pin["valid"].value = 0
        while True:
            tlp = await queue.get()
            self.nr_tlps += 1
            header, data = tlp.pack_header(), bytes(tlp.data)
            header = int.from_bytes(header.ljust(16, b"\0"), "big")
            beats = [data[i:i + BEAT_BYTES] for i in range(0, len(data), BEAT_BYTES)] or [b""]
            for i, beat in enumerate(beats):
                pin["valid"].value = 1
                pin["sop"].value = i == 0
                pin["eop"].value = i == len(beats) - 1
                pin["hdr"].value = header
                pin["data"].value = int.from_bytes(beat, "little")
                while True:
                    await RisingEdge(self.dut.clk)
                    if pin["ready"].value == 1:
                        break
            pin["valid"].value = 0
            tlp.release_fc()

    async def take(self, name):
        pin = {s: getattr(self.dut, "%s_%s" % (name, s)) for s in ("valid", "ready", "sop", "eop", "hdr", "data")}
        pin["ready"].value = 1
        header, data = 0, b""
        while True:
            await RisingEdge(self.dut.clk)
            if pin["valid"].value != 1:
                continue
            if pin["sop"].value == 1:
                header, data = int(pin["hdr"].value), b""
            data += int(pin["data"].value.binstr.replace("x", "0").replace("X", "0"), 2).to_bytes(BEAT_BYTES, "little")
            if pin["eop"].value == 1:
                self.nr_tlps += 1
                await self.upstream_send(self.tlp_of(header, data))

    @staticmethod
    def tlp_of(header, data):
        raw = header.to_bytes(16, "big")
        length = (raw[2] & 3) << 8 | raw[3] or 1024
        raw = raw[:16 if raw[0] & 0x20 else 12]
        return Tlp.unpack(raw + (data[:4 * length] if raw[0] & 0x40 else b""))


async def measure(dut, card, step):
    """TLPs, cycles and steps in a second of wall time, for SECONDS."""
    tlps, steps = card.nr_tlps, 0
    cycle, since = cocotb.utils.get_sim_time("ns") / 4, time.process_time()
    while time.process_time() - since < SECONDS:
        await step()
        steps += 1
    spent = time.process_time() - since
    cycles = cocotb.utils.get_sim_time("ns") / 4 - cycle
    return {"cpu_s": spent, "steps": steps, "tlps": card.nr_tlps - tlps, "cycles": cycles,
            "tlps_per_cpu_s": (card.nr_tlps - tlps) / spent, "cycles_per_cpu_s": cycles / spent}


async def measure_dma(dut, card, rc, bar, result):
    """Reads, then writes, as fast as the bench card makes them."""
    async def some_cycles():
        for _ in range(200):
            await RisingEdge(dut.clk)

    base = rc.mem_pool.alloc_region(1 << 20).get_absolute_address(0)
    await bar.write(0x10, base.to_bytes(8, "little"))
    for name, bit in (("dma_read", 1), ("dma_write", 2)):
        await bar.write(0x08, bit.to_bytes(4, "little"))
        result[name] = await measure(dut, card, some_cycles)
        await bar.write(0x08, (0).to_bytes(4, "little"))
        await bar.read(0x38, 4)


@cocotb.test()
async def bench(dut):
    for name in ("perst_n", "link_up", "hot_reset"):
        getattr(dut, name).value = 0
    if hasattr(dut, "mem_req_ready"):
        dut.mem_req_ready.value, dut.mem_rsp_valid.value = 1, 0
    cocotb.start_soon(Clock(dut.clk, 4, units="ns").start())
    rc = RootComplex()
    rc.log.setLevel("WARNING")
    card = Card(dut)
    card.log.setLevel("WARNING")
    rc.make_port().connect(card)
    for name in ("perst_n", "link_up"):
        for _ in range(40):
            await RisingEdge(dut.clk)
        getattr(dut, name).value = 1
    for _ in range(40):
        await RisingEdge(dut.clk)
    await rc.enumerate()
    device = rc.find_device(PcieId(1, 0, 0)) or rc.tree[0][0]
    await device.enable_device()
    await device.set_master()
    bar = device.bar_window[0]
    result = {"cocotb": cocotb.__version__}
    has_dma = not hasattr(dut, "mem_req_valid")
    if has_dma:
        result["word"] = (await bar.read(0, 8))[::-1].hex()
        assert result["word"] == "5249534552424d31", result
    reg = 0x38 if has_dma else 0xc

    async def read():
        await bar.read(reg, 4)

    async def write():
        for i in range(16):
            await bar.write(reg, i.to_bytes(4, "little"))
        await bar.read(reg, 4)

    result["reads"] = await measure(dut, card, read)
    result["writes"] = await measure(dut, card, write)
    if has_dma:
        await measure_dma(dut, card, rc, bar, result)
    with open(os.environ["BENCH_RESULT"], "w", encoding="utf-8") as f:
        json.dump(result, f)
