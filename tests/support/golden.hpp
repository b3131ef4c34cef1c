#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/support/project_folders.hpp"

namespace orrery {

/// Checks `text` against the file tests/golden/<name>. With UPDATE_GOLDEN=1 in the environment the
/// file is written instead: read the diff before committing it.
inline void check_golden(const std::string& name, const std::string& text) {
  const auto path = golden_folder() / name;
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update && std::string(update) == "1") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  INFO("golden file " << path << "; UPDATE_GOLDEN=1 rewrites it");
  CHECK(golden.str() == text);
}

}  // namespace orrery
