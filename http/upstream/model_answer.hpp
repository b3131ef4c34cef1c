#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

// What model servers say, in the forms that they are known to say it in. They aren't trusted, and
// what is odd in an answer doesn't spoil the rest of it.

/// The ids in the answer to GET /v1/models; nothing where it is none. `{"data":[{"id":"gpt2"}]}`,
/// and plain strings instead of objects.
std::optional<std::vector<std::string>> read_models(std::string_view body);

/// The two ways to ask for text.
enum class CompletionForm : std::uint8_t { chat, completions };

/// What a completion says.
struct Completion {
  /// Nothing where there are no choices.
  std::optional<std::string> text;
  /// As the server counts them, where it does.
  std::optional<std::int64_t> prompt_tokens, completion_tokens, total_tokens;
};

/// Nothing where it isn't JSON.
std::optional<Completion> read_completion(std::string_view body, CompletionForm form);

/// Whether a refusal says that the model has no chat template, so that it only completes.
bool mentions_chat_template(std::string_view body);

}  // namespace orrery
