# SPDX-License-Identifier: Apache-2.0
# One interface target that every C and C++ target of the project links.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
find_package(PkgConfig REQUIRED)

add_library(riser_options INTERFACE)
target_compile_options(riser_options INTERFACE -Wall -Wextra -Wshadow
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)
if(RISER_DEVELOPER)
  target_compile_options(riser_options INTERFACE -Werror)
endif()
if(RISER_SANITIZE)
  target_compile_options(riser_options INTERFACE -fsanitize=${RISER_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(riser_options INTERFACE -fsanitize=${RISER_SANITIZE})
endif()
link_libraries(riser_options)
