# SPDX-License-Identifier: Apache-2.0
#
# riser_add_card(NAME name TOP module [FILES list.f ...] [SOURCES file ...]
#                [INCDIRS dir ...] [PARAMS P=V ...] [DEFINES D[=V] ...]
#                [FLAVOUR trace|fast|cover] [OPTIONS argument ...])
# riser_add_card(NAME name SOURCES file ... [LIBRARIES target ...] SYSTEMC)
#
# For a user's own CMake project. A target <name> that is built with all; its
# property RISER_MODEL is the model.so: ${CMAKE_CURRENT_BINARY_DIR}/<name>.so.
# RTL goes to sim/build-model (OPTIONS are its own; FLAVOUR trace is the default,
# as in riser run); names in FILES and SOURCES, and those inside of file lists, are relative to
# the current source folder. With SYSTEMC the sources are C++ with one
# RISER_SYSTEMC_CARD() (docs/systemc.md), and find_package(SystemCLanguage) comes
# before.
#
# RISER_HOME: the folder with sim/ and bridge/include/; the one above this file.
# FindSystemCLanguage.cmake is beside this file
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
include_guard(GLOBAL)
set(RISER_HOME "${CMAKE_CURRENT_LIST_DIR}/.." CACHE PATH "the folder that has riser's sim/")
get_filename_component(RISER_HOME "${RISER_HOME}" REALPATH)
set(RISER_INCLUDE_DIR "${RISER_HOME}/bridge/include" CACHE PATH "the folder that has riser/model.h")


# The endpoint library, once in a project.
function(_riser_systemc_library)
  if(TARGET riser_systemc)
    return()
  endif()
  if(NOT TARGET SystemC::systemc)
    message(FATAL_ERROR "riser_add_card(... SYSTEMC): no SystemC: call find_package(SystemCLanguage REQUIRED) before (Debian: apt install libsystemc-dev)")
  endif()
  set(sources config_space.cc endpoint.cc endpoint_dma.cc model.cc tlp.cc)
  list(TRANSFORM sources PREPEND ${RISER_HOME}/sim/systemc/)
  add_library(riser_systemc STATIC EXCLUDE_FROM_ALL ${sources})
  target_include_directories(riser_systemc PUBLIC ${RISER_HOME}/sim/systemc ${RISER_INCLUDE_DIR})
  target_compile_features(riser_systemc PUBLIC cxx_std_17)
  target_link_libraries(riser_systemc PUBLIC SystemC::systemc ${CMAKE_DL_LIBS})
  set_target_properties(riser_systemc PROPERTIES POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden)
endfunction()

function(_riser_add_systemc_card name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "riser_add_card(NAME ${name} SYSTEMC): no SOURCES")
  endif()
  _riser_systemc_library()
  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE riser_systemc ${ARG_LIBRARIES})
  set_target_properties(${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} CXX_VISIBILITY_PRESET hidden)
endfunction()

function(_riser_add_rtl_card name out)
  cmake_parse_arguments(ARG "" "TOP;FLAVOUR" "FILES;SOURCES;INCDIRS;PARAMS;DEFINES;OPTIONS" ${ARGN})
  if(NOT ARG_TOP)
    message(FATAL_ERROR "riser_add_card(NAME ${name}): no TOP, the top module (or SYSTEMC)")
  endif()
  if(NOT ARG_FILES AND NOT ARG_SOURCES)
    message(FATAL_ERROR "riser_add_card(NAME ${name}): neither FILES nor SOURCES")
  endif()
  if(NOT ARG_FLAVOUR)
    set(ARG_FLAVOUR trace)
  endif()
  set(args --name ${name} --top ${ARG_TOP} --flavour ${ARG_FLAVOUR})
  foreach(kind IN ITEMS INCDIR PARAM DEFINE)
    string(TOLOWER --${kind} option)
    foreach(value IN LISTS ARG_${kind}S)
      list(APPEND args ${option} ${value})
    endforeach()
  endforeach()
  foreach(value IN LISTS ARG_FILES)
    list(APPEND args -f ${value})
  endforeach()
  # build-model knows by itself when nothing has changed
  add_custom_target(${name} ALL
    COMMAND ${RISER_HOME}/sim/build-model ${args} ${ARG_OPTIONS} --out ${out} ${ARG_SOURCES}
    BYPRODUCTS ${out}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    VERBATIM)
endfunction()

function(riser_add_card)
  cmake_parse_arguments(ARG "SYSTEMC" "NAME" "" ${ARGN})
  if(NOT ARG_NAME)
    message(FATAL_ERROR "riser_add_card(): no NAME")
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.so)
  if(ARG_SYSTEMC)
    _riser_add_systemc_card(${ARG_NAME} ${ARG_UNPARSED_ARGUMENTS})
  else()
    _riser_add_rtl_card(${ARG_NAME} ${out} ${ARG_UNPARSED_ARGUMENTS})
  endif()
  set_target_properties(${ARG_NAME} PROPERTIES RISER_MODEL ${out})
endfunction()
