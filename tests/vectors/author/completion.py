# SPDX-License-Identifier: Apache-2.0
"""CPL, RCB, CTO, ERR-07, ERR-11, TAG-05."""

import tlp as T
from base import (BAR0, CARD, DMA, ENUM, HOST, LINK, bad, good, two_functions)


def asked(make, rule, name, length=1, addr=BAR0, base=ENUM, **kw):
    """A host read with tag 30, whose completion the caller writes."""
    return make(rule, name, base).dn(T.mrd(addr, length, tag=30, **kw))


def answer(v, **kw):
    kw.setdefault("kind", "CplD")
    kw.setdefault("cid", CARD)
    return v.up(T.cpl(kw.pop("kind"), kw.pop("cid"), HOST, kw.pop("tag", 30), **kw))


def card_asked(make, rule, name, length=1, addr=DMA, **kw):
    return make(rule, name, ENUM).up(T.mrd(addr, length, rid=CARD, tag=30, **kw))


def host_answer(v, **kw):
    return v.dn(T.cpl(kw.pop("kind", "CplD"), HOST, CARD, 30, **kw))


# CPL-01
good("CPL-01", "everything is answered", ENUM).read(BAR0).rd(0).read(DMA, by="card").end()
good("CPL-01", "posted requests are not", ENUM).dma_write().write(BAR0, [1]).end()
good("CPL-01", "the link goes down first", ENUM).dn(T.mrd(BAR0, tag=30)).side().end()
asked(bad, "CPL-01", "read without an answer").end()
bad("CPL-01", "configuration read without an answer", ENUM).dn(
    T.cfg("CfgRd0", CARD, 0, tag=30)).end()
card_asked(bad, "CPL-01", "host does not answer").end()
answer(bad("CPL-01", "MWr is answered", ENUM).write(BAR0, [1], tag=30), kind="Cpl")
answer(bad("CPL-01", "MWr is answered with data", ENUM).write(BAR0, [1], tag=30), length=1)
bad("CPL-01", "host answers a MWr", ENUM).dma_write(tag=30).dn(T.cpl("Cpl", HOST, CARD, 30))
bad("CPL-01", "host answers a message", ENUM).up(T.msg(0x7f, 2, tag=30)).dn(
    T.cpl("Cpl", HOST, CARD, 30))

# CPL-02
good("CPL-02", "matching completions", ENUM).read(BAR0).read(DMA, 4, by="card")
answer(bad("CPL-02", "CplD of nothing", ENUM), length=1, tag=130)
answer(bad("CPL-02", "Cpl of nothing", ENUM), kind="Cpl", tag=200)
bad("CPL-02", "host completes nothing", ENUM).dn(T.cpl("CplD", HOST, CARD, 130, length=1))
answer(bad("CPL-02", "before anything was asked", LINK), length=1)
for tag in (131, 160, 194):
    v = bad("CPL-02", "another tag, %d" % tag, ENUM).read(BAR0, tag=29)
    answer(v, length=1, tag=tag)

# CPL-03
good("CPL-03", "CplD for reads, Cpl for writes", ENUM).read(BAR0).command(6).rd(0)
answer(asked(bad, "CPL-03", "Cpl for MRd"), kind="Cpl")
bad("CPL-03", "CplD for CfgWr0", ENUM).dn(T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=30, data=1)).up(
    T.cpl("CplD", CARD, HOST, 30, length=1))
bad("CPL-03", "Cpl for CfgRd0", ENUM).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).up(
    T.cpl("Cpl", CARD, HOST, 30))
bad("CPL-03", "Cpl for FetchAdd", ENUM).up(T.memory("FetchAdd", DMA, 1, rid=CARD, tag=30)).dn(
    T.cpl("Cpl", HOST, CARD, 30))
bad("CPL-03", "host answers MRd with Cpl", ENUM).up(T.mrd(DMA, rid=CARD, tag=30)).dn(
    T.cpl("Cpl", HOST, CARD, 30))
answer(asked(bad, "CPL-03", "CplDLk for MRd"), kind="CplDLk", length=1)

# CPL-04
good("CPL-04", "errors without data", ENUM).read(BAR0, status=4).read(DMA, by="card", status=1)
for status in (1, 4):
    answer(asked(bad, "CPL-04", "status %d with data" % status), status=status, length=1)
    answer(asked(bad, "CPL-04", "status %d with 4 DW" % status, 4), status=status, length=4, bc=16)
    bad("CPL-04", "configuration, status %d with data" % status, ENUM).dn(
        T.cfg("CfgRd0", CARD + 1, 0, tag=30)).up(
        T.cpl("CplD", CARD + 1, HOST, 30, status=status, length=1))
bad("CPL-04", "retry status with data", LINK).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).up(
    T.cpl("CplD", CARD, HOST, 30, status=2, length=1))

# CPL-05
good("CPL-05", "defined status", ENUM).read(BAR0, status=4).read(BAR0)
good("CPL-05", "retry status", LINK).rd(0, status=2).rd(0)
for status in (3, 5, 6, 7):
    answer(asked(bad, "CPL-05", "status %d" % status), kind="Cpl", status=status)
    host_answer(card_asked(bad, "CPL-05", "host, status %d" % status), kind="Cpl", status=status)
    bad("CPL-05", "configuration, status %d" % status, LINK).dn(
        T.cfg("CfgRd0", CARD, 0, tag=30)).up(T.cpl("Cpl", CARD, HOST, 30, status=status))

# CPL-06
good("CPL-06", "retry of a configuration request", LINK).rd(0, status=2).rd(0)
answer(asked(bad, "CPL-06", "MRd"), kind="Cpl", status=2)
answer(asked(bad, "CPL-06", "MRd of 16 DW", 16), kind="Cpl", status=2, bc=64)
bad("CPL-06", "IORd", ENUM).dn(T.memory("IORd", 0x100, tag=30)).up(
    T.cpl("Cpl", CARD, HOST, 30, status=2))
host_answer(card_asked(bad, "CPL-06", "host"), kind="Cpl", status=2)

# CPL-07
v = asked(good, "CPL-07", "attributes of the request", attr=3)
answer(v, length=1, attr=3)
answer(asked(good, "CPL-07", "IDO may differ"), length=1, attr=4)
for attr in (1, 2, 3):
    answer(asked(bad, "CPL-07", "attributes %d" % attr), length=1, attr=attr)
    answer(asked(bad, "CPL-07", "attributes 0 instead of %d" % attr, attr=attr), length=1)
    host_answer(card_asked(bad, "CPL-07", "host, attributes %d" % attr), length=1, attr=attr)
for tc in range(1, 8):
    answer(asked(bad, "CPL-07", "TC %d" % tc), length=1, tc=tc)

# CPL-08
good("CPL-08", "own identifier", ENUM).read(BAR0).rd(0)
good("CPL-08", "0 before the first write", LINK).rd(0, cid=0).rd(8, cid=0)
answer(asked(bad, "CPL-08", "another bus"), cid=0x0200, length=1)
answer(asked(bad, "CPL-08", "another device"), cid=0x0108, length=1)
answer(asked(bad, "CPL-08", "another function"), cid=0x0101, length=1)
answer(asked(bad, "CPL-08", "0 after it was set"), cid=0, length=1)
bad("CPL-08", "configuration", ENUM).rd(0, cid=0x0300)
bad("CPL-08", "configuration, another function", ENUM).rd(0, cid=0x0104)

# CPL-10, CPL-13, CPL-15: every pair of byte enables that is legal
v = good("CPL-10", "all byte enables, lengths 1 to 16", ENUM)
TOP, BOTTOM = (0x8, 0xc, 0xe, 0xf), (0x1, 0x3, 0x7, 0xf)
for length in list(range(1, 17)):
    for fbe in range(16) if length == 1 else TOP:
        for lbe in (0,) if length == 1 else BOTTOM:
            v.read(BAR0, length, fbe=fbe, lbe=lbe)
            v.read(DMA, length, fbe=fbe, lbe=lbe, by="card")
for fbe in range(1, 16):
    for lbe in range(1, 16):
        v.read(BAR0 + 8, 2, fbe=fbe, lbe=lbe)
for length, fbe, lbe in ((1, 0xf, 0), (1, 0x6, 0), (2, 0xf, 0xf), (3, 0x8, 0x1), (16, 0xf, 0xf),
                         (16, 0xc, 0x3), (64, 0xe, 0x7)):
    first, count = T.span(length, fbe, lbe)
    for wrong in sorted({count - 1, count + 1, count + 4, 4 * length} - {count}):
        if wrong <= 0:
            continue
        v = asked(bad, "CPL-10", "length %d BE %x/%x Byte Count %d" % (length, fbe, lbe, wrong),
                  length, fbe=fbe, lbe=lbe)
        answer(v, bc=wrong, lower=first, length=length)
host_answer(card_asked(bad, "CPL-10", "host, Byte Count 8 for 4"), bc=8, length=1)
host_answer(card_asked(bad, "CPL-10", "host, Byte Count of the part", 32), bc=64, length=16)

# CPL-11
v = good("CPL-11", "falling Byte Count", ENUM).read(BAR0, 96, cuts=(BAR0 + 128, BAR0 + 256))
v.read(DMA + 4, 60, by="card", cuts=(DMA + 64, DMA + 128, DMA + 192))
for wrong in (384, 260, 252, 128 + 4, 300):
    v = asked(bad, "CPL-11", "second says %d of 256" % wrong, 96)
    answer(v, bc=384, length=32)
    answer(v, bc=wrong, length=32)
    answer(v, bc=128, length=32)
v = card_asked(bad, "CPL-11", "host repeats the first", 32)
host_answer(v, bc=128, length=16)
host_answer(v, bc=128, lower=64, length=16)

# CPL-13
v = good("CPL-13", "all offsets in 128 bytes", ENUM)
for off in range(0, 128, 4):
    for fbe in (0xf, 0xe, 0xc, 0x8):
        v.read(BAR0 + off, 1, fbe=fbe)
for off in (0, 1, 3, 4, 60, 64, 100, 124, 127):
    for wrong in (1, 4, 64):
        be = 0xf << (off & 3) & 0xf
        v = asked(bad, "CPL-13", "offset %d wrong by %d" % (off, wrong), addr=BAR0 + off // 4 * 4,
                  fbe=be)
        answer(v, bc=4 - off % 4, lower=off ^ wrong, length=1)
v = asked(bad, "CPL-13", "second part repeats the first one's", 40, addr=BAR0 + 96)
answer(v, bc=160, lower=96, length=8)
answer(v, bc=128, lower=96, length=32)
host_answer(card_asked(bad, "CPL-13", "host", addr=DMA + 0x44), lower=0x40, length=1)

# CPL-14
good("CPL-14", "Byte Count 4, Lower Address 0", ENUM).rd(0x3c).command(6)
good("CPL-14", "operand size", ENUM).up(T.memory("FetchAdd", DMA, 2, rid=CARD, tag=30)).dn(
    T.cpl("CplD", HOST, CARD, 30, bc=8, length=2))
bad("CPL-14", "CfgRd0 with Byte Count 1", ENUM).rd(0x3c, bc=1)
bad("CPL-14", "CfgRd0 with Byte Count 4096", ENUM).rd(0x3c, bc=0)
bad("CPL-14", "CfgRd0 with Lower Address 3c", ENUM).rd(0x3c, lower=0x3c)
bad("CPL-14", "CfgRd0 of a byte with Lower Address 1", ENUM).rd(0x3c, be=2, lower=1)
bad("CPL-14", "CfgWr0 with Byte Count 0", ENUM).dn(
    T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=30, data=1)).up(T.cpl("Cpl", CARD, HOST, 30, bc=0))
bad("CPL-14", "FetchAdd of 8 with Byte Count 4", ENUM).up(
    T.memory("FetchAdd", DMA, 2, rid=CARD, tag=30)).dn(
    T.cpl("CplD", HOST, CARD, 30, bc=4, length=2))

# CPL-15
good("CPL-15", "smallest cover", ENUM).read(BAR0, fbe=6).read(BAR0, 2, fbe=8, lbe=1).read(BAR0, 16)
answer(asked(bad, "CPL-15", "2 DW for 4 bytes"), length=2)
answer(asked(bad, "CPL-15", "2 DW for a byte", fbe=1), bc=1, length=2)
answer(asked(bad, "CPL-15", "3 DW for two bytes in 2 DW", 2, fbe=8, lbe=1), bc=2, lower=3, length=3)
answer(asked(bad, "CPL-15", "17 DW for 16", 16), bc=64, length=17)
bad("CPL-15", "CfgRd0 with 2 DW", ENUM).dn(T.cfg("CfgRd0", CARD, 0x3c, tag=30)).up(
    T.cpl("CplD", CARD, HOST, 30, length=2))
host_answer(card_asked(bad, "CPL-15", "host", 4), bc=16, length=5)

# CPL-16
good("CPL-16", "exactly what was asked", ENUM).read(BAR0, 48, cuts=(BAR0 + 128,)).read(BAR0)
v = asked(bad, "CPL-16", "one more behind the last")
answer(answer(v, length=1), length=1)
v = asked(bad, "CPL-16", "one more behind the last of two", 64)
answer(answer(answer(v, bc=256, length=32), bc=128, length=32), bc=128, length=32)
v = asked(bad, "CPL-16", "last one too long", 48)
answer(answer(v, bc=192, length=32), bc=64, length=17)
v = asked(bad, "CPL-16", "last one twice as long", 48)
answer(answer(v, bc=192, length=32), bc=64, length=32)
v = bad("CPL-16", "configuration answered twice", ENUM).rd(0x3c)
v.up(T.cpl("CplD", CARD, HOST, v.tag, length=1))
v = card_asked(bad, "CPL-16", "host answers twice")
host_answer(host_answer(v, length=1), length=1)

v = two_functions(bad, "CPL-16", "host answers twice, another function has the same tag open")
v.up(T.mrd(DMA, rid=CARD, tag=5)).up(T.mrd(DMA, rid=CARD + 1, tag=5))
for rid in (CARD, CARD, CARD + 1):
    v.dn(T.cpl("CplD", HOST, rid, 5, length=1))

# CPL-17
good("CPL-17", "an error is the end", ENUM).read(BAR0, status=4).read(BAR0)
v = asked(bad, "CPL-17", "CA then data")
answer(answer(v, kind="Cpl", status=4), length=1)
v = asked(bad, "CPL-17", "two CA")
answer(answer(v, kind="Cpl", status=4), kind="Cpl", status=4)
v = asked(bad, "CPL-17", "CA in the middle, then the rest", 64)
answer(answer(answer(v, bc=256, length=32), kind="Cpl", status=4, bc=128), bc=128, length=32)
v = bad("CPL-17", "retry status then data", LINK).rd(0, status=2)
v.up(T.cpl("CplD", CARD, HOST, v.tag, length=1))

# CPL-18: payload 256
v = good("CPL-18", "256 bytes", ENUM).read(BAR0, 128, cuts=(BAR0 + 256,))
answer(asked(bad, "CPL-18", "512 bytes", 128), bc=512, length=128)
answer(asked(bad, "CPL-18", "260 bytes", 65), bc=260, length=65)
answer(asked(bad, "CPL-18", "4096 bytes", 1024), bc=0, length=1024)
host_answer(card_asked(bad, "CPL-18", "host, 512 bytes", 128), bc=512, length=128)
v = bad("CPL-18", "132 bytes at 128", ENUM).wr(0x88, 0x2810, be=3).dn(T.mrd(BAR0, 33, tag=30))
answer(v, bc=132, length=33)

# CPL-19
good("CPL-19", "rising addresses", ENUM).read(BAR0, 64, cuts=(BAR0 + 128,))
for n in (2, 3, 4):
    parts = T.pieces(BAR0, 32 * n, 0xf, 0xf, [BAR0 + 128 * i for i in range(1, n)])
    v = asked(bad, "CPL-19", "%d parts backwards" % n, 32 * n)
    for bc, lower, dws in reversed(parts):
        answer(v, bc=bc, lower=lower, length=dws)
v = card_asked(bad, "CPL-19", "host swaps two parts", 32)
host_answer(host_answer(v, bc=64, lower=64, length=16), bc=128, length=16)
v = card_asked(bad, "CPL-19", "host swaps the last two of three", 48)
host_answer(v, bc=192, length=16)
host_answer(host_answer(v, bc=64, lower=0, length=16), bc=128, lower=64, length=16)

# CPL-20
v = good("CPL-20", "four reads interleaved", ENUM)
reads = [(tag, T.pieces(BAR0, 96, 0xf, 0xf, (BAR0 + 128, BAR0 + 256))) for tag in (1, 2, 3, 4)]
for tag, _ in reads:
    v.dn(T.mrd(BAR0, 96, tag=tag))
for i in range(3):
    for tag, parts in reads if i % 2 else reversed(reads):
        bc, lower, dws = parts[i]
        v.up(T.cpl("CplD", CARD, HOST, tag, bc=bc, lower=lower, length=dws))
v.end()

# CPL-22
good("CPL-22", "IORd is answered with UR", ENUM).dn(T.memory("IORd", 0x100, tag=30)).up(
    T.cpl("Cpl", CARD, HOST, 30, status=1)).end()
for name, tlp in (("IORd", T.memory("IORd", 0x100, tag=30)),
                  ("IOWr", T.memory("IOWr", 0x100, tag=30)),
                  ("MRdLk", T.memory("MRdLk", BAR0, tag=30)),
                  ("CAS", T.memory("CAS", BAR0, 2, tag=30)),
                  ("CfgRd1", T.cfg("CfgRd1", 0x0200, 0, tag=30))):
    bad("CPL-22", "%s is dropped" % name, ENUM).dn(tlp).time(21000)
    bad("CPL-22", "%s is dropped until the end" % name, ENUM).dn(tlp).end()

# RCB
v = good("RCB-01", "one completion", ENUM).read(BAR0, 16).read(BAR0 + 64, 16).read(BAR0, 32)
v.read(DMA, 16, by="card").read(DMA + 0x20, 8, by="card")
for at, n, cut in ((0, 16, 32), (0, 16, 60), (0, 32, 4), (64, 16, 100), (0x40, 8, 0x44)):
    v = asked(bad, "RCB-01", "%d DW at %d cut at %d" % (n, at, cut), n, addr=BAR0 + at)
    for bc, lower, dws in T.pieces(BAR0 + at, n, 0xf, 0xf, (BAR0 + cut,)):
        answer(v, bc=bc, lower=lower, length=dws)
v = card_asked(bad, "RCB-01", "host cuts 64 bytes in two", 16)
host_answer(host_answer(v, bc=64, length=8), bc=32, lower=32, length=8)


def cut_read(rule, name, off, n, cuts, by="host", option=None, make=bad):
    v = make(rule, name, ENUM)
    if option:
        v.raw("option " + option)
    return v.read((BAR0 if by == "host" else DMA) + off, n, by=by,
                  cuts=[(BAR0 if by == "host" else DMA) + c for c in cuts])


cut_read("RCB-02", "at a boundary", 0, 64, (128,), make=good)
cut_read("RCB-02", "at a boundary, host", 4, 31, (64,), by="card", make=good)
for end in (4, 60, 100, 124, 132, 188):
    cut_read("RCB-02", "ends at %d" % end, 0, 64, (end,))
cut_read("RCB-02", "host ends at 60", 0, 32, (60,), by="card")
cut_read("RCB-02", "host ends at 100 of 96 to 160", 96, 16, (100,), by="card")
cut_read("RCB-03", "middle at boundaries", 0, 96, (128, 256), make=good)
cut_read("RCB-03", "middle at boundaries, host", 0, 48, (64, 128), by="card", make=good)
for end in (132, 200, 252):
    cut_read("RCB-03", "middle ends at %d" % end, 0, 96, (128, end))
cut_read("RCB-03", "host, middle ends at 100", 0, 48, (64, 100), by="card")
cut_read("RCB-04", "to the end", 0, 72, (128, 256), make=good).end()
cut_read("RCB-04", "stops 4 bytes early", 0, 64, (128, 252))
cut_read("RCB-04", "stops 16 bytes early", 0, 80, (128, 256, 304))
cut_read("RCB-04", "host stops early", 0, 32, (64, 124), by="card")
v = asked(bad, "RCB-04", "the last one never comes", 64)
answer(v, bc=256, length=32).end()
v = card_asked(bad, "RCB-04", "host never sends the last one", 32)
host_answer(v, bc=128, length=16).end()
cut_read("RCB-05", "cut at 128", 0, 64, (128,), make=good)
cut_read("RCB-05", "64 bytes up to 128", 64, 32, (128,), make=good)
cut_read("RCB-05", "128 bytes cut at 64", 0, 32, (64,))
cut_read("RCB-05", "256 bytes cut at 64", 0, 64, (64,))
cut_read("RCB-05", "cut at 192", 128, 64, (192,))
cut_read("RCB-05", "second at 192", 0, 64, (128, 192))
cut_read("RCB-06", "64 when 64 is the boundary", 0, 32, (64,), by="card", make=good)
cut_read("RCB-06", "128 when 128 is", 0, 64, (128,), by="card", option="rcb 128", make=good)
cut_read("RCB-06", "64 when 128 is", 0, 32, (64,), by="card", option="rcb 128")
cut_read("RCB-06", "192 when 128 is", 128, 64, (192,), by="card", option="rcb 128")
cut_read("RCB-06", "second at 192", 0, 64, (128, 192), by="card", option="rcb 128")
v = bad("RCB-06", "Link Control says 128", ENUM).rd(0x90).wr(0x90, 0x8, be=3)
v.read(DMA, 32, by="card", cuts=(DMA + 64,))

# CTO-01, CTO-03, CTO-06, TAG-05
v = asked(good, "CTO-01", "just in time").wait(19900)
answer(v, length=1)
good("CTO-01", "posted requests have no time", ENUM).write(BAR0, [1]).time(30000)
asked(bad, "CTO-01", "MRd").time(20001)
asked(bad, "CTO-01", "MRd of 64 DW", 64).time(25000)
bad("CTO-01", "CfgRd0", ENUM).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).time(20001)
bad("CTO-01", "CfgWr0", ENUM).dn(T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=30, data=1)).time(20001)
v = bad("CTO-01", "CfgWr0 that may have been done", ENUM).command(2).wr(4, 6, be=3, answer=False)
v.time(20001).dma_write().rd(4, 0x00100006)
v = bad("CTO-01", "CfgWr0 that cleared a status bit", ENUM).rd(4, 0x20100006)
v.wr(4, 0x20000000, be=0xc, answer=False).time(20001).rd(4, 0x00100006)
v = bad("CPL-07", "TC 1 in the answer to CfgWr0, which was done", ENUM).command(2).wr(4, 6, be=3, answer=False)
v.up(T.cpl("Cpl", CARD, HOST, v.wr_tag, tc=1)).dma_write()
v = bad("HDR-04", "Length 1 in the answer to CfgWr0, which was done", ENUM).command(2)
v.wr(4, 6, be=3, answer=False).up(T.cpl("Cpl", CARD, HOST, v.wr_tag, field=1)).dma_write()
card_asked(bad, "CTO-01", "the host does not answer").time(20001)
v = asked(bad, "CTO-01", "found out by the next TLP").wait(20001).dma_write()


def lost(make, rule, name, card=False):
    """A request whose completion a fault injection takes away; it expires."""
    v = make(rule, name, ENUM)
    if card:
        v.up(T.mrd(DMA, rid=CARD, tag=30), mark="<!")
    else:
        v.dn(T.mrd(BAR0, tag=30), mark=">!")
    return v.time(20001)


lost(good, "CTO-03", "it never comes").read(BAR0, tag=29)
for wait in (100, 5000, 19000):
    answer(lost(bad, "CTO-03", "comes %d cycles late" % wait).wait(wait), length=1)
answer(lost(bad, "CTO-03", "UR comes late"), kind="Cpl", status=1)
host_answer(lost(bad, "CTO-03", "host is late", card=True), length=1)
answer(lost(bad, "CTO-03", "comes long after the quarantine").wait(50000), length=1)
lost(good, "TAG-05", "again after the quarantine").wait(20001).read(BAR0, tag=30)
lost(good, "TAG-05", "other tags meanwhile").read(BAR0, tag=29).read(BAR0, tag=28)
for wait in (0, 5000, 19000):
    lost(bad, "TAG-05", "host takes it again after %d cycles" % wait).wait(wait).read(BAR0, tag=30)
    lost(bad, "TAG-05", "card takes it again after %d cycles" % wait, card=True).wait(wait).read(
        DMA, by="card", tag=30)
v = asked(good, "CTO-06", "slow but whole", 64)
answer(v, bc=256, length=32).wait(19000)
answer(v, bc=128, length=32)
for n, parts in ((64, 1), (96, 2), (96, 1)):
    v = asked(bad, "CTO-06", "%d of %d DW" % (32 * parts, n), n)
    for i in range(parts):
        answer(v, bc=4 * n - 128 * i, length=32)
    v.time(20001)
v = card_asked(bad, "CTO-06", "host sends the first half", 32)
host_answer(v, bc=128, length=16).time(20001)

# ERR-07, ERR-11
MALFORMED = [("length across a page", T.mrd(BAR0 + 0xffc, 2, tag=30)),
             ("last BE of one DW", T.mrd(BAR0, 1, lbe=1, tag=30)),
             ("TC 3", T.mrd(BAR0, 1, tc=3, tag=30)),
             ("CfgRd0 with Length 2", T.cfg("CfgRd0", CARD, 0, tag=30, field=2))]
v = good("ERR-07", "dropped", ENUM)
for name, tlp in MALFORMED:
    v.dn(tlp, mark=">!").wait(30000)
v.read(BAR0).end()
for name, tlp in MALFORMED:
    answer(bad("ERR-07", "%s is answered" % name, ENUM).dn(tlp, mark=">!"), length=1)
    answer(bad("ERR-07", "%s is answered with UR" % name, ENUM).dn(tlp, mark=">!"), kind="Cpl",
           status=1)
    good("ERR-11", "served after %s" % name, ENUM).dn(tlp, mark=">!").read(BAR0).end()
    bad("ERR-11", "silent after %s" % name, ENUM).dn(tlp, mark=">!").dn(
        T.mrd(BAR0, tag=29)).time(20001)
bad("ERR-11", "silent after a poisoned write", ENUM).dn(T.mwr(BAR0, 1, ep=1), mark=">!").dn(
    T.mrd(BAR0, tag=29)).time(20001)
