#pragma once

#include "http/aifactory/route_table.hpp"

namespace orrery::aifactory {

/// One function a resource.
void add_pages(Routes& routes);
/// Reading them.
void add_services(Routes& routes);
/// Ending them, alone and in groups.
void add_service_ends(Routes& routes);
void add_service_creation(Routes& routes);
void add_service_groups(Routes& routes);
void add_service_metrics(Routes& routes);
void add_recipes(Routes& routes);

/// Services that serve a language model, and what is said to it.
void add_vllm_services(Routes& routes);
void add_vllm_models(Routes& routes);
void add_vllm_prompt(Routes& routes);
/// OpenAI's API of one service, below /vllm/{id}/v1.
void add_pass_through(Routes& routes);

}  // namespace orrery::aifactory
