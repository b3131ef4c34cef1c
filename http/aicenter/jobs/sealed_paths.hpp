#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "http/aicenter/context.hpp"
#include "http/aicenter/jobs/job_text.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// What is sealed of a job as it was submitted; empty boxes where the log can't be read.
JobScript sealed_script(const AicenterContext& context, const JobRow& job);

/// Whom its mails go to now, after all changes.
JobMail sealed_mail(const AicenterContext& context, const JobRow& job);

/// Opens what is sealed of a job's paths, and remembers it for a while: whoever watches his job
/// asks again and again. Any thread.
class SealedPaths {
 public:
  using Paths = std::shared_ptr<const JobPaths>;

  /// Null where the job's user is gone. The caller looks to it that only those ask who may see it.
  Paths of(const AicenterContext& context, const JobRow& job);

 private:
  /// In each shard; the oldest is forgotten.
  static constexpr std::size_t job_count_max = 256;

  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<std::uint32_t, Paths> paths;
    std::deque<std::uint32_t> by_age;
  };
  std::array<Shard, 16> shards_;
};

}  // namespace orrery::aicenter
