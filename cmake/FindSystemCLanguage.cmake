# SPDX-License-Identifier: Apache-2.0
# find_package(SystemCLanguage): SystemC's own package where it is installed with
# one, else pkg-config (Debian's libsystemc-dev has no CMake package). Either way
# the target is SystemC::systemc.
find_package(SystemCLanguage CONFIG QUIET)
if(NOT TARGET SystemC::systemc)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(PC_SYSTEMC QUIET IMPORTED_TARGET GLOBAL systemc)
  endif()
  if(TARGET PkgConfig::PC_SYSTEMC)
    add_library(SystemC::systemc INTERFACE IMPORTED GLOBAL)
    target_link_libraries(SystemC::systemc INTERFACE PkgConfig::PC_SYSTEMC)
    set(SystemCLanguage_VERSION ${PC_SYSTEMC_VERSION})
  endif()
endif()
include(FindPackageHandleStandardArgs)
set(SystemCLanguage_TARGET)
if(TARGET SystemC::systemc)
  set(SystemCLanguage_TARGET SystemC::systemc)
endif()
find_package_handle_standard_args(SystemCLanguage
  REQUIRED_VARS SystemCLanguage_TARGET VERSION_VAR SystemCLanguage_VERSION
  REASON_FAILURE_MESSAGE "Debian: apt install libsystemc-dev pkg-config")
