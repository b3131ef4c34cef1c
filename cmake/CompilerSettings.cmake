# How every translation unit is compiled: C++20, warnings as errors, ccache, mold, one sanitizer a preset.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# No debug information but where a preset asks for it (ADR 0042).
add_compile_options(-Wall -Wextra -Wshadow -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(ORRERY_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")
if(ORRERY_SANITIZE)
  # Under sanitizers g++ 12 takes parts of <regex> for uninitialized.
  add_compile_options(-fsanitize=${ORRERY_SANITIZE} -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${ORRERY_SANITIZE})
endif()
