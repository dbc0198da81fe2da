// SPDX-License-Identifier: Apache-2.0
// A PCIe endpoint for TLM-2.0 models: it answers configuration requests from its
// config_space, turns accesses to BARs into generic payloads on the socket bar,
// and generic payloads on the socket dma into requests to host memory.
#ifndef RISER_SYSTEMC_ENDPOINT_H_
#define RISER_SYSTEMC_ENDPOINT_H_

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <deque>
#include <functional>
#include <map>
#include <systemc>
#include <vector>

#include "riser/config_space.h"
#include "riser/out_queues.h"
#include "riser/pcie_extension.h"
#include "riser/tlp_port.h"

namespace riser {

class endpoint : public sc_core::sc_module, public tlp_port {
 public:
  // How accesses to BARs are made: b_transport, or the four phases of the base
  // protocol.
  enum class timing { loosely, approximately };

  struct options {
    timing style = timing::loosely;
    // Temporal decoupling of posted writes, loosely timed: they follow each other
    // with their time in the delay of b_transport, and the scheduler has its turn
    // when a quantum is full or nothing waits. Reads are not decoupled. Sets
    // tlm_global_quantum, for the model's own initiators. Zero: off.
    sc_core::sc_time quantum{0, sc_core::SC_SEC};
    unsigned max_read_tags = 32;        // reads of the card under way, up to 32
    unsigned max_posted = 64;           // TLPs that wait to leave before dma waits
    // Of a read of host memory, in simulated time; zero: none, and while the card
    // has nothing to do but to wait for the host, its clock may stop.
    sc_core::sc_time read_timeout{0, sc_core::SC_SEC};
  };

  endpoint(sc_core::sc_module_name name, const config_space& config, const options& o);
  endpoint(sc_core::sc_module_name name, const config_space& config)
      : endpoint(name, config, options()) {}

  // Requests of the host to BARs. Address: offset in the BAR; extension:
  // pcie_extension. Bytes that are not enabled are masked by the payload's byte
  // enables. TLM_OK_RESPONSE completes; TLM_ADDRESS_ERROR_RESPONSE is an
  // Unsupported Request and, as a mistake of the model, an SC_REPORT_ERROR;
  // TLM_GENERIC_ERROR_RESPONSE is a Completer Abort without one.
  tlm_utils::simple_initiator_socket<endpoint> bar;
  // Requests of the card to host memory. Address: bus address, any alignment, up
  // to 1 MiB. Reads return when all completions are there, writes when the
  // TLPs are queued (posted). Responses: TLM_OK_RESPONSE;
  // TLM_GENERIC_ERROR_RESPONSE when Bus Master Enable is 0, for UR and CA (the
  // extension's status says which), a timeout or a reset meanwhile.
  tlm_utils::simple_target_socket<endpoint> dma;

  // Interrupts, sent behind all writes that dma has accepted. msi: vector of MSI
  // or MSI-X, whichever is enabled; a masked MSI-X vector becomes pending and is
  // sent when it is unmasked. False: neither is enabled.
  bool interrupt(unsigned vector);
  // Any other message, behind what dma has accepted: code and routing as in its
  // header, words: bytes 8 to 15 of it (0 for most), data: whole dwords or none.
  // False: the link is down, or the data does not fit.
  bool message(uint8_t code, uint8_t routing, uint64_t words = 0, const uint8_t* data = nullptr,
               uint32_t bytes = 0);
  // Level of the INTx wire; only sent while MSI and MSI-X are off.
  void intx(bool asserted);

  // Called at each reset, before anything else of the new life; from the
  // simulation's scheduler, so it must not wait.
  void on_reset(std::function<void(reset_kind)> callback) { reset_callback_ = callback; }
  const sc_core::sc_event& reset_event() const { return reset_event_; }
  // Counts resets: a process that compares it knows that its command is stale.
  uint64_t life() const { return life_; }

  const config_space& config() const { return config_; }
  uint16_t id() const { return id_; }

  bool can_take(tlp_class c) const override;
  void take(tlp_class c, tlp&& packet) override;
  bool give(tlp_class c, tlp* packet) override;
  bool has_any() const override;
  void set_sideband(bool perst, bool link_up, bool hot_reset) override;
  bool flr_active() const override { return flr_active_; }
  bool is_idle() const override;

 private:
  struct request {
    header h;
    tlp packet;
    uint64_t posted_before;  // posted requests that came before it
    uint64_t life;
  };
  struct read {
    uint64_t address;
    uint32_t bytes, done;
    uint8_t* to;
    cpl_status status;
    bool ended;
    uint64_t life;
  };

  void posted_process();
  void nonposted_process();
  void flr_process();
  void unmask_process();
  void serve_write(const request& r);
  void serve_read(const request& r);
  void serve_config(const request& r);
  // One access to a BAR; the completion status it leads to.
  cpl_status access(const request& r, int bar_index, uint64_t offset, bool write, uint8_t* data,
                    uint32_t bytes, const std::vector<uint8_t>& enables);
  bool own_structure(int bar_index, uint64_t offset, uint32_t bytes) const;
  void msix_write(uint64_t offset, const uint8_t* data, const std::vector<uint8_t>& enables);
  void msix_read(uint64_t offset, uint8_t* data, uint32_t bytes) const;
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time* delay);
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);
  void complete(const header& h, cpl_status status, const uint8_t* data, uint32_t dwords,
                uint32_t lead, uint32_t byte_count);
  void complete_config(const header& h, const uint8_t* data);
  void take_completion(const tlp& packet);

  void dma_transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay);
  bool dma_write(uint64_t address, const uint8_t* data, uint32_t bytes, uint8_t attr);
  cpl_status dma_read(uint64_t address, uint8_t* data, uint32_t bytes, uint8_t attr);
  void send_read(read* part, uint8_t attr);

  void send(tlp_class c, tlp&& packet);
  void send_msi(uint64_t address, uint32_t data);
  void sync_intx();
  void reset(reset_kind kind);
  void drop_all();

  config_space config_;
  const options options_;
  uint16_t id_ = 0;
  bool perst_ = true, link_up_ = false, hot_reset_ = false, flr_active_ = false;
  uint64_t life_ = 0;
  std::function<void(reset_kind)> reset_callback_;
  sc_core::sc_event reset_event_, posted_event_, nonposted_event_, posted_done_event_;
  sc_core::sc_event room_event_, read_event_, flr_event_, unmask_event_, answer_event_;

  bool is_decoupled() const {
    return options_.style == timing::loosely && options_.quantum != sc_core::SC_ZERO_TIME;
  }
  tlm_utils::tlm_quantumkeeper posted_time_;
  std::deque<request> posted_, nonposted_;
  uint64_t posted_taken_ = 0, posted_done_ = 0;
  out_queues out_;
  std::map<uint16_t, read*> reads_;
  tlm::tlm_phase answer_phase_ = tlm::UNINITIALIZED_PHASE;

  struct vector_entry {
    uint64_t address = 0;
    uint32_t data = 0;
    uint32_t control = 1;  // masked
    bool pending = false;
  };
  std::vector<vector_entry> msix_;
  bool intx_wanted_ = false, intx_sent_ = false;
};

}  // namespace riser

#endif  // RISER_SYSTEMC_ENDPOINT_H_
