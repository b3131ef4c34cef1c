#include "http/gpushare/endpoint_calls.hpp"

#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/gpushare/completion_events.hpp"
#include "http/gpushare/endpoint_url.hpp"
#include "http/upstream/model_answer.hpp"
#include "http/upstream/upstream_client.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

/// A server that goes on behind the end of its text has its connection closed.
constexpr std::size_t rest_bytes_max = 64 * 1024;

std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string body_of(CompletionForm form, const std::string& model, const std::string& question) {
  const auto asked =
      form == CompletionForm::chat
          ? fmt::format(R"("messages":[{{"role":"user","content":{}}}])", json_text(question))
          : fmt::format(R"("prompt":{})", json_text(question));
  return fmt::format(R"({{"model":{},{},"stream":true}})", json_text(model), asked);
}

ModelFault fault_of(const UpstreamFault& fault) {
  const auto problem = fault.problem == UpstreamProblem::overloaded ? ModelProblem::overloaded
                                                                    : ModelProblem::node_failed;
  return {problem, fault.message + "."};
}

/// What a status that isn't 200 says: whether it is the question that is at fault.
ModelFault fault_of(unsigned status) {
  if (status == 400 || status == 413 || status == 422)
    return {ModelProblem::refused, "The model server doesn't take this question."};
  return {ModelProblem::node_failed,
          fmt::format("The model server answered with status {}.", status)};
}

/// One question at one server. Keeps itself until the exchange is over; after `start` everything
/// but `cancel` happens on the upstream client's thread.
class EndpointCall : public std::enable_shared_from_this<EndpointCall> {
 public:
  EndpointCall(UpstreamClient& upstream, UpstreamTarget target, std::string model,
               std::string question, std::shared_ptr<TokenSink> sink)
      : upstream_(upstream),
        target_(std::move(target)),
        model_(std::move(model)),
        question_(std::move(question)),
        sink_(std::move(sink)) {}

  void ask(CompletionForm form) {
    form_ = form;
    const bool is_chat = form == CompletionForm::chat;
    UpstreamRequest request;
    request.path = is_chat ? "/v1/chat/completions" : "/v1/completions";
    request.body = body_of(form, model_, question_);
    request.is_wanted = [weak = weak_from_this()] {
      const auto self = weak.lock();
      return self && self->is_wanted();
    };
    request.fault_event = [weak = weak_from_this()](const UpstreamFault& fault) {
      if (const auto self = weak.lock()) self->broken_by_ = fault_of(fault);
      return std::string();
    };
    upstream_.ask(target_, std::move(request), [self = shared_from_this()](UpstreamResult result) {
      if (self->is_wanted()) self->on_result(std::move(result));
    });
  }

  /// Once the end is told, the connection may go on to the end of its answer: so it is good for
  /// another.
  void cancel() {
    std::shared_ptr<ResponseStream> stream;  // Let go of without the lock.
    const std::scoped_lock lock(mutex_);
    if (std::exchange(is_over_, true)) return;
    stream = std::move(stream_);
  }

 private:
  bool is_wanted() {
    const std::scoped_lock lock(mutex_);
    return !is_over_;
  }

  /// Whether it is this call's to tell the end.
  bool ends() {
    const std::scoped_lock lock(mutex_);
    return !std::exchange(is_over_, true);
  }
  void end(std::uint32_t token_count) {
    if (ends()) sink_->end(token_count);
  }
  void fail(ModelFault fault) {
    if (ends()) sink_->fail(std::move(fault));
  }

  void on_result(UpstreamResult result) {
    if (!result) return fail(fault_of(result.error()));
    if (result->stream) return begin(std::move(result->stream));
    const bool has_no_chat =
        result->status == 404 || (result->status == 400 && mentions_chat_template(result->body));
    if (form_ == CompletionForm::chat && has_no_chat) return ask(CompletionForm::completions);
    if (result->status != 200) return fail(fault_of(result->status));
    take_whole(result->body);
  }

  /// A server that doesn't stream answers at once.
  void take_whole(std::string_view body) {
    const auto completion = read_completion(body, form_);
    if (!completion || !completion->text)
      return fail({ModelProblem::node_failed, "The model server's answer isn't understood."});
    if (!completion->text->empty() && !take_piece(*completion->text)) return;
    end(static_cast<std::uint32_t>(completion->completion_tokens.value_or(0)));
  }

  bool take_piece(std::string_view text) {
    if (!is_wanted()) return false;
    if (sink_->piece(text)) return true;
    cancel();
    return false;
  }

  void begin(std::shared_ptr<ResponseStream> stream) {
    {
      const std::scoped_lock lock(mutex_);
      if (is_over_) return;
      stream_ = stream;
    }
    // The stream holds this call and this call the stream, until one of them is over.
    stream->attach([self = shared_from_this()] { self->drain(); });
    drain();
  }

  void drain() {
    while (const auto stream = current_stream()) {
      buffer_.clear();
      const auto next = stream->pull(buffer_);
      if (!buffer_.empty()) take_events();
      if (next == ResponseStream::Next::wait) return;
      if (next == ResponseStream::Next::end) return on_stream_end();
    }
  }

  void take_events() {
    if (events_.state() == CompletionEvents::State::complete) {
      rest_bytes_ += buffer_.size();
      if (rest_bytes_ > rest_bytes_max) let_go();
      return;
    }
    const auto state = events_.put(buffer_);
    if (state == CompletionEvents::State::complete) end(events_.token_count());
    if (state != CompletionEvents::State::broken) return;
    fail({ModelProblem::node_failed, "The model server's answer isn't understood."});
    let_go();
  }

  void on_stream_end() {
    if (events_.state() == CompletionEvents::State::open) {
      if (!broken_by_ && events_.put_end() == CompletionEvents::State::complete)
        end(events_.token_count());
      else
        fail(broken_by_.value_or(
            ModelFault{ModelProblem::node_failed, "The model server broke off."}));
    }
    let_go();
  }

  std::shared_ptr<ResponseStream> current_stream() {
    const std::scoped_lock lock(mutex_);
    return stream_;
  }

  /// The connection is closed where it isn't at its answer's end.
  void let_go() {
    std::shared_ptr<ResponseStream> stream;
    const std::scoped_lock lock(mutex_);
    stream = std::move(stream_);
  }

  UpstreamClient& upstream_;
  UpstreamTarget target_;
  std::string model_, question_;
  std::shared_ptr<TokenSink> sink_;
  CompletionForm form_ = CompletionForm::chat;
  CompletionEvents events_{[this](std::string_view text) { return take_piece(text); }};
  std::string buffer_;
  /// Of what came behind the end.
  std::size_t rest_bytes_ = 0;
  std::optional<ModelFault> broken_by_;

  std::mutex mutex_;
  bool is_over_ = false;
  std::shared_ptr<ResponseStream> stream_;
};

/// What the asker holds.
class EndpointHandle : public ModelCall {
 public:
  explicit EndpointHandle(std::shared_ptr<EndpointCall> call) : call_(std::move(call)) {}
  ~EndpointHandle() override { call_->cancel(); }
  void cancel() override { call_->cancel(); }

 private:
  std::shared_ptr<EndpointCall> call_;
};

/// For a question that goes nowhere.
class NoCall : public ModelCall {
 public:
  void cancel() override {}
};

}  // namespace

std::shared_ptr<ModelCall> ask_model_server(UpstreamClient& upstream, UpstreamTarget target,
                                            std::string model, std::string question,
                                            std::shared_ptr<TokenSink> sink) {
  const auto call = std::make_shared<EndpointCall>(upstream, std::move(target), std::move(model),
                                                   std::move(question), std::move(sink));
  call->ask(CompletionForm::chat);
  return std::make_shared<EndpointHandle>(call);
}

bool EndpointCalls::is_reachable(const SharedNodeDetails&) const { return true; }

std::shared_ptr<ModelCall> EndpointCalls::start(const SharedNodeDetails& node, std::string question,
                                                std::shared_ptr<TokenSink> sink) {
  const auto url = keys_.open(node.offer.endpoint);
  if (!url) {
    sink->fail({ModelProblem::node_failed, "The node's owner is gone."});
    return std::make_shared<NoCall>();
  }
  auto target = read_endpoint(*url, reach_);
  if (!target) {
    sink->fail({ModelProblem::node_failed, "The node's endpoint may not be asked."});
    return std::make_shared<NoCall>();
  }
  return ask_model_server(upstream_, *std::move(target), node.offer.served_model,
                          std::move(question), std::move(sink));
}

}  // namespace orrery::gpushare
