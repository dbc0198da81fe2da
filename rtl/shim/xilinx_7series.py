# SPDX-License-Identifier: Apache-2.0
"""The signals of a Xilinx 7-series block for xilinx_wrap.py."""

import xilinx_ports


def signals(make, prefix, width):
    """make: class Signal. Streams and what surrounds them."""
    listed = []
    for role, word, to_user in (("rx", "m_axis_rx", True), ("tx", "s_axis_tx", False)):
        mirror = ("s" if word[0] == "m" else "m") + word[1:]
        words = [prefix[role]] if role in prefix else [word, mirror]
        for part, size in (("tdata", width), ("tkeep", width // 8), ("tlast", 1), ("tuser", 22 if to_user else 4),
                           ("tvalid", 1), ("tready", 1)):
            into = to_user != (part == "tready")
            listed.append(make([f"{w}_{part}" for w in words], "in" if into else "out", size, f"{word}_{part}", True))
    take = {"user_app_rdy": 1, "tx_buf_av": 6, "tx_err_drop": 1, "tx_cfg_req": 1, "fc_ph": 8, "fc_pd": 12, "fc_nph": 8,
            "fc_npd": 12, "fc_cplh": 8, "fc_cpld": 12, "cfg_mgmt_do": 32, "cfg_mgmt_rd_wr_done": 1,
            "cfg_bus_number": 8, "cfg_device_number": 5, "cfg_function_number": 3, "cfg_command": 16,
            "cfg_dcommand": 16, "cfg_lstatus": 16, "cfg_pcie_link_state": 3, "cfg_pmcsr_powerstate": 2,
            "cfg_received_func_lvl_rst": 1, "cfg_interrupt_rdy": 1, "cfg_interrupt_do": 8,
            "cfg_interrupt_mmenable": 3, "cfg_interrupt_msienable": 1, "cfg_interrupt_msixenable": 1,
            "cfg_interrupt_msixfm": 1}
    give = {"rx_np_ok": 1, "fc_sel": 3, "cfg_mgmt_dwaddr": 10, "cfg_mgmt_di": 32, "cfg_mgmt_byte_en": 4,
            "cfg_mgmt_wr_en": 1, "cfg_mgmt_rd_en": 1, "cfg_trn_pending": 1, "cfg_interrupt": 1,
            "cfg_interrupt_assert": 1, "cfg_interrupt_di": 8}
    side = [make(n, "in", w) for n, w in take.items()]
    side += [make(n, "out", w, default="1" if n == "rx_np_ok" else "0") for n, w in give.items()]
    if "side" in prefix:
        for signal in side:
            signal.names = [prefix["side"] + n for n in signal.names]
    return listed + side


def make(writer, prefix, width, params, signal_class, clocks):
    """Joins everything; the model's ports are as wide as the user's."""
    listed = clocks(prefix) + signals(signal_class, prefix, width)
    for signal, port in zip(listed, ("user_clk_out", "user_reset_out", "user_lnk_up")):
        signal.port = port
    xilinx_ports.match(writer.args.top, writer.ports, listed, "xilinx-7series")
    for signal in listed:
        writer.decided[signal.port] = signal.widths[0]
        writer.join(signal)
    if params.pop("MSIX_INTERNAL", 0):
        xilinx_ports.wrong("endpoint.config.msix.table: a 7-series block has no table: table: user")
    params["DATA_W"] = width
    if width == 128:
        params.setdefault("RX_STRADDLE", 1)
    return listed
