// SPDX-License-Identifier: Apache-2.0
// The endpoint core when the host or the link misbehaves.
#include <algorithm>

#include "cases/core_card.h"

namespace tb {
namespace {

constexpr uint64_t kFrom = 0x12340000, kTo = 0x567800000000;

size_t Count(const Root& root, uint8_t code) {
  return static_cast<size_t>(std::count_if(root.messages.begin(), root.messages.end(),
                                           [=](const MessageIn& m) { return m.code == code; }));
}

// The card's read ends as the answer says; AER has it; the next read is good. CTO-07, ERR-11.
void RunReadFaults(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  Buffer from(root, kFrom, 5, 3000, Memory::kRead);
  from.Fill(root);
  struct { Plan::Fault fault; uint32_t status, aer; } kinds[] = {
      {Plan::kUr, CoreCard::kDmaRefused, 0},
      {Plan::kCa, CoreCard::kDmaRefused, 0},
      {Plan::kPoison, CoreCard::kDmaPoisoned, kAerPoison},
      {Plan::kSilent, CoreCard::kDmaTimeout, kAerTimeout},
  };
  uint32_t failed = 0;
  for (auto& kind : kinds) {
    for (uint32_t good_parts : {0u, 1u, 3u}) {
      for (uint32_t which : {0u, 2u}) {  // which of the reads of one DMA
        uint32_t nr = 0;
        root->pace.cut_percent = 100;
        root->plan = [&](const Tlp& read) {
          Plan p;
          p.fault = nr++ == which ? kind.fault : Plan::kNone;
          uint64_t first = FirstByte(read), last = first + ByteSpan(read) - 1;
          uint32_t cuts = static_cast<uint32_t>(last / root->rcb - first / root->rcb);
          p.good_parts = std::min(good_parts, cuts);
          return p;
        };
        card.ReadOnly(from.at, 2000, 0x81);
        card.WaitIdle();
        Check(card.LastStatus() == kind.status, "fault %d in read %u: status %u, want %u", kind.fault,
              which, card.LastStatus(), kind.status);
        Check(card.NrFailedReads() == ++failed, "failed reads");
        uint32_t aer = TakeAer(root, card.fn);
        Check(aer == kind.aer, "fault %d: AER %08x, want %08x", kind.fault, aer, kind.aer);
        root->plan = nullptr;
        card.ReadOnly(from.at, 2000, 0x82);
        card.WaitIdle();
        Check(card.LastStatus() == CoreCard::kDmaOk, "the read after fault %d", kind.fault);
      }
    }
  }
  // Received Master and Target Abort of Status are set, and cleared by ones
  Check((root->CfgRead(4) >> 24 & 0x30) == 0x30, "Status %08x after UR and CA", root->CfgRead(4));
  root->CfgWrite(4, 0xf9000000, 8);
  Check((root->CfgRead(4) & 0xf9000000) == 0, "Status is not cleared by ones");
  Check(!root->messages.empty(), "no error message");
}

// A completion that fits nothing, and one that comes when its read has timed out.
void RunUnexpected(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  Buffer from(root, kFrom, 0, 512, Memory::kRead);
  from.Fill(root);
  Tlp cpl;
  cpl.kind = Kind::kCpl;
  cpl.has_data = true;
  cpl.length = 1;
  cpl.byte_count = 4;
  cpl.requester = root->bdf;
  cpl.data = Bytes(4, 0x77);
  for (uint16_t tag : {uint16_t{0}, uint16_t{31}, uint16_t{32}, uint16_t{255}}) {
    cpl.tag = tag;
    root->SendRaw(kCompletion, Encode(cpl));
    root->Step(50);
    Check(TakeAer(root, card.fn) == kAerUnexpected, "completion for tag %u", tag);
  }
  root->plan = [](const Tlp&) {
    Plan p;
    p.fault = Plan::kSilent;
    return p;
  };
  card.ReadOnly(from.at, 4, 0x81);
  card.WaitIdle();
  Check(card.LastStatus() == CoreCard::kDmaTimeout, "status %u", card.LastStatus());
  Check(TakeAer(root, card.fn) == kAerTimeout, "AER of the timeout");
  Check(root->silent.size() == 1, "reads without an answer");
  cpl.tag = root->silent[0].tag;
  cpl.lower = root->silent[0].addr & 0x7f;
  root->SendRaw(kCompletion, Encode(cpl));
  root->Step(50);
  Check(TakeAer(root, card.fn) == kAerUnexpected, "a late completion");
  root->plan = nullptr;
  Buffer to(root, kTo, 0, 512, Memory::kWrite);
  card.Copy(from.at, to.at, 512, 2);
  card.WaitIdle();
  to.CheckHas(root, root->memory.Get(from.at, 512));
}

// Poisoned writes change no register and are reported: PSN-02.
void RunPoisonedWrites(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  struct { uint64_t at; } places[] = {{card.bar0() + 0x40},     {card.Ram(2) + 8},
                                      {card.Ram(4) + 0x100},    {card.bar0() + 0x2110},
                                      {card.bar0() + 0x1100}};
  for (auto& place : places) {
    bool readable = place.at != card.bar0() + 0x1100;
    Bytes was(16, 0x21);
    root->Write(place.at, was);
    if (readable) was = root->Read(place.at, 16);
    for (uint32_t n : {4u, 8u, 16u}) {
      Tlp t = MemWrite(place.at, Bytes(n, 0x5e));
      t.ep = true;
      root->Send(t);
      root->Step(40);
      Check(TakeAer(root, card.fn) == kAerPoison, "AER of %s", ToText(t).c_str());
      if (readable) Check(root->Read(place.at, 16) == was, "written: %s", ToText(t).c_str());
    }
  }
  Check(root->CfgRead(4) >> 31 == 1, "Detected Parity Error is 0");
  Tlp cfg = CfgRequest(true, root->bdf, 0x0c, 1, 0x55);
  cfg.ep = true;
  Check(root->Ask(cfg).status == kUnsupported, "a poisoned configuration write");
  Check((root->CfgRead(0x0c) & 0xff) == 0, "it was applied");
  Check(Count(*root, kErrNonfatal) + Count(*root, kErrCor) >= 16, "error messages");
}

// Malformed requests vanish: no answer, no effect; the next one is served. ERR-07, ERR-11.
void RunMalformed(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  uint64_t at = card.bar0();
  Bytes was = root->Read(at, 64);
  std::vector<Tlp> bad;
  auto memory = [&](bool write, uint64_t addr, uint16_t n, uint8_t first, uint8_t last) {
    Tlp t = MemRead(addr, 4u * n);
    t.first_be = first;
    t.last_be = last;
    if (write) {
      t.kind = Kind::kMWr;
      t.has_data = true;
      t.data.assign(4u * n, 0xdd);
    }
    bad.push_back(t);
  };
  for (bool write : {false, true}) {
    memory(write, at, 1, 15, 1);
    memory(write, at, 2, 0, 15);
    memory(write, at, 2, 15, 0);
    memory(write, at + 4, 2, 5, 15);
    memory(write, at + 4, 2, 15, 8);
    memory(write, at, 3, 6, 15);
    memory(write, at, 3, 15, 14);
    memory(write, at + 0xffc, 2, 15, 15);
  }
  memory(true, at, 65, 15, 15);  // Max_Payload_Size is 256
  memory(true, at, 1, 15, 0);
  bad.back().tc = 3;
  Tlp cfg = CfgRequest(true, root->bdf, 0x0c, 0xf, 0x55);
  cfg.last_be = 1;
  bad.push_back(cfg);
  cfg = CfgRequest(false, root->bdf, 0, 0xf, 0);
  cfg.length = 2;
  bad.push_back(cfg);
  for (uint8_t code : {kAssertIntA, kDeassertIntA}) {
    Tlp t;
    t.kind = Kind::kMsg;
    t.four_dw = true;
    t.routing = 4;
    t.code = code;
    bad.push_back(t);
  }
  uint32_t messages = 0;
  for (Tlp& t : bad) {
    t.requester = root->host_id;
    t.tag = 29;
    root->SendRaw(t.FlowClass(), Encode(t));
    root->Step(100);  // an answer would fit nothing, and be told
    Check(TakeAer(root, card.fn) == kAerMalformed, "AER of %s", ToText(t).c_str());
    Check(root->Read(at, 64) == was, "applied: %s", ToText(t).c_str());
    Check(Count(*root, kErrFatal) == ++messages, "ERR_FATAL for %s", ToText(t).c_str());
  }
  for (Class channel : {kPosted, kNonPosted}) {
    Bytes none(12, 0);
    none[0] = 0x1f;  // no Type of that number
    root->SendRaw(channel, none);
    root->Step(100);
    Check(TakeAer(root, card.fn) == kAerMalformed, "AER of an undefined Type");
    Check(Count(*root, kErrFatal) == ++messages, "ERR_FATAL for an undefined Type");
  }
}

// Errors of all three channels at once: all are logged, no request is lost.
void RunErrorStorm(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  Tlp cpl;
  cpl.kind = Kind::kCpl;
  cpl.byte_count = 4;
  cpl.status = kUnsupported;
  cpl.requester = root->bdf;
  for (int round = 0; round < 5; ++round) {
    std::vector<uint32_t> asked;
    for (int i = 0; i < 60; ++i) root->SendRaw(kCompletion, Encode(cpl));
    for (int i = 0; i < 12; ++i) {
      Tlp t = MemWrite(card.bar0(), Bytes(8));
      t.last_be = 0;
      root->SendRaw(kPosted, Encode(t));
    }
    for (int i = 0; i < 12; ++i) asked.push_back(root->Send(MemRead(0x700000000000, 4), true));
    for (uint32_t handle : asked) Check(root->Wait(handle).status == kUnsupported, "a read of nothing");
    root->Step(300);
    uint32_t aer = TakeAer(root, card.fn);
    Check(aer == (kAerUnexpected | kAerMalformed | kAerUnsupported), "AER %08x", aer);
  }
}

// Messages of the host.
void RunMessages(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  root->SendMessage(0x00, 3);           // Unlock
  root->SendMessage(kVendor1, 0);       // dropped
  root->SendMessage(kVendor1, 2, Bytes(8));
  root->SendMessage(kSlotPower, 4, {0x64, 0x00, 0x00, 0x00});
  root->Step(100);
  uint32_t caps = root->CfgRead(static_cast<uint16_t>(card.fn.caps.at(kCapPcie) + 4));
  Check((caps >> 18 & 0x3ff) == 0x64, "slot power limit: %08x", caps);
  Check(TakeAer(root, card.fn) == 0, "legal messages in AER");
  root->SendMessage(kVendor0, 0);
  root->Step(50);
  Check(TakeAer(root, card.fn) == kAerUnsupported, "Vendor_Defined Type 0");
  root->SendMessage(0x99, 4);
  root->Step(50);
  Check(TakeAer(root, card.fn) == kAerUnsupported, "an unknown message");
  root->SendMessage(kPmeTurnOff, 3);
  Check(root->Until([&] { return Count(*root, kPmeToAck) == 1; }, 1000), "PME_TO_Ack");
}

// A function level reset in the middle of DMA: late completions touch nothing (FLR-04), nothing of
// before comes back, tags are reused only when it is safe.
void RunLateCompletions(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Buffer from(root, kFrom, 0, 8192, Memory::kRead), to(root, kTo, 0, 8192, Memory::kWrite);
  from.Fill(root);
  for (int round = 0; round < 8; ++round) {
    root->plan = [](const Tlp&) {
      Plan p;
      p.delay = 1500;  // behind the reset
      return p;
    };
    card.Copy(from.at, to.at, 8192, 1);
    root->Step(60 + env->rng->Below(200));
    size_t open = root->nr_card_reads();
    Check(open != 0, "no read in flight");
    uint16_t control = static_cast<uint16_t>(card.fn.caps.at(kCapPcie) + 8);
    uint32_t reset = root->Send(CfgRequest(true, root->bdf, control, 2, 0xa800));
    for (int i = 0; i < 20; ++i) root->Write64(card.bar0() + 8, 1);  // into the reset
    Check(root->Wait(reset).status == kSuccess, "the write that starts the reset");
    root->Until([&] { return !root->model()->flr_active(); }, 10000);
    Check(root->memory.OwnerOf(to.at) == Memory::kPoison, "written before the data came");
    root->CfgWrite(0x10, static_cast<uint32_t>(card.bar0()));
    root->CfgWrite(0x14, static_cast<uint32_t>(card.bar0() >> 32));
    root->CfgWrite(4, 6, 3);
    uint32_t code = root->mps == 256 ? 1 : 0;
    Check((root->CfgRead(0x78) >> 5 & 7) == code, "the reset changed Max_Payload_Size");
    root->plan = nullptr;
    root->memory.Poison(to.base, to.room);
    card.Copy(from.at, to.at, 8192, 2);  // the late ones arrive while it runs
    card.WaitIdle();
    to.CheckHas(root, root->memory.Get(from.at, from.bytes));
    root->Step(2500);
    Check(root->nr_card_reads() == 0 && card.NrFailedReads() == 0, "reads left over");
    root->memory.Poison(to.base, to.room);
  }
}

// Hot reset, PERST# and link down under load; the card works behind each.
void RunResetsUnderLoad(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Buffer from(root, kFrom, 7, 6000, Memory::kRead), to(root, kTo, 9, 6000, Memory::kWrite);
  from.Fill(root);
  for (uint32_t round = 0; round < 24; ++round) {
    root->Randomize();
    card.Copy(from.at, to.at, 6000, 1);
    card.WriteOnly(to.at, 3000, 2, true);
    card.ReadOnly(from.at, 5000, 0x83);
    std::vector<uint32_t> asked;
    for (int i = 0; i < 6; ++i) asked.push_back(root->Send(MemRead(card.bar0() + 16, 200)));
    root->Step(env->rng->Below(600));
    switch (round % 4) {
      case 0: root->HotReset(); break;
      case 1: root->PowerOn(); break;
      case 2:
        root->LinkDown();
        root->LinkUp();
        break;
      default:
        root->Calm();
        LevelReset(root, card.fn);
        root->Drain();
    }
    root->Calm();
    Enumerate(root);
    root->memory.Poison(to.base, to.room);
    card.Copy(from.at, to.at, 6000, 3);
    card.WaitIdle();
    to.CheckHas(root, root->memory.Get(from.at, from.bytes));
    Check(root->interrupts.empty(), "an interrupt while none is enabled");
    root->memory.Poison(to.base, to.room);
  }
}

// Bus Master Enable off in the middle: what is asked comes back, nothing new is sent.
void RunBusMasterOff(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Buffer from(root, kFrom, 0, 30000, Memory::kRead), to(root, kTo, 0, 30000, Memory::kWrite);
  from.Fill(root);
  for (int round = 0; round < 10; ++round) {
    card.Copy(from.at, to.at, 30000, 1);
    card.WriteOnly(to.at, 9000, 2);
    root->Step(100 + env->rng->Below(900));
    root->CfgWrite(4, 2, 1);
    uint64_t reads = root->nr_reads, writes = root->nr_writes;
    card.WaitIdle();
    root->Step(500);
    Check(root->nr_reads == reads && root->nr_writes == writes, "requests behind the write of 0");
    root->CfgWrite(4, 6, 1);
  }
  Check(card.NrFailedReads() + card.NrDroppedWrites() > 0, "nothing was cut off");
  root->memory.Poison(to.base, to.room);
  card.Copy(from.at, to.at, 30000, 1);
  card.WaitIdle();
  to.CheckHas(root, root->memory.Get(from.at, from.bytes));
}

}  // namespace

const std::vector<Case> kCoreFaultCases = {
    {"read_faults", RunReadFaults},   {"unexpected", RunUnexpected},
    {"poisoned", RunPoisonedWrites},  {"malformed", RunMalformed},
    {"messages", RunMessages},        {"error_storm", RunErrorStorm}, {"late_completions", RunLateCompletions},
    {"resets_loaded", RunResetsUnderLoad}, {"bus_master_off", RunBusMasterOff},
};

}  // namespace tb
