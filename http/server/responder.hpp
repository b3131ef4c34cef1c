#pragma once

#include <memory>

#include "http/server/message.hpp"
#include "http/server/response_stream.hpp"

namespace orrery {

class PendingAnswer;

/// Gives the one answer to a request: `responder(Response{…})`. Cheap to copy, so that it fits into
/// callbacks. Any thread may answer, at once or later; the answer travels back to the session's own
/// thread. The first answer counts, later ones are ignored; after the client has gone, all are.
/// When the last copy goes away unanswered, the session answers 500.
class Responder {
 public:
  explicit Responder(std::shared_ptr<PendingAnswer> pending) : pending_(std::move(pending)) {}

  void operator()(Response response) const;

  /// Answers with `head` (its body is not used) and then whatever `stream` yields, until it ends.
  void operator()(Response head, std::shared_ptr<ResponseStream> stream) const;

  /// Whether the connection still stands, so that an answer may reach the client. It is noticed at
  /// once that it doesn't only on routes of long patience. Any thread.
  bool is_wanted() const;

 private:
  std::shared_ptr<PendingAnswer> pending_;
};

}  // namespace orrery
