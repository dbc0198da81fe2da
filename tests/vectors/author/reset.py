# SPDX-License-Identifier: Apache-2.0
"""FLR, RST."""

import tlp as T
from base import (BAR0, BAR2, CARD, DMA, ENUM, HOST, LINK, MS, MSI, MSIX, MSIX_ADDR, MSIX_DATA,
                  bad, good)


def flr(make, rule, name, base=ENUM, settle=1000):
    return make(rule, name, base).wr(0x88, 0xa830, be=3).wait(settle)


# FLR-01
flr(good, "FLR-01", "ready at once").rd(0)
flr(good, "FLR-01", "ready after 99 ms").rd(0, status=2).wait(99 * MS - 2000).rd(0, status=2).rd(0)
good("FLR-01", "the reset output for 90 ms", ENUM).raw("status 9000 1").raw(
    "status %d 0" % (9000 + 90 * MS))
for ms in (101, 150, 900):
    flr(bad, "FLR-01", "retry status after %d ms" % ms).wait(ms * MS).rd(0, status=2)
flr(bad, "FLR-01", "no answer").wait(100 * MS).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).time(21000)
bad("FLR-01", "the reset output for 101 ms", ENUM).raw("status 9000 1").raw(
    "status %d 0" % (9000 + 101 * MS))

# FLR-02, FLR-07, FLR-08
v = flr(good, "FLR-02", "everything is reset").rd(4, 0x00100000).rd(0x10, 4).rd(0x14, 0).rd(0x18, 0)
v.rd(0x88, 0x2830)  # the payload size stays
flr(good, "FLR-02", "programmed anew").wr(0x18, 0xc0020000).rd(0x18, 0xc0020000)
flr(bad, "FLR-02", "BAR2 keeps its address").rd(0x18, BAR2)
flr(bad, "FLR-02", "BAR0 keeps its address").rd(0x10, BAR0 | 4)
flr(bad, "FLR-02", "Interrupt Disable stays").rd(4, 0x00100400)
flr(bad, "FLR-02", "SERR# enable stays").rd(4, 0x00100100)
flr(bad, "FLR-02", "error reporting stays").rd(0x88, 0x2837)
flr(good, "FLR-07", "all off", MSIX).rd(4, 0x00100000).rd(0x70, 0x000f8011).rd(0x50, 0x018a7005)
flr(good, "FLR-07", "on again", MSIX).command(4).rd(4, 0x00100004).wr(
    0x70, 0x800f8011).rd(0x70, 0x800f8011)
flr(bad, "FLR-07", "Memory Space Enable").rd(4, 0x00100002)
flr(bad, "FLR-07", "Bus Master Enable").rd(4, 0x00100004)
flr(bad, "FLR-07", "MSI-X Enable", MSIX).rd(0x70, 0x800f8011)
flr(bad, "FLR-07", "MSI Enable", MSI).rd(0x50, 0x01ab7005)
good("FLR-08", "reads 0", ENUM).rd(0x88, 0x2830).wr(0x88, 0xa830, be=3).rd(0x88, 0x2830)
flr(bad, "FLR-08", "reads 1 after the reset").rd(0x88, 0xa830)
bad("FLR-08", "reads 1", ENUM).rd(0x88, 0xa830)
flr(bad, "FLR-08", "reads 1 by a byte read").rd(0x88, 0xa830, be=2)

# FLR-03
v = flr(good, "FLR-03", "silent until it is told to go").rd(0).command(4).dma_write()
good("FLR-03", "what was ready", ENUM).wr(0x88, 0xa830, be=3).dma_write()
flr(bad, "FLR-03", "write").dma_write()
flr(bad, "FLR-03", "read").read(DMA, by="card")
flr(bad, "FLR-03", "MSI-X", MSIX).fire(MSIX_ADDR, MSIX_DATA)
flr(bad, "FLR-03", "late").wait(100000).dma_write(DMA, 64)
flr(bad, "FLR-03", "with memory decode on").wr(0x10, BAR0).wr(0x18, BAR2).command(2).dma_write()

# RST-01
good("RST-01", "retry, then ready", LINK).rd(0, status=2).wait(900 * MS).rd(0, status=2).rd(0)
good("RST-01", "after a hot reset", ENUM).side("hot").wait(64).side("link_up").rd(0, status=2).rd(0)
for ms in (1001, 1500):
    bad("RST-01", "retry after %d ms" % ms, LINK).wait(ms * MS).rd(0, status=2)
bad("RST-01", "no answer", LINK).wait(100 * MS).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).time(21000)
bad("RST-01", "no answer to a write", LINK).wait(100 * MS).dn(
    T.cfg("CfgWr0", CARD, 4, tag=30, data=0)).time(21000)
bad("RST-01", "retry 2 s after a hot reset", ENUM).side("hot").wait(64).side("link_up").wait(
    2000 * MS).rd(0, status=2)
bad("RST-01", "no answer after a hot reset", ENUM).side("hot").wait(64).side("link_up").wait(
    100 * MS).dn(T.cfg("CfgRd0", CARD, 0, tag=30)).time(21000)

# RST-02
v = good("RST-02", "silent while the link is down", ENUM).dn(T.mrd(BAR0, tag=20)).side("hot").wait(
    64).side("link_up").rd(0).end()
v = good("RST-02", "a card sees it two cycles later", ENUM).side()
v.t -= 8
v.dma_write()
for levels in (("hot",), ("perst",), (), ("hot", "link_up"), ("perst", "link_up")):
    name = " and ".join(levels) or "link down"
    bad("RST-02", "write with %s" % name, ENUM).side(*levels).wait(64).dma_write()
    v = bad("RST-02", "completion with %s" % name, ENUM).dn(T.mrd(BAR0, tag=20)).side(*levels)
    v.wait(64).up(T.cpl("CplD", CARD, HOST, 20, length=1))
bad("RST-02", "the host sends", ENUM).side("hot").wait(64).write(BAR0, [1])
