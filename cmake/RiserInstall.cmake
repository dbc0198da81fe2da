# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: programs in bin, the sources that runs are built from in share/riser (where
# bin/riser looks for them), libriser with its headers, man pages and completions, a dissector for Wireshark.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS riser riser-report riser_model_host RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS libriser LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY bridge/include/riser DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(share ${CMAKE_INSTALL_DATADIR}/riser)
foreach(dir sim guest kernel rtl examples)
  install(DIRECTORY ${dir} DESTINATION ${share} USE_SOURCE_PERMISSIONS
    PATTERN CMakeLists.txt EXCLUDE PATTERN "check-*" EXCLUDE)
endforeach()
# a project of a user, to copy
install(FILES examples/systemc/CMakeLists.txt DESTINATION ${share}/examples/systemc)
install(DIRECTORY bridge/include DESTINATION ${share}/bridge)
install(DIRECTORY cmake DESTINATION ${share} FILES_MATCHING PATTERN RiserCard.cmake PATTERN RiserAddTest.cmake
  PATTERN "Find*.cmake")

# the tree may be installed anywhere
file(RELATIVE_PATH pc_prefix /x/${CMAKE_INSTALL_LIBDIR}/pkgconfig /x)
configure_file(cmake/libriser.pc.in libriser.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libriser.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(cmake/riserConfig.cmake.in riserConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/riser
  PATH_VARS CMAKE_INSTALL_DATADIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(riserConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/riserConfig.cmake ${PROJECT_BINARY_DIR}/riserConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/riser)

# pages and completions, from the tables that the command works with
set(pages ${PROJECT_BINARY_DIR}/share)
set(words doctor init run shell test wave replay report cover diff minimize peek poke check bench ls rm pack explain mark schema completions)
set(made)
foreach(page riser riser.yaml ${words})
  set(section 1)
  set(file riser-${page})
  if(page STREQUAL "riser.yaml")
    set(section 5)
  endif()
  if(page MATCHES "^riser")
    set(file ${page})
  endif()
  add_custom_command(OUTPUT ${pages}/man/man${section}/${file}.${section}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}/man/man${section}
    COMMAND riser manual ${page} > ${pages}/man/man${section}/${file}.${section}
    DEPENDS riser VERBATIM)
  list(APPEND made ${pages}/man/man${section}/${file}.${section})
endforeach()
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${pages}/completions.${shell}
    COMMAND riser completions ${shell} > ${pages}/completions.${shell} DEPENDS riser VERBATIM)
  list(APPEND made ${pages}/completions.${shell})
endforeach()
add_custom_target(riser_pages ALL DEPENDS ${made})
install(DIRECTORY ${pages}/man DESTINATION ${CMAKE_INSTALL_DATADIR})
install(FILES ${pages}/completions.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME riser)
install(FILES ${pages}/completions.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _riser)
install(FILES ${pages}/completions.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME riser.fish)
install(FILES share/wireshark/pcie_tlp.lua DESTINATION ${CMAKE_INSTALL_LIBDIR}/wireshark/plugins)
