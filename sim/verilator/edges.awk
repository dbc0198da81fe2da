# SPDX-License-Identifier: Apache-2.0
# Reads the C++ that Verilator wrote (without Slow and Trace files) and prints the
# name of the variable that remembers clk, when the falling edge of clk does
# nothing: clk is looked at only by @(posedge clk), and logic behind the inputs
# prints nothing. Prints nothing otherwise, and for code of an unknown form.
/^[A-Za-z].*\) \{$/ || /^[A-Za-z].*___[A-Za-z_0-9]*\($/ { in_ico = /___ico_/ }
in_ico && /VL_(WRITEF|FWRITEF|STOP|FINISH|FATAL|WARN)/ { bad = 1 }
# the second line of "= ((IData)(vlSelf->clk)\n & (~ (IData)(vlSelf->PREVIOUS)));"
wants != "" {
	if (!match($0, /^ *& \(~ \(IData\)\(vlSelf->[A-Za-z0-9_]+\)\)\);$/)) bad = 1
	else {
		name = $0
		sub(/.*vlSelf->/, "", name)
		sub(/\).*/, "", name)
		if (previous != "" && previous != name) bad = 1
		previous = name
	}
	wants = ""
	next
}
!/[>.]clk[^A-Za-z0-9_]/ { next }
/^ *, clk\{vlSymsp->TOP\.clk\}$/ { next }
/^ *if \(VL_UNLIKELY\(\(vlSelf->clk & 0xfeU\)\)\) \{$/ { next }
/^ *vlSelf->__VactTriggered\.at\([0-9]+U\) = \(\(IData\)\(vlSelf->clk\) *$/ { wants = $0; next }
/^ *vlSelf->__Vtrigrprev__TOP__clk = vlSelf->clk;$/ { stored = 1; next }
{ bad = 1 }
END { if (!bad && stored && previous == "__Vtrigrprev__TOP__clk") print previous }
