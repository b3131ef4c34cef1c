#include "http/aicenter/files/file_path.hpp"

#include <algorithm>

#include <simdjson.h>

namespace orrery::aicenter {
namespace {

/// C0, DEL, and C1, which in UTF-8 is C2 followed by 80 to 9F.
bool has_control_characters(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0)
      return true;
  }
  return false;
}

}  // namespace

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= file_name_bytes_max && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && !has_control_characters(name) &&
         simdjson::validate_utf8(name.data(), name.size());
}

FileResult<std::string> checked_path(std::string_view path) {
  if (path.size() > file_path_bytes_max) return FileProblem::name_is_not_allowed;
  for (std::size_t from = 0; from <= path.size();) {
    const auto end = std::min(path.find('/', from), path.size());
    if (!is_file_name(path.substr(from, end - from))) return FileProblem::name_is_not_allowed;
    from = end + 1;
  }
  return std::string(path);
}

std::pair<std::string, std::string> split_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace orrery::aicenter
