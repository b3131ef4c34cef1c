#include "http/gpushare/command_chain.hpp"

#include <memory>
#include <utility>

#include "actors/runtime/command_gateway.hpp"

namespace orrery::gpushare {

namespace {

class Chain : public std::enable_shared_from_this<Chain> {
 public:
  Chain(Context context, std::string client_id, std::vector<Client::Command> commands,
        Origin origin, std::function<void(ChainEnd)> done)
      : context_(std::move(context)),
        client_id_(std::move(client_id)),
        commands_(std::move(commands)),
        origin_(std::move(origin)),
        done_(std::move(done)) {}

  void send_next() {
    if (next_ == commands_.size()) return done_({true});
    context_->gateway->submit<Client>({client_id_, std::move(commands_[next_++]), origin_, {}},
                                      [self = shared_from_this()](const auto& outcome) {
                                        if (!outcome) return self->done_({});
                                        if (outcome->rejection)
                                          return self->done_({false, outcome->rejection});
                                        self->send_next();
                                      });
  }

 private:
  Context context_;
  std::string client_id_;
  std::vector<Client::Command> commands_;
  std::size_t next_ = 0;
  Origin origin_;
  std::function<void(ChainEnd)> done_;
};

}  // namespace

void send_in_turn(Context context, std::string client_id, std::vector<Client::Command> commands,
                  Origin origin, std::function<void(ChainEnd)> done) {
  std::make_shared<Chain>(std::move(context), std::move(client_id), std::move(commands),
                          std::move(origin), std::move(done))
      ->send_next();
}

void become_provider(const Context& context, const MarketClient& client, Origin origin,
                     std::function<void(ChainEnd)> done) {
  std::vector<Client::Command> commands;
  if (client.role == ClientRole::user) {
    commands.emplace_back(Client::BecomeProvider{});
    // Later an admin's word counts, who may have taken the approval back.
    if (context->approves_providers_at_once) commands.emplace_back(Client::ApproveProvider{});
  }
  send_in_turn(context, client.id, std::move(commands), std::move(origin), std::move(done));
}

}  // namespace orrery::gpushare
