// SPDX-License-Identifier: Apache-2.0
// Transaction layer packets as an endpoint sees them: what came in, what goes out.
#ifndef RISER_SYSTEMC_TLP_H_
#define RISER_SYSTEMC_TLP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace riser {

using tlp = std::vector<uint8_t>;

enum class tlp_class { posted = 0, nonposted = 1, completion = 2 };

enum class cpl_status : uint8_t { ok = 0, unsupported = 1, retry = 2, abort = 4 };

// The fields of a header. Those that a type lacks are 0.
struct header {
  uint8_t fmt = 0, type = 0;
  bool has_data = false, is_4dw = false, poisoned = false, has_digest = false;
  uint8_t tc = 0, attr = 0;
  uint32_t length_dw = 0;  // 1 to 1024, 0 without data in completions
  uint16_t requester = 0;
  uint16_t tag = 0;
  uint8_t first_be = 0, last_be = 0;
  uint64_t address = 0;    // of memory requests; the low two bits are 0
  uint16_t target = 0;     // bus, device, function of configuration requests
  uint16_t reg = 0;        // byte offset of configuration requests
  uint8_t message = 0;     // message code
  uint16_t completer = 0;
  cpl_status status = cpl_status::ok;
  uint16_t byte_count = 0;  // 1 to 4096
  uint8_t lower_address = 0;

  bool is_memory() const { return type == 0 || type == 1; }
  bool is_config() const { return type == 4 || type == 5; }
  bool is_io() const { return type == 2; }
  bool is_message() const { return (type & 0x18) == 0x10; }
  bool is_completion() const { return type == 0x0a || type == 0x0b; }
  size_t bytes() const { return is_4dw ? 16 : 12; }
};

// False: too short for what its header says.
bool decode(const tlp& packet, header* out);

// Requests. first and last byte enables are made of address and bytes; a
// request of 0 bytes is one dword without byte enables.
tlp memory_read(uint16_t requester, uint16_t tag, uint64_t address, uint32_t bytes, uint8_t attr);
tlp memory_write(uint16_t requester, uint64_t address, const uint8_t* data, uint32_t bytes,
                 uint8_t attr);
// words: bytes 8 to 15 of the header, the first one highest; data: whole dwords.
tlp message(uint16_t requester, uint8_t code, uint8_t routing, uint64_t words = 0,
            const uint8_t* data = nullptr, uint32_t bytes = 0);

// A completion for req. data: dwords to send, nullptr for none.
tlp completion(uint16_t completer, const header& req, cpl_status status, uint16_t byte_count,
               uint8_t lower_address, const uint8_t* data, uint32_t dwords);

}  // namespace riser

#endif  // RISER_SYSTEMC_TLP_H_
