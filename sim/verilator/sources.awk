# SPDX-License-Identifier: Apache-2.0
# Reads preprocessed sources (verilator -E) on stdin and writes sources.h: the
# places where $fatal stands, since Verilator 5.006 prints the same text for
# $error, and the files of the design (-v files: a file with one on each line).
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
    printf "// Written by build-model.\n"
    printf "static const riser::FatalSite kFatalSites[] = {\n%s    {nullptr, 0},\n};\n", sites
    printf "static const char* const kFiles[] = {\n"
    while ((getline path < files) > 0) printf "    \"%s\",\n", path
    printf "    nullptr,\n};\n"
    printf "static const riser::SourceTable kSources = {\n"
    printf "    kFatalSites, sizeof(kFatalSites) / sizeof(kFatalSites[0]) - 1,\n"
    printf "    kFiles, sizeof(kFiles) / sizeof(kFiles[0]) - 1,\n};\n"
}
