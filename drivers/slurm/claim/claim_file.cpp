#include "drivers/slurm/claim/claim_file.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <boost/json.hpp>

#include "drivers/runs/file_text.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

/// Far above what a claim needs.
constexpr std::size_t claim_bytes_max = 64u << 10;

}  // namespace

std::filesystem::path claim_file(const RunDirectory& run, std::uint32_t attempt) {
  return run.path() / fmt::format("claim.{}.json", attempt);
}

bool write_claim(const RunDirectory& run, const ClaimOrder& order) {
  const auto file = claim_file(run, order.attempt);
  auto unfinished = file;
  unfinished += fmt::format(".{}", ::getpid());
  const Descriptor out(
      ::open(unfinished.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR));
  return out && write_all(out.get(), boost::json::serialize(boost::json::value_from(order))) &&
         ::fsync(out.get()) == 0 && ::rename(unfinished.c_str(), file.c_str()) == 0 &&
         sync_directory(run.path());
}

std::optional<ClaimOrder> read_claim(const RunDirectory& run, std::uint32_t attempt) {
  const auto file = claim_file(run, attempt);
  if (::access(file.c_str(), R_OK) != 0) return std::nullopt;
  errno = 0;
  const auto text = read_file_text(file.string());
  if (text.empty() || text.size() > claim_bytes_max) return std::nullopt;
  boost::json::error_code failure;
  const auto written = boost::json::parse(text, failure);
  if (failure) return std::nullopt;
  auto order = boost::json::try_value_to<ClaimOrder>(written);
  if (order.has_error() || order->attempt != attempt || order->run.empty() || order->secret.empty())
    return std::nullopt;
  return std::move(*order);
}

}  // namespace orrery
