// SPDX-License-Identifier: Apache-2.0
// Finds out what a function is, sizes its BARs and places them, as an operating system does.
#ifndef RISER_TB_RC_ENUMERATE_H_
#define RISER_TB_RC_ENUMERATE_H_

#include <map>
#include <vector>

#include "rc/root.h"

namespace tb {

struct Bar {
  int index;
  uint64_t addr;
  uint64_t bytes;
  bool is_64;
  bool is_prefetchable;
};

struct Function {
  uint16_t vendor, device;
  uint32_t class_code;
  uint8_t pin;
  std::vector<Bar> bars;
  std::map<uint8_t, uint16_t> caps;   // capability id: offset
  std::map<uint16_t, uint16_t> ext;   // extended capability id: offset
  uint32_t max_mps = 128;
  uint32_t msix_vectors = 0;
  uint64_t msix_table = 0, msix_pba = 0;  // addresses
  uint32_t msi_vectors = 0;

  const Bar& bar(int index) const;
};

constexpr uint8_t kCapPm = 0x01, kCapMsi = 0x05, kCapPcie = 0x10, kCapMsix = 0x11;
constexpr uint16_t kExtAer = 0x0001, kExtSerial = 0x0003;

// Sizes and places BARs from @low (32-bit) and @high (64-bit) upwards, enables memory and bus
// mastering, sets the largest payload size that both sides can. Checks what it reads.
Function Enumerate(Root* root, uint64_t low = 0xc0000000, uint64_t high = 0x4000000000);

// Vectors 0 to n - 1 write `data + v` to `kMsiWindow + 0x1000 * v`; enables MSI-X.
void EnableMsix(Root* root, const Function& fn, uint32_t vectors, uint32_t data);

}  // namespace tb

#endif  // RISER_TB_RC_ENUMERATE_H_
