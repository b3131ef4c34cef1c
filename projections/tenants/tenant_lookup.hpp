#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "events/envelope.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Whose an event is (events/folds/event_tenant.hpp). What an event doesn't say itself stands at
/// the beginning of its stream, or of the one that it belongs to, and never changes: it is read
/// from the log when it is first asked for, and kept for a while. So who never asks for a tenant's
/// events pays nothing, and a log of any size costs the same memory. Any thread.
class TenantLookup {
 public:
  /// Streams that are remembered; beyond that the older half is forgotten. Some 20 MB.
  static constexpr std::size_t known_count_max = 128 * 1024;

  explicit TenantLookup(const EventLog& log) : log_(log) {}

  /// "project/<id>", "namespace/<id>", "client/<id>" or "center_user/<name>"; empty where it is
  /// nobody's. Costs a read of the log for a stream that isn't known, some tens of microseconds;
  /// whoever asks for events one after the other mostly asks for streams that have begun meanwhile,
  /// which cost nothing.
  std::string tenant_of(const RecordedEvent& recorded);

 private:
  using Tenant = std::shared_ptr<const std::string>;
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Tenants = boost::unordered_flat_map<std::string, Tenant, Hash, std::equal_to<>>;

  Tenant known(std::string_view stream);
  void remember(std::string_view stream, Tenant tenant);
  Tenant tenant_of_stream(const std::string& stream, unsigned depth);

  const EventLog& log_;
  std::mutex mutex_;
  /// Streams that were asked for lately, and those that were before.
  Tenants young_, old_;
};

}  // namespace orrery
