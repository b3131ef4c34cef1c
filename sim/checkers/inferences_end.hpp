#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every inference ends, and once: answered by one of two nodes at most, or failed. A record that
/// is deleted stays so.
class InferencesEnd : public Checker {
 public:
  std::string_view name() const override { return "inferences_end"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Ids of those that haven't ended.
  std::vector<std::string> waiting() const;

 private:
  struct Open {
    Position position = 0;
    std::size_t dispatch_count = 0;
  };
  void end(const RecordedEvent& recorded, const std::string& id, bool is_answered);

  std::map<std::string, Open> open_;
  std::set<std::string> deleted_;
};

}  // namespace orrery
