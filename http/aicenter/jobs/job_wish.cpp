#include "http/aicenter/jobs/job_wish.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/authentication.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {

namespace {

constexpr std::size_t address_bytes_max = 254;

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return lower;
}

/// The part behind the last "@"; empty where it is no address.
std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  const bool is_printable = std::all_of(address.begin(), address.end(),
                                        [](char letter) { return letter > ' ' && letter <= '~'; });
  if (at == std::string_view::npos || at == 0 || !is_printable) return {};
  return in_lower_case(address.substr(at + 1));
}

/// The jobs of one dependency that there are.
std::vector<std::uint32_t> known_jobs(const JobView& jobs, const sbatch::DependencyJob& wanted) {
  if (!wanted.task_id) {
    if (jobs.find(wanted.job_id)) return {wanted.job_id};
    return {};
  }
  for (const auto& row : jobs.tasks(wanted.job_id))
    if (row.task && row.task->task_id == *wanted.task_id) return {row.id};
  return {};
}

/// The policy's reservations are looked up by who asks, so naming one that is his changes nothing.
std::optional<WishProblem> check_reservation(const AicenterContext& context,
                                             const CenterUserDetails& user,
                                             const sbatch::SbatchOptions& options) {
  if (!options.reservation || options.reservation->empty()) return std::nullopt;
  const auto policy = context.center->policy(context.cluster);
  if (policy)
    for (const auto& reservation : policy->reservations) {
      if (reservation.name != *options.reservation) continue;
      const auto has = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      if (has(reservation.users, user.name) || has(reservation.accounts, user.grant.team))
        return std::nullopt;
      return WishProblem{slurm_errno::reservation_access,
                         fmt::format("reservation {} is for others", reservation.name)};
    }
  return WishProblem{slurm_errno::reservation_invalid,
                     fmt::format("there is no reservation {}", *options.reservation)};
}

void take_plain(const sbatch::SbatchOptions& options, JobSpecification& specification) {
  if (options.account) specification.account = in_lower_case(*options.account);
  if (options.partition)
    for (const auto name : sbatch::split(*options.partition, ','))
      if (!name.empty()) specification.partitions.emplace_back(name);
  specification.qos = options.qos.value_or("");
  specification.name = options.job_name.value_or("");
  specification.comment = options.comment.value_or("");
  specification.time_limit_min = options.time.value_or(0);
  specification.time_limit_min_least = options.time_min.value_or(0);
  specification.nice = options.nice.value_or(0);
  specification.may_requeue = options.requeue.value_or(true);
  specification.appends_output = options.appends_output.value_or(false);
  specification.signal = options.signal.value_or(JobSignal{});
}

}  // namespace

Wished<Dependencies> dependencies_of(const JobView& jobs, std::string_view text) {
  Dependencies dependencies;
  if (text.empty()) return dependencies;
  const auto request = sbatch::parse_dependencies(text);
  if (!request)
    return WishProblem{slurm_errno::dependency, fmt::format("\"{}\" is no dependency", text)};
  dependencies.any = request->is_any;
  for (const auto& term : request->terms) {
    if (term.kind == JobDependencyKind::singleton) dependencies.all.push_back({term.kind, 0});
    for (const auto& wanted : term.jobs)
      for (const auto id : known_jobs(jobs, wanted)) dependencies.all.push_back({term.kind, id});
  }
  return dependencies;
}

Wished<std::int64_t> begin_time_of(const AicenterContext& context, std::string_view text) {
  const auto policy = context.center->policy(context.cluster);
  const auto offset_min = policy ? policy->idle.utc_offset_min : 0;
  const auto begin = sbatch::parse_begin_time(text, context.clock->now(), offset_min);
  if (!begin)
    return WishProblem{slurm_errno::invalid_time_value, fmt::format("\"{}\" is no time", text)};
  const bool is_ahead = *begin > seconds_of(context.clock->now());
  return {boost::system::in_place_value, is_ahead ? *begin : 0};
}

Wished<MailWish> mail_of(const AicenterContext& context, const CenterUserDetails& user,
                         std::uint16_t types, const std::optional<std::string>& address) {
  MailWish wish;
  wish.mail.types = types;
  if (types == 0 && !address) return wish;
  std::string own;
  if (!address || address->empty()) {
    if (user.person.email.subject.empty()) return wish;
    own = context.subject_keys->open(user.person.email).value_or("");
    wish.mail.address = user.person.email;
  } else {
    own = *address;
    if (own.size() > address_bytes_max || domain_of(own).empty())
      return WishProblem{slurm_errno::accounting_policy, "mail_user is no mail address"};
    auto sealed = context.subject_keys->seal(sealing_subject(user.name), own);
    if (!sealed) return WishProblem{slurm_errno::unspecified, "nothing can be sealed now"};
    wish.mail.address = *std::move(sealed);
  }
  wish.domain = domain_of(own);
  return wish;
}

Wished<JobWish> wish_of(const AicenterContext& context, const CenterUserDetails& user,
                        const sbatch::SbatchOptions& options) {
  JobWish wish;
  auto& specification = wish.specification;
  specification.cluster = context.cluster;
  specification.user = user.name;
  take_plain(options, specification);
  auto resources = resources_of(options, {});
  if (!resources) return resources.error();
  specification.resources = *std::move(resources);
  auto nodes = node_wishes_of(options, {});
  if (!nodes) return nodes.error();
  specification.nodes = *std::move(nodes);
  if (auto problem = check_reservation(context, user, options)) return *std::move(problem);
  auto dependencies = dependencies_of(*context.jobs, options.dependency.value_or(""));
  if (!dependencies) return dependencies.error();
  specification.dependencies = std::move(dependencies->all);
  specification.any_dependency = dependencies->any;
  if (options.begin) {
    const auto begin = begin_time_of(context, *options.begin);
    if (!begin) return begin.error();
    specification.begin_time_s = *begin;
  }
  auto mail = mail_of(context, user, options.mail_type.value_or(0), options.mail_user);
  if (!mail) return mail.error();
  specification.mail = std::move(mail->mail);
  wish.mail_domain = std::move(mail->domain);
  return wish;
}

}  // namespace orrery::aicenter
