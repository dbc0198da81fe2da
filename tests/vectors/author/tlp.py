# SPDX-License-Identifier: Apache-2.0
"""TLPs as bytes, written down from the header tables; shares no code with riser."""

import zlib

FMT_TYPE = {
    "MRd": 0x00, "MRdLk": 0x01, "MWr": 0x40, "IORd": 0x02, "IOWr": 0x42,
    "CfgRd0": 0x04, "CfgWr0": 0x44, "CfgRd1": 0x05, "CfgWr1": 0x45,
    "Msg": 0x30, "MsgD": 0x70, "Cpl": 0x0a, "CplD": 0x4a, "CplLk": 0x0b,
    "CplDLk": 0x4b, "FetchAdd": 0x4c, "Swap": 0x4d, "CAS": 0x4e,
}
HOST = 0x0000
CARD = 0x0100


def be32(value):
    return value.to_bytes(4, "big")


def le32(value):
    return (value & 0xffffffff).to_bytes(4, "little")


def payload(dws):
    """DWs: a list of numbers, or how many."""
    if isinstance(dws, int):
        dws = [0x5a000000 + i for i in range(dws)]
    return b"".join(le32(d) for d in dws)


def dword0(first, length, tag=0, tc=0, attr=0, th=0, td=0, ep=0, at=0):
    byte1 = (tag >> 9 & 1) << 7 | tc << 4 | (tag >> 8 & 1) << 3 | (attr >> 2 & 1) << 2 | th
    byte2 = td << 7 | ep << 6 | (attr & 3) << 4 | at << 2 | (length >> 8 & 3)
    return bytes([first, byte1, byte2, length & 0xff])


def memory(kind, addr, length=1, fbe=None, lbe=None, rid=HOST, tag=0, data=None, long=None,
           field=None, **first):
    """A memory, I/O or AtomicOp request; `field` overrides what Length says."""
    if fbe is None:
        fbe = 0xf
    if lbe is None:
        lbe = 0xf if length > 1 else 0
    if long is None:
        long = addr >= 1 << 32
    byte0 = FMT_TYPE[kind] | (0x20 if long else 0)
    head = dword0(byte0, (length if field is None else field) & 0x3ff, tag, **first)
    head += rid.to_bytes(2, "big") + bytes([tag & 0xff, lbe << 4 | fbe])
    head += be32(addr >> 32) + be32(addr & 0xffffffff) if long else be32(addr & 0xffffffff)
    if byte0 & 0x40:
        head += payload(length if data is None else data)
    return head


def mrd(addr, length=1, **kw):
    return memory("MRd", addr, length, **kw)


def mwr(addr, length=1, **kw):
    return memory("MWr", addr, length, **kw)


def cfg(kind, target, reg, fbe=0xf, lbe=0, rid=HOST, tag=0, data=None, length=1, field=None,
        **first):
    head = dword0(FMT_TYPE[kind], (length if field is None else field) & 0x3ff, tag, **first)
    head += rid.to_bytes(2, "big") + bytes([tag & 0xff, lbe << 4 | fbe])
    head += target.to_bytes(2, "big") + reg.to_bytes(2, "big")
    if "Wr" in kind:
        head += payload([data or 0] * length)
    return head


def cpl(kind, cid, rid, tag, bc=4, lower=0, status=0, length=0, data=None, field=None, bcm=0,
        **first):
    head = dword0(FMT_TYPE[kind], (length if field is None else field) & 0x3ff, tag, **first)
    head += cid.to_bytes(2, "big") + ((status << 13 | bcm << 12 | (bc & 0xfff))).to_bytes(2, "big")
    head += rid.to_bytes(2, "big") + bytes([tag & 0xff, lower & 0x7f])
    if FMT_TYPE[kind] & 0x40:
        head += payload(length if data is None else data)
    return head


def msg(code, routing, rid=CARD, tag=0, dw2=0, dw3=0, data=None, length=0, **first):
    byte0 = (0x70 if data is not None else 0x30) | routing
    if data is not None:
        length = len(data)
    head = dword0(byte0, length, tag, **first) + rid.to_bytes(2, "big") + bytes([tag, code])
    head += be32(dw2) + be32(dw3)
    return head + (payload(data) if data is not None else b"")


def ecrc(tlp):
    """The digest of a TLP that has TD set, or of what it would be."""
    variant = bytes([tlp[0] | 1, tlp[1], tlp[2] | 0x40]) + tlp[3:]
    return le32(zlib.crc32(variant))


def flip(tlp, byte, mask):
    return tlp[:byte] + bytes([tlp[byte] ^ mask]) + tlp[byte + 1:]


def span(length, fbe, lbe):
    """First and number of bytes of a read, by walking over all of its bytes."""
    on = []
    for dw in range(length):
        be = fbe if dw == 0 else lbe if dw == length - 1 else 0xf
        on += [4 * dw + i for i in range(4) if be >> i & 1]
    if not on:
        return 0, 1
    return on[0], on[-1] - on[0] + 1


def pieces(addr, length, fbe, lbe, cuts=()):
    """Legal completions of a read, cut at addresses: (byte count, lower address, DWs)."""
    first, count = span(length, fbe, lbe)
    at, end, out = addr + first, addr + first + count, []
    for cut in list(cuts) + [end]:
        out.append((end - at, at & 0x7f, (cut - 1) // 4 - at // 4 + 1))
        at = cut
    return out
