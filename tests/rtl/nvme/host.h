// SPDX-License-Identifier: Apache-2.0
// A behavioural host at the core port of nvme_ctrl (docs/core-port.md): memory, DMA with latency and
// random stalls, posted order of data and interrupts, and the backing store. It checks the port's rules
// in every cycle; a broken rule ends the process with one line that names cycle and seed.
#ifndef RISER_TESTS_RTL_NVME_HOST_H_
#define RISER_TESTS_RTL_NVME_HOST_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "Vnvme_ctrl.h"

namespace riser_test {

constexpr uint32_t kBeatBytes = NVME_DATA_W / 8;
constexpr uint64_t kPage = 4096;

[[noreturn]] void Fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

#define CHECK(cond, ...)            \
  do {                              \
    if (!(cond)) Fail(__VA_ARGS__); \
  } while (0)

class Host {
 public:
  explicit Host(uint32_t seed);
  ~Host();

  // How often (per 1000 cycles) each ready and valid of the host is 0, and the DMA latency.
  void SetStalls(uint32_t permille, uint32_t latency_cycles);

  void Tick();
  void Ticks(uint32_t cycles);
  // Ticks until done() or fails after `cycles` with `what`.
  void Until(const std::function<bool()>& done, uint32_t cycles, const char* what);

  // Registers of BAR0.
  uint32_t Read32(uint32_t offset);
  uint64_t Read64(uint32_t offset);
  void Write32(uint32_t offset, uint32_t value);
  void Write64(uint32_t offset, uint64_t value);
  void WriteBytes(uint32_t offset, uint64_t value, uint8_t be);

  // Host memory. Pages exist once allocated; DMA elsewhere is an error of the card unless it is a read
  // or write of a page that was made bad.
  uint64_t AllocPage();
  uint64_t AllocPages(uint32_t count);  // consecutive
  void FreePages();
  void MakeBad(uint64_t page);
  uint8_t* Page(uint64_t addr);
  void Poke(uint64_t addr, const void* data, size_t bytes);
  void Peek(uint64_t addr, void* data, size_t bytes);

  // Which vector a completion entry at this address belongs to: entries and messages are counted, and
  // more messages than entries are an error.
  std::function<int(uint64_t addr)> vector_of;
  uint64_t irqs[32] = {};
  uint64_t entries[32] = {};
  uint64_t messages_asked = 0;  // MSI-X on or not

  void CardReset(uint32_t cycles);
  void SetMsix(bool on) { top_->cfg_msix_en = on; }
  bool intx() const { return top_->intx != 0; }
  bool idle() const { return top_->idle != 0; }
  void SetBusMaster(bool on) { bme_ = on; }

  uint64_t cycle() const { return cycle_; }
  // Of all that the card gave out, with its cycle: equal for equal behaviour.
  uint64_t digest() const { return digest_; }
  uint64_t dmar_requests = 0, dmaw_bytes = 0, mem_writes = 0;
  uint32_t max_reads_in_flight = 0;
  uint32_t Random() { return rng_(); }
  uint32_t Random(uint32_t below) { return rng_() % below; }
  bool PosedLate() const { return !posted_.empty(); }
  // The store takes this many more writes, and then nothing until it may again.
  void StopStoreAfter(uint64_t writes) { store_until_ = mem_writes + writes; }
  void StartStore() { store_until_ = UINT64_MAX; }
  uint8_t* disk() { return disk_; }
  uint64_t disk_bytes() const { return disk_bytes_; }
  uint32_t seed() const { return seed_; }

 private:
  struct ReadReq {
    uint64_t addr;
    uint32_t len;
    uint8_t ctx;
    uint64_t ready_cycle;
  };
  struct WriteReq {
    uint64_t addr;
    uint32_t len;
    uint8_t ctx;
    std::vector<uint8_t> data;
  };
  struct Posted {
    uint64_t cycle;
    int vector;  // -1: data
    uint64_t addr;
    std::vector<uint8_t> data;
  };
  struct Done {
    uint64_t cycle;
    uint8_t ctx;
    uint8_t status;
  };
  struct MemRsp {
    uint64_t cycle;
    std::vector<uint8_t> data;
  };

  bool Stall() { return stall_permille_ != 0 && rng_() % 1000 < stall_permille_; }
  void DriveInputs();
  void Observe();
  void DmaReads();
  void DmaWrites();
  void Interrupts();
  void Memory();
  void Rules();
  void Digest(char kind, const void* data, size_t bytes);
  void NextReadBeat();
  void Deliver();
  void Stable(const char* what, bool valid, bool ready, const std::string& payload, std::string* last);

  std::unique_ptr<Vnvme_ctrl> top_;
  uint32_t seed_;
  std::mt19937 rng_;
  uint64_t cycle_ = 0;
  uint64_t digest_ = 14695981039346656037ull;
  uint32_t stall_permille_ = 0;
  uint32_t latency_ = 20;
  bool bme_ = true;
  uint64_t store_until_ = UINT64_MAX;

  std::unordered_map<uint64_t, std::unique_ptr<uint8_t[]>> pages_;
  std::unordered_map<uint64_t, bool> bad_;
  uint64_t next_page_ = 0x100000000ull;

  std::deque<ReadReq> reads_;
  uint32_t read_done_ = 0;  // bytes of the front request that were offered
  bool read_offered_ = false;
  bool read_bad_ = false;

  std::deque<WriteReq> writes_;
  std::deque<Done> dones_;
  std::deque<Posted> posted_;
  std::deque<MemRsp> mem_rsp_;
  uint8_t* disk_;
  uint64_t disk_bytes_;

  bool rsp_seen_ = false;
  uint64_t rsp_data_ = 0;
  bool was_idle_ = false;
  bool was_intx_ = false;
  std::string last_dmar_, last_dmaw_req_, last_dmaw_, last_irq_, last_mem_;
};

}  // namespace riser_test

#endif  // RISER_TESTS_RTL_NVME_HOST_H_
