#pragma once

#include <string>

#include "events/job_events.hpp"
#include "http/aicenter/jobs/job_wish.hpp"

namespace orrery::aicenter {

/// What `options` would change of a job, before anybody has judged it.
struct ChangeWish {
  JobChange change;
  /// Of a new mail address, in lower case; of the old one it isn't known, nor asked.
  std::string mail_domain;
};
Wished<ChangeWish> change_wish_of(const AicenterContext& context, const CenterUserDetails& owner,
                                  const JobRow& job, const sbatch::SbatchOptions& options);

/// A job as it was asked for, without what is sealed. Of one that has its place the time limit is
/// the one that it was given, which may be shorter: nobody gets back by a change what others wait
/// for.
JobSpecification specification_of(const JobRow& job);

}  // namespace orrery::aicenter
