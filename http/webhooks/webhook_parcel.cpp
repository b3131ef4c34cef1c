#include "http/webhooks/webhook_parcel.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "events/stream_name.hpp"
#include "http/webhooks/cloud_event.hpp"
#include "http/webhooks/webhook_signature.hpp"

namespace orrery {

namespace {

constexpr std::string_view webhook_kind = "webhook";
/// For how many others an event counts whose tenant may have to be looked up.
constexpr std::size_t lookup_events = 8;

bool asks_for_webhooks(const WebhookFilter& filter) {
  const auto is_about = [](const std::string& entry) { return entry.starts_with(webhook_kind); };
  return std::ranges::any_of(filter.streams, is_about) ||
         std::ranges::any_of(filter.types, is_about);
}

class Gathering {
 public:
  explicit Gathering(const WebhookWish& wish)
      : wish_(wish), takes_webhooks_(asks_for_webhooks(wish.selection.filter())) {
    parcel_.seen = wish.after;
  }

  /// False once nothing more goes in.
  bool take(const StoredEvent& stored) {
    if (is_wanted(stored)) {
      auto text = boost::json::serialize(cloud_event(recorded_, wish_.source));
      if (!parcel_.is_empty() && parcel_.body.size() + text.size() > parcel_bytes_max) return false;
      add(stored.position, std::move(text));
    }
    parcel_.seen = stored.position;
    looked_at_ += wish_.selection.needs_tenants() ? lookup_events : 1;
    return parcel_.count < wish_.count_max && looked_at_ < parcel_scan_max;
  }

  WebhookParcel finish() {
    if (wish_.is_batch && !parcel_.is_empty()) parcel_.body.push_back(']');
    return std::move(parcel_);
  }

 private:
  bool is_wanted(const StoredEvent& stored) {
    if (!wish_.selection.may_want(stored.stream, stored.tag)) return false;
    if (stream_aggregate(stored.stream) == webhook_kind &&
        (!takes_webhooks_ || stream_id(stored.stream) == wish_.webhook_id))
      return false;
    record(stored, recorded_);
    return wish_.selection.wants(recorded_);
  }

  void add(Position position, std::string text) {
    if (parcel_.is_empty()) parcel_.first = position;
    if (wish_.is_batch) parcel_.body.push_back(parcel_.is_empty() ? '[' : ',');
    parcel_.body.append(text);
    parcel_.last = position;
    ++parcel_.count;
  }

  const WebhookWish& wish_;
  bool takes_webhooks_;
  WebhookParcel parcel_;
  RecordedEvent recorded_;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::string WebhookParcel::id() const {
  return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
}

boost::system::result<WebhookParcel, LogDamage> gather_parcel(const EventLog& log,
                                                              const WebhookWish& wish) {
  Gathering gathering(wish);
  const auto read = log.read(wish.after + 1, wish.head,
                             [&](const StoredEvent& stored) { return gathering.take(stored); });
  if (!read) return read.error();
  return gathering.finish();
}

HttpTransfer webhook_transfer(const WebhookAddress& address, WebhookParcel parcel,
                              std::span<const std::string> secrets, std::int64_t timestamp_s) {
  const auto id = parcel.id();
  std::string signatures;
  for (const auto& secret : secrets) {
    if (!signatures.empty()) signatures.push_back(' ');
    signatures += webhook_signature(secret, id, timestamp_s, parcel.body);
  }
  HttpTransfer transfer;
  transfer.method = "POST";
  transfer.url = address.url;
  transfer.content_type = fmt::format(
      "{}; charset=utf-8", address.batch_count > 0 ? cloud_event_batch_type : cloud_event_type);
  transfer.headers = {"webhook-id: " + id, fmt::format("webhook-timestamp: {}", timestamp_s),
                      "webhook-signature: " + signatures, "User-Agent: orrery-webhooks/1"};
  transfer.body = std::move(parcel.body);
  return transfer;
}

}  // namespace orrery
