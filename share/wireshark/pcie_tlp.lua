-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Dissector for run.pcapng: PCIe transaction layer packets with the simulated
-- cycle and the driver function that caused them (docs/pcapng.md).
--
--   wireshark -X lua_script:share/wireshark/pcie_tlp.lua run.pcapng
--   tshark -X lua_script:... -r run.pcapng -Y 'pcie_tlp.type == "MRd32" && pcie_tlp.caller contains "nvme"'
--
-- Plain Lua 5.2 of Wireshark 3.x/4.x; no library.

-- Lua 5.2 has bit32; where it is gone, Wireshark brings bit
local bits = bit32 or bit
local p = Proto("pcie_tlp", "PCI Express transaction layer packet")

local f = {
  version   = ProtoField.uint16("pcie_tlp.version", "Profile version"),
  cycle     = ProtoField.uint64("pcie_tlp.cycle", "Cycle"),
  direction = ProtoField.uint8("pcie_tlp.direction", "Direction", base.DEC,
                               { [0] = "host to card", [1] = "card to host" }),
  host_ns   = ProtoField.uint64("pcie_tlp.host_ns", "Host time [ns]"),
  pc        = ProtoField.uint64("pcie_tlp.pc", "Caller's address", base.HEX),
  pid       = ProtoField.uint32("pcie_tlp.pid", "Thread"),
  cpu       = ProtoField.uint16("pcie_tlp.cpu", "CPU"),
  comm      = ProtoField.string("pcie_tlp.comm", "Task"),
  seq       = ProtoField.uint64("pcie_tlp.seq", "Number"),
  request   = ProtoField.uint64("pcie_tlp.request_seq", "Completes number"),
  caller    = ProtoField.string("pcie_tlp.caller", "Driver function"),
  context   = ProtoField.uint8("pcie_tlp.context", "Context", base.DEC,
                               { [0] = "process", [1] = "softirq", [2] = "hardirq", [3] = "NMI" }),
  frame     = ProtoField.uint8("pcie_tlp.frame", "Frame of the function"),
  where     = ProtoField.string("pcie_tlp.where", "Place"),
  fault     = ProtoField.uint8("pcie_tlp.fault", "Fault injection", base.HEX, {
    [1] = "changed or made up", [2] = "never received", [4] = "its answer is taken away or made up",
    [6] = "never received, its answer is made up" }),
  channel   = ProtoField.uint8("pcie_tlp.channel", "Channel", base.DEC,
                               { [0] = "posted", [1] = "non-posted", [2] = "completion" }),
  note      = ProtoField.string("pcie_tlp.note", "Note"),
  type      = ProtoField.string("pcie_tlp.type", "Type"),
  fmt_type  = ProtoField.uint8("pcie_tlp.fmt_type", "Fmt and Type", base.HEX),
  tc        = ProtoField.uint8("pcie_tlp.tc", "Traffic class"),
  attr      = ProtoField.uint8("pcie_tlp.attr", "Attributes (IDO, RO, NS)", base.HEX),
  td        = ProtoField.bool("pcie_tlp.td", "Digest present"),
  ep        = ProtoField.bool("pcie_tlp.ep", "Poisoned"),
  at        = ProtoField.uint8("pcie_tlp.at", "Address type"),
  length    = ProtoField.uint16("pcie_tlp.length", "Length [DW]"),
  requester = ProtoField.string("pcie_tlp.requester", "Requester"),
  completer = ProtoField.string("pcie_tlp.completer", "Completer"),
  target    = ProtoField.string("pcie_tlp.target", "Target"),
  tag       = ProtoField.uint16("pcie_tlp.tag", "Tag"),
  first_be  = ProtoField.uint8("pcie_tlp.first_be", "First DW byte enables", base.HEX),
  last_be   = ProtoField.uint8("pcie_tlp.last_be", "Last DW byte enables", base.HEX),
  address   = ProtoField.uint64("pcie_tlp.address", "Address", base.HEX),
  register  = ProtoField.uint16("pcie_tlp.register", "Configuration register", base.HEX),
  status    = ProtoField.uint8("pcie_tlp.status", "Completion status", base.DEC,
                               { [0] = "SC", [1] = "UR", [2] = "RRS", [4] = "CA" }),
  bytes     = ProtoField.uint16("pcie_tlp.byte_count", "Byte count"),
  lower     = ProtoField.uint8("pcie_tlp.lower_address", "Lower address", base.HEX),
  code      = ProtoField.uint8("pcie_tlp.message_code", "Message code", base.HEX),
  data      = ProtoField.bytes("pcie_tlp.data", "Payload"),
}
p.fields = f

local e_short = ProtoExpert.new("pcie_tlp.short", "Fewer bytes than the header needs",
                                expert.group.MALFORMED, expert.severity.ERROR)
local e_status = ProtoExpert.new("pcie_tlp.unsuccessful", "Unsuccessful completion",
                                 expert.group.RESPONSE_CODE, expert.severity.WARN)
p.experts = { e_short, e_status }

-- fields of the profile: number, field, reader
local readers = {
  [1] = { f.cycle }, [2] = { f.direction }, [3] = { f.host_ns }, [4] = { f.pc }, [5] = { f.pid },
  [6] = { f.cpu }, [7] = { f.comm, text = true }, [8] = { f.seq }, [9] = { f.request },
  [10] = { f.caller, text = true }, [11] = { f.context }, [12] = { f.where, text = true },
  [13] = { f.frame }, [14] = { f.fault }, [20] = { f.channel }, [64] = { f.note, text = true },
}

local names = {
  [0x00] = "MRd32", [0x20] = "MRd64", [0x01] = "MRdLk32", [0x21] = "MRdLk64",
  [0x40] = "MWr32", [0x60] = "MWr64", [0x02] = "IORd", [0x42] = "IOWr",
  [0x04] = "CfgRd0", [0x44] = "CfgWr0", [0x05] = "CfgRd1", [0x45] = "CfgWr1",
  [0x0a] = "Cpl", [0x4a] = "CplD", [0x0b] = "CplLk", [0x4b] = "CplDLk",
  [0x4c] = "FetchAdd32", [0x6c] = "FetchAdd64", [0x4d] = "Swap32", [0x6d] = "Swap64",
  [0x4e] = "CAS32", [0x6e] = "CAS64",
}
local statuses = { [0] = "SC", [1] = "UR", [2] = "RRS", [4] = "CA" }
local messages = {
  [0x18] = "PM_PME", [0x19] = "PME_Turn_Off", [0x1b] = "PME_TO_Ack",
  [0x20] = "Assert_INTA", [0x21] = "Assert_INTB", [0x22] = "Assert_INTC", [0x23] = "Assert_INTD",
  [0x24] = "Deassert_INTA", [0x25] = "Deassert_INTB", [0x26] = "Deassert_INTC", [0x27] = "Deassert_INTD",
  [0x30] = "ERR_COR", [0x31] = "ERR_NONFATAL", [0x33] = "ERR_FATAL",
  [0x50] = "Set_Slot_Power_Limit", [0x7e] = "Vendor_Defined_0", [0x7f] = "Vendor_Defined_1",
}

local function bdf(id)
  return string.format("%02x:%02x.%d", bits.rshift(id, 8), bits.band(bits.rshift(id, 3), 31),
                       bits.band(id, 7))
end

-- an address for the ladder of `tshark -z flow`: bus.device.function.0
local function ladder(id)
  return Address.ip(string.format("%d.%d.%d.0", bits.rshift(id, 8),
                                  bits.band(bits.rshift(id, 3), 31), bits.band(id, 7)))
end

-- the card's identifier, as far as the capture has told it: a memory request
-- names an address and not a function
local card = 0x100
local function learn_card(id)
  if id ~= 0 then card = id end
  return card
end

local function type_name(fmt_type)
  if bits.band(fmt_type, 0x98) == 0x10 then
    return bits.band(fmt_type, 0x40) ~= 0 and "MsgD" or "Msg"
  end
  return names[fmt_type] or string.format("?%02x", fmt_type)
end

-- the profile's own fields; returns what the summary needs
local function dissect_fields(buf, tree, from, till)
  local seen = {}
  local at = from
  while at + 4 <= till do
    local number, len = buf(at, 2):uint(), buf(at + 2, 2):uint()
    if at + 4 + len > till then break end
    local reader, range = readers[number], buf(at + 4, len)
    if reader and len > 0 then
      tree:add(reader[1], range)
      if reader.text then seen[number] = range:string() end
      if number == 2 then seen.direction = range:uint() end
      if number == 1 then seen.cycle = range:uint64():tonumber() end
    end
    at = at + 4 + len + (-len % 4)
  end
  return seen
end

local function dissect_request(buf, tree, name, is_4dw, words)
  tree:add(f.requester, buf(4, 2), bdf(buf(4, 2):uint()))
  tree:add(f.tag, buf(6, 1), words.tag)
  if name:sub(1, 3) == "Msg" then
    tree:add(f.code, buf(7, 1))
    words.text = messages[buf(7, 1):uint()] or string.format("code 0x%02x", buf(7, 1):uint())
    return
  end
  tree:add(f.last_be, buf(7, 1), bits.rshift(buf(7, 1):uint(), 4))
  tree:add(f.first_be, buf(7, 1), bits.band(buf(7, 1):uint(), 15))
  if name:sub(1, 3) == "Cfg" then
    local register = bits.band(buf(10, 2):uint(), 0xffc)
    words.target = buf(8, 2):uint()
    tree:add(f.target, buf(8, 2), bdf(words.target))
    tree:add(f.register, buf(10, 2), register)
    words.text = string.format("%s reg 0x%03x tag %d", bdf(words.target), register, words.tag)
    return
  end
  local range = is_4dw and buf(8, 8) or buf(8, 4)
  local address = is_4dw and range:uint64() or UInt64(range:uint(), 0)
  address = address:band(UInt64(0xfffffffc, 0xffffffff))
  tree:add(f.address, range, address)
  words.text = string.format("%s len %d DW tag %d", words.where or ("0x" .. address:tohex():gsub("^0+(.)", "%1")),
                             words.length, words.tag)
end

local function dissect_completion(buf, tree, words)
  local status = bits.rshift(buf(6, 1):uint(), 5)
  local count = bits.band(buf(6, 2):uint(), 0xfff)
  if count == 0 then count = 4096 end
  tree:add(f.completer, buf(4, 2), bdf(buf(4, 2):uint()))
  local item = tree:add(f.status, buf(6, 1), status)
  if status ~= 0 then item:add_proto_expert_info(e_status) end
  tree:add(f.bytes, buf(6, 2), count)
  tree:add(f.requester, buf(8, 2), bdf(buf(8, 2):uint()))
  tree:add(f.tag, buf(10, 1), words.tag)
  tree:add(f.lower, buf(11, 1), bits.band(buf(11, 1):uint(), 0x7f))
  words.text = string.format("%s %d bytes left tag %d", statuses[status] or "reserved status", count, words.tag)
end

local function dissect_tlp(buf, pinfo, tree, words)
  if buf:len() < 12 then
    tree:add_proto_expert_info(e_short)
    return "short"
  end
  local b0, b1, b2 = buf(0, 1):uint(), buf(1, 1):uint(), buf(2, 2):uint()
  local fmt_type, name = b0, type_name(b0)
  local is_4dw, has_data = bits.band(b0, 0x20) ~= 0, bits.band(b0, 0x40) ~= 0
  local is_completion = name:sub(1, 3) == "Cpl"
  local header = is_4dw and 16 or 12
  if buf:len() < header then
    tree:add_proto_expert_info(e_short)
    return name
  end
  words.length = bits.band(b2, 0x3ff)
  if words.length == 0 and (has_data or not is_completion) then words.length = 1024 end
  words.tag = buf(is_completion and 10 or 6, 1):uint()
    + (bits.band(b1, 0x80) ~= 0 and 512 or 0) + (bits.band(b1, 0x08) ~= 0 and 256 or 0)
  tree:add(f.type, buf(0, 1), name)
  tree:add(f.fmt_type, buf(0, 1), fmt_type)
  tree:add(f.tc, buf(1, 1), bits.band(bits.rshift(b1, 4), 7))
  tree:add(f.attr, buf(1, 2), bits.band(b1, 4) + bits.band(bits.rshift(b2, 12), 3))
  tree:add(f.td, buf(2, 1), bits.band(b2, 0x8000) ~= 0)
  tree:add(f.ep, buf(2, 1), bits.band(b2, 0x4000) ~= 0)
  tree:add(f.at, buf(2, 1), bits.band(bits.rshift(b2, 10), 3))
  tree:add(f.length, buf(2, 2), words.length)
  local to_host = words.direction == 1
  if is_completion then
    dissect_completion(buf, tree, words)
    if to_host then
      pinfo.src, pinfo.dst = ladder(learn_card(buf(4, 2):uint())), ladder(buf(8, 2):uint())
    else
      pinfo.src, pinfo.dst = ladder(buf(4, 2):uint()), ladder(learn_card(buf(8, 2):uint()))
    end
  else
    dissect_request(buf, tree, name, is_4dw, words)
    if to_host then
      pinfo.src, pinfo.dst = ladder(learn_card(buf(4, 2):uint())), ladder(0)
    else
      pinfo.src, pinfo.dst = ladder(buf(4, 2):uint()), ladder(learn_card(words.target or 0))
    end
  end
  if buf:len() > header and has_data then tree:add(f.data, buf(header)) end
  return name .. " " .. (words.text or "")
end

function p.dissector(buf, pinfo, root)
  if buf:len() < 4 then return 0 end
  local tree = root:add(p, buf())
  local size = buf(2, 2):uint()
  tree:add(f.version, buf(0, 2))
  if buf:len() < 4 + size then
    tree:add_proto_expert_info(e_short)
    return buf:len()
  end
  local seen = dissect_fields(buf, tree, 4, 4 + size)
  local info
  pinfo.cols.protocol = "PCIe TLP"
  if seen[64] then
    info = seen[64]
    pinfo.cols.protocol = "riser"
  else
    info = dissect_tlp(buf(4 + size):tvb(), pinfo, tree,
                       { where = seen[12], direction = seen.direction })
    if seen[10] then info = info .. "  <- " .. seen[10] end
  end
  pinfo.cols.info = info
  tree:append_text(": " .. info)
  return buf:len()
end

-- Exported-PDU packets name their dissector: nothing to register by number.
