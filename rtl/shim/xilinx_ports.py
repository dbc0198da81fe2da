# SPDX-License-Identifier: Apache-2.0
"""What wrap programs share: the ports of the user's top, messages about them, endpoint.config."""

import difflib
import sys


def wrong(text):
    """A mistake of the user's."""
    print(f"build-model: error: {text}", file=sys.stderr)
    sys.exit(2)


def bits(width):
    """A width in words."""
    return "1 bit" if width == 1 else f"{width} bits"


class Port:
    """A port of the user's top; width None: an array or a type without one width."""

    def __init__(self, line):
        self.direction, width, self.name = line.split()
        self.width = None if width == "?" else int(width)

    def words(self):
        """As messages say it."""
        return f"an {self.direction} of {bits(self.width) if self.width else 'a type without a width'}"


def read(path):
    """The file that --ports names."""
    with open(path, encoding="utf-8") as file:
        return {port.name: port for port in map(Port, file)}


def near(name, ports, taken):
    """The ports that may have been meant, in words."""
    free = {n.lower(): n for n in ports if n not in taken}
    squeezed = {n.replace("_", ""): n for n in free}
    found = [free[squeezed[name.lower().replace("_", "")]]] if name.lower().replace("_", "") in squeezed else []
    found += [free[n] for n in difflib.get_close_matches(name.lower(), free, 3, 0.75) if free[n] not in found]
    if not found:
        return ""
    return "; did you mean " + " or ".join(f"'{n}' ({ports[n].words()})" for n in found[:2]) + "?"


def match(top, ports, signals, interface):
    """Finds the user's port of each signal; every mistake is told, then it ends."""
    sides = {"in": "input", "out": "output"}
    errors = []
    known = {n for s in signals for n in s.names}
    for signal in signals:
        # a name of both directions means another block's side
        have = [n for n in signal.names if n in ports]
        good = [n for n in have if ports[n].direction == sides[signal.direction]]
        if not have:
            if signal.need:
                errors.append(f"module '{top}' has no port '{signal.names[0]}': interface {interface} needs an "
                              f"{sides[signal.direction]} of {' or '.join(map(bits, signal.widths))}"
                              f"{near(signal.names[0], ports, known & set(ports))}")
            continue
        signal.found = (good or have)[0]
        port = ports[signal.found]
        if not good or port.width not in signal.widths:
            errors.append(f"port '{port.name}' of module '{top}' is {port.words()}: interface {interface} needs an "
                          f"{sides[signal.direction]} of {' or '.join(map(bits, signal.widths))}")
    for text in errors:
        print(f"build-model: error: {text}", file=sys.stderr)
    if errors:
        sys.exit(2)


def data_width(top, ports, names, allowed, interface):
    """Width of the streams, from one of their data ports."""
    have = [n for n in names if n in ports]
    if not have:
        wrong(f"module '{top}' has no port '{names[0]}': interface {interface} needs an input of "
              f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]} bits{near(names[0], ports, ())}")
    if ports[have[0]].width not in allowed:
        wrong(f"port '{have[0]}' of module '{top}' is {ports[have[0]].words()}: interface {interface} needs "
              f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]} bits")
    return ports[have[0]].width


def prefixes(given, roles):
    """endpoint.prefix: ROLE=WORD."""
    out = {}
    for item in given:
        role, word = item.split("=", 1)
        if role not in roles:
            wrong(f"endpoint.prefix: no role '{role}': there are {', '.join(roles)}")
        out[role] = word
    return out


def number(name, text, words=None):
    """A value of the project file; words: those that mean a number."""
    if words and text in words:
        return words[text]
    try:
        return int(text, 0)
    except ValueError:
        also = f" or {', '.join(words)}" if words else ""
        return wrong(f"{name} is a number{also}, not '{text}'")


def translate(given, table):
    """Names of the project file to parameters: NAME: (PARAMETER, WORDS)."""
    out = {}
    for name, text in given.items():
        if name not in table:
            close = difflib.get_close_matches(name, table, 1)
            wrong(f"endpoint.params: no '{name}' here" + (f": did you mean '{close[0]}'?" if close else
                                                          f": there are {', '.join(table)}"))
        out[table[name][0]] = number("endpoint.params." + name, text, table[name][1])
    return out


SCALARS = {"vendor": ("VENDOR_ID", 16), "device": ("DEVICE_ID", 16), "subsystem-vendor": ("SUBSYS_VENDOR_ID", 16),
           "subsystem": ("SUBSYS_ID", 16), "class": ("CLASS_CODE", 24), "revision": ("REVISION", 8),
           "serial": ("SERIAL", 64), "msi": ("MSI_VECTORS", 0), "intx": ("INTX_PIN", 0)}
MSIX = {"vectors": "MSIX_VECTORS", "table": "MSIX_INTERNAL", "table-bar": "MSIX_TABLE_BIR",
        "table-offset": "MSIX_TABLE_OFFSET", "pba-bar": "MSIX_PBA_BIR", "pba-offset": "MSIX_PBA_OFFSET"}
BAR_TYPES = {"mem32": 0, "mem64": 1, "mem32-prefetchable": 2, "mem64-prefetchable": 3}


def bars(given):
    """config.bars.N.{index,size,type}: parameters, and {index: size}."""
    out, sizes, types = {}, {}, 0
    for place in sorted({k.split(".")[2] for k in given}, key=int):
        keys = {k.split(".")[3]: v for k, v in given.items() if k.split(".")[2] == place and k.count(".") == 3}
        name = f"endpoint.config.bars.{place}"
        extra = set(keys) - {"index", "size", "type"}
        if extra or "size" not in keys:
            wrong(f"{name} has index, size and type" + (f", not '{sorted(extra)[0]}'" if extra else ": size is missing"))
        index = number(name + ".index", keys.get("index", place))
        size = number(name + ".size", keys["size"])
        if keys.get("type", "mem32") not in BAR_TYPES:
            wrong(f"{name}.type is {', '.join(BAR_TYPES)}, not '{keys['type']}'")
        kind = BAR_TYPES[keys.get("type", "mem32")]
        if not 0 <= index <= (4 if kind & 1 else 5) or index in sizes or (index - 1 in sizes and types >> 2 * (index - 1) & 1):
            wrong(f"{name}: BAR {index} is not free (0 to 5; one of 64 bits takes two)")
        if size < 128 or size & (size - 1) or size > 1 << 32:
            wrong(f"{name}.size is a power of two from 128 bytes to 4 GiB, not {size}")
        sizes[index] = size
        types |= kind << 2 * index
        out[f"BAR{index}_SIZE_LOG2"] = size.bit_length() - 1
    for index in range(6):
        out.setdefault(f"BAR{index}_SIZE_LOG2", 0)
    out["BAR_TYPES"] = types
    return out, sizes


def msix(given, sizes):
    """config.msix: a number of vectors, or its parts."""
    if "config.msix" in given:
        given = {"config.msix.vectors": given["config.msix"]}
    out = {}
    for key, text in given.items():
        name = key[len("config.msix."):]
        if name not in MSIX:
            wrong(f"endpoint.config.msix has {', '.join(MSIX)}, not '{name}'")
        out[MSIX[name]] = number("endpoint." + key, text, {"block": 1, "user": 0} if name == "table" else None)
    if not 1 <= out.get("MSIX_VECTORS", 0) <= 2048:
        wrong("endpoint.config.msix.vectors is 1 to 2048")
    out.setdefault("MSIX_TABLE_BIR", max(sizes))
    out.setdefault("MSIX_TABLE_OFFSET", 0)
    out.setdefault("MSIX_PBA_BIR", out["MSIX_TABLE_BIR"])
    out.setdefault("MSIX_PBA_OFFSET", (out["MSIX_TABLE_OFFSET"] + 16 * out["MSIX_VECTORS"] + 7) & ~7)
    for what, bir, offset, size in (("table", out["MSIX_TABLE_BIR"], out["MSIX_TABLE_OFFSET"], 16 * out["MSIX_VECTORS"]),
                                    ("PBA", out["MSIX_PBA_BIR"], out["MSIX_PBA_OFFSET"],
                                     (out["MSIX_VECTORS"] + 63) // 64 * 8)):
        if bir not in sizes or offset % 8 or offset + size > sizes[bir]:
            wrong(f"endpoint.config.msix: the {what} ({size} bytes at {offset:#x}) is not in BAR {bir}")
    return out


def config(given):
    """endpoint.config, flat, as parameters of riser_shim_core."""
    out, sizes = bars({k: v for k, v in given.items() if k.startswith("config.bars.")})
    if not sizes:
        wrong("endpoint.config.bars is missing: the block decodes BARs: [{index: 0, size: 4KiB, type: mem32}]")
    table = {k: v for k, v in given.items() if k == "config.msix" or k.startswith("config.msix.")}
    if table:
        out.update(msix(table, sizes))
    for key, text in given.items():
        name = key[len("config."):]
        if name == "max-payload":
            value = number("endpoint." + key, text)
            if value not in (128, 256, 512):
                wrong("endpoint.config.max-payload is 128, 256 or 512 (bytes)")
            out["MPS_LOG2"] = value.bit_length() - 1
        elif name in SCALARS:
            parameter, size = SCALARS[name]
            value = number("endpoint." + key, text)
            if size and not 0 <= value < 1 << size:
                wrong(f"endpoint.{key} has {size} bits: {text} does not fit")
            out[parameter] = f"{size}'h{value:x}" if size else value
        elif key not in table and not key.startswith("config.bars."):
            close = difflib.get_close_matches(name, list(SCALARS) + ["bars", "msix", "max-payload"], 1)
            wrong(f"endpoint.config: no '{name}' here" + (f": did you mean '{close[0]}'?" if close else ""))
    if out.get("MSI_VECTORS", 0) not in (0, 1, 2, 4, 8, 16, 32):
        wrong("endpoint.config.msi is 1, 2, 4, 8, 16 or 32 vectors")
    if out.get("INTX_PIN", 0) not in (0, 1):
        wrong("endpoint.config.intx is true or false")
    return out
