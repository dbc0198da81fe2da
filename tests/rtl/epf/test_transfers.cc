// SPDX-License-Identifier: Apache-2.0
// READ, WRITE and COPY: sizes of the kernel's test program, every alignment, back-pressure, completions
// in pieces and in any order; then what a transfer says that fails.
#include "card.h"

namespace {

constexpr uint64_t kSrc = 0x123450000ull, kDst = 0x87600000ull;
const Command kAll[] = {kRead, kWrite, kCopy};

void Rough(Host& h) {
  h.rx_gap_pct = int(h.Rand(60));
  for (int& pct : h.tx_ready_pct) pct = 20 + int(h.Rand(81));
  h.reorder = h.Rand(2) != 0;
  h.split = h.Rand(2) != 0;
  h.delay_min = int(h.Rand(30));
  h.delay_max = h.delay_min + int(h.Rand(200));
}

uint32_t EndStatus(Card& c) {
  c.WaitMsi("interrupt of a failure");
  return c.Get(kStatus);
}

void Crc(Card& c) {
  Host& h = c.h;
  h.Begin("CRC-32");
  const char text[] = "123456789";  // its CRC-32, not inverted at the end
  for (int i = 0; i < 9; i++) h.Mem(kSrc + uint64_t(i)) = uint8_t(text[i]);
  c.Set(kChecksum, ~0xcbf43926u);
  c.Start(kRead, kSrc, 0, 9);
  c.WaitMsi("interrupt");
  h.Check(c.Get(kStatus) == (kReadOk | kIrqRaised), "status %x", c.Get(kStatus));
}

void Wrong(Card& c) {
  Host& h = c.h;
  h.Begin("wrong data");
  for (uint32_t size : {1u, 1024u, 1025u}) {
    h.Randomize(kSrc, int(size));
    c.Set(kChecksum, Crc32Le(h, kSrc, size));
    h.Mem(kSrc + size - 1) ^= 0x10;
    c.Start(kRead, kSrc, 0, size);
    uint32_t status = EndStatus(c);
    h.Check(status == (kReadFail | kIrqRaised), "a wrong bit in %u bytes: status %x", size, status);
  }
}

void Refused(Card& c) {
  Host& h = c.h;
  h.Begin("refused reads");
  const int status_of[] = {kUR, kCA};
  for (Command command : {kRead, kCopy}) {
    for (int refusal : status_of) {
      h.on_cpl = [&](Tlp* t) {
        *t = CplTlp(false, refusal, 4, 0, kHostId, t->cpl_req_id(), t->cpl_tag());
        return true;
      };
      c.Start(command, kSrc, kDst, 300);
      uint32_t status = EndStatus(c);
      uint32_t want = kIrqRaised | kSrcInvalid | (command == kRead ? kReadFail : kCopyFail);
      h.Check(status == want, "refused with %d: status %x, want %x", refusal, status, want);
    }
    // a lost completion: the core's timeout, and no word of the address
    h.on_cpl = [](Tlp*) { return false; };
    c.Start(command, kSrc, kDst, 300);
    uint32_t status = EndStatus(c);
    h.Check(status == (kIrqRaised | (command == kRead ? kReadFail : kCopyFail)), "completion lost: status %x", status);
    h.on_cpl = nullptr;
  }
  for (Command command : kAll) {
    c.Start(command, kSrc, kDst, 0);
    uint32_t status = EndStatus(c);
    uint32_t want = kIrqRaised | (command == kRead ? kReadFail : command == kWrite ? kWriteFail : kCopyFail);
    h.Check(status == want, "size 0: status %x, want %x", status, want);
  }
  for (Command command : kAll) c.Transfer(command, kSrc, kDst, 1025);
}

void NoBusMaster(Card& c) {
  Host& h = c.h;
  h.Begin("no Bus Master Enable");
  for (Command command : kAll) {
    h.SetCfg(0x04, 0x2, 3);
    h.expect_no_requests = true;
    c.Start(command, kSrc, kDst, 5000);
    h.Drain();
    h.Step(4000);
    h.expect_no_requests = false;
    uint32_t status = c.Get(kStatus);
    uint32_t want = kIrqRaised | (command == kRead ? kReadFail | kSrcInvalid : command == kWrite
                                  ? kWriteFail | kDstInvalid : kCopyFail | kSrcInvalid | kDstInvalid);
    h.Check(status == want, "command %x: status %x, want %x", command, status, want);
    h.SetCfg(0x04, 0x6, 3);
    c.WaitMsi("the pending interrupt");
  }
}

void Again(Card& c) {
  Host& h = c.h;
  h.Begin("a command while one runs");
  h.Randomize(kSrc, 8192);
  uint32_t crc = Crc32Le(h, kSrc, 8192);
  c.Start(kCopy, kSrc, kDst, 8192);
  c.Set(kCommand, kRaiseMsi);
  c.WaitMsi("first");
  h.Check(Crc32Le(h, kDst, 8192) == crc, "data of the first command");
  c.WaitMsi("second");
  h.Check(c.Get(kStatus) == kIrqRaised, "status of the second: %x", c.Get(kStatus));
}

void Reset(Card& c, bool by_flr) {
  Host& h = c.h;
  h.Begin(by_flr ? "FLR while a command runs" : "hot reset while a command runs");
  for (int i = 0; i < 6; i++) {
    c.EnableMsi(5);
    c.Start(kAll[i % 3], kSrc, kDst, 20000);
    h.Drain();
    h.Step(int(h.Rand(700)));
    if (by_flr) {
      h.SetCfg(0x78, 0xa050, 3);
      h.Until([&] { return !h.Pin("flr_active"); }, 30000, "end of the FLR");
      h.Step(200);
    } else {
      h.HotReset();
      h.Step(5000);
    }
    h.msis.clear();
    c.Enable();
    h.Step(3000);
    h.Check(h.msis.empty(), "an interrupt of before the reset");
    for (Reg r : {kMagic, kCommand, kStatus, kSize, kIrqType}) h.Check(c.Get(r) == 0, "register %x", unsigned(r));
    c.EnableMsi(5);
    for (Command command : kAll) c.Transfer(command, kSrc + 3, kDst + 9, 2000);
  }
}

}  // namespace

void TestTransfers(Host& h, int rounds) {
  Card c(h);
  c.EnableMsi(5);
  Crc(c);
  h.Begin("sizes of the kernel's program");
  for (Command command : kAll)
    for (uint32_t size : {1u, 1024u, 1025u, 1024000u, 1024001u}) {
      // large ones once for each width are enough
      if (size > 100000 && kDataW != 256) size = size % 2 + 140000;
      c.Transfer(command, kSrc, kDst, size);
    }
  h.Begin("random transfers");
  for (int i = 0; i < rounds; i++) {
    if (i % 8 == 0) Rough(h);
    Command command = kAll[h.Rand(3)];
    uint32_t size = 1 + h.Rand(h.Rand(4) ? 600 : 9000);
    if (h.Rand(40) == 0) size = 65530 + h.Rand(12);
    c.Transfer(command, kSrc + h.Rand(8192), kDst + h.Rand(8192), size);
  }
  h.Calm();
}

void TestFailures(Host& h) {
  Card c(h);
  c.EnableMsi(5);
  Wrong(c);
  Refused(c);
  NoBusMaster(c);
  Again(c);
  Reset(c, false);
  Reset(c, true);
}
