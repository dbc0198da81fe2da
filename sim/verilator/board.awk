# SPDX-License-Identifier: Apache-2.0
# Writes the board around a card to -v out: a module riser_board with the ports of the
# top module, but for inputs that the board itself drives: resets, and what other
# ports are wired back to. Reads the ports as top_ports.awk prints them; with near.awk.
# One sentence on stdout for each mistake, exit code 1.
# Variables: top (inner module), shown (the user's name of it), place, params
# (NAME=VALUE, one a line), loops (from:to ...), resets (name:high|low:cycles ...),
# boot (1: riser_boot is bound into module user).

{
    dir_of[$3] = $1 == "input" ? "in" : $1 == "output" ? "out" : "inout"
    width_of[$3] = $2
    order[++nr_ports] = $3
}

# A port that an option names; 0 after a message.
function find(name, dir, option) {
    if ((name in dir_of) && dir_of[name] == dir && width_of[name] != "?") return 1
    if (name in dir_of)
        complain(sprintf("port '%s' of module '%s' is %s: %s needs %s", name, shown, what(name), option,
                         dir_word(dir) (width_of[name] == "?" ? " of one width" : "")))
    else
        complain(sprintf("module '%s' has no %sput '%s': %s needs one%s", shown, dir, name, option, near(name)))
    return 0
}

# One driver for each input.
function drive(name, text, option) {
    if (name in driver)
        complain(sprintf("input '%s' of module '%s' is driven twice: %s", name, shown, option))
    driver[name] = text
}

function range(width) { return width == 1 ? "" : sprintf(" [%d:0]", width - 1) }

function loop(from, to) {
    if (!find(from, "out", "--loopback") || !find(to, "in", "--loopback")) return
    if (width_of[from] != width_of[to])
        complain(sprintf("port '%s' of module '%s' is %s: --loopback from '%s' needs %s of %s", to, shown, what(to),
                         from, dir_word("in"), bits_word(width_of[from])))
    drive(to, "w_" from, "--loopback " from ":" to)
}

function reset(name, active, cycles,    on, q) {
    if (!find(name, "in", "--reset")) return
    if (width_of[name] != 1) {
        complain(sprintf("port '%s' of module '%s' is %s: --reset needs %s of 1 bit", name, shown, what(name),
                         dir_word("in")))
        return
    }
    on = "!perst_n"
    if (cycles > 0) {
        q = "left_" name "_q"
        body = body sprintf("    reg [31:0] %s;\n    always @(posedge clk)\n        if (!perst_n) %s <= 32'd%d;\n" \
                            "        else if (%s != 32'd0) %s <= %s - 32'd1;\n", q, q, cycles, q, q, q)
        on = "(!perst_n || " q " != 32'd0)"
    }
    drive(name, active == "high" ? on : "!" on, "--reset " name)
}

END {
    for (i = split("clk perst_n link_up hot_reset", own, " "); i; --i) expected[own[i]] = 1
    nr = split(loops, l, " ")
    for (i = 1; i <= nr; ++i) { split(l[i], f, ":"); loop(f[1], f[2]) }
    nr = split(resets, r, " ")
    for (i = 1; i <= nr; ++i) {
        split(r[i], f, ":")
        if ((f[1] == "clk" || f[1] == "perst_n") && f[1] in dir_of)
            complain(sprintf("port '%s' of module '%s' is the TLP port's own: --reset is for others", f[1], shown))
        else reset(f[1], f[2], f[3])
    }
    if (bad) exit 1

    for (i = 1; i <= nr_ports; ++i) {
        name = order[i]
        # an array or a type of no one width stays open: nobody outside could hold it
        if (width_of[name] == "?") continue
        wires = wires sprintf("    wire%s w_%s;\n", range(width_of[name]), name)
        pins = pins sprintf("%s        .%s(w_%s)", pins == "" ? "" : ",\n", name, name)
        if (name in driver) {
            body = body sprintf("    assign w_%s = %s;\n", name, driver[name])
            continue
        }
        ports = ports sprintf("%s    %sput wire%s %s", ports == "" ? "" : ",\n", dir_of[name], range(width_of[name]), name)
        if (dir_of[name] == "in") body = body sprintf("    assign w_%s = %s;\n", name, name)
        else body = body sprintf("    assign %s = w_%s;\n", name, name)
    }
    nr = split(params, p, "\n")
    for (i = 1; i <= nr; ++i) {
        if (p[i] == "") continue
        at = index(p[i], "=")
        overrides = overrides sprintf("%s.%s(%s)", overrides == "" ? "" : ", ", substr(p[i], 1, at - 1), substr(p[i], at + 1))
    }
    if (overrides != "") overrides = "#(" overrides ") "
    printf "// Written by build-model.\n`default_nettype none\nmodule riser_board (\n%s\n);\n%s%s", ports, wires, body > out
    printf "    %s %su_card (\n%s\n    );\nendmodule\n`default_nettype wire\n", top, overrides, pins > out
}
