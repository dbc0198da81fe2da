# SPDX-License-Identifier: Apache-2.0
# Words about signals that are not there (-v signals: MODULE.NAME ...), from Verilator's
# XML; with near.awk.

function attr(name,    at, rest) {
    at = index($0, " " name "=\"")
    if (!at) return ""
    rest = substr($0, at + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
}

/^ *<module / { module = attr("origName"); modules[module] = 1 }
/^ *<\/module>/ { module = "" }
module != "" && /^ *<var / && !/ param="true"/ { vars[module, ++nr_vars[module]] = attr("origName") }

# The nearest of the names; "" when none is near.
function nearest(module, name,    i, d, best, best_d) {
    best_d = int(length(name) / 3) + 1
    for (i = 1; i <= nr_vars[module]; ++i) {
        d = distance(tolower(name), tolower(vars[module, i]))
        if (d <= best_d && (d < best_d || best == "")) { best = vars[module, i]; best_d = d }
    }
    return best
}

function nearest_module(name,    m, d, best, best_d) {
    best_d = int(length(name) / 3) + 1
    for (m in modules) {
        d = distance(tolower(name), tolower(m))
        if (d < best_d || (d == best_d && (best == "" || m < best))) { best = m; best_d = d }
    }
    return best
}

function tell(text, other) {
    printf "build-model: error: --signal %s%s\n", text, other == "" ? "" : "; did you mean '" other "'?"
}

END {
    nr = split(signals, s, " ")
    for (i = 1; i <= nr; ++i) {
        split(s[i], f, ".")
        if (f[1] in modules) tell(s[i] ": module '" f[1] "' has no signal '" f[2] "'", nearest(f[1], f[2]))
        else tell(s[i] ": the design has no module '" f[1] "'", nearest_module(f[1]))
    }
}
