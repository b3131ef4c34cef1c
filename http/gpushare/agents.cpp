#include "http/gpushare/agents.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/auth/id_source.hpp"
#include "http/gpushare/model_call.hpp"
#include "http/server/response_stream.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t pull_bytes_max = 64 * 1024;

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// One question at an agent.
struct AgentWork {
  std::string id;
  /// What the agent's model server calls the model.
  std::string model;
  std::string question;
  std::shared_ptr<TokenSink> sink;
  /// Held while the sink is told something.
  std::mutex telling;
  /// Pieces that the sink has been told.
  std::atomic<std::uint64_t> piece_count{0};
  /// Nothing more is told.
  std::atomic<bool> is_over{false};
};

using WorkPointer = std::shared_ptr<AgentWork>;

/// The table of nodes. Its mutex is held while nobody is told anything: a sink may call `cancel`.
struct Agents::State : std::enable_shared_from_this<Agents::State> {
  /// What is to be written on a stream.
  struct Line {
    std::string work;
    bool is_cancel = false;
  };
  struct Node {
    /// 0: none is open.
    std::uint64_t stream_number = 0;
    std::weak_ptr<ResponseStream> stream;
    bool is_greeted = false;
    bool is_draining = false;
    std::deque<Line> outbox;
    std::map<std::string, WorkPointer, std::less<>> work;
    /// When what is under way fails, where no stream is open.
    SteadyTime given_up_at;

    bool takes_work() const {
      return stream_number != 0 && !is_draining && work.size() < work_count_max;
    }
  };

  State(IdSource& id_source, std::chrono::milliseconds patience)
      : ids(id_source), grace(patience) {}

  WorkPointer find(std::string_view node, std::string_view id);
  bool add(std::string_view node, const WorkPointer& work);
  /// Nobody wants it any more; the agent is told so.
  void cancel(std::string_view node, const std::string& id);
  void remove(std::string_view node, std::string_view id);
  ResponseStream::Next pull(const std::string& node, std::uint64_t number, std::string& out);
  void closed(const std::string& node, std::uint64_t number);
  std::optional<SteadyTime> next_end() const;
  void wait(std::unique_lock<std::mutex>& lock);
  void take_lost();
  void run();

  IdSource& ids;
  const std::chrono::milliseconds grace;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_stopping = false;
  std::uint64_t last_stream_number = 0;
  std::map<std::string, Node, std::less<>> nodes;
  /// For the thread: what fails, and streams that end.
  std::vector<WorkPointer> lost;
  std::vector<std::weak_ptr<ResponseStream>> ended;
  std::thread thread;
};

namespace {

ModelFault fault_of(ModelProblem problem) {
  if (problem == ModelProblem::refused)
    return {problem, "The node's model doesn't take this question."};
  return {problem, "The node has broken off."};
}

void fail(AgentWork& work) {
  const std::lock_guard telling(work.telling);
  if (work.is_over.exchange(true)) return;
  work.sink->fail(fault_of(ModelProblem::node_failed));
}

void fail(const std::vector<WorkPointer>& all) {
  for (const auto& work : all) fail(*work);
}

/// Not while the table's mutex is held: the last to let go of a stream closes it.
void wake(const std::weak_ptr<ResponseStream>& stream) {
  if (const auto open = stream.lock()) open->wake();
}

}  // namespace

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

WorkPointer Agents::State::find(std::string_view node, std::string_view id) {
  const std::lock_guard lock(mutex);
  const auto found = nodes.find(node);
  if (found == nodes.end()) return nullptr;
  const auto work = found->second.work.find(id);
  if (work == found->second.work.end()) return nullptr;
  return work->second;
}

bool Agents::State::add(std::string_view node, const WorkPointer& work) {
  std::weak_ptr<ResponseStream> stream;
  {
    const std::lock_guard lock(mutex);
    const auto found = nodes.find(node);
    if (is_stopping || found == nodes.end()) return false;
    auto& agent = found->second;
    if (!agent.takes_work()) return false;
    agent.work.emplace(work->id, work);
    agent.outbox.push_back({work->id, false});
    stream = agent.stream;
  }
  wake(stream);
  return true;
}

void Agents::State::cancel(std::string_view node, const std::string& id) {
  WorkPointer cancelled;
  std::weak_ptr<ResponseStream> stream;
  {
    const std::lock_guard lock(mutex);
    const auto found = nodes.find(node);
    if (found == nodes.end()) return;
    auto& agent = found->second;
    const auto here = agent.work.find(id);
    if (here == agent.work.end()) return;
    cancelled = std::move(here->second);
    agent.work.erase(here);
    cancelled->is_over = true;
    if (agent.stream_number != 0) agent.outbox.push_back({id, true});
    stream = agent.stream;
  }
  wake(stream);
}

void Agents::State::remove(std::string_view node, std::string_view id) {
  WorkPointer removed;  // Goes after the lock: a sink may have more to do as it dies.
  const std::lock_guard lock(mutex);
  const auto found = nodes.find(node);
  if (found == nodes.end()) return;
  const auto work = found->second.work.find(id);
  if (work == found->second.work.end()) return;
  removed = std::move(work->second);
  found->second.work.erase(work);
}

ResponseStream::Next Agents::State::pull(const std::string& node, std::uint64_t number,
                                         std::string& out) {
  using Next = ResponseStream::Next;
  const std::lock_guard lock(mutex);
  const auto found = nodes.find(node);
  if (is_stopping || found == nodes.end() || found->second.stream_number != number)
    return Next::end;
  auto& agent = found->second;
  if (!std::exchange(agent.is_greeted, true))
    out.append(json::serialize(json::object{{"node", node}})).append("\n");
  while (!agent.outbox.empty() && out.size() < pull_bytes_max) {
    const auto line = std::move(agent.outbox.front());
    agent.outbox.pop_front();
    const auto work = agent.work.find(line.work);
    if (line.is_cancel)
      out.append(json::serialize(json::object{{"cancel", line.work}})).append("\n");
    else if (work != agent.work.end())
      out.append(json::serialize(json::object{{"work", line.work},
                                              {"model", work->second->model},
                                              {"question", work->second->question},
                                              {"first", work->second->piece_count.load()}}))
          .append("\n");
  }
  return agent.outbox.empty() ? Next::wait : Next::more;
}

void Agents::State::closed(const std::string& node, std::uint64_t number) {
  const std::lock_guard lock(mutex);
  const auto found = nodes.find(node);
  if (found == nodes.end() || found->second.stream_number != number) return;
  auto& agent = found->second;
  agent.stream_number = 0;
  agent.outbox.clear();
  if (agent.work.empty()) {
    nodes.erase(found);
    return;
  }
  agent.given_up_at = now() + grace;
  changed.notify_all();
}

std::optional<SteadyTime> Agents::State::next_end() const {
  std::optional<SteadyTime> next;
  for (const auto& [id, node] : nodes)
    if (node.stream_number == 0 && (!next || node.given_up_at < *next)) next = node.given_up_at;
  return next;
}

/// What agents had that haven't come back in time.
void Agents::State::take_lost() {
  const auto time = now();
  for (auto node = nodes.begin(); node != nodes.end();) {
    if (node->second.stream_number != 0 || time < node->second.given_up_at) {
      ++node;
      continue;
    }
    for (auto& [id, work] : node->second.work) lost.push_back(std::move(work));
    node = nodes.erase(node);
  }
}

void Agents::State::wait(std::unique_lock<std::mutex>& lock) {
  if (const auto next = next_end())
    changed.wait_until(lock, *next);
  else
    changed.wait(lock);
}

void Agents::State::run() {
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    if (lost.empty() && ended.empty()) wait(lock);
    take_lost();
    const auto failing = std::exchange(lost, {});
    const auto ending = std::exchange(ended, {});
    lock.unlock();
    for (const auto& stream : ending) wake(stream);
    fail(failing);
    lock.lock();
  }
}

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
