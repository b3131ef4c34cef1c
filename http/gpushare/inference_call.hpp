#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "actors/inference/inference.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/dispatch_desk.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/model_call.hpp"

namespace orrery::gpushare {

/// One question from its asking to its stored end: asking → with a node (once more with another) →
/// storing → over. Lives until it is over. It is handed to its node while the log writes it down,
/// which costs the first piece nothing; nothing that the node says is shown or stored before. Any
/// thread.
class InferenceCall : public std::enable_shared_from_this<InferenceCall> {
 public:
  using TimePoint = DispatchDesk::TimePoint;

  InferenceCall(std::shared_ptr<DispatchDesk> desk, InferenceWish wish);

  void start();
  /// Nobody wants the answer any more.
  void cancel();
  /// Looks at the deadlines, whether somebody still waits, and whether the end is to be stored
  /// again. A few times a second.
  void look(TimePoint now);
  /// The server stops: nothing is told or stored any more.
  void drop();

  const std::string& client_id() const { return wish_.client_id; }

 private:
  using Answer = boost::system::result<Outcome<Inference>, Unavailable>;
  using Lock = std::unique_lock<std::mutex>;
  enum class Phase : std::uint8_t { asking, with_node, between_nodes, storing, over };
  /// How it ended: `InferenceFailed`, but for an answer, which has no code.
  struct Ending {
    std::string code;
    std::string message;
    bool is_metered = false;
    /// Its node is avoided for a while.
    bool node_is_suspect = false;
    /// It failed because this server has too much under way.
    bool is_ours = false;
  };
  /// Listens to one node; what comes from an earlier one is nobody's any more.
  class Attempt;

  void send(Inference::Command command, void (InferenceCall::*on_answer)(const Answer&));
  void ask();
  void on_asked(const Answer& answer);
  bool is_over();
  /// Of the node in hand, with the lock; its number.
  unsigned begin_attempt();
  void hand_over(const SharingView::Node& node, unsigned attempt);
  bool take_piece(unsigned attempt, std::string_view text);
  void show(Lock lock);
  void take_end(unsigned attempt);
  void take_failure(unsigned attempt, ModelFault fault);
  void hand_to_another(Lock lock, const ModelFault& fault);
  void dispatch(Lock lock);
  void on_dispatched(const Answer& answer);

  /// What is overdue, at the node in hand.
  std::optional<const char*> overdue(TimePoint now) const;
  /// Lets go of the node, and stores the end.
  void settle(Lock lock, const Ending& ending);
  /// With the lock. `text` as far as it has come; nothing where its client is erased.
  void put_end(const Ending& ending, InferenceUse use, std::optional<Sealed> text);
  /// Stores the end, where it is known and the question is in the log.
  void conclude(Lock lock);
  void store(Lock lock);
  void on_stored(const Answer& answer);
  /// It couldn't be asked. Where nobody knows whether it is in the log, it is ended there.
  void refuse(bool may_be_stored);
  /// Whoever waits, if he hasn't been told yet.
  void tell(const InferenceEnd& end);
  void finish();

  const std::shared_ptr<DispatchDesk> desk_;
  InferenceWish wish_;
  const bool is_streamed_;
  const std::shared_ptr<InferenceRun> run_ = std::make_shared<InferenceRun>();
  std::string id_, first_node_id_;
  unsigned number_count_ = 0;

  std::mutex mutex_;
  Phase phase_ = Phase::asking;
  /// The question is in the log; nothing else goes there before.
  bool is_asked_ = false;
  bool is_cancelled_ = false;
  /// Of nodes; from 1.
  unsigned attempt_ = 0;
  /// The node in hand, and the question there.
  SharingView::Node node_;
  std::shared_ptr<ModelCall> call_;
  std::string failed_node_id_;
  ModelFault last_fault_;
  TimePoint started_at_, dispatched_at_, last_piece_at_;
  bool has_pieces_ = false, is_shown_ = false;
  /// Of the end, once it is known.
  InferenceEnd end_;
  std::optional<Inference::Command> end_command_;
  bool is_refused_ = false;
  unsigned store_count_ = 0, look_count_ = 0;
  bool is_to_be_stored_again_ = false;
};

}  // namespace orrery::gpushare
