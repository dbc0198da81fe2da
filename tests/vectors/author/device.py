# SPDX-License-Identifier: Apache-2.0
"""ERR-01, ERR-02, ERR-04, ERR-05, PM-01, PM-03."""

import tlp as T
from base import (BAR0, BAR2, CARD, DMA, ENUM, HOST, bad, good)

# ERR-01
v = good("ERR-01", "UR outside, data inside", ENUM).read(BAR2 + 0x8000, status=1).read(BAR2)
v.read(1 << 33, 2, status=1)
for name, addr in (("beyond BAR2", BAR2 + 0x8000), ("64-bit address", 1 << 33), ("low memory", 0x1000),
                   ("below BAR0", BAR0 - 0x10000)):
    bad("ERR-01", name, ENUM).read(addr)

# ERR-02
v = good("ERR-02", "UR", ENUM)
for tag, tlp in enumerate((T.memory("IORd", 0x100, tag=20), T.memory("IOWr", 0x100, tag=21),
                           T.memory("FetchAdd", BAR0, 1, tag=22))):
    v.dn(tlp).up(T.cpl("Cpl", CARD, HOST, 20 + tag, status=1))
v.dn(T.memory("MRdLk", BAR0, tag=24)).up(T.cpl("CplLk", CARD, HOST, 24, status=1))
bad("ERR-02", "IORd", ENUM).dn(T.memory("IORd", 0x100, tag=20)).up(
    T.cpl("CplD", CARD, HOST, 20, length=1))
bad("ERR-02", "IOWr", ENUM).dn(T.memory("IOWr", 0x100, tag=20)).up(T.cpl("Cpl", CARD, HOST, 20))
bad("ERR-02", "MRdLk", ENUM).dn(T.memory("MRdLk", BAR0, tag=20)).up(
    T.cpl("CplDLk", CARD, HOST, 20, length=1))
for kind, n in (("FetchAdd", 1), ("Swap", 2), ("CAS", 2)):
    size = 4 if kind == "CAS" else 4 * n
    bad("ERR-02", kind, ENUM).dn(T.memory(kind, BAR0, n, tag=20)).up(
        T.cpl("CplD", CARD, HOST, 20, bc=size, length=size // 4))

# ERR-04
UR = 0x00080000
v = good("ERR-04", "set by UR, cleared by 1", ENUM).read(0x1000, status=1).rd(0x88, UR | 0x2830)
v.wr(0x88, UR, be=0xc).rd(0x88, 0x2830)
good("ERR-04", "cleared before it was read", ENUM).read(0x1000, status=1).wr(
    0x88, UR, be=0xc).rd(0x88, 0x2830)
good("ERR-04", "a new error behind the clear", ENUM).rd(0x88, UR | 0x2830).wr(
    0x88, UR, be=0xc).read(0x1000, status=1).rd(0x88, UR | 0x2830)
NONFATAL = 0x00020000
FATAL = 0x00040000
v = good("ERR-04", "a configuration request got UR behind the clear", ENUM).rd(0x88, UR | 0x2830).wr(
    0x88, UR, be=0xc).rd(0, fn=1, status=1, cid=CARD)
v.rd(0x88, UR | 0x2830)
v = good("ERR-04", "got UR while the clear was on the way", ENUM).rd(0x88, UR | 0x2830)
v.wr(0x88, UR, be=0xc, answer=False).dn(T.mrd(0x1000, tag=20)).up(T.cpl("Cpl", CARD, HOST, 20, status=1))
v.wr_answer().rd(0x88, UR | 0x2830)
v = good("ERR-04", "a malformed TLP behind the clear", ENUM).rd(0x88, FATAL | 0x2830).wr(
    0x88, FATAL, be=0xc)
v.dn(T.mwr(BAR0, 2, lbe=0), mark=">!").rd(0x88, FATAL | 0x2830)
v = good("ERR-04", "no header behind the clear", ENUM).rd(0x88, FATAL | 0x2830).wr(0x88, FATAL, be=0xc)
v.dn(bytes([0xff] * 12), mark=">!").rd(0x88, FATAL | 0x2830)
v = good("ERR-04", "the card may have given up on a read of its own", ENUM)
v.up(T.mrd(DMA, tag=9, rid=CARD)).rd(0x88, NONFATAL | 0x2830).wr(0x88, NONFATAL, be=0xc)
v.rd(0x88, NONFATAL | 0x2830).dn(T.cpl("CplD", HOST, CARD, 9, length=1))
v = good("ERR-04", "the card has told of a new error", ENUM).wr(0x88, 0x2837, be=3).rd(
    0x88, NONFATAL | 0x2837).wr(0x88, NONFATAL, be=0xc)
v.up(T.msg(0x31, 0)).rd(0x88, NONFATAL | 0x2837)
good("ERR-04", "Command was written after a new error", ENUM).rd(0x88, UR | 0x2830).wr(
    0x88, UR, be=0xc).read(0x1000, status=1).command(6).rd(0x88, UR | 0x2830)
bad("ERR-04", "not set by UR for a read", ENUM).read(0x1000, status=1).rd(0x88, 0x2830)
bad("ERR-04", "not set by UR for IORd", ENUM).dn(T.memory("IORd", 0x100, tag=20)).up(
    T.cpl("Cpl", CARD, HOST, 20, status=1)).rd(0x88, 0x2830)
bad("ERR-04", "not set the second time", ENUM).read(0x1000, status=1).rd(0x88, UR | 0x2830).wr(
    0x88, UR, be=0xc).read(0x2000, status=1).rd(0x88, 0x2830)
for bit in (16, 17, 18, 19):
    bad("ERR-04", "bit %d is not cleared by 1" % bit, ENUM).rd(0x88, 1 << bit | 0x2830).wr(
        0x88, 1 << bit, be=0xc).rd(0x88, 1 << bit | 0x2830)

# ERR-05: enables in Device Control bits 0 to 2, SERR# in Command bit 8
CODE = {0: 0x30, 1: 0x31, 2: 0x33}
for enables in range(8):
    for serr in (0, 0x100):
        for kind, code in CODE.items():
            allowed = enables >> kind & 1 or (serr and kind)
            make = good if allowed else bad
            make("ERR-05", "code %02x with enables %d SERR %x" % (code, enables, serr >> 8),
                 ENUM).command(6 | serr).wr(0x88, 0x2830 | enables, be=3).up(T.msg(code, 0))
bad("ERR-05", "after the enables were cleared", ENUM).wr(0x88, 0x2837, be=3).wr(
    0x88, 0x2830, be=3).up(T.msg(0x33, 0))

# PM-01, PM-03
good("PM-01", "UR in D3hot, data in D0", ENUM).wr(0x44, 0x0b, be=3).read(BAR0, status=1).rd(0).wr(
    0x44, 8, be=3).read(BAR0)
for off in (0, 8, 0x3ffc):
    bad("PM-01", "BAR0 + %x in D3hot" % off, ENUM).wr(0x44, 0x0b, be=3).read(BAR0 + off)
bad("PM-01", "BAR2 in D3hot", ENUM).wr(0x44, 0x0b, be=3).read(BAR2)
v = good("PM-03", "ignored", ENUM).wr(0x44, 9, be=3).rd(0x44, 8).wr(0x44, 0x0a, be=3).rd(0x44, 8)
v.read(BAR0).dma_write()
bad("PM-03", "D1", ENUM).wr(0x44, 9, be=3).rd(0x44, 9)
bad("PM-03", "D2", ENUM).wr(0x44, 0x0a, be=3).rd(0x44, 0x0a)
bad("PM-03", "D1 without a write", ENUM).rd(0x44, 9)
bad("PM-03", "D2 from D3hot", ENUM).wr(0x44, 0x0b, be=3).wr(0x44, 0x0a, be=3).rd(0x44, 0x0a)
