#include "http/gpushare/inference_call.hpp"

#include <algorithm>
#include <utility>

#include "projections/clients/client_view.hpp"
#include "projections/inferences/inference_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

using Clock = std::chrono::steady_clock;

/// Looks between two attempts to store an end.
constexpr unsigned slow_looks = 40;

/// How often another number is taken where one turns out to be somebody's.
constexpr unsigned number_count_max = 8;

constexpr const char* nobody_waited = "Nobody waited for the answer.";
constexpr const char* nobody_offers = "No provider offers this model now. Try again later.";

std::uint64_t gpu_us_of(Clock::duration elapsed, const SharedNodeDetails& node) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0)) *
         std::max<std::uint64_t>(node.offer.gpu_count, 1);
}

}  // namespace

class InferenceCall::Attempt : public TokenSink {
 public:
  Attempt(std::shared_ptr<InferenceCall> call, unsigned number)
      : call_(std::move(call)), number_(number) {}
  bool piece(std::string_view text) override { return call_->take_piece(number_, text); }
  void end(std::uint32_t) override { call_->take_end(number_); }
  void fail(ModelFault fault) override { call_->take_failure(number_, std::move(fault)); }

 private:
  std::shared_ptr<InferenceCall> call_;
  unsigned number_;
};

InferenceCall::InferenceCall(std::shared_ptr<DispatchDesk> desk, InferenceWish wish)
    : desk_(std::move(desk)),
      wish_(std::move(wish)),
      is_streamed_(bool(wish_.on_first)),
      started_at_(Clock::now()) {}

void InferenceCall::send(Inference::Command command,
                         void (InferenceCall::*on_answer)(const Answer&)) {
  desk_->dependencies.gateway->submit<Inference>(
      {id_, std::move(command), wish_.origin, {}},
      [self = shared_from_this(), on_answer](const Answer& answer) {
        ((*self).*on_answer)(answer);
      });
}

void InferenceCall::start() {
  if (is_streamed_)
    run_->on_reader_gone([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cancel();
    });
  const auto node = desk_->choose(wish_.model, {}, started_at_);
  if (node) {
    first_node_id_ = node->id;
    const Lock lock(mutex_);
    node_ = node;
    begin_attempt();
  }
  // The node thinks while the log writes; nothing that it says counts before the question is there.
  ask();
  if (node) hand_over(node, 1);
}

void InferenceCall::ask() {
  const auto largest = desk_->dependencies.inferences->largest_id();
  id_ = std::to_string(desk_->numbers.take(largest, 1));
  InferenceAsked request{wish_.client_id, wish_.sealed_question, wish_.model, wish_.request_id,
                         wish_.request_digest};
  send(Inference::Ask{std::move(request), first_node_id_}, &InferenceCall::on_asked);
}

void InferenceCall::on_asked(const Answer& answer) {
  if (!answer) return refuse(true);
  if (answer->rejection) {
    if (++number_count_ < number_count_max && !is_over()) return ask();
    return refuse(false);
  }
  ++desk_->asked_count;
  Lock lock(mutex_);
  is_asked_ = true;
  switch (phase_) {
    case Phase::asking: {
      auto ending =
          is_cancelled_ ? Ending{"cancelled", nobody_waited} : Ending{"no_node", nobody_offers};
      return settle(std::move(lock), std::move(ending));
    }
    case Phase::between_nodes:
      if (node_) dispatch(std::move(lock));
      return;
    case Phase::with_node:
      return show(std::move(lock));
    case Phase::storing:
      return conclude(std::move(lock));
    case Phase::over:
      return;
  }
}

bool InferenceCall::is_over() {
  const Lock lock(mutex_);
  return phase_ == Phase::over;
}

unsigned InferenceCall::begin_attempt() {
  phase_ = Phase::with_node;
  has_pieces_ = false;
  dispatched_at_ = last_piece_at_ = Clock::now();
  return ++attempt_;
}

void InferenceCall::hand_over(const SharingView::Node& node, unsigned attempt) {
  {
    // Nobody may want it any more, and then it needn't reach a stranger's machine.
    const Lock lock(mutex_);
    if (phase_ != Phase::with_node || attempt != attempt_) return;
  }
  auto call = desk_->source_of(*node).start(*node, wish_.question,
                                            std::make_shared<Attempt>(shared_from_this(), attempt));
  const Lock lock(mutex_);
  // Otherwise it is over already, and let go of without the lock.
  if (phase_ == Phase::with_node && attempt == attempt_) call_ = std::move(call);
}

bool InferenceCall::take_piece(unsigned attempt, std::string_view text) {
  Lock lock(mutex_);
  if (phase_ != Phase::with_node || attempt != attempt_) return false;
  last_piece_at_ = Clock::now();
  has_pieces_ = true;
  if (!run_->append(text)) {
    settle(std::move(lock), {"too_long", "The answer became too long.", true});
    return false;
  }
  if (is_asked_) show(std::move(lock));
  return true;
}

/// Lets whoever reads a stream have what is there.
void InferenceCall::show(Lock lock) {
  if (!is_streamed_ || !has_pieces_) return;
  is_shown_ = true;
  const auto on_first = std::exchange(wish_.on_first, nullptr);
  lock.unlock();
  if (on_first)
    on_first(run_);
  else
    run_->wake();
}

void InferenceCall::take_end(unsigned attempt) {
  Lock lock(mutex_);
  if (phase_ != Phase::with_node || attempt != attempt_) return;
  if (has_pieces_) return settle(std::move(lock), {{}, {}, true});
  lock.unlock();
  take_failure(attempt, {ModelProblem::node_failed, "The model gave no answer."});
}

void InferenceCall::take_failure(unsigned attempt, ModelFault fault) {
  Lock lock(mutex_);
  if (phase_ != Phase::with_node || attempt != attempt_) return;
  const bool is_nodes = fault.problem == ModelProblem::node_failed;
  if (is_nodes && attempt_ < Inference::dispatch_count_max && !is_shown_)
    return hand_to_another(std::move(lock), fault);
  Ending ending{"node_failed", std::move(fault.message), false, is_nodes};
  ending.is_ours = fault.problem == ModelProblem::overloaded;
  settle(std::move(lock), std::move(ending));
}

void InferenceCall::hand_to_another(Lock lock, const ModelFault& fault) {
  phase_ = Phase::between_nodes;
  last_fault_ = fault;
  const auto call = std::move(call_);
  const auto failed = std::exchange(node_, nullptr);
  lock.unlock();
  const auto now = Clock::now();
  desk_->loads.give_back(failed->id);
  desk_->loads.suspect(failed->id, now + desk_->limits.suspicion);
  auto next = desk_->choose(wish_.model, failed->id, now);
  lock.lock();
  if (phase_ != Phase::between_nodes) {
    if (next) desk_->loads.give_back(next->id);
    return;
  }
  if (!next) return settle(std::move(lock), {"node_failed", fault.message, false});
  run_->restart();
  node_ = std::move(next);
  if (is_asked_) dispatch(std::move(lock));
}

void InferenceCall::dispatch(Lock lock) {
  Inference::Dispatch command{node_->id};
  lock.unlock();
  ++desk_->retried_count;
  send(std::move(command), &InferenceCall::on_dispatched);
}

void InferenceCall::on_dispatched(const Answer& answer) {
  Lock lock(mutex_);
  if (phase_ != Phase::between_nodes) return;
  if (!answer || answer->rejection)
    return settle(std::move(lock), {"node_failed", last_fault_.message, false});
  const auto node = node_;
  const auto attempt = begin_attempt();
  lock.unlock();
  hand_over(node, attempt);
}

void InferenceCall::cancel() {
  Lock lock(mutex_);
  is_cancelled_ = true;
  if (phase_ == Phase::with_node || phase_ == Phase::between_nodes) {
    const bool is_metered = phase_ == Phase::with_node;
    settle(std::move(lock), {"cancelled", nobody_waited, is_metered});
  }
}

std::optional<const char*> InferenceCall::overdue(TimePoint now) const {
  const auto& limits = desk_->limits;
  if (now - started_at_ > (is_streamed_ ? limits.stream_max : limits.answer_max) ||
      now - last_piece_at_ > (has_pieces_ ? limits.quiet_max : limits.first_piece_max))
    return "The node took too long.";
  const auto node = desk_->dependencies.sharing->node(node_->id);
  // A node that is silent otherwise may still write; one that is withdrawn can't bring it.
  const bool has_gone = !node || (!node->is_ready && !has_pieces_);
  return has_gone ? std::optional("The node has gone.") : std::nullopt;
}

void InferenceCall::look(TimePoint now) {
  Lock lock(mutex_);
  if (phase_ == Phase::storing) {
    // Seldom, where the log has taken nothing for long.
    const bool is_turn =
        store_count_ < desk_->limits.store_attempts_max || ++look_count_ % slow_looks == 0;
    if (is_turn && std::exchange(is_to_be_stored_again_, false)) store(std::move(lock));
    return;
  }
  if (phase_ == Phase::over) return;
  if (!is_shown_ && wish_.is_wanted && !wish_.is_wanted()) {
    lock.unlock();
    return cancel();
  }
  if (phase_ != Phase::with_node) return;
  const auto problem = overdue(now);
  const auto attempt = attempt_;
  lock.unlock();
  if (problem) take_failure(attempt, {ModelProblem::node_failed, *problem});
}

void InferenceCall::settle(Lock lock, const Ending& ending) {
  phase_ = Phase::storing;
  const auto call = std::move(call_);
  const auto node = std::exchange(node_, nullptr);
  const auto now = Clock::now();
  lock.unlock();
  if (call) call->cancel();
  InferenceUse use;
  if (node) {
    desk_->loads.give_back(node->id);
    if (ending.node_is_suspect) desk_->loads.suspect(node->id, now + desk_->limits.suspicion);
    if (ending.is_metered) use = {gpu_us_of(now - dispatched_at_, *node), run_->piece_count()};
  }
  const auto text = run_->text();
  auto sealed = text.empty() ? std::optional(Sealed{})
                             : desk_->dependencies.subject_keys->seal_known(
                                   client_subject(wish_.client_id), text);
  lock.lock();
  if (phase_ != Phase::storing || is_refused_) return;
  put_end(ending, use, std::move(sealed));
  conclude(std::move(lock));
}

void InferenceCall::put_end(const Ending& ending, InferenceUse use, std::optional<Sealed> text) {
  end_ = {{}, ending.code, ending.message};
  if (ending.code.empty() && text) {
    end_command_ = Inference::Answer{InferenceAnswered{*std::move(text), use}};
    return;
  }
  // Who was erased meanwhile isn't waiting, and nothing of his is kept.
  if (ending.code.empty()) end_ = {{}, "cancelled", nobody_waited};
  end_command_ = Inference::Fail{
      InferenceFailed{end_.code, end_.message, std::move(text).value_or(Sealed{}), use}};
  // The log knows only that there is no answer; whoever asked may try again.
  if (ending.is_ours) end_.code = "overloaded";
}

void InferenceCall::conclude(Lock lock) {
  if (phase_ != Phase::storing || !is_asked_ || !end_command_) return;
  if (end_.is_answered()) {
    // The whole answer may have come before the question was in the log.
    show(std::move(lock));
    lock = Lock(mutex_);
  }
  store(std::move(lock));
}

void InferenceCall::store(Lock lock) {
  if (phase_ != Phase::storing) return;
  if (!is_refused_) end_.id = id_;
  auto command = *end_command_;
  lock.unlock();
  send(std::move(command), &InferenceCall::on_stored);
}

void InferenceCall::on_stored(const Answer& answer) {
  const InferenceEnd unavailable{id_, "unavailable", "The answer couldn't be stored."};
  {
    const Lock lock(mutex_);
    if (phase_ != Phase::storing) return;
    if (!answer) {
      // Whoever waits is told one day; it is tried on, so that nothing waits in the log for ever.
      is_to_be_stored_again_ = true;
      if (++store_count_ != desk_->limits.store_attempts_max) return;
    } else if (answer->rejection && !is_refused_) {
      end_ = unavailable;
    }
  }
  answer ? finish() : tell(unavailable);
}

void InferenceCall::refuse(bool may_be_stored) {
  std::shared_ptr<ModelCall> call;
  SharingView::Node node;
  {
    const Lock lock(mutex_);
    if (phase_ == Phase::over) return;
    phase_ = Phase::storing;
    is_refused_ = is_asked_ = true;
    call = std::move(call_);
    node = std::exchange(node_, nullptr);
    end_ = {{}, "unavailable", "The server is busy. Try again later."};
    end_command_ = Inference::Fail{InferenceFailed{"interrupted", end_.message, {}, {}}};
  }
  if (node) desk_->loads.give_back(node->id);
  if (call) call->cancel();
  tell(end_);
  // The question may be in the log all the same; there it mustn't wait for ever.
  may_be_stored ? store(Lock(mutex_)) : finish();
}

void InferenceCall::tell(const InferenceEnd& end) {
  InferenceWish told;
  bool is_shown = false;
  {
    const Lock lock(mutex_);
    is_shown = is_shown_;
    told.on_end = std::exchange(wish_.on_end, nullptr);
    told.on_first = std::exchange(wish_.on_first, nullptr);
    told.is_wanted = std::exchange(wish_.is_wanted, nullptr);
  }
  run_->finish(end);
  if (!is_shown && told.on_end) told.on_end(end);
}

void InferenceCall::finish() {
  {
    const Lock lock(mutex_);
    if (std::exchange(phase_, Phase::over) == Phase::over) return;
  }
  ++(end_.is_answered() ? desk_->answered_count : desk_->failed_count);
  tell(end_);
  desk_->leave(*this, wish_.client_id);
}

void InferenceCall::drop() {
  std::shared_ptr<ModelCall> call;
  InferenceWish dropped;
  {
    const Lock lock(mutex_);
    if (std::exchange(phase_, Phase::over) == Phase::over) return;
    call = std::move(call_);
    dropped.on_end = std::exchange(wish_.on_end, nullptr);
    dropped.on_first = std::exchange(wish_.on_first, nullptr);
    dropped.is_wanted = std::exchange(wish_.is_wanted, nullptr);
  }
  if (call) call->cancel();
  run_->finish({{}, "interrupted", "The server stopped."});
  desk_->leave(*this, wish_.client_id);
}

}  // namespace orrery::gpushare
