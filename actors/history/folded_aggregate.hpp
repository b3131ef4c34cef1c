#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// One stream folded by the rules of its aggregate, whichever that is: what a resource was, as its
/// own `evolve` says. For whoever looks back (replay, diffs, golden logs); nothing is decided here.
class FoldedAggregate {
 public:
  virtual ~FoldedAggregate() = default;

  /// Folds the next event of the stream. False where it is another aggregate's, or doesn't fit what
  /// came before: no rules decided such a history. The state is of no use then.
  virtual bool apply(const Event& event) = 0;

  /// Name of the state: "running", "absent" …
  virtual std::string phase() const = 0;

  /// True where no event can follow any more.
  virtual bool has_ended() const = 0;

  /// What the state holds, member by member. Secrets are sealed or digests, as in the log.
  virtual boost::json::object fields() const = 0;

  /// The state in the form of an aggregate's snapshot.
  virtual void save(std::string& out) const = 0;

  virtual std::unique_ptr<FoldedAggregate> clone() const = 0;
};

/// An empty one for a stream of this name; null where no aggregate has such streams. Of streams
/// that nobody decides about ("log/recovery"), the last event is the state.
std::unique_ptr<FoldedAggregate> fold_of_stream(std::string_view stream);

/// Every kind of stream that there is, sorted.
const std::vector<std::string_view>& stream_kinds();

}  // namespace orrery
