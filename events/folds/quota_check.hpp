#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "events/billing_events.hpp"

namespace orrery {

/// What a project has, as far as quotas count it.
struct QuotaUse {
  /// By GPU model; never 0.
  std::map<std::string, std::uint64_t> gpus;
  std::uint64_t vms = 0;
  std::uint64_t disks = 0;
  std::uint64_t disk_gib = 0;

  bool operator==(const QuotaUse&) const = default;
  BOOST_DESCRIBE_CLASS(QuotaUse, (), (gpus, vms, disks, disk_gib), (), ())
};

/// What a request wants on top of it.
struct QuotaDemand {
  /// Of `gpu_model`.
  std::uint64_t gpus = 0;
  std::string gpu_model;
  std::uint64_t vms = 0;
  std::uint64_t disks = 0;
  std::uint64_t disk_gib = 0;
};

/// The code of an operation, or an answer, that a quota refused.
inline constexpr const char* quota_exceeded_code = "quota_exceeded";

/// The quota that a demand would exceed.
struct QuotaExceeded {
  /// "gpus.A100-80GB", "vms", "disks", "disk_gib".
  std::string quota;
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  std::uint64_t requested = 0;

  bool operator==(const QuotaExceeded&) const = default;
  BOOST_DESCRIBE_CLASS(QuotaExceeded, (), (quota, limit, used, requested), (), ())

  /// "The project's quota vms is 10: it uses 9, and the request needs 2 more."
  std::string message() const;
};

/// The first quota that doesn't allow `demand` on top of `use`; nothing where all do. A demand of
/// nothing is always allowed, even where the limit was set below what is used already.
std::optional<QuotaExceeded> check_quota(const ProjectLimits& limits, const QuotaUse& use,
                                         const QuotaDemand& demand);

}  // namespace orrery
