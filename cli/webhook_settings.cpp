#include "cli/webhook_settings.hpp"

#include <algorithm>
#include <chrono>

#include "cli/logging.hpp"

namespace orrery {

WebhookDelivery::Parts webhook_parts(ServerStorage& storage, const ReadModels& models) {
  WebhookDelivery::Parts parts;
  parts.log = storage.log.get();
  parts.webhooks = &models.webhooks;
  parts.subject_keys = storage.subject_keys.get();
  parts.clock = &storage.clock;
  parts.ids = &storage.ids;
  parts.warn = [](const std::string& message) { log_warning(message); };
  return parts;
}

WebhookDeliverySettings webhook_settings(const Configuration& configuration) {
  WebhookDeliverySettings settings;
  auto& patience = settings.patience;
  patience.attempt_count_max = configuration.webhooks_attempts;
  patience.pause_first = std::chrono::milliseconds(configuration.webhooks_retry_pause_ms);
  patience.pause_max = std::max(patience.pause_max, patience.pause_first);
  settings.timeout = std::chrono::seconds(configuration.webhooks_timeout_s);
  settings.ca_file = configuration.webhooks_ca_file;
  settings.source = configuration.base_url + settings.source;
  if (configuration.webhooks_endpoints == "anywhere")
    settings.reach = UpstreamReach::anywhere;
  else if (configuration.webhooks_endpoints == "network")
    settings.reach = UpstreamReach::network;
  return settings;
}

}  // namespace orrery
