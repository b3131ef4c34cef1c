#pragma once

#include <map>
#include <mutex>
#include <string>

#include "http/upstream/upstream_client.hpp"
#include "sim/simulated_model_server.hpp"
#include "tests/http/aifactory/aifactory_server.hpp"
#include "tests/http/upstream/scripted_upstream.hpp"

namespace orrery {

/// Where services answer: at the simulated model server, but where a test says otherwise.
class ChosenTargets : public ServiceTargets {
 public:
  explicit ChosenTargets(const SimulatedModelServer& models) : models_(models) {}

  std::optional<UpstreamTarget> target_of(const ServiceDetails& service) const override {
    const std::scoped_lock lock(mutex_);
    const auto found = chosen_.find(service.id);
    return found == chosen_.end() ? models_.target_of(service.id) : found->second;
  }

  void choose(const std::string& id, std::optional<UpstreamTarget> target) {
    const std::scoped_lock lock(mutex_);
    chosen_[id] = std::move(target);
  }

 private:
  const SimulatedModelServer& models_;
  mutable std::mutex mutex_;
  std::map<std::string, std::optional<UpstreamTarget>> chosen_;
};

/// The dialect with model servers behind it: every service serves the model that its VLLM_MODEL
/// names.
struct ModelFixture {
  ModelFixture() { models.start(); }

  /// A service that serves.
  std::string running(std::string_view config = "{}", std::string_view recipe = "inference/vllm") {
    const auto id = server.create(recipe, config);
    server.run(id, 8001);
    server.await_status(id, "running");
    return id;
  }

  /// The answer to a prompt.
  boost::json::value prompt(const std::string& id, std::string_view body = R"({"prompt":"Hi"})",
                            unsigned status = 200) {
    return server.post("/api/v1/vllm/" + id + "/prompt", body, status);
  }

  std::optional<std::string> model_of(std::string_view id) const {
    const auto service = server.services.find(id);
    if (!service || service->status != ServiceStatus::running) return std::nullopt;
    for (const auto& variable : service->specification().launch.environment)
      if (variable.name == "VLLM_MODEL") return variable.value;
    return "simulated";
  }

  SimulatedModelServer models{[this](std::string_view id) { return model_of(id); }};
  ChosenTargets targets{models};
  UpstreamClient upstream;
  AifactoryServer server{{.token = {}, .targets = &targets, .upstream = &upstream}};
};

constexpr std::string_view gpt2 = R"({"environment":{"VLLM_MODEL":"gpt2"}})";

}  // namespace orrery
