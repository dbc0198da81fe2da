# SPDX-License-Identifier: Apache-2.0
# Words about ports, for ports.awk and board.awk: what one is, and which one may have
# been meant. They read dir_of ("in", "out", "inout") and width_of by name; what is in
# expected is no near miss.

function dir_word(dir) { return dir == "in" ? "an input" : dir == "out" ? "an output" : "an inout" }
function bits_word(width) { return width == "?" ? "no one width" : width == 1 ? "1 bit" : width " bits" }
function what(name) { return dir_word(dir_of[name]) " of " bits_word(width_of[name]) }

function complain(text) {
    printf "%serror: %s\n", place, text
    bad = 1
}

function min3(a, b, c) { a = a < b ? a : b; return a < c ? a : c }

function distance(a, b,    i, j, la, lb, row, prev, above, cost) {
    la = length(a); lb = length(b)
    for (j = 0; j <= lb; ++j) row[j] = j
    for (i = 1; i <= la; ++i) {
        prev = row[0]; row[0] = i
        for (j = 1; j <= lb; ++j) {
            above = row[j]
            cost = substr(a, i, 1) == substr(b, j, 1) ? 0 : 1
            row[j] = min3(above + 1, row[j - 1] + 1, prev + cost)
            prev = above
        }
    }
    return row[lb]
}

function squeeze(s) { s = tolower(s); gsub(/_/, "", s); return s }

# The ports that somebody may have meant by a name, nearest first, at most two.
function near(name,    p, d, limit, best, second, bd, sd, is_known) {
    limit = int(length(name) / 4); if (limit < 2) limit = 2
    bd = sd = 999
    for (p in width_of) {
        is_known = p in expected
        if (is_known) continue
        d = distance(tolower(name), tolower(p))
        if (squeeze(p) == squeeze(name)) d = 0
        else if (length(name) >= 5 && index(tolower(p), tolower(name))) d = 1
        if (d > limit) continue
        if (d < bd || (d == bd && p < best)) { sd = bd; second = best; bd = d; best = p }
        else if (d < sd) { sd = d; second = p }
    }
    if (bd == 999) return ""
    return sprintf("; did you mean '%s' (%s)%s?", best, what(best),
                   sd == 999 ? "" : sprintf(" or '%s' (%s)", second, what(second)))
}
