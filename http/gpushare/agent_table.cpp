#include "http/gpushare/agent_table.hpp"

#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::gpushare {

namespace {

namespace json = boost::json;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t pull_bytes_max = 64 * 1024;

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

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

void wake(const std::weak_ptr<ResponseStream>& stream) {
  if (const auto open = stream.lock()) open->wake();
}

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
  if (is_stopping || found == nodes.end()) return Next::end;
  if (found->second.stream_number != number) {
    out.append("{\"replaced\":true}\n");
    return Next::end;
  }
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

}  // namespace orrery::gpushare
