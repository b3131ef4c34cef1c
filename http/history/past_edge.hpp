#pragma once

#include <functional>
#include <memory>

#include "http/history/past_log.hpp"
#include "http/history/past_views.hpp"
#include "http/server/router.hpp"
#include "storage/clock.hpp"

namespace orrery {

/// What routes that answer as of a past moment are made with. All of it outlives them.
struct PastMoment {
  Position position = 0;
  const EventLog& log;
  /// Stands still at that moment.
  const Clock& clock;
  PastViews& views;
};

/// Adds the routes of a dialect, or some of them, as of a moment. Whoever is let in is decided by
/// the present.
using AddPastRoutes = std::function<void(Router&, const PastMoment&)>;

/// A dialect's routes as of a moment, with all that they read. Any thread may ask, once the views
/// have been folded.
class PastEdge {
 public:
  /// `views` may be those of another edge at the same position. `log` must outlive this.
  PastEdge(const EventLog& log, Position position, Time time, const AddPastRoutes& add,
           std::shared_ptr<PastViews> views);

  Time time() const { return clock_.now(); }
  const std::shared_ptr<PastViews>& views() const { return views_; }

  /// As the live router would have then: `request` is one whose path leads to a GET route of the
  /// dialect.
  void answer(Request request, const Responder& respond) const;

 private:
  class StandingClock : public Clock {
   public:
    explicit StandingClock(Time time) : time_(time) {}
    Time now() const override { return time_; }

   private:
    Time time_;
  };

  PastLog log_;
  StandingClock clock_;
  std::shared_ptr<PastViews> views_;
  Router router_;
};

}  // namespace orrery
