#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace orrery::gpushare {

/// Understands what an OpenAI-compatible server sends while it writes: server-sent events, each
/// with a piece of a chat's message or of a plain completion. The server isn't trusted; bytes may
/// be cut anywhere.
class CompletionEvents {
 public:
  /// One event, with everything around its piece.
  static constexpr std::size_t event_bytes_max = 256 * 1024;

  enum class State : std::uint8_t {
    /// More is to come.
    open,
    /// The text is complete.
    complete,
    /// What came is no such stream, or the server says that it has failed.
    broken,
  };
  /// Takes a piece: whole UTF-8, never empty. False: nobody wants more.
  using Take = std::function<bool(std::string_view)>;

  explicit CompletionEvents(Take take) : take_(std::move(take)) {}

  /// Nothing is taken any more once it isn't open.
  State put(std::string_view bytes);
  /// No bytes follow: open becomes complete where the model has said why it stopped, else broken.
  State put_end();

  State state() const { return state_; }
  /// As the server counts them; 0 where it doesn't.
  std::uint32_t token_count() const { return token_count_; }

 private:
  void put_line_bytes(std::string_view bytes);
  void end_line();
  void end_event();

  Take take_;
  State state_ = State::open;
  /// The line in hand, and the data of the event in hand.
  std::string line_, data_;
  bool has_data_ = false, after_return_ = false, has_finished_ = false;
  std::uint32_t token_count_ = 0;
};

}  // namespace orrery::gpushare
