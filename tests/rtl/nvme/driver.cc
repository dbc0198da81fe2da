// SPDX-License-Identifier: Apache-2.0
#include "driver.h"

#include <cstring>

namespace riser_test {

void Driver::Disable() {
  h->Write32(kCc, h->Read32(kCc) & ~1u);
  h->Until([this] { return (h->Read32(kCsts) & 1) == 0; }, 100000, "CSTS.RDY 0");
}

void Driver::Enable(uint16_t admin_entries) {
  q.clear();
  if (h->Read32(kCc) & 1) Disable();
  Queue& a = q[0];
  a.entries = a.cq_entries = admin_entries;
  a.sq_free = admin_entries - 1;
  a.sq = h->AllocPages((admin_entries * 64 + kPage - 1) / kPage);
  a.cq = h->AllocPages((admin_entries * 16 + kPage - 1) / kPage);
  for (uint32_t i = 0; i < admin_entries * 16u; ++i) *h->Page(a.cq + i) = 0;
  h->vector_of = [this](uint64_t addr) {
    for (auto& [id, queue] : q)
      if (queue.cq && addr >= queue.cq && addr < queue.cq + queue.cq_entries * 16u) return queue.vector;
    return -1;
  };
  h->Write32(kAqa, (admin_entries - 1u) << 16 | (admin_entries - 1u));
  h->Write64(kAsq, a.sq);
  h->Write64(kAcq, a.cq);
  h->Write32(kCc, 0x00460001);
  h->Until([this] { return (h->Read32(kCsts) & 1) != 0; }, 1000, "CSTS.RDY 1");
}

uint16_t Driver::CreateCq(uint16_t id, uint16_t entries, int vector, bool ien) {
  Queue queue;
  queue.id = id;
  queue.cq_entries = entries;
  queue.vector = vector;
  queue.cq = h->AllocPages((entries * 16 + kPage - 1) / kPage);
  for (uint32_t i = 0; i < entries * 16u; ++i) *h->Page(queue.cq + i) = 0;
  Cqe cqe = Admin(Sqe(0x05, 0)
                      .Prp(queue.cq, 0)
                      .Cdw(10, static_cast<uint32_t>(entries - 1) << 16 | id)
                      .Cdw(11, static_cast<uint32_t>(vector) << 16 | (ien ? 2 : 0) | 1));
  if (cqe.code() == 0) q[id] = queue;
  return cqe.code();
}

uint16_t Driver::CreateSq(uint16_t id, uint16_t entries, uint16_t cqid) {
  uint64_t sq = h->AllocPages((entries * 64 + kPage - 1) / kPage);
  Cqe cqe = Admin(Sqe(0x01, 0)
                      .Prp(sq, 0)
                      .Cdw(10, static_cast<uint32_t>(entries - 1) << 16 | id)
                      .Cdw(11, static_cast<uint32_t>(cqid) << 16 | 1));
  if (cqe.code() == 0) {
    Queue& queue = q[id];
    queue.id = id;
    queue.cqid = cqid;
    queue.entries = entries;
    queue.sq = sq;
    queue.sq_free = entries - 1;
    queue.tail = 0;
  }
  return cqe.code();
}

void Driver::MakeQueues(int count, uint16_t entries) {
  Cqe cqe = Admin(Sqe(0x09, 0).Cdw(10, 7).Cdw(11, static_cast<uint32_t>(count - 1) << 16 | (count - 1)));
  Expect(cqe, 0, "number of queues");
  CHECK((cqe.dw0 & 0xffff) >= static_cast<uint32_t>(count - 1), "%u queues granted", cqe.dw0 & 0xffff);
  for (uint16_t i = 1; i <= count; ++i) {
    CHECK(CreateCq(i, entries, i) == 0, "create completion queue %u", i);
    CHECK(CreateSq(i, entries, i) == 0, "create submission queue %u", i);
  }
}

uint16_t Driver::Put(uint16_t qid, Sqe sqe, int cid) {
  Queue& queue = q[qid];
  CHECK(queue.sq_free > 0, "test: queue %u is full", qid);
  if (cid < 0) {
    while (queue.in_flight.count(queue.next_cid)) ++queue.next_cid;
    cid = queue.next_cid++;
  }
  queue.in_flight[static_cast<uint16_t>(cid)] = true;
  sqe.dw[0] = (sqe.dw[0] & 0xffff) | static_cast<uint32_t>(cid) << 16;
  h->Poke(queue.sq + queue.tail * 64ull, sqe.dw, 64);
  queue.tail = queue.tail + 1 == queue.entries ? 0 : queue.tail + 1;
  --queue.sq_free;
  return static_cast<uint16_t>(cid);
}

void Driver::Ring(uint16_t qid) { h->Write32(kDoorbells + qid * 8, q[qid].tail); }
void Driver::RingCq(uint16_t qid) { h->Write32(kDoorbells + qid * 8 + 4, q[qid].head); }

bool Driver::Poll(uint16_t cqid, Cqe* cqe, bool keep) {
  Queue& queue = q[cqid];
  h->Peek(queue.cq + queue.head * 16ull, cqe, 16);
  if ((cqe->status & 1) != (queue.phase ? 1 : 0)) return false;
  queue.head = queue.head + 1 == queue.cq_entries ? 0 : queue.head + 1;
  if (queue.head == 0) queue.phase = !queue.phase;
  CHECK(q.count(cqe->sqid), "completion for queue %u, which does not exist", cqe->sqid);
  Queue& sq = q[cqe->sqid];
  CHECK(sq.in_flight.erase(cqe->cid) == 1, "completion of queue %u for command 0x%x, which is not in flight",
        cqe->sqid, cqe->cid);
  CHECK(cqe->dw1 == 0, "completion dword 1 is 0x%x", cqe->dw1);
  CHECK(cqe->sqhd < sq.entries, "head %u of queue %u", cqe->sqhd, cqe->sqid);
  uint16_t used = static_cast<uint16_t>((sq.tail + sq.entries - cqe->sqhd) % sq.entries);
  CHECK(sq.entries - 1 - used >= sq.sq_free, "head of queue %u goes back", cqe->sqid);
  // entries before the head are the host's again: overwrite them
  uint16_t freed = static_cast<uint16_t>(sq.entries - 1 - used - sq.sq_free);
  std::vector<uint8_t> junk(64, 0xff);
  for (uint16_t i = 1; i <= freed; ++i) {
    uint16_t at = static_cast<uint16_t>((cqe->sqhd + sq.entries - i) % sq.entries);
    h->Poke(sq.sq + at * 64ull, junk.data(), 64);
  }
  sq.sq_free = static_cast<uint16_t>(sq.entries - 1 - used);
  if (!keep) RingCq(cqid);
  return true;
}

Cqe Driver::Wait(uint16_t cqid, uint32_t cycles) {
  Cqe cqe;
  std::deque<Cqe>& others = q[cqid].others;
  if (!others.empty()) {
    cqe = others.front();
    others.pop_front();
    return cqe;
  }
  h->Until([&] { return Poll(cqid, &cqe); }, cycles, "a completion");
  return cqe;
}

Cqe Driver::Do(uint16_t qid, const Sqe& sqe) {
  uint16_t cqid = qid == 0 ? 0 : q[qid].cqid;
  int vector = q[cqid].vector;
  uint64_t irqs = h->irqs[vector];
  uint16_t cid = Submit(qid, sqe);
  Cqe cqe;
  for (;;) {
    h->Until([&] { return h->irqs[vector] != irqs && Poll(cqid, &cqe); }, 4000000, "completion and interrupt");
    if (cqe.cid == cid && cqe.sqid == qid) return cqe;
    q[cqid].others.push_back(cqe);
  }
}

void Driver::Expect(const Cqe& cqe, uint16_t status, const char* what) {
  CHECK(cqe.code() == (status & 0x7ff) && cqe.dnr() == ((status & kDnr) != 0),
        "%s: status %x/%02x%s, expected %x/%02x%s", what, cqe.code() >> 8, cqe.code() & 0xff,
        cqe.dnr() ? " DNR" : "", status >> 8 & 7, status & 0xff, status & kDnr ? " DNR" : "");
}

// list_at: byte offset in its page where the PRP list begins (so that it is chained); -1: any
Buffer Driver::MakeBuffer(uint32_t bytes, uint32_t offset, int list_at) {
  Buffer buf;
  buf.offset = offset;
  buf.bytes = bytes;
  uint32_t count = static_cast<uint32_t>((offset + bytes + kPage - 1) / kPage);
  for (uint32_t i = 0; i < count; ++i) buf.pages.push_back(h->AllocPage());
  buf.prp1 = buf.pages[0] + offset;
  buf.prp2 = h->Random() | 1;  // reserved if one page suffices
  if (count == 2) buf.prp2 = buf.pages[1];
  if (count <= 2) return buf;
  uint64_t list = h->AllocPage();
  buf.lists.push_back(list);
  uint64_t at = list + (list_at >= 0 ? list_at : h->Random(512) * 8);
  buf.prp2 = at;
  for (uint32_t i = 1; i < count; ++i) {
    if ((at & (kPage - 1)) == kPage - 8 && i + 1 < count) {
      uint64_t next = h->AllocPage();
      buf.lists.push_back(next);
      h->Poke(at, &next, 8);
      at = next;
    }
    h->Poke(at, &buf.pages[i], 8);
    at += 8;
  }
  return buf;
}

void Driver::PutBytes(const Buffer& buf, const uint8_t* data) {
  for (uint32_t done = 0; done < buf.bytes;) {
    uint32_t at = buf.offset + done;
    uint32_t n = std::min<uint32_t>(kPage - at % kPage, buf.bytes - done);
    memcpy(h->Page(buf.pages[at / kPage]) + at % kPage, data + done, n);
    done += n;
  }
}

std::vector<uint8_t> Driver::GetBytes(const Buffer& buf) {
  std::vector<uint8_t> out(buf.bytes);
  for (uint32_t done = 0; done < buf.bytes;) {
    uint32_t at = buf.offset + done;
    uint32_t n = std::min<uint32_t>(kPage - at % kPage, buf.bytes - done);
    memcpy(out.data() + done, h->Page(buf.pages[at / kPage]) + at % kPage, n);
    done += n;
  }
  return out;
}

void Driver::CheckUntouched(const Buffer& buf, const char* what) {
  const uint8_t* first = h->Page(buf.pages[0]);
  for (uint32_t i = 0; i < buf.offset; ++i)
    CHECK(first[i] == 0xa5, "%s: byte %u before the buffer was written", what, buf.offset - i);
  uint32_t end = (buf.offset + buf.bytes) % kPage;
  const uint8_t* last = h->Page(buf.pages.back());
  for (uint32_t i = end; end != 0 && i < kPage; ++i)
    CHECK(last[i] == 0xa5, "%s: byte %u behind the buffer was written", what, i - end);
}

std::vector<uint8_t> Driver::Identify(uint32_t cns, uint32_t nsid) {
  Buffer buf = MakeBuffer(4096, h->Random(2) ? 0 : h->Random(1023) * 4);
  Expect(Admin(Sqe(0x06, nsid).Prp(buf.prp1, buf.prp2).Cdw(10, cns)), 0, "Identify");
  CheckUntouched(buf, "Identify");
  return GetBytes(buf);
}

std::vector<uint8_t> Driver::GetLog(uint8_t lid, uint32_t bytes, uint32_t offset, bool rae) {
  Buffer buf = MakeBuffer(bytes, h->Random(1024) * 4);
  uint32_t dwords = bytes / 4 - 1;
  Cqe cqe = Admin(Sqe(0x02, 0xffffffff)
                      .Prp(buf.prp1, buf.prp2)
                      .Cdw(10, dwords << 16 | (rae ? 0x8000u : 0) | lid)
                      .Cdw(11, dwords >> 16)
                      .Cdw(12, offset));
  Expect(cqe, 0, "Get Log Page");
  CheckUntouched(buf, "Get Log Page");
  return GetBytes(buf);
}

}  // namespace riser_test
