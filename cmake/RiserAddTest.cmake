# SPDX-License-Identifier: Apache-2.0
#
# riser_add_test(NAME name PROJECT riser.yaml [CARD target] [TIMEOUT seconds]
#                [LABELS label ...] [OPTIONS argument ...])
#
# A test of ctest that is a `riser run` of the project. CARD is a target of
# riser_add_card(): its model is taken instead of the project's card. OPTIONS
# are those of `riser run`. Guests run one at a time (resource riser_guest); exit
# code 77 counts as skipped. The run's folder is below ${CMAKE_CURRENT_BINARY_DIR}.
include_guard(GLOBAL)

function(riser_add_test)
  cmake_parse_arguments(ARG "" "NAME;PROJECT;CARD;TIMEOUT" "LABELS;OPTIONS" ${ARGN})
  if(NOT ARG_NAME OR NOT ARG_PROJECT)
    message(FATAL_ERROR "riser_add_test: NAME and PROJECT are needed")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "riser_add_test(NAME ${ARG_NAME}): what is '${ARG_UNPARSED_ARGUMENTS}'?")
  endif()
  if(NOT RISER_EXECUTABLE)
    find_program(RISER_EXECUTABLE riser REQUIRED)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 900)
  endif()
  get_filename_component(project ${ARG_PROJECT} ABSOLUTE)
  set(model)
  if(ARG_CARD)
    set(model --model $<TARGET_PROPERTY:${ARG_CARD},RISER_MODEL>)
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${RISER_EXECUTABLE} run ${project} --name ${ARG_NAME}
    --out ${CMAKE_CURRENT_BINARY_DIR}/riser-out ${model} ${ARG_OPTIONS})
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77
    RESOURCE_LOCK riser_guest LABELS "${ARG_LABELS}")
endfunction()
