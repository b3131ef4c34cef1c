#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Ends the inferences that nobody waits for any more: whoever dispatched them, and read the
/// answer, did so within the server that has stopped. So it owes something at its start only. Pure.
class InferenceProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/inference";

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due() { return {}; }
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Inferences that have not ended.
  std::size_t waiting_count() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::uint64_t causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Waiting, (), (causation, correlation), (), ())
  };

  std::map<std::string, Waiting, std::less<>> waiting_;
};

static_assert(CommandingTailer<InferenceProcess>);

}  // namespace orrery
