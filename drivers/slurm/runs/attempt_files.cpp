#include "drivers/slurm/runs/attempt_files.hpp"

#include <cerrno>
#include <filesystem>

#include <sys/stat.h>

#include "drivers/slurm/claim/claim_file.hpp"
#include "drivers/slurm/claim/claim_secret.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

/// A server that is being replaced is away for minutes, not for hours; a job that waits longer
/// keeps its GPUs from others.
constexpr std::uint32_t patience_s = 3'600;

bool is_there(const std::filesystem::path& folder) {
  return ::mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST;
}

bool write_plan(const RunDirectory& directory, const PreparedPlan& plan) {
  return sync_directory(directory.path().parent_path()) && directory.write(plan.launch) &&
         write_submission(directory, plan.submission);
}

}  // namespace

bool make_run_directory(const RunDirectory& directory) {
  if (!is_there(directory.path())) return directory.make();
  return is_there(directory.work());
}

std::optional<std::string> write_attempt(const SlurmConfiguration& configuration,
                                         const PrepareCall& call) {
  if (call.plan && !write_plan(call.directory, *call.plan)) return std::nullopt;
  const ClaimOrder claim{call.directory.path().filename().string(), call.attempt,
                         draw_claim_secret(), configuration.server_url, patience_s};
  if (!write_claim(call.directory, claim)) return std::nullopt;
  return digest_of_claim_secret(claim.secret);
}

void remove_claims(const RunDirectory& directory) {
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(directory.path(), failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with("claim."))
      std::filesystem::remove(entry->path(), ignored);
  }
}

}  // namespace orrery
