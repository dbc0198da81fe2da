// SPDX-License-Identifier: Apache-2.0
// The epf_test card as its driver sees it, behind the root complex of tests/rtl/core.
#ifndef RISER_TESTS_RTL_EPF_CARD_H_
#define RISER_TESTS_RTL_EPF_CARD_H_

#include <cstdint>
#include <vector>

#include "host.h"

enum Reg : uint64_t {
  kMagic = 0x00, kCommand = 0x04, kStatus = 0x08, kSrcLo = 0x0c, kSrcHi = 0x10, kDstLo = 0x14,
  kDstHi = 0x18, kSize = 0x1c, kChecksum = 0x20, kIrqType = 0x24, kIrqNumber = 0x28, kFlags = 0x2c,
};
enum Command : uint32_t {
  kRaiseIntx = 0x01, kRaiseMsi = 0x02, kRaiseMsix = 0x04, kRead = 0x08, kWrite = 0x10, kCopy = 0x20,
};
enum StatusBits : uint32_t {
  kReadOk = 0x001, kReadFail = 0x002, kWriteOk = 0x004, kWriteFail = 0x008, kCopyOk = 0x010, kCopyFail = 0x020,
  kIrqRaised = 0x040, kSrcInvalid = 0x080, kDstInvalid = 0x100,
};
enum IrqType : uint32_t { kIntx = 0, kMsi = 1, kMsix = 2 };

constexpr int kMsiCap = 0x50, kMsixCap = 0xb0;
constexpr uint64_t kMsixTable = 0x8000, kMsixPba = 0x4000;
constexpr int kBarBytes[6] = {65536, 512, 1024, 4096, 8192, 16384};

// As the kernel's crc32_le(~0, ...), a bit at a time.
uint32_t Crc32Le(Host& h, uint64_t addr, uint32_t bytes);

// BARs, Command, link parameters; every BAR at bars[n].
class Card {
 public:
  explicit Card(Host& host);
  void Enable();
  void EnableMsi(int granted_log2);
  void EnableMsix();   // all vectors unmasked: address kMsiAddr, data kMsixData + vector
  void NoMessages();   // MSI and MSI-X off
  uint32_t Get(Reg reg) { return h.Read32(bars[0] + reg); }
  void Set(Reg reg, uint32_t value) { h.Write32(bars[0] + reg, value); }
  // gives a transfer command; its interrupt is MSI 1
  void Start(Command command, uint64_t src, uint64_t dst, uint32_t size);
  // steps until the next message, checks that it is MSI 1
  void WaitMsi(const char* what);
  // the whole of one transfer: status is what the driver would want to see
  void Transfer(Command command, uint64_t src, uint64_t dst, uint32_t size);

  Host& h;
  uint64_t bars[6] = {0xe0000000, 0xe0010200, 0xe0010400, 0xe0011000, 0xe0012000, 0xe0014000};
};

constexpr uint32_t kMsiData = 0x4a20, kMsixData = 0x10000;

void TestRegisters(Host& h);
void TestInterrupts(Host& h);
void TestTransfers(Host& h, int rounds);
void TestFailures(Host& h);

#endif  // RISER_TESTS_RTL_EPF_CARD_H_
