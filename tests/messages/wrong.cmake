# SPDX-License-Identifier: Apache-2.0
# Wrong projects: each gives the message that bridge/cli/explain_table.c (docs/messages.md) has, its exit code,
# and nothing else on the screen. None boots a guest.

# wrong(NAME ID CODE PATTERN LINES YAML): a project of YAML with a card that would do, in a folder of its own
function(wrong name id code pattern lines yaml)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/wrong/${name})
  file(WRITE ${dir}/riser.yaml "${yaml}\n")
  file(WRITE ${dir}/smoke.sh ". /riser/card.sh\nriser_attach\n")
  file(WRITE ${dir}/files.f "rtl/card.v\n")
  file(WRITE ${dir}/own.bin "no module\n")
  file(WRITE ${dir}/rtl/card.v "${card}")
  riser_test(NAME messages.wrong_${name} LABELS messages TIMEOUT 300
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/expect-wrong ${riser} ${id} ${code} ${pattern} ${lines} ${dir})
endfunction()

# The same with another card: TEXT of it is replaced by BY.
function(wrong_card name id code pattern lines text by)
  string(REPLACE "${text}" "${by}" card "${card}")
  wrong(${name} ${id} ${code} ${pattern} ${lines} "${good}")
endfunction()

# only ports and constants: a port with another name or direction is all that is wrong then
file(READ ${PROJECT_SOURCE_DIR}/tests/rtl/fixtures/fx_bare.v card)
string(REPLACE "module fx_bare" "module my_card" card "${card}")
string(REGEX REPLACE "wire unused = [^;]*;" "wire unused = 1'b0;" card "${card}")
string(REPLACE "assign flr_active = 1'b0;" "" card "${card}")
set(head "riser: 1\nname: wrong")
set(good "${head}\ncard: {files: files.f, top: my_card}\nguest: {script: smoke.sh}")

# the file
wrong(bracket yaml-syntax 2 "flow sequence without a closing bracket" 3 "${head}\ncard: {files: [a")
wrong(tab yaml-tab 2 "4:1: tab character may not be used as indentation" 3 "${head}\ncard:\n\ttop: x")
wrong(duplicate yaml-duplicate 2 "3:1: duplicate key" 3 "${head}\nname: again")
wrong(version project-version 2 "1:8: version 9 of the format" 3 "riser: 9")
wrong(no_version project-version 2 "1:1: no version of the format" 3 "name: x")
wrong(section project-section 2 "3:1: no section 'crad'. did you mean 'card'" 3 "${head}\ncrad: {}")
wrong(scalar project-section 2 "3:7: card has keys of its own" 3 "${head}\ncard: x.v")
wrong(key project-key 2 "3:8: no key 'tpo'. did you mean 'top'" 3 "${head}\ncard: {tpo: x}")
wrong(unit project-unit 2 "timeout: a time with its unit is needed, like 90s" 3 "${head}\nguest: {timeout: 90}")
wrong(unknown_unit project-unit 2 "timeout: a time with its unit" 3 "${head}\nguest: {timeout: 90 parsec}")
wrong(megahertz project-unit 2 "clock-period: a period with its unit" 3 "${head}\nendpoint: {clock-period: 250MHz}")
wrong(range project-range 2 "smp: a whole number from 1 to 64" 3 "${head}\nguest: {smp: 0}")
wrong(too_long project-range 2 "deadline: from 1 to 5000 ms" 3 "${head}\nguest: {deadline: 20s}")
wrong(flavour project-word 2 "no flavour 'fats'. did you mean 'fast'" 3 "${head}\ncard: {flavour: fats}")
wrong(path project-file 2 "files.ff: No such file or directory .paths are relative" 3 "${head}\ncard: {files: files.ff}")
wrong(list project-form 2 "modules is a list" 3 "${head}\ndriver: {modules: ext4}")
wrong(boolean project-form 2 "local is true or false" 3 "${head}\nguest: {local: maybe}")
wrong(fault project-rule 2 "no action 'dorp'. did you mean 'drop'" 3 "${head}\nfaults: ['type=CplD : dorp']")
wrong(waiver project-rule 2 "no rule 'CLP-10'. did you mean 'CPL-10'" 3 "${head}\nwaivers: [{rule: CLP-10, reason: x}]")
wrong(no_script no-script 2 "no script: `riser run" 1 "${head}\ncard: {files: files.f, top: my_card}")

wrong(edam project-form 2 "card.eda.yml:1:1: no EDAM file: it has no list `files:`" 3 "${head}\ncard: {edam: card.eda.yml}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/edam/card.eda.yml "name: x\n")
wrong(edam_vhdl rtl-vhdl 2 "card.eda.yml:2:12: ep.vhd: VHDL. riser builds Verilog" 3 "${head}\ncard: {edam: card.eda.yml}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/edam_vhdl/card.eda.yml
  "files:\n  - {name: ep.vhd, file_type: vhdlSource-2008}\n")

wrong(test_key project-key 2 "no key 'scritp'. did you mean 'script'" 3 "${head}\ntests: {a: {scritp: smoke.sh}}")
wrong(test_unit project-unit 2 "timeout: a time with its unit is needed" 3 "${head}\ntests: {a: {timeout: 60}}")
wrong(test_form project-form 2 "a test has lines of NAME" 3 "${head}\ntests: {a: smoke.sh}")

# the card
wrong(no_card no-card 2 "no card: give --model FILE, or --top MODULE" 1 "${head}\nguest: {script: smoke.sh}")
wrong(no_top no-card 2 "no card: give --model FILE, or --top MODULE" 1
  "${head}\ncard: {files: files.f}\nguest: {script: smoke.sh}")
wrong(no_model model-file 2 "model .*own.bin" 1 "${head}\ncard: {model: own.bin}\nguest: {script: smoke.sh}")
wrong(other_top rtl-no-top 2 "no module 'your_card' in the sources. they have: my_card" 1
  "${head}\ncard: {files: files.f, top: your_card}\nguest: {script: smoke.sh}")
wrong(list_of_nothing rtl-no-file 2 "own.f:1: error: no such file: rtl/gone.v" 1
  "${head}\ncard: {files: own.f, top: my_card}\nguest: {script: smoke.sh}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/list_of_nothing/own.f "rtl/gone.v\n")
wrong_card(syntax rtl-compile 3 "rtl/card.v:[0-9]+:[0-9]+: error: syntax error" 6
  "assign rx_p_ready = 1'b1;" "assign rx_p_ready = = 1'b1;")
wrong_card(no_module rtl-compile 3 "rtl/card.v:[0-9]+:[0-9]+: error: .*missing_ip" 16
  "assign rx_p_ready = 1'b1;" "assign rx_p_ready = 1'b1; missing_ip u_ip (clk);")
wrong_card(port port-missing 2 "module 'my_card' has no port 'rx_p_sop'.* did you mean 'rx_p_spo'" 1
  "input  wire              rx_p_sop" "input  wire              rx_p_spo")
wrong_card(width port-width 2 "port 'tx_p_hdr' of module 'my_card' is an output of 64 bits" 1
  "output wire [127:0]      tx_p_hdr" "output wire [63:0]       tx_p_hdr")
wrong_card(direction port-width 2 "port 'flr_active' of module 'my_card' is an input" 3
  "output wire              flr_active" "input  wire              flr_active")
wrong_card(no_clock port-missing 2 "module 'my_card' has no port 'clk'" 1
  "input  wire              clk," "input  wire              sysclock250,")
wrong_card(no_reset port-missing 2 "module 'my_card' has no port 'perst_n'" 1
  "    input  wire              perst_n,\n" "")
wrong(clock port-missing 2 "module 'my_card' has no port 'aux_clk': --clock needs an input" 1
  "${good}\nendpoint: {clocks: {aux_clk: 10ns}}")
wrong(tie tie-missing 2 "module 'my_card' has no input 'straps': --tie needs one" 1
  "${good}\nendpoint: {tie-offs: {straps: 3}}")
# a card with one more input
function(wrong_strap name id pattern endpoint)
  string(REPLACE "input  wire              perst_n," "input  wire              perst_n,\n    input  wire [1:0]        straps,"
    card "${card}")
  wrong(${name} ${id} 2 ${pattern} 2 "${good}\nendpoint: ${endpoint}")
endfunction()
wrong_strap(tie_near tie-missing "no input 'strap': --tie needs one. did you mean 'straps' .an input of 2 bits" "{tie-offs: {strap: 1}}")
wrong_strap(clock_near port-missing "no port 'strap': --clock needs an input of 1 bit. did you mean 'straps' .an input of 2" "{clocks: {strap: 9ns}}")
wrong_strap(clock_width port-width "port 'straps' of module 'my_card' is an input of 2 bits: --clock needs an input of 1 bit" "{clocks: {straps: 9ns}}")
wrong_strap(reset_near board-port "no input 'strap': --reset needs one. did you mean 'straps'" "{resets: {strap: low}}")
wrong(reset board-port 2 "module 'my_card' has no input 'flr_activ': --reset needs one. did you mean 'flr_active' .an output" 1
  "${good}\nendpoint: {resets: {flr_activ: low}}")
wrong(reset_width board-port 2 "port 'rx_p_hdr' of module 'my_card' is an input of 128 bits: --reset needs an input of 1 bit" 1
  "${good}\nendpoint: {resets: {rx_p_hdr: low}}")
wrong(reset_own board-port 2 "port 'perst_n' of module 'my_card' is the TLP port's own" 1
  "${good}\nendpoint: {resets: {perst_n: low}}")
wrong(reset_level project-word 2 "no level 'lo'. did you mean 'low'" 3 "${good}\nendpoint: {resets: {rst: lo}}")
wrong(reset_key project-key 2 "no key 'cycels'. did you mean 'cycles'" 3
  "${good}\nendpoint: {resets: {rst: {active: low, cycels: 9}}}")
wrong(reset_active project-form 2 "a reset needs active: high or low" 3 "${good}\nendpoint: {resets: {rst: {cycles: 9}}}")
wrong(reset_cycles project-range 2 "cycles: a whole number from 1 to" 3
  "${good}\nendpoint: {resets: {rst: {active: low, cycles: 9ns}}}")
wrong(reset_form project-form 2 "resets has lines of NAME" 3 "${good}\nendpoint: {resets: [rst]}")
wrong(loop board-port 2 "module 'my_card' has no output 'tx_p_vald': --loopback needs one. did you mean 'tx_p_valid'" 1
  "${good}\nendpoint: {loopback: [{from: tx_p_vald, to: rx_p_valid}]}")
wrong(loop_width board-port 2 "port 'rx_p_valid' of module 'my_card' is an input of 1 bit: --loopback from 'tx_p_hdr' needs an input of 128 bits" 1
  "${good}\nendpoint: {loopback: [{from: tx_p_hdr, to: rx_p_valid}]}")
wrong(loop_twice board-port 2 "input 'rx_p_valid' of module 'my_card' is driven twice" 1
  "${good}\nendpoint: {loopback: [{from: tx_p_valid, to: rx_p_valid}, {from: tx_p_sop, to: rx_p_valid}]}")
wrong(loop_key project-key 2 "no key 'form'. did you mean 'from'" 3 "${good}\nendpoint: {loopback: [{form: a, to: b}]}")
wrong(loop_half project-form 2 "a loop-back needs from: and to:" 3 "${good}\nendpoint: {loopback: [{from: a}]}")
wrong(loop_form project-form 2 "loopback is a list" 3 "${good}\nendpoint: {loopback: {a: b}}")
wrong(memory port-missing 2 "module 'my_card' has no port 'ddr_req_valid': memory port 'ddr' needs an output of 1 bit" 8
  "${good}\nendpoint: {memories: [ddr]}")
wrong(tie_value build-option 2 "--tie straps: the value is a decimal or 0x number, not 'on'" 1
  "${good}\nendpoint: {tie-offs: {straps: 'on'}}")
wrong(param param-unknown 2 "Parameters from the command line were not found in the design: DATA_WIDTH" 3
  "${head}\ncard: {files: files.f, top: my_card, params: {DATA_WIDTH: 8}}\nguest: {script: smoke.sh}")
wrong(interface interface-unknown 2 "no interface 'xilinks': there are tlp" 1 "${good}\nendpoint: {interface: xilinks}")
wrong(prefix interface-tlp 2 "belong to an --interface that is not tlp" 1 "${good}\nendpoint: {prefix: {cq: s_axis_cq}}")
set(axi "riser: 1\nname: wrong\ncard: {files: files.f, top: my_card}\nguest: {script: smoke.sh}\nendpoint:\n  interface: axi")
wrong(axi_port port-missing 2 "module 'my_card' has no port 'aresetn': interface axi needs an input" 40
  "${axi}\n  config: {bars: [{size: 4KiB}]}")
wrong(bar_overlap interface-config 2 "config.bars.1 overlaps config.bars.0: both take BAR1" 40
  "${axi}\n  config: {bars: [{size: 4KiB, type: mem64}, {size: 4KiB}]}")
wrong(bar_unit interface-config 2 "config.bars.0.size is a number, not '4Kib'" 40 "${axi}\n  config: {bars: [{size: 4Kib}]}")
wrong(bar_size interface-config 2 "config.bars.0.size is a power of two" 40 "${axi}\n  config: {bars: [{size: 5KiB}]}")
wrong(bar_type interface-config 2 "config.bars.0.type is .*, not 'io'" 40 "${axi}\n  config: {bars: [{size: 4KiB, type: io}]}")
wrong(config_key interface-config 2 "interface axi has no parameter 'config.vendro'" 40
  "${axi}\n  config: {vendro: 1, bars: [{size: 4KiB}]}")

# a board's top with a vendor's PCIe block in it
function(wrong_board name id pattern ip)
  set(card "module my_card (input wire perst_n);\n  pcie_0 u_pcie ();\n  ila_0 u_ila (.clk(perst_n));\n  vio_1 u_vio ();\nendmodule\n")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/${name}/pcie_0.xci "${ip}")
  wrong(${name} ${id} 2 ${pattern} 1
    "${head}\ncard: {files: files.f, top: my_card, ip: [pcie_0.xci]}\nguest: {script: smoke.sh}")
endfunction()
set(pcie_0 "{\"ip_inst\": {\"xci_name\": \"pcie_0\", \"component_reference\": \"xilinx.com:ip:KIND:1.3\"}}")
string(REPLACE KIND pcie4_uscale_plus ip "${pcie_0}")
wrong_board(board_modules modules-missing "modules below 'my_card' have no sources: 'ila_0' .rtl/card.v:3., 'vio_1' .rtl/card.v:4." "${ip}")
string(REPLACE KIND clk_wiz ip "${pcie_0}")
wrong_board(board_kind ip-file "pcie_0.xci: no model of 'clk_wiz': there are pcie4_uscale_plus" "${ip}")
wrong_board(board_text ip-file "pcie_0.xci is neither JSON nor XML" "create_ip -name pcie4_uscale_plus\n")
wrong_board(board_json ip-file "pcie_0.xci is no .xci file that can be read" "{\"ip_inst\": 3}")

wrong(signal_form build-option 2 "--signal takes MODULE.NAME, not 'state'" 1
  "${head}\ncard: {files: files.f, top: my_card, signals: [state]}\nguest: {script: smoke.sh}")
wrong(signal signal-missing 2 "--signal my_card.flr_activ: module 'my_card' has no signal 'flr_activ'. did you mean 'flr_active'" 1
  "${head}\ncard: {files: files.f, top: my_card, signals: [my_card.flr_activ]}\nguest: {script: smoke.sh}")
wrong(signal_module signal-missing 2 "--signal my_crad.x: the design has no module 'my_crad'. did you mean 'my_card'" 1
  "${head}\ncard: {files: files.f, top: my_card, signals: [my_crad.x]}\nguest: {script: smoke.sh}")
wrong(boot boot-until 2 "--boot-until 'redy_q == 1': .*'redy_q'" 1
  "${good}\nboot: {until: 'redy_q == 1'}")
wrong(boot_syntax boot-until 2 "--boot-until 'a ==': syntax error" 1 "${good}\nboot: {until: 'a =='}")
wrong(boot_limit project-unit 2 "limit: a time with its unit is needed, like 500ns" 3 "${good}\nboot: {until: '1', limit: 20}")
wrong(regs_bar project-key 2 "no key 'bar6'. did you mean 'bar" 3 "${good}\nregs: {bar6: own.bin}")
wrong(regs_file project-file 2 "card.rdl: No such file or directory .paths are relative" 3 "${good}\nregs: {bar0: card.rdl}")
wrong(regs_form project-form 2 "regs has lines of NAME: VALUE" 3 "${good}\nregs: card.rdl")
wrong(regs_kind regs-file 2 "regs-table: error: .*own.bin: SystemRDL .* or IP-XACT .* is needed" 1 "${good}\nregs: {bar0: own.bin}")
wrong(regs_xml regs-file 2 "regs.xml:1:[0-9]+: error: no XML" 1 "${good}\nregs: {bar0: regs.xml}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/regs_xml/regs.xml "<a><b></a>\n")

# driver and guest: the model is there, so that nothing is simulated
function(wrong_guest name id code pattern lines guest)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/wrong/${name})
  wrong(${name} ${id} ${code} ${pattern} ${lines}
    "${head}\ncard: {model: ${PROJECT_BINARY_DIR}/tests/unit/bridge/ctest_model.so}\n${guest}")
endfunction()
wrong_guest(two_drivers driver-two 2 "two drivers: give driver.name" 3
  "driver: {name: nvme, path: smoke.sh}\nguest: {script: smoke.sh}")
wrong_guest(kernel kernel-unknown 2 "no kernel series '4.4'" 2 "guest: {script: smoke.sh, kernel: '4.4'}")
wrong_guest(image kernel-image 2 "kernel image .*own.bin: no modules are given" 2
  "guest: {script: smoke.sh, kernel: ./own.bin}")
if(RISER_BUILD_KERNEL)
  wrong_guest(module module-unknown 3 "kernel 6.1.* has no module nvmee" 2
    "driver: {name: nvmee}\nguest: {script: smoke.sh}")
  wrong_guest(program program-unknown 3 "no program fioo on this machine" 1 "guest: {script: smoke.sh, programs: [fioo]}")
  wrong_guest(package package-unknown 3 "no package fioo on this machine" 1 "guest: {script: smoke.sh, packages: [fioo]}")
  wrong_guest(script_syntax script-syntax 3 "script.*: syntax error" 2 "guest: {script: broken.sh}")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/script_syntax/broken.sh "if true; then\n")
  wrong_guest(driver_file driver-path 2 "driver .*own.bin: a module .*or a folder with a Kbuild file" 1
    "driver: {path: own.bin}\nguest: {script: smoke.sh}")
  wrong_guest(driver_folder driver-path 2 "driver .*rtl: the folder has neither a Kbuild file nor a Makefile" 1
    "driver: {path: rtl}\nguest: {script: smoke.sh}")
  wrong_guest(driver_no_module driver-path 2 "driver .*fake.ko: it is no kernel module" 1
    "driver: {path: fake.ko}\nguest: {script: smoke.sh}")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/driver_no_module/fake.ko "no module\n")
  wrong_guest(driver_build driver-build 3 "the driver in .* does not build for kernel 6.1" 16
    "driver: {path: driver}\nguest: {script: smoke.sh}")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/driver_build/driver/Kbuild "obj-m := broken.o\n")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/wrong/driver_build/driver/broken.c "#include <linux/module.h>\nint broken(void) { return it; }\n")
endif()
