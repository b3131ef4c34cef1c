#include "drivers/runs/record_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "storage/descriptor.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {

bool write_record_text(const std::filesystem::path& file, std::string_view text) {
  auto unfinished = file;
  unfinished += fmt::format(".{}", ::getpid());
  const Descriptor out(
      ::open(unfinished.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!out) return false;
  if (!write_all(out.get(), text) || ::fsync(out.get()) != 0) return false;
  if (::rename(unfinished.c_str(), file.c_str()) != 0) return false;
  return sync_directory(file.parent_path());
}

}  // namespace orrery
