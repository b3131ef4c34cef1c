#include "cli/whole_file.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

namespace orrery {

std::optional<std::string> write_whole_file(const std::string& file,
                                            const std::function<void(std::ostream&)>& write) {
  if (file == "-") {
    write(std::cout);
    std::cout.flush();
    if (std::cout) return std::nullopt;
    return "the standard output cannot be written";
  }
  const auto draft = file + ".part";
  std::ofstream out(draft, std::ios::binary);
  if (out) write(out);
  out.close();
  std::error_code failure;
  if (out) std::filesystem::rename(draft, file, failure);
  if (out && !failure) return std::nullopt;
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  return fmt::format("{} cannot be written: {}", file,
                     failure ? failure.message() : "is its directory there, is there room?");
}

}  // namespace orrery
