#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// A name is one client's at most at any time: he has claimed it by then, and nobody else has. In
/// the end every client has his names and no other handles, and nobody waits for any.
class NamesUnique : public Checker {
 public:
  std::string_view name() const override { return "names_unique"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Clients that wait for names.
  std::size_t waiting_count() const { return wishes_.size(); }

 private:
  using Keys = std::set<std::string>;
  void grant(const RecordedEvent& recorded, const std::string& client);
  void claim(const RecordedEvent& recorded, const HandleClaimed& claimed);
  void release(const RecordedEvent& recorded, const HandleReleased& released);

  /// Client → keys of his names, and of those that he waits for.
  std::map<std::string, Keys> names_;
  std::map<std::string, Keys> wishes_;
  /// Handle → client.
  std::map<std::string, std::string> owners_;
};

}  // namespace orrery
