# The library orrery::build_version, which knows release and commit. The commit is asked for at every build, and the
# source written only where it changed.
if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(COMMIT STREQUAL "")
    set(COMMIT unknown)
  endif()
  configure_file(${SOURCE_DIR}/cli/build_version.cpp.in ${OUTPUT} @ONLY)
  return()
endif()

set(build_version_source ${CMAKE_BINARY_DIR}/generated/build_version.cpp)
add_custom_target(orrery_build_commit VERBATIM BYPRODUCTS ${build_version_source}
  COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${CMAKE_SOURCE_DIR} -D RELEASE=${PROJECT_VERSION}
          -D OUTPUT=${build_version_source} -P ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Asking git for the commit")
add_library(orrery_build_version STATIC ${build_version_source})
add_dependencies(orrery_build_version orrery_build_commit)
target_include_directories(orrery_build_version PRIVATE ${CMAKE_SOURCE_DIR})
add_library(orrery::build_version ALIAS orrery_build_version)
