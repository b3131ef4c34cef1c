#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/gpushare/model_call.hpp"

namespace orrery {

class IdSource;
class ResponseStream;

namespace gpushare {

/// Nodes that dial in (docs/api/native.md, "Agents"): each holds a stream open on which it is given
/// work, and sends the pieces of its answers in requests of their own. How long a node may take is
/// the caller's to watch. Any thread.
class Agents : public ModelSource {
 public:
  /// An agent whose stream broke may come back and go on; then what it had has failed.
  static constexpr std::chrono::milliseconds grace_default{5'000};
  /// Under way at one node; more fails at once.
  static constexpr std::size_t work_count_max = 256;

  /// What came with one request: pieces from the number `first` on, and perhaps the end.
  struct Delivery {
    std::uint64_t first = 0;
    std::vector<std::string> pieces;
    /// The text is complete; its tokens as the model server counts them, 0 where it doesn't.
    std::optional<std::uint32_t> end_token_count;
    /// There will be no more of it.
    std::optional<ModelProblem> problem;
  };
  enum class Taken : std::uint8_t {
    yes,
    /// Pieces before these are missing.
    gap,
    /// Nobody waits for it (any more), or it is another node's.
    unknown,
  };

  explicit Agents(IdSource& ids, std::chrono::milliseconds grace = grace_default);
  /// Joins its thread; what is under way fails.
  ~Agents() override;
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;

  /// Whether the node has its stream open, isn't about to leave, and has room for more work.
  bool is_reachable(const SharedNodeDetails& node) const override;
  std::shared_ptr<ModelCall> start(const SharedNodeDetails& node, std::string question,
                                   std::shared_ptr<TokenSink> sink) override;

  // The agent's side. `node` is the id of a shared node.

  /// The stream of the node's work, as lines of JSON. It takes the place of an older one, which
  /// ends; what was under way is told again, and goes on.
  std::shared_ptr<ResponseStream> open(std::string_view node);
  /// Pieces that were delivered before are ignored, so a request may be repeated.
  Taken deliver(std::string_view node, std::string_view work, Delivery delivery);
  /// The node will be withdrawn: it gets no new work on the stream that is open.
  void drain(std::string_view node);
  /// The node is withdrawn: its stream ends, and what it had fails, in a moment. Returns at once,
  /// so that it may be called on the log's thread.
  void withdraw(std::string_view node);

  /// The implementation's own.
  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace gpushare
}  // namespace orrery
