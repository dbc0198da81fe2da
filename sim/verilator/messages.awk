# SPDX-License-Identifier: Apache-2.0
# Verilator's messages as "file:line:col: error: text", the form that editors
# and compilers share. Errors come first; warnings only with -v warnings=1.
# Exit code 1 when there was an error.
function flush_block() {
    if (kind == "error") errors = errors block
    else if (kind == "warning") notes = notes block
    block = ""; kind = ""
}
/^%(Error|Warning)/ {
    flush_block()
    kind = /^%Error/ ? "error" : "warning"
    tag = ""
    text = $0
    if (match(text, /^%(Error|Warning)-[A-Z0-9_]+/)) {
        tag = substr(text, 1, RLENGTH)
        sub(/^%[A-Za-z]+-/, "", tag)
        tag = " [" tag "]"
    }
    sub(/^%[A-Za-z]+(-[A-Z0-9_]+)?: /, "", text)
    if (text ~ /^Exiting due to|^Command Failed/) { kind = "other"; next }
    if (match(text, /^[^ ]+:[0-9]+:([0-9]+:)? /)) {
        block = substr(text, 1, RLENGTH) kind ": " substr(text, RLENGTH + 1) tag "\n"
    } else {
        block = kind ": " text tag "\n"
    }
    seen[kind] = 1
    next
}
kind == "other" { next }
/For warning description see|Use "\/\* verilator lint_off|See the manual/ { next }
{ block = block $0 "\n" }
END {
    flush_block()
    printf "%s", errors
    if (warnings) printf "%s", notes
    exit seen["error"] ? 1 : 0
}
