#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: xilinx_wrap.py FAMILY [options of README.md]

Writes the wrapper of a user's top that has the user interface of a Xilinx PCIe
block: family usp, us or 7series. Called by the wrap programs of the folders.
"""

import argparse
import os
import xml.etree.ElementTree

import dropin
import xilinx_ports

HERE = os.path.dirname(os.path.realpath(__file__))
CORE = ["riser_bar_hit", "riser_cfg", "riser_cfg_space", "riser_completer", "riser_err_log", "riser_fifo", "riser_irq",
        "riser_lutram", "riser_msg", "riser_msix", "riser_ram", "riser_reg_bus", "riser_reset", "riser_rx",
        "riser_rx_posted", "riser_rx_req", "riser_skid", "riser_tx_arb"]
SHIM = ["riser_shim_core", "riser_shim_fc", "riser_shim_in", "riser_shim_out", "riser_shim_pack", "riser_shim_route",
        "riser_shim_tx", "riser_shim_unpack", "riser_shim_up"]
US = ["riser_us_cc", "riser_us_cq", "riser_us_in", "riser_us_irq", "riser_us_pair", "riser_us_rc", "riser_us_rq", "riser_us_shim"]
S7 = ["riser_s7_irq", "riser_s7_rx", "riser_s7_shim", "riser_s7_tx", "riser_us_in"]


class Signal:
    """A signal between block and user: names at the user's, port of the model, direction as the user sees it."""

    def __init__(self, names, direction, width, port=None, need=False, default="0"):
        self.names = [names] if isinstance(names, str) else list(names)
        self.direction, self.need, self.default = direction, need, default
        self.widths = [width] if isinstance(width, int) else list(width)
        self.port = port or self.names[0]
        self.found = None


def streams_us(width, prefix):
    """CQ, CC, RQ, RC: names begin with what the project says, or with the usual words."""
    big = width == 512
    users = {"cq": 183 if big else (85, 88), "cc": 81 if big else 33, "rq": 137 if big else (60, 62),
             "rc": 161 if big else 75}
    listed = []
    for role, word in (("cq", "m_axis_cq"), ("cc", "s_axis_cc"), ("rq", "s_axis_rq"), ("rc", "m_axis_rc")):
        mirror = ("s" if word[0] == "m" else "m") + word[1:]
        words = [prefix[role]] if role in prefix else [mirror, word]
        to_user, to_block = ("in", "out") if role in ("cq", "rc") else ("out", "in")
        for part, size, direction in (("tdata", width, to_user), ("tkeep", width // 32, to_user), ("tlast", 1, to_user),
                                      ("tuser", users[role], to_user), ("tvalid", 1, to_user),
                                      ("tready", (1, 4) if to_block == "in" else 1, to_block)):
            listed.append(Signal([f"{w}_{part}" for w in words], direction, size, f"{word}_{part}", True))
    return listed


def sideband_us(plus):
    """What surrounds the streams; the widths are the family's."""
    def take(name, width, port=None):
        return Signal(name, "in", width, port)

    def give(name, width, port=None, default="0"):
        return Signal(name, "out", width, port, default=default)

    both = [
        take("phy_rdy_out", 1), give("pcie_cq_np_req", (1, 2), default="1"), take("pcie_cq_np_req_count", 6),
        give("cfg_mgmt_addr", 10 if plus else (10, 19)), give("cfg_mgmt_write", 1), give("cfg_mgmt_write_data", 32),
        give("cfg_mgmt_byte_enable", 4), give("cfg_mgmt_read", 1), take("cfg_mgmt_read_data", 32),
        take("cfg_mgmt_read_write_done", 1), take("cfg_phy_link_down", 1), take("cfg_phy_link_status", 2),
        take("cfg_negotiated_width", 3 if plus else 4), take("cfg_current_speed", 2 if plus else 3),
        take("cfg_max_payload", 2 if plus else 3), take("cfg_max_read_req", 3), take("cfg_function_status", (8, 16)),
        take("cfg_function_power_state", (6, 12)), take("cfg_ltssm_state", 6), take("cfg_err_cor_out", 1),
        take("cfg_err_nonfatal_out", 1), take("cfg_err_fatal_out", 1), take("cfg_bus_number", 8),
        take("cfg_hot_reset_out", 1), take("cfg_power_state_change_interrupt", 1),
        give("cfg_power_state_change_ack", 1, default="1"), give("cfg_fc_sel", 3), take("cfg_fc_ph", 8),
        take("cfg_fc_pd", 12), take("cfg_fc_nph", 8), take("cfg_fc_npd", 12), take("cfg_fc_cplh", 8),
        take("cfg_fc_cpld", 12), take("cfg_flr_in_process", (2, 4)),
        give("cfg_flr_done", (2, 4), default="cfg_flr_in_process"), give("cfg_interrupt_int", 4),
        take("cfg_interrupt_sent", 1), take("cfg_interrupt_msi_enable", (2, 4)),
        take("cfg_interrupt_msi_mmenable", (6, 12)), take("cfg_interrupt_msi_mask_update", 1),
        take("cfg_interrupt_msi_data", 32), give("cfg_interrupt_msi_int", 32),
        give("cfg_interrupt_msi_pending_status", (32, 64)), give("cfg_interrupt_msi_pending_status_data_enable", 1),
        take("cfg_interrupt_msi_sent", 1), take("cfg_interrupt_msi_fail", 1), take("cfg_interrupt_msix_enable", (2, 4)),
        take("cfg_interrupt_msix_mask", (2, 4)), give("cfg_interrupt_msix_address", 64),
        give("cfg_interrupt_msix_data", 32), give("cfg_interrupt_msix_int", 1), take("cfg_interrupt_msix_sent", 1),
        take("cfg_interrupt_msix_fail", 1),
    ]
    if plus:
        return both + [
            take("pcie_rq_seq_num0", 6), take("pcie_rq_seq_num_vld0", 1), take("pcie_rq_seq_num1", 6),
            take("pcie_rq_seq_num_vld1", 1), take("pcie_rq_tag0", 8), take("pcie_rq_tag_vld0", 1),
            take("pcie_rq_tag1", 8), take("pcie_rq_tag_vld1", 1), take("pcie_rq_tag_av", 4),
            take("pcie_tfc_nph_av", 4), take("pcie_tfc_npd_av", 4)]
    return both + [
        take("pcie_rq_seq_num", 4, "pcie_rq_seq_num0"), take("pcie_rq_seq_num_vld", 1, "pcie_rq_seq_num_vld0"),
        take("pcie_rq_tag", 6, "pcie_rq_tag0"), take("pcie_rq_tag_vld", 1, "pcie_rq_tag_vld0"),
        take("pcie_rq_tag_av", 2), take("pcie_tfc_nph_av", 2), take("pcie_tfc_npd_av", 2)]


def clocks(prefix):
    """Clock and resets of the user."""
    def words(role, usual):
        return [prefix[role]] if role in prefix else usual
    return [Signal(words("clock", ["user_clk", "user_clk_out", "pcie_user_clk", "clk"]), "in", 1, "user_clk", True),
            Signal(words("reset", ["user_reset", "user_reset_out", "pcie_user_reset", "rst"]), "in", 1, "user_reset",
                   True),
            Signal(words("link-up", ["user_lnk_up", "pcie_user_lnk_up"]), "in", 1, "user_lnk_up")]


# endpoint.params: name of the model's parameter, and the words that may stand for numbers
ALIGN = {"dword": 0, "address": 1}
PARAMS_US = {"cq-alignment": ("CQ_ALIGNED", ALIGN), "cc-alignment": ("CC_ALIGNED", ALIGN),
             "rq-alignment": ("RQ_ALIGNED", ALIGN), "rc-alignment": ("RC_ALIGNED", ALIGN),
             "cq-straddle": ("CQ_STRADDLE", {}), "cc-straddle": ("CC_STRADDLE", {}),
             "rq-straddle": ("RQ_STRADDLE", {}), "rc-tlps": ("RC_TLPS", {}), "client-tag": ("CLIENT_TAG", {}),
             "tags": ("NR_TAGS", {}), "parity": ("PARITY", {}), "completion-timeout": ("CPL_TIMEOUT", {}),
             "lnk-up-cycles": ("LNK_UP_CYCLES", {}), "reset-cycles": ("RESET_CYCLES", {})}
PARAMS_S7 = {"rx-straddle": ("RX_STRADDLE", {}), "lnk-up-cycles": ("LNK_UP_CYCLES", {}),
             "reset-cycles": ("RESET_CYCLES", {})}


def model_params(family, width, given):
    """The model's parameters from endpoint.params, checked."""
    table = PARAMS_S7 if family == "7series" else PARAMS_US
    out = xilinx_ports.translate(given, table)
    if family == "7series":
        if out.get("RX_STRADDLE") and width != 128:
            xilinx_ports.wrong("rx-straddle needs 128 bits")
        return out
    aligned = [n for n in ("CQ", "CC", "RQ", "RC") if out.get(n + "_ALIGNED")]
    straddle = [n for n in ("CQ", "CC", "RQ") if out.get(n + "_STRADDLE")]
    tlps = out.get("RC_TLPS", 1)
    if straddle and width != 512:
        xilinx_ports.wrong(f"{straddle[0].lower()}-straddle needs 512 bits, the top has {width}")
    if tlps not in {512: (1, 2, 4), 256: (1, 2)}.get(width, (1,)):
        xilinx_ports.wrong(f"rc-tlps: {tlps} completions in a beat do not fit into {width} bits")
    for name in straddle + (["RC"] if tlps > 1 else []):
        if name in aligned:
            xilinx_ports.wrong(f"{name.lower()}: address alignment and straddling exclude each other")
    if out.get("NR_TAGS", 64) not in (32, 64, 128, 256):
        xilinx_ports.wrong("tags: 32, 64, 128 or 256")
    return out


def tlp_ports(width):
    """The ports of docs/tlp-port.md, without idle."""
    return [f"{way} wire {dropin.span(bits)}{name}" for name, way, bits in dropin.tlp_ports(width)]


class Writer:
    """Puts the wrapper together."""

    def __init__(self, args, ports, width):
        self.args, self.ports, self.width = args, ports, width
        self.wires, self.shim, self.user, self.more = [], [], [], []
        self.decided = {}

    def join(self, signal):
        """A wire between model and user, as wide as the model's port; missing ends get the default."""
        port = signal.port
        full = self.decided[port]
        name = "w_" + port
        self.wires.append(f"wire [{full - 1}:0] {name};")
        self.shim.append(f".{port}({name})")
        have = signal.found
        if have is None:
            if signal.direction == "out":
                value = "w_cfg_flr_in_process" if signal.default == "cfg_flr_in_process" else f"{full}'d{signal.default}"
                self.wires.append(f"assign {name} = {value};")
            return
        small = self.ports[have].width
        if small == full:
            self.user.append(f".{have}({name})")
        elif small < full:
            if signal.direction == "out":
                self.wires.append(f"assign {name}[{full - 1}:{small}] = {full - small}'d0;")
            self.user.append(f".{have}({name}[{small - 1}:0])")
        else:
            self.wires.append(f"wire [{small - 1}:0] u_{port};")
            self.wires.append(f"assign {name} = u_{port}[{full - 1}:0];" if signal.direction == "out" else
                              f"assign u_{port} = {{{small - full}'d0, {name}}};")
            self.user.append(f".{have}(u_{port})")

    def pass_on(self, used):
        """Inputs of the user's that are none of the interface: inputs of the wrapper. Memory ports both ways."""
        own = {line.split()[-1] for line in tlp_ports(self.width)} | {"idle"}
        for port in self.ports.values():
            if port.name in used or port.width is None:
                continue
            memory = port.name.split("_req_")[0] + "_req_valid" in self.ports or \
                port.name.split("_rsp_")[0] + "_req_valid" in self.ports
            if port.direction != "input" and not (memory and ("_req_" in port.name or "_rsp_" in port.name)):
                continue
            if port.name in own:
                xilinx_ports.wrong(f"port '{port.name}' of module '{self.args.top}' has a name of the TLP port, which the "
                                 "wrapper has: rename it")
            span = f"[{port.width - 1}:0] " if port.width > 1 else ""
            self.more.append(f"{port.direction} wire {span}{port.name}")
            self.user.append(f".{port.name}({port.name})")

    def write_drop_in(self, module, params):
        """The module of the block's own name, for a board's top."""
        tlp = [name for name, _, _ in dropin.tlp_ports(self.width)]
        pins = self.shim + [f".{n}(riser_{n})" for n in tlp] + [".shim_idle()"]
        given = ", ".join(f".{n}({v})" for n, v in sorted(params.items()))
        joins = [pin[1:-1].split("(", 1) for pin in self.user]
        dropin.write(self.args.out, self.args.top, [(p.name, p.direction, p.width or 1) for p in self.ports.values()],
                     self.width, self.wires, f"{module} #({given}) u_block ({', '.join(pins)});", joins)

    def write(self, module, params):
        """The file."""
        idle = self.ports.get("idle")
        has_idle = idle is not None and idle.direction == "output" and idle.width == 1
        heads = tlp_ports(self.width) + self.more + (["output wire idle"] if has_idle else [])
        tlp = [name for name, _, _ in dropin.tlp_ports(self.width)]
        self.shim += [f".{n}({n})" for n in tlp] + [".shim_idle(shim_idle)"]
        self.wires.append("wire shim_idle;")
        if has_idle:
            self.wires += ["wire user_idle;", "assign idle = shim_idle && user_idle;"]
            self.user.append(".idle(user_idle)")
        given = [f".{n}({v})" for n, v in sorted(params.items())]
        mine = [f".{p.split('=', 1)[0]}({p.split('=', 1)[1]})" for p in self.args.param]
        with open(self.args.out, "w", encoding="ascii") as file:
            file.write("// Written by rtl/shim/xilinx_wrap.py.\n`default_nettype none\nmodule riser_wrap (\n    ")
            file.write(",\n    ".join(heads) + "\n);\n    " + "\n    ".join(self.wires) + "\n")
            file.write(f"    {module} #({', '.join(given)}) u_block (\n        " + ",\n        ".join(self.shim) + ");\n")
            file.write(f"    {self.args.top} " + (f"#({', '.join(mine)}) " if mine else "") + "u_user (\n        ")
            file.write(",\n        ".join(self.user) + ");\nendmodule\n`default_nettype wire\n")


def widths_us(width, plus, user_widths):
    """Width of each port of riser_us_shim that the wrapper joins."""
    table = {"tdata": width, "tkeep": width // 32, "tlast": 1, "tvalid": 1}
    out = {}
    for word in ("m_axis_cq", "s_axis_cc", "s_axis_rq", "m_axis_rc"):
        for part, size in table.items():
            out[f"{word}_{part}"] = size
        out[f"{word}_tuser"] = user_widths[word[-2:]]
        out[f"{word}_tready"] = 4 if word[0] == "s" else 1
    for signal in sideband_us(plus) + clocks({}):
        out[signal.port] = max(signal.widths)
    # the model's own, where it is not the largest that a user may have
    out.update({"cfg_mgmt_addr": 10, "cfg_negotiated_width": 4, "cfg_current_speed": 3, "cfg_max_payload": 3,
                "cfg_interrupt_msi_pending_status": 32, "pcie_rq_seq_num0": 6, "pcie_rq_tag0": 8, "pcie_rq_tag_av": 4,
                "pcie_tfc_nph_av": 4, "pcie_tfc_npd_av": 4})
    return out


def make_us(writer, plus, prefix, found_width, config):
    """UltraScale and UltraScale+."""
    listed = clocks(prefix) + streams_us(found_width, prefix) + sideband_us(plus)
    for signal in listed:
        if not signal.need and "side" in prefix:
            signal.names = [prefix["side"] + n for n in signal.names]
    xilinx_ports.match(writer.args.top, writer.ports, listed, "xilinx-usp" if plus else "xilinx-us")
    users = {s.port[7:9]: writer.ports[s.found].width for s in listed if s.port.endswith("tuser")}
    writer.decided = widths_us(found_width, plus, users)
    for signal in listed:
        writer.join(signal)
    config.update({"ULTRASCALE_PLUS": int(plus), "DATA_W": found_width, "CQ_USER_W": users["cq"],
                   "CC_USER_W": users["cc"], "RQ_USER_W": users["rq"], "RC_USER_W": users["rc"]})
    return listed


def sources(args, family):
    """Files of the model that are not among the user's."""
    tree = xml.etree.ElementTree.parse(args.xml)
    have = {os.path.realpath(file.get("filename")) for file in tree.iter("file")}
    theirs = {module.get("origName") or module.get("name") for module in tree.iter("module")}
    core = os.path.realpath(os.path.join(HERE, "..", "core"))
    files = [f"{core}/{n}.v" for n in CORE] + \
        [f"{HERE}/xilinx/{n}.v" for n in SHIM + (S7 if family == "7series" else US)]
    files = [path for path in files if os.path.realpath(path) not in have]
    for path in files:
        name = os.path.basename(path)[:-2]
        if name in theirs:
            xilinx_ports.wrong(f"the sources have a module '{name}', which is riser's own name for {path}")
    return [f"+incdir+{os.path.dirname(core)}"] + files


def main():
    """Options, ports, wrapper, sources."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("family", choices=("usp", "us", "7series"))
    for name in ("top", "ports", "xml", "out"):
        parser.add_argument("--" + name, required=True)
    for name in ("param", "port-prefix", "interface-param"):
        parser.add_argument("--" + name, action="append", default=[])
    parser.add_argument("--drop-in", action="store_true")
    args = parser.parse_args()
    family = args.family
    prefix = xilinx_ports.prefixes(args.port_prefix, {"7series": ("rx", "tx", "side", "clock", "reset", "link-up")}.get(
        family, ("cq", "cc", "rq", "rc", "side", "clock", "reset", "link-up")))
    given = dict(p.split("=", 1) for p in args.interface_param)
    config = xilinx_ports.config({k: v for k, v in given.items() if k.startswith("config.")})
    ports = xilinx_ports.read(args.ports)
    if family == "7series":
        names, allowed = [prefix.get("rx", "") + "_tdata"] if "rx" in prefix else ["m_axis_rx_tdata", "s_axis_rx_tdata"], \
            (64, 128)
    else:
        names = [prefix["cq"] + "_tdata"] if "cq" in prefix else ["s_axis_cq_tdata", "m_axis_cq_tdata"]
        allowed = (64, 128, 256, 512) if family == "usp" else (64, 128, 256)
    width = xilinx_ports.data_width(args.top, ports, names, allowed, "xilinx-" + family)
    params = model_params(family, width, {k: v for k, v in given.items() if not k.startswith("config.")})
    params.update(config)
    writer = Writer(args, ports, width)
    if family == "7series":
        import xilinx_7series  # pylint: disable=import-outside-toplevel
        listed = xilinx_7series.make(writer, prefix, width, params, Signal, clocks)
    else:
        listed = make_us(writer, family == "usp", prefix, width, params)
    module = "riser_s7_shim" if family == "7series" else "riser_us_shim"
    if args.drop_in:
        writer.write_drop_in(module, params)
    else:
        writer.pass_on({s.found for s in listed} | {"idle"})
        writer.write(module, params)
    print("\n".join(sources(args, family)))


if __name__ == "__main__":
    main()
