#include "tests/cli/golden_histories.hpp"

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "actors/history/folded_aggregate.hpp"
#include "events/codec.hpp"
#include "tests/events/event_examples.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

/// Places in `examples::all`, in order.
using Path = std::vector<std::size_t>;

struct Reached {
  std::shared_ptr<FoldedAggregate> state;
  Path path;
};

/// The shortest way to each example within streams of one kind.
std::map<std::size_t, Path> paths_of(std::string_view kind) {
  constexpr std::size_t states_max = 400;
  const auto stream = std::string(kind) + "/x";
  std::map<std::size_t, Path> paths;
  std::set<std::string> seen;
  std::deque<Reached> open{{fold_of_stream(stream), {}}};
  for (std::size_t looked_at = 0; !open.empty() && looked_at < states_max; ++looked_at) {
    const auto from = std::move(open.front());
    open.pop_front();
    for (std::size_t i = 0; i < examples::all.size(); ++i) {
      std::shared_ptr<FoldedAggregate> next = from.state->clone();
      if (!next->apply(examples::all[i])) continue;
      auto path = from.path;
      path.push_back(i);
      paths.emplace(i, path);
      std::string state;
      next->save(state);
      if (seen.insert(next->phase() + state).second) open.push_back({next, std::move(path)});
    }
  }
  return paths;
}

struct OldForm {
  std::uint16_t tag = 0;
  std::uint16_t version = 0;
  std::string payload;
};

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

/// The golden bytes of versions that are no longer written.
std::vector<OldForm> old_forms() {
  std::vector<OldForm> forms;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(golden_folder() / "events"))
    files.insert(entry.path());
  for (const auto& path : files) {
    std::ifstream file(path);
    std::string word, tag, version, bytes;
    file >> word >> tag >> word >> version >> word;
    std::getline(file, bytes);
    if (!bytes.empty()) bytes.erase(0, 1);
    const OldForm form{static_cast<std::uint16_t>(std::stoi(tag, nullptr, 16)),
                       static_cast<std::uint16_t>(std::stoi(version)), from_hex(bytes)};
    for (std::size_t i = 0; i < Events::size; ++i)
      if (Events::tags[i] == form.tag && form.version < Events::versions[i]) forms.push_back(form);
  }
  return forms;
}

class History {
 public:
  /// One stream with the examples of the path; the last in an old form, where one is given.
  void add(std::string_view kind, const Path& path, const OldForm* last = nullptr) {
    const auto stream = fmt::format("{}/golden-{}", kind, ++stream_count_);
    for (std::size_t i = 0; i < path.size(); ++i) {
      const auto& event = examples::all[path[i]];
      std::string payload;
      encode(event, payload);
      if (last != nullptr && i + 1 == path.size())
        append(stream, i, {last->tag, last->version, last->payload});
      else
        append(stream, i, {tag_of(event), version_of(event), payload});
    }
  }

  std::unique_ptr<MemoryEventLog> take() { return std::move(log_); }

 private:
  void append(const std::string& stream, Version version, NewEvent event) {
    const auto request = fmt::format("request-{}", stream_count_);
    Append append{stream, version, {"account/golden", 0, request}, {}, {event}};
    if (version > 0) append.origin = {"process/golden", log_->head(), request};
    const Time now{std::chrono::seconds(1'800'000'000 + log_->head())};
    log_->commit({&append, 1}, now).front().value();
  }

  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
  int stream_count_ = 0;
};

}  // namespace

std::unique_ptr<MemoryEventLog> golden_history() {
  History history;
  const auto forms = old_forms();
  for (const auto kind : stream_kinds()) {
    const auto paths = paths_of(kind);
    std::map<std::uint16_t, Path> path_to_tag;
    for (const auto& [example, path] : paths) {
      history.add(kind, path);
      path_to_tag.emplace(tag_of(examples::all[example]), path);
    }
    for (const auto& form : forms)
      if (const auto path = path_to_tag.find(form.tag); path != path_to_tag.end())
        history.add(kind, path->second, &form);
  }
  return history.take();
}

}  // namespace orrery
