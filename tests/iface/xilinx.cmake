# SPDX-License-Identifier: Apache-2.0
# The example card on Xilinx blocks: in a guest for each width, by the root complex of tb/ for each option of the blocks.
set(config vendor=0x1e50 device=1 class=0xff0000 bars.0.index=0 bars.0.size=4096 bars.0.type=mem64
  bars.1.index=2 bars.1.size=4096 bars.1.type=mem64 bars.2.index=4 bars.2.size=4096
  msix.vectors=8 msix.table-bar=4 msix.pba-bar=4 msix.pba-offset=2048)
list(TRANSFORM config PREPEND "config.")
list(TRANSFORM config PREPEND "--interface-param=" OUTPUT_VARIABLE guest_config)
set(guest_config ${guest_config} -f examples/card/xilinx/files.f --model-arg=--param=DATA_W=@W@)

iface_test(xilinx_usp 256 "64;128;256;512" --interface xilinx-usp --top example_usp ${guest_config})
iface_test(xilinx_us 256 "64;128;256" --interface xilinx-us --top example_us ${guest_config})
iface_test(xilinx_7series 128 "64;128" --interface xilinx-7series --top example_7series ${guest_config}
  --interface-param=config.msix.table=user)

# MSI of the block (cfg_interrupt_msi_) while the configuration space hides MSI-X
foreach(family IN ITEMS usp us)
  iface_test(xilinx_${family}_msi none 256 --interface xilinx-${family} --top example_${family} ${guest_config}
    --interface-param=config.msi=4 --plusarg +msix=0)
  iface_test(xilinx_${family}_intx none 256 --interface xilinx-${family} --top example_${family} ${guest_config}
    --interface-param=config.intx=1 --env IRQ=intx)
endforeach()

# tb_iface(NAME LABEL INTERFACE TOP WIDTH OPTIONS...): P=V is a parameter of the card, p=v one of the interface
function(tb_iface name label interface top width)
  set(call --interface ${interface} --top ${top} -f examples/card/xilinx/files.f --param DATA_W=${width})
  foreach(option IN LISTS ARGN config)
    if(option MATCHES "^[A-Z]")
      list(APPEND call --param ${option})
    else()
      list(APPEND call --interface-param ${option})
    endif()
  endforeach()
  riser_test(NAME tb.${name} LABELS ${label} TIMEOUT 900
    COMMAND ${here}/tb-card ${PROJECT_SOURCE_DIR} $<TARGET_FILE:riser_tb>
      ${CMAKE_CURRENT_BINARY_DIR}/tb_${name}.so ${call})
endfunction()

if(RISER_VERILATOR)
  set(aligned ALIGNED=1 cq-alignment=address cc-alignment=address rq-alignment=address rc-alignment=address)
  set(straddle STRADDLE=1 cq-straddle=1 cc-straddle=1 rq-straddle=1)
  set(user_msix MSIX_INTERNAL=0 config.msix.table=user CLIENT_TAG=1 client-tag=1)
  tb_iface(xilinx_usp_512_straddle_4 "tb;iface" xilinx-usp example_usp 512 ${straddle} RC_TLPS=4 rc-tlps=4)
  tb_iface(xilinx_usp_512_straddle_2 full xilinx-usp example_usp 512 ${straddle} RC_TLPS=2 rc-tlps=2)
  tb_iface(xilinx_usp_256_rc_2 full xilinx-usp example_usp 256 RC_TLPS=2 rc-tlps=2 completion-timeout=20000)
  foreach(width IN ITEMS 64 128 256 512)
    tb_iface(xilinx_usp_${width}_aligned full xilinx-usp example_usp ${width} ${aligned})
    tb_iface(xilinx_usp_${width}_user_msix full xilinx-usp example_usp ${width} ${user_msix})
  endforeach()
  foreach(width IN ITEMS 64 128 256)
    tb_iface(xilinx_us_${width}_aligned full xilinx-us example_us ${width} ${aligned})
  endforeach()
  tb_iface(xilinx_us_256_rc_2 full xilinx-us example_us 256 RC_TLPS=2 rc-tlps=2 ${user_msix})
  foreach(width IN ITEMS 64 128)
    tb_iface(xilinx_7series_${width} full xilinx-7series example_7series ${width} config.msix.table=user)
  endforeach()
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
riser_test(NAME messages.wrap_xilinx LABELS messages TIMEOUT 120
  COMMAND ${Python3_EXECUTABLE} ${here}/test-wrap ${PROJECT_SOURCE_DIR})
