#include "sim/fork/forked_life.hpp"

#include <algorithm>
#include <queue>
#include <utility>

#include <boost/describe/enum_to_string.hpp>

#include "events/stream_name.hpp"
#include "sim/life.hpp"
#include "sim/seeded_random.hpp"
#include "sim/virtual_clock.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string stream_of(const AddressedCommand& command) {
  return std::visit([]<class A>(const To<A>& to) { return stream_name(A::stream_prefix, to.id); },
                    command);
}

/// Batch policies look at hours; half a second of every scheduler pass is enough for short spans.
milliseconds tick_for(microseconds span) {
  constexpr std::int64_t tick_count_wished = 40'000;
  const auto tick = std::chrono::duration_cast<milliseconds>(span / tick_count_wished);
  return std::clamp<milliseconds>(tick, milliseconds(500), seconds(30));
}

LifeConfiguration configuration_for(microseconds span) {
  LifeConfiguration life;
  life.tick_interval = tick_for(span);
  life.plays_all_nodes = true;
  return life;
}

/// Something to be said at a time; of those at one time, in the order in which they were noted.
struct Due {
  Time at{};
  std::uint64_t number = 0;
  std::function<void()> say;

  bool operator>(const Due& other) const {
    return std::pair(at, number) > std::pair(other.at, other.number);
  }
};

/// One run of a forked control plane.
class Forked {
 public:
  Forked(MemoryEventLog& log, const AskedAfter& asked, const ForkedLifeSettings& settings)
      : log_(log), asked_(asked), settings_(settings), random_(settings.seed) {
    const auto head = time_at(log_, log_.head());
    clock_.advance((head ? *head : Time{}) - clock_.now());
    configuration_ = configuration_for(settings.until - clock_.now());
    life_ = std::make_unique<Life>(log_, clock_, configuration_);
  }

  ForkedLife run() {
    feed();  // Scripts that run at the fork end when they did.
    for (const auto& command : settings_.change.commands) {
      changed_.insert(stream_of(command));
      submit(command);
    }
    settle();
    note_what_was_asked();
    while (clock_.now() < settings_.until) {
      pass_time();
      say_what_is_due();
      settle();
      if (settings_.progress) settings_.progress(clock_.now());
    }
    life_->stop(random_);
    return std::move(result_);
  }

 private:
  void at(Time time, std::function<void()> say) {
    due_.push({time, ++noted_count_, std::move(say)});
  }

  void note_what_was_asked() {
    for (const auto& request : asked_.requests)
      if (changed_.count(stream_of(request.what)) == 0)
        at(request.at, [this, &request] {
          ++result_.repeated_count;
          submit(request.what);
        });
    for (const auto& fate : asked_.fates)
      at(fate.at, [this, &fate] {
        std::visit([this](const auto& message) { caf::anon_send(life_->driver(), message); },
                   fate.what);
      });
    for (const auto& lease : asked_.leases)
      at(lease.at, [this, &lease] {
        ++result_.repeated_count;
        claim(lease.what.first, lease.what.second.request);
      });
  }

  void submit(const AddressedCommand& command) {
    std::visit(
        [&]<class A>(const To<A>& to) {
          life_->gateway().submit<A>(
              {to.id, to.command, Origin{"fork", 0, "fork"}, {}},
              [this](const boost::system::result<Outcome<A>, Unavailable>& answer) {
                if (!answer || !answer->rejection) return;
                ++result_.refused[boost::describe::enum_to_string(*answer->rejection, "refused")];
              });
        },
        command);
  }

  void claim(const std::string& id, LeaseRequested request) {
    request.holder = std::string(repeated_lease_prefix) + id;
    submit(To<Lease>{request.holder, Lease::Request{request}});
  }

  void pass_time() {
    auto span =
        std::min<microseconds>(configuration_.tick_interval, settings_.until - clock_.now());
    if (!due_.empty()) span = std::min(span, due_.top().at - clock_.now());
    span = std::max<microseconds>(span, milliseconds(1));
    clock_.advance(span);
    life_->advance(span);
  }

  void say_what_is_due() {
    while (!due_.empty() && due_.top().at <= clock_.now()) {
      const auto due = due_.top();
      due_.pop();
      due.say();
    }
  }

  /// Until nobody has anything to do at this moment.
  void settle() {
    life_->run_all(random_);
    feed();
  }

  void feed() {
    const auto head = log_.head();
    if (head == fed_) return;
    RecordedEvent recorded;
    (void)log_.read(fed_ + 1, head, [&](const StoredEvent& stored) {
      record(stored, recorded);
      follow(recorded);
      return true;
    });
    fed_ = head;
  }

  void follow(const RecordedEvent& recorded) {
    const std::string id(stream_id(recorded.stream));
    if (const auto* job = std::get_if<JobSubmitted>(&recorded.event)) {
      if (job->specification.rehearsal.run_time_s) rehearsed_.insert(id);
    } else if (std::holds_alternative<JobStarted>(recorded.event)) {
      follow_start(id, recorded);
    } else if (std::holds_alternative<JobExited>(recorded.event)) {
      running_since_.erase(id);
    } else if (std::holds_alternative<LeaseGranted>(recorded.event)) {
      follow_grant(id, recorded.time);
    }
  }

  /// What isn't rehearsed, and so doesn't end by itself, is ended when it ended in the original.
  void follow_start(const std::string& id, const RecordedEvent& recorded) {
    const auto run = asked_.runs.find(id);
    if (run == asked_.runs.end() || rehearsed_.count(id) != 0) return;
    running_since_[id] = recorded.position;
    at(recorded.time + run->second.length, [this, run, started = recorded.position] {
      const auto running = running_since_.find(run->first);
      if (running != running_since_.end() && running->second == started)
        caf::anon_send(life_->driver(), run->second.exit);
    });
  }

  void follow_grant(const std::string& id, Time granted_at) {
    if (!id.starts_with(repeated_lease_prefix)) return;
    if (leases_by_id_.empty())
      for (const auto& lease : asked_.leases) leases_by_id_[lease.what.first] = &lease.what.second;
    const auto lease = leases_by_id_.find(id.substr(repeated_lease_prefix.size()));
    if (lease == leases_by_id_.end() || !lease->second->held) return;
    at(granted_at + *lease->second->held, [this, id] { submit(To<Lease>{id, Lease::Release{}}); });
  }

  MemoryEventLog& log_;
  const AskedAfter& asked_;
  const ForkedLifeSettings& settings_;
  SeededRandom random_;
  VirtualClock clock_;
  LifeConfiguration configuration_;
  std::unique_ptr<Life> life_;
  std::set<std::string> changed_;
  std::set<std::string> rehearsed_;
  /// Jobs whose scripts run: the position of the start.
  std::map<std::string, Position> running_since_;
  std::map<std::string, const SeenLease*> leases_by_id_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t noted_count_ = 0;
  Position fed_ = 0;
  ForkedLife result_;
};

}  // namespace

ForkedLife live_on(MemoryEventLog& log, const AskedAfter& asked,
                   const ForkedLifeSettings& settings) {
  return Forked(log, asked, settings).run();
}

}  // namespace orrery
