#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/gpushare/agents.hpp"
#include "http/server/response_stream.hpp"

namespace orrery::gpushare {

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

/// Tells the sink, unless it has been told an end.
void fail(AgentWork& work);
void fail(const std::vector<WorkPointer>& all);
ModelFault fault_of(ModelProblem problem);

/// Not while the table's mutex is held: the last to let go of a stream closes it.
void wake(const std::weak_ptr<ResponseStream>& stream);

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
    std::chrono::steady_clock::time_point given_up_at;

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
  std::optional<std::chrono::steady_clock::time_point> next_end() const;
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

}  // namespace orrery::gpushare
