# SPDX-License-Identifier: Apache-2.0
# riser_test(NAME <area.unit> LABELS <label>... [TIMEOUT <s>] COMMAND <cmd>...)
#
# Labels soak and full: long forms, which ./check leaves out.
# Exit status 77 means skipped. RISER_TIMEOUT_SCALE in the environment of the
# configure step multiplies the timeouts.
function(riser_test)
  cmake_parse_arguments(T "" "NAME;TIMEOUT;LOCK" "LABELS;COMMAND;ENVIRONMENT" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  if(DEFINED ENV{RISER_TIMEOUT_SCALE})
    math(EXPR T_TIMEOUT "${T_TIMEOUT} * $ENV{RISER_TIMEOUT_SCALE}")
  endif()
  # a guest may die of QEMU while it boots
  if(T_LOCK STREQUAL "guest")
    list(PREPEND T_COMMAND ${PROJECT_SOURCE_DIR}/tests/guest/again ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  add_test(NAME ${T_NAME} COMMAND ${T_COMMAND})
  set_tests_properties(${T_NAME} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT}
    SKIP_RETURN_CODE 77)
  if(T_ENVIRONMENT)
    set_tests_properties(${T_NAME} PROPERTIES ENVIRONMENT "${T_ENVIRONMENT}")
  endif()
  if(T_LOCK)
    set_tests_properties(${T_NAME} PROPERTIES RESOURCE_LOCK ${T_LOCK})
  endif()
endfunction()
