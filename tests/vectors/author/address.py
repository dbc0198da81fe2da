# SPDX-License-Identifier: Apache-2.0
"""ADR, GAT, PM-02."""

import tlp as T
from base import (BAR0, BAR2, CARD, DMA, ENUM, FOUND, HOST, LINK, MSI, MSIX, MSIX_ADDR, MSIX_DATA,
                  bad, good, two_functions)

# ADR-01
v = good("ADR-01", "short and long addresses", ENUM).dma_write(0xfffff000).dma_write(1 << 32)
bad("ADR-01", "MWr", ENUM).dma_write(DMA, long=True)
bad("ADR-01", "MRd", ENUM).read(DMA, 4, by="card", long=True)
bad("ADR-01", "at the end of 4 GiB", ENUM).dma_write(0xfffffffc, long=True)
bad("ADR-01", "host MRd", ENUM).read(BAR0, long=True)
bad("ADR-01", "host MWr", ENUM).write(BAR2, [1], long=True)

# ADR-02, ADR-04: with mappings
HIGH = 0x880000000


def mapped(make, rule, name):
    return make(rule, name, ENUM).raw("map 0x%x 0x1000 rw" % HIGH).raw("map 0x%x 0x100 r" % DMA)\
        .raw("map 0x%x 0x80 w" % (DMA + 0x100))


mapped(good, "ADR-02", "64-bit address").dma_write(HIGH, 4).read(HIGH + 0x800, 8, by="card")
for off in (0, 0x7fc, 0xffc):
    mapped(bad, "ADR-02", "write to the low half %x" % off).dma_write(HIGH + off & 0xffffffff)
    mapped(bad, "ADR-02", "read of the low half %x" % off).read(
        HIGH + off & 0xffffffff, by="card")
v = mapped(good, "ADR-04", "first and last byte").read(DMA, 64, by="card")
v.read(DMA + 0xfc, 1, fbe=8, by="card").dma_write(DMA + 0x100).dma_write(DMA + 0x17c)
v.raw("unmap 0x%x" % DMA)
v = mapped(bad, "ADR-04", "one byte before").dma_write(HIGH - 4, fbe=8)
mapped(bad, "ADR-04", "one byte behind").dma_write(HIGH + 0x1000, fbe=1)
mapped(bad, "ADR-04", "read beyond the end").read(DMA + 0x80, 64, by="card")
mapped(bad, "ADR-04", "write into memory for reading").dma_write(DMA + 0x40)
mapped(bad, "ADR-04", "read of memory for writing").read(DMA + 0x140, by="card")
mapped(bad, "ADR-04", "after unmap").raw("unmap 0x%x" % DMA).read(DMA, by="card")
mapped(bad, "ADR-04", "into the gap behind").dma_write(DMA + 0x178, 4)
good("ADR-04", "without mappings everything may be one", ENUM).dma_write(0x12345000)
bad("ADR-04", "the kernel says so", ENUM).dma_write(0x12345000).raw(
    "note 9000 dma_miss write of 4 bytes at 0x12345000")

# ADR-05
good("ADR-05", "memory of the host", ENUM).dma_write(BAR0 - 4).dma_write(BAR2 + 0x1000)
good("ADR-05", "where BAR0 was while decode is off", ENUM).command(4).dma_write(BAR0)
bad("ADR-05", "own BAR0", ENUM).dma_write(BAR0)
bad("ADR-05", "last DW of BAR2", ENUM).dma_write(BAR2 + 0xffc)
bad("ADR-05", "read of own BAR0", ENUM).read(BAR0 + 0x100, 4, by="card")
for off, n in ((0, 1), (0xffc, 1), (0x400, 16)):
    bad("ADR-05", "another device's memory at %x" % off, ENUM).raw(
        "region 0xd0000000 0x1000").dma_write(0xd0000000 + off, n)
good("ADR-05", "beside another device", ENUM).raw("region 0xd0000000 0x1000").dma_write(
    0xcffffffc).dma_write(0xd0001000)

# ADR-06
good("ADR-06", "a message", MSIX).fire(MSIX_ADDR, MSIX_DATA + 1)
good("ADR-06", "beside the window", MSIX).dma_write(0xfedffffc, 1).dma_write(0xfef00000, 4)
bad("ADR-06", "2 DW", MSIX).dma_write(MSIX_ADDR, 2, data=[MSIX_DATA, 0])
bad("ADR-06", "64 DW somewhere in the window", MSIX).dma_write(0xfee08000, 64)
bad("ADR-06", "byte write where no message goes", MSIX).dma_write(0xfee03000, fbe=1)
bad("ADR-06", "misaligned by 2", MSIX).dma_write(0xfee03000, fbe=0xc)
bad("ADR-06", "2 DW to the MSI address", MSI).dma_write(0xfee02000, 2)

# ADR-07
good("ADR-07", "to who asked", ENUM).read(BAR0).read(DMA, by="card")
for bit in range(16):
    bad("ADR-07", "requester bit %d" % bit, ENUM).dn(T.mrd(BAR0, tag=9)).up(
        T.cpl("CplD", CARD, HOST ^ 1 << bit, 9, length=1))
bad("ADR-07", "host answers another card", ENUM).up(T.mrd(DMA, rid=CARD, tag=9)).dn(
    T.cpl("CplD", HOST, 0x0200, 9, length=1))

# ADR-08
v = good("ADR-08", "own identifier", ENUM).dma_write().read(DMA, by="card").up(T.msg(0x20, 4))
v = good("ADR-08", "after renumbering", ENUM).wr(0x3c, 0x0b, be=1, target=0x0300)
v.dma_write(rid=0x0300)
v = good("ADR-08", "both while renumbering is under way", ENUM)
v.wr(0x3c, 0x0b, be=1, target=0x0300, answer=False).dma_write(rid=0x0100).dma_write(rid=0x0300)
v.wr_answer(target=0x0300)
v = two_functions(good, "ADR-08", "two functions with the same tag")
v.up(T.mrd(DMA, rid=CARD, tag=5)).up(T.mrd(DMA, rid=CARD + 1, tag=5))
v.dn(T.cpl("CplD", HOST, CARD + 1, 5, length=1)).dn(T.cpl("CplD", HOST, CARD, 5, length=1))
two_functions(bad, "ADR-08", "INTx in the name of function 1").up(T.msg(0x20, 4, rid=CARD + 1))
two_functions(bad, "ADR-08", "a third function").up(T.mrd(DMA, rid=CARD + 2, tag=5))
bad("ADR-08", "wrong bus", ENUM).dma_write(rid=0x0200)
bad("ADR-08", "wrong device", ENUM).dma_write(rid=0x0108)
bad("ADR-08", "function that is not there", ENUM).dma_write(rid=0x0101)
bad("ADR-08", "bus 0", ENUM).up(T.mrd(DMA, rid=0, tag=3))
bad("ADR-08", "message of another bus", ENUM).up(T.msg(0x20, 4, rid=0x0200))
bad("ADR-08", "old bus after renumbering", ENUM).wr(0x3c, 0x0b, be=1, target=0x0300).dma_write()

# ADR-11
v = good("ADR-11", "up to the end", ENUM).dma_write(0xfffffffc).dma_write((1 << 64) - 4)
v.dma_write(0xfffffff0, 4).dma_write((1 << 64) - 256, 64)
bad("ADR-11", "2^64", ENUM).dma_write((1 << 64) - 4, 2)
bad("ADR-11", "2^32 with a short header", ENUM).dma_write(0xfffffffc, 2)
bad("ADR-11", "2^32 by a read", ENUM).up(T.mrd(0xffffff00, 65, rid=CARD, tag=3))
bad("ADR-11", "2^64 by a read", ENUM).up(T.mrd((1 << 64) - 8, 4, rid=CARD, tag=3))

# GAT-01
good("GAT-01", "decode on", ENUM).read(BAR0).read(BAR2 + 4)
good("GAT-01", "decode off: UR", ENUM).command(4).read(BAR0, status=1)
good("GAT-01", "asked while the write is under way", ENUM).wr(0x04, 4, be=3, answer=False).dn(
    T.mrd(BAR0, tag=19)).wr_answer().up(T.cpl("CplD", CARD, HOST, 19, length=1))
for off in (0, 0x1c, 0x3ffc):
    bad("GAT-01", "decode off, BAR0 + %x" % off, ENUM).command(4).read(BAR0 + off)
bad("GAT-01", "decode off, BAR2", ENUM).command(0).read(BAR2 + 8, 2)

# GAT-02
good("GAT-02", "on", ENUM).dma_write().read(DMA, by="card")
good("GAT-02", "before the write is completed", ENUM).wr(0x04, 2, be=3, answer=False).dma_write()\
    .wr_answer()
good("GAT-02", "as soon as the write is under way", FOUND).wr(0x04, 4, be=3, answer=False)\
    .dma_write().wr_answer()
good("GAT-02", "a read that the completion passed", ENUM).command(2).up(
    T.mrd(DMA, rid=CARD, tag=3)).dn(T.cpl("CplD", HOST, CARD, 3, length=1))
v = good("GAT-02", "reads that the completion passed, which the kernel refuses", ENUM).command(2)
for _tag in (3, 4):
    v.up(T.mrd(DMA, rid=CARD, tag=_tag))
for _tag in (3, 4):
    v.raw("note 1260 bus_master MRd of 4 bytes").dn(T.cpl("Cpl", HOST, CARD, _tag, status=1))
v = good("GAT-02", "sent at the time of a function level reset, refused by the kernel", ENUM)
v.wr(0x88, 0x8000 | 0x2830, be=3).dma_write().raw("note 1260 bus_master write of 4 bytes")
v = good("GAT-02", "a read that the completion passed on the way to D3hot", ENUM).command(2).wr(0x44, 3, be=3)
v.up(T.mrd(DMA, rid=CARD, tag=3)).raw("note 1260 bus_master MRd of 4 bytes")
v.dn(T.cpl("Cpl", HOST, CARD, 3, status=1))
good("GAT-02", "messages are no requests for memory", ENUM).command(2).up(T.msg(0x20, 4))
v = bad("GAT-02", "after an answer to another write that a fault has changed", ENUM)
v.wr(4, 6, be=3, answer=False).up(T.cpl("Cpl", CARD, HOST ^ 0x100, v.wr_tag), mark="<!")
v.command(2).dma_write()
bad("GAT-02", "never on", FOUND).dma_write()
bad("GAT-02", "write after off", ENUM).command(2).dma_write()
bad("GAT-02", "read long after off", ENUM).command(2).wait(500).read(DMA, by="card")
bad("GAT-02", "just found", LINK).rd(0).dma_write()
bad("GAT-02", "IOWr", ENUM).command(2).wait(500).up(T.memory("IOWr", 0x100, rid=CARD, tag=3)).dn(
    T.cpl("Cpl", HOST, CARD, 3, status=1))
bad("GAT-02", "the kernel says so", ENUM).raw("note 9000 bus_master write of 4 bytes")

# GAT-04
v = good("GAT-04", "reads are answered with bus mastering off", ENUM).read(BAR0).command(2)
v.read(BAR0).rd(0)
for name, tlp in (("memory", T.mrd(BAR0, tag=30)), ("configuration", T.cfg("CfgRd0", CARD, 0, tag=30)),
                  ("other BAR", T.mrd(BAR2, 2, tag=30))):
    bad("GAT-04", "no answer to %s" % name, ENUM).read(BAR0).command(2).dn(tlp).time(21000)

# GAT-05
v = good("GAT-05", "whole writes while it is switched off", ENUM).wr(0x04, 2, be=3, answer=False)
v.dma_write(DMA, 64).wr_answer()
for n in (1, 32, 63):
    v = bad("GAT-05", "cut off after %d DW" % n, ENUM).wr(0x04, 2, be=3, answer=False)
    v.up(T.mwr(DMA, 64, rid=CARD)[:12 + 4 * n]).wr_answer()
bad("GAT-05", "cut off behind the completion", ENUM).command(2).up(
    T.mwr(DMA, 64, rid=CARD)[:12 + 4 * 20])

# PM-02
v = good("PM-02", "D0 and PM_PME in D3hot", ENUM).dma_write().wr(0x44, 0x0b, be=3)
v.up(T.msg(0x18, 0))
good("PM-02", "back in D0", ENUM).wr(0x44, 0x0b, be=3).wr(0x44, 8, be=3).dma_write()
good("PM-02", "back in D0 by zeros, without a soft reset", ENUM).wr(0x44, 3, be=3).wr(
    0x44, 0, be=3).dma_write().rd(0x44, 8)
bad("PM-02", "write in D3hot", ENUM).wr(0x44, 0x0b, be=3).dma_write()
bad("PM-02", "read in D3hot", ENUM).wr(0x44, 0x0b, be=3).wait(500).read(DMA, by="card")
bad("PM-02", "MSI-X in D3hot", MSIX).wr(0x44, 0x0b, be=3).fire(MSIX_ADDR, MSIX_DATA)
bad("PM-02", "Assert_INTA in D3hot", ENUM).wr(0x44, 0x0b, be=3).up(T.msg(0x20, 4))
