#include "http/gpushare/machine_facts.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "http/gpushare/rows.hpp"

namespace orrery::gpushare {

namespace {

/// In characters. The document has no limit; nobody's processor has a longer name.
constexpr std::size_t fact_size_max = 1000;

/// Of one client; a company with more machines has more than one account.
constexpr std::size_t record_count_max = 1000;

using Fact = std::pair<std::string_view, std::string MachineFacts::*>;
constexpr std::array<Fact, 9> facts_in_order{{
    {"gpu_info", &MachineFacts::gpu_info},
    {"cpu_name", &MachineFacts::cpu_name},
    {"cpu_core", &MachineFacts::cpu_core},
    {"cpu_frequency", &MachineFacts::cpu_frequency},
    {"total_memory", &MachineFacts::total_memory},
    {"total_swap", &MachineFacts::total_swap},
    {"ram", &MachineFacts::ram},
    {"os_name", &MachineFacts::os_name},
    {"os_version", &MachineFacts::os_version},
}};

}  // namespace

void read_machine_facts(Fields& fields, MachineFacts& facts) {
  for (const auto& [name, member] : facts_in_order)
    if (auto said = fields.text(name, required, {.size_max = fact_size_max}))
      facts.*member = *std::move(said.value);
}

std::optional<Refusal> too_many_records(const GpushareContext& context,
                                        std::string_view client_id) {
  if (context.sharing->gpu_records(client_id).size() < record_count_max) return std::nullopt;
  return field_error("non_field_errors",
                     fmt::format("A client describes at most {} machines.", record_count_max));
}

boost::json::object gpu_record_json(const GpuRecordDetails& record) {
  boost::json::object shown{{"id", number_json(record.id)}};
  for (const auto& [name, member] : facts_in_order)
    shown.emplace(boost::json::string_view(name.data(), name.size()), record.facts.*member);
  shown["user"] = number_json(record.client_id);
  return shown;
}

}  // namespace orrery::gpushare
