#include "drivers/runs/output_log.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

namespace orrery {

OutputLog::OutputLog(std::filesystem::path file, std::uint64_t bytes_max)
    : file_(std::move(file)), file_bytes_max_(std::max<std::uint64_t>(bytes_max / 2, 4'096)) {
  open();
}

void OutputLog::open() {
  out_ = Descriptor(::open(file_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC,
                           S_IRUSR | S_IWUSR));
  written_ = 0;
}

void OutputLog::write(std::string_view text) {
  while (!text.empty()) {
    if (written_ >= file_bytes_max_) {
      auto before = file_;
      before += ".1";
      std::error_code ignored;
      std::filesystem::rename(file_, before, ignored);
      open();
    }
    const auto part = text.substr(0, file_bytes_max_ - written_);
    const auto written = ::write(out_.get(), part.data(), part.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    written_ += static_cast<std::uint64_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::vector<ServiceStage> StageWatch::take(std::string_view text) {
  if (patterns_.empty()) return {};
  const auto seen = rest_ + std::string(text);
  std::vector<ServiceStage> found;
  std::size_t longest = 1;
  for (const auto& [pattern, stage] : patterns_) {
    longest = std::max(longest, pattern.size());
    if (told_.contains(stage) || pattern.empty() || seen.find(pattern) == std::string::npos)
      continue;
    told_.insert(stage);
    found.push_back(stage);
  }
  rest_ = seen.substr(seen.size() - std::min(seen.size(), longest - 1));
  return found;
}

}  // namespace orrery
