# SPDX-License-Identifier: Apache-2.0
"""MSI, MSX, INT."""

import tlp as T
from base import (BAR0, CARD, CONFIG, ENUM, HOST, LINK, MSI, MSIX, MSIX_ADDR, MSIX_DATA, MSI_ADDR,
                  MSI_DATA, SIZES, TABLE, bad, good, two_functions)

MSI_ON = 0x01ab7005     # 4 vectors granted
MSI_OFF = 0x01aa7005

# MSI-01, MSI-09
good("MSI-01", "on", MSI).fire(MSI_ADDR, MSI_DATA)
good("MSI-01", "as soon as the write is under way", ENUM).wr(0x54, MSI_ADDR).wr(0x58, 0).wr(
    0x5c, MSI_DATA).wr(0x50, MSI_ON, answer=False).fire(MSI_ADDR, MSI_DATA).wr_answer()
v = bad("MSI-01", "programmed and not enabled", ENUM).wr(0x54, MSI_ADDR).wr(0x58, 0)
v.wr(0x5c, MSI_DATA).fire(MSI_ADDR, MSI_DATA)
bad("MSI-01", "bus mastering off", MSI).command(2).fire(MSI_ADDR, MSI_DATA)
bad("MSI-01", "bus mastering off, vector 3", MSI).command(0).fire(MSI_ADDR, MSI_DATA + 3)
good("MSI-09", "before the write that disables is completed", MSI).wr(
    0x50, MSI_OFF, answer=False).fire(MSI_ADDR, MSI_DATA).wr_answer()
bad("MSI-09", "right behind", MSI).wr(0x50, MSI_OFF).fire(MSI_ADDR, MSI_DATA)
bad("MSI-09", "long after", MSI).wr(0x50, MSI_OFF).wait(10000).fire(MSI_ADDR, MSI_DATA + 1)
bad("MSI-09", "on, off, on, off", MSI).wr(0x50, MSI_OFF).wr(0x50, MSI_ON).fire(
    MSI_ADDR, MSI_DATA).wr(0x50, MSI_OFF).fire(MSI_ADDR, MSI_DATA)

# MSI-02, MSI-03
v = good("MSI-02", "all granted vectors", MSI)
for i in range(4):
    v.fire(MSI_ADDR, MSI_DATA + i)
for mme in range(6):
    v = good("MSI-03", "%d granted" % (1 << mme), MSI).wr(0x50, 0x018b7005 | mme << 20)
    for i in range(1 << mme):
        v.fire(MSI_ADDR, MSI_DATA + i)
for name, data in (("upper half", MSI_DATA | 0x10000), ("other base", MSI_DATA ^ 0x100),
                   ("top bit", MSI_DATA ^ 0x8000), ("0", 0), ("all ones", 0xffffffff)):
    bad("MSI-02", name, MSI).fire(MSI_ADDR, data)
bad("MSI-02", "another address", MSI).fire(MSI_ADDR + 0x1000, MSI_DATA)
for mme, i in ((0, 1), (1, 2), (2, 4), (2, 5), (3, 8), (4, 31)):
    bad("MSI-03", "vector %d of %d" % (i, 1 << mme), MSI).wr(0x50, 0x018b7005 | mme << 20).fire(
        MSI_ADDR, MSI_DATA + i)

# MSI-06
good("MSI-06", "the others", MSI).wr(0x60, 2).fire(MSI_ADDR, MSI_DATA).fire(MSI_ADDR, MSI_DATA + 2)
good("MSI-06", "once it is unmasked", MSI).wr(0x60, 2).wr(0x60, 0).fire(MSI_ADDR, MSI_DATA + 1)
good("MSI-06", "while the mask is under way", MSI).wr(0x60, 2, answer=False).fire(
    MSI_ADDR, MSI_DATA + 1).wr_answer()
for i in range(4):
    bad("MSI-06", "vector %d" % i, MSI).wr(0x60, 1 << i).fire(MSI_ADDR, MSI_DATA + i)
bad("MSI-06", "masked again", MSI).wr(0x60, 1).wr(0x60, 0).fire(MSI_ADDR, MSI_DATA).wr(
    0x60, 1).fire(MSI_ADDR, MSI_DATA)

# MSI-07
good("MSI-07", "INTx without messages", ENUM).up(T.msg(0x20, 4)).up(T.msg(0x24, 4))
good("MSI-07", "released when MSI comes on", ENUM).up(T.msg(0x20, 4)).wr(0x50, MSI_ON).up(
    T.msg(0x24, 4))
bad("MSI-07", "MSI", MSI).up(T.msg(0x20, 4))
bad("MSI-07", "MSI-X", MSIX).up(T.msg(0x20, 4))
bad("MSI-07", "MSI-X with all vectors masked", ENUM).wr(0x70, 0xc00f8011).up(T.msg(0x20, 4))
bad("MSI-07", "between two messages", MSIX).fire(MSIX_ADDR, MSIX_DATA).up(T.msg(0x20, 4))


# MSX-01
def table(make, name, size=0x000f8011, table=0x2000, pba=0x3000):
    v = make("MSX-01", name, LINK)
    v.config.update({0x70: size, 0x74: table, 0x78: pba})
    v.rd_all([0, 0x34, 0x40, 0x50, 0x70, 0x74, 0x78, 0x80])
    for reg, probe in SIZES:
        v.rd(reg).wr(reg, 0xffffffff).rd(reg, probe).wr(reg, CONFIG[reg])
    return v.rd(0x74)


table(good, "in its place")
table(good, "in BAR2", table=0x0002, pba=0x0802)
table(bad, "BIR 6", table=0x2006)
table(bad, "BIR 7 of the pending bits", pba=0x3007)
table(bad, "BIR names a BAR that is not there", table=0x2003)
table(bad, "BIR names a high half", table=0x2001)
table(bad, "table beyond the end", table=0x3f80)
table(bad, "pending bits beyond the end", pba=0x4000)
table(bad, "pending bits inside of the table", pba=0x2080)
table(bad, "2048 entries over the pending bits", size=0x07ff8011, table=0)
bad("MSX-01", "the size is written", ENUM).wr(0x70, 0x07ff8011).rd(0x70, 0x07ff8011)


# MSX-02
def control(v, entry, value):
    tag = v.next_tag()
    return v.dn(T.mrd(TABLE + 16 * entry + 12, tag=tag)).up(
        T.cpl("CplD", CARD, HOST, tag, lower=(16 * entry + 12) & 0x7f, data=[value], length=1))


v = good("MSX-02", "masked", ENUM)
for i in range(16):
    control(v, i, 1)
v.write(TABLE + 12, [0])
control(v, 0, 0)
for i in (0, 7, 15):
    control(bad("MSX-02", "entry %d" % i, ENUM), i, 0)
    v = bad("MSX-02", "entry %d after FLR" % i, MSIX).wr(0x88, 0xa830, be=3).wait(1000)
    v.wr(0x10, BAR0).wr(0x14, 0).wr(0x18, 0xc0010000).command(6)
    control(v, i, 0)
v = bad("MSX-02", "reserved bits alone", ENUM)
control(v, 3, 0xfffffffe)

# MSX-04
v = good("MSX-04", "entries as programmed", MSIX)
for i in range(3):
    v.fire(MSIX_ADDR, MSIX_DATA + i)
v = good("MSX-04", "written by 8 bytes", MSIX).write(TABLE + 12, [1]).write(
    TABLE, [0xfee07000, 0]).write(TABLE + 8, [0x1234, 0]).read(TABLE + 12)
v.fire(0xfee07000, 0x1234)
v = good("MSX-04", "above 4 GiB", MSIX).write(TABLE + 12, [1]).write(TABLE, [0x7000, 5]).write(
    TABLE + 8, [0x99]).write(TABLE + 12, [0]).read(TABLE).fire(0x500007000, 0x99)
for bit in (0, 5, 8, 15, 16, 31):
    bad("MSX-04", "data bit %d" % bit, MSIX).fire(MSIX_ADDR, (MSIX_DATA + 8) ^ 1 << bit)
for bit in (2, 12, 19):
    bad("MSX-04", "address bit %d" % bit, MSIX).fire(MSIX_ADDR ^ 1 << bit, MSIX_DATA)

# MSX-05
good("MSX-05", "the others", MSIX).write(TABLE + 12, [1]).read(TABLE + 12).fire(
    MSIX_ADDR, MSIX_DATA + 1)
good("MSX-05", "on its way while the mask is", MSIX).write(TABLE + 12, [1]).fire(
    MSIX_ADDR, MSIX_DATA)
good("MSX-05", "unmasked again", MSIX).write(TABLE + 12, [1]).read(TABLE + 12).write(
    TABLE + 12, [0]).fire(MSIX_ADDR, MSIX_DATA)
bad("MSX-05", "never unmasked", MSIX).fire(MSIX_ADDR, MSIX_DATA + 3)
for i in range(3):
    bad("MSX-05", "masked vector %d" % i, MSIX).write(TABLE + 16 * i + 12, [1]).read(
        TABLE).fire(MSIX_ADDR, MSIX_DATA + i)
bad("MSX-05", "function mask", MSIX).wr(0x70, 0xc00f8011).fire(MSIX_ADDR, MSIX_DATA)

# MSX-06
good("MSX-06", "before the write that disables is completed", MSIX).wr(
    0x70, 0x000f8011, answer=False).fire(MSIX_ADDR, MSIX_DATA).wr_answer()
good("MSX-06", "back in D0 by zeros, without a soft reset", MSIX).wr(0x44, 3, be=3).wr(
    0x44, 0, be=3).fire(MSIX_ADDR, MSIX_DATA)
# three tables of 2048 entries: more than the checker keeps
v = good("MSX-06", "the third of three large tables is not judged", LINK)
for _fn in range(3):
    v.config = dict(CONFIG)
    v.config[0x0c] = 0x00800000
    v.config[0x70], v.config[0x78] = 0x07ff8011, 0xa000
    v.rd_all([0, 0x0c, 0x34, 0x40, 0x50, 0x70, 0x80, 0x74, 0x78], fn=_fn, cid=CARD + _fn)
    v.wr(4, 6, be=3, fn=_fn)
    v.wr(0x70, 0x87ff8011, fn=_fn)
v.fire(MSIX_ADDR, MSIX_DATA, rid=CARD + 2)
bad("MSX-06", "disabled", MSIX).wr(0x70, 0x000f8011).fire(MSIX_ADDR, MSIX_DATA)
bad("MSX-06", "disabled long ago", MSIX).wr(0x70, 0x000f8011).wait(9999).fire(
    MSIX_ADDR, MSIX_DATA + 2)
bad("MSX-06", "bus mastering off", MSIX).command(2).fire(MSIX_ADDR, MSIX_DATA)
bad("MSX-06", "never enabled", ENUM).write(TABLE, [MSIX_ADDR]).write(TABLE + 4, [0]).write(
    TABLE + 8, [MSIX_DATA]).write(TABLE + 12, [0]).read(TABLE).fire(MSIX_ADDR, MSIX_DATA)


# MSX-07
def moved(make, name, flush=True):
    v = make("MSX-07", name, MSIX).write(TABLE + 12, [1]).read(TABLE + 12)
    v.write(TABLE, [0xfee08000]).write(TABLE + 8, [0x7777]).write(TABLE + 12, [0])
    return v.read(TABLE + 12) if flush else v


moved(good, "new place").fire(0xfee08000, 0x7777)
moved(good, "old one while the writes are under way", flush=False).fire(MSIX_ADDR, MSIX_DATA)
moved(bad, "old place").fire(MSIX_ADDR, MSIX_DATA)
moved(bad, "old place, a while later").wait(5000).fire(MSIX_ADDR, MSIX_DATA)
moved(bad, "new place, then the old one").fire(0xfee08000, 0x7777).fire(MSIX_ADDR, MSIX_DATA)

# MSX-09
good("MSX-09", "programmed ones fire", MSIX).fire(MSIX_ADDR, MSIX_DATA + 2)
bad("MSX-09", "address 0", MSIX).fire(0, 0)
bad("MSX-09", "address 0, some data", MSIX).fire(0, 0x4024)
v = bad("MSX-09", "what it held at reset", MSIX)
tag = v.next_tag()
v.dn(T.mrd(TABLE + 0x80, 3, tag=tag)).up(T.cpl("CplD", CARD, HOST, tag, bc=12, length=3,
                                               data=[0xfee00000, 0, 0xaa]))
v.fire(0xfee00000, 0xaa)
v = bad("MSX-09", "all ones at reset", MSIX)
tag = v.next_tag()
v.dn(T.mrd(TABLE + 0xf0, 2, tag=tag)).up(T.cpl("CplD", CARD, HOST, tag, bc=8, lower=0x70, length=2,
                                               data=[0xfffffffc, 0]))
v.fire(0xfffffffc, 0)

# INT-01, INT-02, INT-03, INT-05, INT-06
v = good("INT-01", "by turns", ENUM)
for _ in range(3):
    v.up(T.msg(0x20, 4)).up(T.msg(0x24, 4))
bad("INT-01", "two asserts", ENUM).up(T.msg(0x20, 4)).up(T.msg(0x20, 4))
bad("INT-01", "deassert first", ENUM).up(T.msg(0x24, 4))
bad("INT-01", "two deasserts", ENUM).up(T.msg(0x20, 4)).up(T.msg(0x24, 4)).up(T.msg(0x24, 4))
bad("INT-01", "three asserts", ENUM).up(T.msg(0x20, 4)).up(T.msg(0x24, 4)).up(T.msg(0x20, 4)).up(
    T.msg(0x20, 4))
good("INT-02", "not disabled", ENUM).command(0x406).command(6).up(T.msg(0x20, 4))
good("INT-02", "while the write is under way", ENUM).wr(0x04, 0x406, be=3, answer=False).up(
    T.msg(0x20, 4)).wr_answer().up(T.msg(0x24, 4))
bad("INT-02", "disabled", ENUM).command(0x406).up(T.msg(0x20, 4))
bad("INT-02", "disabled alone", ENUM).command(0x400).up(T.msg(0x20, 4))
bad("INT-02", "disabled by a byte write", ENUM).wr(0x04, 0x0400, be=2).up(T.msg(0x20, 4))
v = good("INT-03", "released", ENUM).up(T.msg(0x20, 4)).command(0x406).wait(100).up(T.msg(0x24, 4))
v.time(10000)
good("INT-03", "enabled again", ENUM).up(T.msg(0x20, 4)).command(0x406).command(6).time(10000)
bad("INT-03", "never", ENUM).up(T.msg(0x20, 4)).command(0x406).time(5000)
bad("INT-03", "found out by traffic", ENUM).up(T.msg(0x20, 4)).command(0x406).wait(5000).read(BAR0)
bad("INT-03", "the second time", ENUM).up(T.msg(0x20, 4)).command(0x406).up(T.msg(0x24, 4)).command(
    6).up(T.msg(0x20, 4)).command(0x406).time(5000)
good("INT-05", "as it must be", ENUM).up(T.msg(0x20, 4)).up(T.msg(0x24, 4))
for routing in (0, 1, 2, 3, 5):
    bad("INT-05", "routing %d" % routing, ENUM).up(T.msg(0x20, routing))
for tc in (1, 7):
    bad("INT-05", "TC %d" % tc, ENUM).up(T.msg(0x20, 4, tc=tc))
bad("INT-05", "with data", ENUM).up(T.msg(0x20, 4, data=[0]))
bad("INT-05", "Assert_INTA to the card", ENUM).dn(T.msg(0x20, 4, rid=HOST))
bad("INT-05", "Deassert_INTA to the card", ENUM).dn(T.msg(0x24, 4, rid=HOST))
good("INT-06", "pin A", ENUM).rd(0x3c).up(T.msg(0x20, 4))
for pin in (1, 2, 3):
    bad("INT-06", "pin %s" % "ABCD"[pin], ENUM).up(T.msg(0x20 + pin, 4))
v = bad("INT-06", "no pin at all", LINK)
v.config[0x3c] = 0
v.rd_all([0, 0x3c]).up(T.msg(0x20, 4, rid=CARD))

# the wire of a card with two functions is told once for both
v = two_functions(good, "INT-01", "one wire of two functions").command(0x406)
v.up(T.msg(0x20, 4)).up(T.msg(0x24, 4))
two_functions(bad, "INT-01", "a wire that both functions tell").up(T.msg(0x20, 4)).up(T.msg(0x20, 4))
two_functions(bad, "INT-02", "disabled in both functions").command(0x406).wr(
    0x04, 0x406, be=3, fn=1).up(T.msg(0x20, 4))
v = two_functions(good, "INT-03", "the other function asserts it").up(T.msg(0x20, 4)).command(0x406)
v.time(10000)
two_functions(bad, "INT-03", "disabled in both functions, never released").up(T.msg(0x20, 4)).command(
    0x406).wr(0x04, 0x406, be=3, fn=1).time(5000)

# INT-07
v = good("INT-07", "released by FLR", ENUM).up(T.msg(0x20, 4)).wr(0x88, 0xa830, be=3)
v.up(T.msg(0x24, 4)).time(10000)
good("INT-07", "the link does it", ENUM).up(T.msg(0x20, 4)).side("hot").wait(64).side(
    "link_up").time(10000)
good("INT-07", "released in D3hot", ENUM).up(T.msg(0x20, 4)).wr(0x44, 0x0b, be=3).up(
    T.msg(0x24, 4)).time(10000)
bad("INT-07", "FLR", ENUM).up(T.msg(0x20, 4)).wr(0x88, 0xa830, be=3).time(5000)
bad("INT-07", "D3hot", ENUM).up(T.msg(0x20, 4)).wr(0x44, 0x0b, be=3).time(5000)
bad("INT-07", "asserted again after FLR", ENUM).up(T.msg(0x20, 4)).wr(0x88, 0xa830, be=3).wait(
    100).up(T.msg(0x20, 4)).up(T.msg(0x24, 4)).time(10000)
