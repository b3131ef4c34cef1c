#include "drivers/slurm/claim/claim_file.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

#include "drivers/runs/record_file.hpp"

namespace orrery {

std::filesystem::path claim_file(const RunDirectory& run, std::uint32_t attempt) {
  return run.path() / fmt::format("claim.{}.json", attempt);
}

bool write_claim(const RunDirectory& run, const ClaimOrder& order) {
  return write_record(claim_file(run, order.attempt), order);
}

std::optional<ClaimOrder> read_claim(const RunDirectory& run, std::uint32_t attempt) {
  const auto file = claim_file(run, attempt);
  if (::access(file.c_str(), R_OK) != 0) return std::nullopt;
  errno = 0;
  auto order = read_record<ClaimOrder>(file);
  if (!order || order->attempt != attempt || order->run.empty() || order->secret.empty())
    return std::nullopt;
  return order;
}

}  // namespace orrery
