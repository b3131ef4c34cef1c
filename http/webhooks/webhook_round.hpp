#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/command_gateway.hpp"
#include "http/native/event_selection.hpp"
#include "http/transfers/http_transfers.hpp"
#include "http/webhooks/webhook_address.hpp"
#include "http/webhooks/webhook_delivery.hpp"
#include "http/webhooks/webhook_parcel.hpp"
#include "projections/tenants/tenant_lookup.hpp"
#include "projections/webhooks/webhook_view.hpp"

namespace orrery {

/// What others may see of a round while it goes on. Any thread.
struct WebhookBoard {
  std::mutex mutex;
  std::map<std::string, WebhookProgress, std::less<>> progress;
  std::atomic<std::uint64_t> delivered{0}, failed{0}, dead_letters{0}, failing{0}, behind_max{0};
};

/// All deliveries on one thread: turn after turn, each webhook that is due gets a request on its
/// way, and answers move its cursor.
class WebhookRound {
 public:
  /// What the log said to a command that was sent for a webhook.
  struct Decided {
    enum class Verdict : std::uint8_t { accepted, refused, unavailable };
    std::string webhook_id;
    /// Of the dead letter; 0: the command was a pause.
    Position position = 0;
    Verdict verdict = Verdict::accepted;
  };
  using Report = std::function<void(Decided)>;

  /// `report` is called from actors' threads. All of it outlives the round.
  WebhookRound(const WebhookDelivery::Parts& parts, const WebhookDeliverySettings& settings,
               CommandGateway& gateway, WebhookBoard& board, Report report);
  /// Puts the checkpoints.
  ~WebhookRound();

  /// Takes what the view says of webhooks: new ones begin, deleted ones end.
  void refresh();
  /// Puts requests on their way, for events up to `head`. How long to wait until somebody is due
  /// again.
  std::chrono::milliseconds turn(Position head);
  void take(const Decided& decided);
  void redeliver(const std::string& webhook_id, Position position,
                 std::function<void(const WebhookAnswer&)> done);

  HttpTransfers& transfers() { return transfers_; }
  bool is_empty() const { return hooks_.empty(); }

 private:
  using Instant = WebhookCourier::Instant;

  struct Hook {
    WebhookView::Hook details;
    WebhookAddress address;
    EventSelection selection;
    WebhookCourier courier;
    /// Where the checkpoint stands.
    Position saved = 0;
    /// Of the request on its way.
    std::uint64_t transfer = 0;
    WebhookParcel sent;
  };

  Hook begin(const WebhookView::Hook& details);
  void change(Hook& hook, const WebhookView::Hook& details);
  void send(Hook& hook, Position head, Instant now);
  HttpTransfer transfer_of(const Hook& hook, WebhookParcel parcel,
                           std::span<const std::string> secrets) const;
  std::vector<std::string> secrets_of(const WebhookDetails& details) const;
  void on_answer(const std::string& id, WebhookAnswer answer);
  void bury(const Hook& hook);
  void pause(const Hook& hook, std::string reason);
  template <class C>
  void command(const Hook& hook, Position position, C command);
  void save(Hook& hook);
  void show(const Hook& hook, Position head);
  double chance() const;

  const WebhookDelivery::Parts& parts_;
  const WebhookDeliverySettings& settings_;
  CommandGateway& gateway_;
  WebhookBoard& board_;
  Report report_;
  TenantLookup tenants_;
  std::map<std::string, Hook, std::less<>> hooks_;
  Position head_ = 0;
  /// The last, so that nothing is told to what has gone.
  HttpTransfers transfers_;
};

}  // namespace orrery
