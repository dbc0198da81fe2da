# SPDX-License-Identifier: Apache-2.0
# Ports of the top module in Verilator's XML, one a line: "input|output|inout
# WIDTH NAME", in the order of their declaration; WIDTH in bits, "?" for an
# unpacked array or a type that has no one width.

function attr(name,    at, rest) {
    at = index($0, " " name "=\"")
    if (!at) return ""
    rest = substr($0, at + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
}

function number(text) { # 32&apos;sh3
    sub(/.*h/, "", text)
    return hex(text)
}

function hex(text,    i, n) {
    for (i = 1; i <= length(text); ++i)
        n = n * 16 + index("0123456789abcdef", substr(tolower(text), i, 1)) - 1
    return n
}

function size(a, b) { return a > b ? a - b + 1 : b - a + 1 }

function width(id,    i, n, w) {
    if (!(id in kind)) return "?"
    if (kind[id] == "basicdtype") return bits[id]
    if (kind[id] == "packarraydtype") {
        w = width(sub_of[id])
        return w == "?" ? w : w * bits[id]
    }
    if (kind[id] == "refdtype" || kind[id] == "enumdtype") return width(sub_of[id])
    if (kind[id] != "structdtype") return "?"
    n = split(members[id], part, " ")
    w = 0
    for (i = 1; i <= n; ++i) part_of[id, i] = part[i]
    for (i = 1; i <= n; ++i) w += width(part_of[id, i])
    return w
}

/^ *<module / { in_top = /topModule="1"/ }
/^ *<\/module>/ { in_top = 0 }
/^ *<(func|task) / { in_func = 1 }
/^ *<\/(func|task)>/ { in_func = 0 }
in_top && !in_func && /^ *<var / && attr("dir") != "" {
    name[++nr] = attr("name"); dir[nr] = attr("dir"); type[nr] = attr("dtype_id")
}
/^ *<[a-z]*dtype / && !/<memberdtype/ {
    id = attr("id"); match($0, /[a-z]+dtype/); kind[id] = substr($0, RSTART, RLENGTH)
    sub_of[id] = attr("sub_dtype_id"); nr_ends = 0
    bits[id] = attr("left") == "" ? 1 : size(attr("left") + 0, attr("right") + 0)
    if (kind[id] == "basicdtype" && attr("left") == "") bits[id] = known(attr("name"))
}
/^ *<memberdtype / { members[id] = members[id] " " attr("sub_dtype_id") }
/^ *<const / && (kind[id] == "packarraydtype") {
    end[++nr_ends] = number(attr("name"))
    if (nr_ends == 2) bits[id] = size(end[1], end[2])
}

function known(type) {
    if (type == "logic" || type == "bit" || type == "reg") return 1
    if (type == "byte") return 8
    if (type == "shortint") return 16
    if (type == "int" || type == "integer") return 32
    if (type == "longint" || type == "time") return 64
    return "?"
}

END { for (i = 1; i <= nr; ++i) print dir[i], width(type[i]), name[i] }
