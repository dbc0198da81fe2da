// SPDX-License-Identifier: Apache-2.0
// Transaction layer packets, from the header layouts of the base specification. This codec shares
// nothing with the ones of the bridge, the kernel and the checker.
#ifndef RISER_TB_RC_TLP_H_
#define RISER_TB_RC_TLP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tb {

using Bytes = std::vector<uint8_t>;

enum class Kind {
  kMRd,
  kMRdLk,
  kMWr,
  kIoRd,
  kIoWr,
  kCfgRd0,
  kCfgWr0,
  kCfgRd1,
  kCfgWr1,
  kMsg,
  kCpl,
  kCplLk,
  kFetchAdd,
  kSwap,
  kCas,
};

// The three flow control classes, numbered as in riser/model.h.
enum Class { kPosted = 0, kNonPosted = 1, kCompletion = 2, kNrClasses = 3 };

// Completion Status
enum Status { kSuccess = 0, kUnsupported = 1, kRetry = 2, kAbort = 4 };

// Message codes
enum Code {
  kAssertIntA = 0x20,
  kDeassertIntA = 0x24,
  kPmPme = 0x18,
  kPmeTurnOff = 0x19,
  kPmeToAck = 0x1b,
  kErrCor = 0x30,
  kErrNonfatal = 0x31,
  kErrFatal = 0x33,
  kSlotPower = 0x50,
  kVendor0 = 0x7e,
  kVendor1 = 0x7f,
};

// One TLP in fields. Which of them count depends on the kind.
struct Tlp {
  Kind kind = Kind::kMRd;
  bool has_data = false;  // Fmt bit 1
  bool four_dw = false;   // Fmt bit 0
  uint8_t routing = 0;    // of a message: Type bits 2 to 0
  uint8_t tc = 0;
  uint8_t attr = 0;  // bit 2 ID-based ordering, bit 1 Relaxed Ordering, bit 0 No Snoop
  uint8_t at = 0;
  bool th = false;
  bool td = false;
  bool ep = false;
  uint16_t length = 0;  // dwords, 0 to 1024; the field's 0 is 1024 where there is a length
  uint16_t requester = 0;
  uint16_t tag = 0;  // 10 bits
  uint8_t first_be = 0;
  uint8_t last_be = 0;
  uint64_t addr = 0;    // bits 1 and 0 are 0
  uint16_t target = 0;  // of a configuration request
  uint16_t reg = 0;     // of a configuration request, byte offset
  uint8_t code = 0;     // of a message
  uint64_t msg_tail = 0;  // of a message: header bytes 8 to 15
  uint16_t completer = 0;
  uint8_t status = 0;
  bool bcm = false;
  uint16_t byte_count = 0;  // 1 to 4096
  uint8_t lower = 0;
  Bytes data;    // lowest address first
  Bytes digest;  // 4 bytes when td

  bool IsRequestWithAnswer() const;  // non-posted
  bool IsCompletion() const { return kind == Kind::kCpl || kind == Kind::kCplLk; }
  Class FlowClass() const;
};

Bytes Encode(const Tlp& tlp);
// False with the reason in *why (may be null) when the bytes are no TLP.
bool Decode(const Bytes& bytes, Tlp* tlp, std::string* why);
// "MRd 0xc0000000 4 bytes ..."
std::string ToText(const Tlp& tlp);
std::string ToHex(const Bytes& bytes);

// Address of the first enabled byte, and how many from it to the last enabled one
// (1 for a request that enables none).
uint64_t FirstByte(const Tlp& request);
uint32_t ByteSpan(const Tlp& request);

// Requests that are legal as far as these functions go.
Tlp MemRead(uint64_t addr, uint32_t bytes);   // byte enables follow from both
Tlp MemWrite(uint64_t addr, const Bytes& data);
Tlp CfgRequest(bool write, uint16_t target, uint16_t reg, uint8_t be, uint32_t value);

}  // namespace tb

#endif  // RISER_TB_RC_TLP_H_
