# SPDX-License-Identifier: Apache-2.0
"""CFG, CAP, BAR."""

import tlp as T
from base import (BAR0, BAR2, CARD, CONFIG, DMA, ENUM, FOUND, HOST, LINK, MS, SIZES, bad, good)


def other(make, rule, name, **regs):
    """A card of which some registers are different: only they are read."""
    v = make(rule, name, LINK)
    for reg, value in regs.items():
        v.config[int(reg[1:], 16)] = value
    return v


# CFG-01
good("CFG-01", "Type 1 is UR", ENUM).dn(T.cfg("CfgRd1", 0x0200, 0, tag=30)).up(
    T.cpl("Cpl", CARD, HOST, 30, status=1))
bad("CFG-01", "CfgRd1 succeeds", ENUM).dn(T.cfg("CfgRd1", 0x0200, 0, tag=30)).up(
    T.cpl("CplD", CARD, HOST, 30, length=1))
bad("CFG-01", "CfgWr1 succeeds", ENUM).dn(T.cfg("CfgWr1", 0x0200, 4, tag=30, data=6)).up(
    T.cpl("Cpl", CARD, HOST, 30))
bad("CFG-01", "CfgRd1 gives CA", ENUM).dn(T.cfg("CfgRd1", 0x0200, 0, tag=30)).up(
    T.cpl("Cpl", CARD, HOST, 30, status=4))

# CFG-02
v = good("CFG-02", "the other functions are UR", ENUM)
for fn in range(1, 8):
    v.rd(0, fn=fn, status=1)
v = other(good, "CFG-02", "two functions", _0c=0x00800000).rd_all([0, 0x0c]).rd(0, fn=1)
v.rd(8, fn=1)
for fn in (1, 2, 7):
    bad("CFG-02", "function %d answers" % fn, ENUM).rd(0, fn=fn)
    bad("CFG-02", "function %d takes a write" % fn, ENUM).wr(0x04, 6, fn=fn)
other(bad, "CFG-02", "answers with all ones", _0c=0x00800000).rd_all([0, 0x0c]).rd(
    0, 0xffffffff, fn=1)

# CFG-03, CFG-17, CFG-18
v = good("CFG-03", "registers that are not there read 0", ENUM)
for reg in (0x28, 0x38, 0xc0, 0xfc):
    v.rd(reg, 0).wr(reg, 0xffffffff).rd(reg, 0)
for reg in (0x28, 0x38, 0xc0, 0xfc):
    bad("CFG-03", "UR for %02x" % reg, ENUM).rd(reg, status=1)
    bad("CFG-03", "CA for a write to %02x" % reg, ENUM).wr(reg, 1, status=4)
good("CFG-17", "D3hot and everything off", ENUM).command(0).rd(0).wr(0x44, 0x0b, be=3).rd(0).rd(4)
bad("CFG-17", "UR in D3hot", ENUM).wr(0x44, 0x0b, be=3).rd(0, status=1)
bad("CFG-17", "UR for a write in D3hot", ENUM).wr(0x44, 0x0b, be=3).wr(0x3c, 1, be=1, status=1)
bad("CFG-17", "CA in D3hot", ENUM).wr(0x44, 0x0b, be=3).rd(0x100, status=4)
bad("CFG-17", "UR with memory and bus mastering off", ENUM).rd(0).command(0).rd(0, status=1)
v = good("CFG-18", "0x100 to 0xfff", ENUM)
for reg in (0x100, 0x148, 0x200, 0x800, 0xffc):
    v.rd(reg)
for reg in (0x100, 0x200, 0x800, 0xffc):
    bad("CFG-18", "UR for %03x" % reg, FOUND).rd(reg, status=1)

# CFG-04
v = good("CFG-04", "bytes that are not enabled stay", ENUM)
v.wr(0x0c, 0x10, be=1).rd(0x0c, 0x10).wr(0x3c, 0x0b, be=1).rd(0x3c, 0x10b)
v.wr(0x04, 0x0400, be=2).rd(0x04, 0x00100406)
bad("CFG-04", "a write of Command byte 1 changes byte 0", ENUM).rd(4, 0x00100006).wr(
    0x04, 0x0400, be=2).rd(0x04, 0x00100400)
bad("CFG-04", "a write of BAR byte 3 changes byte 2", ENUM).rd(0x18, BAR2).wr(
    0x18, 0xd0000000, be=8).rd(0x18, 0xd0000000)
bad("CFG-04", "a write of Command byte 0 changes byte 1", ENUM).wr(0x04, 0x0406, be=3).rd(
    4, 0x00100406).wr(0x04, 0x02, be=1).rd(0x04, 0x00100002)
bad("CFG-04", "a write without byte enables", ENUM).rd(0x3c).wr(0x0c, 0x10, be=1).rd(
    0x0c, 0x10).wr(0x0c, 0x20, be=2).rd(0x0c, 0x20)

# CFG-05
v = good("CFG-05", "all ones and zeros change nothing", ENUM)
for reg in (0x00, 0x08, 0x2c):
    v.wr(reg, 0xffffffff).rd(reg, CONFIG[reg]).wr(reg, 0).rd(reg, CONFIG[reg])
for reg, value in ((0x00, 0xffffffff), (0x08, 0), (0x2c, 0xffffffff), (0x34, 0xff),
                   (0x40, 0xffffffff), (0x80, 0xffff0010), (0x84, 0), (0x8c, 0xffffffff)):
    bad("CFG-05", "%02x reads %08x after a write" % (reg, value), FOUND).wr(
        reg, value).rd(reg, value)

# CFG-06
v = good("CFG-06", "cleared by 1 alone", ENUM).rd(4, 0x20100006).wr(4, 0, be=4).rd(4, 0x20100006)
v.wr(4, 0x20000000, be=4).rd(4, 0x20100006).wr(4, 0x20000000, be=8).rd(4, 0x00100006)
bad("CFG-06", "cleared by 0", ENUM).rd(4, 0x20100006).wr(4, 0, be=0xc).rd(4, 0x00100006)
bad("CFG-06", "cleared without its byte enable", ENUM).rd(4, 0x20100006).wr(
    4, 0x20000000, be=4).rd(4, 0x00100006)
bad("CFG-06", "cleared by a write of Command", ENUM).rd(4, 0x10100006).wr(4, 6, be=3).rd(
    4, 0x00100006)
bad("CFG-06", "not cleared by 1", ENUM).rd(4, 0x20100006).wr(4, 0x20000000, be=0xc).rd(
    4, 0x20100006)
# the last clear counts, and what may have set the bit again since it was asked for
v = good("CFG-06", "set again by an answer with UR", ENUM).rd(4, 0x20100006).wr(4, 0x20000000, be=0xc)
v.dma_read(status=1).rd(4, 0x20100006)
v = good("CFG-06", "set again by an answer on the way at the time of the clear", ENUM)
v.rd(4, 0x20100006).up(T.mrd(DMA, tag=9, rid=CARD)).wr(4, 0x20000000, be=0xc, answer=False)
v.dn(T.cpl("Cpl", HOST, CARD, 9, status=1)).wr_answer().rd(4, 0x20100006)
v = good("CFG-06", "set again by a poisoned answer", ENUM).rd(4, 0x80100006).wr(4, 0x80000000, be=0xc)
v.up(T.mrd(DMA, tag=9, rid=CARD)).dn(T.cpl("CplD", HOST, CARD, 9, length=1, ep=1))
v.rd(4, 0x80100006)
v = good("CFG-06", "another bit was cleared later", ENUM).rd(4, 0xa0100006).wr(4, 0x20000000, be=0xc)
v.dma_read(status=1).wr(4, 0x80000000, be=0xc).rd(4, 0x20100006)
bad("CFG-06", "Device Status cleared by 0", ENUM).rd(0x88, 0x00012830).wr(0x88, 0x2830, be=3).rd(
    0x88, 0x00002830)
bad("CFG-06", "Device Status, another bit was written", ENUM).rd(0x88, 0x00032830).wr(
    0x88, 0x00010000, be=0xc).rd(0x88, 0x00002830)

# CFG-09 to CFG-12
other(good, "CFG-09", "vendor and class").rd_all([0, 8])
other(good, "CFG-09", "fits in no defined class", _08=0xff000001).rd_all([0, 8])
other(good, "CFG-09", "processing accelerator", _08=0x12000001).rd_all([0, 8])
other(bad, "CFG-09", "Vendor ID ffff", _00=0x5678ffff).rd(0)
other(bad, "CFG-09", "class code 0", _08=0x00000001).rd_all([0, 8])
other(bad, "CFG-09", "base class 14", _08=0x14000001).rd_all([0, 8])
other(bad, "CFG-09", "base class fe", _08=0xfe000001).rd_all([0, 8])
other(bad, "CFG-09", "class code ffffff", _08=0xffffffff).rd_all([0, 8])
v = other(good, "CFG-10", "one function").rd_all([0, 0x0c]).rd(0, fn=1, status=1)
v = other(good, "CFG-10", "two functions", _0c=0x00800000).rd_all([0, 0x0c]).rd(0, fn=1)
for kind in (1, 2, 0x7f):
    other(bad, "CFG-10", "header type %02x" % kind, _0c=kind << 16).rd_all([0, 0x0c])
v = other(bad, "CFG-10", "multi-function and alone", _0c=0x00800000).rd_all([0, 0x0c])
for fn in range(1, 8):
    v.rd(0, fn=fn, status=1)
other(good, "CFG-11", "hardwired bits are 0").rd(4).wr(4, 0xffff, be=3).rd(4, 0x00100547)
for bit in (3, 4, 5, 7, 9):
    other(bad, "CFG-11", "Command bit %d" % bit).rd(4).wr(4, 0xffff, be=3).rd(
        4, 0x00100547 | 1 << bit)
other(good, "CFG-12", "Status").rd(4)
other(bad, "CFG-12", "no capability list", _04=0).rd(4)
other(bad, "CFG-12", "66 MHz", _04=0x00300000).rd(4)
other(bad, "CFG-12", "DEVSEL medium", _04=0x02100000).rd(4)
other(bad, "CFG-12", "DEVSEL slow", _04=0x04100000).rd(4)

# CFG-14
v = good("CFG-14", "retry until it is ready", LINK).rd(0, status=2).rd(0, status=2).rd(0).rd(8)
v = good("CFG-14", "retry after FLR", ENUM).wr(0x88, 0xa830, be=3).rd(0, status=2).rd(0)
bad("CFG-14", "after a success", LINK).rd(0, status=2).rd(0).rd(8, status=2)
bad("CFG-14", "write after a success", ENUM).wr(4, 6, be=3, status=2)
bad("CFG-14", "long after", ENUM).wait(MS).rd(0, status=2)

# CFG-16
v = good("CFG-16", "all byte enables", ENUM)
for be in range(1, 16):
    v.rd(0x3c, be=be)
for name, kw in [("TC %d" % tc, dict(tc=tc)) for tc in range(1, 8)] + [
        ("attributes %d" % a, dict(attr=a)) for a in (1, 2, 4)] + [
        ("AT %d" % at, dict(at=at)) for at in (1, 2, 3)] + [
        ("last BE %x" % be, dict(lbe=be)) for be in (1, 8, 0xf)]:
    bad("CFG-16", "CfgRd0 with %s" % name, ENUM).dn(T.cfg("CfgRd0", CARD, 0, tag=30, **kw))
    bad("CFG-16", "CfgWr0 with %s" % name, ENUM).dn(T.cfg("CfgWr0", CARD, 4, tag=30, data=6, **kw))

# CAP-01 to CAP-05
other(good, "CAP-01", "the list").rd_all([0, 0x34, 0x40, 0x50, 0x70, 0x80])
WALK = [0, 0x34, 0x40, 0x50, 0x70, 0x80]
for name, regs, walk in (("loop", dict(_80=0x00024010), WALK),
                         ("loop to itself", dict(_50=0x018a5005), WALK),
                         ("odd pointer", dict(_40=0x00035301), WALK),
                         ("pointer below 40", dict(_34=0x3c), WALK),
                         ("pointer into the header", dict(_70=0x000f1011), WALK),
                         ("inside of MSI", dict(_50=0x018a6005, _60=0x00007009),
                          [0, 0x34, 0x40, 0x50, 0x60, 0x70, 0x80]),
                         ("in the middle of PCI Express",
                          dict(_80=0x00029010, _90=0x00000009), WALK + [0x90])):
    other(bad, "CAP-01", name, **regs).rd_all(walk)
other(good, "CAP-02", "one of each").rd_all(WALK)
other(bad, "CAP-02", "no Power Management", _34=0x50).rd_all([0, 0x34, 0x50, 0x70, 0x80])
other(bad, "CAP-02", "no PCI Express", _70=0x000f0011).rd_all([0, 0x34, 0x40, 0x50, 0x70])
other(bad, "CAP-02", "two Power Management", _80=0x0002c010, _c0=0x00030001).rd_all(WALK + [0xc0])
other(bad, "CAP-02", "two PCI Express", _50=0x00017010).rd_all(WALK)
other(good, "CAP-03", "pin and MSI").rd_all([0x3c] + WALK)
other(good, "CAP-03", "no interrupts at all", _3c=0, _40=0x00038001).rd_all(
    [0x3c, 0, 0x34, 0x40, 0x80])
other(bad, "CAP-03", "pin A and no messages", _40=0x00038001).rd_all([0x3c, 0, 0x34, 0x40, 0x80])
other(bad, "CAP-03", "pin D and no messages", _3c=0x400, _40=0x00038001).rd_all(
    [0x3c, 0, 0x34, 0x40, 0x80])
other(bad, "CAP-03", "the pin is read last", _40=0x00038001).rd_all([0, 0x34, 0x40, 0x80, 0x3c])
other(good, "CAP-04", "two").rd_all([0, 0x100, 0x148])
other(good, "CAP-04", "none", _100=0).rd_all([0, 0x100])
for name, regs, walk in (("odd pointer", dict(_100=0x14a20001), [0x100]),
                         ("pointer below 100", dict(_100=0x0c020001), [0x100]),
                         ("loop", dict(_148=0x1001000f), [0x100, 0x148]),
                         ("loop to itself", dict(_148=0x1481000f), [0x100, 0x148]),
                         ("all ones", dict(_100=0xffffffff), [0x100])):
    other(bad, "CAP-04", name, **regs).rd_all([0] + walk)
other(good, "CAP-05", "version 2, endpoint").rd_all(WALK)
other(good, "CAP-05", "legacy endpoint", _80=0x00120010).rd_all(WALK)
for name, value in (("version 0", 0x00000010), ("version 3", 0x00030010),
                    ("root port", 0x00420010), ("upstream port", 0x00520010),
                    ("root complex endpoint", 0x00920010)):
    other(bad, "CAP-05", name, _80=value).rd_all(WALK)
other(bad, "CAP-05", "Power Management version 1", _40=0x00015001).rd_all(WALK)

# CAP-06, CAP-09
good("CAP-06", "as large as supported", ENUM).wr(0x88, 0x2850, be=3)
for code in (3, 4, 5, 6, 7):
    bad("CAP-06", "code %d" % code, ENUM).wr(0x88, 0x2810 | code << 5, be=3)
v = good("CAP-09", "all ones but a payload of 512", ENUM).wr(0x88, 0x7f5f, be=3).rd(0x88, 0x00007dff & ~0xa0 | 0x40)
v.wr(0xa8, 0xffff, be=3).rd(0xa8, 0x1f)
bad("CAP-09", "phantom functions", ENUM).wr(0x88, 0x2a30, be=3).rd(0x88, 0x2a30)
v = other(bad, "CAP-09", "extended tags", _84=0x10008002).rd_all(WALK + [0x84]).rd(0x88, 0x2910)
for name, value in (("LTR", 0x400), ("10-bit tags", 0x1000), ("OBFF", 0x2000)):
    bad("CAP-09", name, ENUM).wr(0xa8, 0xffff, be=3).rd(0xa8, 0x1f | value)
other(bad, "CAP-09", "timeout ranges", _a4=0x10).rd_all(WALK + [0xa4]).rd(0xa8, 0x0f)


# BAR
def sized(make, rule, name, probes, plain=None):
    """Probes all BARs; `plain` is what they read otherwise."""
    v = make(rule, name, LINK).rd(0)
    for i, (reg, _) in enumerate(SIZES):
        value = (plain or {}).get(reg, CONFIG[reg])
        v.rd(reg, value).wr(reg, 0xffffffff).rd(reg, probes.get(reg, SIZES[i][1]))
        v.wr(reg, value).rd(reg, value)
    return v


P = {0x10: 0xffffc004, 0x14: 0xffffffff, 0x18: 0xfffff000, 0x1c: 0, 0x20: 0, 0x24: 0}
sized(good, "BAR-01", "powers of two", {})
sized(good, "BAR-01", "prefetchable", {0x10: 0xffffc00c}, {0x10: 0xc})
sized(good, "BAR-01", "I/O with 16 bits", {0x18: 0x0000ff81}, {0x18: 1})
sized(bad, "BAR-01", "two runs", {0x18: 0xffff5000})
sized(bad, "BAR-01", "not up to the top", {0x18: 0x7ffff000})
sized(bad, "BAR-01", "64-bit, two runs", {0x10: 0xffff4004})
sized(bad, "BAR-01", "type bits change", {0x18: 0xfffff008})
sized(bad, "BAR-01", "I/O, two runs", {0x18: 0x0000ed01}, {0x18: 1})
sized(good, "BAR-02", "64-bit of 8 GiB", {0x10: 0x4, 0x14: 0xfffffffe})
sized(good, "BAR-02", "64-bit of 16 KiB", {})
sized(bad, "BAR-02", "BAR5 says 64-bit", {0x24: 0xfffff004}, {0x24: 4})
sized(bad, "BAR-02", "high half reads 0", {0x14: 0})
sized(bad, "BAR-02", "high half reads half", {0x14: 0xffff0000})
other(bad, "BAR-02", "BAR5 with an address says 64-bit", _24=0xd0000004).rd_all([0, 0x24])
sized(good, "BAR-03", "128 bytes", {0x18: 0xffffff80})
sized(good, "BAR-03", "I/O of 256 bytes", {0x18: 0xffffff01}, {0x18: 1})
for size in (16, 32, 64):
    sized(bad, "BAR-03", "memory of %d bytes" % size, {0x18: 0x100000000 - size})
sized(bad, "BAR-03", "64-bit of 64 bytes", {0x10: 0xffffffc4})
sized(bad, "BAR-03", "I/O of 512 bytes", {0x18: 0xfffffe01}, {0x18: 1})
sized(bad, "BAR-03", "I/O of 32 KiB", {0x18: 0x00008001}, {0x18: 1})
sized(good, "BAR-04", "0", {})
sized(bad, "BAR-04", "prefetchable bit alone", {0x1c: 8}, {0x1c: 8})
sized(bad, "BAR-04", "64-bit without size", {0x20: 4, 0x24: 0}, {0x20: 4})
sized(bad, "BAR-04", "I/O bit alone", {0x1c: 1}, {0x1c: 1})
sized(bad, "BAR-04", "keeps what was written", {0x1c: 0}).wr(0x1c, 0x12345000).rd(0x1c, 0x12345000)
v = good("BAR-05", "moved", ENUM).read(BAR2).command(4).wr(0x18, 0xc0020000).command(6)
v.read(0xc0020000).read(BAR2, status=1)
for off in (0, 0x1c, 0xffc):
    bad("BAR-05", "old place still answers at %x" % off, ENUM).command(4).wr(
        0x18, 0xc0020000).command(6).read(BAR2 + off)
bad("BAR-05", "old place of BAR0", ENUM).command(4).wr(0x10, 0xc0100000).command(6).read(BAR0 + 8)
v = good("BAR-06", "first and last DW", ENUM).read(BAR0).read(BAR0 + 0x3ffc).read(BAR2)
v.read(BAR2 + 0xffc).read(BAR2 + 0x1000, status=1).read(BAR2 - 4, status=1)
bad("BAR-06", "one DW behind BAR0", ENUM).read(BAR0 + 0x4000)
bad("BAR-06", "one DW before BAR2", ENUM).read(BAR2 - 4)
bad("BAR-06", "one DW behind BAR2", ENUM).read(BAR2 + 0x1000)
bad("BAR-06", "one DW before BAR0", ENUM).read(BAR0 - 4)
bad("BAR-06", "last DW of BAR2 is not claimed", ENUM).read(BAR2 + 0xffc, status=1)
bad("BAR-06", "first DW of BAR0 is not claimed", ENUM).read(BAR0, status=1)
good("BAR-11", "side by side", FOUND).wr(0x10, BAR0).wr(0x14, 0).wr(0x18, BAR0 + 0x4000).command(6)
bad("BAR-11", "one in the other", FOUND).wr(0x10, BAR0).wr(0x14, 0).wr(0x18, BAR0 + 0x1000)\
    .command(2)
bad("BAR-11", "the other in one", FOUND).wr(0x10, BAR0).wr(0x14, 0).wr(0x18, BAR0).command(6)
bad("BAR-11", "not aligned", FOUND).wr(0x10, BAR0).wr(0x14, 0).wr(0x18, BAR2 + 0x800).command(6)
bad("BAR-11", "at 0", FOUND).wr(0x10, BAR0).wr(0x14, 0).command(6)
