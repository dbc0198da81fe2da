# SPDX-License-Identifier: Apache-2.0
"""Scoreboards: ORD, FC."""

import tlp as T
from base import (BAR0, CARD, DMA, ENUM, FOUND, HOST, LINK, MSIX, MSIX_ADDR, MSIX_DATA, bad, good,
                  include)


def sent(v, mark, *tlps):
    for tlp in tlps:
        v.raw("sent %s %s" % (mark, tlp.hex(" ", 4)))
    return v


def passed(make, rule, name, first, second, mark="<", base=ENUM, ask=None):
    """`first` went in before `second` and came out behind it; `ask`: made before."""
    v = make(rule, name, base).raw("option order")
    # what the prologue did was not fed: it is, in order, as it came out
    for i, line in enumerate(v.lines):
        if line.startswith("include"):
            v.lines[i] = line.replace(".inc", "-sent.inc")
    if ask:
        sent(v, ask[0], ask[1]).put(ask[0], ask[1])
    sent(v, mark, first, second)
    return v.put(mark, second).put(mark, first)


def fed(base):
    """A copy of a prologue in which each TLP is also fed to the scoreboard."""
    copy = include(base.name + "-sent")
    for line in base.lines:
        if line.startswith("include"):
            copy.raw(line.replace(".inc", "-sent.inc"))
            continue
        word = line.split()
        if word[0] in "<>":
            copy.raw("sent %s %s" % (word[0], line.split("#")[0].split(None, 2)[2].strip()))
        copy.raw(line)
    copy.t, copy.tag, copy.config = base.t, base.tag, base.config


for part in (LINK, FOUND, ENUM, MSIX):
    fed(part)

W1, W2 = T.mwr(DMA, 1, rid=CARD, data=[1]), T.mwr(DMA, 1, rid=CARD, data=[2])
RELAXED = T.mwr(DMA + 64, 1, rid=CARD, attr=2, data=[3])
R1 = T.mrd(DMA, 1, rid=CARD, tag=9)
D1, D2 = T.mwr(BAR0, 1, data=[1]), T.mwr(BAR0 + 8, 1, data=[2])
A = ("<", R1)
passed(good, "ORD-01", "Relaxed Ordering may pass", W1, RELAXED)
passed(bad, "ORD-01", "two writes of the card", W1, W2)
passed(bad, "ORD-01", "two writes of the host", D1, D2, ">")
passed(bad, "ORD-01", "strict passes relaxed", RELAXED, W2)
passed(bad, "ORD-01", "message passes write", W1, T.msg(0x20, 4))
passed(good, "ORD-02", "write passes read", R1, W1)
v = good("ORD-02", "in order", ENUM).raw("option order")
v.lines[0] = "include enum-sent.inc"
sent(v, ">", D1, T.mrd(BAR0, tag=20)).dn(D1).dn(T.mrd(BAR0, tag=20))
passed(bad, "ORD-02", "host read passes write", D1, T.mrd(BAR0, tag=20), ">")
passed(bad, "ORD-02", "card read passes write", W1, R1)
passed(bad, "ORD-02", "relaxed read passes write", W1, T.mrd(DMA, 1, rid=CARD, tag=9, attr=2))
passed(good, "ORD-03", "write passes CfgWr0", T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=20, data=1), D1,
       ">")
passed(bad, "ORD-03", "CfgWr0 passes write", D1,
       T.cfg("CfgWr0", CARD, 0x3c, fbe=1, tag=20, data=1), ">")
passed(bad, "ORD-03", "IOWr passes write", D1, T.memory("IOWr", 0x100, tag=20), ">")
passed(bad, "ORD-03", "FetchAdd passes write", W1, T.memory("FetchAdd", DMA, 1, rid=CARD, tag=9))
ASK = (">", T.mrd(BAR0, 1, tag=20))
passed(good, "ORD-04", "write passes completion", T.cpl("CplD", CARD, HOST, 20, length=1), W1, ask=ASK)
passed(good, "ORD-04", "relaxed completion passes", W1,
       T.cpl("CplD", CARD, HOST, 20, length=1, attr=2), ask=(">", T.mrd(BAR0, 1, tag=20, attr=2)))
passed(bad, "ORD-04", "CplD passes DMA write", W1, T.cpl("CplD", CARD, HOST, 20, length=1), ask=ASK)
passed(bad, "ORD-04", "CplD passes message", T.msg(0x20, 4),
       T.cpl("CplD", CARD, HOST, 20, length=1), ask=ASK)
passed(bad, "ORD-04", "host CplD passes write", D1, T.cpl("CplD", HOST, CARD, 9, length=1), ">",
       ask=A)
v = good("ORD-07", "completions of two reads", ENUM).raw("option order")
v.lines[0] = "include enum-sent.inc"
one, two = T.mrd(BAR0, tag=20), T.mrd(BAR0, tag=21)
sent(v, ">", one, two).dn(one).dn(two)
C1, C2 = T.cpl("CplD", CARD, HOST, 20, length=1), T.cpl("CplD", CARD, HOST, 21, length=1)
sent(v, "<", C1, C2).up(C2).up(C1)
for n in (1, 4, 6):
    # one tag, used twice: the answer of the second read comes out before that of the first
    v = bad("ORD-07", "answers to the same tag, %d DW" % n, ENUM).raw("option order")
    v.lines[0] = "include enum-sent.inc"
    ask = T.mrd(BAR0, n, tag=20)
    answers = [T.cpl("CplD", CARD, HOST, 20, bc=4 * n, length=n, data=[x] * n) for x in (1, 2)]
    sent(v, ">", ask).dn(ask)
    sent(v, "<", *answers).up(answers[1])
    sent(v, ">", ask).dn(ask).up(answers[0])

MESSAGE = T.mwr(MSIX_ADDR, 1, rid=CARD, data=[MSIX_DATA])
passed(good, "ORD-10", "relaxed write passes message", MESSAGE, RELAXED, base=MSIX)
v = good("ORD-10", "data, then message", MSIX).raw("option order")
v.lines[0] = "include msix-sent.inc"
sent(v, "<", W1, MESSAGE).up(W1).up(MESSAGE)
passed(bad, "ORD-10", "message passes data", W1, MESSAGE, base=MSIX)
passed(bad, "ORD-10", "message passes a block", T.mwr(DMA, 64, rid=CARD), MESSAGE, base=MSIX)
passed(bad, "ORD-10", "message passes relaxed data", RELAXED, MESSAGE, base=MSIX)
passed(bad, "ORD-10", "message passes message", T.mwr(MSIX_ADDR, 1, rid=CARD, data=[MSIX_DATA + 1]),
       MESSAGE, base=MSIX)


def order(make, rule, name):
    v = make(rule, name, ENUM).raw("option order")
    v.lines[0] = "include enum-sent.inc"
    return v


sent(order(good, "FC-09", "all come out"), "<", W1, W2).up(W1).up(W2).end()
sent(order(bad, "FC-09", "one is lost"), "<", W1, W2).up(W1).end()
sent(order(bad, "FC-09", "one is doubled"), "<", W1, W2).up(W1).up(W1).up(W2).end()
sent(order(bad, "FC-09", "one is invented"), "<", W1).up(W2).up(W1).end()
sent(order(bad, "FC-09", "one bit is other"), "<", W1, W2).up(W1).up(
    T.flip(W2, 15, 1)).up(W2).end()
sent(order(bad, "FC-09", "a host write is lost"), ">", D1).end()

# FC-01, FC-03, FC-06, FC-07


def credits(make, rule, name, mark, cls, headers, units):
    return make(rule, name, ENUM).raw("credit init 4000 %s %s %d %d" % (mark, cls, headers, units))


v = credits(good, "FC-01", "all of them", "<", "p", 2, 4).dma_write(DMA, 16).raw(
    "credit return 4000 < p 1 4").dma_write(DMA, 16).raw("credit return 4000 < p 1 4")
v.dma_write(DMA, 13)
credits(good, "FC-01", "infinite", "<", "p", 0, 0).dma_write(DMA, 64).dma_write(DMA, 64)
credits(bad, "FC-01", "posted headers", "<", "p", 1, 100).dma_write().dma_write()
credits(bad, "FC-01", "posted data", "<", "p", 10, 4).dma_write(DMA, 16).dma_write()
credits(bad, "FC-01", "one TLP is too long", "<", "p", 10, 4).dma_write(DMA, 17)
credits(bad, "FC-01", "non-posted headers", "<", "np", 1, 1).read(DMA, by="card").read(
    DMA, by="card")
credits(bad, "FC-01", "host posted headers", ">", "p", 1, 8).write(BAR0, [1]).write(BAR0, [2])
credits(good, "FC-03", "infinite", ">", "cpl", 0, 0)
credits(bad, "FC-03", "headers of the card", ">", "cpl", 8, 0)
credits(bad, "FC-03", "data of the card", ">", "cpl", 0, 64)
credits(bad, "FC-03", "both of the host", "<", "cpl", 8, 64)
for n in (1, 4, 5, 16, 64):
    v = good("FC-06", "%d DW" % n, ENUM).dma_write(DMA, n)
    v.raw("credit spent %d < p 1 %d" % (v.at(), (n + 3) // 4))
digest = T.mwr(DMA, 4, rid=CARD, td=1)
good("FC-06", "the digest is free", ENUM).up(digest + T.ecrc(digest)).raw(
    "credit spent 9000 < p 1 1")
for name, n, headers, units in (("one unit more", 4, 1, 2), ("one unit less", 5, 1, 1),
                                ("two headers", 4, 2, 1), ("in DW", 16, 1, 16)):
    bad("FC-06", name, ENUM).dma_write(DMA, n).raw("credit spent 9000 < p %d %d" % (headers, units))
bad("FC-06", "the digest is paid", ENUM).up(digest + T.ecrc(digest)).raw(
    "credit spent 9000 < p 1 2")
CLASSES = {"p": T.mwr(DMA, 1, rid=CARD), "np": T.mrd(DMA, 1, rid=CARD, tag=9)}
v = good("FC-07", "each on its channel", ENUM)
for cls, tlp in CLASSES.items():
    v.raw("< %d class=%s %s" % (v.at(), cls, tlp.hex(" ", 4)))
for cls, tlp in CLASSES.items():
    for wrong in ("p", "np", "cpl"):
        if wrong != cls:
            v = bad("FC-07", "%s on %s" % (cls, wrong), ENUM)
            v.raw("< %d class=%s %s" % (v.at(), wrong, tlp.hex(" ", 4)))
for wrong in ("p", "np"):
    v = bad("FC-07", "completion on %s" % wrong, ENUM).dn(T.mrd(BAR0, tag=20))
    v.raw("< %d class=%s %s" % (v.at(), wrong, T.cpl("CplD", CARD, HOST, 20, length=1).hex(" ", 4)))
    v = bad("FC-07", "message on np" if wrong == "np" else "CfgRd0 on p", ENUM)
    if wrong == "np":
        v.raw("< %d class=np %s" % (v.at(), T.msg(0x20, 4).hex(" ", 4)))
    else:
        v.raw("> %d class=p %s" % (v.at(), T.cfg("CfgRd0", CARD, 0, tag=9).hex(" ", 4)))
