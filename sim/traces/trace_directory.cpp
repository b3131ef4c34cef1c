#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "sim/traces/read_trace.hpp"
#include "sim/traces/trace_files.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

TraceReading<std::vector<fs::path>> files_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_regular_file(error) && !entry->path().filename().string().starts_with('.'))
      files.push_back(entry->path());
  if (error) return TraceFailure{fmt::format("{}: {}", directory.string(), error.message())};
  std::sort(files.begin(), files.end());
  return files;
}

/// A file that begins like no trace, or like another one than was asked for. What isn't called like
/// a trace is left out in silence; of others is said that they were.
void leave_out(const fs::path& file, std::string reason, std::vector<Trace>& traces) {
  const auto extension = file.extension();
  if (extension != ".csv" && extension != ".swf" && extension != ".json") return;
  Trace nothing;
  nothing.name = file.stem().string();
  nothing.bad_lines.push_back({file.string(), 1, std::move(reason)});
  traces.push_back(std::move(nothing));
}

/// The traces of a directory while its files are read.
class DirectoryTraces {
 public:
  explicit DirectoryTraces(std::optional<TraceFormat> format) : format_(format) {}

  /// Nothing, or why there can be no traces at all.
  std::optional<TraceFailure> add(const fs::path& file) {
    const auto text = read_trace_text(file);
    if (!text) return text.error();
    const auto found = recognise_trace(*text);
    if (!found) {
      leave_out(file, "it begins like no trace that we read", traces_);
      return std::nullopt;
    }
    auto trace = parse_trace_file(file, *text, *found);
    if (!trace) return trace.error();
    if (*found == TraceFormat::alibaba_nodes)
      add_nodes(file, std::move(*trace));
    else
      add_jobs(file, *found, std::move(*trace));
    return std::nullopt;
  }

  std::vector<Trace> finished() && {
    for (auto& [folder, list] : nodes_)
      if (!give_to_pods(folder, list)) traces_.push_back(std::move(list));
    return std::move(traces_);
  }

 private:
  void add_jobs(const fs::path& file, TraceFormat found, Trace trace) {
    if (format_ && *format_ != found) return leave_out(file, "it is of another format", traces_);
    if (found == TraceFormat::alibaba_pods) pods_.emplace(file.parent_path(), traces_.size());
    traces_.push_back(std::move(trace));
  }

  /// Alibaba publishes several lists of the same machines, of which the first counts.
  void add_nodes(const fs::path& file, Trace list) {
    const auto [first, is_first] = nodes_.try_emplace(file.parent_path(), std::move(list));
    if (is_first) return;
    first->second.bad_lines.push_back(
        {file.string(), 1, fmt::format("the machines of {}.csv count", first->second.name)});
  }

  bool give_to_pods(const fs::path& folder, const Trace& list) {
    const auto [begin, end] = pods_.equal_range(folder);
    for (auto pods = begin; pods != end; ++pods) {
      auto& trace = traces_[pods->second];
      trace.nodes = list.nodes;
      trace.bad_lines.insert(trace.bad_lines.end(), list.bad_lines.begin(), list.bad_lines.end());
    }
    return begin != end;
  }

  std::optional<TraceFormat> format_;
  std::vector<Trace> traces_;
  /// By folder: the first list of machines, and the traces of pods.
  std::map<fs::path, Trace> nodes_;
  std::multimap<fs::path, std::size_t> pods_;
};

TraceReading<std::vector<Trace>> read_directory(const fs::path& directory,
                                                std::optional<TraceFormat> format) {
  const auto files = files_below(directory);
  if (!files) return files.error();
  DirectoryTraces reading(format);
  for (const auto& file : *files)
    if (const auto failure = reading.add(file)) return *failure;
  auto traces = std::move(reading).finished();
  if (traces.empty())
    return TraceFailure{fmt::format("{} has no file that begins like a trace", directory.string())};
  return traces;
}

/// Traces are told apart by their names: of two that are called alike, the later one gets a number.
void tell_apart(std::vector<Trace>& traces) {
  std::set<std::string> taken;
  for (auto& trace : traces) {
    auto name = trace.name;
    for (int number = 2; !taken.insert(name).second; ++number)
      name = fmt::format("{} ({})", trace.name, number);
    trace.name = std::move(name);
  }
}

}  // namespace

TraceReading<std::vector<Trace>> read_traces(const fs::path& path,
                                             std::optional<TraceFormat> format) {
  if (fs::is_directory(path)) return read_directory(path, format);
  auto trace = read_trace(path, format);
  if (!trace) return trace.error();
  std::vector<Trace> one;
  one.push_back(std::move(*trace));
  return one;
}

TraceReading<std::vector<Trace>> read_traces(const std::vector<fs::path>& paths,
                                             std::optional<TraceFormat> format) {
  std::vector<Trace> all;
  for (const auto& path : paths) {
    auto traces = read_traces(path, format);
    if (!traces) return traces.error();
    std::move(traces->begin(), traces->end(), std::back_inserter(all));
  }
  tell_apart(all);
  return all;
}

}  // namespace orrery
