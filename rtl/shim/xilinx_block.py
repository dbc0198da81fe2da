# SPDX-License-Identifier: Apache-2.0
"""Ports of Xilinx PCIe IP instances for .xci files that do not list them: what the models join, and what is there
beside it. An instance may have fewer."""

import xilinx_7series
import xilinx_wrap

LANES = {"pci_exp_txp": ("out", 16), "pci_exp_txn": ("out", 16), "pci_exp_rxp": ("in", 16), "pci_exp_rxn": ("in", 16),
         "sys_clk": ("in", 1), "sys_reset": ("in", 1)}
# of UltraScale and UltraScale+, seen from the block
BESIDE_US = {
    "sys_clk_gt": ("in", 1), "cfg_link_power_state": ("out", 2), "cfg_local_error_valid": ("out", 1),
    "cfg_local_error_out": ("out", 5), "cfg_rx_pm_state": ("out", 2), "cfg_tx_pm_state": ("out", 2),
    "cfg_rcb_status": ("out", 4), "cfg_obff_enable": ("out", 2), "cfg_pl_status_change": ("out", 1),
    "cfg_tph_requester_enable": ("out", 4), "cfg_tph_st_mode": ("out", 12), "cfg_msg_received": ("out", 1),
    "cfg_msg_received_data": ("out", 8), "cfg_msg_received_type": ("out", 5), "cfg_msg_transmit": ("in", 1),
    "cfg_msg_transmit_type": ("in", 3), "cfg_msg_transmit_data": ("in", 32), "cfg_msg_transmit_done": ("out", 1),
    "cfg_dsn": ("in", 64), "cfg_err_cor_in": ("in", 1), "cfg_err_uncor_in": ("in", 1),
    "cfg_link_training_enable": ("in", 1), "cfg_interrupt_pending": ("in", 4), "cfg_interrupt_msi_attr": ("in", 3),
    "cfg_interrupt_msi_tph_present": ("in", 1), "cfg_config_space_enable": ("in", 1),
    "cfg_req_pm_transition_l23_ready": ("in", 1), "cfg_hot_reset_in": ("in", 1), "cfg_ds_port_number": ("in", 8),
    "cfg_ds_bus_number": ("in", 8), "cfg_ds_device_number": ("in", 5), "cfg_vf_flr_func_num": ("in", 8)}
BESIDE = {
    "usp": {"cfg_vf_status": ("out", 504), "cfg_vf_power_state": ("out", 756), "cfg_mgmt_function_number": ("in", 8),
            "cfg_mgmt_debug_access": ("in", 1), "cfg_vf_tph_requester_enable": ("out", 252),
            "cfg_vf_tph_st_mode": ("out", 756), "cfg_vf_flr_in_process": ("out", 252), "cfg_vf_flr_done": ("in", 1),
            "cfg_interrupt_msi_select": ("in", 2), "cfg_interrupt_msi_pending_status_function_num": ("in", 2),
            "cfg_interrupt_msi_tph_type": ("in", 2), "cfg_interrupt_msi_tph_st_tag": ("in", 8),
            "cfg_interrupt_msi_function_number": ("in", 8), "cfg_interrupt_msix_vec_pending": ("in", 2),
            "cfg_interrupt_msix_vec_pending_status": ("out", 1), "cfg_pm_aspm_l1_entry_reject": ("in", 1),
            "cfg_pm_aspm_tx_l0s_entry_disable": ("in", 1)},
    "us": {"cfg_vf_status": ("out", 16), "cfg_vf_power_state": ("out", 24), "cfg_mgmt_type1_cfg_reg_access": ("in", 1),
           "cfg_vf_flr_in_process": ("out", 8), "cfg_vf_flr_done": ("in", 8), "cfg_interrupt_msi_vf_enable": ("out", 8),
           "cfg_interrupt_msi_select": ("in", 4), "cfg_interrupt_msi_pending_status_function_num": ("in", 4),
           "cfg_interrupt_msi_tph_type": ("in", 2), "cfg_interrupt_msi_tph_st_tag": ("in", 9),
           "cfg_interrupt_msi_function_number": ("in", 4), "cfg_ltr_enable": ("out", 1), "cfg_dpa_substate_change": ("out", 4),
           "cfg_per_func_status_control": ("in", 3), "cfg_per_func_status_data": ("out", 16),
           "cfg_per_function_number": ("in", 4), "cfg_per_function_output_request": ("in", 1),
           "cfg_per_function_update_done": ("out", 1), "cfg_subsys_vend_id": ("in", 16)},
    "7series": {"cfg_dsn": ("in", 64), "cfg_pm_halt_aspm_l0s": ("in", 1), "cfg_pm_halt_aspm_l1": ("in", 1),
                "cfg_pm_force_state_en": ("in", 1), "cfg_pm_force_state": ("in", 2), "cfg_pm_wake": ("in", 1),
                "cfg_turnoff_ok": ("in", 1), "cfg_to_turnoff": ("out", 1), "rx_np_req": ("in", 1), "tx_cfg_gnt": ("in", 1),
                "cfg_status": ("out", 16), "cfg_dstatus": ("out", 16), "cfg_lcommand": ("out", 16),
                "cfg_dcommand2": ("out", 16), "cfg_pmcsr_pme_en": ("out", 1), "cfg_pmcsr_pme_status": ("out", 1),
                "cfg_interrupt_stat": ("in", 1), "cfg_pciecap_interrupt_msgnum": ("in", 5), "sys_rst_n": ("in", 1),
                "cfg_mgmt_wr_readonly": ("in", 1), "cfg_ds_bus_number": ("in", 8), "cfg_ds_device_number": ("in", 5),
                "cfg_ds_function_number": ("in", 3), "pl_directed_link_change": ("in", 2), "pl_directed_link_width": ("in", 2),
                "pl_directed_link_speed": ("in", 1), "pl_directed_link_auton": ("in", 1),
                "pl_upstream_prefer_deemph": ("in", 1), "pl_ltssm_state": ("out", 6), "pl_phy_lnk_up": ("out", 1),
                "pl_received_hot_rst": ("out", 1), "pl_sel_lnk_rate": ("out", 1), "pl_sel_lnk_width": ("out", 2)}}
# widths where the models take several: the block's own
OWN = {"pcie_cq_np_req": {"usp": 2, "us": 1}, "cfg_mgmt_addr": {"usp": 10, "us": 19},
       "cfg_interrupt_msi_pending_status": {"usp": 32, "us": 32}}
STREAM_WIDTHS = {"m_axis_cq_tuser": {"usp": 88, "us": 85}, "s_axis_rq_tuser": {"usp": 62, "us": 60}}


def ports(family, width):
    """(name, direction, bits) as the block has them."""
    if family == "7series":
        signals = xilinx_7series.signals(xilinx_wrap.Signal, {}, width)
        ends = {"user_clk_out": ("out", 1), "user_reset_out": ("out", 1), "user_lnk_up": ("out", 1)}
    else:
        signals = xilinx_wrap.streams_us(width, {}) + xilinx_wrap.sideband_us(family == "usp")
        ends = {"user_clk": ("out", 1), "user_reset": ("out", 1), "user_lnk_up": ("out", 1), **BESIDE_US}
    listed = {**LANES, **ends, **BESIDE[family]}
    if family == "7series":
        del listed["sys_reset"]
    for signal in signals:
        # the name that begins as the block's: the model's own port
        name = signal.port if signal.port in signal.names else signal.names[0]
        bits = OWN.get(name, {}).get(family) or (STREAM_WIDTHS.get(name, {}).get(family) if width != 512 else None)
        listed[name] = ("out" if signal.direction == "in" else "in", bits or max(signal.widths))
    return [(name, {"in": "input", "out": "output"}[way], bits) for name, (way, bits) in listed.items()]
