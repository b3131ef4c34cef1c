#pragma once

#include "cli/configuration.hpp"
#include "cli/read_models.hpp"
#include "cli/server_storage.hpp"
#include "http/webhooks/webhook_delivery.hpp"

namespace orrery {

/// What webhooks' deliveries work with.
WebhookDelivery::Parts webhook_parts(ServerStorage& storage, const ReadModels& models);

/// How they go, from our settings.
WebhookDeliverySettings webhook_settings(const Configuration& configuration);

}  // namespace orrery
