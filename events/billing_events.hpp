#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// What a project may have at once, and spend in a month (UTC). Absent: no limit.
struct ProjectLimits {
  /// By GPU model, such as "A100-80GB": GPUs of VMs that aren't stopped.
  std::map<std::string, std::uint32_t> gpus;
  std::optional<std::uint32_t> vms;
  std::optional<std::uint32_t> disks;
  std::optional<std::uint64_t> disk_gib;
  /// Millionths of a US dollar.
  std::optional<std::int64_t> month_micro_usd;

  bool operator==(const ProjectLimits&) const = default;
  BOOST_DESCRIBE_CLASS(ProjectLimits, (), (gpus, vms, disks, disk_gib, month_micro_usd), (), ())
};

/// The quotas of a project are these from now on. Stream: quota/<project id>.
struct QuotaSet {
  ProjectLimits limits;

  bool operator==(const QuotaSet&) const = default;
  BOOST_DESCRIBE_CLASS(QuotaSet, (), (limits), (), ())
};

/// What is metered: GPUs of running VMs, and the size of disks from creation to deletion.
BOOST_DEFINE_FIXED_ENUM_CLASS(UsageMetric, std::uint8_t, gpu_hours, disk_gb_hours)

/// A unit of the metric costs this from the time of the event on. Stream: price/<metric>.<product>.
struct PriceChanged {
  UsageMetric metric = UsageMetric::gpu_hours;
  /// The family of VM types such as "a100-80gb" (the type before its dot), or a disk type such as
  /// "persistent-ssd".
  std::string product;
  /// For one GPU, or one GB, and an hour.
  std::int64_t micro_usd_per_hour = 0;

  bool operator==(const PriceChanged&) const = default;
  BOOST_DESCRIBE_CLASS(PriceChanged, (), (metric, product, micro_usd_per_hour), (), ())
};

/// An organization has paid for VMs of a type for some time. Stream: reservation/<id>.
struct ReservationDeclared {
  std::string organization_id;
  /// Product name, such as "l40s-48gb.2x".
  std::string vm_type;
  std::string location;
  /// VMs that may use it at once.
  std::uint32_t vm_count = 0;
  /// Microseconds since 1970 (UTC).
  std::int64_t starts_at_us = 0;
  std::int64_t ends_at_us = 0;
  /// What a GPU hour of a VM in it costs on top of what has been paid; 0 for nothing.
  std::int64_t micro_usd_per_gpu_hour = 0;

  bool operator==(const ReservationDeclared&) const = default;
  BOOST_DESCRIBE_CLASS(ReservationDeclared, (),
                       (organization_id, vm_type, location, vm_count, starts_at_us, ends_at_us,
                        micro_usd_per_gpu_hour),
                       (), ())
};

/// A VM takes one of the reservation's places.
struct ReservationTaken {
  std::string vm_id;

  bool operator==(const ReservationTaken&) const = default;
  BOOST_DESCRIBE_CLASS(ReservationTaken, (), (vm_id), (), ())
};

struct ReservationGivenBack {
  std::string vm_id;

  bool operator==(const ReservationGivenBack&) const = default;
  BOOST_DESCRIBE_CLASS(ReservationGivenBack, (), (vm_id), (), ())
};

/// No VM can join any more.
struct ReservationEnded {
  bool operator==(const ReservationEnded&) const = default;
  BOOST_DESCRIBE_CLASS(ReservationEnded, (), (), (), ())
};

using ReservationEvent =
    std::variant<ReservationDeclared, ReservationTaken, ReservationGivenBack, ReservationEnded>;

}  // namespace orrery
