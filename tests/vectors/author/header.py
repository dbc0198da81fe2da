# SPDX-License-Identifier: Apache-2.0
"""HDR, MSG, ATT, ATS, PSN, TAG."""

import tlp as T
from base import (BAR0, BAR2, CARD, DMA, ENUM, HOST, LINK, bad, good)

ROUTED = {0x20: 4, 0x24: 4, 0x30: 0, 0x31: 0, 0x33: 0, 0x18: 0, 0x1b: 5, 0x14: 4, 0x19: 3,
          0x00: 3, 0x50: 4, 0x7f: 2, 0x10: 4}

# HDR-01, HDR-02: all 256 first bytes
DEFINED = ([0x00, 0x20, 0x01, 0x21, 0x40, 0x60, 0x02, 0x42, 0x04, 0x44, 0x05, 0x45, 0x0a, 0x4a,
            0x0b, 0x4b, 0x4c, 0x6c, 0x4d, 0x6d, 0x4e, 0x6e] +
           [0x30 + r for r in range(6)] + [0x70 + r for r in range(6)])
PREFIXES = [0x80, 0x8e, 0x8f, 0x90, 0x91, 0x9e, 0x9f]
good("HDR-01", "formats 0 to 3", ENUM).read(BAR0).write(BAR2, [1]).dma_write().dma_write(1 << 32)
for first in range(256):
    plain = T.mwr(DMA, 1, rid=CARD)
    if first >> 5 > 4:
        bad("HDR-01", "first byte %02x" % first, ENUM).up(bytes([first]) + plain[1:])
    elif first not in DEFINED and first not in PREFIXES:
        bad("HDR-02", "first byte %02x" % first, ENUM).up(bytes([first]) + plain[1:])
for bit in (0x20, 0x40, 0x80):
    for name, tlp in (("CfgRd0", T.cfg("CfgRd0", CARD, 0, tag=30)), ("IORd", T.memory("IORd", 0))):
        first = tlp[0] ^ bit
        if first >> 5 <= 4 and first not in DEFINED and first not in PREFIXES:
            bad("HDR-02", "to the card %s with format bit %02x" % (name, bit), ENUM).dn(
                bytes([first]) + tlp[1:])
bad("HDR-01", "format 5 to the card", ENUM).dn(bytes([0xa0]) + T.mwr(BAR2, 1)[1:])
v = good("HDR-02", "every kind that a card may send", ENUM)
v.dma_write(DMA).dma_write(1 << 32).read(DMA, by="card").up(T.msg(0x20, 4)).up(T.msg(0x24, 4))
v.up(T.msg(0x7f, 0)).up(T.msg(0x7f, 2)).up(T.msg(0x7f, 3)).up(T.msg(0x7f, 0, data=[1]))
v.read(BAR0).read(BAR0, status=4)

# HDR-03: sizes that not even a header explains
v = good("HDR-03", "sizes as they must be", ENUM)
v.dma_write(DMA, 1).dma_write(DMA, 64).dma_write(1 << 32, 64).write(BAR2, [1, 2])
for cut in (4, 8):
    bad("HDR-03", "MWr of %d bytes" % cut, ENUM).up(T.mwr(DMA, 1, rid=CARD)[:cut])
bad("HDR-03", "4 DW header without its last DW", ENUM).up(T.mrd(1 << 32, rid=CARD)[:12])
bad("HDR-03", "MWr without any payload", ENUM).up(T.mwr(DMA, 4, rid=CARD)[:12])
bad("HDR-03", "MWr of 4 bytes and one more", ENUM).up(T.mwr(DMA, 1, rid=CARD) + b"\0")
bad("HDR-03", "MWr with half a DW", ENUM).up(T.mwr(DMA, 2, rid=CARD)[:-2])
bad("HDR-03", "larger than anything", ENUM).up(T.mwr(DMA, 64, rid=CARD) + bytes(4 * 1024))
bad("HDR-03", "CplD without its data", ENUM).dn(T.mrd(BAR0, tag=9)).up(
    T.cpl("CplD", CARD, HOST, 9, length=1)[:12])
bad("HDR-03", "CfgWr0 without its data", ENUM).dn(T.cfg("CfgWr0", CARD, 4, tag=3, data=6)[:12])
bad("HDR-03", "Msg with 3 DW", ENUM).up(T.msg(0x20, 4)[:12])

# HDR-04
v = good("HDR-04", "no payload where none may be", ENUM).read(BAR0, status=4).up(T.msg(0x20, 4))
v.command(6)
bad("HDR-04", "Cpl with a payload", ENUM).dn(T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=7, data=9)).up(
    T.cpl("Cpl", CARD, HOST, 7) + bytes(4))
bad("HDR-04", "Length 1 in a Cpl", ENUM).dn(T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=7, data=9)).up(
    T.cpl("Cpl", CARD, HOST, 7, field=1))
bad("HDR-04", "Length 64 in a Cpl", ENUM).dn(T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=7, data=9)).up(
    T.cpl("Cpl", CARD, HOST, 7, field=64))
bad("HDR-04", "MRd with a payload", ENUM).up(T.mrd(DMA, 1, rid=CARD, tag=1) + bytes(4))
bad("HDR-04", "MRd with 4 DW", ENUM).up(T.mrd(DMA, 4, rid=CARD, tag=1) + bytes(16))
bad("HDR-04", "Length 1 in a Msg", ENUM).up(T.msg(0x20, 4, length=1))
bad("HDR-04", "CfgRd0 with a payload", ENUM).dn(T.cfg("CfgRd0", CARD, 0, tag=5) + bytes(4))

# HDR-05
good("HDR-05", "the host configures the card", ENUM).rd(0).command(6)
for kind in ("CfgRd0", "CfgWr0", "CfgRd1", "CfgWr1"):
    bad("HDR-05", "%s from the card" % kind, ENUM).up(T.cfg(kind, 0, 0, rid=CARD, tag=4))
for kind in ("CfgRd0", "CfgWr0", "CfgRd1", "CfgWr1"):
    bad("HDR-05", "%s is answered with UR" % kind, ENUM).up(T.cfg(kind, 0, 4, rid=CARD, tag=4)).dn(
        T.cpl("Cpl", HOST, CARD, 4, status=1)).rd(0).time(30000)
bad("HDR-05", "CfgRd0 from a card that was just found", LINK).up(T.cfg("CfgRd0", 0, 0, rid=0))

# HDR-09
good("HDR-09", "TC 0", ENUM).dma_write().read(DMA, by="card").read(BAR0).write(BAR2, [1])
for tc in range(1, 8):
    bad("HDR-09", "MWr with TC %d" % tc, ENUM).dma_write(tc=tc)
    bad("HDR-09", "MRd with TC %d" % tc, ENUM).up(T.mrd(DMA, rid=CARD, tag=2, tc=tc))
    bad("HDR-09", "MRd with TC %d is answered with UR" % tc, ENUM).up(
        T.mrd(DMA, rid=CARD, tag=2, tc=tc)).dn(T.cpl("Cpl", HOST, CARD, 2, status=1, tc=tc))
    bad("HDR-09", "MRd of the host with TC %d" % tc, ENUM).dn(T.mrd(BAR0, tag=2, tc=tc))
    bad("HDR-09", "IOWr of the host with TC %d" % tc, ENUM).dn(T.memory("IOWr", 0x100, tag=2, tc=tc))
    bad("HDR-09", "message with TC %d" % tc, ENUM).up(T.msg(0x7f, 2, tc=tc))
    bad("HDR-09", "FetchAdd with TC %d" % tc, ENUM).up(
        T.memory("FetchAdd", DMA, 1, rid=CARD, tag=2, tc=tc))

# HDR-10
digest = T.mwr(DMA, 4, rid=CARD, td=1)
plain = T.mwr(DMA, 4, rid=CARD)
read = T.mrd(DMA, 4, rid=CARD, tag=1, td=1)
good("HDR-10", "TD and a digest", ENUM).up(digest + T.ecrc(digest))
bad("HDR-10", "TD without a digest", ENUM).up(digest)
bad("HDR-10", "a digest without TD", ENUM).up(plain + T.ecrc(plain))
bad("HDR-10", "MRd with TD without a digest", ENUM).up(read)
bad("HDR-10", "MRd with a digest without TD", ENUM).up(
    T.mrd(DMA, 4, rid=CARD, tag=1) + T.ecrc(T.mrd(DMA, 4, rid=CARD, tag=1)))
bad("HDR-10", "host MWr with TD without a digest", ENUM).dn(T.mwr(BAR2, 2, td=1))

# MSG
v = good("MSG-01", "codes that are defined", ENUM).command(0x0106)
for code in (0x20, 0x24, 0x30, 0x31, 0x33, 0x18, 0x1b, 0x10, 0x7f):
    if code != 0x30:
        v.up(T.msg(code, ROUTED[code]))
for code in (0x19, 0x50, 0x00, 0x7f, 0x41, 0x48):
    v.dn(T.msg(code, 3 if code in (0x19, 0) else 4, rid=HOST, data=[1] if code == 0x50 else None))
KNOWN = [0x00, 0x01, 0x02, 0x04, 0x05, 0x10, 0x12, 0x14, 0x18, 0x19, 0x1b, 0x30, 0x31, 0x33, 0x40,
         0x41, 0x43, 0x44, 0x45, 0x47, 0x48, 0x50, 0x52, 0x53, 0x7f] + list(range(0x20, 0x28))
for code in range(256):
    if code not in KNOWN:
        bad("MSG-01", "code %02x" % code, ENUM).up(T.msg(code, 4))
bad("MSG-01", "code 99 from the host", ENUM).dn(T.msg(0x99, 4, rid=HOST))
good("MSG-02", "messages of a card", ENUM).up(T.msg(0x18, 0)).up(T.msg(0x1b, 5))
good("MSG-02", "messages of the host", ENUM).dn(T.msg(0x19, 3, rid=HOST)).dn(T.msg(0, 3, rid=HOST))
bad("MSG-02", "Unlock", ENUM).up(T.msg(0x00, 3))
bad("MSG-02", "PME_Turn_Off", ENUM).up(T.msg(0x19, 3))
bad("MSG-02", "Set_Slot_Power_Limit", ENUM).up(T.msg(0x50, 4, data=[1]))
v = good("MSG-03", "errors as they must be", ENUM).wr(0x88, 0x2837, be=3)
v.up(T.msg(0x30, 0)).up(T.msg(0x31, 0)).up(T.msg(0x33, 0))
for code in (0x30, 0x31, 0x33):
    bad("MSG-03", "%02x by local routing" % code, ENUM).wr(0x88, 0x2837, be=3).up(T.msg(code, 4))
    bad("MSG-03", "%02x with data" % code, ENUM).wr(0x88, 0x2837, be=3).up(
        T.msg(code, 0, data=[1]))
    bad("MSG-03", "%02x with TC 1" % code, ENUM).wr(0x88, 0x2837, be=3).up(T.msg(code, 0, tc=1))
    bad("MSG-03", "%02x of another bus" % code, ENUM).wr(0x88, 0x2837, be=3).up(
        T.msg(code, 0, rid=0x0200))
    bad("MSG-03", "%02x of function 3" % code, ENUM).wr(0x88, 0x2837, be=3).up(
        T.msg(code, 0, rid=CARD + 3))

# ATT
v = good("ATT-04", "attributes where they may be", ENUM).dma_write(attr=3)
v.read(DMA, by="card", attr=1).up(T.msg(0x20, 4)).up(T.msg(0x7f, 2, attr=1))
for attr in (1, 2, 4, 3):
    bad("ATT-04", "INTx with attributes %d" % attr, ENUM).up(T.msg(0x20, 4, attr=attr))
    bad("ATT-04", "PM_PME with attributes %d" % attr, ENUM).up(T.msg(0x18, 0, attr=attr))
    bad("ATT-04", "ERR_COR with attributes %d" % attr, ENUM).up(T.msg(0x30, 0, attr=attr))
    bad("ATT-04", "IORd with attributes %d" % attr, ENUM).dn(
        T.memory("IORd", 0x1000, tag=3, attr=attr))
    bad("ATT-04", "PME_Turn_Off with attributes %d" % attr, ENUM).dn(
        T.msg(0x19, 3, rid=HOST, attr=attr))

# ATS
good("ATS-01", "AT 0", ENUM).dma_write().read(DMA, by="card")
good("ATS-01", "translation request while ATS is enabled", ENUM).wr(0x14c, 0x80000000).up(
    T.mrd(DMA, 2, rid=CARD, tag=3, at=1)).dn(T.cpl("CplD", HOST, CARD, 3, bc=8, length=2))
bad("ATS-01", "translation request, ATS off", ENUM).up(T.mrd(DMA, 2, rid=CARD, tag=3, at=1))
bad("ATS-01", "translation request, ATS off, answered with UR", ENUM).up(
    T.mrd(DMA, 2, rid=CARD, tag=3, at=1)).dn(T.cpl("Cpl", HOST, CARD, 3, status=1, bc=8))
bad("ATS-01", "write with AT 1, ATS off", ENUM).dma_write(at=1)
bad("ATS-01", "64-bit request, ATS off", ENUM).up(T.mrd(1 << 33, 2, rid=CARD, tag=3, at=1))
bad("ATS-01", "after ATS was switched off", ENUM).wr(0x14c, 0x80000000).wr(0x14c, 0).up(
    T.mrd(DMA, 2, rid=CARD, tag=3, at=1))
good("ATS-02", "AT 0", ENUM).dma_write(0xfffff000)
bad("ATS-02", "translated read", ENUM).up(T.mrd(DMA, 1, rid=CARD, tag=3, at=2))
bad("ATS-02", "translated read, answered with UR", ENUM).up(
    T.mrd(DMA, 1, rid=CARD, tag=3, at=2)).dn(T.cpl("Cpl", HOST, CARD, 3, status=1))
bad("ATS-02", "translated write", ENUM).dma_write(at=2)
bad("ATS-02", "translated write of a physical address", ENUM).dma_write(0x100000000, at=2)
bad("ATS-02", "translated read while ATS is enabled", ENUM).wr(0x14c, 0x80000000).up(
    T.mrd(DMA, 1, rid=CARD, tag=3, at=2))

# PSN
good("PSN-03", "data that is not poisoned", ENUM).read(BAR0).read(BAR0, 4)
for length in (1, 2, 16):
    v = bad("PSN-03", "poisoned read of %d DW" % length, ENUM).dn(T.mrd(BAR0, length, tag=4))
    v.up(T.cpl("CplD", CARD, HOST, 4, bc=4 * length, length=length, ep=1))
bad("PSN-03", "poisoned configuration read", ENUM).dn(T.cfg("CfgRd0", CARD, 0x3c, tag=4)).up(
    T.cpl("CplD", CARD, HOST, 4, length=1, ep=1))
good("PSN-05", "writes that are not poisoned", ENUM).dma_write().dma_write(1 << 32, 16)
bad("PSN-05", "poisoned write of a DW", ENUM).dma_write(ep=1)
bad("PSN-05", "poisoned write of 256 bytes", ENUM).dma_write(DMA, 64, ep=1)
bad("PSN-05", "poisoned 64-bit write", ENUM).dma_write(1 << 32, 2, ep=1)

# TAG
v = good("TAG-01", "a tag again after its completion", ENUM).read(DMA, by="card", tag=3)
v.read(DMA, by="card", tag=3).read(BAR0, tag=7).read(BAR0, tag=7)
v = good("TAG-01", "the same tag in both directions", ENUM).dn(T.mrd(BAR0, tag=3))
v.up(T.mrd(DMA, rid=CARD, tag=3)).up(T.cpl("CplD", CARD, HOST, 3, length=1))
v.dn(T.cpl("CplD", HOST, CARD, 3, length=1))
for name, second in (("MRd", T.mrd(DMA + 64, rid=CARD, tag=3)),
                     ("MRd64", T.mrd(1 << 32, rid=CARD, tag=3)),
                     ("FetchAdd", T.memory("FetchAdd", DMA, 1, rid=CARD, tag=3))):
    bad("TAG-01", "%s with a live tag" % name, ENUM).up(T.mrd(DMA, rid=CARD, tag=3)).up(second)
bad("TAG-01", "host reads with a live tag", ENUM).dn(T.mrd(BAR0, tag=3)).dn(T.mrd(BAR2, tag=3))
bad("TAG-01", "host CfgRd0 with a live tag", ENUM).dn(T.mrd(BAR0, tag=3)).dn(
    T.cfg("CfgRd0", CARD, 0, tag=3))
v = bad("TAG-01", "half of the data has come", ENUM).up(T.mrd(DMA, 32, rid=CARD, tag=3))
v.dn(T.cpl("CplD", HOST, CARD, 3, bc=128, length=16)).up(T.mrd(DMA, 32, rid=CARD, tag=3))
v = good("TAG-02", "tags 0 to 31", ENUM)
for tag in (0, 1, 31):
    v.read(DMA, by="card", tag=tag)
v = good("TAG-02", "tag 255 with extended tags", ENUM).wr(0x88, 0x2930, be=3)
v.read(DMA, by="card", tag=255).read(DMA, by="card", tag=32)
for tag in (32, 33, 128, 255):
    bad("TAG-02", "tag %d" % tag, ENUM).read(DMA, by="card", tag=tag)
bad("TAG-02", "tag 32 after extended tags were switched off", ENUM).wr(0x88, 0x2930, be=3).wr(
    0x88, 0x2830, be=3).read(DMA, by="card", tag=32)
v = good("TAG-04", "10-bit tag comes back whole", ENUM).dn(T.mrd(BAR0, tag=0x305)).up(
    T.cpl("CplD", CARD, HOST, 0x305, length=1))
for sent, back in ((0x305, 0x005), (0x105, 0x005), (0x205, 0x005), (0x305, 0x105), (0x305, 0x205)):
    bad("TAG-04", "%03x comes back as %03x" % (sent, back), ENUM).dn(T.mrd(BAR0, tag=sent)).up(
        T.cpl("CplD", CARD, HOST, back, length=1))
v = good("TAG-07", "a thousand posted writes with one tag", ENUM)
for i in range(1000):
    v.dma_write(DMA + 4 * i, tag=5)
v.read(DMA, by="card", tag=5)
v = good("TAG-07", "posted tag equals a live one", ENUM).up(T.mrd(DMA, rid=CARD, tag=5))
v.dma_write(tag=5).dma_write(tag=5).dn(T.cpl("CplD", HOST, CARD, 5, length=1))
v = good("TAG-08", "a tag again after the reset and its late completion", ENUM)
v.up(T.mrd(DMA, rid=CARD, tag=6)).wr(0x88, 0xa830, be=3).dn(T.cpl("CplD", HOST, CARD, 6, length=1))
v.command(4).read(DMA, by="card", tag=6)
v = good("TAG-08", "late completions of a read that begins and ends inside of a dword", ENUM)
v.up(T.mrd(DMA + 0x4c, 30, fbe=8, lbe=1, rid=CARD, tag=6)).wr(0x88, 0xa830, be=3)
for _bc, _lower, _dws in T.pieces(DMA + 0x4c, 30, 8, 1, (DMA + 0x80, DMA + 0xc0)):
    v.dn(T.cpl("CplD", HOST, CARD, 6, bc=_bc, lower=_lower, length=_dws))
v = bad("TAG-08", "reuse after FLR before the late completion", ENUM)
v.up(T.mrd(DMA, rid=CARD, tag=6)).wr(0x88, 0xa830, be=3).command(4)
v.up(T.mrd(DMA, rid=CARD, tag=6))
v = bad("TAG-08", "host completes a read made before hot reset", ENUM)
v.up(T.mrd(DMA, rid=CARD, tag=6)).side("hot").wait(64).side("link_up")
v.dn(T.cpl("CplD", HOST, CARD, 6, length=1))
v = bad("TAG-08", "card answers a read made before hot reset", ENUM)
v.dn(T.mrd(BAR0, tag=20)).side("hot").wait(64).side("link_up")
v.up(T.cpl("CplD", CARD, HOST, 20, length=1))
v = bad("TAG-08", "card answers a write to configuration made before the link went down", ENUM)
v.dn(T.cfg("CfgWr0", CARD, 4, tag=20, data=6)).side().wait(64).side("link_up")
v.up(T.cpl("Cpl", CARD, HOST, 20))
