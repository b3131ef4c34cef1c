#include "events/folds/quota_check.hpp"

namespace orrery {
namespace {

std::optional<QuotaExceeded> check_one(std::string quota, std::uint64_t limit, std::uint64_t used,
                                       std::uint64_t requested) {
  if (requested == 0 || (used <= limit && requested <= limit - used)) return std::nullopt;
  return QuotaExceeded{std::move(quota), limit, used, requested};
}

template <class Limit>
std::optional<QuotaExceeded> check_one(const char* quota, const std::optional<Limit>& limit,
                                       std::uint64_t used, std::uint64_t requested) {
  if (!limit) return std::nullopt;
  return check_one(std::string(quota), *limit, used, requested);
}

std::optional<QuotaExceeded> check_gpus(const ProjectLimits& limits, const QuotaUse& use,
                                        const QuotaDemand& demand) {
  const auto limit = limits.gpus.find(demand.gpu_model);
  if (limit == limits.gpus.end()) return std::nullopt;
  const auto used = use.gpus.find(demand.gpu_model);
  return check_one("gpus." + demand.gpu_model, limit->second,
                   used == use.gpus.end() ? 0 : used->second, demand.gpus);
}

}  // namespace

std::string QuotaExceeded::message() const {
  return "The project's quota " + quota + " is " + std::to_string(limit) + ": it uses " +
         std::to_string(used) + ", and the request needs " + std::to_string(requested) + " more.";
}

std::optional<QuotaExceeded> check_quota(const ProjectLimits& limits, const QuotaUse& use,
                                         const QuotaDemand& demand) {
  if (auto exceeded = check_one("vms", limits.vms, use.vms, demand.vms)) return exceeded;
  if (auto exceeded = check_gpus(limits, use, demand)) return exceeded;
  if (auto exceeded = check_one("disks", limits.disks, use.disks, demand.disks)) return exceeded;
  return check_one("disk_gib", limits.disk_gib, use.disk_gib, demand.disk_gib);
}

}  // namespace orrery
