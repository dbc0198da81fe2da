# SPDX-License-Identifier: Apache-2.0
"""Files of vendors' IP instances: .xci (JSON and XML) of Vivado, .ip (IP-XACT) of Quartus; and what of their
parameters riser's models know.
"""

import json
import os
import re
import sys
import xml.etree.ElementTree


def wrong(text):
    """A mistake of the user's."""
    print(f"build-model: error: {text}", file=sys.stderr)
    sys.exit(2)


class Ip:
    """One instance: module name, kind (the vendor's name of the IP), parameters by name in lower case, ports
    (name, direction, bits) as the file lists them; none if it does not."""

    def __init__(self, path, name, kind, params, ports):
        self.path, self.name, self.kind, self.params, self.ports = path, name, kind, params, ports

    def get(self, *names, default=None):
        """The first of the parameters that is there."""
        for name in names:
            if name.lower() in self.params:
                return self.params[name.lower()]
        return default

    def is_set(self, *names, default=False):
        """The same as a truth."""
        return str(self.get(*names, default=default)).lower() in ("true", "1", "yes", "enable")


def local(element):
    """A tag without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def attribute(element, name):
    """An attribute, whatever its namespace is."""
    return next((v for k, v in element.attrib.items() if k.rsplit("}", 1)[-1] == name), "")


def child(element, name):
    """Text of the first child of that name."""
    return next((c.text or "" for c in element if local(c) == name), "").strip()


def first(value):
    """JSON .xci: a parameter is a list of one object with value, or a plain value."""
    value = value[0] if isinstance(value, list) and value else value
    return value.get("value", "") if isinstance(value, dict) else value


def read_json(path, text):
    """.xci of newer Vivados."""
    try:
        inst = json.loads(text)["ip_inst"]
        sets = inst.get("parameters", {})
        params = {k.lower(): str(first(v)) for group in ("component_parameters", "model_parameters")
                  for k, v in reversed(list(sets.get(group, {}).items()))}
        given = {k.lower(): str(first(v)) for k, v in sets.get("component_parameters", {}).items()}
        params.update(given)
        ports = []
        for name, port in inst.get("boundary", {}).get("ports", {}).items():
            port = port[0] if isinstance(port, list) else port
            bits = abs(int(port.get("size_left", 0)) - int(port.get("size_right", 0))) + 1
            ports.append((name, {"in": "input", "out": "output"}.get(port["direction"], "inout"), bits))
        return Ip(path, inst["xci_name"], inst["component_reference"].split(":")[-2], params, ports)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return wrong(f"{path} is no .xci file that can be read: {type(error).__name__} {error}")


def read_xci_xml(path, root):
    """.xci of older Vivados: the first component instance."""
    for instance in root.iter():
        if local(instance) != "componentInstance":
            continue
        reference = next((c for c in instance if local(c) == "componentRef"), None)
        params = {}
        for element in instance.iter():
            key = attribute(element, "referenceId")
            if local(element) == "configurableElementValue" and key.startswith(("PARAM_VALUE.", "MODELPARAM_VALUE.")):
                short = key.split(".", 1)[1].lower()
                if key.startswith("PARAM_VALUE.") or short not in params:
                    params[short] = (element.text or "").strip()
        if reference is not None:
            return Ip(path, child(instance, "instanceName"), attribute(reference, "name"), params, [])
    return wrong(f"{path} is no .xci file that can be read: it has no component instance")


def read_ip(path, root):
    """.ip of Quartus: its module is called as the file is."""
    params, ports = {}, []
    for element in root.iter():
        if local(element) == "parameter" and child(element, "name"):
            params.setdefault(child(element, "name").lower(), child(element, "value"))
        elif local(element) == "port" and child(element, "name"):
            wire = next((c for c in element if local(c) == "wire"), None)
            if wire is None:
                continue
            ends = [int(child(v, side) or 0) for v in wire.iter() if local(v) == "vector" for side in ("left", "right")]
            bits = abs(ends[0] - ends[1]) + 1 if ends else 1
            ports.append((child(element, "name"), {"in": "input", "out": "output"}.get(child(wire, "direction"), "inout"),
                          bits))
    kind = next((child(e, "name") for e in root.iter() if local(e) == "entity_info"), "") or \
        re.sub(r"_\d+$", "", child(root, "name"))
    return Ip(path, os.path.splitext(os.path.basename(path))[0], kind, params, ports)


def read(path):
    """The file, whatever it is; a mistake ends the program."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        return wrong(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is no text'}")
    if text.lstrip().startswith("{"):
        return read_json(path, text)
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as error:
        return wrong(f"{path} is neither JSON nor XML ({error}): .xci of Vivado and .ip of Quartus can be read")
    if local(root) == "design":
        return read_xci_xml(path, root)
    if local(root) == "component":
        return read_ip(path, root)
    return wrong(f"{path}: a file with <{local(root)}> is no .xci and no .ip file")


# ---- parameters ------------------------------------------------------------------------------------------

SCALES = {"bytes": 1, "kilobytes": 1 << 10, "megabytes": 1 << 20, "gigabytes": 1 << 30}


def digits(text, base=10):
    """A number with a word behind it ('256_bit', '512_bytes') or in hex."""
    found = re.match(r"(0x)?([0-9a-fA-F]+)", str(text).strip().strip('"'))
    return int(found.group(2) if base == 16 else re.match(r"[0-9]+", found.group(2)).group(0), base) if found else 0


def xilinx_bars(ip, out, prefix):
    """BARs of UltraScale (prefix pf0_) and 7-series."""
    place = skip = 0
    for index in range(6):
        name = f"{prefix}bar{index}_"
        if skip or not ip.is_set(name + "enabled", default=index == 0):
            skip = 0
            continue
        if ip.get(name + "type", default="Memory").lower() != "memory":
            wrong(f"{ip.path}: BAR{index} is no memory: I/O BARs are not modelled")
        wide = ip.is_set(name + "64bit")
        size = digits(ip.get(name + "size", default="4")) * SCALES.get(
            ip.get(name + "scale", default="Kilobytes").lower(), 1)
        kind = ("mem64" if wide else "mem32") + ("-prefetchable" if ip.is_set(name + "prefetchable") else "")
        out.update({f"config.bars.{place}.index": index, f"config.bars.{place}.size": size, f"config.bars.{place}.type": kind})
        place, skip = place + 1, wide


def bir(text):
    """'BAR_1:0' and 'BAR_0' are BAR 0."""
    return min((int(n) for n in re.findall(r"[0-5]", str(text))), default=0)


def xilinx_us(ip):
    """endpoint.params and endpoint.config of an UltraScale or UltraScale+ block, its width."""
    width = digits(ip.get("axisten_if_width", default="64_bit"))
    if ip.get("sys_reset_polarity", default="").upper() == "ACTIVE_HIGH":
        wrong(f"{ip.path}: sys_reset_polarity is ACTIVE_HIGH: the model has a sys_reset that is low while in reset")
    out = {"config.vendor": digits(ip.get("vendor_id", default="10EE"), 16),
           "config.device": digits(ip.get("pf0_device_id", default="9038"), 16),
           "config.subsystem-vendor": digits(ip.get("pf0_subsystem_vendor_id", default="10EE"), 16),
           "config.subsystem": digits(ip.get("pf0_subsystem_id", default="0007"), 16),
           "config.revision": digits(ip.get("pf0_revision_id", default="00"), 16)}
    parts = [ip.get(f"pf0_class_code_{part}", default="") for part in ("base", "sub", "interface")]
    code = ip.get("pf0_class_code", default="".join(parts) or "058000")
    out["config.class"] = digits(code, 16)
    xilinx_bars(ip, out, "pf0_")
    payload = digits(ip.get("pf0_dev_cap_max_payload", default="512_bytes"))
    out["config.max-payload"] = min(max(payload, 128), 512)
    if ip.get("pf0_interrupt_pin", default="INTA").upper() != "NONE":
        out["config.intx"] = 1
    options = ip.get("msi_x_options", default="")
    msix = options not in ("", "None") or ip.is_set("pf0_msix_enabled")
    if ip.is_set("pf0_msi_enabled", default=True):
        out["config.msi"] = max(digits(ip.get("pf0_msi_cap_multimsgcap", default="1_vector")), 1)
    if msix:
        out.update({"config.msix.vectors": digits(ip.get("pf0_msix_cap_table_size", default="0"), 16) + 1,
                    "config.msix.table-bar": bir(ip.get("pf0_msix_cap_table_bir", default="BAR_0")),
                    "config.msix.table-offset": digits(ip.get("pf0_msix_cap_table_offset", default="0"), 16),
                    "config.msix.pba-bar": bir(ip.get("pf0_msix_cap_pba_bir", default="BAR_0")),
                    "config.msix.pba-offset": digits(ip.get("pf0_msix_cap_pba_offset", default="0"), 16),
                    "config.msix.table": "block" if "Internal" in options else "user"})
    for stream in ("cq", "cc", "rq", "rc"):
        if "address" in ip.get(f"axisten_if_{stream}_alignment_mode", default="").lower():
            out[f"{stream}-alignment"] = "address"
    if width == 512:
        for stream in ("cq", "cc", "rq"):
            if ip.is_set(f"axisten_if_ext_512_{stream}_straddle"):
                out[f"{stream}-straddle"] = 1
        if ip.is_set("axisten_if_ext_512_rc_4tlp_straddle"):
            out["rc-tlps"] = 4
        elif ip.is_set("axisten_if_ext_512_rc_straddle"):
            out["rc-tlps"] = 2
    elif width == 256 and ip.is_set("axisten_if_rc_straddle"):
        out["rc-tlps"] = 2
    if ip.is_set("axisten_if_enable_client_tag"):
        out["client-tag"] = 1
    return width, out


def xilinx_7series(ip):
    """The same of a 7-series block."""
    width = digits(ip.get("interface_width", default="64_bit"))
    out = {"config.vendor": digits(ip.get("vendor_id", default="10EE"), 16),
           "config.device": digits(ip.get("device_id", default="7021"), 16),
           "config.subsystem-vendor": digits(ip.get("subsystem_vendor_id", default="10EE"), 16),
           "config.subsystem": digits(ip.get("subsystem_id", default="0007"), 16),
           "config.revision": digits(ip.get("revision_id", default="00"), 16),
           "config.class": digits("".join(ip.get(f"class_code_{part}", default=usual) for part, usual in
                                          (("base", "05"), ("sub", "80"), ("interface", "00"))), 16)}
    xilinx_bars(ip, out, "")
    out["config.max-payload"] = min(max(digits(ip.get("max_payload_size", default="512_bytes")), 128), 512)
    if ip.is_set("intx_generation", default=True):
        out["config.intx"] = 1
    if ip.is_set("msi_enabled", default=True):
        out["config.msi"] = max(digits(ip.get("multiple_message_capable", default="1_vector")), 1)
    if ip.is_set("msix_enabled"):
        out.update({"config.msix.vectors": digits(ip.get("msix_table_size", default="0"), 16) + 1,
                    "config.msix.table-bar": bir(ip.get("msix_table_bir", default="BAR_0")),
                    "config.msix.table-offset": digits(ip.get("msix_table_offset", default="0"), 16),
                    "config.msix.pba-bar": bir(ip.get("msix_pba_bir", default="BAR_0")),
                    "config.msix.pba-offset": digits(ip.get("msix_pba_offset", default="0"), 16),
                    "config.msix.table": "user"})
    return width, out


def intel(ip):
    """The same of an Intel block; its width is that of its ports."""
    def of(*names, default="0"):
        return ip.get(*[p + "pf0_" + n + s for n in names for p in ("core16_", "") for s in ("_user_hwtcl", "_hwtcl")],
                      default=default)

    def number(*names, default="0"):
        """Quartus writes some of its integers with a fraction of 0."""
        text = of(*names, default=default)
        try:
            return int(re.sub(r"\.0+$", "", text.strip()), 0)
        except ValueError:
            return wrong(f"{ip.path}: {names[0]} is '{text}': it is a whole number")

    def has(capability):
        """MSI or MSI-X is enabled."""
        return ip.is_set(*[f"{core}virtual_pf0_{capability}_enable{user}_hwtcl" for core in ("core16_", "")
                           for user in ("_user", "")])

    out = {"config.vendor": number("pci_type0_vendor_id", "type0_vendor_id", default="4466"),
           "config.device": number("pci_type0_device_id", "type0_device_id"),
           "config.class": number("class_code", default="16711680"), "config.revision": number("revision_id", default="1")}
    for name, key in (("subsys_vendor_id", "config.subsystem-vendor"), ("subsys_dev_id", "config.subsystem")):
        if of(name, default=None) is not None:
            out[key] = number(name)
    place = 0
    for index in range(6):
        kind = of(f"bar{index}_type", default="Disabled").lower()
        if not kind.endswith("memory"):
            continue
        name = ("mem64" if kind.startswith("64") else "mem32") + ("" if "non-prefetchable" in kind else "-prefetchable")
        out.update({f"config.bars.{place}.index": index, f"config.bars.{place}.type": name,
                    f"config.bars.{place}.size": 1 << number(f"bar{index}_address_width", default="16")})
        place += 1
    if has("msix"):
        out.update({"config.msix.vectors": number("pci_msix_table_size") + 1, "config.msix.table-bar": number("pci_msix_bir"),
                    # qwords, as in the capability
                    "config.msix.table-offset": 8 * number("pci_msix_table_offset"),
                    "config.msix.pba-bar": number("pci_msix_pba"),
                    "config.msix.pba-offset": 8 * number("pci_msix_pba_offset")})
    if has("msi"):
        out["config.msi"] = digits(of("pci_msi_multiple_msg_cap", "msi_multiple_msg_cap", default="1"))
    return 0, out


# kind: interface of rtl/shim, and who reads the parameters
BLOCKS = [(r"pcie4c?_uscale_plus", "xilinx-usp", xilinx_us), (r"pcie3_ultrascale", "xilinx-us", xilinx_us),
          (r"pcie_7x", "xilinx-7series", xilinx_7series), (r"intel_pcie_ptile_ast", "ptile", intel),
          (r"altera_pcie_s10_hip_ast\w*", "htile", intel)]


def block(ip):
    """Interface, width and settings of the block; no block: a mistake."""
    for pattern, interface, settings in BLOCKS:
        if re.fullmatch(pattern, ip.kind):
            return (interface,) + settings(ip)
    return wrong(f"{ip.path}: no model of '{ip.kind}': there are pcie4_uscale_plus, pcie4c_uscale_plus, pcie3_ultrascale, "
                 "pcie_7x, intel_pcie_ptile_ast and altera_pcie_s10_hip_ast; give the sources of other IP")
