#include "http/gpushare/agents.hpp"

#include <utility>

#include "http/auth/id_source.hpp"
#include "http/gpushare/agent_table.hpp"

namespace orrery::gpushare {

/// One connection of an agent: its cursor is the node's outbox.
class AgentStream : public ResponseStream {
 public:
  AgentStream(std::weak_ptr<Agents::State> state, std::string node, std::uint64_t number)
      : state_(std::move(state)), node_(std::move(node)), number_(number) {}
  ~AgentStream() override {
    if (const auto state = state_.lock()) state->closed(node_, number_);
  }

  Next pull(std::string& out) override {
    const auto state = state_.lock();
    return state ? state->pull(node_, number_, out) : Next::end;
  }

  std::string_view keep_alive() const override { return "{\"keep_alive\":true}\n"; }

 private:
  std::weak_ptr<Agents::State> state_;
  std::string node_;
  std::uint64_t number_;
};

/// A question that an agent has.
class AgentCall : public ModelCall {
 public:
  AgentCall(std::weak_ptr<Agents::State> state, std::string node, std::string work)
      : state_(std::move(state)), node_(std::move(node)), work_(std::move(work)) {}
  ~AgentCall() override { AgentCall::cancel(); }

  void cancel() override {
    if (const auto state = state_.lock()) state->cancel(node_, work_);
  }

 private:
  std::weak_ptr<Agents::State> state_;
  std::string node_;
  std::string work_;
};

Agents::Agents(IdSource& ids, std::chrono::milliseconds grace)
    : state_(std::make_shared<State>(ids, grace)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Agents::~Agents() {
  std::vector<WorkPointer> left;
  std::vector<std::weak_ptr<ResponseStream>> streams;
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
    left = std::move(state_->lost);
    streams = std::move(state_->ended);
    for (auto& [id, node] : state_->nodes) {
      for (auto& [work_id, work] : node.work) left.push_back(std::move(work));
      streams.push_back(node.stream);
      node.work.clear();
    }
  }
  state_->changed.notify_all();
  state_->thread.join();
  for (const auto& stream : streams) wake(stream);
  fail(left);
}

bool Agents::is_reachable(const SharedNodeDetails& node) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->nodes.find(node.id);
  return found != state_->nodes.end() && found->second.takes_work();
}

std::shared_ptr<ModelCall> Agents::start(const SharedNodeDetails& node, std::string question,
                                         std::shared_ptr<TokenSink> sink) {
  const auto work = std::make_shared<AgentWork>();
  work->id = state_->ids.uuid();
  work->model = node.offer.served_model;
  work->question = std::move(question);
  work->sink = std::move(sink);
  if (!state_->add(node.id, work)) fail(*work);
  return std::make_shared<AgentCall>(state_, node.id, work->id);
}

std::shared_ptr<ResponseStream> Agents::open(std::string_view node) {
  std::shared_ptr<AgentStream> opened;
  std::weak_ptr<ResponseStream> replaced;
  {
    const std::lock_guard lock(state_->mutex);
    auto& agent = state_->nodes[std::string(node)];
    opened = std::make_shared<AgentStream>(state_, std::string(node), ++state_->last_stream_number);
    agent.stream_number = state_->last_stream_number;
    replaced = std::exchange(agent.stream, opened);
    agent.is_greeted = false;
    agent.is_draining = false;
    agent.outbox.clear();
    for (const auto& [id, work] : agent.work) agent.outbox.push_back({id, false});
  }
  wake(replaced);
  return opened;
}

Agents::Taken Agents::deliver(std::string_view node, std::string_view work_id, Delivery delivery) {
  const auto work = state_->find(node, work_id);
  if (!work) return Taken::unknown;
  const std::lock_guard telling(work->telling);
  if (work->is_over) return Taken::unknown;
  const auto had = work->piece_count.load();
  if (delivery.first > had) return Taken::gap;
  for (auto i = had - delivery.first; i < delivery.pieces.size() && !work->is_over; ++i) {
    ++work->piece_count;
    if (delivery.pieces[i].empty() || work->sink->piece(delivery.pieces[i])) continue;
    state_->cancel(node, work->id);
    return Taken::yes;
  }
  const bool is_end = delivery.end_token_count || delivery.problem;
  if (!is_end || work->is_over.exchange(true)) return Taken::yes;
  state_->remove(node, work_id);
  if (delivery.problem)
    work->sink->fail(fault_of(*delivery.problem));
  else
    work->sink->end(*delivery.end_token_count);
  return Taken::yes;
}

void Agents::drain(std::string_view node) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->nodes.find(node);
  if (found != state_->nodes.end()) found->second.is_draining = true;
}

void Agents::withdraw(std::string_view node) {
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->nodes.find(node);
    if (found == state_->nodes.end()) return;
    for (auto& [id, work] : found->second.work) state_->lost.push_back(std::move(work));
    state_->ended.push_back(std::move(found->second.stream));
    state_->nodes.erase(found);
  }
  state_->changed.notify_all();
}

}  // namespace orrery::gpushare
