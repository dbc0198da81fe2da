// SPDX-License-Identifier: Apache-2.0
// As much of an NVMe driver as it takes to move data.
#ifndef RISER_TB_CASES_NVME_HOST_H_
#define RISER_TB_CASES_NVME_HOST_H_

#include <map>
#include <vector>

#include "cases/case.h"

namespace tb {

class NvmeHost {
 public:
  static constexpr uint32_t kPage = 4096, kBlock = 512;

  struct Command {
    uint8_t opcode = 0;
    uint32_t nsid = 0;
    uint64_t prp1 = 0, prp2 = 0;
    uint32_t cdw10 = 0, cdw11 = 0, cdw12 = 0;
  };
  struct Result {
    bool done = false;
    uint16_t status = 0;  // without the phase bit
    uint32_t dw0 = 0;
    uint64_t cycle = 0;
  };
  // Pages for the data of one command; every byte beyond is off limits for the card.
  struct Data {
    std::vector<std::pair<uint64_t, uint32_t>> pieces;  // address, bytes
    uint64_t list = 0;
    uint64_t prp1 = 0, prp2 = 0;
  };

  explicit NvmeHost(Env* env);

  void Enable(uint32_t admin_entries = 16);
  void Disable();
  // @entries of queue pair @qid, interrupts on vector @qid.
  void CreateQueues(uint16_t qid, uint16_t entries);
  // Returns the command's number in the queue.
  uint16_t Submit(uint16_t qid, const Command& command);
  Result Wait(uint16_t qid, uint16_t cid, uint64_t cycles = 2000000);
  Result Do(uint16_t qid, const Command& c) { return Wait(qid, Submit(qid, c)); }
  bool IsDone(uint16_t qid, uint16_t cid) { return queues_.at(qid).result.at(cid).done; }
  size_t Free(uint16_t qid) const;

  // @bytes in pages anywhere; the first starts at a dword offset.
  Data Allocate(uint32_t bytes, Memory::Access access);
  void Release(const Data& data);
  void Put(const Data& data, const Bytes& bytes);
  Bytes Get(const Data& data);

  Function fn;
  uint32_t nr_interrupts = 0;

 private:
  struct Queue {
    uint64_t sq, cq;
    uint16_t entries;
    uint16_t tail = 0, head = 0;
    bool phase = true;
    uint16_t next_cid = 0;
    std::map<uint16_t, Result> result;
    size_t open = 0;
  };
  void OnInterrupt(const Interrupt& irq);
  void Reap(uint16_t qid);
  uint64_t NewPage() { return next_page_ += 16 * kPage; }

  Env* env_;
  Root* root_;
  uint64_t bar_;
  uint64_t next_page_ = 0x200000000;
  std::map<uint16_t, Queue> queues_;
};

}  // namespace tb

#endif  // RISER_TB_CASES_NVME_HOST_H_
