#include "http/aicenter/jobs/command_chain.hpp"

#include <memory>
#include <string>
#include <utility>

namespace orrery::aicenter {

namespace {

class Chain : public std::enable_shared_from_this<Chain> {
 public:
  Chain(CommandGateway& gateway, std::vector<JobCommand> commands, Origin origin,
        std::function<void(ChainEnd)> done)
      : gateway_(gateway),
        commands_(std::move(commands)),
        origin_(std::move(origin)),
        done_(std::move(done)) {}

  void go_on() {
    if (next_ >= commands_.size()) return done_({!rejection_, rejection_});
    auto& command = commands_[next_++];
    gateway_.submit<Job>({std::to_string(command.job_id), std::move(command.command), origin_, {}},
                         [self = shared_from_this()](const auto& outcome) {
                           if (!outcome) return self->done_({});
                           if (outcome->rejection && !self->rejection_)
                             self->rejection_ = outcome->rejection;
                           self->go_on();
                         });
  }

 private:
  CommandGateway& gateway_;
  std::vector<JobCommand> commands_;
  Origin origin_;
  std::function<void(ChainEnd)> done_;
  std::size_t next_ = 0;
  std::optional<Job::Rejection> rejection_;
};

}  // namespace

void send_in_turn(CommandGateway& gateway, std::vector<JobCommand> commands, Origin origin,
                  std::function<void(ChainEnd)> done) {
  std::make_shared<Chain>(gateway, std::move(commands), std::move(origin), std::move(done))
      ->go_on();
}

}  // namespace orrery::aicenter
