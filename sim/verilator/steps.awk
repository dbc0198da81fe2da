# SPDX-License-Identifier: Apache-2.0
# Reads the C++ that Verilator wrote (without Slow and Trace files) of a design whose
# clk is looked at as edges.awk says, and prints "nba ico", or "nba" where nothing is
# behind the inputs, when an evaluation is these two parts and no more: clk rising is
# its only trigger, nothing triggers anything else, so the loops around them go round
# once. Prints nothing otherwise, and for code of an unknown form.
BEGIN {
	root = "Vriser___024root___"
	ico = "vlSelf->__VicoIterCount=0U;__VicoContinue=1U;while(__VicoContinue){__VicoContinue=0U;" \
		root "eval_triggers__ico(vlSelf);if(vlSelf->__VicoTriggered.any()){__VicoContinue=1U;" \
		"if(VL_UNLIKELY((0x64U<vlSelf->__VicoIterCount))){FATAL}" \
		"vlSelf->__VicoIterCount=((IData)(1U)+vlSelf->__VicoIterCount);" root "eval_ico(vlSelf);}}"
	act = "vlSelf->__VactIterCount=0U;vlSelf->__VactContinue=1U;while(vlSelf->__VactContinue){" \
		"vlSelf->__VactContinue=0U;" root "eval_triggers__act(vlSelf);if(vlSelf->__VactTriggered.any()){" \
		"vlSelf->__VactContinue=1U;if(VL_UNLIKELY((0x64U<vlSelf->__VactIterCount))){FATAL}" \
		"vlSelf->__VactIterCount=((IData)(1U)+vlSelf->__VactIterCount);" \
		"__VpreTriggered.andNot(vlSelf->__VactTriggered,vlSelf->__VnbaTriggered);" \
		"vlSelf->__VnbaTriggered.set(vlSelf->__VactTriggered);" root "eval_act(vlSelf);}}"
	nba = "__VnbaIterCount=0U;__VnbaContinue=1U;while(__VnbaContinue){__VnbaContinue=0U;" \
		"vlSelf->__VnbaTriggered.clear();" act "if(vlSelf->__VnbaTriggered.any()){__VnbaContinue=1U;" \
		"if(VL_UNLIKELY((0x64U<__VnbaIterCount))){FATAL}" \
		"__VnbaIterCount=((IData)(1U)+__VnbaIterCount);" root "eval_nba(vlSelf);}}"
	triggers["ico"] = "vlSelf->__VicoTriggered.at(0U)=(0U==vlSelf->__VicoIterCount);"
	triggers["act"] = "vlSelf->__VactTriggered.at(0U)=((IData)(vlSelf->clk)" \
		"&(~(IData)(vlSelf->__Vtrigrprev__TOP__clk)));vlSelf->__Vtrigrprev__TOP__clk=vlSelf->clk;"
}
# a definition that another file can call
/^void Vriser___024root___eval(_act|_ico|_nba|_triggers__act|_triggers__ico)?\(Vriser___024root\* vlSelf\) \{$/ {
	name = $2
	sub(/^Vriser___024root___/, "", name)
	sub(/\(.*/, "", name)
	defined[name]++
	next
}
/^\}/ { name = "" }
name == "" { next }
/^#ifdef VL_DEBUG$/ { debug = 1 }
/^#endif/ { debug = 0; next }
debug || /VL_DEBUG_IF\(/ || /^ *\/\// { next }
/if \(false && vlSelf\) \{\}/ || /Vriser__Syms\* const __restrict vlSymsp/ { next }
/^ *(CData|IData)\/\*[0-9]+:0\*\/ __V[a-zA-Z]+;$/ || /^ *VlTriggerVec<1> __VpreTriggered;$/ { next }
{
	gsub(/VL_FATAL_MT\([^;]*\);/, "FATAL")
	gsub(/[ \t]/, "")
	body[name] = body[name] $0
}
END {
	has_ico = defined["eval_ico"]
	good = defined["eval"] == 1 && defined["eval_nba"] == 1 && defined["eval_act"] == 1 && body["eval_act"] == "" &&
		defined["eval_triggers__act"] == 1 && body["eval_triggers__act"] == triggers["act"]
	if (has_ico)
		good = good && defined["eval_triggers__ico"] == 1 && body["eval_triggers__ico"] == triggers["ico"]
	if (good && body["eval"] == (has_ico ? ico : "") nba) print has_ico ? "nba ico" : "nba"
}
