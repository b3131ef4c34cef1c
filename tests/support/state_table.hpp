#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

#include "events/registry.hpp"
#include "tests/support/golden.hpp"

namespace orrery {

/// Every state of an aggregate against every command, with names for the reader.
template <class A>
struct StateTable {
  std::vector<std::pair<std::string, typename A::State>> states;
  std::vector<std::pair<std::string, typename A::Command>> commands;
};

/// What the rule answers: the names of the events, "-" for a retry, "! reason" for a refusal.
template <class A>
std::string answer_text(const typename A::State& state, const typename A::Command& command) {
  const auto decision = A::decide(state, command);
  if (!decision) return std::string("! ") + boost::describe::enum_to_string(decision.error(), "?");
  std::string text;
  for (const auto& event : *decision) {
    const auto name = std::visit([](const auto& e) { return name_of(Event{e}); }, event);
    text.append(text.empty() ? "" : ", ").append(name);
  }
  return text.empty() ? "-" : text;
}

/// Checks the table against tests/golden/tables/<aggregate>.txt.
template <class A>
void check_state_table(const StateTable<A>& table) {
  std::size_t width = 0;
  for (const auto& [name, command] : table.commands) width = std::max(width, name.size());
  std::string text;
  for (const auto& [state_name, state] : table.states) {
    text.append(state_name).append("\n");
    for (const auto& [name, command] : table.commands) {
      text.append("  ").append(name).append(width - name.size() + 2, ' ');
      text.append(answer_text<A>(state, command)).append("\n");
    }
  }
  check_golden("tables/" + std::string(A::stream_prefix) + ".txt", text);
}

}  // namespace orrery
