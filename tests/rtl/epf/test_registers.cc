// SPDX-License-Identifier: Apache-2.0
// Configuration, the register map, and the memory BARs.
#include "card.h"

namespace {

void Config(Card& c) {
  Host& h = c.h;
  h.Begin("configuration");
  h.Check(h.Cfg(0x00) == 0x002d1912 && h.Cfg(0x08) == 0xff000001, "identity %x %x", h.Cfg(0x00), h.Cfg(0x08));
  for (int i = 0; i < 6; i++) {
    h.SetCfg(0x10 + 4 * i, ~0u);
    h.Check(h.Cfg(0x10 + 4 * i) == uint32_t(-kBarBytes[i]), "BAR%d reads %x", i, h.Cfg(0x10 + 4 * i));
  }
  c.Enable();
  h.Check((h.Cfg(kMsiCap) >> 17 & 7) == 5, "Multiple Message Capable");
  h.Check((h.Cfg(kMsixCap) >> 16 & 0x7ff) == 2047, "MSI-X Table Size");
  h.Check(h.Cfg(kMsixCap + 4) == kMsixTable && h.Cfg(kMsixCap + 8) == kMsixPba, "MSI-X Table and PBA");
  h.Check((h.Cfg(0x3c) >> 8 & 0xff) == 1, "Interrupt Pin");
}

void Map(Card& c) {
  Host& h = c.h;
  h.Begin("registers");
  const Reg plain[] = {kMagic, kStatus, kSrcLo, kSrcHi, kDstLo, kDstHi, kSize, kChecksum, kIrqType, kIrqNumber, kFlags};
  uint32_t value[12] = {};
  for (Reg r : plain) h.Check(c.Get(r) == 0, "register %x after reset", unsigned(r));
  for (int i = 0; i < 2000; i++) {
    Reg r = plain[h.Rand(11)];
    uint32_t v = h.Rand(~0u);
    int be = 1 + int(h.Rand(15));
    std::vector<uint8_t> bytes = {uint8_t(v), uint8_t(v >> 8), uint8_t(v >> 16), uint8_t(v >> 24)};
    h.WriteTlp(c.bars[0] + r, 1, be, 0, bytes);
    for (int b = 0; b < 4; b++)
      if (be >> b & 1) value[r / 4] = (value[r / 4] & ~(0xffu << 8 * b)) | (v & (0xffu << 8 * b));
    r = plain[h.Rand(11)];
    h.Check(c.Get(r) == value[r / 4], "register %x reads %x, want %x", unsigned(r), c.Get(r), value[r / 4]);
  }
  h.Check(c.Get(kCommand) == 0, "a command from nowhere");
  // all of them in one access, and what is behind them
  std::vector<uint8_t> all = h.ReadTlp(c.bars[0], 16, 15, 15);
  for (size_t i = 0; i < 64; i++)
    h.Check(all[i] == (i < 48 ? uint8_t(value[i / 4] >> 8 * (i % 4)) : 0), "byte %zu of a long read", i);
  for (uint64_t at : {0x30, 0x40, 0x1000, 0x3ff8, 0x4100, 0x7ff8}) {
    h.Write64(c.bars[0] + at, ~0ull);
    h.Check(h.Read64(c.bars[0] + at) == 0, "BAR0 at %llx", (unsigned long long)at);
  }
  for (Reg r : plain) h.Check(c.Get(r) == value[r / 4], "register %x changed", unsigned(r));
  for (Reg r : plain) c.Set(r, 0);
}

// the driver's test of a BAR, for all of them at once, so that none may stand for another
void Memory(Card& c) {
  Host& h = c.h;
  h.Begin("memory BARs");
  std::vector<uint8_t> want[6];
  for (int bar = 1; bar < 6; bar++) {
    want[bar].resize(size_t(kBarBytes[bar]));
    for (uint8_t& b : want[bar]) b = uint8_t(h.Rand(256));
    for (int at = 0; at < kBarBytes[bar];) {
      int dw = 1 + int(h.Rand(64));
      if (at + 4 * dw > kBarBytes[bar]) dw = (kBarBytes[bar] - at) / 4;
      if ((at & 4095) + 4 * dw > 4096) dw = (4096 - (at & 4095)) / 4;
      h.WriteTlp(c.bars[bar] + uint64_t(at), dw, 15, dw > 1 ? 15 : 0,
                 {want[bar].begin() + at, want[bar].begin() + at + 4 * dw});
      at += 4 * dw;
    }
  }
  for (int i = 0; i < 3000; i++) {
    int bar = 1 + int(h.Rand(5));
    size_t at = h.Rand(uint32_t(kBarBytes[bar] / 4)) * 4;
    int be = 1 + int(h.Rand(15));
    uint32_t v = h.Rand(~0u);
    h.WriteTlp(c.bars[bar] + at, 1, be, 0, {uint8_t(v), uint8_t(v >> 8), uint8_t(v >> 16), uint8_t(v >> 24)});
    for (size_t b = 0; b < 4; b++)
      if (be >> b & 1) want[bar][at + b] = uint8_t(v >> 8 * b);
  }
  for (int bar = 1; bar < 6; bar++) {
    for (int at = 0; at < kBarBytes[bar];) {
      int dw = 1 + int(h.Rand(128));
      if (at + 4 * dw > kBarBytes[bar]) dw = (kBarBytes[bar] - at) / 4;
      if ((at & 4095) + 4 * dw > 4096) dw = (4096 - (at & 4095)) / 4;
      std::vector<uint8_t> got = h.ReadTlp(c.bars[bar] + uint64_t(at), dw, 15, dw > 1 ? 15 : 0);
      for (int i = 0; i < 4 * dw; i++)
        h.Check(got[size_t(i)] == want[bar][size_t(at + i)], "BAR%d byte %x is %02x, want %02x", bar, at + i,
                got[size_t(i)], want[bar][size_t(at + i)]);
      at += 4 * dw;
    }
  }
}

}  // namespace

void TestRegisters(Host& h) {
  Card c(h);
  Config(c);
  Map(c);
  Memory(c);
}
