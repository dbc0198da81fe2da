# SPDX-License-Identifier: Apache-2.0
# Reads Verilator's Vriser.cpp and prints the name of the function that eval_step()
# is about, when the rest of it is for the first call, for waveforms and for models
# of several threads. Prints nothing when there is anything else in it.
BEGIN { eval = "Vriser___024root___eval" }
/^void Vriser::eval_step\(\) \{$/ { inside = 1; next }
/^}/ { inside = 0 }
!inside { next }
{ sub(/^ +/, ""); sub(/ +$/, "") }
/^#ifdef VL_DEBUG$/ { debug = 1 }
/^#endif/ { debug = 0; next }
debug || $0 == "" || /^\/\// || /^VL_DEBUG_IF\(.*\);? *\);?$/ { next }
$0 == eval "(&(vlSymsp->TOP));" { ++calls; next }
$0 == "vlSymsp->__Vm_activity = true;" { next }
$0 == "if (VL_UNLIKELY(!vlSymsp->__Vm_didInit)) {" || $0 == "}" { next }
$0 == "vlSymsp->__Vm_didInit = true;" { next }
$0 == eval "_static(&(vlSymsp->TOP));" { next }
$0 == eval "_initial(&(vlSymsp->TOP));" { next }
$0 == eval "_settle(&(vlSymsp->TOP));" { next }
$0 == "Verilated::mtaskId(0);" { next }
$0 == "Verilated::endOfThreadMTask(vlSymsp->__Vm_evalMsgQp);" { next }
$0 == "Verilated::endOfEval(vlSymsp->__Vm_evalMsgQp);" { next }
{ bad = 1 }
END { if (calls == 1 && !bad) print eval }
