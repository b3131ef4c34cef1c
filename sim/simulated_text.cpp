#include "sim/simulated_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace orrery {

namespace {

constexpr std::array<std::string_view, 10> preamble{
    "This", " is", " a", " simulated", " answer", ";", " no", " model", " has", " read"};
constexpr std::array<std::string_view, 3> close{" the", " prompt", "."};

constexpr std::array<std::string_view, 32> words{
    " gears",   " orbits", " moons", " brass",   " turn",   " slowly", " and",    " the",
    " planets", " keep",   " their", " time",    " while",  " a",      " lamp",   " stands",
    " for",     " sun",    " that",  " never",   " sets",   " over",   " wheels", " within",
    " quiet",   " rooms",  " where", " someone", " counts", " each",   " small",  " motion"};

constexpr std::size_t story_token_min = 12;
constexpr std::size_t story_token_spread = 40;

/// FNV-1a: the same on every machine.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001B3;
  return hash;
}

/// As many as there are words, about as tokenizers count.
std::size_t count_tokens(std::string_view text) {
  std::size_t count = 0;
  bool in_word = false;
  for (const unsigned char c : text) {
    const bool is_space = c <= ' ';
    if (!is_space && !in_word) ++count;
    in_word = !is_space;
  }
  return count;
}

}  // namespace

std::string SimulatedText::text() const {
  std::string whole;
  for (const auto& token : tokens) whole += token;
  return whole;
}

SimulatedText simulated_text(std::string_view prompt, std::size_t token_max) {
  SimulatedText simulated;
  simulated.prompt_token_count = count_tokens(prompt);
  auto& tokens = simulated.tokens;
  tokens.assign(preamble.begin(), preamble.end());
  tokens.insert(tokens.end(), close.begin(), close.end());
  simulated.hash = hash_of(prompt);
  std::mt19937_64 random(simulated.hash);
  const auto story_size = story_token_min + random() % story_token_spread;
  for (std::size_t i = 0; i < story_size; ++i) tokens.emplace_back(words[random() % words.size()]);
  tokens.emplace_back(".");
  simulated.is_cut = tokens.size() > token_max;
  tokens.resize(std::min(tokens.size(), token_max));
  return simulated;
}

}  // namespace orrery
