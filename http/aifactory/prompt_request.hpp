#pragma once

#include <string>

#include <boost/system/result.hpp>

#include "http/aifactory/errors.hpp"
#include "http/upstream/model_answer.hpp"

namespace orrery::aifactory {

/// What somebody wants a model to go on with.
struct PromptRequest {
  std::string prompt;
  /// Empty: the one that the server serves first.
  std::string model;
  /// Numbers as JSON text, as they were given: the server judges them.
  std::string max_tokens = "150";
  std::string temperature = "0.7";
};

/// 400 where there is no prompt, 422 where something is of the wrong type.
boost::system::result<PromptRequest, Refusal> read_prompt(const Request& request);

/// What the model server is asked.
std::string completion_body(const PromptRequest& prompt, const std::string& model,
                            CompletionForm form);

}  // namespace orrery::aifactory
