// SPDX-License-Identifier: Apache-2.0
// The commands that raise an interrupt: INTA as a level, 32 MSI, 2048 MSI-X, and those that must not.
#include "card.h"

namespace {

void Raise(Card& c, uint32_t type, uint32_t number, uint32_t command) {
  c.Set(kIrqType, type);
  c.Set(kIrqNumber, number);
  c.Set(kCommand, command);
}

void ExpectData(Card& c, uint32_t data, const char* what) {
  Host& h = c.h;
  h.Until([&] { return !h.msis.empty(); }, 3000, what);
  h.Check(h.msis.size() == 1 && h.msis[0].addr == kMsiAddr && h.msis[0].data == data, "%s: data %x, want %x", what,
          h.msis[0].data, data);
  h.msis.clear();
  h.Check(c.Get(kStatus) == kIrqRaised, "%s: status %x", what, c.Get(kStatus));
}

void AllMsi(Card& c) {
  c.h.Begin("MSI");
  c.EnableMsi(5);
  for (uint32_t n = 1; n <= 32; n++) {
    Raise(c, kMsi, n, kRaiseMsi);
    ExpectData(c, kMsiData + n - 1, "MSI");
  }
}

void AllMsix(Card& c) {
  Host& h = c.h;
  h.Begin("MSI-X");
  c.EnableMsix();
  for (uint32_t n = 1; n <= 2048; n++) {
    Raise(c, kMsix, n, kRaiseMsix);
    ExpectData(c, kMsixData + n - 1, "MSI-X");
  }
  for (uint32_t v : {0u, 63u, 64u, 1023u, 2047u}) {
    uint64_t control = c.bars[0] + kMsixTable + 16 * v + 12, pba = c.bars[0] + kMsixPba + v / 64 * 8;
    h.Write32(control, 1);
    Raise(c, kMsix, v + 1, kRaiseMsix);
    h.Drain();
    h.Step(300);
    h.Check(h.msis.empty() && h.Read64(pba) == 1ull << (v % 64), "vector %u masked: pending %llx", v,
            (unsigned long long)h.Read64(pba));
    h.Write32(control, 0);
    ExpectData(c, kMsixData + v, "unmasked");
    h.Check(h.Read64(pba) == 0, "vector %u: pending bit stays", v);
  }
  // between two vectors at the ends of the table nothing is mixed up
  for (int i = 0; i < 200; i++) {
    uint32_t n = 1 + h.Rand(2048);
    Raise(c, kMsix, n, kRaiseMsix);
    ExpectData(c, kMsixData + n - 1, "random MSI-X");
  }
}

// no message, though the command was carried out
void ExpectNothing(Card& c, uint32_t status, const char* what) {
  Host& h = c.h;
  h.Drain();
  h.Step(300);
  h.Check(h.msis.empty() && h.msgs.empty(), "%s: %zu messages", what, h.msis.size() + h.msgs.size());
  h.Check(c.Get(kStatus) == status && c.Get(kCommand) == 0, "%s: status %x", what, c.Get(kStatus));
}

void Refused(Card& c) {
  Host& h = c.h;
  h.Begin("no such interrupt");
  h.msgs.clear();
  c.EnableMsi(5);
  for (uint32_t n : {0u, 33u, 2048u, ~0u}) {
    Raise(c, kMsi, n, kRaiseMsi);
    ExpectNothing(c, kIrqRaised, "MSI number");
  }
  Raise(c, kMsix, 1, kRaiseMsix);
  ExpectNothing(c, kIrqRaised, "MSI-X while MSI is on");
  c.EnableMsix();
  for (uint32_t n : {0u, 2049u, 0x801u, ~0u}) {
    Raise(c, kMsix, n, kRaiseMsix);
    ExpectNothing(c, kIrqRaised, "MSI-X number");
  }
  Raise(c, kMsi, 1, kRaiseMsi);
  ExpectNothing(c, kIrqRaised, "MSI while MSI-X is on");
  Raise(c, 3, 1, kRaiseMsix);
  ExpectNothing(c, 0, "interrupt type 3");
  for (uint32_t bad : {0x40u, 0x18u, 0x03u, 0x80000000u}) {
    Raise(c, kMsix, 1, bad);
    ExpectNothing(c, 0, "unknown command");
  }
}

int LastCode(Host& h) { return h.msgs.empty() ? 0 : h.msgs.back().h[7]; }

void Intx(Card& c) {
  Host& h = c.h;
  h.Begin("INTA");
  c.NoMessages();
  h.msgs.clear();
  for (int i = 0; i < 40; i++) {
    h.tx_ready_pct[kP] = i & 1 ? 3 : 100;  // a host that holds back posted TLPs
    Raise(c, kIntx, 0, kRaiseIntx);
    h.Until([&] { return !h.msgs.empty(); }, 1000, "Assert_INTA");
    h.Check(LastCode(h) == 0x20 && h.msgs.size() == 1, "code %x", LastCode(h));
    h.Step(500);
    h.Check(h.msgs.size() == 1, "INTA does not stay");
    h.msgs.clear();
    // other registers leave it; STATUS takes it away, before its own completion
    c.Get(kSrcLo);
    h.Check(h.msgs.empty(), "a read of another register lowers INTA");
    h.Check(c.Get(kStatus) == kIrqRaised, "status %x", c.Get(kStatus));
    h.Check(LastCode(h) == 0x24 && h.msgs.size() == 1, "no Deassert_INTA before the completion");
    h.Check(c.Get(kStatus) == kIrqRaised && h.msgs.size() == 1, "second read");
    h.msgs.clear();
  }
  h.tx_ready_pct[kP] = 100;
  // also: writing STATUS without IRQ_RAISED, and another command
  for (int i = 0; i < 2; i++) {
    Raise(c, kIntx, 0, kRaiseIntx);
    h.Until([&] { return LastCode(h) == 0x20; }, 1000, "Assert_INTA");
    if (i == 0)
      c.Set(kStatus, 0);
    else
      Raise(c, kMsi, 1, kRaiseMsi);
    h.Until([&] { return LastCode(h) == 0x24; }, 1000, "Deassert_INTA");
    h.msgs.clear();
  }
}

}  // namespace

void TestInterrupts(Host& h) {
  Card c(h);
  AllMsi(c);
  AllMsix(c);
  Refused(c);
  Intx(c);
}
