# SPDX-License-Identifier: Apache-2.0
"""What the `wrap` programs of interfaces share: arguments, the match of the user's ports against those of an
interface, `endpoint.config`, and the text of the wrapper. See README.md.

A mistake of the user ends with exit code 2 after one line for each: "build-model: error: ...".
"""
import argparse
import difflib
import os
import re
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dropin  # pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
RTL = os.path.dirname(HERE)


def words(values):
    """'8', '8 or 16', '8, 16 or 32'"""
    values = [str(value) for value in values]
    return values[0] if len(values) == 1 else ", ".join(values[:-1]) + " or " + values[-1]


def article(direction):
    return {"input": "an input", "output": "an output", "inout": "an inout"}[direction]


def bits(width):
    return "1 bit" if str(width) == "1" else f"{width} bits"


class Port:
    """One port of an interface, as the user's top has it.

    names: as vendors write it, the first one is told in messages; {p} stands for the role's prefix
    width: a number, a list of legal ones, or a function of the parameters that are known when it is asked
    shim: the shim's port
    optional: a missing output of the user is 0 for the shim, a missing input is left open
    learn: parameter of the interface that the width gives
    """
    def __init__(self, role, names, direction, width, shim, optional=False, learn=None):
        self.role = role
        self.names = [names] if isinstance(names, str) else names
        self.direction = direction
        self.width = width
        self.shim = shim
        self.optional = optional
        self.learn = learn


class Wrapper:
    def __init__(self, interface, prefixes, modules):
        """prefixes: ROLE: the usual beginnings of names; modules: folders or files of the shim's RTL"""
        self.interface = interface
        self.prefixes = prefixes
        self.modules = modules
        self.errors = []
        self.params = {}            # of the shim
        self.connections = []       # of the shim
        self.user = []              # of the user's instance
        self.wires = []
        self.used = set()
        self.matched = {}           # shim's port: the user's
        parser = argparse.ArgumentParser(prog="wrap")
        parser.add_argument("--top", required=True)
        parser.add_argument("--ports", required=True)
        parser.add_argument("--xml", required=True)
        parser.add_argument("--out", required=True)
        parser.add_argument("--param", action="append", default=[])
        parser.add_argument("--port-prefix", action="append", default=[])
        parser.add_argument("--interface-param", action="append", default=[])
        parser.add_argument("--drop-in", action="store_true")
        self.args = parser.parse_args()
        self.ports = {}
        with open(self.args.ports, encoding="utf-8") as file:
            for line in file:
                direction, width, name = line.split()
                self.ports[name] = (direction, None if width == "?" else int(width))
        self.settings = dict(value.split("=", 1) for value in self.args.interface_param)
        self.asked = set()
        for value in self.args.port_prefix:
            role, word = value.split("=", 1)
            if role not in prefixes:
                self.error(f"interface {interface} has no role '{role}': there are {words(sorted(prefixes))}")
            else:
                prefixes[role] = [word if word.endswith("_") else word + "_", word]

    # ---- messages --------------------------------------------------------------------------------------

    def error(self, text):
        self.errors.append(text)

    def stop_if_wrong(self):
        for text in self.errors:
            print(f"build-model: error: {text}", file=sys.stderr)
        if self.errors:
            sys.exit(2)

    def what(self, name):
        direction, width = self.ports[name]
        return f"{article(direction)} of {bits(width) if width else 'no plain vector'}"

    def near(self, name):
        """Ports that may have been meant, at most two; the nearest first."""
        free = [port for port in self.ports if port not in self.used]
        lower = {port.lower(): port for port in free}
        found = difflib.get_close_matches(name.lower(), lower, n=2, cutoff=0.75)
        if not found:
            return ""
        return "; did you mean " + " or ".join(f"'{lower[port]}' ({self.what(lower[port])})" for port in found) + "?"

    # ---- settings ----------------------------------------------------------------------------------------

    def setting(self, name, legal=None, default=None):
        """A number of endpoint.params or endpoint.config."""
        self.asked.add(name)
        text = self.settings.get(name)
        if text is None:
            return default
        try:
            value = int(text, 0)
        except ValueError:
            self.error(f"interface {self.interface}: {name} is a number, not '{text}'")
            return default
        if legal is not None and value not in legal:
            said = f"{legal.start} to {legal.stop - 1}" if isinstance(legal, range) else words(legal)
            self.error(f"interface {self.interface}: {name} is {said}, not {value}")
            return default
        return value

    def unknown_settings(self):
        for name in self.settings:
            if name in self.asked:
                continue
            near = difflib.get_close_matches(name, self.asked, n=1)
            self.error(f"interface {self.interface} has no parameter '{name}'"
                       + (f"; did you mean '{near[0]}'?" if near else f": there are {words(sorted(self.asked))}"))

    def config(self, msix=True, msi=True):
        """endpoint.config: parameters of riser_ep and riser_hip."""
        def number(key, param, bits_, default=None):
            value = self.setting("config." + key, range(0, 1 << bits_), default)
            if value is not None:
                self.params[param] = f"{bits_}'h{value:x}"

        number("vendor", "VENDOR_ID", 16)
        number("device", "DEVICE_ID", 16)
        number("subsystem-vendor", "SUBSYS_VENDOR_ID", 16, self.setting("config.vendor"))
        number("subsystem", "SUBSYS_ID", 16)
        number("class", "CLASS_CODE", 24)
        number("revision", "REVISION", 8)
        number("serial", "SERIAL", 64)
        self.bars()
        if msix:
            vectors = self.setting("config.msix.vectors", range(0, 2049),
                                   self.setting("config.msix", range(0, 2049), 0))
            self.params["MSIX_VECTORS"] = vectors
            for key, param in (("table-bar", "MSIX_TABLE_BIR"), ("pba-bar", "MSIX_PBA_BIR")):
                self.params[param] = self.setting("config.msix." + key, range(0, 6), 0)
            table = self.setting("config.msix.table-offset", None, 0)
            pba = self.setting("config.msix.pba-offset", None, (table + vectors * 16 + 7) & ~7)
            for value, key, param in ((table, "table-offset", "MSIX_TABLE_OFFSET"),
                                      (pba, "pba-offset", "MSIX_PBA_OFFSET")):
                if value & 7 or not 0 <= value < 1 << 32:
                    self.error(f"interface {self.interface}: config.msix.{key} is a multiple of 8, not {value}")
                self.params[param] = f"32'h{value:x}"
        if msi:
            self.params["MSI_VECTORS"] = self.setting("config.msi", (0, 1, 2, 4, 8, 16, 32), 0)
        self.params["INTX_PIN"] = self.setting("config.intx", (0, 1), 0)
        payload = self.setting("config.max-payload", (128, 256, 512), 512)
        self.params["MPS_LOG2"] = payload.bit_length() - 1

    def bars(self):
        types = {"mem32": 0, "mem64": 1, "mem32-prefetchable": 2, "mem64-prefetchable": 3}
        numbers = sorted({name.split(".")[2] for name in self.settings if name.startswith("config.bars.")})
        taken = {}
        for number in numbers:
            key = f"config.bars.{number}."
            where = f"interface {self.interface}: config.bars.{number}"
            index = self.setting(key + "index", range(0, 6), int(number) if number.isdigit() else 0)
            size = self.setting(key + "size", None, None if key + "size" in self.settings else 0)
            self.asked.add(key + "type")
            kind = self.settings.get(key + "type", "mem32")
            if kind not in types:
                self.error(f"{where}.type is {words(types)}, not '{kind}'")
                continue
            if size is None:  # has been told
                continue
            if size < 128 or size > 1 << 32 or size & (size - 1):
                self.error(f"{where}.size is a power of two from 128 B to 4 GiB, not {size}")
                continue
            for slot in (index, index + 1) if types[kind] & 1 else (index,):
                if slot > 5:
                    self.error(f"{where}: a 64-bit BAR cannot be BAR5")
                if slot in taken:
                    self.error(f"{where} overlaps config.bars.{taken[slot]}: both take BAR{slot}")
                taken[slot] = number
            self.params[f"BAR{index}_SIZE_LOG2"] = size.bit_length() - 1
            self.params[f"BAR{index}_TYPE"] = f"2'd{types[kind]}"
        if not numbers:
            self.error(f"interface {self.interface}: no BAR; endpoint.config.bars says them (docs/interfaces.md)")

    # ---- ports ----------------------------------------------------------------------------------------------

    def find(self, port):
        for prefix in self.prefixes.get(port.role, [""]):
            for name in port.names:
                full = name.replace("{p}", prefix)
                for have in self.ports:
                    if have.lower() == full.lower() and have not in self.used:
                        return have
        return None

    def match(self, table):
        """Every port of the table; a role of which the user has no port at all is left out if it is optional."""
        for port in table:
            have = self.find(port)
            if have:
                self.used.add(have)
                self.matched[port.shim] = have
        for port in table:
            have = self.matched.get(port.shim)
            legal = port.width(self.params) if callable(port.width) else port.width
            legal = legal if isinstance(legal, (list, tuple)) else [legal]
            if have is None:
                if port.optional:
                    continue
                name = port.names[0].replace("{p}", self.prefixes.get(port.role, [""])[0])
                self.error(f"module '{self.args.top}' has no port '{name}': interface {self.interface} needs "
                           f"{article(port.direction)} of {words(legal)} {'bit' if legal == [1] else 'bits'}"
                           f"{self.near(name)}")
                continue
            direction, width = self.ports[have]
            if direction != port.direction or width not in legal:
                self.error(f"port '{have}' of module '{self.args.top}' is {self.what(have)}: interface "
                           f"{self.interface} needs {article(port.direction)} of {words(legal)} "
                           f"{'bit' if legal == [1] else 'bits'}")
                # what depends on it is judged with the first legal width
                width = legal[0]
            if port.learn:
                self.params.setdefault(port.learn, width)

    def connect(self, table):
        for port in table:
            have = self.matched.get(port.shim)
            if have is None:
                self.connections.append((port.shim, "" if port.direction == "input" else "'d0"))
                continue
            width = self.ports[have][1]
            self.wires.append((f"w_{port.shim}", width))
            self.connections.append((port.shim, f"w_{port.shim}"))
            self.user.append((have, f"w_{port.shim}"))

    # ---- the wrapper ---------------------------------------------------------------------------------------------

    def sources(self):
        """Files of the shim that the user's sources do not have."""
        tree = xml.etree.ElementTree.parse(self.args.xml)
        have = {os.path.realpath(file.get("filename")) for file in tree.iter("file")}
        theirs = {module.get("origName") or module.get("name") for module in tree.iter("module")}
        files = []
        for item in self.modules:
            path = os.path.join(RTL, item)
            files += sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(".v")) \
                if os.path.isdir(path) else [path]
        chosen = []
        for path in files:
            name = os.path.basename(path)[:-2]
            if os.path.realpath(path) in have:
                continue
            if name in theirs:
                self.error(f"the sources have a module '{name}', which is riser's own name for {path}")
            chosen.append(path)
        return chosen

    def write(self, shim, clock, data_w):
        """The module riser_wrap. clock: the user's clock inputs, connected to clk."""
        sources = self.sources()
        self.unknown_settings()
        if self.args.drop_in:
            self.write_drop_in(shim, clock, data_w)
            print("\n".join([f"+incdir+{RTL}"] + sources))
            return
        tlp = {name: (way, bits_) for name, way, bits_ in dropin.tlp_ports(data_w)}
        tlp["idle"] = ("output", 1)
        other = []
        for name, (direction, width) in self.ports.items():
            if name in self.used or name in clock:
                continue
            if direction == "output" and not re.search(r"_(req|rsp)_", name):
                continue
            if name in tlp:
                self.error(f"port '{name}' of module '{self.args.top}' has a name of the TLP port and is none of "
                           f"interface {self.interface}")
            other.append((name, direction, width or 1))
        self.stop_if_wrong()
        lines = [f"// Written by {self.interface}/wrap: {self.args.top} behind {shim}.", "`default_nettype none",
                 "/* verilator lint_off PINMISSING */", "/* verilator lint_off WIDTH */", "module riser_wrap ("]
        decls = [(name, direction, width) for name, (direction, width) in tlp.items()] + other
        decls = [(name, direction, width) for name, direction, width in other] + \
                [(name, direction, width) for name, (direction, width) in tlp.items()]
        lines += [f"    {direction} wire [{width - 1}:0] {name}{',' if i + 1 < len(decls) else ''}"
                  if width > 1 else f"    {direction} wire {name}{',' if i + 1 < len(decls) else ''}"
                  for i, (name, direction, width) in enumerate(decls)]
        lines.append(");")
        lines += [f"    wire [{width - 1}:0] {name};" for name, width in self.wires]
        params = ", ".join(f".{name}({value})" for name, value in self.params.items())
        lines.append(f"    {shim} #({params}) u_shim (")
        pins = [(name, name) for name in tlp] + self.connections
        lines.append(",\n".join(f"        .{name}({value})" for name, value in pins))
        lines.append("    );")
        params = ", ".join("." + value.replace("=", "(", 1) + ")" for value in self.args.param)
        lines.append(f"    {self.args.top} {f'#({params}) ' if params else ''}u_user (")
        pins = [(name, "clk") for name in clock] + self.user + [(name, name) for name, _, _ in other]
        lines.append(",\n".join(f"        .{name}({value})" for name, value in pins))
        lines += ["    );", "endmodule", "`default_nettype wire", ""]
        with open(self.args.out, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        # the core has macros in a header
        print("\n".join([f"+incdir+{RTL}"] + sources))

    def write_drop_in(self, shim, clock, data_w):
        """The module of the block's own name, for a board's top."""
        self.stop_if_wrong()
        names = [name for name, _, _ in dropin.tlp_ports(data_w)]
        pins = [(name, "riser_" + name) for name in names] + [("idle", "")] + self.connections
        params = ", ".join(f".{name}({value})" for name, value in self.params.items())
        dropin.write(self.args.out, self.args.top, [(name, way, width or 1) for name, (way, width) in self.ports.items()],
                     data_w, [f"wire {dropin.span(width)}{name};" for name, width in self.wires],
                     f"{shim} #({params}) u_shim (" + ", ".join(f".{name}({value})" for name, value in pins) + ");",
                     [(name, "riser_clk") for name in clock] + self.user)
