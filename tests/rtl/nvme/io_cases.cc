// SPDX-License-Identifier: Apache-2.0
// NVM commands: all sizes and PRP shapes, data compared on both ends; zeroing; bad commands; queues
// that wrap and fill; random traffic over all queues.
#include <cstring>

#include "cases.h"

namespace riser_test {
namespace {

uint64_t Blocks(Driver* d) { return d->h->disk_bytes() / 512; }

void WriteRead(Driver* d, uint16_t qid, uint64_t lba, uint32_t blocks, uint32_t offset, int list_at) {
  Host* h = d->h;
  std::vector<uint8_t> data = RandomBytes(h, blocks * 512);
  Buffer out = d->MakeBuffer(blocks * 512, offset, list_at);
  d->PutBytes(out, data.data());
  d->Expect(d->Do(qid, d->Rw(true, lba, blocks, out)), 0, "write");
  CHECK(!memcmp(h->disk() + lba * 512, data.data(), data.size()), "store after a write of %u at %u", blocks,
        offset);
  Buffer in = d->MakeBuffer(blocks * 512, (offset * 5 + 4) % 4096, list_at < 0 ? -1 : (list_at + 8) % 4096);
  d->Expect(d->Do(qid, d->Rw(false, lba, blocks, in)), 0, "read");
  CHECK(d->GetBytes(in) == data, "data of a read of %u blocks at offset %u", blocks, in.offset);
  d->CheckUntouched(in, "read");
}

void Sizes(Driver* d) {
  d->Enable();
  d->MakeQueues(2, 64);
  const uint32_t offsets[] = {0, 512, 4, 4092, 2048, 3584, 28, 36, 4064, 1028};
  for (uint32_t blocks = 1; blocks <= 256; blocks += blocks < 34 || blocks > 252 ? 1 : 7) {
    uint64_t lba = d->h->Random(static_cast<uint32_t>(Blocks(d) - blocks));
    uint32_t offset = offsets[blocks % 10];
    WriteRead(d, 1 + blocks % 2, lba, blocks, offset, -1);
  }
  WriteRead(d, 1, 0, 256, 0, -1);
  WriteRead(d, 1, Blocks(d) - 256, 256, 4092, -1);
}

void PrpShapes(Driver* d) {
  d->Enable();
  d->MakeQueues(1, 64);
  // every dword offset in the first page, for a transfer over 2 and 3 pages
  for (uint32_t offset = 0; offset < 4096; offset += 4 * (1 + d->h->Random(60))) {
    WriteRead(d, 1, 100, 1, offset, -1);
    WriteRead(d, 1, 200, 9, offset, -1);
  }
  // lists that begin at each of the last entries of a page: 0 to 33 entries before the chain
  for (int list_at = 4096 - 8; list_at >= 4096 - 35 * 8; list_at -= 8)
    WriteRead(d, 1, 1000, 256, list_at & 8 ? 0 : 4 * d->h->Random(1024), list_at);
  for (int list_at = 0; list_at < 64; list_at += 8) WriteRead(d, 1, 1000, 100, 512, list_at);
}

void BadPrps(Driver* d) {
  Host* h = d->h;
  d->Enable();
  d->MakeQueues(1, 64);
  uint64_t page = h->AllocPages(2), list = h->AllocPage();
  uint64_t good = h->AllocPage(), gone = h->AllocPage();
  h->MakeBad(gone);
  for (int write = 0; write < 2; ++write) {
    auto rw = [&](uint32_t blocks, uint64_t prp1, uint64_t prp2) {
      return Sqe(write ? 1 : 2, 1).Prp(prp1, prp2).Cdw(10, 64).Cdw(12, blocks - 1);
    };
    for (uint32_t bits = 1; bits < 4; ++bits)
      d->Expect(d->Do(1, rw(1, page + bits, 0)), 0x013 | kDnr, "PRP1 not a dword");
    d->Expect(d->Do(1, rw(16, page, good + 4)), 0x013 | kDnr, "PRP2 with an offset");
    d->Expect(d->Do(1, rw(9, page, good + 0x800)), 0x013 | kDnr, "PRP2 with an offset");
    d->Expect(d->Do(1, rw(24, page, list + 4)), 0x013 | kDnr, "list not a quadword");
    uint64_t entries[3] = {good, good + 4, good};
    h->Poke(list, entries, sizeof(entries));
    d->Expect(d->Do(1, rw(32, page, list)), 0x013 | kDnr, "list entry with an offset");
    uint64_t chain[2] = {good, list + 8};
    h->Poke(list + 4080, chain, sizeof(chain));
    d->Expect(d->Do(1, rw(32, page, list + 4080)), 0x013 | kDnr, "next list with an offset");
    // memory that is not there: Data Transfer Error, may be tried again
    d->Expect(d->Do(1, rw(32, page, gone)), 0x004, "list that cannot be read");
    chain[1] = gone;
    h->Poke(list + 4080, chain, sizeof(chain));
    d->Expect(d->Do(1, rw(32, page, list + 4080)), 0x004, "next list that cannot be read");
    if (write) {
      Cqe cqe = d->Do(1, rw(8, gone, 0));
      d->Expect(cqe, 0x004, "data that cannot be read");
      CHECK(cqe.more() && Le16(d->GetLog(1, 64), 12) == 0x4008, "Data Transfer Error in the log");
      uint64_t later[3] = {good, gone, good};
      h->Poke(list, later, sizeof(later));
      d->Expect(d->Do(1, rw(32, page, list)), 0x004, "later data that cannot be read");
      d->Expect(d->Do(1, Sqe(9, 1).Prp(gone, 0).Cdw(10, 0).Cdw(11, 4)), 0x004, "ranges that cannot be read");
      d->Expect(d->Do(1, Sqe(9, 1).Prp(page + 2, 0).Cdw(11, 4)), 0x013 | kDnr, "ranges at an odd address");
    }
    WriteRead(d, 1, 5000, 40, 512, -1);  // and all goes on
  }
}

void BadIo(Driver* d) {
  d->Enable();
  d->MakeQueues(2, 16);
  Buffer buf = d->MakeBuffer(4096, 0);
  uint64_t nr = Blocks(d);
  auto rw = [&](int op, uint64_t lba, uint32_t cdw12, uint32_t nsid = 1) {
    return Sqe(static_cast<uint8_t>(op), nsid)
        .Prp(buf.prp1, buf.prp2)
        .Cdw(10, static_cast<uint32_t>(lba))
        .Cdw(11, static_cast<uint32_t>(lba >> 32))
        .Cdw(12, cdw12);
  };
  struct {
    const char* what;
    Sqe sqe;
    uint16_t status;
  } bads[] = {
      {"opcode 4", Sqe(4, 1), 0x001},
      {"Compare", Sqe(5, 1), 0x001},
      {"vendor opcode", Sqe(0x80, 1), 0x001},
      {"read of namespace 0", rw(2, 0, 7, 0), 0x00b},
      {"read of namespace 2", rw(2, 0, 7, 2), 0x00b},
      {"write of all namespaces", rw(1, 0, 7, 0xffffffff), 0x00b},
      {"flush of namespace 2", Sqe(0, 2), 0x00b},
      {"write zeroes of namespace 0", rw(8, 0, 7, 0), 0x00b},
      {"deallocate in namespace 7", Sqe(9, 7).Prp(buf.prp1, 0).Cdw(11, 4), 0x00b},
      {"read of 257 blocks", rw(2, 0, 256), 0x002},
      {"write of 65536 blocks", rw(1, 0, 65535), 0x002},
      {"write with a directive", rw(1, 0, 1 << 20), 0x002},
      {"read beyond the end", rw(2, nr, 0), 0x080},
      {"read over the end", rw(2, nr - 1, 1), 0x080},
      {"write over the end", rw(1, nr - 7, 7), 0x080},
      {"read far beyond the end", rw(2, 1ull << 32, 0), 0x080},
      {"read at the last address", rw(2, ~0ull, 0), 0x080},
      {"write at 4 G blocks minus 1", rw(1, 0xffffffff, 7), 0x080},
      {"write zeroes over the end", rw(8, nr - 1, 1), 0x080},
  };
  for (auto& bad : bads) d->Expect(d->Do(1 + d->h->Random(2), bad.sqe), bad.status | kDnr, bad.what);
  Sqe fused = rw(1, 0, 0), sgl = rw(2, 0, 0);
  fused.dw[0] |= 2 << 8;
  sgl.dw[0] |= 2 << 14;
  d->Expect(d->Do(1, fused), 0x002 | kDnr, "fused");
  d->Expect(d->Do(1, sgl), 0x002 | kDnr, "SGL");
  d->Expect(d->Do(1, rw(2, nr - 1, 0)), 0, "last block");
  d->Expect(d->Do(1, Sqe(0, 1)), 0, "flush");
  d->Expect(d->Do(2, Sqe(0, 0xffffffff)), 0, "flush of all");
  CHECK(d->h->mem_writes == 0, "a refused command wrote to the store");
  // the error log names queue, command, block and namespace
  d->Expect(d->Do(2, rw(2, nr + 0x1234, 0)), 0x080 | kDnr, "read beyond the end");
  std::vector<uint8_t> log = d->GetLog(1, 64);
  CHECK(Le16(log, 8) == 2 && Le16(log, 12) == 0xc100 && Le32(log, 16) == nr + 0x1234 && Le32(log, 24) == 1,
        "error log: queue %u status 0x%x block 0x%x namespace %u", Le16(log, 8), Le16(log, 12), Le32(log, 16),
        Le32(log, 24));
}

void Zeroes(Driver* d) {
  Host* h = d->h;
  d->Enable();
  d->MakeQueues(2, 64);
  uint8_t* disk = h->disk();
  auto fill = [&](uint64_t lba, uint64_t blocks) {
    for (uint64_t i = lba * 512; i < (lba + blocks) * 512; ++i) disk[i] = static_cast<uint8_t>(h->Random() | 1);
  };
  auto check = [&](uint64_t lba, uint32_t blocks, uint64_t zero_from, uint64_t zero_end, const char* what) {
    Buffer in = d->MakeBuffer(blocks * 512, 4 * h->Random(1024));
    d->Expect(d->Do(1, d->Rw(false, lba, blocks, in)), 0, what);
    std::vector<uint8_t> got = d->GetBytes(in);
    for (uint32_t i = 0; i < blocks * 512; ++i) {
      uint64_t at = lba + i / 512;
      uint8_t want = at >= zero_from && at < zero_end ? 0 : disk[at * 512 + i % 512];
      CHECK(got[i] == want, "%s: block %llu byte %u is 0x%02x, expected 0x%02x", what,
            static_cast<unsigned long long>(at), i % 512, got[i], want);
    }
  };
  fill(1000, 600);
  d->Expect(d->Do(1, Sqe(8, 1).Cdw(10, 1100).Cdw(12, 299)), 0, "write zeroes");
  for (uint32_t i = 0; i < 300 * 512; ++i) CHECK(disk[1100 * 512 + i] == 0, "write zeroes byte %u", i);
  check(1050, 256, 1100, 1400, "around write zeroes");

  // deallocated ranges read as zero, their neighbours do not; a write brings a block back
  fill(2000, 1000);
  Buffer ranges = d->MakeBuffer(3 * 16, 4096 - 20);
  uint32_t r[12] = {0, 5, 2003, 0, 7, 0, 9999999, 0, 0, 200, 2100, 0};
  d->PutBytes(ranges, reinterpret_cast<uint8_t*>(r));
  Sqe dsm = Sqe(9, 1).Prp(ranges.prp1, ranges.prp2).Cdw(10, 2);
  d->Expect(d->Do(2, dsm), 0, "ranges without deallocate");
  check(2000, 64, 0, 0, "nothing deallocated");
  d->Expect(d->Do(2, dsm.Cdw(11, 4)), 0, "deallocate");
  check(2000, 64, 2003, 2008, "first range");
  check(2090, 256, 2100, 2300, "third range");
  Buffer one = d->MakeBuffer(512, 0);
  std::vector<uint8_t> data = RandomBytes(h, 512);
  d->PutBytes(one, data.data());
  d->Expect(d->Do(1, d->Rw(true, 2150, 1, one)), 0, "write into a deallocated range");
  check(2140, 10, 2100, 2150, "before the written block");
  check(2150, 1, 0, 0, "the written block");
  check(2151, 10, 2100, 2300, "behind the written block");

  // 256 ranges over two pages; a range over the end
  Buffer many = d->MakeBuffer(4096, 2052);
  std::vector<uint32_t> m(1024, 0);
  fill(4096, 2048);
  for (uint32_t i = 0; i < 256; ++i) m[i * 4 + 1] = 4, m[i * 4 + 2] = 4096 + i * 8;
  d->PutBytes(many, reinterpret_cast<uint8_t*>(m.data()));
  d->Expect(d->Do(1, Sqe(9, 1).Prp(many.prp1, many.prp2).Cdw(10, 255).Cdw(11, 4)), 0, "256 ranges");
  for (uint32_t i = 0; i < 256; i += 15) check(4096 + i * 8, 8, 4096 + i * 8, 4096 + i * 8 + 4, "one of 256 ranges");
  uint32_t over[4] = {0, 2, static_cast<uint32_t>(Blocks(d) - 1), 0};
  h->Poke(one.prp1, over, 16);
  d->Expect(d->Do(1, Sqe(9, 1).Prp(one.prp1, 0).Cdw(11, 4)), 0x080 | kDnr, "range over the end");
  // the whole disk at once
  uint32_t all[4] = {0, static_cast<uint32_t>(Blocks(d)), 0, 0};
  h->Poke(one.prp1, all, 16);
  d->Expect(d->Do(1, Sqe(9, 1).Prp(one.prp1, 0).Cdw(11, 4)), 0, "all of the disk");
  check(1000, 256, 0, Blocks(d), "all deallocated");
  check(Blocks(d) - 8, 8, 0, Blocks(d), "end deallocated");
  WriteRead(d, 1, 1010, 3, 4, -1);
}

void Wrap(Driver* d) {
  Host* h = d->h;
  d->Enable(3);
  CHECK(d->CreateCq(1, 2, 1) == 0 && d->CreateSq(1, 2, 1) == 0, "queues of 2 entries");
  CHECK(d->CreateCq(2, 5, 1) == 0 && d->CreateSq(2, 256, 2) == 0, "256 entries on 5");
  Buffer buf = d->MakeBuffer(512, 0);
  for (int i = 0; i < 20; ++i) d->Expect(d->Do(1, d->Rw(i & 1, 3, 1, buf)), 0, "queue of 2");
  // the completion queue fills: nothing is lost, nothing is overwritten, other queues go on
  for (int round = 0; round < 4; ++round) {
    uint32_t put = 0, got = 0;
    for (; put < 200; ++put) d->Put(2, put % 3 ? Sqe(0, 1) : d->Rw(put % 2, put, 1, buf));
    d->Ring(2);
    h->Ticks(3000);
    d->Expect(d->Do(1, d->Rw(false, 3, 1, buf)), 0, "another queue while one is full");
    Cqe cqe;
    while (got < put) {
      uint32_t batch = 0;
      while (batch < 1 + h->Random(4) && d->Poll(2, &cqe, true)) ++batch;
      if (batch) d->RingCq(2);
      got += batch;
      h->Ticks(1 + h->Random(300));
    }
    h->Ticks(500);
    CHECK(!d->Poll(2, &cqe), "one completion too many");
  }
  CHECK(h->Read32(kCsts) == 1, "CSTS 0x%x", h->Read32(kCsts));
}

struct Work {
  bool write;
  uint64_t lba;
  std::vector<uint8_t> data;
  Buffer buf;
};

// Random commands on all queues, at most one in flight for a block; what is read is what was written.
void Traffic(Driver* d) {
  Host* h = d->h;
  d->Enable();
  d->MakeQueues(4, 33);
  const uint32_t nr_areas = 64, area = 256;
  std::vector<std::vector<uint8_t>> shadow(nr_areas, std::vector<uint8_t>(area * 512, 0));
  std::vector<bool> busy(nr_areas, false);
  std::map<uint32_t, std::pair<uint32_t, Work>> work;  // queue and id -> area
  uint32_t submitted = 0, done = 0;
  const uint32_t total = 500;
  while (done < total) {
    uint16_t qid = static_cast<uint16_t>(1 + h->Random(4));
    uint32_t burst = h->Random(6);
    bool put = false;
    for (; burst > 0 && submitted < total && d->q[qid].sq_free > 0; --burst) {
      uint32_t a = h->Random(nr_areas);
      if (busy[a]) continue;
      busy[a] = true;
      Work w;
      w.write = h->Random(2);
      uint32_t blocks = h->Random(3) ? 1 + h->Random(16) : 1 + h->Random(area);
      uint32_t first = h->Random(area - blocks + 1);
      w.lba = a * area + first;
      w.buf = d->MakeBuffer(blocks * 512, h->Random(2) ? 4 * h->Random(1024) : 512 * h->Random(8));
      uint8_t* at = &shadow[a][first * 512];
      if (w.write) {
        w.data = RandomBytes(h, blocks * 512);
        memcpy(at, w.data.data(), w.data.size());
        d->PutBytes(w.buf, w.data.data());
      } else {
        w.data.assign(at, at + blocks * 512);
      }
      uint16_t cid = d->Put(qid, d->Rw(w.write, w.lba, blocks, w.buf));
      work[static_cast<uint32_t>(qid) << 16 | cid] = {a, w};
      ++submitted;
      put = true;
    }
    if (put) d->Ring(qid);
    if (h->Random(16) == 0) d->Expect(d->Admin(Sqe(10, 0).Cdw(10, 6)), 0, "Get Features in between");
    h->Ticks(h->Random(200));
    Cqe cqe;
    for (uint16_t cq = 1; cq <= 4; ++cq)
      while (h->Random(8) && d->Poll(cq, &cqe)) {
        d->Expect(cqe, 0, "random command");
        CHECK(cqe.dw0 == 0, "dword 0 of an NVM command is 0x%x", cqe.dw0);
        auto it = work.find(static_cast<uint32_t>(cqe.sqid) << 16 | cqe.cid);
        CHECK(it != work.end(), "unknown completion");
        Work& w = it->second.second;
        if (w.write)
          CHECK(!memcmp(h->disk() + w.lba * 512, w.data.data(), w.data.size()), "written data");
        else
          CHECK(d->GetBytes(w.buf) == w.data, "read data of block %llu",
                static_cast<unsigned long long>(w.lba));
        d->CheckUntouched(w.buf, "random command");
        busy[it->second.first] = false;
        work.erase(it);
        ++done;
      }
  }
  CHECK(h->max_reads_in_flight >= 3, "only %u DMA reads were in flight", h->max_reads_in_flight);
  h->Ticks(2000);
  CHECK(h->idle(), "not idle at the end");
  std::vector<uint8_t> smart = d->GetLog(2, 512);
  CHECK(Le32(smart, 64) + Le32(smart, 80) == total, "SMART counts %u reads, %u writes", Le32(smart, 64),
        Le32(smart, 80));
}

// Writes, zeroes, deallocations and reads of the same few blocks at once: whatever wins, a block is
// never a mix. Each write's bytes are all the same.
void Uniform(const std::vector<uint8_t>& data, uint64_t lba, const char* what) {
  for (size_t i = 0; i < data.size(); ++i) {
    uint8_t first = data[i - i % 512];
    CHECK(data[i] == first, "%s: block %llu is 0x%02x, from byte %zu on 0x%02x", what,
          static_cast<unsigned long long>(lba + i / 512), first, i % 512, data[i]);
  }
}

Sqe RandomOverlap(Driver* d, const Buffer& buf, const Buffer& range, uint64_t lba, uint32_t blocks) {
  Host* h = d->h;
  switch (h->Random(8)) {
    case 0:
      return Sqe(8, 1).Cdw(10, static_cast<uint32_t>(lba)).Cdw(12, blocks - 1);
    case 1: {
      uint32_t r[4] = {0, blocks, static_cast<uint32_t>(lba), 0};
      d->PutBytes(range, reinterpret_cast<uint8_t*>(r));
      return Sqe(9, 1).Prp(range.prp1, 0).Cdw(11, 4);
    }
    case 2: case 3: case 4: {
      std::vector<uint8_t> data(buf.bytes, static_cast<uint8_t>(h->Random() | 1));
      d->PutBytes(buf, data.data());
      return d->Rw(true, lba, blocks, buf);
    }
    default:
      return d->Rw(false, lba, blocks, buf);
  }
}

void Atomic(Driver* d) {
  Host* h = d->h;
  const uint32_t area = 12, base = 64 - area / 2, slots = 8;
  d->Enable();
  d->MakeQueues(1, 64);
  Buffer bufs[slots], ranges[slots];
  for (uint32_t i = 0; i < slots; ++i) {
    bufs[i] = d->MakeBuffer(area * 512, i % 2 ? 4 * h->Random(1024) : 512 * h->Random(8));
    ranges[i] = d->MakeBuffer(16, 0);
  }
  uint32_t nr_reads = 0;
  for (uint32_t round = 0; round < 250; ++round) {
    struct { bool read; uint64_t lba; uint32_t blocks; } work[slots];
    uint16_t cids[slots];
    for (uint32_t i = 0; i < slots; ++i) {
      uint32_t blocks = 1 + h->Random(h->Random(2) ? 2 : area), first = h->Random(area - blocks + 1);
      Sqe sqe = RandomOverlap(d, bufs[i], ranges[i], base + first, blocks);
      work[i] = {(sqe.dw[0] & 0xff) == 2, base + first, blocks};
      cids[i] = d->Put(1, sqe);
    }
    d->Ring(1);
    for (uint32_t n = 0; n < slots; ++n) {
      Cqe cqe = d->Wait(1);
      d->Expect(cqe, 0, "one of many for the same blocks");
      for (uint32_t i = 0; i < slots; ++i) {
        if (cids[i] != cqe.cid || !work[i].read) continue;
        std::vector<uint8_t> got = d->GetBytes(bufs[i]);
        got.resize(work[i].blocks * 512);
        Uniform(got, work[i].lba, "read in between");
        ++nr_reads;
      }
    }
    d->Expect(d->Do(1, d->Rw(false, base, area, bufs[0])), 0, "read of all");
    Uniform(d->GetBytes(bufs[0]), base, "left behind");
  }
  CHECK(nr_reads > 400, "only %u reads", nr_reads);
}

// A write that ends within a block: the whole ones before it are written, this one is as before.
void EarlyEnd(Driver* d) {
  Host* h = d->h;
  d->Enable();
  d->MakeQueues(1, 64);
  uint64_t page = h->AllocPage(), list = h->AllocPage();
  uint64_t bad[2] = {page + 4, page};
  h->Poke(list, bad, sizeof(bad));
  Buffer range = d->MakeBuffer(16, 0), in = d->MakeBuffer(8 * 512, 0);
  for (int mapped = 0; mapped < 2; ++mapped) {
    memset(h->disk() + 320 * 512, 0xd0, 8 * 512);
    uint32_t r[4] = {0, 8, 320, 0};
    d->PutBytes(range, reinterpret_cast<uint8_t*>(r));
    if (!mapped) d->Expect(d->Do(1, Sqe(9, 1).Prp(range.prp1, 0).Cdw(11, 4)), 0, "deallocate");
    d->Expect(d->Do(1, Sqe(1, 1).Prp(page + 256, list).Cdw(10, 320).Cdw(12, 31)), 0x013 | kDnr, "bad second page");
    d->Expect(d->Do(1, d->Rw(false, 320, 8, in)), 0, "read");
    std::vector<uint8_t> got = d->GetBytes(in);
    std::vector<uint8_t> want(7 * 512);
    h->Peek(page + 256, want.data(), want.size());
    want.resize(8 * 512, mapped ? 0xd0 : 0);
    CHECK(got == want, "blocks of a write that ended in the eighth");
    if (!mapped) {
      d->PutBytes(in, std::vector<uint8_t>(8 * 512, 1).data());
      d->Expect(d->Do(1, d->Rw(true, 320, 8, in)), 0, "write");
    }
  }
}

// Data units are thousands of blocks, rounded up.
void Counters(Driver* d) {
  d->Enable();
  d->MakeQueues(1, 64);
  Buffer buf = d->MakeBuffer(131072, 0);
  for (uint32_t i = 1; i <= 9; ++i) {
    d->Expect(d->Do(1, d->Rw(false, 0, 256, buf)), 0, "read");
    d->Expect(d->Do(1, d->Rw(true, 0, i, buf)), 0, "write");
    std::vector<uint8_t> smart = d->GetLog(2, 512);
    CHECK(Le32(smart, 32) == (i * 256 + 999) / 1000 && Le32(smart, 48) == 1 && Le32(smart, 64) == i &&
              Le32(smart, 80) == i,
          "round %u: units %u %u, commands %u %u", i, Le32(smart, 32), Le32(smart, 48), Le32(smart, 64),
          Le32(smart, 80));
  }
}

}  // namespace

const Case kIoCases[] = {
    {"sizes", Sizes},   {"prp_shapes", PrpShapes}, {"bad_prps", BadPrps}, {"bad_io", BadIo},
    {"zeroes", Zeroes}, {"wrap", Wrap},            {"traffic", Traffic},  {"counters", Counters},
    {"atomic", Atomic}, {"early_end", EarlyEnd},
};
const int kNrIoCases = sizeof(kIoCases) / sizeof(kIoCases[0]);

}  // namespace riser_test
