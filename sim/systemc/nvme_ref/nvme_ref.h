// SPDX-License-Identifier: Apache-2.0
// A reference model of an NVMe 1.4 controller, loosely timed, written from the
// NVMe specification alone: what the Verilog card may be compared with.
#ifndef RISER_NVME_REF_H_
#define RISER_NVME_REF_H_

#include <array>
#include <deque>
#include <memory>
#include <unordered_map>

#include "riser/endpoint.h"
#include "riser/model_entry.h"

namespace nvme_ref {

constexpr unsigned kQueues = 5;         // admin and four I/O pairs
constexpr unsigned kLogEntries = 4;
constexpr unsigned kEventRequests = 4;
constexpr unsigned kBlock = 512;
constexpr unsigned kPageBytes = 4096;
constexpr unsigned kMaxTransfer = 128 << 10;

struct command {
  uint32_t dw[16];
  uint8_t opcode() const { return static_cast<uint8_t>(dw[0]); }
  uint16_t cid() const { return static_cast<uint16_t>(dw[0] >> 16); }
  uint32_t nsid() const { return dw[1]; }
  uint64_t prp1() const { return static_cast<uint64_t>(dw[7]) << 32 | dw[6]; }
  uint64_t prp2() const { return static_cast<uint64_t>(dw[9]) << 32 | dw[8]; }
  uint64_t lba() const { return static_cast<uint64_t>(dw[11]) << 32 | dw[10]; }
  uint32_t blocks() const { return (dw[12] & 0xffff) + 1; }
};

// Status code type and code, with the Do Not Retry bit where a retry cannot help.
enum status : uint16_t {
  kOk = 0x000,
  kInvalidOpcode = 0x4001,
  kInvalidField = 0x4002,
  kTransferError = 0x0004,
  kAborted = 0x0007,
  kInvalidNamespace = 0x400b,
  kPrpOffset = 0x4013,
  kLbaRange = 0x4080,
  kQueueInvalid = 0x4100,
  kQueueId = 0x4101,
  kQueueSize = 0x4102,
  kEventLimit = 0x4105,
  kVector = 0x4108,
  kLogPage = 0x4109,
  kFeatureSave = 0x410d,
  kQueueDelete = 0x410c,
};

struct submission_queue {
  bool exists = false;
  uint64_t base = 0;
  uint32_t entries = 0, head = 0, tail = 0;
  unsigned cq = 0;
};

struct completion_queue {
  bool exists = false, interrupts = false;
  uint64_t base = 0;
  uint32_t entries = 0, head = 0, tail = 0;
  bool phase = true;
  unsigned vector = 0;
};

// Blocks that were never written take no memory and read as zero.
class store {
 public:
  void read(uint64_t lba, uint32_t blocks, uint8_t* to) const;
  void write(uint64_t lba, uint32_t blocks, const uint8_t* from);
  void erase(uint64_t lba, uint64_t blocks);

 private:
  std::unordered_map<uint64_t, std::array<uint8_t, kBlock>> blocks_;
};

class controller : public sc_core::sc_module {
 public:
  controller(sc_core::sc_module_name name, const riser::plusargs& args);

  riser::endpoint ep;

 private:
  tlm_utils::simple_target_socket<controller> regs_;
  tlm_utils::simple_initiator_socket<controller> host_;

  // registers
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay);
  uint64_t read_register(uint64_t at) const;
  void write_register(uint64_t at, uint32_t value);
  void write_cc(uint32_t value);
  void doorbell(unsigned index, uint32_t value);
  void reset(bool power_on);
  void update_wire();

  // commands
  void work();
  bool work_once();
  bool fetch(unsigned sq, command* c);
  bool complete(unsigned sq, const command& c, uint16_t status, uint32_t result);
  uint16_t admin(const command& c, uint32_t* result, bool* later);
  uint16_t io(const command& c);
  uint16_t identify(const command& c);
  uint16_t log_page(const command& c);
  uint16_t create_cq(const command& c);
  uint16_t create_sq(const command& c);
  uint16_t delete_queue(const command& c, bool is_sq);
  uint16_t set_feature(const command& c, uint32_t* result);
  uint16_t get_feature(const command& c, uint32_t* result);
  uint16_t deallocate(const command& c);
  void event(unsigned type, unsigned info, unsigned page);
  void send_events();
  void log_error(unsigned sq, const command* c, uint16_t status);
  void fatal(const char* why);

  // host memory
  bool host_read(uint64_t address, void* to, uint32_t bytes);
  bool host_write(uint64_t address, const void* from, uint32_t bytes);
  // Moves bytes through the PRPs of a command.
  uint16_t transfer(const command& c, uint8_t* data, uint32_t bytes, bool to_host);

  bool alive() const { return life_ == ep.life() && (cc_ & 1) != 0 && (csts_ & 2) == 0; }

  const uint64_t capacity_blocks_;
  const uint32_t instance_;
  store store_;
  sc_core::sc_event work_event_;
  uint64_t life_ = 0;
  uint32_t cc_ = 0, csts_ = 0, aqa_ = 0, intm_ = 0;
  uint64_t asq_ = 0, acq_ = 0;
  submission_queue sq_[kQueues];
  completion_queue cq_[kQueues];
  unsigned next_sq_ = 0;
  std::deque<command> event_requests_;
  struct pending_event {
    unsigned type, info, page;
  };
  std::deque<pending_event> events_;
  bool event_masked_[8] = {};
  std::unordered_map<unsigned, uint32_t> features_;
  std::array<uint8_t, 128> host_id_{};

  struct error_entry {
    uint64_t count;
    uint16_t sq, cid, status, location;
    uint64_t lba;
    uint32_t nsid;
  };
  std::deque<error_entry> errors_;
  uint64_t error_count_ = 0, reads_ = 0, writes_ = 0, read_blocks_ = 0, written_blocks_ = 0;
};

}  // namespace nvme_ref

#endif  // RISER_NVME_REF_H_
