# SPDX-License-Identifier: Apache-2.0
"""Vectors: a sequence of TLPs and what the checker must say. See ../README.md."""

import tlp as T
from tlp import CARD, HOST

ALL = {}

# The card of the prologues: BAR0 64-bit, 16 KiB; BAR2 32-bit, 4 KiB; 16 MSI-X
# vectors in BAR0 at 0x2000, pending bits at 0x3000; 32 MSI; PM; FLR; AER; ATS.
BAR0 = 0xc0000000
BAR2 = 0xc0010000
TABLE = BAR0 + 0x2000
DMA = 0x10000000
MSIX_ADDR = 0xfee01000
MSIX_DATA = 0x4021
MSI_ADDR = 0xfee02000
MSI_DATA = 0x4040
CONFIG = {
    0x00: 0x56781234, 0x04: 0x00100000, 0x08: 0x01080201, 0x0c: 0, 0x10: 4, 0x14: 0, 0x18: 0,
    0x1c: 0, 0x20: 0, 0x24: 0, 0x2c: 0x00011234, 0x30: 0, 0x34: 0x40, 0x3c: 0x00000100,
    0x40: 0x00035001, 0x44: 0x00000008,
    0x50: 0x018a7005, 0x54: 0, 0x58: 0, 0x5c: 0, 0x60: 0, 0x64: 0,
    0x70: 0x000f8011, 0x74: 0x2000, 0x78: 0x3000,
    0x80: 0x00020010, 0x84: 0x10008022, 0x88: 0x00002810, 0x8c: 0x00000021, 0x90: 0x00110000,
    0xa4: 0x0000001f, 0xa8: 0,
    0x100: 0x14820001, 0x148: 0x0001000f, 0x14c: 0,
}
SIZES = [(0x10, 0xffffc004), (0x14, 0xffffffff), (0x18, 0xfffff000), (0x1c, 0), (0x20, 0),
         (0x24, 0)]
DEVCTL = 0x2830  # payload 256, reads 512, extended tags off
MS = 250000  # cycles


class V:
    """One vector, or a part that others include."""

    def __init__(self, base=None):
        self.lines = []
        self.t = 100
        self.tag = 0
        self.config = dict(CONFIG)
        if base:
            self.lines.append("include %s.inc" % base.name)
            self.t, self.tag, self.config = base.t, base.tag, dict(base.config)

    def at(self, cycle=None):
        self.t = self.t + 10 if cycle is None else cycle
        return self.t

    def raw(self, line):
        self.lines.append(line)
        return self

    def put(self, mark, data, note=""):
        words = [data[i:i + 4].hex() for i in range(0, len(data), 4)]
        out, i = [], 0
        while i < len(words):
            n = 1
            while i + n < len(words) and words[i + n] == words[i]:
                n += 1
            out += [words[i]] if n == 1 else ["%s*%d" % (words[i], n)]
            i += n
        self.lines.append("%s %d %s%s" % (mark, self.at(), " ".join(out),
                                           "  # " + note if note else ""))
        return self

    def dn(self, data, note="", mark=">"):
        return self.put(mark, data, note)

    def up(self, data, note="", mark="<"):
        return self.put(mark, data, note)

    def wait(self, cycles):
        self.t += cycles
        return self

    def time(self, cycles=0):
        self.t += cycles
        return self.raw("time %d" % self.at())

    def end(self):
        return self.raw("end %d" % self.at())

    def side(self, *levels):
        return self.raw("sideband %d %s" % (self.at(), " ".join(levels)))

    def next_tag(self):
        self.tag = (self.tag + 1) % 32
        return self.tag

    # --- configuration, complete ---
    def rd(self, reg, value=None, fn=0, be=0xf, status=0, target=CARD, cid=None, **kw):
        tag = self.next_tag()
        target = target + fn
        value = self.config.get(reg, 0) if value is None else value
        self.dn(T.cfg("CfgRd0", target, reg, fbe=be, tag=tag), "CfgRd0 0x%03x" % reg)
        cid = target if cid is None else cid
        if status:
            return self.up(T.cpl("Cpl", cid, HOST, tag, status=status, **kw), "status %d" % status)
        return self.up(T.cpl("CplD", cid, HOST, tag, length=1, data=[value], **kw),
                       "= 0x%08x" % value)

    def wr(self, reg, value, fn=0, be=0xf, status=0, target=CARD, answer=True):
        tag = self.next_tag()
        target = target + fn
        mask = sum(0xff << 8 * i for i in range(4) if be >> i & 1)
        self.config[reg] = self.config.get(reg, 0) & ~mask | value & mask
        self.dn(T.cfg("CfgWr0", target, reg, fbe=be, tag=tag, data=value),
                "CfgWr0 0x%03x = 0x%x" % (reg, value))
        self.wr_tag = tag
        if answer:
            self.up(T.cpl("Cpl", target, HOST, tag, status=status))
        return self

    def wr_answer(self, target=CARD):
        return self.up(T.cpl("Cpl", target, HOST, self.wr_tag))

    def command(self, value):
        """Writes the Command register and nothing of Status."""
        return self.wr(0x04, value, be=3)

    def rd_all(self, regs, **kw):
        for reg in regs:
            self.rd(reg, **kw)
        return self

    # --- memory, complete ---
    def read(self, addr, length=1, fbe=0xf, lbe=None, cuts=(), by="host", cid=None, tag=None,
             rid=None, status=0, **kw):
        """A read and its legal completions, cut at the addresses `cuts`."""
        tag = self.next_tag() if tag is None else tag
        lbe = (0xf if length > 1 else 0) if lbe is None else lbe
        host = by == "host"
        rid = (HOST if host else CARD) if rid is None else rid
        cid = (CARD if host else HOST) if cid is None else cid
        ask, answer = (self.dn, self.up) if host else (self.up, self.dn)
        ask(T.mrd(addr, length, fbe=fbe, lbe=lbe, rid=rid, tag=tag, **kw), "MRd 0x%x" % addr)
        if status:
            return answer(T.cpl("Cpl", cid, rid, tag, status=status,
                                bc=T.span(length, fbe, lbe)[1]), "status %d" % status)
        kw.pop("long", None)
        for bc, lower, dws in T.pieces(addr, length, fbe, lbe, cuts):
            answer(T.cpl("CplD", cid, rid, tag, bc=bc, lower=lower, length=dws, **kw))
        return self

    def write(self, addr, data, **kw):
        return self.dn(T.mwr(addr, len(data), data=data, **kw), "MWr 0x%x" % addr)

    def dma_write(self, addr=DMA, length=1, **kw):
        kw.setdefault("rid", CARD)
        return self.up(T.mwr(addr, length, **kw), "MWr 0x%x" % addr)

    def dma_read(self, addr=DMA, length=1, **kw):
        return self.read(addr, length, by="card", **kw)

    def fire(self, addr, data, **kw):
        return self.dma_write(addr, 1, data=[data], **kw)


def add(rule, kind, name, vector, expect):
    ALL.setdefault(rule, []).append((kind, name, vector, expect))


def good(rule, name, base=None):
    """A passing vector: the rule's edge, nothing is broken."""
    vector = V(base)
    add(rule, "pass", name, vector, "none")
    return vector


def bad(rule, name, base=None):
    """A mutant: exactly this rule is broken."""
    vector = V(base)
    add(rule, "mutant", name, vector, rule)
    return vector


def include(name, base=None):
    vector = V(base)
    vector.name = name
    INCLUDES.append(vector)
    return vector


INCLUDES = []

LINK = include("link").side("link_up").wait(50)

FOUND = include("found", LINK)
FOUND.rd_all([0x00, 0x08, 0x0c, 0x04, 0x2c, 0x3c, 0x34, 0x40, 0x50, 0x70, 0x80, 0x44, 0x74, 0x78,
              0x84, 0x88, 0x8c, 0x90, 0xa4, 0xa8, 0x100, 0x148, 0x14c])
for _reg, _probe in SIZES:
    FOUND.rd(_reg).wr(_reg, 0xffffffff).rd(_reg, _probe).wr(_reg, CONFIG[_reg])

ENUM = include("enum", FOUND)
ENUM.wr(0x10, BAR0).wr(0x14, 0).wr(0x18, BAR2)
ENUM.config[0x10] = BAR0 | 4
ENUM.wr(0x88, DEVCTL, be=3).command(6)

MSIX = include("msix", ENUM)
MSIX.wr(0x70, 0xc00f8011)
for _i in range(4):
    MSIX.write(TABLE + 16 * _i, [MSIX_ADDR]).write(TABLE + 16 * _i + 4, [0])
    MSIX.write(TABLE + 16 * _i + 8, [MSIX_DATA + _i])
for _i in range(3):
    MSIX.write(TABLE + 16 * _i + 12, [0])
MSIX.wr(0x70, 0x800f8011).read(TABLE + 12)

MSI = include("msi", ENUM)
MSI.wr(0x54, MSI_ADDR).wr(0x58, 0).wr(0x5c, MSI_DATA).wr(0x60, 0).wr(0x50, 0x01ab7005)


def two_functions(make, rule, name):
    """A card of two functions, of which each learns its number by a write of its own."""
    v = make(rule, name, LINK)
    v.config[0x0c] = 0x00800000
    v.rd_all([0, 0x0c, 0x3c]).command(6)
    v.rd_all([0, 0x0c, 0x3c], fn=1, cid=1)
    return v.wr(0x04, 6, be=3, fn=1).rd(0x3c, fn=1)


def text_of(vector):
    return "".join("\t%s\n" % line for line in vector.lines)
