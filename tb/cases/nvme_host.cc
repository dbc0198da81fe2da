// SPDX-License-Identifier: Apache-2.0
#include "cases/nvme_host.h"

#include <algorithm>

namespace tb {
namespace {

constexpr uint32_t kVectorData = 0x500;

void Append(Bytes* b, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) b->push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

NvmeHost::NvmeHost(Env* env) : env_(env), root_(env->root) {
  fn = Start(env);
  bar_ = fn.bar(0).addr;
  EnableMsix(root_, fn, fn.msix_vectors, kVectorData);
  root_->on_interrupt = [this](const Interrupt& irq) { OnInterrupt(irq); };
}

void NvmeHost::Enable(uint32_t entries) {
  Queue& q = queues_[0];
  q = Queue{};
  q.sq = NewPage();
  q.cq = NewPage();
  q.entries = static_cast<uint16_t>(entries);
  root_->memory.Map(q.sq, entries * 64, Memory::kRead);
  root_->memory.Map(q.cq, entries * 16, Memory::kWrite);
  root_->memory.Put(q.cq, Bytes(entries * 16, 0));
  root_->memory.Put(q.sq, Bytes(entries * 64, 0));
  root_->Write32(bar_ + 0x24, (entries - 1) << 16 | (entries - 1));
  root_->Write64(bar_ + 0x28, q.sq);
  root_->Write64(bar_ + 0x30, q.cq);
  root_->Write32(bar_ + 0x14, 0x00460001);
  bool ready = root_->Until([&] { return (root_->Read32(bar_ + 0x1c) & 1) != 0; }, 400000);
  Check(ready, "CSTS.RDY stays 0");
}

void NvmeHost::Disable() {
  root_->Write32(bar_ + 0x14, 0);
  bool off = root_->Until([&] { return (root_->Read32(bar_ + 0x1c) & 1) == 0; }, 400000);
  Check(off, "CSTS.RDY stays 1");
  for (auto& [qid, q] : queues_) {
    root_->memory.Unmap(q.sq);
    root_->memory.Unmap(q.cq);
  }
  queues_.clear();
}

void NvmeHost::CreateQueues(uint16_t qid, uint16_t entries) {
  Queue q{};
  q.sq = NewPage();
  q.cq = NewPage();
  q.entries = entries;
  root_->memory.Map(q.sq, entries * 64u, Memory::kRead);
  root_->memory.Map(q.cq, entries * 16u, Memory::kWrite);
  root_->memory.Put(q.cq, Bytes(entries * 16u, 0));
  root_->memory.Put(q.sq, Bytes(entries * 64u, 0));
  queues_[qid] = q;
  uint32_t size = (entries - 1u) << 16 | qid;
  Command create{0x05, 0, q.cq, 0, size, uint32_t{qid} << 16 | 3, 0};
  Check(Do(0, create).status == 0, "Create I/O Completion Queue");
  create = Command{0x01, 0, q.sq, 0, size, uint32_t{qid} << 16 | 1, 0};
  Check(Do(0, create).status == 0, "Create I/O Submission Queue");
}

size_t NvmeHost::Free(uint16_t qid) const {
  const Queue& q = queues_.at(qid);
  return q.entries - 1u - q.open;
}

uint16_t NvmeHost::Submit(uint16_t qid, const Command& c) {
  Queue& q = queues_.at(qid);
  Check(q.open + 1 < q.entries, "the submission queue %u is full", qid);
  uint16_t cid = q.next_cid++;
  Bytes b;
  Append(&b, c.opcode | uint32_t{cid} << 16, 4);
  Append(&b, c.nsid, 4);
  Append(&b, 0, 8);
  Append(&b, 0, 8);
  Append(&b, c.prp1, 8);
  Append(&b, c.prp2, 8);
  Append(&b, c.cdw10, 4);
  Append(&b, c.cdw11, 4);
  Append(&b, c.cdw12, 4);
  b.resize(64);
  root_->memory.Put(q.sq + 64u * q.tail, b);
  q.tail = static_cast<uint16_t>((q.tail + 1) % q.entries);
  q.result[cid] = Result{};
  ++q.open;
  root_->Write32(bar_ + 0x1000 + 8u * qid, q.tail);
  return cid;
}

void NvmeHost::OnInterrupt(const Interrupt& irq) {
  ++nr_interrupts;
  uint32_t qid = irq.data - kVectorData;
  Check(queues_.count(static_cast<uint16_t>(qid)) == 1, "an interrupt of no queue: data %x", irq.data);
  Reap(static_cast<uint16_t>(qid));
}

// What is complete by the phase bit; the data of each is there already.
void NvmeHost::Reap(uint16_t qid) {
  Queue& q = queues_.at(qid);
  bool moved = false;
  for (;;) {
    uint64_t at = q.cq + 16u * q.head;
    uint32_t dw3 = root_->memory.Get32(at + 12);
    if ((dw3 >> 16 & 1) != q.phase) break;
    uint16_t cid = static_cast<uint16_t>(dw3);
    auto found = q.result.find(cid);
    Check(found != q.result.end() && !found->second.done, "queue %u: entry for no command %u", qid,
          cid);
    Check(root_->memory.Get32(at + 8) >> 16 == qid, "queue %u: entry names another one", qid);
    found->second = {true, static_cast<uint16_t>(dw3 >> 17), root_->memory.Get32(at), root_->cycle()};
    --q.open;
    q.head = static_cast<uint16_t>(q.head + 1);
    if (q.head == q.entries) {
      q.head = 0;
      q.phase = !q.phase;
    }
    moved = true;
  }
  if (moved) root_->Write32(bar_ + 0x1000 + 8u * qid + 4, q.head);
}

NvmeHost::Result NvmeHost::Wait(uint16_t qid, uint16_t cid, uint64_t cycles) {
  Queue& q = queues_.at(qid);
  if (!root_->Until([&] { return q.result.at(cid).done; }, cycles)) {
    Fail("queue %u: command %u does not end; %zu reads of the card are open", qid, cid,
         root_->nr_card_reads());
  }
  Result r = q.result.at(cid);
  q.result.erase(cid);
  return r;
}

NvmeHost::Data NvmeHost::Allocate(uint32_t bytes, Memory::Access access) {
  Data d;
  uint32_t offset = env_->rng->Percent(50) ? 0 : 4 * env_->rng->Below(kPage / 4);
  while (bytes != 0) {
    uint32_t n = std::min(bytes, kPage - offset);
    // pages of one command are never neighbours; half of them are below 4 GiB
    uint64_t page = NewPage();
    d.pieces.emplace_back(page + offset, n);
    root_->memory.Map(page + offset, n, access);
    bytes -= n;
    offset = 0;
  }
  d.prp1 = d.pieces[0].first;
  if (d.pieces.size() == 2) d.prp2 = d.pieces[1].first;
  if (d.pieces.size() > 2) {
    uint32_t list_bytes = static_cast<uint32_t>(8 * (d.pieces.size() - 1));
    uint32_t start = 8 * env_->rng->Below((kPage - list_bytes) / 8 + 1);
    d.list = NewPage() + start;
    root_->memory.Map(d.list, list_bytes, Memory::kRead);
    for (size_t i = 1; i < d.pieces.size(); ++i) {
      root_->memory.Put64(d.list + 8 * (i - 1), d.pieces[i].first);
    }
    d.prp2 = d.list;
  }
  return d;
}

void NvmeHost::Release(const Data& d) {
  for (auto& piece : d.pieces) root_->memory.Unmap(piece.first);
  if (d.list != 0) root_->memory.Unmap(d.list);
}

void NvmeHost::Put(const Data& d, const Bytes& bytes) {
  size_t at = 0;
  for (auto& [addr, n] : d.pieces) {
    root_->memory.Put(addr, Bytes(bytes.begin() + static_cast<ptrdiff_t>(at),
                                  bytes.begin() + static_cast<ptrdiff_t>(at + n)));
    at += n;
  }
}

Bytes NvmeHost::Get(const Data& d) {
  Bytes all;
  for (auto& [addr, n] : d.pieces) {
    for (uint32_t i = 0; i < n; ++i) {
      Check(root_->memory.OwnerOf(addr + i) == Memory::kCard, "byte %zu was never written",
            all.size());
      all.push_back(root_->memory.Byte(addr + i));
    }
  }
  return all;
}

}  // namespace tb
