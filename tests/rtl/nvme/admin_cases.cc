// SPDX-License-Identifier: Apache-2.0
// Registers, boot, Identify, queues, features, log pages, bad admin commands.
#include <cstring>

#include "cases.h"

namespace riser_test {
namespace {

void Boot(Driver* d) {
  Host* h = d->h;
  uint64_t cap = h->Read64(kCap);
  CHECK(cap == (0xffull | 1ull << 16 | 60ull << 24 | 1ull << 37), "CAP is 0x%llx",
        static_cast<unsigned long long>(cap));
  CHECK(h->Read32(kVs) == 0x00010400, "VS is 0x%x", h->Read32(kVs));
  CHECK(h->Read32(kCsts) == 0 && h->Read32(kCc) == 0, "CC or CSTS not 0 after reset");
  d->Enable();
  CHECK(h->Read32(kCsts) == 1, "CSTS is 0x%x", h->Read32(kCsts));

  std::vector<uint8_t> id = d->Identify(1, 0);
  CHECK(Le16(id, 0) == 0xf1ac, "VID 0x%x", Le16(id, 0));
  CHECK(!memcmp(&id[4], "RISER00000001       ", 20), "serial number '%.20s'", &id[4]);
  CHECK(!memcmp(&id[24], "riser NVMe controller in Verilog        ", 40), "model '%.40s'", &id[24]);
  CHECK(!memcmp(&id[64], "1.0     ", 8), "firmware '%.8s'", &id[64]);
  CHECK(id[77] == 5 && Le32(id, 80) == 0x10400 && id[111] == 1, "MDTS, VER or CNTRLTYPE");
  CHECK(id[258] == 3 && id[259] == 3 && id[260] == 3 && id[261] == 4 && id[262] == 3, "ACL to ELPE");
  CHECK(id[512] == 0x66 && id[513] == 0x44 && Le32(id, 516) == 1 && Le16(id, 520) == 0xc && id[525] == 7,
        "SQES to VWC");
  CHECK(!memcmp(&id[768], "nqn.2014-08.org.nvmexpress:uuid:6f2b7d1e-53c4-4a8e-9b0a-726900000001", 69),
        "SUBNQN '%.80s'", &id[768]);
  CHECK(Le16(id, 2048) == 2500, "power state 0: %u", Le16(id, 2048));

  std::vector<uint8_t> list = d->Identify(2, 0);
  CHECK(Le32(list, 0) == 1 && Le32(list, 4) == 0, "namespace list");
  list = d->Identify(2, 1);
  CHECK(Le32(list, 0) == 0, "namespace list above 1");
  std::vector<uint8_t> ns = d->Identify(0, 1);
  uint32_t blocks = static_cast<uint32_t>(h->disk_bytes() / 512);
  CHECK(Le32(ns, 0) == blocks && Le32(ns, 8) == blocks && Le32(ns, 16) == blocks, "NSZE, NCAP, NUSE");
  CHECK(ns[33] == 1 && Le32(ns, 48) == h->disk_bytes() && Le32(ns, 128) == 0x90000, "DLFEAT to LBAF0");
  std::vector<uint8_t> desc = d->Identify(3, 1);
  const uint8_t want[24] = {3,    16,   0,    0,    0x6f, 0x2b, 0x7d, 0x1e, 0x53, 0xc4, 0x4a, 0x8f,
                            0x9b, 0x0a, 0x72, 0x69, 0,    0,    0,    1,    0,    0,    0,    0};
  CHECK(!memcmp(&desc[0], want, 24), "namespace descriptors");

  d->MakeQueues(4, 64);
  std::vector<uint8_t> smart = d->GetLog(2, 512);
  CHECK(smart[0] == 0 && Le16(smart, 1) == 300 && smart[3] == 100, "SMART log");
  d->Disable();
}

void Registers(Driver* d) {
  Host* h = d->h;
  h->Write64(kAsq, 0x123456789abcdfffull);
  CHECK(h->Read64(kAsq) == 0x123456789abcd000ull, "ASQ by 64 bits");
  h->Write32(kAcq, 0xfeedf000);
  h->Write32(kAcq + 4, 0x77);
  CHECK(h->Read64(kAcq) == 0x77feedf000ull, "ACQ by 32 bits");
  h->WriteBytes(0x20, 0x0fff000a00000000ull, 0x30);  // 16 bits of AQA
  CHECK(h->Read32(kAqa) == 0x0000000a, "AQA by 16 bits: 0x%x", h->Read32(kAqa));
  h->Write32(kIntms, 0xf0);
  h->Write32(kIntms, 0x01);
  CHECK(h->Read32(kIntms) == 0xf1 && h->Read32(kIntmc) == 0xf1, "INTMS");
  h->Write32(kIntmc, 0x10);
  CHECK(h->Read32(kIntms) == 0xe1, "INTMC");
  h->Write32(kVs, 0xffffffff);
  h->Write64(kCap, 0);
  CHECK(h->Read32(kVs) == 0x00010400 && h->Read32(kCap) == 0x3c0100ff, "read-only registers");
  for (uint32_t at = 0x38; at < 0x1000; at += 8)
    CHECK(h->Read64(at) == 0, "reserved register 0x%x is not 0", at);
  CHECK(h->Read64(0x20) == 0xaull << 32, "NSSR is not absent");
  // bad configurations: no RDY, CFS
  const uint32_t bad[] = {0x00460011, 0x00460081, 0x00460801};
  for (uint32_t cc : bad) {
    h->Write32(kAqa, 0x000f000f);
    h->Write32(kCc, cc);
    h->Ticks(10);
    CHECK(h->Read32(kCsts) == 2, "CC 0x%x gives CSTS 0x%x", cc, h->Read32(kCsts));
    d->Disable();
    CHECK(h->Read32(kCsts) == 0, "CSTS 0x%x after the reset", h->Read32(kCsts));
  }
  h->Write32(kAqa, 0x000f0000);
  h->Write32(kCc, 0x00460001);
  h->Ticks(10);
  CHECK(h->Read32(kCsts) == 2, "AQA of one entry gives CSTS 0x%x", h->Read32(kCsts));
  d->Disable();
  d->Enable();
  CHECK(d->Identify(1, 0)[77] == 5, "works after a failed start");
}

struct Bad {
  const char* what;
  Sqe sqe;
  uint16_t status;
};

void BadAdmin(Driver* d) {
  Host* h = d->h;
  d->Enable();
  CHECK(d->CreateCq(1, 16, 1) == 0 && d->CreateSq(1, 16, 1) == 0, "queue pair 1");
  uint64_t page = h->AllocPage();
  auto id = [&](uint32_t cns, uint32_t nsid) { return Sqe(6, nsid).Prp(page, 0).Cdw(10, cns); };
  auto cq = [&](uint32_t qid, uint32_t last, uint32_t flags, uint64_t prp) {
    return Sqe(5, 0).Prp(prp, 0).Cdw(10, last << 16 | qid).Cdw(11, flags);
  };
  auto sq = [&](uint32_t qid, uint32_t last, uint32_t flags, uint64_t prp) {
    return Sqe(1, 0).Prp(prp, 0).Cdw(10, last << 16 | qid).Cdw(11, flags);
  };
  auto log = [&](uint32_t cdw10, uint32_t cdw11, uint32_t off, uint32_t nsid) {
    return Sqe(2, nsid).Prp(page, 0).Cdw(10, cdw10).Cdw(11, cdw11).Cdw(12, off);
  };
  auto feat = [&](bool set, uint32_t cdw10, uint32_t cdw11, uint32_t nsid = 0) {
    return Sqe(set ? 9 : 10, nsid).Cdw(10, cdw10).Cdw(11, cdw11);
  };
  Sqe fused = id(1, 0), sgl = id(1, 0);
  fused.dw[0] |= 1 << 8;
  sgl.dw[0] |= 1 << 14;
  const Bad bads[] = {
      {"opcode 3", Sqe(3, 0), 0x001},
      {"Firmware Commit", Sqe(0x10, 0), 0x001},
      {"Format NVM", Sqe(0x80, 1), 0x001},
      {"Keep Alive", Sqe(0x18, 0), 0x001},
      {"vendor opcode", Sqe(0xc0, 0), 0x001},
      {"fused", fused, 0x002},
      {"SGL", sgl, 0x002},
      {"Identify CNS 4", id(4, 0), 0x002},
      {"Identify CNS 10h", id(0x10, 0), 0x002},
      {"Identify namespace 0", id(0, 0), 0x00b},
      {"Identify namespace 2", id(0, 2), 0x00b},
      {"Identify namespace all", id(0, 0xffffffff), 0x00b},
      {"descriptors of namespace 2", id(3, 2), 0x00b},
      {"namespace list from all", id(2, 0xffffffff), 0x00b},
      {"Identify with PRP1 odd", Sqe(6, 0).Prp(page + 1, 0).Cdw(10, 1), 0x013},
      {"Identify with PRP2 offset", Sqe(6, 0).Prp(page + 8, page + 8).Cdw(10, 1), 0x013},
      {"CQ 0", cq(0, 15, 3, page), 0x101},
      {"CQ beyond", cq(5, 15, 3, page), 0x101},
      {"CQ exists", cq(1, 15, 3, page), 0x101},
      {"CQ size 0", cq(2, 0, 3, page), 0x102},
      {"CQ too large", cq(2, 256, 3, page), 0x102},
      {"CQ vector", cq(2, 15, 5 << 16 | 3, page), 0x108},
      {"CQ not contiguous", cq(2, 15, 2, page), 0x002},
      {"CQ PRP offset", cq(2, 15, 3, page + 16), 0x013},
      {"SQ 0", sq(0, 15, 1 << 16 | 1, page), 0x101},
      {"SQ beyond", sq(5, 15, 1 << 16 | 1, page), 0x101},
      {"SQ exists", sq(1, 15, 1 << 16 | 1, page), 0x101},
      {"SQ size 0", sq(2, 0, 1 << 16 | 1, page), 0x102},
      {"SQ too large", sq(2, 256, 1 << 16 | 1, page), 0x102},
      {"SQ of CQ 0", sq(2, 15, 0 << 16 | 1, page), 0x101},
      {"SQ of CQ beyond", sq(2, 15, 9 << 16 | 1, page), 0x101},
      {"SQ of CQ absent", sq(2, 15, 3 << 16 | 1, page), 0x100},
      {"SQ not contiguous", sq(2, 15, 1 << 16, page), 0x002},
      {"SQ PRP offset", sq(2, 15, 1 << 16 | 1, page + 64), 0x013},
      {"delete SQ 0", Sqe(0, 0).Cdw(10, 0), 0x101},
      {"delete SQ absent", Sqe(0, 0).Cdw(10, 2), 0x101},
      {"delete CQ 0", Sqe(4, 0).Cdw(10, 0), 0x101},
      {"delete CQ absent", Sqe(4, 0).Cdw(10, 3), 0x101},
      {"delete CQ in use", Sqe(4, 0).Cdw(10, 1), 0x10c},
      {"log 0", log(0x7f0000, 0, 0, 0xffffffff), 0x109},
      {"log 5", log(0x7f0005, 0, 0, 0xffffffff), 0x109},
      {"SMART of namespace 1", log(0x7f0002, 0, 0, 1), 0x002},
      {"log offset odd", log(0x7f0002, 0, 2, 0xffffffff), 0x002},
      {"log offset beyond", log(0x7f0002, 0, 516, 0xffffffff), 0x002},
      {"log too long", log(0x00000002, 1, 0, 0xffffffff), 0x002},
      {"set feature 0", feat(true, 0, 0), 0x002},
      {"get feature 0", feat(false, 0, 0), 0x002},
      {"set feature 3", feat(true, 3, 0), 0x002},
      {"set feature 0Ch", feat(true, 12, 0), 0x002},
      {"get feature 80h", feat(false, 0x80, 0), 0x002},
      {"power state 1", feat(true, 2, 1), 0x002},
      {"save", feat(true, 0x80000006, 1), 0x10d},
      {"get default", feat(false, 0x106, 0), 0x002},
      {"temperature sensor 1", feat(true, 4, 1 << 16), 0x002},
      {"error recovery without namespace", feat(true, 5, 0, 0), 0x00b},
      {"DULBE", feat(true, 5, 1 << 16, 1), 0x002},
      {"65535 queues", feat(true, 7, 0xffff0003), 0x002},
      {"number of queues too late", feat(true, 7, 0x00030003), 0x00c},
      {"vector 5", feat(true, 9, 5), 0x002},
  };
  uint32_t count = 0;
  for (const Bad& bad : bads) {
    Cqe cqe = d->Admin(bad.sqe);
    d->Expect(cqe, bad.status | kDnr, bad.what);
    CHECK(cqe.dw0 == 0, "%s: dword 0 is 0x%x", bad.what, cqe.dw0);
    CHECK(cqe.more(), "%s: not in the error log", bad.what);
    ++count;
  }
  std::vector<uint8_t> smart = d->GetLog(2, 512);
  CHECK(Le32(smart, 176) == count, "SMART counts %u errors of %u", Le32(smart, 176), count);
  // the last four errors, newest first; the last one was command 0x.. of queue 0
  std::vector<uint8_t> errors = d->GetLog(1, 256);
  for (uint32_t i = 0; i < 4; ++i) {
    uint16_t status = bads[count - 1 - i].status | kDnr | kMore;
    CHECK(Le32(errors, i * 64) == count - i && Le16(errors, i * 64 + 8) == 0 &&
              Le16(errors, i * 64 + 12) == static_cast<uint16_t>(status << 1),
          "error log entry %u: count %u, status 0x%x", i, Le32(errors, i * 64), Le16(errors, i * 64 + 12));
  }
  // part of a log, longer than the log
  std::vector<uint8_t> part = d->GetLog(1, 8192, 64);
  CHECK(!memcmp(part.data(), errors.data() + 64, 192), "error log from byte 64");
  for (size_t i = 192; i < part.size(); ++i) CHECK(part[i] == 0, "byte %zu behind the log", i);
  std::vector<uint8_t> fw = d->GetLog(3, 512);
  CHECK(fw[0] == 1 && !memcmp(&fw[8], "1.0     ", 8), "firmware log");
  CHECK(d->GetLog(2, 131072)[3] == 100, "a log of 128 KiB");
}

void Features(Driver* d) {
  d->Enable();
  auto set = [&](uint32_t fid, uint32_t value, uint32_t nsid = 0) {
    d->Expect(d->Admin(Sqe(9, nsid).Cdw(10, fid).Cdw(11, value)), 0, "Set Features");
  };
  auto get = [&](uint32_t fid, uint32_t cdw11 = 0, uint32_t nsid = 0) {
    Cqe cqe = d->Admin(Sqe(10, nsid).Cdw(10, fid).Cdw(11, cdw11));
    d->Expect(cqe, 0, "Get Features");
    return cqe.dw0;
  };
  CHECK(get(6) == 1 && get(4) == 343 && get(4, 1 << 20) == 0 && get(7) == 0x00030003, "defaults");
  const uint32_t values[][2] = {{1, 0x03020107}, {2, 0x40}, {6, 0}, {8, 0x1234}, {10, 1}, {11, 0x1f}};
  for (const auto& v : values) {
    set(v[0], v[1]);
    CHECK(get(v[0]) == v[1], "feature %u is 0x%x", v[0], get(v[0]));
  }
  set(4, 350);
  set(4, 1 << 20 | 200);
  CHECK(get(4) == 350 && get(4, 1 << 20) == 200, "temperature thresholds");
  set(5, 77, 1);
  set(5, 78, 0xffffffff);
  CHECK(get(5, 0, 1) == 78, "error recovery");
  set(9, 1 << 16 | 3);
  CHECK(get(9, 3) == (1 << 16 | 3) && get(9, 2) == 2, "interrupt vector configuration");
  d->Disable();
  d->Enable();
  CHECK(get(6) == 1 && get(4) == 343 && get(1) == 0, "defaults after a reset");
}

void DeleteQueues(Driver* d) {
  d->Enable();
  for (int round = 0; round < 3; ++round) {
    d->MakeQueues(4, 32);
    Buffer buf = d->MakeBuffer(131072, 512);
    // commands in flight while the queue is deleted: each ends, or was never taken
    for (int i = 0; i < 6; ++i) d->Put(2, d->Rw(false, 0, 256, buf));
    d->Ring(2);
    d->h->Ticks(d->h->Random(2000));
    d->Expect(d->Admin(Sqe(0, 0).Cdw(10, 2)), 0, "delete submission queue 2");
    uint64_t bytes = d->h->dmaw_bytes;
    d->h->Ticks(200);
    Cqe cqe;
    while (d->Poll(2, &cqe)) d->Expect(cqe, 0, "read of a deleted queue");
    d->h->Ticks(3000);
    CHECK(!d->Poll(2, &cqe) && d->h->dmaw_bytes == bytes, "a deleted queue's command goes on");
    d->q[2].in_flight.clear();
    d->Expect(d->Admin(Sqe(4, 0).Cdw(10, 2)), 0, "delete completion queue 2");
    for (uint32_t id : {1u, 3u, 4u}) {
      d->Expect(d->Admin(Sqe(0, 0).Cdw(10, id)), 0, "delete submission queue");
      d->Expect(d->Admin(Sqe(4, 0).Cdw(10, id)), 0, "delete completion queue");
    }
  }
  // several submission queues on one completion queue; the queue is free when the last one goes
  CHECK(d->CreateCq(3, 32, 2) == 0 && d->CreateSq(1, 8, 3) == 0 && d->CreateSq(4, 8, 3) == 0, "1, 4 on 3");
  Buffer buf = d->MakeBuffer(4096, 0);
  for (int i = 0; i < 20; ++i) d->Expect(d->Do(i & 1 ? 4 : 1, d->Rw(true, 8, 8, buf)), 0, "shared queue");
  d->Expect(d->Admin(Sqe(0, 0).Cdw(10, 1)), 0, "delete 1");
  d->Expect(d->Admin(Sqe(4, 0).Cdw(10, 3)), 0x10c | kDnr, "delete 3 in use");
  d->Expect(d->Admin(Sqe(0, 0).Cdw(10, 4)), 0, "delete 4");
  d->Expect(d->Admin(Sqe(4, 0).Cdw(10, 3)), 0, "delete 3");
}

}  // namespace

const Case kAdminCases[] = {
    {"boot", Boot},         {"registers", Registers},        {"bad_admin", BadAdmin},
    {"features", Features}, {"delete_queues", DeleteQueues},
};
const int kNrAdminCases = sizeof(kAdminCases) / sizeof(kAdminCases[0]);

}  // namespace riser_test
