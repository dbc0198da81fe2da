# SPDX-License-Identifier: Apache-2.0
# Reads preprocessed sources (verilator -E) and writes a C table of the places
# where $fatal stands: Verilator 5.006 prints the same text for $error.
/^`line / {
    line = $2 - 1
    file = $3
    gsub(/"/, "", file)
    next
}
{
    ++line
    if (index($0, "$fatal")) sites = sites sprintf("    {\"%s\", %d},\n", file, line)
}
END {
    printf "// Places of $fatal, found by the builder.\n"
    printf "static const riser::FatalSite kFatalSites[] = {\n%s    {nullptr, 0},\n};\n", sites
    printf "static const size_t kNrFatalSites = sizeof(kFatalSites) / sizeof(kFatalSites[0]) - 1;\n"
}
