#pragma once

#include <memory>
#include <vector>

#include "cli/configuration.hpp"
#include "cli/server_storage.hpp"
#include "http/aicenter/context.hpp"

namespace orrery {

class CommitListener;
class EventFeed;
class MailSender;
struct ReadModels;

/// What the university's center needs besides actors and views, wired: what its queue is expected
/// to do, who signs users' tokens, who waits for an array, where people's files are, and how mail
/// about jobs leaves.
class Center {
 public:
  /// Throws `StartFailure` where a setting can't be used. What it is given outlives it. Without
  /// `mail` none is sent.
  Center(const Configuration& configuration, ServerStorage& storage, const ReadModels& models,
         MailSender* mail);
  ~Center();
  Center(const Center&) = delete;
  Center& operator=(const Center&) = delete;

  /// For the scheduler, which leaves its forecasts there.
  batch::ForecastBoard* forecasts();
  /// To be hung to the log actor after the views.
  std::vector<CommitListener*> listeners();

  /// From now on those who wait are told when they have waited enough. Both live until it is
  /// closed.
  void open(CommandGateway& gateway, EventFeed& feed);
  /// Nobody is told any more. After the edge has drained.
  void close();

  /// For the routes, once it is open.
  const AicenterContext& context() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orrery
