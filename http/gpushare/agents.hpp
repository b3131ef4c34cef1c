#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class IdSource;
class ResponseStream;

namespace gpushare {

class TokenSink;

/// Nodes that dial in (docs/api/native.md, "Agents"): each holds a stream open on which it is given
/// work, and sends the pieces of its answers in requests of their own. Any thread.
class Agents {
 public:
  struct Timing {
    /// An agent whose stream broke may come back and go on; then what it had has failed.
    std::chrono::milliseconds grace{5'000};
    /// From the work's start to its first piece, and between two pieces.
    std::chrono::milliseconds first_piece_max{590'000};
    std::chrono::milliseconds quiet_max{120'000};
  };
  /// Under way at one node; more fails at once.
  static constexpr std::size_t work_count_max = 256;

  struct Question {
    /// What the agent's model server calls the model.
    std::string model;
    std::string text;
  };
  /// What came with one request: pieces from the number `first` on, and perhaps the end.
  struct Delivery {
    std::uint64_t first = 0;
    std::vector<std::string> pieces;
    enum class End : std::uint8_t { none, complete, failed };
    End end = End::none;
    /// Of an end that is complete: tokens as the model server counts them, 0 where it doesn't.
    std::uint32_t token_count = 0;
  };
  enum class Taken : std::uint8_t {
    yes,
    /// Pieces before these are missing.
    gap,
    /// Nobody waits for it (any more), or it is another node's.
    unknown,
  };

  Agents(IdSource& ids, Timing timing);
  explicit Agents(IdSource& ids) : Agents(ids, Timing{}) {}
  /// Joins its thread; what is under way fails.
  ~Agents();
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;

  /// Whether the node has its stream open, so that it would take work now. `node` here and below is
  /// the id of a shared node.
  bool is_connected(std::string_view node) const;

  /// Gives the node work, and returns the work's id. The sink is told everything from now on, on
  /// any thread, one thing after the other; also that there is nobody to do it (perhaps before this
  /// returns). It may call `cancel`, and nothing else here.
  std::string start(std::string_view node, Question question, std::shared_ptr<TokenSink> sink);
  /// Nobody wants it any more. A sink that is being told something meanwhile isn't waited for.
  void cancel(std::string_view node, std::string_view work);

  /// The stream of the node's work, as lines of JSON. It takes the place of an older one, which
  /// ends; what was under way is told again, and goes on.
  std::shared_ptr<ResponseStream> open(std::string_view node);
  /// Pieces that were delivered before are ignored, so a request may be repeated.
  Taken deliver(std::string_view node, std::string_view work, Delivery delivery);
  /// The node is withdrawn: its stream ends, and what it had has failed.
  void withdraw(std::string_view node);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gpushare
}  // namespace orrery
