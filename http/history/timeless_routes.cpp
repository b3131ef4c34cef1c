#include "http/history/timeless_routes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orrery {
namespace {

constexpr std::string_view page = "This shows the server, not its history: ask without as_of.";
constexpr std::string_view feed = "A feed goes on from a position: ask with from, without as_of.";
constexpr std::string_view files = "Files are not kept in the log: ask without as_of.";
constexpr std::string_view output =
    "What services write and measure is not kept in the log: ask without as_of.";
constexpr std::string_view recipes = "Recipes are files, not kept in the log: ask without as_of.";
constexpr std::string_view presence =
    "Who is there right now is not kept in the log: ask without as_of.";
constexpr std::string_view forecast =
    "Forecasts are of the present and not kept in the log: ask without as_of.";
constexpr std::string_view history =
    "This looks at the history itself: say the moment with \"to\", without as_of.";
constexpr std::string_view link = "A link is made for the present: ask without as_of.";

constexpr std::array<std::pair<std::string_view, std::string_view>, 40> table{{
    {"/", page},
    {"/docs", page},
    {"/health", page},
    {"/healthz", page},
    {"/metrics", page},
    {"/openapi.json", page},
    {"/openapi/{dialect}.json", page},
    {"/readyz", page},
    {"/redoc", page},
    {"/version", page},
    {"/v0.1", page},
    {"/v0.1/organizations/{organization_id}/billing", link},
    {"/client/reset-password/{uidb64}/{token}/", page},
    {"/llm_models/all-models/", presence},
    {"/orrery/v1/agent/work", feed},
    {"/api/v1/recipes", recipes},
    {"/api/v1/recipes/{recipe_name}", recipes},
    {"/api/v1/recipes/{category}/{recipe_name}", recipes},
    {"/api/v1/services/{service_id}/logs", output},
    {"/api/v1/services/{service_id}/metrics", output},
    {"/api/v1/services/targets", output},
    {"/api/v1/vllm/{service_id}/models", output},
    {"/api/v1/vllm/{service_id}/v1/models", output},
    {"/orrery/v1/center/jobs/{job_id}/why", forecast},
    {"/orrery/v1/center/queue", forecast},
    {"/orrery/v1/center/files", files},
    {"/orrery/v1/center/files/{path...}", files},
    {"/orrery/v1/center/uploads", files},
    {"/orrery/v1/center/uploads/{upload_id}", files},
    {"/orrery/v1/diff", history},
    {"/orrery/v1/resources/{kind}/{id}", history},
    {"/orrery/v1/why", history},
    {"/orrery/v1/why/{kind}/{id}", history},
    {"/slurm/v0.0.38/ping", page},
    {"/slurm/v0.0.38/diag", forecast},
    {"/slurm/v0.0.38/licenses", page},
    {"/slurmdb/v0.0.38/diag", page},
    {"/slurmdb/v0.0.38/tres", page},
    {"/slurmdb/v0.0.38/wckeys", page},
    {"/slurmdb/v0.0.38/wckey/{wckey}", page},
}};

}  // namespace

std::string_view why_timeless(std::string_view pattern) {
  const auto* const found =
      std::ranges::find(table, pattern, &std::pair<std::string_view, std::string_view>::first);
  return found == table.end() ? std::string_view{} : found->second;
}

}  // namespace orrery
