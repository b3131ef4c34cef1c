# orrery_tests(FOLDER): the binary test_FOLDER of every tests/FOLDER/**/*.cpp. Each of its cases is a test of ctest's,
# named "FOLDER: case" and labelled by its Catch tag: [golden], [sim] or [crash], else unit.
function(orrery_tests folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${folder} ${sources} $<TARGET_OBJECTS:orrery_test_main>)
  orrery_compile_together(test_${folder} ${sources})
  # GCC 12 takes the member of a variant that is moved for one that may not be there.
  target_compile_options(test_${folder} PRIVATE -Wno-maybe-uninitialized)
  target_include_directories(test_${folder} PRIVATE ${CMAKE_SOURCE_DIR})
  # The lowest folders' tests see nothing above them, so that they build first.
  if(NOT folder MATCHES "^(events|storage|actors|projections)$")
    target_link_libraries(test_${folder} PRIVATE orrery::sim)
  endif()
  if(NOT folder MATCHES "^(events|storage|actors|projections|drivers|sim)$")
    target_link_libraries(test_${folder} PRIVATE orrery::http)
  endif()
  target_link_libraries(test_${folder} PRIVATE orrery::${folder} Catch2::Catch2 rapidcheck fmt::fmt
    orrery::allocator)
  if(folder STREQUAL projections)  # Views are tested against what the rules decide.
    target_link_libraries(test_${folder} PRIVATE orrery::actors)
  endif()
  orrery_discover_cases(test_${folder} ${folder})
endfunction()

# orrery_discover_cases(TARGET FOLDER): lists the binary's cases after each link; ctest reads the list.
function(orrery_discover_cases target folder)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${target}_cases.cmake)
  if(NOT EXISTS ${list})
    file(WRITE ${list} "add_test(\"${target} is not built\" \"${target} is not built\")\n")
  endif()
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -D BINARY=$<TARGET_FILE:${target}> -D FOLDER=${folder} -D LIST=${list}
            -P ${CMAKE_SOURCE_DIR}/cmake/ListCatchCases.cmake)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${list})
endfunction()
