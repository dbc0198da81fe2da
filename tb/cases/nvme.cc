// SPDX-License-Identifier: Apache-2.0
// The NVMe card behind the root complex: what a driver does, with the link's freedom.
#include "cases/nvme_host.h"

namespace tb {
namespace {

constexpr uint32_t kBlock = NvmeHost::kBlock;

NvmeHost::Command Io(uint8_t opcode, const NvmeHost::Data& d, uint64_t lba, uint32_t blocks) {
  return {opcode, 1, d.prp1, d.prp2, static_cast<uint32_t>(lba), static_cast<uint32_t>(lba >> 32),
          blocks - 1};
}

void RunIdentify(Env* env) {
  NvmeHost host(env);
  Check(host.fn.class_code == 0x010802, "class code %06x", host.fn.class_code);
  host.Enable();
  for (uint32_t cns : {1u, 0u}) {
    NvmeHost::Data d = host.Allocate(4096, Memory::kWrite);
    NvmeHost::Command c{0x06, cns == 0 ? 1u : 0u, d.prp1, d.prp2, cns, 0, 0};
    Check(host.Do(0, c).status == 0, "Identify %u", cns);
    Bytes b = host.Get(d);
    if (cns == 1) {
      Check((b[0] | b[1] << 8) == host.fn.vendor, "Identify: vendor %02x%02x", b[1], b[0]);
      Check(b[512] == 0x66 && b[513] == 0x44, "entry sizes %02x %02x", b[512], b[513]);
    } else {
      Bytes size(b.begin(), b.begin() + 8);
      Check(Little(size) * kBlock == env->root->model()->info().mem[0].bytes, "size of the namespace");
    }
    host.Release(d);
  }
  NvmeHost::Command bad{0x7f, 0, 0, 0, 0, 0, 0};
  Check((host.Do(0, bad).status & 0x7ff) == 1, "an invalid opcode");
  host.Disable();
  host.Enable();
  Check(host.nr_interrupts >= 3, "%u interrupts", host.nr_interrupts);
}

// Random reads and writes on two queues against a copy of the disk.
class Traffic {
 public:
  explicit Traffic(Env* env) : env_(env), host_(env) {
    host_.Enable();
    host_.CreateQueues(1, 32);
    host_.CreateQueues(2, 9);
  }

  // At least @rounds, and as many more as it takes for a fourth of them to end a command: with some seeds the host is
  // so slow that most rounds find their zone or queue taken.
  void Run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds || nr_done_ <= rounds / 4; ++i) {
      Check(i < 40 * rounds, "only %u commands ended", nr_done_);
      if (i % 40 == 0) env_->root->Randomize();
      uint16_t qid = static_cast<uint16_t>(1 + env_->rng->Below(2));
      if (host_.Free(qid) > 0) Start(qid);
      env_->root->Step(env_->rng->Below(400));
      Reap(false);
    }
    env_->root->Calm();
    Reap(true);
    env_->root->Drain();
    env_->root->Step(300000);  // every mapping is gone: what comes now is too late
  }

 private:
  struct Job {
    uint16_t qid, cid;
    bool write;
    uint32_t zone, lba, blocks;
    NvmeHost::Data data;
    Bytes bytes;
  };
  static constexpr uint32_t kZones = 16, kZoneBlocks = 256;

  // One command at a time in each zone, so that the outcome is known.
  void Start(uint16_t qid) {
    uint32_t zone = env_->rng->Below(kZones);
    for (Job& j : jobs_) {
      if (j.zone == zone) return;
    }
    Job j{};
    j.qid = qid;
    j.zone = zone;
    j.blocks = 1 + env_->rng->Below(env_->rng->Percent(70) ? 16 : 200);
    j.lba = zone * 5000 + env_->rng->Below(kZoneBlocks - j.blocks + 1);
    j.write = env_->rng->Percent(50);
    j.data = host_.Allocate(j.blocks * kBlock, j.write ? Memory::kRead : Memory::kWrite);
    if (j.write) {
      for (uint32_t k = 0; k < j.blocks * kBlock; ++k) {
        j.bytes.push_back(static_cast<uint8_t>(env_->rng->Next() >> 40));
      }
      host_.Put(j.data, j.bytes);
    }
    j.cid = host_.Submit(qid, Io(j.write ? 0x01 : 0x02, j.data, j.lba, j.blocks));
    jobs_.push_back(j);
  }

  void Reap(bool all) {
    for (auto it = jobs_.begin(); it != jobs_.end();) {
      if (!all && !host_.IsDone(it->qid, it->cid)) {
        ++it;
        continue;
      }
      NvmeHost::Result r = host_.Wait(it->qid, it->cid);
      Check(r.status == 0, "%s of %u blocks at %u: status %x", it->write ? "write" : "read",
            it->blocks, it->lba, r.status);
      Finish(*it);
      host_.Release(it->data);
      it = jobs_.erase(it);
      ++nr_done_;
    }
  }

  void Finish(const Job& j) {
    Bytes has = j.write ? j.bytes : host_.Get(j.data);
    for (uint32_t b = 0; b < j.blocks; ++b) {
      Bytes block(has.begin() + b * kBlock, has.begin() + (b + 1) * kBlock);
      if (j.write)
        disk_[j.lba + b] = block;
      else if (disk_.count(j.lba + b) == 0)
        Check(block == Bytes(kBlock, 0), "block %u was never written and is not 0", j.lba + b);
      else
        Check(block == disk_[j.lba + b], "block %u has other data", j.lba + b);
    }
  }

  Env* env_;
  NvmeHost host_;
  std::vector<Job> jobs_;
  std::map<uint32_t, Bytes> disk_;
  uint32_t nr_done_ = 0;
};

void RunTraffic(Env* env) { Traffic(env).Run(env->rounds); }

// The host refuses a read or a write of the card in the middle: the command fails, the next works.
void RunRefusedDma(Env* env) {
  NvmeHost host(env);
  host.Enable();
  host.CreateQueues(1, 16);
  for (Plan::Fault fault : {Plan::kUr, Plan::kCa, Plan::kPoison}) {
    NvmeHost::Data d = host.Allocate(8192, Memory::kRead);
    host.Put(d, Bytes(8192, 0x42));
    uint32_t nr = 0;
    env->root->plan = [&](const Tlp& read) {
      Plan p;
      bool is_data = false;
      for (const auto& piece : d.pieces)
        is_data |= read.addr >= piece.first && read.addr < piece.first + piece.second;
      if (is_data && nr++ == 2) p.fault = fault;
      return p;
    };
    NvmeHost::Result r = host.Do(1, Io(0x01, d, 100, 16));
    Check(nr > 2, "only %u reads of data", nr);
    Check(r.status != 0, "a write whose data the host refused (%d) succeeds", fault);
    env->root->plan = nullptr;
    Check(host.Do(1, Io(0x01, d, 100, 16)).status == 0, "the write after it");
    host.Release(d);
  }
}

// An interrupt that only the function mask holds back comes when it goes.
void RunFunctionMask(Env* env) {
  NvmeHost host(env);
  uint16_t cap = host.fn.caps.at(kCapMsix);
  host.Enable();
  for (int i = 0; i < 4; ++i) {
    env->root->CfgWrite(cap, 0xc0000000, 8);
    NvmeHost::Data d = host.Allocate(4096, Memory::kWrite);
    uint32_t before = host.nr_interrupts;
    uint16_t cid = host.Submit(0, {0x06, 0, d.prp1, d.prp2, 1, 0, 0});
    env->root->Step(3000);
    Check(host.nr_interrupts == before, "an interrupt while the function is masked");
    Check(env->root->Read64(host.fn.msix_pba) == 1, "the pending bit is 0");
    env->root->CfgWrite(cap, 0x80000000, 8);
    Check(host.Wait(0, cid).status == 0, "Identify");
    host.Release(d);
  }
}

// 11,000 blocks in a row, of which nothing was written.
void RunLongRead(Env* env) {
  NvmeHost host(env);
  host.Enable();
  host.CreateQueues(1, 16);
  for (uint32_t i = 0; i < 43; ++i) {
    NvmeHost::Data d = host.Allocate(256 * kBlock, Memory::kWrite);
    Check(host.Do(1, Io(0x02, d, 256 * i, 256)).status == 0, "read %u", i);
    Bytes has = host.Get(d);
    for (size_t b = 0; b < has.size(); ++b) {
      Check(has[b] == 0, "byte %zu of block %zu is %02x, was never written", b % kBlock,
            256 * i + b / kBlock, has[b]);
    }
    host.Release(d);
  }
}

}  // namespace

const std::vector<Case> kNvmeCases = {
    {"identify", RunIdentify}, {"traffic", RunTraffic}, {"refused_dma", RunRefusedDma},
    {"function_mask", RunFunctionMask}, {"long_read", RunLongRead}};

}  // namespace tb
