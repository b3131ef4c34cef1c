#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace orrery {

/// One line on a terminal that says how far a long piece of work has come, how fast it goes and how
/// long it will still take. Where the standard error is no terminal, or with --quiet, it says
/// nothing. It goes away at the end.
class ProgressLine {
 public:
  /// "verified", "events".
  ProgressLine(std::string verb, std::string unit, std::uint64_t total, bool is_quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Draws some times a second at most, however often it is called.
  void reach(std::uint64_t count);

 private:
  std::string verb_, unit_;
  std::uint64_t total_;
  bool is_shown_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point next_;
};

/// "verified 1.2 of 10.0 million events, 2.1 million/s, 4 s left".
std::string progress_text(std::string_view verb, std::string_view unit, std::uint64_t count,
                          std::uint64_t total, std::chrono::duration<double> elapsed);

}  // namespace orrery
