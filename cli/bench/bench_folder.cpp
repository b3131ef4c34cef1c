#include "cli/bench/bench_folder.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

namespace orrery {

BenchFolder::BenchFolder(const std::filesystem::path& parent) {
  std::filesystem::create_directories(parent);
  auto name = (parent / "orrery-bench-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::system_error(errno, std::generic_category(),
                            "cannot make a folder in " + parent.string());
  path_ = name;
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace orrery
