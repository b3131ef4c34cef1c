#pragma once

#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery {

/// A read model: folds committed events, answers questions. `apply` runs on one thread; questions
/// come from any thread, so a view guards itself (writer: `apply`; readers: everything else).
class View {
 public:
  virtual ~View() = default;

  /// Name for its snapshot, such as "vms". Counted up ("vms.2") when the form of its snapshot
  /// changes.
  virtual std::string_view name() const = 0;

  /// Folds one event, in order of position. Events that are none of the view's business are passed
  /// too.
  virtual void apply(const RecordedEvent& recorded) = 0;

  /// The whole state as bytes, and back. `load` replaces the state; it throws `MalformedBytes`
  /// where they don't fit.
  virtual void save(std::string& out) const = 0;
  virtual void load(std::string_view bytes) = 0;
};

}  // namespace orrery
