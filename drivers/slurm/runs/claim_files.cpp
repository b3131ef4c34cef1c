#include "drivers/slurm/runs/claim_files.hpp"

#include <filesystem>

#include <sodium.h>

#include "drivers/slurm/claim/claim_file.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

/// A server that is being replaced is away for minutes, not for hours; a job that waits longer
/// keeps its GPUs from others.
constexpr std::uint32_t patience_s = 3'600;

}  // namespace

std::optional<std::string> draw_claim(const SlurmConfiguration& configuration,
                                      const RunDirectory& directory, std::uint32_t attempt) {
  ChainHash secret{};
  randombytes_buf(secret.data(), secret.size());
  const ClaimOrder claim{directory.path().filename().string(), attempt, to_hex(secret),
                         configuration.server_url, patience_s};
  if (!write_claim(directory, claim)) return std::nullopt;
  const auto digest = ChainHasher()(claim.secret);
  return std::string(digest.begin(), digest.end());
}

void remove_claims(const RunDirectory& directory, std::uint32_t attempt) {
  for (auto number = attempt; number > 0; --number) {
    std::error_code ignored;
    std::filesystem::remove(claim_file(directory, number), ignored);
  }
}

}  // namespace orrery
