#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/traces/trace.hpp"

namespace orrery {

/// A trace while its lines are read. Importers add jobs with times of any beginning, in the order
/// of their file.
class TraceDraft {
 public:
  /// Who asked for a job of which its trace doesn't say it.
  static constexpr std::string_view everybody = "everybody";

  explicit TraceDraft(std::string_view file) : file_(file) {}

  void add(TraceJob job) { trace_.jobs.push_back(job); }
  void add(const TraceNodes& nodes);
  void refuse(std::uint32_t line, std::string reason);
  /// The index of the tenant, who is new where the name is. An empty name is everybody's.
  std::uint32_t tenant(std::string_view name);

  bool is_hopeless() const;
  /// With jobs in order of submission, and times counted from the first.
  Trace finished() &&;

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };

  std::string file_;
  Trace trace_;
  std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>> tenants_;
};

}  // namespace orrery
