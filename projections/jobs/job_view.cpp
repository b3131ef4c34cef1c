#include "projections/jobs/job_view.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/jobs/job_entry.hpp"
#include "projections/jobs/job_table.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

using Entry = JobTable::Entry;

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// Nothing where the stream is none of a job's.
std::optional<std::uint32_t> id_of(const RecordedEvent& recorded) {
  const auto text = stream_id(recorded.stream);
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(id)
                                                                  : std::nullopt;
}

/// Ended jobs that are kept, with the requests that made them: about a quarter of a gigabyte. What
/// ended earlier is in the log alone.
constexpr std::size_t ended_count_max = 200'000;

/// Jobs that a list looks up before the writer may come in between.
constexpr std::size_t chunk_size = 1'024;

bool passes(const JobFilter& filter, const JobEntry& entry) {
  if (seconds_of(entry.changed_at) < filter.changed_since_s) return false;
  if (!filter.user.empty() && entry.row.facts->user != filter.user) return false;
  if (filter.with_place && !entry.row.run) return false;
  if (!has_ended(entry.row.status)) return true;
  if (filter.with_place) return false;
  return filter.ended_since_s && seconds_of(entry.row.ended_at) >= *filter.ended_since_s;
}

/// Puts the ended among the living, both in the order of their ids. Who ended in between is in both
/// and stands here as ended.
void merge_ended(std::vector<Entry>& living, std::vector<Entry> ended) {
  if (ended.empty()) return;
  const auto id = [](const Entry& entry) { return entry->row.id; };
  std::ranges::stable_sort(ended, {}, id);
  const auto living_count = static_cast<std::ptrdiff_t>(living.size());
  living.insert(living.end(), std::move_iterator(ended.begin()), std::move_iterator(ended.end()));
  std::ranges::inplace_merge(living, living.begin() + living_count, {}, id);
  const auto kept = std::unique(living.rbegin(), living.rend(),
                                [&](const auto& a, const auto& b) { return id(a) == id(b); });
  living.erase(living.begin(), kept.base());
}

}  // namespace

struct JobView::State {
  // The writer's side. It reads without the lock.
  void submit(const JobSubmitted& submitted, const RecordedEvent& recorded);
  void submit(const JobArraySubmitted& submitted, const RecordedEvent& recorded);
  template <class Change>
  void change(const RecordedEvent& recorded, const Change& change);
  /// Takes it in, in the place of the one with its id, which is returned: it is freed after the
  /// lock.
  Entry put(Entry entry);
  void count(const JobRow& row, int sign);
  void remember(const std::string& request_id, JobOfRequest made);
  /// Forgets the job that ended first.
  void drop_oldest_end();
  /// Facts that equal those of the job that the user submitted last are shared with it, as by tasks
  /// of an array.
  void share_facts(JobRow& row);

  // The readers' side.
  Entry find(std::uint32_t id) const;
  std::vector<Entry> living() const;
  std::vector<Entry> living(std::string_view user) const;
  std::vector<Entry> ended(std::int64_t since_s) const;
  void add(std::vector<Entry>& entries, std::uint32_t id) const;

  struct OfUser {
    std::set<std::uint32_t> living;
    std::shared_ptr<const JobFacts> latest_facts;
  };
  struct End {
    Time time;
    std::uint32_t id = 0;

    auto operator<=>(const End&) const = default;
  };

  mutable WriterFirstMutex mutex;
  JobTable jobs;
  std::map<std::string, JobOfRequest, std::less<>> requests;
  std::uint32_t largest_id = 0;
  Time changed_at{};

  // Derived.
  Counts counts{};
  std::uint32_t living_count = 0;
  std::map<std::string, OfUser, std::less<>> of_user;
  /// Ids of tasks, ascending, by the array's.
  std::map<std::uint32_t, std::set<std::uint32_t>> tasks;
  std::set<End> ends;
  /// The key of `requests`, by the job's id.
  std::map<std::uint32_t, std::string> request_of;
};

JobView::JobView() : state_(std::make_unique<State>()) {}
JobView::~JobView() = default;

std::optional<JobRow> JobView::find(std::uint32_t id) const {
  const auto entry = state_->find(id);
  return entry ? std::optional(entry->row) : std::nullopt;
}

std::vector<JobRow> JobView::rows(const JobFilter& filter) const {
  auto entries = filter.user.empty() ? state_->living() : state_->living(filter.user);
  if (filter.ended_since_s) merge_ended(entries, state_->ended(*filter.ended_since_s));
  std::vector<JobRow> rows;
  rows.reserve(entries.size());
  for (const auto& entry : entries)
    if (passes(filter, *entry)) rows.push_back(entry->row);
  return rows;
}

std::vector<JobRow> JobView::tasks(std::uint32_t array_id) const {
  std::vector<Entry> entries;
  {
    const std::shared_lock lock(state_->mutex);
    const auto found = state_->tasks.find(array_id);
    if (found == state_->tasks.end()) return {};
    entries.reserve(found->second.size());
    for (const auto id : found->second) state_->add(entries, id);
  }
  std::vector<JobRow> rows;
  rows.reserve(entries.size());
  for (const auto& entry : entries) rows.push_back(entry->row);
  return rows;
}

std::uint32_t JobView::living_count(std::string_view user) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->of_user.find(user);
  return found == state_->of_user.end() ? 0
                                        : static_cast<std::uint32_t>(found->second.living.size());
}

std::uint32_t JobView::living_count() const {
  const std::shared_lock lock(state_->mutex);
  return state_->living_count;
}

JobView::Counts JobView::counts() const {
  const std::shared_lock lock(state_->mutex);
  return state_->counts;
}

Time JobView::changed_at() const {
  const std::shared_lock lock(state_->mutex);
  return state_->changed_at;
}

std::uint32_t JobView::largest_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_id;
}

std::optional<JobOfRequest> JobView::of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(request_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second);
}

Entry JobView::State::find(std::uint32_t id) const {
  const std::shared_lock lock(mutex);
  const auto* entry = jobs.find(id);
  return entry ? *entry : nullptr;
}

std::vector<Entry> JobView::State::living() const {
  std::vector<Entry> entries;
  std::uint32_t next_block = 0;
  for (bool more = true; more;) {  // The writer comes in between.
    const std::shared_lock lock(mutex);
    entries.reserve(living_count);
    more = jobs.take_living(entries, next_block);
  }
  return entries;
}

std::vector<Entry> JobView::State::living(std::string_view user) const {
  std::vector<Entry> entries;
  std::optional<std::uint32_t> last;
  for (bool more = true; more;) {
    const std::shared_lock lock(mutex);
    const auto found = of_user.find(user);
    if (found == of_user.end()) break;
    const auto& ids = found->second.living;
    entries.reserve(ids.size());
    auto id = last ? ids.upper_bound(*last) : ids.begin();
    for (std::size_t i = 0; i < chunk_size && id != ids.end(); ++i)
      add(entries, last.emplace(*id++));
    more = id != ids.end();
  }
  return entries;
}

std::vector<Entry> JobView::State::ended(std::int64_t since_s) const {
  constexpr std::int64_t latest_s = 9'000'000'000'000;
  std::vector<Entry> entries;
  End last{Time(std::chrono::seconds(std::clamp<std::int64_t>(since_s, 0, latest_s))), 0};
  auto is_first = true;
  for (bool more = true; more; is_first = false) {
    const std::shared_lock lock(mutex);
    auto end = is_first ? ends.lower_bound(last) : ends.upper_bound(last);
    for (std::size_t i = 0; i < chunk_size && end != ends.end(); ++i) {
      last = *end++;
      add(entries, last.id);
    }
    more = end != ends.end();
  }
  return entries;
}

void JobView::State::add(std::vector<Entry>& entries, std::uint32_t id) const {
  if (const auto* entry = jobs.find(id)) entries.push_back(*entry);
}

void JobView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->submit(event, recorded); })
          state_->submit(event, recorded);
        else if constexpr (requires(JobRow & row) { fold(row, event, Time{}); })
          state_->change(recorded, [&](JobRow& row) { fold(row, event, recorded.time); });
      },
      recorded.event);
}

// How the state changes.

void JobView::State::submit(const JobSubmitted& submitted, const RecordedEvent& recorded) {
  const auto id = id_of(recorded);
  if (!id) return;
  auto entry = std::make_shared<JobEntry>(entry_of(*id, submitted, recorded));
  Entry before;
  const std::unique_lock lock(mutex);
  share_facts(entry->row);
  before = put(std::move(entry));
  changed_at = std::max(changed_at, recorded.time);
  if (!submitted.request_digest.empty())
    remember(submitted.request_id, {*id, submitted.request_digest});
}

void JobView::State::submit(const JobArraySubmitted& submitted, const RecordedEvent& recorded) {
  const auto id = id_of(recorded);
  if (!id || submitted.task_ids.empty()) return;
  const std::unique_lock lock(mutex);
  largest_id =
      std::max(largest_id, *id + static_cast<std::uint32_t>(submitted.task_ids.size()) - 1);
  changed_at = std::max(changed_at, recorded.time);
  if (!submitted.request_digest.empty())
    remember(submitted.request_id, {*id, submitted.request_digest});
}

template <class Change>
void JobView::State::change(const RecordedEvent& recorded, const Change& change) {
  const auto id = id_of(recorded);
  const auto* found = id ? jobs.find(*id) : nullptr;
  if (!found) return;
  auto changed = std::make_shared<JobEntry>(**found);
  change(changed->row);
  changed->row.version = recorded.version;
  changed->changed_at = recorded.time;
  Entry before;
  const std::unique_lock lock(mutex);
  before = put(std::move(changed));
  changed_at = std::max(changed_at, recorded.time);
}

Entry JobView::State::put(Entry entry) {
  if (const auto* before = jobs.find(entry->row.id)) count((*before)->row, -1);
  count(entry->row, 1);
  largest_id = std::max(largest_id, entry->row.id);
  auto before = jobs.put(std::move(entry));
  if (ends.size() > ended_count_max) drop_oldest_end();
  return before;
}

/// Into everything that is derived, or out of it.
void JobView::State::count(const JobRow& row, int sign) {
  const auto change = static_cast<std::uint32_t>(sign);
  counts[static_cast<std::size_t>(row.status)] += static_cast<std::uint64_t>(sign);
  auto& living = of_user[row.facts->user].living;
  const bool comes = sign > 0;
  if (has_ended(row.status)) {
    comes ? void(ends.insert({row.ended_at, row.id})) : void(ends.erase({row.ended_at, row.id}));
  } else {
    living_count += change;
    comes ? void(living.insert(row.id)) : void(living.erase(row.id));
  }
  if (row.task) {
    auto& ids = tasks[row.task->array_id];
    comes ? void(ids.insert(row.id)) : void(ids.erase(row.id));
    if (ids.empty()) tasks.erase(row.task->array_id);
  }
}

void JobView::State::remember(const std::string& request_id, JobOfRequest made) {
  request_of.insert_or_assign(made.id, request_id);
  requests.insert_or_assign(request_id, std::move(made));
}

void JobView::State::drop_oldest_end() {
  const auto id = ends.begin()->id;
  const auto dropped = jobs.remove(id);
  count(dropped->row, -1);
  if (const auto request = request_of.find(id); request != request_of.end()) {
    requests.erase(request->second);
    request_of.erase(request);
  }
}

void JobView::State::share_facts(JobRow& row) {
  auto& latest = of_user[row.facts->user].latest_facts;
  if (latest && *latest == *row.facts)
    row.facts = latest;
  else
    latest = row.facts;
}

// Snapshots.

void JobView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(state_->jobs.size()));
  state_->jobs.visit([&](const JobEntry& entry) { save_entry(writer, entry); });
  writer(state_->requests, state_->largest_id, state_->changed_at);
}

void JobView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) {
    auto entry = std::make_shared<JobEntry>(load_entry(reader));
    if (loaded->jobs.find(entry->row.id)) throw MalformedBytes("a job twice");
    loaded->share_facts(entry->row);
    loaded->put(std::move(entry));
  }
  reader(loaded->requests, loaded->largest_id, loaded->changed_at);
  for (const auto& [request_id, made] : loaded->requests)
    loaded->request_of.insert_or_assign(made.id, request_id);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
