// SPDX-License-Identifier: Apache-2.0
// What a driver does on the Host: boots the controller as Linux's nvme does, keeps queues, makes PRPs,
// submits commands and waits for their completions (by interrupt).
#ifndef RISER_TESTS_RTL_NVME_DRIVER_H_
#define RISER_TESTS_RTL_NVME_DRIVER_H_

#include <array>
#include <map>
#include <vector>

#include "host.h"

namespace riser_test {

enum Register : uint32_t {
  kCap = 0x00, kVs = 0x08, kIntms = 0x0c, kIntmc = 0x10, kCc = 0x14, kCsts = 0x1c,
  kAqa = 0x24, kAsq = 0x28, kAcq = 0x30, kDoorbells = 0x1000,
};

// Status codes as {SCT, SC}; `Dnr` where the command would fail again.
constexpr uint16_t kDnr = 0x4000;
constexpr uint16_t kMore = 0x2000;

struct Sqe {
  uint32_t dw[16] = {};
  Sqe() = default;
  Sqe(uint8_t opcode, uint32_t nsid) { dw[0] = opcode, dw[1] = nsid; }
  Sqe& Prp(uint64_t prp1, uint64_t prp2) {
    dw[6] = static_cast<uint32_t>(prp1), dw[7] = static_cast<uint32_t>(prp1 >> 32);
    dw[8] = static_cast<uint32_t>(prp2), dw[9] = static_cast<uint32_t>(prp2 >> 32);
    return *this;
  }
  Sqe& Cdw(int i, uint32_t v) {
    dw[i] = v;
    return *this;
  }
};

struct Cqe {
  uint32_t dw0, dw1;
  uint16_t sqhd, sqid, cid, status;  // status with the phase in bit 0
  uint16_t code() const { return (status >> 1) & 0x7ff; }
  bool dnr() const { return status >> 15; }
  bool more() const { return status >> 14 & 1; }
};

struct Queue {
  uint16_t id = 0, cqid = 0;
  uint16_t entries = 0;     // submission
  uint16_t cq_entries = 0;  // completion
  uint64_t sq = 0, cq = 0;
  uint16_t tail = 0, head = 0, sq_free = 0;
  bool phase = true;
  int vector = 0;
  uint16_t next_cid = 0;
  std::map<uint16_t, bool> in_flight;
  std::deque<Cqe> others;  // taken while a certain one was waited for
};

// A buffer as PRPs see it: pieces of pages, byte by byte reachable.
struct Buffer {
  std::vector<uint64_t> pages;
  uint32_t offset = 0;
  uint32_t bytes = 0;
  uint64_t prp1 = 0, prp2 = 0;
  std::vector<uint64_t> lists;  // pages of PRP lists
};

class Driver {
 public:
  explicit Driver(Host* host) : h(host) {}

  // CC.EN 0, admin queues, CC.EN 1, CSTS.RDY.
  void Enable(uint16_t admin_entries = 32);
  void Disable();
  // After Enable: Set Features (number of queues) and `count` pairs of the same size.
  void MakeQueues(int count, uint16_t entries);
  uint16_t CreateCq(uint16_t id, uint16_t entries, int vector, bool ien = true);
  uint16_t CreateSq(uint16_t id, uint16_t entries, uint16_t cqid);

  // Puts a command into a queue without ringing; the id.
  uint16_t Put(uint16_t qid, Sqe sqe, int cid = -1);
  void Ring(uint16_t qid);
  uint16_t Submit(uint16_t qid, const Sqe& sqe, int cid = -1) {
    uint16_t id = Put(qid, sqe, cid);
    Ring(qid);
    return id;
  }
  // Takes the next completion if one is there; frees its entry unless `keep`.
  bool Poll(uint16_t qid, Cqe* cqe, bool keep = false);
  void RingCq(uint16_t qid);
  // One command, waited for through its vector's interrupt. Other completions are kept for Wait.
  Cqe Do(uint16_t qid, const Sqe& sqe);
  Cqe Admin(const Sqe& sqe) { return Do(0, sqe); }
  // The next completion of a queue, waited for.
  Cqe Wait(uint16_t qid, uint32_t cycles = 400000);
  void Expect(const Cqe& cqe, uint16_t status, const char* what);  // status with kDnr

  Buffer MakeBuffer(uint32_t bytes, uint32_t offset, int list_at = -1);
  void PutBytes(const Buffer& buf, const uint8_t* data);
  std::vector<uint8_t> GetBytes(const Buffer& buf);
  // All bytes of the buffer's pages outside of the buffer are still what AllocPage put there.
  void CheckUntouched(const Buffer& buf, const char* what);

  // blocks may be fewer than the buffer holds, if its list is not chained
  Sqe Rw(bool write, uint64_t lba, uint32_t blocks, const Buffer& buf) {
    bool two = buf.pages.size() > 2 && buf.offset + blocks * 512 <= 2 * kPage;
    return Sqe(write ? 1 : 2, 1)
        .Prp(buf.prp1, two ? buf.pages[1] : buf.prp2)
        .Cdw(10, static_cast<uint32_t>(lba))
        .Cdw(11, static_cast<uint32_t>(lba >> 32))
        .Cdw(12, blocks - 1);
  }
  std::vector<uint8_t> Identify(uint32_t cns, uint32_t nsid);
  std::vector<uint8_t> GetLog(uint8_t lid, uint32_t bytes, uint32_t offset = 0, bool rae = false);

  Host* h;
  std::map<uint16_t, Queue> q;
};

}  // namespace riser_test

#endif  // RISER_TESTS_RTL_NVME_DRIVER_H_
