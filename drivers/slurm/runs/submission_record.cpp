#include "drivers/slurm/runs/submission_record.hpp"

#include <charconv>

#include <fmt/format.h>

#include "drivers/runs/record_file.hpp"

namespace orrery {
namespace {

std::filesystem::path submission_file(const RunDirectory& directory) {
  return directory.path() / "submission.json";
}

/// As one word of a shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += "'\\'";
    result += c;
  }
  return result += '\'';
}

struct Numbered {
  std::string_view before;
  std::uint64_t number = 0;
};

/// "<before>.<number>": said of every job of a long list.
std::optional<Numbered> last_number(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  Numbered result{text.substr(0, dot), 0};
  const auto* end = text.data() + text.size();
  const auto [read, failure] = std::from_chars(text.data() + dot + 1, end, result.number);
  if (failure != std::errc{} || read != end) return std::nullopt;
  return result;
}

}  // namespace

std::optional<SubmissionRecord> read_submission(const RunDirectory& directory) {
  return read_record<SubmissionRecord>(submission_file(directory));
}

bool write_submission(const RunDirectory& directory, const SubmissionRecord& submission) {
  return write_record(submission_file(directory), submission);
}

SlurmOrder order_of_attempt(const SlurmOrder& order, const RunDirectory& directory,
                            std::uint32_t attempt, const std::filesystem::path& program) {
  const auto path = directory.path().string();
  auto result = order;
  result.name = fmt::format("{}.{}", directory.path().filename().string(), attempt);
  result.script = fmt::format("#!/bin/sh\nexec {} claim --run {} --attempt {}\n",
                              quoted(program.string()), quoted(path), attempt);
  if (result.output.empty())
    result.output = (directory.path() / fmt::format("slurm.{}.log", attempt)).string();
  if (result.work_directory.empty()) result.work_directory = path;
  return result;
}

std::optional<AttemptName> attempt_of_job(std::string_view job_name) {
  const auto attempt = last_number(job_name);
  if (!attempt || attempt->number == 0 || attempt->number > UINT32_MAX) return std::nullopt;
  const auto fence = last_number(attempt->before);
  if (!fence || fence->before.find('/') != std::string_view::npos) return std::nullopt;
  return AttemptName{attempt->before, static_cast<std::uint32_t>(attempt->number)};
}

}  // namespace orrery
