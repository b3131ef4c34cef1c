#include <array>
#include <utility>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr std::size_t dependency_count_max = 256;

constexpr std::array<std::pair<std::string_view, JobDependencyKind>, 5> kinds{
    {{"after", JobDependencyKind::after},
     {"afterany", JobDependencyKind::after_any},
     {"afterok", JobDependencyKind::after_ok},
     {"afternotok", JobDependencyKind::after_not_ok},
     {"aftercorr", JobDependencyKind::after_corresponding}}};

std::optional<JobDependencyKind> kind_of(std::string_view word) {
  for (const auto& [name, kind] : kinds)
    if (name == word) return kind;
  return std::nullopt;
}

/// "1234", "1234_5".
std::optional<DependencyJob> parse_job(std::string_view text) {
  const auto underscore = text.find('_');
  const auto id = parse_number<std::uint32_t>(text.substr(0, underscore));
  if (!id || *id == 0) return std::nullopt;
  if (underscore == std::string_view::npos) return DependencyJob{*id, std::nullopt};
  if (text.substr(underscore + 1) == "*") return DependencyJob{*id, std::nullopt};
  const auto task = parse_number<std::uint32_t>(text.substr(underscore + 1));
  if (!task) return std::nullopt;
  return DependencyJob{*id, task};
}

/// "afterok:12:13", "singleton"; "12" alone is "afterany:12".
std::optional<DependencyTerm> parse_term(std::string_view text) {
  if (text == "singleton") return DependencyTerm{JobDependencyKind::singleton, {}};
  auto parts = split(text, ':');
  DependencyTerm term;
  if (const auto kind = kind_of(parts.front())) {
    term.kind = *kind;
    parts.erase(parts.begin());
  }
  if (parts.empty()) return std::nullopt;
  for (const auto part : parts) {
    const auto job = parse_job(part);
    if (!job) return std::nullopt;
    term.jobs.push_back(*job);
  }
  return term;
}

}  // namespace

std::optional<DependencyRequest> parse_dependencies(std::string_view text) {
  DependencyRequest request;
  request.is_any = text.find('?') != std::string_view::npos;
  if (request.is_any && text.find(',') != std::string_view::npos) return std::nullopt;
  std::size_t count = 0;
  for (const auto part : split(text, request.is_any ? '?' : ',')) {
    auto term = parse_term(part);
    if (!term) return std::nullopt;
    count += term->jobs.size() + 1;
    if (count > dependency_count_max) return std::nullopt;
    request.terms.push_back(*std::move(term));
  }
  return request;
}

}  // namespace orrery::sbatch
