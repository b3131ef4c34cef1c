#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "events/service_events.hpp"
#include "projections/runtime/prepared_text.hpp"

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(ServiceStatus, std::uint8_t,
                              /// Waits for what it runs on.
                              pending,
                              /// Its image is being built or fetched.
                              building,
                              /// Placed or launched; it doesn't serve yet.
                              starting,
                              /// Serves.
                              running,
                              /// Its process has done its work.
                              completed,
                              /// Over against somebody's will; so is one that is being ended for
                              /// its time limit or a broken GPU.
                              failed,
                              /// Somebody ended it, or is having it ended.
                              cancelled)

/// When a service came to a status.
struct ServiceStep {
  ServiceStatus status = ServiceStatus::pending;
  Time at{};

  bool operator==(const ServiceStep&) const = default;
  BOOST_DESCRIBE_CLASS(ServiceStep, (), (status, at), (), ())
};

/// All that is known about one service at one moment.
struct ServiceDetails {
  std::string id;
  /// Never null. Of a replica that its group has asked for, and that does not exist by itself yet,
  /// what it is going to be.
  std::shared_ptr<const ServiceRequested> request;
  ServiceStatus status = ServiceStatus::pending;
  /// Where it runs, or ran.
  std::optional<ServicePlaced> placement;
  /// Where it listens, or listened.
  std::optional<ServiceLaunched> launched;
  /// Somebody has said that it shall end.
  std::optional<ServiceStopReason> stop_reason;
  /// It is over, or never comes into being; with its exit code or signal.
  std::optional<ServiceEnded> ended;
  /// Why it waits, is ending or has ended, machine-readable ("queued", "killed") and as a sentence;
  /// both empty where there is nothing to tell.
  std::string reason_code;
  std::string reason;
  Time created_at{};
  /// Each status that it has had, the first first.
  std::vector<ServiceStep> history;
  /// Of its stream; 0 where that has not begun.
  Version version = 0;
  /// For the one JSON form of it that is asked for often: its dialect's.
  PreparedText prepared;

  const ServiceSpecification& specification() const { return request->specification; }
  bool has_ended() const { return ended.has_value(); }
};

/// One group of replicas.
struct ServiceGroupDetails {
  /// "sg-<number>".
  std::string id;
  ServiceGroupRequested request;
  bool is_cancelled = false;
  Time created_at{};
  Version version = 0;

  BOOST_DESCRIBE_CLASS(ServiceGroupDetails, (), (id, request, is_cancelled, created_at, version),
                       (), ())
};

/// What a request has led to.
struct ServiceOfRequest {
  /// Of a service, or of a group.
  std::string id;
  bool is_group = false;
  /// Of the request that came first.
  std::string digest;

  BOOST_DESCRIBE_CLASS(ServiceOfRequest, (), (id, is_group, digest), (), ())
};

}  // namespace orrery
