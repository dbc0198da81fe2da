// SPDX-License-Identifier: Apache-2.0
// Asynchronous events, Abort, resets and shutdown in the middle of work, failures of the host, INTx.
#include <cstring>

#include "cases.h"

namespace riser_test {
namespace {

bool NoCompletion(Driver* d, uint16_t cqid, uint32_t cycles) {
  Cqe cqe;
  d->h->Ticks(cycles);
  return d->q[cqid].others.empty() && !d->Poll(cqid, &cqe);
}

void ExpectEvent(Driver* d, uint32_t dw0, const char* what) {
  Cqe cqe = d->Wait(0, 2000);
  d->Expect(cqe, 0, what);
  CHECK(cqe.dw0 == dw0, "%s: event 0x%x, expected 0x%x", what, cqe.dw0, dw0);
}

void Events(Driver* d) {
  Host* h = d->h;
  d->Enable();
  CHECK(d->CreateCq(1, 16, 1) == 0 && d->CreateSq(1, 16, 1) == 0, "queue pair 1");
  // no event, no completion; four may wait, the fifth is refused
  uint16_t cids[4];
  for (uint16_t& cid : cids) cid = d->Submit(0, Sqe(0x0c, 0));
  CHECK(NoCompletion(d, 0, 2000), "an event request ended by itself");
  CHECK(h->idle(), "waiting event requests keep the card from idle");
  d->Expect(d->Admin(Sqe(0x0c, 0)), 0x105 | kDnr, "fifth event request");

  // a doorbell of a queue that does not exist
  h->Write32(kDoorbells + 2 * 8, 1);
  ExpectEvent(d, 0x00010000, "doorbell of queue 2");
  // masked until the error log is read
  h->Write32(kDoorbells + 100 * 8 + 4, 1);
  CHECK(NoCompletion(d, 0, 2000), "a masked event was reported");
  d->GetLog(1, 64, 0, true);
  CHECK(NoCompletion(d, 0, 2000), "RAE unmasked the event");
  std::vector<uint8_t> log = d->GetLog(1, 64);
  CHECK(Le32(log, 8) == 0xffffffff && Le16(log, 14) == 0xffff, "error log entry of a doorbell");
  CHECK(NoCompletion(d, 0, 1000), "an event that the log's reading cleared");

  // values: beyond the size, no change, more than fits, more than there is
  auto bad_value = [&](uint32_t offset, uint32_t value, const char* what) {
    h->Write32(kDoorbells + offset, value);
    ExpectEvent(d, 0x00010100, what);
    d->GetLog(1, 64);
    d->Submit(0, Sqe(0x0c, 0));
  };
  bad_value(8, 16, "tail beyond the size");
  bad_value(8, 0, "tail without a change");
  bad_value(12, 1, "head of an empty queue");
  bad_value(12, 16, "head beyond the size");
  Buffer buf = d->MakeBuffer(512, 0);
  d->Expect(d->Do(1, d->Rw(false, 0, 1, buf)), 0, "the queue still works");
  CHECK(h->Read32(kCsts) == 1, "CSTS 0x%x", h->Read32(kCsts));

  // more entries than the queue has room for: commands that wait for their completion queue fill it
  CHECK(d->CreateCq(2, 2, 2) == 0 && d->CreateSq(2, 16, 2) == 0, "16 entries on 2");
  for (int i = 0; i < 10; ++i) d->Put(2, Sqe(0, 1));
  d->Ring(2);
  h->Ticks(1000);
  bad_value(16, (d->q[2].tail + 10) % 16, "tail beyond the head");
  for (int i = 0; i < 10; ++i) d->Expect(d->Wait(2), 0, "flush");
  CHECK(NoCompletion(d, 2, 1000), "a completion too many");

  // both halves of a quadword at once
  uint16_t cid = d->Put(1, d->Rw(false, 0, 1, buf));
  h->Write64(kDoorbells + 8, static_cast<uint64_t>(d->q[1].head) << 32 | d->q[1].tail);
  ExpectEvent(d, 0x00010100, "head without a change, tail by 1");
  CHECK(d->Wait(1).cid == cid, "tail of a 64-bit doorbell write");
}

void Temperature(Driver* d) {
  d->Enable();
  auto set = [&](uint32_t fid, uint32_t value) {
    d->Expect(d->Admin(Sqe(9, 0).Cdw(10, fid).Cdw(11, value)), 0, "Set Features");
  };
  d->Submit(0, Sqe(0x0c, 0));
  d->Submit(0, Sqe(0x0c, 0));
  set(4, 300);
  CHECK(NoCompletion(d, 0, 1000), "an event that is not enabled");
  CHECK(d->GetLog(2, 512)[0] == 2, "critical warning");
  set(4, 340);
  CHECK(d->GetLog(2, 512)[0] == 0, "no critical warning");
  set(11, 2);
  set(4, 1 << 20 | 310);
  ExpectEvent(d, 0x00020101, "temperature below its threshold");
  CHECK(d->GetLog(2, 512)[0] == 2, "critical warning below");
  set(4, 1 << 20 | 0);
  set(4, 299);
  ExpectEvent(d, 0x00020101, "temperature above its threshold");
}

void Abort(Driver* d) {
  d->Enable();
  CHECK(d->CreateCq(1, 16, 1) == 0 && d->CreateSq(1, 16, 1) == 0, "queue pair 1");
  uint16_t cids[4];
  for (uint16_t& cid : cids) cid = d->Submit(0, Sqe(0x0c, 0));
  for (int i : {2, 0, 3, 1}) {
    uint16_t abort = d->Submit(0, Sqe(8, 0).Cdw(10, static_cast<uint32_t>(cids[i]) << 16));
    bool seen[2] = {false, false};
    for (int n = 0; n < 2; ++n) {
      Cqe cqe = d->Wait(0);
      if (cqe.cid == abort) {
        d->Expect(cqe, 0, "Abort");
        CHECK(cqe.dw0 == 0, "Abort says not aborted");
        seen[0] = true;
      } else {
        CHECK(cqe.cid == cids[i], "another request was aborted");
        d->Expect(cqe, 0x007, "aborted event request");
        seen[1] = true;
      }
    }
    CHECK(seen[0] && seen[1], "Abort or request missing");
  }
  Cqe cqe = d->Admin(Sqe(8, 0).Cdw(10, 0x77u << 16));
  d->Expect(cqe, 0, "Abort of nothing");
  CHECK(cqe.dw0 == 1, "Abort of nothing succeeded");
  cqe = d->Admin(Sqe(8, 0).Cdw(10, 0x77u << 16 | 1));
  CHECK(cqe.code() == 0 && cqe.dw0 == 1, "Abort of nothing in queue 1");
}

// Random work, then CC.EN 0, FLR-like reset or shutdown in the middle; afterwards everything works
// and the blocks hold what the completed writes put there.
void StartTraffic(Driver* d, const Buffer& buf) {
  for (uint16_t qid = 1; qid <= 3; ++qid) {
    for (int i = 0; i < 10; ++i) d->Put(qid, d->Rw(i & 1, 4096 + d->h->Random(1000), 1 + d->h->Random(256), buf));
    d->Ring(qid);
  }
  for (int i = 0; i < 3; ++i) d->Submit(0, Sqe(0x0c, 0));
}

void Reset(Driver* d) {
  Host* h = d->h;
  std::vector<uint8_t> data = RandomBytes(h, 8192);
  for (int round = 0; round < 12; ++round) {
    d->Enable();
    d->MakeQueues(4, 64);
    Buffer out = d->MakeBuffer(8192, 4);
    if (round == 0) {
      d->PutBytes(out, data.data());
      d->Expect(d->Do(4, d->Rw(true, 16, 16, out)), 0, "write before the reset");
    }
    Buffer in = d->MakeBuffer(8192, 512);
    d->Expect(d->Do(4, d->Rw(false, 16, 16, in)), 0, "read");
    CHECK(d->GetBytes(in) == data, "block survives a reset");
    StartTraffic(d, d->MakeBuffer(131072, 0, 0));
    h->Ticks(h->Random(4000));
    if (round % 3 == 2) {
      h->CardReset(1 + h->Random(20));
      CHECK(h->Read32(kCsts) == 0 && h->Read32(kCc) == 0 && h->Read64(kAsq) == 0, "registers after a reset");
    } else {
      d->Disable();
      CHECK(h->Read32(kCsts) == 0, "CSTS 0x%x", h->Read32(kCsts));
    }
    uint64_t bytes = h->dmaw_bytes, reads = h->dmar_requests;
    h->Ticks(3000);
    CHECK(h->dmaw_bytes == bytes && h->dmar_requests == reads, "DMA after the reset");
    CHECK(h->idle(), "not idle after the reset");
  }
}

// A reset of the card between a write's end and the store's taking of its last word: what the host was told is so.
// (The controller alone is reset when the store has all.)
void LastWord(Driver* d) {
  Host* h = d->h;
  std::vector<uint8_t> data = RandomBytes(h, 512);
  d->Enable();
  d->MakeQueues(1, 8);
  Buffer out = d->MakeBuffer(512, 4);
  d->PutBytes(out, data.data());
  h->StopStoreAfter(512 / kBeatBytes - 1);
  d->Expect(d->Do(1, d->Rw(true, 70, 1, out)), 0, "write");
  h->CardReset(5);
  h->StartStore();
  d->Enable();
  d->MakeQueues(1, 8);
  Buffer in = d->MakeBuffer(512, 512);
  d->Expect(d->Do(1, d->Rw(false, 70, 1, in)), 0, "read");
  CHECK(d->GetBytes(in) == data, "the last word of a write is lost");
}

void Shutdown(Driver* d) {
  Host* h = d->h;
  for (uint32_t kind = 1; kind <= 2; ++kind) {
    d->Enable();
    d->MakeQueues(4, 64);
    CHECK(h->Read32(kCsts) == 1, "SHST before: 0x%x", h->Read32(kCsts));
    StartTraffic(d, d->MakeBuffer(131072, 0, 0));
    h->Ticks(500);
    h->Write32(kCc, h->Read32(kCc) | kind << 14);
    h->Until([&] { return (h->Read32(kCsts) >> 2 & 3) == 2; }, 200000, "CSTS.SHST 2");
    uint64_t reads = h->dmar_requests;
    h->Ticks(3000);
    CHECK(h->dmar_requests == reads, "DMA after the shutdown");
    // commands that were taken are complete
    Cqe cqe;
    for (uint16_t cq = 1; cq <= 3; ++cq)
      while (d->Poll(cq, &cqe)) d->Expect(cqe, 0, "command before the shutdown");
    d->Disable();
    CHECK(h->Read32(kCsts) == 0, "CSTS 0x%x after shutdown and reset", h->Read32(kCsts));
  }
  // without EN
  h->Write32(kCc, 1 << 14);
  h->Until([&] { return (h->Read32(kCsts) >> 2 & 3) == 2; }, 200, "CSTS.SHST 2 while off");
  d->Enable();
  CHECK(h->Read32(kCsts) == 1, "CSTS 0x%x", h->Read32(kCsts));
  d->MakeQueues(1, 8);
}

// A host that takes no more DMA: the controller says so and can be reset.
void Fatal(Driver* d) {
  Host* h = d->h;
  for (int kind = 0; kind < 3; ++kind) {
    d->Enable();
    d->MakeQueues(2, 64);
    Buffer buf = d->MakeBuffer(4096, 0);
    if (kind == 0) {
      h->MakeBad(d->q[1].sq);
      d->Submit(1, d->Rw(false, 0, 8, buf));
    } else if (kind == 1) {
      d->Submit(1, d->Rw(false, 0, 8, buf));
      h->SetBusMaster(false);
    } else {
      h->SetBusMaster(false);
      d->Submit(1, d->Rw(true, 0, 8, buf));
    }
    h->Until([&] { return (h->Read32(kCsts) & 2) != 0; }, 5000, "CSTS.CFS");
    h->SetBusMaster(true);
    CHECK(NoCompletion(d, 1, 1000), "a completion after the failure");
    d->Disable();
    CHECK(h->Read32(kCsts) == 0, "CSTS 0x%x after the reset", h->Read32(kCsts));
  }
  d->Enable();
  d->MakeQueues(1, 8);
}

void Intx(Driver* d) {
  Host* h = d->h;
  h->SetMsix(false);
  d->Enable();
  auto line = [&](bool level, const char* what) {
    h->Until([&] { return h->intx() == level; }, 200, what);
    h->Ticks(100);
    CHECK(h->intx() == level, "%s: the line changed again", what);
  };
  auto create = [&](uint8_t opcode, uint64_t prp, uint32_t cdw11) {
    d->Submit(0, Sqe(opcode, 0).Prp(prp, 0).Cdw(10, 15 << 16 | 1).Cdw(11, cdw11));
    Cqe cqe;
    h->Until([&] { return d->Poll(0, &cqe, true); }, 3000, "create");
    line(true, "line after a completion");
    d->RingCq(0);
    line(false, "line after the doorbell");
  };
  uint64_t cq = h->AllocPage(), sq = h->AllocPage();
  memset(h->Page(cq), 0, 4096);
  create(5, cq, 3);
  create(1, sq, 1 << 16 | 1);
  // two completions, freed one by one
  d->Submit(0, Sqe(10, 0).Cdw(10, 6));
  d->Submit(0, Sqe(10, 0).Cdw(10, 6));
  Cqe cqe;
  h->Ticks(2000);
  CHECK(d->Poll(0, &cqe, true), "first completion");
  line(true, "line with two");
  d->RingCq(0);
  line(true, "line with one left");
  CHECK(d->Poll(0, &cqe, true), "second completion");
  // masked by INTMS, back by INTMC
  h->Write32(kIntms, 1);
  line(false, "line while masked");
  h->Write32(kIntmc, 1);
  line(true, "line after the mask");
  d->RingCq(0);
  line(false, "line with none left");
  h->Write32(kIntms, 1);
  d->Submit(0, Sqe(10, 0).Cdw(10, 6));
  h->Until([&] { return d->Poll(0, &cqe, true); }, 3000, "masked completion");
  h->Ticks(300);
  CHECK(!h->intx(), "a masked line");
  uint64_t messages = h->messages_asked;
  h->Write32(kIntmc, 1);
  line(true, "line after the mask");
  CHECK(h->messages_asked == messages + 1, "%llu messages after the mask",
        static_cast<unsigned long long>(h->messages_asked - messages));
  // a reset lets go of the line
  h->Write32(kCc, 0);
  line(false, "line after a reset");
  // MSI-X has masks of its own
  h->SetMsix(true);
  d->Enable();
  h->Write32(kIntms, 0xffffffff);
  d->Expect(d->Admin(Sqe(10, 0).Cdw(10, 6)), 0, "MSI-X with INTMS set");
}

}  // namespace

const Case kStateCases[] = {
    {"events", Events},     {"temperature", Temperature}, {"abort", Abort}, {"reset", Reset},
    {"last_word", LastWord}, {"shutdown", Shutdown},      {"fatal", Fatal}, {"intx", Intx},
};
const int kNrStateCases = sizeof(kStateCases) / sizeof(kStateCases[0]);

}  // namespace riser_test
