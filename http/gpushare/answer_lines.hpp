#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/gpushare/inference_run.hpp"
#include "http/server/response_stream.hpp"

namespace orrery::gpushare {

inline constexpr std::string_view ndjson = "application/x-ndjson";

/// An answer as lines of JSON, in its own time: {"token":"…"} for each piece, and at the end
/// {"done":true,"id":17}, with "error" where there was no good one. Holds the run; when it goes
/// away before the end, nobody wants the rest.
class AnswerLines : public ResponseStream {
 public:
  /// Not yet woken by the run: see `InferenceRun::watch`.
  explicit AnswerLines(std::shared_ptr<InferenceRun> run) : run_(std::move(run)) {}
  ~AnswerLines() override { run_->leave(); }

  /// The run's lines, woken by it.
  static std::shared_ptr<AnswerLines> of(std::shared_ptr<InferenceRun> run);

  Next pull(std::string& out) override;
  /// An empty piece, which no reader of lines stumbles over.
  std::string_view keep_alive() const override { return "{\"token\":\"\"}\n"; }

 private:
  std::shared_ptr<InferenceRun> run_;
  InferenceRun::Cursor cursor_;
};

}  // namespace orrery::gpushare
