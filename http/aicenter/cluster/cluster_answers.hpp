#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "http/aicenter/context.hpp"
#include "http/server/message.hpp"

namespace orrery {
struct BatchPolicy;
}

namespace orrery::aicenter {

/// When what the cluster shows changed last. The policy's own time is in no view, so it counts as
/// changed when a new one is first seen: never too early for whoever asked before. Any thread.
class ClusterChanges {
 public:
  /// Seconds since 1970. Of nodes: jobs and machines count, too.
  std::int64_t policy_changed_s(const AicenterContext& context);
  std::int64_t nodes_changed_s(const AicenterContext& context);

 private:
  std::mutex mutex_;
  /// Kept, so that no other has its address.
  std::shared_ptr<const BatchPolicy> seen_;
  std::int64_t seen_s_ = 0;
};

/// The query's update_time; 0 where it has none, and nothing where it is no number.
std::optional<std::int64_t> update_time_of(const Request& request);

/// 304 without a body.
Response not_modified();

/// An answer with the list `member` empty: 500 with `{"error":…,"errno":…}`, as slurmrestd says of
/// nodes, partitions and reservations that aren't there; 400 without an error where the query is
/// wrong.
Response nothing_named(int number, std::string_view member);
Response wrong_query(std::string_view member);

}  // namespace orrery::aicenter
