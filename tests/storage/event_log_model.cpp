#include <map>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/storage/event_log_contract.hpp"
#include "tests/storage/log_fixture.hpp"

namespace orrery {
namespace {

/// What the contract promises, in the simplest form.
struct Model {
  struct Kept {
    std::string stream;
    Version version;
    Event event;
  };
  std::vector<Kept> events;
  std::map<std::string, Version> versions;
  std::map<std::string, Appended> commands;

  AppendResult append(const AppendDraft& draft) {
    if (!draft.command_id.empty() && commands.contains(draft.command_id)) {
      auto known = commands.at(draft.command_id);
      known.duplicate = true;
      return known;
    }
    auto& version = versions[draft.stream];
    if (version != draft.expected_version) return AppendError::wrong_expected_version;
    const auto first = events.size() + 1;
    for (const auto& event : draft.events) events.push_back({draft.stream, ++version, event});
    const Appended appended{first, events.size(), version, false};
    if (!draft.command_id.empty()) commands.emplace(draft.command_id, appended);
    return appended;
  }
};

AppendDraft arbitrary_draft(const Model& model) {
  AppendDraft draft;
  draft.stream = "node/" + std::to_string(*rc::gen::inRange(0, 12));
  const auto known = model.versions.find(draft.stream);
  const auto version = known == model.versions.end() ? Version{0} : known->second;
  draft.expected_version = *rc::gen::weightedElement<Version>({{9, version}, {1, version + 1}});
  const auto count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i)
    draft.events.push_back(NodeLost{*rc::gen::arbitrary<std::string>()});
  if (*rc::gen::inRange(0, 3) == 0)
    draft.command_id = "command-" + std::to_string(*rc::gen::inRange(0, 40));
  return draft;
}

void check_same(const EventLog& log, const Model& model) {
  RC_ASSERT(log.head() == model.events.size());
  const auto events = read_all(log);
  RC_ASSERT(events.size() == model.events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    RC_ASSERT(events[i].position == i + 1);
    RC_ASSERT(events[i].stream == model.events[i].stream);
    RC_ASSERT(events[i].version == model.events[i].version);
    RC_ASSERT(events[i].event == model.events[i].event);
  }
  for (const auto& [stream, version] : model.versions) {
    RC_ASSERT(log.version_of(stream) == version);
    RC_ASSERT(read_stream(log, stream).size() == version);
  }
}

}  // namespace

void check_event_log_against_model(const std::function<std::unique_ptr<LogUnderTest>()>& fresh) {
  const bool holds = rc::check("the log agrees with the model", [&] {
    const auto under_test = fresh();
    Model model;
    const auto steps = *rc::gen::inRange(1, 30);
    for (int step = 0; step < steps; ++step) {
      std::vector<AppendDraft> group;
      std::vector<AppendResult> expected;
      const auto size = *rc::gen::inRange(1, 5);
      for (int i = 0; i < size; ++i) {
        group.push_back(arbitrary_draft(model));
        expected.push_back(model.append(group.back()));
      }
      const auto results = commit(under_test->log(), group);
      for (std::size_t i = 0; i < results.size(); ++i) {
        RC_ASSERT(results[i].has_value() == expected[i].has_value());
        if (results[i]) RC_ASSERT(*results[i] == *expected[i]);
      }
      if (*rc::gen::inRange(0, 8) == 0) {
        const auto hash = under_test->log().chain_hash();
        under_test->reopen();
        RC_ASSERT(under_test->log().chain_hash() == hash);
        check_same(under_test->log(), model);
      }
    }
    check_same(under_test->log(), model);
  });
  CHECK(holds);
}

}  // namespace orrery
