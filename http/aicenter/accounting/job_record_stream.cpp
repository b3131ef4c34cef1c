#include "http/aicenter/accounting/job_record_stream.hpp"

#include <boost/json/serialize.hpp>

#include "http/aicenter/errors.hpp"

namespace orrery::aicenter {
namespace {

/// What one pull gives at most, give or take a job.
constexpr std::size_t pull_bytes_max = 64 * 1024;

}  // namespace

ResponseStream::Next JobRecordStream::pull(std::string& out) {
  const auto start = out.size();
  if (next_ == 0) out.append(answer_head(Face::slurmdb)).append(R"(,"jobs":[)");
  while (next_ < rows_.size() && out.size() - start < pull_bytes_max) {
    if (next_ > 0) out += ',';
    out += boost::json::serialize(job_record_json(rows_[next_++], wish_));
  }
  if (next_ < rows_.size()) return Next::more;
  out += "]}";
  return Next::end;
}

}  // namespace orrery::aicenter
