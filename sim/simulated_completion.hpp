#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/server/response_stream.hpp"
#include "sim/simulated_text.hpp"

namespace orrery {

/// A request for text, in one of the two forms that OpenAI's API has for it.
struct SimulatedRequest {
  bool is_chat = false;
  bool is_streamed = false;
  /// The last event of a stream tells the usage.
  bool wants_usage = false;
  /// Empty where it names none.
  std::string model;
  /// Of a chat, what everybody has said.
  std::string prompt;
  std::size_t token_max = 0;
};

boost::system::result<SimulatedRequest, JsonProblem> read_simulated_request(std::string_view body,
                                                                            bool is_chat);

/// The whole answer as JSON.
std::string simulated_completion(const SimulatedRequest& request, const std::string& model);

/// The same token by token, as server-sent events.
std::shared_ptr<ResponseStream> simulated_stream(const SimulatedRequest& request,
                                                 const std::string& model);

}  // namespace orrery
