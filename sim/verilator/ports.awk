# SPDX-License-Identifier: Apache-2.0
# Reads the model header that Verilator generates (-v header) and checks the top
# module against docs/tlp-port.md. Writes the description of the port that the
# harness is compiled with to -v out. One sentence on stdout for each
# difference, exit code 1.
# With near.awk. Further variables: top, place ("file:line: " of the module), mems, clocks
# (name:period:phase ...), ties (name=value ...).

function need(name, dir, width, why) {
    expected[name] = 1
    wanted[++nr_wanted] = name
    want_dir[name] = dir; want_width[name] = width; want_why[name] = why
}

function check(name, dir, width, why,    tail) {
    tail = why == "" ? "the TLP port (docs/tlp-port.md)" : why
    if (!(name in width_of)) {
        complain(sprintf("module '%s' has no port '%s': %s needs %s of %s%s", top, name, tail,
                         dir_word(dir), bits_word(width), near(name)))
    } else if (dir_of[name] != dir || (width_of[name] != width && !(any_width && name ~ /_data$/))) {
        complain(sprintf("port '%s' of module '%s' is %s: %s needs %s of %s", name, top, what(name),
                         tail, dir_word(dir), bits_word(width)))
    }
}

function channel(prefix, dir, back) {
    need(prefix "_valid", dir, 1)
    need(prefix "_ready", back, 1)
    need(prefix "_sop", dir, 1)
    need(prefix "_eop", dir, 1)
    need(prefix "_hdr", dir, 128)
    need(prefix "_data", dir, data_w)
}

function power_of_two(n) { while (n > 1 && n % 2 == 0) n /= 2; return n == 1 }

function memory(prefix,    w, aw, why) {
    why = "memory port '" prefix "'"
    w = (prefix "_req_wdata") in width_of ? width_of[prefix "_req_wdata"] : 64
    aw = (prefix "_req_addr") in width_of ? width_of[prefix "_req_addr"] : 32
    if (w < 64 || w > 512 || !power_of_two(w)) {
        complain(sprintf("port '%s_req_wdata' of module '%s' is %d bits: a memory port has 64, 128, 256 or 512",
                         prefix, top, w))
        w = 64
    }
    if (aw > 44) complain(sprintf("port '%s_req_addr' of module '%s' is %d bits: at most 44", prefix, top, aw))
    need(prefix "_req_valid", "out", 1, why)
    need(prefix "_req_ready", "in", 1, why)
    need(prefix "_req_write", "out", 1, why)
    need(prefix "_req_addr", "out", aw, why)
    need(prefix "_req_wdata", "out", w, why)
    need(prefix "_req_wstrb", "out", w / 8, why)
    need(prefix "_rsp_valid", "in", 1, why)
    need(prefix "_rsp_data", "in", w, why)
    mem_list = mem_list " \\\n  X(" nr_mems + 0 ", " prefix ", " w ", " aw ")"
    ++nr_mems
}

/^ *VL_(IN|OUT|INOUT)(8|16|64|W)?\(/ {
    line = $0
    dir = line ~ /VL_INOUT/ ? "inout" : line ~ /VL_IN/ ? "in" : "out"
    sub(/^[^(]*\(&?/, "", line); sub(/\).*/, "", line)
    split(line, f, ",")
    name = f[1]
    gsub(/___05F/, "__", name)
    cname[name] = f[1]
    dir_of[name] = dir
    width_of[name] = f[2] - f[3] + 1
    order[++nr_ports] = name
}

END {
    data_w = "rx_p_data" in width_of ? width_of["rx_p_data"] : \
             "tx_p_data" in width_of ? width_of["tx_p_data"] : 256
    if (data_w != 64 && data_w != 128 && data_w != 256 && data_w != 512) {
        complain(sprintf("port 'rx_p_data' of module '%s' is %d bits: DATA_W is 64, 128, 256 or 512", top, data_w))
        any_width = 1
    }
    need("clk", "in", 1); need("perst_n", "in", 1); need("link_up", "in", 1); need("hot_reset", "in", 1)
    channel("rx_p", "in", "out"); channel("rx_np", "in", "out"); channel("rx_cpl", "in", "out")
    channel("tx_p", "out", "in"); channel("tx_np", "out", "in"); channel("tx_cpl", "out", "in")
    need("flr_active", "out", 1)
    if ("idle" in width_of) { need("idle", "out", 1); has_idle = 1 }

    nr = split(mems, m, " ")
    for (i = 1; i <= nr; ++i) memory(m[i])
    if (!nr && (("mem_req_valid" in width_of) || ("mem_req_addr" in width_of))) memory("mem")
    if (nr_mems > 4) complain(sprintf("module '%s' has %d memory ports: at most 4", top, nr_mems))

    nr = split(clocks, c, " ")
    for (i = 1; i <= nr; ++i) {
        split(c[i], f, ":")
        need(f[1], "in", 1, "--clock")
        clock_list = clock_list " \\\n  X(" i - 1 ", " ((f[1] in cname) ? cname[f[1]] : f[1]) ", " f[2] "ull, " f[3] "ull)"
        ++nr_clocks
    }
    nr = split(ties, t, " ")
    for (i = 1; i <= nr; ++i) {
        split(t[i], f, "=")
        expected[f[1]] = 1
        if (!(f[1] in width_of) || dir_of[f[1]] != "in")
            complain(sprintf("module '%s' has no input '%s': --tie needs one%s", top, f[1], near(f[1])))
        else if (width_of[f[1]] > 64)
            complain(sprintf("port '%s' of module '%s' is %s: --tie sets at most 64", f[1], top, what(f[1])))
        else tie_list = tie_list " \\\n  X(" cname[f[1]] ", " f[2] "ull)"
    }
    for (i = 1; i <= nr_wanted; ++i)
        check(wanted[i], want_dir[wanted[i]], want_width[wanted[i]], want_why[wanted[i]])
    if (bad) exit 1

    extra = ""
    for (i = 1; i <= nr_ports; ++i) {
        if (order[i] in expected || dir_of[order[i]] == "out") continue
        extra = extra " \\\n  X(" cname[order[i]] ")"
        printf "%snote: input '%s' of module '%s' is not part of the TLP port: it stays 0 (--clock, --tie, --reset and --loopback set inputs)\n", \
               place, order[i], top > "/dev/stderr"
    }
    printf "#define RISER_DATA_W %d\n#define RISER_HAS_IDLE %d\n", data_w, has_idle > out
    printf "#define RISER_NR_MEMS %d\n#define RISER_MEM_LIST(X)%s\n", nr_mems, mem_list > out
    printf "#define RISER_NR_CLOCKS %d\n#define RISER_CLOCK_LIST(X)%s\n", nr_clocks, clock_list > out
    printf "#define RISER_TIE_LIST(X)%s\n", tie_list > out
    printf "#define RISER_EXTRA_INPUT_LIST(X)%s\n", extra > out
}
