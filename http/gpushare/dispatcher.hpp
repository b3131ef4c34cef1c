#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "events/sealed.hpp"
#include "http/gpushare/inference_run.hpp"

namespace orrery {

class ClientView;
class CommandGateway;
class InferenceView;
class SharingView;
struct SharedNodeDetails;
class SubjectKeys;

namespace gpushare {

class ModelSource;

/// A question as the edge has read it.
struct InferenceWish {
  /// Who asks; he is there.
  std::string client_id;
  std::string question;
  /// The same for the log.
  Sealed sealed_question;
  std::string model;
  std::string request_id;
  std::string request_digest;
  Origin origin;

  /// Whether somebody still waits for the first piece, or (not streamed) for the end; asked a few
  /// times a second. What nobody waits for is cancelled. Empty: always.
  std::function<bool()> is_wanted = {};
  /// Set for a stream: the first piece is there, and the rest can be read as it comes. Called once
  /// at most, on any thread; not where the end comes before it. Whoever takes the run leaves it
  /// (`InferenceRun::leave`): that he is gone cancels what is under way.
  std::function<void(std::shared_ptr<InferenceRun>)> on_first = {};
  /// It has ended, is stored so, and every view has it. Called once, on any thread; not after
  /// `on_first`, whose reader finds the end in the run.
  std::function<void(InferenceEnd)> on_end;
};

/// What is under way now, and what was.
struct DispatchFigures {
  std::size_t running_count = 0;
  std::uint64_t asked_count = 0;
  std::uint64_t answered_count = 0;
  std::uint64_t failed_count = 0;
  /// Given to a second node.
  std::uint64_t retried_count = 0;
};

/// Gives questions to nodes, the least busy first, and stores what becomes of them. A node takes
/// work while it is there, isn't cordoned, its owner is an approved provider, and it can be
/// reached. One that fails before anything of its answer was shown is replaced once by another.
/// Any thread.
class Dispatcher {
 public:
  struct Dependencies {
    CommandGateway* gateway = nullptr;
    const ClientView* clients = nullptr;
    const SharingView* sharing = nullptr;
    const InferenceView* inferences = nullptr;
    SubjectKeys* subject_keys = nullptr;
    /// Asked for nodes that dial in (`NodeReach::agent`), and for those with a URL.
    ModelSource* agents = nullptr;
    ModelSource* endpoints = nullptr;
  };
  struct Limits {
    /// Under way; one more is refused ("overloaded").
    std::size_t running_count_max = 4096;
    std::size_t running_count_per_client_max = 512;
    /// A node that sends nothing for so long has failed, before the first piece and after it.
    std::chrono::milliseconds first_piece_max{300'000};
    std::chrono::milliseconds quiet_max{120'000};
    /// A question as a whole, streamed and not: the latter's client is answered within
    /// `Limits::long_answer_timeout`.
    std::chrono::milliseconds stream_max{3'600'000};
    std::chrono::milliseconds answer_max{590'000};
    /// How long a node that has failed is given work only where there is no other.
    std::chrono::milliseconds suspicion{5'000};
    /// Between two looks at what is under way.
    std::chrono::milliseconds look{250};
    /// How often an end that the log doesn't take is sent, one look apart, before whoever waits is
    /// told so. It is sent on, now and then, until the log has it.
    unsigned store_attempts_max = 40;
  };

  Dispatcher(Dependencies dependencies, Limits limits);
  explicit Dispatcher(Dependencies dependencies) : Dispatcher(dependencies, Limits{}) {}
  /// Cancels what is under way; after a restart it is stored as interrupted.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void ask(InferenceWish wish);

  /// Of a client who is being erased: nobody wants his answers any more.
  void cancel_all_of(std::string_view client_id);

  /// Whether a node takes work now.
  bool is_live(const SharedNodeDetails& node) const;
  /// Questions that a shared node has now.
  std::uint32_t running_at(std::string_view shared_node_id) const;

  DispatchFigures figures() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gpushare
}  // namespace orrery
