#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// What a model that isn't one answers.
struct SimulatedText {
  /// In the order of generation; together they are the text.
  std::vector<std::string> tokens;
  std::size_t prompt_token_count = 0;
  /// Of the prompt: the same on every machine.
  std::uint64_t hash = 0;
  /// There would have been more.
  bool is_cut = false;

  std::string text() const;
};

/// The same prompt always gets the same text, which says that it is simulated; at most `token_max`
/// tokens of it.
SimulatedText simulated_text(std::string_view prompt, std::size_t token_max);

}  // namespace orrery
