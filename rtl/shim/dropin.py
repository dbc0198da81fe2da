# SPDX-License-Identifier: Apache-2.0
"""The text of a drop-in module: the name and the ports of a vendor's IP instance, the model of the block inside.

It meets the TLP port of riser_wrap by hierarchical names, so that it may be anywhere below a board's top. These
count with RISER_WRAPPED only: a board's ports are looked at before there is a riser_wrap.
"""

import re

CHANNELS = ("rx_p", "rx_np", "rx_cpl", "tx_p", "tx_np", "tx_cpl")


def tlp_ports(width):
    """The TLP port (docs/tlp-port.md) without idle: name, direction of a card's port, bits."""
    listed = [("clk", "input", 1), ("perst_n", "input", 1), ("link_up", "input", 1), ("hot_reset", "input", 1),
              ("flr_active", "output", 1)]
    for name in CHANNELS:
        forward, back = ("input", "output") if name[0] == "r" else ("output", "input")
        listed += [(name + "_valid", forward, 1), (name + "_ready", back, 1), (name + "_sop", forward, 1),
                   (name + "_eop", forward, 1), (name + "_hdr", forward, 128), (name + "_data", forward, width)]
    return listed


def span(width):
    """A range of bits, with a blank behind it."""
    return f"[{width - 1}:0] " if width > 1 else ""


def write(path, name, ports, width, body, instance, joins):
    """Writes the module.

    ports: (name, direction of the user's mirrored port, bits); body: declarations of the joins' wires; instance: of the
    block's model with riser_ in front of the TLP port's names; joins: (port, expression) of the user side
    """
    ways = {"input": "output", "output": "input", "inout": "inout"}
    mirrored = {port: direction for port, direction, _ in ports}
    lines = [f"// Written by riser: {name} as a model of the block.", "`default_nettype none", "/* verilator lint_off WIDTH */",
             f"module {name} ("]
    lines.append(",\n".join(f"    {ways[d]} wire {span(w)}{p}" for p, d, w in ports) + "\n);")
    lines += [f"    wire {span(w)}riser_{p};" for p, _, w in tlp_ports(width)]
    reset = [p for p in mirrored if re.fullmatch(r"sys_reset|sys_rst_n|pin_perst(_n)?|p0_pin_perst_n(_i)?|npor", p)]
    lines.append("`ifdef RISER_WRAPPED")
    for port, direction, _ in tlp_ports(width):
        also = "".join(" && " + p for p in reset) if port == "perst_n" else ""
        lines.append(f"    assign riser_{port} = riser_wrap.{port}{also};" if direction == "input" else
                     f"    assign riser_wrap.{port} = riser_{port};")
    lines.append("`endif")
    lines += ["    " + text for text in body] + ["    " + instance]
    joined = set()
    for port, expression in joins:
        joined.add(port)
        lines.append(f"    assign {port} = {expression};" if mirrored[port] == "input" else
                     f"    assign {expression} = {port};")
    lines += [f"    assign {p} = {w}'d0;" for p, d, w in ports if d == "input" and p not in joined]
    unused = [p for p, d, _ in ports if d == "output" and p not in joined and p not in reset]
    lines.append("    wire unused = &{1'b0" + "".join(", " + p for p in unused) + "};")
    lines += ["endmodule", "`default_nettype wire", ""]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
