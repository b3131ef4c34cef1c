#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "events/envelope.hpp"

namespace orrery::aifactory {

/// What is remembered of requests to model servers, so that later ones go to the right place at
/// once. Losing it costs nothing but time. Thread-safe.
class ModelTraffic {
 public:
  /// How long a replica that couldn't be reached is asked last.
  static constexpr std::chrono::seconds suspicion{5};
  /// How long the model that a server serves first is taken as known.
  static constexpr std::chrono::seconds model_age_max{30};
  /// Of each kind; beyond it everything of the kind is forgotten.
  static constexpr std::size_t entry_count_max = 100'000;

  /// Counts the requests to a group, from 0 on: whose turn it is.
  std::size_t next_turn(std::string_view group_id);

  void suspect(std::string_view service_id, Time now);
  bool is_suspect(std::string_view service_id, Time now) const;

  /// The model that the service's process with this fence serves first, as it said lately.
  std::optional<std::string> model_of(std::string_view service_id, std::uint64_t fence,
                                      Time now) const;
  void remember_model(std::string_view service_id, std::uint64_t fence, std::string model,
                      Time now);
  void forget_model(std::string_view service_id);

 private:
  struct ServedModel {
    std::uint64_t fence = 0;
    std::string name;
    Time until{};
  };

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> turns_;
  std::unordered_map<std::string, Time> suspects_;
  std::unordered_map<std::string, ServedModel> models_;
};

}  // namespace orrery::aifactory
