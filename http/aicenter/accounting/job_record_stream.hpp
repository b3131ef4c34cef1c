#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "http/aicenter/accounting/job_record.hpp"
#include "http/server/response_stream.hpp"

namespace orrery::aicenter {

/// An answer with very many jobs, which are rendered as the client takes them: so however long a
/// center has stood, its accounting costs no more memory than its rows.
class JobRecordStream final : public ResponseStream {
 public:
  /// Above so many an answer is streamed; below it has a length.
  static constexpr std::size_t row_count_min = 1'000;

  JobRecordStream(std::vector<JobRow> rows, JobRecordWish wish)
      : rows_(std::move(rows)), wish_(wish) {}

  Next pull(std::string& out) override;

 private:
  std::vector<JobRow> rows_;
  JobRecordWish wish_;
  std::size_t next_ = 0;
};

}  // namespace orrery::aicenter
