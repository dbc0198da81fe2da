# SPDX-License-Identifier: Apache-2.0
"""LEN, BE."""

import tlp as T
from base import (BAR0, CARD, DMA, ENUM, HOST, MSI, MSIX, MSIX_ADDR, MSIX_DATA, MSI_ADDR,
                  MSI_DATA, bad, good)

# LEN-01
v = good("LEN-01", "payload as long as Length", ENUM).wr(0x88, 0x2850, be=3)
for n in (1, 2, 3, 31, 32, 33, 63, 64, 127, 128):
    v.dma_write(DMA, n).write(BAR0, list(range(n)))
for n in (1, 2, 3, 16, 63, 64):
    bad("LEN-01", "Length %d with one more" % n, ENUM).up(T.mwr(DMA, n, rid=CARD, data=n + 1))
    if n > 1:
        bad("LEN-01", "Length %d with one less" % n, ENUM).up(T.mwr(DMA, n, rid=CARD, data=n - 1))
    bad("LEN-01", "host write, Length %d with one more" % n, ENUM).dn(T.mwr(BAR0, n, data=n + 1))
    bad("LEN-01", "CplD, Length %d with one more" % n, ENUM).dn(T.mrd(BAR0, n, tag=3)).up(
        T.cpl("CplD", CARD, HOST, 3, bc=4 * n, length=n, data=n + 1))
bad("LEN-01", "Length 0 with 4 DW", ENUM).up(T.mwr(DMA, 4, rid=CARD, field=0))
bad("LEN-01", "Length 64 with two less", ENUM).up(T.mwr(DMA, 64, rid=CARD, data=62))

# LEN-02: payload 256 in the prologue
good("LEN-02", "256 bytes", ENUM).dma_write(DMA, 64).write(BAR0, list(range(64)))
good("LEN-02", "512 bytes when allowed", ENUM).wr(0x88, 0x2850, be=3).dma_write(DMA, 128)
good("LEN-02", "512 bytes while the write that allows them is under way", ENUM).wr(
    0x88, 0x2850, be=3, answer=False).dma_write(DMA, 128).wr_answer()
bad("LEN-02", "260 bytes", ENUM).dma_write(DMA, 65)
bad("LEN-02", "512 bytes", ENUM).dma_write(DMA, 128)
bad("LEN-02", "4096 bytes", ENUM).dma_write(DMA, 1024)
bad("LEN-02", "132 bytes at 128", ENUM).wr(0x88, 0x2810, be=3).dma_write(DMA, 33)
bad("LEN-02", "516 bytes at 512", ENUM).wr(0x88, 0x2850, be=3).dma_write(DMA, 129)
bad("LEN-02", "host writes 260 bytes", ENUM).write(BAR0, list(range(65)))
bad("LEN-02", "message with 260 bytes", ENUM).up(T.msg(0x7f, 2, data=list(range(65))))

# LEN-03: reads 512 in the prologue
good("LEN-03", "512 bytes", ENUM).read(DMA, 128, by="card", cuts=(DMA + 256,))
good("LEN-03", "the host has no such limit", ENUM).read(BAR0, 256, cuts=(
    BAR0 + 256, BAR0 + 512, BAR0 + 768))
for n, control in ((129, 0x2830), (256, 0x2830), (33, 0x0830), (65, 0x1830), (257, 0x3830)):
    v = bad("LEN-03", "%d DW with Device Control %04x" % (n, control), ENUM).wr(0x88, control, be=3)
    v.read(DMA, n, by="card", cuts=range(DMA + 128, DMA + 4 * n, 128))

# LEN-04
v = good("LEN-04", "to the end of a page", ENUM).dma_write(DMA + 0xffc).dma_write(DMA + 0xff8, 2)
v.read(DMA + 0xe00, 128, by="card", cuts=(DMA + 0xf00,)).dma_write((1 << 32) + 0xf00, 64)
v.read(BAR0 + 0xff8, 2).write(BAR0 + 0xffc, [1])
bad("LEN-04", "MWr ffc length 2", ENUM).dma_write(DMA + 0xffc, 2)
bad("LEN-04", "MWr f04 length 64", ENUM).dma_write(DMA + 0xf04, 64)
bad("LEN-04", "MRd ffc length 2", ENUM).up(T.mrd(DMA + 0xffc, 2, rid=CARD, tag=2))
v = bad("LEN-04", "MRd ffc length 2 is served", ENUM).up(T.mrd(DMA + 0xffc, 2, rid=CARD, tag=2))
v.dn(T.cpl("CplD", HOST, CARD, 2, bc=8, lower=0x7c, length=1))
v.dn(T.cpl("CplD", HOST, CARD, 2, bc=4, lower=0, length=1)).dma_read(tag=2)
bad("LEN-04", "MRd 800 length 513", ENUM).wr(0x88, 0x5830, be=3).up(
    T.mrd(DMA + 0x800, 513, rid=CARD, tag=2))
bad("LEN-04", "64-bit MWr ffc length 2", ENUM).dma_write((5 << 32) + 0xffc, 2)
bad("LEN-04", "host MRd ffc length 2", ENUM).dn(T.mrd(BAR0 + 0xffc, 2, tag=2))
bad("LEN-04", "page 0xffffe", ENUM).dma_write(0xffffeffc, 2)
for off in range(0xf80, 0x1000, 16):
    bad("LEN-04", "MRd %03x length 33" % off, ENUM).up(T.mrd(DMA + off, 33, rid=CARD, tag=2))

# LEN-05
good("LEN-05", "Length 1", ENUM).rd(0).command(6).dn(T.memory("IORd", 0x100, tag=3)).up(
    T.cpl("Cpl", CARD, HOST, 3, status=1))
for field in (0, 2, 3, 1023):
    bad("LEN-05", "CfgRd0 with Length %d" % field, ENUM).dn(
        T.cfg("CfgRd0", CARD, 0, tag=3, field=field))
    bad("LEN-05", "IORd with Length %d" % field, ENUM).dn(
        T.memory("IORd", 0x100, tag=3, field=field))
bad("LEN-05", "CfgWr0 with 2 DW", ENUM).dn(T.cfg("CfgWr0", CARD, 0x10, tag=3, data=1, length=2))
bad("LEN-05", "IOWr with 2 DW", ENUM).dn(T.memory("IOWr", 0x100, 2, lbe=0, tag=3))
bad("LEN-05", "IORd of the card with Length 2", ENUM).up(
    T.memory("IORd", 0x100, rid=CARD, tag=3, field=2))

# BE-01 to BE-07: all pairs, lengths 1 to 4, both alignments, by the words of the rules
TOP = (0x8, 0xc, 0xe, 0xf)
BOTTOM = (0x1, 0x3, 0x7, 0xf)


def broken(length, aligned, fbe, lbe):
    if length == 1:
        return "BE-01" if lbe else None
    if not fbe:
        return "BE-02"
    if not lbe:
        return "BE-03"
    if length == 2:
        return None if aligned or (fbe in TOP and lbe in BOTTOM) else "BE-06"
    if fbe not in TOP:
        return "BE-04"
    return None if lbe in BOTTOM else "BE-05"


for rule in ("BE-01", "BE-02", "BE-03", "BE-04", "BE-05", "BE-06", "BE-07"):
    v = good(rule, "all legal pairs", ENUM)
    for length in (1, 2, 3, 4):
        for off in (0, 4):
            for fbe in range(16):
                for lbe in range(16):
                    if broken(length, not off, fbe, lbe):
                        continue
                    holes = (length == 1 and fbe in (5, 9, 10, 11, 13)) or length == 2
                    if holes == (rule == "BE-07"):
                        v.dma_write(DMA + off, length, fbe=fbe, lbe=lbe)
                        v.write(BAR0 + off, list(range(length)), fbe=fbe, lbe=lbe)
for length in (1, 2, 3, 4):
    for off in (0, 4):
        for fbe in range(16):
            for lbe in range(16):
                rule = broken(length, not off, fbe, lbe)
                # a quarter of the table: writes and reads, both directions
                if not rule or (fbe + 3 * lbe + length + off // 4) % 4:
                    continue
                name = "%%s length %d offset %d first %x last %x" % (length, off, fbe, lbe)
                bad(rule, name % "MWr", ENUM).dma_write(DMA + off, length, fbe=fbe, lbe=lbe)
                bad(rule, name % "MRd", ENUM).up(
                    T.mrd(DMA + off, length, fbe=fbe, lbe=lbe, rid=CARD, tag=2))
                bad(rule, name % "host", ENUM).dn(
                    T.mwr(BAR0 + off, length, fbe=fbe, lbe=lbe))
bad("BE-01", "IORd with last BE", ENUM).dn(T.memory("IORd", 0x100, lbe=1, tag=3))

# BE-08
v = good("BE-08", "flush", ENUM).read(BAR0 + 0x10, fbe=0).read(DMA + 4, fbe=0, by="card")
v.read(BAR0 + 0x7c, fbe=0)
for name, args in (("Byte Count 0", dict(bc=0, lower=0x10, length=1)),
                   ("Byte Count 4", dict(bc=4, lower=0x10, length=1)),
                   ("Lower Address 11", dict(bc=1, lower=0x11, length=1)),
                   ("Lower Address 00", dict(bc=1, lower=0, length=1)),
                   ("2 DW", dict(bc=1, lower=0x10, length=2))):
    bad("BE-08", name, ENUM).dn(T.mrd(BAR0 + 0x10, fbe=0, tag=3)).up(
        T.cpl("CplD", CARD, HOST, 3, **args))
bad("BE-08", "host answers a flush with Byte Count 4", ENUM).up(
    T.mrd(DMA, fbe=0, rid=CARD, tag=3)).dn(T.cpl("CplD", HOST, CARD, 3, bc=4, length=1))

# BE-13
good("BE-13", "MSI-X message", MSIX).fire(MSIX_ADDR, MSIX_DATA)
good("BE-13", "MSI message", MSI).fire(MSI_ADDR, MSI_DATA)
for be in range(15):
    bad("BE-13", "MSI-X first BE %x" % be, MSIX).fire(MSIX_ADDR, MSIX_DATA, fbe=be)
    bad("BE-13", "MSI first BE %x" % be, MSI).fire(MSI_ADDR, MSI_DATA, fbe=be)
