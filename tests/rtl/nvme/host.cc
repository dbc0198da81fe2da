// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace riser_test {

namespace {
Host* g_host;

template <typename T>
std::string Bytes(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}
}  // namespace

void Fail(const char* format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "FAIL cycle=%llu seed=%u: ",
          g_host ? static_cast<unsigned long long>(g_host->cycle()) : 0ull,
          g_host ? g_host->seed() : 0u);
  vfprintf(stderr, format, args);
  fprintf(stderr, "\n");
  va_end(args);
  fflush(nullptr);
  _exit(1);
}

Host::Host(uint32_t seed) : top_(new Vnvme_ctrl), seed_(seed), rng_(seed) {
  g_host = this;
  disk_bytes_ = 1ull << NVME_CAPACITY_LOG2;
  disk_ = static_cast<uint8_t*>(calloc(1, disk_bytes_));
  top_->clk = 0;
  top_->power_rst = 1;
  top_->card_rst = 1;
  top_->cfg_msix_en = 1;
  top_->reg_valid = 0;
  top_->dmar_valid = 0;
  top_->dmaw_done_valid = 0;
  top_->mem_rsp_valid = 0;
  // the core's reset comes out of a register: at the very first edge it may still be 0
  top_->card_rst = 0;
  for (int i = 0; i < 3; ++i) {
    top_->clk = i & 1;
    top_->eval();
  }
  CHECK(!top_->mem_req_valid || !top_->mem_req_write, "a write into the store before the first reset");
  top_->card_rst = 1;
  for (int i = 0; i < 32; ++i) Tick();
  top_->power_rst = 0;
  top_->card_rst = 0;
  Tick();
}

Host::~Host() {
  top_->final();
  free(disk_);
  g_host = nullptr;
}

void Host::SetStalls(uint32_t permille, uint32_t latency_cycles) {
  stall_permille_ = permille;
  latency_ = latency_cycles;
}

void Host::Ticks(uint32_t cycles) {
  for (uint32_t i = 0; i < cycles; ++i) Tick();
}

void Host::Until(const std::function<bool()>& done, uint32_t cycles, const char* what) {
  for (uint32_t i = 0; !done(); ++i) {
    CHECK(i < cycles, "%s: not after %u cycles", what, cycles);
    Tick();
  }
}

// ---- registers

uint64_t Host::Read64(uint32_t offset) {
  top_->reg_valid = 1;
  top_->reg_write = 0;
  top_->reg_bar = 0;
  top_->reg_addr = offset & ~7u;
  top_->reg_be = 0xff;
  do Tick();
  while (!top_->reg_ready);
  top_->reg_valid = 0;
  Until([this] { return rsp_seen_; }, 100, "register read");
  rsp_seen_ = false;
  return rsp_data_;
}

uint32_t Host::Read32(uint32_t offset) {
  return static_cast<uint32_t>(Read64(offset) >> (offset & 4 ? 32 : 0));
}

void Host::WriteBytes(uint32_t offset, uint64_t value, uint8_t be) {
  top_->reg_valid = 1;
  top_->reg_write = 1;
  top_->reg_bar = 0;
  top_->reg_addr = offset;
  top_->reg_wdata = value;
  top_->reg_be = be;
  do Tick();
  while (!top_->reg_ready);
  top_->reg_valid = 0;
  top_->reg_write = 0;
}

void Host::Write32(uint32_t offset, uint32_t value) {
  uint64_t both = static_cast<uint64_t>(value) << 32 | value;
  WriteBytes(offset & ~7u, both, offset & 4 ? 0xf0 : 0x0f);
}

void Host::Write64(uint32_t offset, uint64_t value) { WriteBytes(offset, value, 0xff); }

// ---- memory

uint64_t Host::AllocPages(uint32_t count) {
  uint64_t first = next_page_;
  for (uint32_t i = 0; i < count; ++i) {
    pages_[next_page_].reset(new uint8_t[kPage]);
    memset(pages_[next_page_].get(), 0xa5, kPage);
    next_page_ += kPage;
  }
  next_page_ += kPage * (1 + Random(3));  // a gap, so that an overrun hits nothing
  return first;
}

uint64_t Host::AllocPage() { return AllocPages(1); }

void Host::FreePages() {
  pages_.clear();
  bad_.clear();
}

void Host::MakeBad(uint64_t page) { bad_[page] = true; }

uint8_t* Host::Page(uint64_t addr) {
  auto it = pages_.find(addr & ~(kPage - 1));
  CHECK(it != pages_.end(), "access of address 0x%llx, which is not memory",
        static_cast<unsigned long long>(addr));
  return it->second.get() + (addr & (kPage - 1));
}

void Host::Poke(uint64_t addr, const void* data, size_t bytes) {
  const uint8_t* from = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < bytes; ++i) *Page(addr + i) = from[i];
}

void Host::Peek(uint64_t addr, void* data, size_t bytes) {
  uint8_t* to = static_cast<uint8_t*>(data);
  for (size_t i = 0; i < bytes; ++i) to[i] = *Page(addr + i);
}

// ---- a cycle

void Host::Tick() {
  DriveInputs();
  top_->clk = 0;
  top_->eval();
  Rules();
  // what is transferred in this cycle
  if (top_->reg_rsp_valid && !top_->card_rst) {
    CHECK(top_->reg_rsp_status == 0, "register read answered with status %u", top_->reg_rsp_status);
    rsp_seen_ = true;
    rsp_data_ = top_->reg_rsp_data;
    Digest('R', &rsp_data_, sizeof(rsp_data_));
  }
  Observe();
  top_->clk = 1;
  top_->eval();
  ++cycle_;
  Deliver();
}

void Host::Digest(char kind, const void* data, size_t bytes) {
  auto add = [this](const void* from, size_t n) {
    for (size_t i = 0; i < n; ++i)
      digest_ = (digest_ ^ static_cast<const uint8_t*>(from)[i]) * 1099511628211ull;
  };
  add(&kind, 1);
  add(&cycle_, sizeof(cycle_));
  add(data, bytes);
}

void Host::DriveInputs() {
  top_->dmar_req_ready = reads_.size() < 8 && !Stall();
  top_->dmaw_req_ready = writes_.size() < 4 && !Stall();
  top_->dmaw_ready = !writes_.empty() && !Stall();
  top_->irq_ready = !Stall();
  top_->mem_req_ready = mem_writes < store_until_ && !Stall();
  if (!read_offered_) NextReadBeat();
  top_->dmaw_done_valid = 0;
  if (!dones_.empty() && dones_.front().cycle <= cycle_) {
    top_->dmaw_done_valid = 1;
    top_->dmaw_done_ctx = dones_.front().ctx;
    top_->dmaw_done_status = dones_.front().status;
    dones_.pop_front();
  }
  top_->mem_rsp_valid = 0;
  if (!mem_rsp_.empty() && mem_rsp_.front().cycle <= cycle_) {
    top_->mem_rsp_valid = 1;
    memcpy(&top_->mem_rsp_data, mem_rsp_.front().data.data(), kBeatBytes);
    mem_rsp_.pop_front();
  }
}

void Host::NextReadBeat() {
  top_->dmar_valid = 0;
  if (reads_.empty() || reads_.front().ready_cycle > cycle_ || Stall()) return;
  const ReadReq& req = reads_.front();
  uint8_t beat[kBeatBytes];
  for (uint32_t i = 0; i < kBeatBytes; ++i) {
    uint64_t addr = req.addr + read_done_ + i;
    if (read_done_ + i >= req.len) {
      beat[i] = static_cast<uint8_t>(rng_());
      continue;
    }
    bool bad = !bme_ || bad_.count(addr & ~(kPage - 1));
    if (bad) read_bad_ = true;
    beat[i] = bad ? 0 : *Page(addr);
  }
  memcpy(&top_->dmar_data, beat, kBeatBytes);
  top_->dmar_valid = 1;
  top_->dmar_ctx = req.ctx;
  top_->dmar_last = read_done_ + kBeatBytes >= req.len;
  top_->dmar_status = top_->dmar_last ? (read_bad_ ? 1 : 0) : rng_() & 3;
  read_offered_ = true;
}

void Host::Observe() {
  if (top_->card_rst) {
    reads_.clear();
    writes_.clear();
    dones_.clear();
    read_offered_ = read_bad_ = false;
    read_done_ = 0;
    top_->dmar_valid = 0;
    return Memory();
  }
  DmaReads();
  DmaWrites();
  Interrupts();
  Memory();
}

void Host::DmaReads() {
  if (top_->dmar_valid && top_->dmar_ready) {
    read_offered_ = false;
    read_done_ += kBeatBytes;
    if (top_->dmar_last) {
      reads_.pop_front();
      read_done_ = 0;
      read_bad_ = false;
    }
  }
  if (top_->dmar_req_valid && top_->dmar_req_ready) {
    uint32_t len = top_->dmar_req_len;
    CHECK(len >= 1 && len <= 131072, "DMA read of %u bytes", len);
    std::string what = Bytes(top_->dmar_req_addr) + Bytes(len) + Bytes(top_->dmar_req_ctx);
    Digest('r', what.data(), what.size());
    uint64_t base = reads_.empty() ? cycle_ : std::max(cycle_, reads_.back().ready_cycle);
    reads_.push_back({top_->dmar_req_addr, len, top_->dmar_req_ctx,
                      std::max(base, cycle_ + latency_ + (latency_ ? Random(latency_) : 0))});
    ++dmar_requests;
    max_reads_in_flight = std::max<uint32_t>(max_reads_in_flight, reads_.size());
  }
}

void Host::DmaWrites() {
  if (top_->dmaw_valid && top_->dmaw_ready) {
    CHECK(!writes_.empty(), "DMA write data without a request");
    WriteReq* req = nullptr;
    for (WriteReq& w : writes_)
      if (w.data.size() < w.len) {
        req = &w;
        break;
      }
    CHECK(req, "DMA write data beyond the request");
    uint32_t bytes = std::min<uint32_t>(kBeatBytes, req->len - req->data.size());
    const uint8_t* data = reinterpret_cast<const uint8_t*>(&top_->dmaw_data);
    req->data.insert(req->data.end(), data, data + bytes);
    dmaw_bytes += bytes;
    Digest('d', data, bytes);
    if (req->data.size() == req->len) {
      CHECK(req == &writes_.front(), "DMA write data out of order");
      uint64_t when = cycle_ + 1 + Random(8);
      if (!dones_.empty()) when = std::max(when, dones_.back().cycle + 1);
      dones_.push_back({when, req->ctx, static_cast<uint8_t>(bme_ ? 0 : 1)});
      if (bme_) posted_.push_back({when + Random(latency_ + 1), -1, req->addr, std::move(req->data)});
      writes_.pop_front();
    }
  }
  if (top_->dmaw_req_valid && top_->dmaw_req_ready) {
    uint32_t len = top_->dmaw_req_len;
    CHECK(len >= 1 && len <= 131072, "DMA write of %u bytes", len);
    std::string what = Bytes(top_->dmaw_req_addr) + Bytes(len) + Bytes(top_->dmaw_req_ctx);
    Digest('w', what.data(), what.size());
    writes_.push_back({top_->dmaw_req_addr, len, top_->dmaw_req_ctx, {}});
  }
}

void Host::Interrupts() {
  if (top_->irq_valid && top_->irq_ready) {
    ++messages_asked;
    Digest('i', &top_->irq_vec, sizeof(top_->irq_vec));
  }
  if (top_->irq_valid && top_->irq_ready && top_->cfg_msix_en)
    posted_.push_back({cycle_ + Random(latency_ + 1), static_cast<int>(top_->irq_vec), 0, {}});
}

// Posted requests reach memory and CPU in order, whatever their delay.
void Host::Deliver() {
  while (!posted_.empty() && posted_.front().cycle <= cycle_) {
    Posted& p = posted_.front();
    if (p.vector >= 0) {
      CHECK(p.vector < 32, "message for vector %d", p.vector);
      ++irqs[p.vector];
      CHECK(irqs[p.vector] <= entries[p.vector],
            "message for vector %d without a completion entry before it", p.vector);
    } else {
      Poke(p.addr, p.data.data(), p.data.size());
      int vector = vector_of ? vector_of(p.addr) : -1;
      if (vector >= 0) ++entries[vector];
    }
    posted_.pop_front();
  }
}

void Host::Memory() {
  if (!top_->mem_req_valid || !top_->mem_req_ready) return;
  uint64_t at = static_cast<uint64_t>(top_->mem_req_addr) * kBeatBytes;
  Digest(top_->mem_req_write ? 'S' : 's', &at, sizeof(at));
  CHECK(at < disk_bytes_, "backing store address beyond its end");
  if (top_->mem_req_write) {
    uint64_t strb = 0;
    memcpy(&strb, &top_->mem_req_wstrb, kBeatBytes / 8);
    const uint8_t* data = reinterpret_cast<const uint8_t*>(&top_->mem_req_wdata);
    for (uint32_t i = 0; i < kBeatBytes; ++i)
      if (strb >> i & 1) disk_[at + i] = data[i];
    ++mem_writes;
  } else {
    mem_rsp_.push_back({cycle_ + 4, std::vector<uint8_t>(disk_ + at, disk_ + at + kBeatBytes)});
  }
}

void Host::Stable(const char* what, bool valid, bool ready, const std::string& payload,
                  std::string* last) {
  if (top_->card_rst) {
    last->clear();
    return;
  }
  CHECK(last->empty() || (valid && *last == payload), "%s changed before it was accepted", what);
  *last = valid && !ready ? payload : std::string();
}

void Host::Rules() {
  if (top_->dmar_req_valid || !last_dmar_.empty())
    Stable("DMA read request", top_->dmar_req_valid, top_->dmar_req_ready,
           Bytes(top_->dmar_req_addr) + Bytes(top_->dmar_req_len) + Bytes(top_->dmar_req_ctx),
           &last_dmar_);
  if (top_->dmaw_req_valid || !last_dmaw_req_.empty())
    Stable("DMA write request", top_->dmaw_req_valid, top_->dmaw_req_ready,
           Bytes(top_->dmaw_req_addr) + Bytes(top_->dmaw_req_len) + Bytes(top_->dmaw_req_ctx),
           &last_dmaw_req_);
  if (top_->dmaw_valid || !last_dmaw_.empty())
    Stable("DMA write data", top_->dmaw_valid, top_->dmaw_ready, Bytes(top_->dmaw_data), &last_dmaw_);
  if (top_->irq_valid || !last_irq_.empty())
    Stable("interrupt", top_->irq_valid, top_->irq_ready, Bytes(top_->irq_vec), &last_irq_);
  if (top_->mem_req_valid || !last_mem_.empty())
    Stable("backing store request", top_->mem_req_valid, top_->mem_req_ready,
           Bytes(top_->mem_req_addr) + Bytes(top_->mem_req_write), &last_mem_);

  // a card that said idle does nothing until it is asked
  bool active = top_->dmar_req_valid || top_->dmaw_req_valid || top_->dmaw_valid || top_->irq_valid ||
                top_->mem_req_valid || top_->reg_rsp_valid || (top_->intx != was_intx_);
  CHECK(!(was_idle_ && active), "the card was idle and acts without being asked");
  was_idle_ = top_->idle && !top_->reg_valid && !top_->card_rst && !top_->dmaw_done_valid;
  was_intx_ = top_->intx;
}

void Host::CardReset(uint32_t cycles) {
  top_->card_rst = 1;
  was_idle_ = false;
  Ticks(cycles);
  top_->card_rst = 0;
  posted_.clear();
  was_idle_ = false;
  was_intx_ = top_->intx;
}

}  // namespace riser_test
