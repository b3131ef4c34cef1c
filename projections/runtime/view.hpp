#pragma once

#include <memory>
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

  /// The whole state as bytes, and back. The same events give the same bytes. `load` replaces the
  /// state, before anybody reads the view; it throws `MalformedBytes` (or a `cereal::Exception`)
  /// where they don't fit, and the view is empty then.
  virtual void save(std::string& out) const = 0;
  virtual void load(std::string_view bytes) = 0;

  /// An empty view of the same kind: background snapshots are folded in one, apart from the live
  /// view.
  virtual std::unique_ptr<View> fresh() const = 0;
};

}  // namespace orrery
