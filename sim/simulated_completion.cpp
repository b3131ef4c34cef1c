#include "sim/simulated_completion.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "sim/simulated_text.hpp"

namespace orrery {

namespace {

namespace json = boost::json;
namespace dom = simdjson::dom;

/// As vLLM has it for completions; chats go on as long as they like.
constexpr std::size_t completion_token_default = 16;
constexpr std::size_t chat_token_default = 4096;
constexpr std::size_t pull_bytes_max = 16 * 1024;

/// A text, or the texts of an array of parts.
bool read_content(dom::element content, std::string& text) {
  std::string_view plain;
  if (content.get(plain) == simdjson::SUCCESS) {
    text += plain;
    return true;
  }
  dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS) return false;
  for (const auto part : parts) {
    if (part.get(plain) != simdjson::SUCCESS && part["text"].get(plain) != simdjson::SUCCESS)
      return false;
    text += plain;
  }
  return true;
}

bool read_messages(dom::object object, std::string& text) {
  dom::array messages;
  if (object["messages"].get(messages) != simdjson::SUCCESS) return false;
  for (const auto message : messages) {
    dom::element content;
    if (message["content"].get(content) != simdjson::SUCCESS) return false;
    if (!content.is_null() && !read_content(content, text)) return false;
    text += '\n';
  }
  return true;
}

std::size_t read_token_max(dom::object object, bool is_chat) {
  std::uint64_t count = 0;
  for (const auto* name : {"max_completion_tokens", "max_tokens"})
    if (object[name].get(count) == simdjson::SUCCESS) return static_cast<std::size_t>(count);
  return is_chat ? chat_token_default : completion_token_default;
}

json::object usage_json(const SimulatedText& text) {
  return {{"prompt_tokens", text.prompt_token_count},
          {"completion_tokens", text.tokens.size()},
          {"total_tokens", text.prompt_token_count + text.tokens.size()}};
}

std::string_view finish_reason(const SimulatedText& text) {
  return text.is_cut ? "length" : "stop";
}

json::object envelope(const SimulatedRequest& request, const SimulatedText& text,
                      const std::string& model, std::string_view chat_object) {
  return {{"id", fmt::format("{}-{:016x}", request.is_chat ? "chatcmpl" : "cmpl", text.hash)},
          {"object", request.is_chat ? chat_object : "text_completion"},
          {"created", 0},
          {"model", model}};
}

/// Its cursor is the token that comes next.
class SimulatedStream : public ResponseStream {
 public:
  SimulatedStream(SimulatedRequest request, std::string model)
      : request_(std::move(request)),
        model_(std::move(model)),
        text_(simulated_text(request_.prompt, request_.token_max)) {}

  Next pull(std::string& out) override {
    const auto limit = out.size() + pull_bytes_max;
    if (index_ == 0 && request_.is_chat && !greeted_) append_event(out, role(), nullptr);
    greeted_ = true;
    while (index_ < text_.tokens.size() && out.size() < limit)
      append_event(out, piece(text_.tokens[index_++]), nullptr);
    if (index_ < text_.tokens.size()) return Next::more;
    append_event(out, piece({}), json::value(finish_reason(text_)));
    if (request_.wants_usage) append_usage(out);
    out += "data: [DONE]\n\n";
    return Next::end;
  }

 private:
  static json::object role() {
    return {{"delta", json::object{{"role", "assistant"}, {"content", ""}}}};
  }

  json::object piece(std::string_view token) const {
    if (!request_.is_chat) return {{"text", token}};
    return {{"delta", token.empty() ? json::object{} : json::object{{"content", token}}}};
  }

  void append_event(std::string& out, json::object choice, json::value reason) const {
    choice["index"] = 0;
    choice["finish_reason"] = std::move(reason);
    auto event = envelope(request_, text_, model_, "chat.completion.chunk");
    event["choices"] = json::array{std::move(choice)};
    out.append("data: ").append(json::serialize(event)).append("\n\n");
  }

  void append_usage(std::string& out) const {
    auto event = envelope(request_, text_, model_, "chat.completion.chunk");
    event["choices"] = json::array{};
    event["usage"] = usage_json(text_);
    out.append("data: ").append(json::serialize(event)).append("\n\n");
  }

  SimulatedRequest request_;
  std::string model_;
  SimulatedText text_;
  std::size_t index_ = 0;
  bool greeted_ = false;
};

}  // namespace

boost::system::result<SimulatedRequest, JsonProblem> read_simulated_request(std::string_view body,
                                                                            bool is_chat) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  SimulatedRequest request;
  request.is_chat = is_chat;
  std::string_view model;
  if ((*object)["model"].get(model) == simdjson::SUCCESS) request.model = model;
  bool flag = false;
  request.is_streamed = (*object)["stream"].get(flag) == simdjson::SUCCESS && flag;
  request.wants_usage =
      (*object)["stream_options"]["include_usage"].get(flag) == simdjson::SUCCESS && flag;
  request.token_max = read_token_max(*object, is_chat);
  dom::element prompt;
  const bool is_read = is_chat ? read_messages(*object, request.prompt)
                               : (*object)["prompt"].get(prompt) == simdjson::SUCCESS &&
                                     read_content(prompt, request.prompt);
  if (!is_read) return JsonProblem{is_chat ? "messages are missing" : "prompt is missing"};
  return request;
}

std::string simulated_completion(const SimulatedRequest& request, const std::string& model) {
  const auto text = simulated_text(request.prompt, request.token_max);
  auto answer = envelope(request, text, model, "chat.completion");
  json::object choice{{"index", 0}};
  if (request.is_chat)
    choice["message"] = json::object{{"role", "assistant"}, {"content", text.text()}};
  else
    choice["text"] = text.text();
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = finish_reason(text);
  answer["choices"] = json::array{std::move(choice)};
  answer["usage"] = usage_json(text);
  return json::serialize(answer);
}

std::shared_ptr<ResponseStream> simulated_stream(const SimulatedRequest& request,
                                                 const std::string& model) {
  return std::make_shared<SimulatedStream>(request, model);
}

}  // namespace orrery
