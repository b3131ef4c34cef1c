#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "events/job_events.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/errors.hpp"
#include "http/aicenter/sbatch/options.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// Number of Slurm's error.
struct WishProblem {
  int number = 0;
  std::string sentence;
};
[[noreturn]] void throw_exception_from_error(const WishProblem& problem,
                                             const boost::source_location& location);
template <class T>
using Wished = boost::system::result<T, WishProblem>;

/// What `options` make of what a job takes of its nodes: GPUs of all kinds of requests as so many a
/// node, tasks and CPUs likewise. What isn't said stays as in `before`; memory of 0 is the
/// policy's to fill in.
Wished<JobResources> resources_of(const sbatch::SbatchOptions& options, const JobResources& before);

/// The same of which nodes will do.
Wished<JobNodeWishes> node_wishes_of(const sbatch::SbatchOptions& options,
                                     const JobNodeWishes& before);

/// The jobs that --dependency names. Those that nobody knows count as fulfilled, as in Slurm, where
/// old ones are forgotten.
struct Dependencies {
  std::vector<JobDependency> all;
  bool any = false;
};
Wished<Dependencies> dependencies_of(const JobView& jobs, std::string_view text);

/// Seconds since 1970 of --begin, by the center's clocks.
Wished<std::int64_t> begin_time_of(const AicenterContext& context, std::string_view text);

/// Whom mails go to: `user` says nothing and has told the center an address when he applied, or
/// says one.
struct MailWish {
  JobMail mail;
  /// In lower case; empty where there is no address.
  std::string domain;
};
Wished<MailWish> mail_of(const AicenterContext& context, const CenterUserDetails& user,
                         std::uint16_t types, const std::optional<std::string>& address);

/// All of a submission but for what is sealed, with nothing filled in that nobody has said.
struct JobWish {
  JobSpecification specification;
  std::string mail_domain;
};
Wished<JobWish> wish_of(const AicenterContext& context, const CenterUserDetails& user,
                        const sbatch::SbatchOptions& options);

}  // namespace orrery::aicenter
