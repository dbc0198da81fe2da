// SPDX-License-Identifier: Apache-2.0
#include "card.h"

uint32_t Crc32Le(Host& h, uint64_t addr, uint32_t bytes) {
  uint32_t crc = ~0u;
  for (uint32_t i = 0; i < bytes; i++) {
    crc ^= h.Mem(addr + i);
    for (int b = 0; b < 8; b++) crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320u : 0);
  }
  return crc;
}

Card::Card(Host& host) : h(host) {
  h.bar0 = bars[0];
  Enable();
}

void Card::Enable() {
  for (int i = 0; i < 6; i++) h.SetCfg(0x10 + 4 * i, uint32_t(bars[i]));
  h.SetCfg(0x04, 0x6, 3);
  h.mps = 512;
  h.SetCfg(0x78, 0x2050, 3);  // Max_Payload_Size 512, Max_Read_Request_Size 512, Relaxed Ordering
}

void Card::EnableMsi(int granted_log2) {
  NoMessages();
  h.SetCfg(kMsiCap + 4, uint32_t(kMsiAddr));
  h.SetCfg(kMsiCap + 8, 0);
  h.SetCfg(kMsiCap + 12, kMsiData);
  h.SetCfg(kMsiCap, 0x00010000u | uint32_t(granted_log2) << 20, 4);
}

void Card::EnableMsix() {
  NoMessages();
  h.SetCfg(kMsixCap, 0x80000000u, 8);
  for (uint32_t v = 0; v < 2048; v++) {
    uint64_t entry = bars[0] + kMsixTable + 16 * v;
    h.Write64(entry, kMsiAddr);
    h.Write64(entry + 8, kMsixData + v);
  }
  h.Drain();
}

void Card::NoMessages() {
  h.SetCfg(kMsiCap, 0, 4);
  h.SetCfg(kMsixCap, 0, 8);
}

void Card::Start(Command command, uint64_t src, uint64_t dst, uint32_t size) {
  Set(kSrcLo, uint32_t(src));
  Set(kSrcHi, uint32_t(src >> 32));
  Set(kDstLo, uint32_t(dst));
  Set(kDstHi, uint32_t(dst >> 32));
  Set(kSize, size);
  Set(kFlags, h.Rand(2));
  Set(kIrqType, kMsi);
  Set(kIrqNumber, 1);
  Set(kCommand, command);
}

void Card::WaitMsi(const char* what) {
  h.Until([&] { return !h.msis.empty(); }, 1000000, what);
  h.Check(h.msis.size() == 1 && h.msis[0].addr == kMsiAddr && h.msis[0].data == kMsiData, "%s: data %x", what,
          h.msis[0].data);
  h.msis.clear();
}

void Card::Transfer(Command command, uint64_t src, uint64_t dst, uint32_t size) {
  constexpr uint32_t kMargin = 80;
  if (command != kWrite) h.Randomize(src, int(size));
  uint32_t crc = command == kWrite ? 0 : Crc32Le(h, src, size);
  if (command != kRead) h.Fill(dst - kMargin, int(size + 2 * kMargin), 0x5a);
  if (command == kRead) Set(kChecksum, crc);
  Start(command, src, dst, size);
  WaitMsi("interrupt of a transfer");
  // the host has everything by now: nothing that was sent before may come behind the interrupt
  if (command != kRead) {
    for (uint32_t i = 1; i <= kMargin; i++)
      h.Check(h.Mem(dst - i) == 0x5a && h.Mem(dst + size + i - 1) == 0x5a, "%u bytes at %llx: a write outside", size,
              (unsigned long long)dst);
    if (command == kWrite) crc = Get(kChecksum);
    h.Check(Crc32Le(h, dst, size) == crc, "%s of %u bytes to %llx: wrong data", command == kWrite ? "WRITE" : "COPY",
            size, (unsigned long long)dst);
  }
  uint32_t want = kIrqRaised | (command == kRead ? kReadOk : command == kWrite ? kWriteOk : kCopyOk);
  uint32_t status = Get(kStatus);
  h.Check(status == want, "command %x of %u bytes: status %x, want %x", command, size, status, want);
  h.Check(Get(kCommand) == 0, "COMMAND after the end");
}
