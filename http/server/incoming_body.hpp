#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/server/request_reader.hpp"
#include "http/server/responder.hpp"

namespace orrery {

/// A body while it comes, for a handler that doesn't need the whole of it at once. The session puts
/// in, the handler takes out, and the client is read from only while there is room between them: so
/// a body may be of any length and costs no more than that room.
class IncomingBody {
 public:
  /// What waits to be taken, give or take what one read brings.
  static constexpr std::size_t held_bytes_max = 256 * 1024;

  enum class State {
    /// There is more to come.
    coming,
    /// That was all of it.
    complete,
    /// The client went, was too slow, or broke the framing: what came is a part.
    broken,
  };

  /// Where held bytes are counted; may be null.
  explicit IncomingBody(std::shared_ptr<RequestMemory> memory = nullptr);
  ~IncomingBody();
  IncomingBody(const IncomingBody&) = delete;
  IncomingBody& operator=(const IncomingBody&) = delete;

  // The handler's side, on any thread.

  /// `told` is called whenever there is something to take: bytes, or the end; once at once. On the
  /// session's thread, so it must not block.
  void listen(std::function<void()> told);
  /// Appends what has come.
  State take(std::string& out);

  // The session's side.

  bool has_room() const;
  void put(std::string_view bytes);
  void end(State state);
  /// What to call when there is room again; an empty function once the connection is gone.
  void attach(std::function<void()> waker);

 private:
  void tell() const;

  std::shared_ptr<RequestMemory> memory_;
  mutable std::mutex mutex_;
  std::string held_;
  State state_ = State::coming;
  std::function<void()> told_, waker_;
};

/// A `Handler` that is called when the head of a request is there and its body has begun to come. A
/// body of any length is let in, so it is the handler's to say when there is too much of it: an
/// answer that is given before the end closes the connection behind it. The request has no `body`.
struct StreamedHandler {
  using Handle =
      std::function<void(const Request&, std::shared_ptr<IncomingBody>, const Responder&)>;
  Handle handle;

  /// Short bodies come whole.
  void operator()(const Request& request, const Responder& respond) const;
};

}  // namespace orrery
