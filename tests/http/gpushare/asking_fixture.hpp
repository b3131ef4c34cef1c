#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/id_source.hpp"
#include "http/gpushare/agents.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/endpoint_calls.hpp"
#include "http/upstream/upstream_client.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

namespace orrery {

/// Nodes whose part a test plays: questions come to it, and it says what the nodes say.
class PlayedNodes : public gpushare::ModelSource {
 public:
  struct Work {
    std::string node_id;
    std::string question;
    std::shared_ptr<gpushare::TokenSink> sink;
    std::shared_ptr<std::atomic<bool>> is_cancelled;

    /// All of it, at once.
    void answer(const std::vector<std::string>& pieces) const {
      for (const auto& piece : pieces) sink->piece(piece);
      sink->end(0);
    }
    void fail(gpushare::ModelProblem problem = gpushare::ModelProblem::node_failed) const {
      sink->fail({problem, "The node broke off."});
    }
  };

  bool is_reachable(const SharedNodeDetails& node) const override {
    const std::scoped_lock lock(mutex_);
    return !unreachable_.contains(node.id);
  }
  std::shared_ptr<gpushare::ModelCall> start(const SharedNodeDetails& node, std::string question,
                                             std::shared_ptr<gpushare::TokenSink> sink) override;

  /// The next question to any node; fails the test after ten seconds.
  Work next();
  bool has_work() const {
    const std::scoped_lock lock(mutex_);
    return !works_.empty();
  }
  void be_unreachable(const std::string& node_id) {
    const std::scoped_lock lock(mutex_);
    unreachable_.insert(node_id);
  }
  /// From now on answers everything itself, on the asking thread.
  void answer_all(std::vector<std::string> pieces) {
    const std::scoped_lock lock(mutex_);
    answers_ = std::move(pieces);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable has_come_;
  std::deque<Work> works_;
  std::set<std::string> unreachable_;
  std::vector<std::string> answers_;
};

/// An answer in lines, as it comes.
class LineStream {
 public:
  LineStream(std::uint16_t port, std::string_view request) : client_(port) {
    client_.send(request);
    head_ = client_.answer();
  }

  const WireAnswer& head() const { return head_; }
  /// The next line as JSON; nothing at the end of the body. Fails the test after ten seconds.
  std::optional<boost::json::object> next();
  /// Pieces until the last line, which is returned.
  boost::json::object read_to_end(std::vector<std::string>& pieces);
  RawClient& client() { return client_; }

 private:
  bool take_chunk();

  RawClient client_;
  WireAnswer head_;
  std::string text_;
};

/// The dialect with nodes that a test plays, and with servers behind endpoints.
struct AskingServer {
  explicit AskingServer(gpushare::Dispatcher::Limits limits = {},
                        UpstreamReach reach = UpstreamReach::anywhere);

  /// A provider's node with the model, ready and approved; its id.
  struct Node {
    std::string id;
    std::string token;
  };
  Node add_node(const std::string& model = "tiny", std::string_view rest = {});
  /// What a body says of a machine with this model, and besides.
  std::string node_body(const std::string& user_id, const std::string& model,
                        std::string_view rest = {}) const;

  std::string question_body(std::string_view question = "Why?",
                            std::string_view model = "tiny") const {
    return fmt::format(R"({{"client":{},"question_text":"{}","desired_model":"{}"}})", asker.id,
                       question, model);
  }
  /// A question on its way.
  class Asked {
   public:
    Asked(AskingServer& asking, std::string_view request) : asking_(asking) {
      client_.send(request);
    }
    /// Waits for it.
    WireAnswer answer() {
      auto answer = client_.answer();
      asking_.server.check("POST", "/inference/", answer);
      return answer;
    }
    RawClient& client() { return client_; }

   private:
    AskingServer& asking_;
    RawClient client_{asking_.server.port()};
  };
  std::unique_ptr<Asked> ask(std::string_view body, std::string_view headers = {}) {
    return std::make_unique<Asked>(*this, request("/inference/", body, headers));
  }
  /// `headers` are lines with their ends.
  std::string request(std::string_view target, std::string_view body,
                      std::string_view headers = {}) const;
  std::unique_ptr<LineStream> stream(std::string_view body, std::string_view headers = {}) const {
    return std::make_unique<LineStream>(server.port(),
                                        request("/inference/stream/", body, headers));
  }
  /// The stored row, once it has ended.
  InferenceView::Inference ended(const std::string& id);
  /// The one row that there is.
  InferenceView::Inference only_row();
  std::string answer_of(const InferenceDetails& row) const {
    return server.subject_keys->open(row.answer).value_or("");
  }

  SeededIdSource ids{7};
  PlayedNodes nodes;
  gpushare::Agents agents{ids};
  UpstreamClient upstream;
  GpushareServer::StandingClock watch_clock;
  std::mutex beats_mutex;
  std::vector<std::string> beats;
  HeartbeatWatch heartbeats;
  std::unique_ptr<gpushare::EndpointCalls> endpoints;
  std::unique_ptr<gpushare::Dispatcher> dispatcher;
  GpushareServer server;
  GpushareServer::Person asker, provider;
};

}  // namespace orrery
