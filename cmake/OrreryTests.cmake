# orrery_tests(FOLDER): the binary test_FOLDER of every tests/FOLDER/**/*_test.cpp, its cases found by ctest.
include(Catch)

function(orrery_tests folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${folder} ${sources} $<TARGET_OBJECTS:orrery_test_main>)
  target_include_directories(test_${folder} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(test_${folder} PRIVATE
    ORRERY_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/tests/golden" ORRERY_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    ORRERY_BINARY="$<TARGET_FILE:orrery>")
  target_link_libraries(test_${folder} PRIVATE orrery::sim orrery::http orrery::${folder}
    Catch2::Catch2 rapidcheck orrery::allocator)
  catch_discover_tests(test_${folder} TEST_PREFIX "${folder}: " PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
