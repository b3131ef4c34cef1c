#include "drivers/slurm/runs/claim_files.hpp"

#include <array>

#include <fmt/format.h>
#include <sodium.h>

#include "drivers/runs/record_file.hpp"
#include "drivers/slurm/claim/claim_order.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

/// A server that is being replaced is away for minutes, not for hours; a job that waits longer
/// keeps its GPUs from others.
constexpr std::uint32_t patience_s = 3'600;

std::filesystem::path claim_file(const RunDirectory& directory, std::uint32_t attempt) {
  return directory.path() / fmt::format("claim.{}.json", attempt);
}

}  // namespace

std::optional<std::string> write_claim(const SlurmConfiguration& configuration,
                                       const RunDirectory& directory, std::uint32_t attempt) {
  ChainHash secret{};
  randombytes_buf(secret.data(), secret.size());
  const ClaimOrder claim{directory.path().filename().string(), attempt, to_hex(secret),
                         configuration.server_url, patience_s};
  if (!write_record(claim_file(directory, attempt), claim)) return std::nullopt;
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
