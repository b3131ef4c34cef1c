#include "tests/http/gpushare/asking_fixture.hpp"

#include <utility>

#include <boost/json/parse.hpp>

namespace orrery {

namespace {

class PlayedCall : public gpushare::ModelCall {
 public:
  explicit PlayedCall(std::shared_ptr<std::atomic<bool>> is_cancelled)
      : is_cancelled_(std::move(is_cancelled)) {}
  ~PlayedCall() override { *is_cancelled_ = true; }
  void cancel() override { *is_cancelled_ = true; }

 private:
  std::shared_ptr<std::atomic<bool>> is_cancelled_;
};

}  // namespace

std::shared_ptr<gpushare::ModelCall> PlayedNodes::start(const SharedNodeDetails& node,
                                                        std::string question,
                                                        std::shared_ptr<gpushare::TokenSink> sink) {
  Work work{node.id, std::move(question), std::move(sink),
            std::make_shared<std::atomic<bool>>(false)};
  auto call = std::make_shared<PlayedCall>(work.is_cancelled);
  std::vector<std::string> answers;
  {
    const std::scoped_lock lock(mutex_);
    answers = answers_;
    if (answers.empty()) works_.push_back(work);
  }
  has_come_.notify_all();
  if (!answers.empty()) work.answer(answers);
  return call;
}

PlayedNodes::Work PlayedNodes::next() {
  std::unique_lock lock(mutex_);
  REQUIRE(has_come_.wait_for(lock, std::chrono::seconds(10), [&] { return !works_.empty(); }));
  auto work = std::move(works_.front());
  works_.pop_front();
  return work;
}

bool LineStream::take_chunk() {
  auto& received = client_.received();
  std::size_t end = 0;
  while ((end = received.find("\r\n")) == std::string::npos)
    if (!client_.receive_more()) return false;
  const auto size = std::stoul(received.substr(0, end), nullptr, 16);
  while (received.size() < end + 2 + size + 2)
    if (!client_.receive_more()) return false;
  text_.append(received, end + 2, size);
  received.erase(0, end + 2 + size + 2);
  return size > 0;
}

std::optional<boost::json::object> LineStream::next() {
  std::size_t end = 0;
  while ((end = text_.find('\n')) == std::string::npos)
    if (!take_chunk()) return std::nullopt;
  const auto line = text_.substr(0, end);
  text_.erase(0, end + 1);
  return boost::json::parse(line).as_object();
}

boost::json::object LineStream::read_to_end(std::vector<std::string>& pieces) {
  while (auto line = next()) {
    if (line->contains("done")) return *std::move(line);
    pieces.emplace_back(line->at("token").as_string().c_str());
  }
  FAIL("a stream ended without its last line");
  return {};
}

AskingServer::AskingServer(gpushare::Dispatcher::Limits limits, UpstreamReach reach)
    : heartbeats(watch_clock, {},
                 [this](const std::string& node_id, bool is_ready) {
                   const std::scoped_lock lock(beats_mutex);
                   beats.push_back(node_id + (is_ready ? " ready" : " lost"));
                 }),
      server([&](GpushareContext& context) {
        endpoints =
            std::make_unique<gpushare::EndpointCalls>(upstream, *context.subject_keys, reach);
        gpushare::Dispatcher::Dependencies needed;
        needed.gateway = context.gateway;
        needed.clients = context.clients;
        needed.sharing = context.sharing;
        needed.inferences = context.inferences;
        needed.subject_keys = context.subject_keys;
        needed.agents = &nodes;
        needed.endpoints = endpoints.get();
        dispatcher = std::make_unique<gpushare::Dispatcher>(needed, limits);
        context.dispatcher = dispatcher.get();
        context.agents = &agents;
        context.heartbeats = &heartbeats;
        context.upstream = &upstream;
        context.endpoint_reach = reach;
      }) {
  server.on_drained = [this] { dispatcher.reset(); };
  asker = server.register_person("asker");
  provider = server.register_person("provider");
  server.command<Client>(provider.id, Client::BecomeProvider{});
  server.approve(provider);
}

std::string AskingServer::node_body(const std::string& user_id, const std::string& model,
                                    std::string_view rest) const {
  return fmt::format(R"({{"user":{},"model_name":"{}","gpu_info":"2x NVIDIA GeForce RTX 4090",)"
                     R"("cpu_name":"Ryzen","cpu_core":16,"cpu_frequency":3400,"total_memory":31.9,)"
                     R"("total_swap":0,"ram":31.9,"os_name":"Linux","os_version":"6.1"{}}})",
                     user_id, model, rest);
}

AskingServer::Node AskingServer::add_node(const std::string& model, std::string_view rest) {
  const auto body =
      server.post(provider, "/llm_models/register/", node_body(provider.id, model, rest));
  Node node{std::to_string(body.at("node_id").to_number<std::uint64_t>()),
            body.at("node_token").as_string().c_str()};
  heartbeats.expect("shared-" + node.id);
  return node;
}

std::string AskingServer::request(std::string_view target, std::string_view body,
                                  std::string_view headers) const {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: gpu.example\r\n{}\r\n{}"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      target, asker.authorization(), headers, body.size(), body);
}

InferenceView::Inference AskingServer::ended(const std::string& id) {
  wait_until("the inference has ended", [&] {
    const auto row = server.inferences.find(id);
    return row && row->status != InferenceStatus::waiting;
  });
  return server.inferences.find(id);
}

InferenceView::Inference AskingServer::only_row() {
  wait_until("there is an inference", [&] { return server.inferences.list().size() == 1; });
  return ended(server.inferences.list().front()->id);
}

}  // namespace orrery
