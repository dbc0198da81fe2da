// SPDX-License-Identifier: Apache-2.0
// RTL beside TLM: the fixture card, made by Verilator with --sc and clocked by the
// platform, has its backing store in a TLM memory, and a TLM peripheral that knows
// the time in the last word of it.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <deque>

#include "Vfx_endpoint.h"
#include "memory.h"
#include "riser/model_entry.h"
#include "riser/pins.h"

namespace {

constexpr uint64_t kStoreBytes = 4096;
constexpr uint64_t kTimer = kStoreBytes - 8;

// Reads as the simulated time in ns; writes are ignored.
class timer : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<timer> port{"port"};

  explicit timer(sc_core::sc_module_name name) : sc_module(name) {
    port.register_b_transport(this, &timer::transport);
  }

 private:
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    const auto now =
        static_cast<uint64_t>((sc_core::sc_time_stamp() + delay) / sc_core::sc_time(1, sc_core::SC_NS));
    if (p.is_read()) memcpy(p.get_data_ptr(), &now, 8);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

// The memory port of docs/tlp-port.md on one side, TLM on the other.
class store_bridge : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_signal<bool> valid{"valid"}, ready{"ready"}, write{"write"}, rsp_valid{"rsp_valid"};
  sc_core::sc_signal<uint32_t> addr{"addr"}, wstrb{"wstrb"};
  sc_core::sc_signal<uint64_t> wdata{"wdata"}, rsp_data{"rsp_data"};
  tlm_utils::simple_initiator_socket<store_bridge> memory{"memory"}, peripheral{"peripheral"};

  SC_HAS_PROCESS(store_bridge);
  explicit store_bridge(sc_core::sc_module_name name) : sc_module(name) {
    SC_METHOD(edge);
    sensitive << clk.pos();
    dont_initialize();
  }

 private:
  struct answer {
    sc_core::sc_time due;
    uint64_t data;
  };

  void edge() {
    if (valid.read() && ready.read()) request();
    ready.write(true);
    const bool due = !answers_.empty() && answers_.front().due <= sc_core::sc_time_stamp();
    rsp_valid.write(due);
    if (!due) return;
    rsp_data.write(answers_.front().data);
    answers_.pop_front();
  }

  void request() {
    tlm::tlm_generic_payload p;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    uint64_t data = wdata.read();
    unsigned char enables[8];
    const uint64_t at = addr.read() * 8ull;
    for (int i = 0; i < 8; ++i)
      enables[i] = (wstrb.read() >> i & 1) != 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    p.set_command(write.read() ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(at);
    p.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
    p.set_data_length(8);
    p.set_streaming_width(8);
    if (write.read()) {
      p.set_byte_enable_ptr(enables);
      p.set_byte_enable_length(8);
    }
    (at == kTimer ? peripheral : memory)->b_transport(p, delay);
    if (!p.is_response_ok()) SC_REPORT_ERROR("store", p.get_response_string().c_str());
    if (!write.read()) answers_.push_back({sc_core::sc_time_stamp() + delay, data});
  }

  std::deque<answer> answers_;
};

class store_platform : public sc_core::sc_module {
 public:
  store_platform(sc_core::sc_module_name name, const riser::plusargs& args)
      : sc_module(name), set_args_(args) {
    pins_.clk(clk_);
    bridge_.clk(clk_);
    rtl_.clk(clk_);
    rtl_.idle(idle_);
    RISER_BIND_PINS(rtl_, pins_);
    rtl_.mem_req_valid(bridge_.valid);
    rtl_.mem_req_ready(bridge_.ready);
    rtl_.mem_req_write(bridge_.write);
    rtl_.mem_req_addr(bridge_.addr);
    rtl_.mem_req_wdata(bridge_.wdata);
    rtl_.mem_req_wstrb(bridge_.wstrb);
    rtl_.mem_rsp_valid(bridge_.rsp_valid);
    rtl_.mem_rsp_data(bridge_.rsp_data);
    bridge_.memory.bind(memory_.port);
    bridge_.peripheral.bind(timer_.port);
  }

 private:
  sc_core::sc_clock clk_{"clk", 4, sc_core::SC_NS, 0.5, 2, sc_core::SC_NS};
  sc_core::sc_signal<bool> idle_{"idle"};
  riser::pins<64> pins_{"pins"};
  store_bridge bridge_{"bridge"};
  example::memory memory_{"memory", kStoreBytes, sc_core::sc_time(20, sc_core::SC_NS)};
  timer timer_{"timer"};
  // before the RTL is made: its initial blocks look at plusargs
  struct set_args {
    explicit set_args(const riser::plusargs& args) {
      auto argv = args.argv();
      Verilated::commandArgs(static_cast<int>(argv.size()), argv.data());
    }
  } set_args_;
  Vfx_endpoint rtl_{"rtl"};
};

}  // namespace

RISER_SYSTEMC_CARD(store_platform, "store_platform", 4000, riser::can_reset)
