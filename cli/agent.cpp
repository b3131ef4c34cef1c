#include "cli/agent.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/agent_inbox.hpp"
#include "cli/agent_job.hpp"
#include "cli/json_text.hpp"
#include "http/transfers/http_transfers.hpp"

namespace orrery {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

/// A line of the stream with a question of the largest body that the server takes.
constexpr std::size_t line_bytes_max = 8u << 20;
/// The longest sleep: what has no event of its own is seen so late.
constexpr milliseconds nap{500};

SteadyTime now() { return std::chrono::steady_clock::now(); }

json::array gpus_json(const std::vector<GpuTelemetry>& gpus) {
  json::array list;
  for (const auto& gpu : gpus)
    list.push_back(json::object{{"utilization_percent", gpu.utilization_percent},
                                {"memory_used_mib", gpu.memory_used_mib},
                                {"memory_total_mib", gpu.memory_total_mib},
                                {"temperature_c", gpu.temperature_c}});
  return list;
}

}  // namespace

class Agent::Work {
 public:
  Work(AgentConfiguration configuration, AgentHands hands)
      : configuration_(std::move(configuration)),
        hands_(std::move(hands)),
        transfers_(configuration_.ca_file),
        inbox_(std::make_shared<AgentInbox>(transfers_)) {}
  ~Work() {
    if (telemetry_.valid()) telemetry_.wait();
    inbox_->close();
  }

  End run();
  void stop() { inbox_->put({{}, AgentMessage::Stop{}}); }

 private:
  HttpTransfer request(std::string method, std::string_view path) const;
  milliseconds backoff(unsigned failure_count) const;

  void open_stream();
  void on_stream_end(const HttpOutcome& outcome);
  void take_lines();
  void take_line(const std::string& line);
  void begin_job(const std::string& id, const json::object& line);

  void take_messages();
  void ask_next();
  void deliver(const std::string& id, AgentJob& job);
  void on_delivery(const std::string& id, const HttpOutcome& outcome);
  void deliver_due();

  void look_at_gpus();
  void beat(std::vector<GpuTelemetry> gpus);
  void on_heartbeat(const HttpOutcome& outcome);
  void begin_stop();
  milliseconds nap_until_due() const;

  const AgentConfiguration configuration_;
  const AgentHands hands_;
  HttpTransfers transfers_;
  std::shared_ptr<AgentInbox> inbox_;
  std::map<std::string, AgentJob> jobs_;

  /// The stream of work; what came of it and isn't a whole line yet.
  std::optional<std::uint64_t> stream_;
  std::string received_;
  std::optional<SteadyTime> connected_at_;
  unsigned stream_failure_count_ = 0;
  SteadyTime stream_due_{};

  SteadyTime heartbeat_due_{};
  milliseconds heartbeat_interval_ = configuration_.heartbeat_interval;
  std::future<void> telemetry_;
  std::optional<bool> is_approved_;

  std::optional<SteadyTime> stop_by_;
  std::optional<End> end_;
};

Agent::End Agent::Work::run() {
  while (!end_) {
    take_messages();
    take_lines();
    if (stop_by_ && (jobs_.empty() || now() >= *stop_by_)) break;
    if (!stream_ && !stop_by_ && now() >= stream_due_) open_stream();
    if (now() >= heartbeat_due_) look_at_gpus();
    ask_next();
    deliver_due();
    transfers_.wait(nap_until_due());
  }
  for (auto& [id, job] : jobs_)
    if (job.call) job.call->cancel();
  jobs_.clear();
  return end_.value_or(End::stopped);
}

HttpTransfer Agent::Work::request(std::string method, std::string_view path) const {
  HttpTransfer transfer;
  transfer.method = std::move(method);
  transfer.url = fmt::format("{}/orrery/v1/agent{}", configuration_.server_url, path);
  transfer.authorization = "Bearer " + configuration_.node_token;
  return transfer;
}

milliseconds Agent::Work::backoff(unsigned failure_count) const {
  const auto doubled = configuration_.backoff_first * (1u << std::min(failure_count, 10u));
  return std::min<milliseconds>(doubled, configuration_.backoff_max);
}

void Agent::Work::open_stream() {
  auto transfer = request("GET", "/work");
  transfer.timeout = milliseconds(0);
  received_.clear();
  stream_ = transfers_.begin(
      std::move(transfer), [this](const HttpOutcome& outcome) { on_stream_end(outcome); },
      [this](std::string_view bytes) { received_.append(bytes); });
}

void Agent::Work::on_stream_end(const HttpOutcome& outcome) {
  take_lines();
  stream_.reset();
  if (outcome.status == 401 || outcome.status == 409) {
    end_ = End::token_refused;
    return;
  }
  // Two agents of one node would push each other off without a pause.
  if (const auto since = std::exchange(connected_at_, std::nullopt))
    if (now() - *since >= configuration_.settled_after) stream_failure_count_ = 0;
  const auto pause = backoff(stream_failure_count_++);
  stream_due_ = now() + pause;
  const auto reason = !outcome.failure.empty() ? outcome.failure
                      : outcome.status == 200  ? std::string("the server closed the stream")
                                               : fmt::format("it answers {}", outcome.status);
  if (!stop_by_)
    hands_.log(fmt::format("no connection to {}: {}; trying again in {} ms",
                           configuration_.server_url, reason, pause.count()));
}

void Agent::Work::take_lines() {
  std::size_t begin = 0;
  for (auto end = received_.find('\n'); end != std::string::npos;
       end = received_.find('\n', begin)) {
    take_line(received_.substr(begin, end - begin));
    begin = end + 1;
  }
  received_.erase(0, begin);
  if (received_.size() <= line_bytes_max || !stream_) return;
  transfers_.cancel(*stream_);
  received_.clear();
  on_stream_end({0, {}, "a line of the server's is too long"});
}

void Agent::Work::take_line(const std::string& line) {
  boost::system::error_code failure;
  const auto value = json::parse(line, failure);
  if (failure || !value.is_object()) return;
  const auto& object = value.as_object();
  if (const auto node = text_of(object, "node"); !node.empty()) {
    connected_at_ = now();
    hands_.log(fmt::format("connected to {} as node {}", configuration_.server_url, node));
  } else if (const auto id = text_of(object, "work"); !id.empty()) {
    begin_job(id, object);
  } else if (object.contains("replaced")) {
    end_ = End::replaced;
  } else if (const auto cancelled = text_of(object, "cancel"); !cancelled.empty()) {
    const auto job = jobs_.find(cancelled);
    if (job == jobs_.end()) return;
    if (job->second.transfer) transfers_.cancel(*job->second.transfer);
    jobs_.erase(job);
  }
}

/// What it has already, it goes on with. What another run of it had begun is lost.
void Agent::Work::begin_job(const std::string& id, const json::object& line) {
  const auto [job, is_new] =
      jobs_.try_emplace(id, text_of(line, "model"), text_of(line, "question"));
  if (!is_new) return;
  const auto* first = line.if_contains("first");
  const bool is_begun = first != nullptr && first->is_int64() && first->as_int64() > 0;
  if (is_begun || stop_by_) job->second.put_problem(gpushare::ModelProblem::node_failed);
}

void Agent::Work::take_messages() {
  for (auto& message : inbox_->take()) {
    if (std::holds_alternative<AgentMessage::Stop>(message.what)) {
      begin_stop();
      continue;
    }
    if (auto* telemetry = std::get_if<AgentMessage::Telemetry>(&message.what)) {
      beat(std::move(telemetry->gpus));
      continue;
    }
    const auto found = jobs_.find(message.job);
    if (found == jobs_.end()) continue;
    auto& job = found->second;
    if (auto* piece = std::get_if<AgentMessage::Piece>(&message.what))
      job.put(std::move(piece->text));
    if (const auto* ended = std::get_if<AgentMessage::Ended>(&message.what))
      job.put_end(ended->token_count);
    if (const auto* failed = std::get_if<AgentMessage::Failed>(&message.what))
      job.put_problem(failed->problem);
    if (job.has_ended()) job.call.reset();
  }
}

void Agent::Work::ask_next() {
  auto running = static_cast<std::uint32_t>(std::count_if(
      jobs_.begin(), jobs_.end(), [](const auto& job) { return job.second.call != nullptr; }));
  for (auto& [id, job] : jobs_) {
    if (running >= configuration_.concurrency) return;
    if (job.is_asked || job.has_ended()) continue;
    job.is_asked = true;
    job.call = hands_.ask(job.model, std::exchange(job.question, {}),
                          std::make_shared<AgentSink>(inbox_, id));
    ++running;
  }
}

void Agent::Work::deliver_due() {
  const auto time = now();
  for (auto& [id, job] : jobs_)
    if (!job.transfer && job.has_something() && time >= job.not_before) deliver(id, job);
}

void Agent::Work::deliver(const std::string& id, AgentJob& job) {
  auto transfer = request("POST", fmt::format("/work{}{}", '/', id));
  transfer.body = job.delivery();
  job.transfer = transfers_.begin(
      std::move(transfer), [this, id](const HttpOutcome& outcome) { on_delivery(id, outcome); });
}

void Agent::Work::on_delivery(const std::string& id, const HttpOutcome& outcome) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  auto& job = found->second;
  job.transfer.reset();
  if (outcome.status == 401) end_ = End::token_refused;
  if (outcome.is_success()) {
    job.failure_count = 0;
    if (job.delivered()) jobs_.erase(found);
  } else if (outcome.status == 0 || outcome.status == 429 || outcome.status >= 500) {
    job.not_delivered();
    job.not_before = now() + backoff(job.failure_count++);
  } else if (outcome.status == 404 || outcome.status == 409 || job.has_given_up()) {
    jobs_.erase(found);  // Nobody waits for it.
  } else {
    job.give_up();
    job.call.reset();
  }
}

/// On a thread of its own, for it may take seconds.
void Agent::Work::look_at_gpus() {
  heartbeat_due_ = now() + heartbeat_interval_;
  if (!hands_.telemetry) return beat({});
  telemetry_ = std::async(std::launch::async, [inbox = inbox_, look = hands_.telemetry] {
    inbox->put({{}, AgentMessage::Telemetry{look()}});
  });
}

void Agent::Work::beat(std::vector<GpuTelemetry> gpus) {
  auto transfer = request("POST", "/heartbeat");
  transfer.body =
      json::serialize(json::object{{"gpus", gpus_json(gpus)}, {"draining", stop_by_.has_value()}});
  transfers_.begin(std::move(transfer),
                   [this](const HttpOutcome& outcome) { on_heartbeat(outcome); });
}

void Agent::Work::on_heartbeat(const HttpOutcome& outcome) {
  if (outcome.status == 401 || outcome.status == 409) end_ = End::token_refused;
  boost::system::error_code failure;
  const auto value = json::parse(outcome.body, failure);
  if (!outcome.is_success() || failure || !value.is_object()) return;
  const auto& answer = value.as_object();
  if (const auto* wanted = answer.if_contains("heartbeat_s");
      wanted != nullptr && wanted->is_int64() && wanted->as_int64() > 0)
    heartbeat_interval_ = std::min<milliseconds>(configuration_.heartbeat_interval,
                                                 std::chrono::seconds(wanted->as_int64()));
  const auto* approved = answer.if_contains("approved");
  if (approved == nullptr || !approved->is_bool()) return;
  const bool is_approved = approved->as_bool();
  if (is_approved_ != is_approved)
    hands_.log(is_approved ? "the owner is an approved provider: questions come as they are asked"
                           : "no questions will come before an admin approves the owner as a "
                             "provider");
  is_approved_ = is_approved;
}

void Agent::Work::begin_stop() {
  if (stop_by_) return;
  stop_by_ = now() + configuration_.finish_max;
  for (auto& [id, job] : jobs_)
    if (!job.is_asked) job.put_problem(gpushare::ModelProblem::node_failed);
  beat({});
  if (!jobs_.empty()) hands_.log(fmt::format("finishing {} questions", jobs_.size()));
}

milliseconds Agent::Work::nap_until_due() const {
  if (!received_.empty() && received_.find('\n') != std::string::npos) return milliseconds(0);
  auto due = std::min(now() + nap, heartbeat_due_);
  if (!stream_ && !stop_by_) due = std::min(due, stream_due_);
  for (const auto& [id, job] : jobs_)
    if (!job.transfer && job.has_something()) due = std::min(due, job.not_before);
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(due - now()));
}

Agent::Agent(AgentConfiguration configuration, AgentHands hands)
    : work_(std::make_unique<Work>(std::move(configuration), std::move(hands))) {}

Agent::~Agent() = default;

Agent::End Agent::run() { return work_->run(); }

void Agent::stop() { work_->stop(); }

}  // namespace orrery
