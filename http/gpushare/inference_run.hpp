#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

class ResponseStream;

namespace gpushare {

/// How an inference ended, as it is stored.
struct InferenceEnd {
  /// Stream: inference/<id>. Empty where there is no such inference: it couldn't be stored.
  std::string id;
  /// As `InferenceFailed::code`; empty where it is answered. Besides: "unavailable", where it
  /// couldn't be stored, and "overloaded" and "throttled", where too much is under way, or too much
  /// of one client.
  std::string code;
  /// A sentence for people; empty where it is answered.
  std::string message;

  bool is_answered() const { return code.empty(); }
};

/// The answer to one question as it grows: fed by whoever asks the node, read by the client's
/// session at its own pace. A reader that lags behind slows nobody: the whole text is kept, up to a
/// limit. Any thread.
class InferenceRun {
 public:
  /// Of the text, in bytes.
  static constexpr std::size_t text_bytes_max = 1024 * 1024;
  /// Of pieces, each of which costs a number.
  static constexpr std::size_t piece_count_max = 256 * 1024;

  // What whoever feeds it does.

  /// False where it would become too long, or has ended; then nothing is appended. The reader
  /// hears of it with `wake`.
  bool append(std::string_view piece);
  /// There is more to read. It may be that the reader goes away for good meanwhile, on this thread.
  void wake();
  /// Another node begins again. Only where nobody reads pieces as they come.
  void restart();
  /// It is stored: the reader is woken and may be told. The first end counts.
  void finish(InferenceEnd end);
  /// `on_gone` is called once, when the reader has gone before the end; on any thread.
  void on_reader_gone(std::function<void()> on_gone);

  std::string text() const;
  std::uint32_t piece_count() const;

  // What a reader does.

  /// How far a reader has come.
  struct Cursor {
    std::size_t piece = 0;
    std::size_t offset = 0;
  };
  /// Calls `take` with each piece from the cursor on, until `bytes_max` of text have been given,
  /// and moves it. The end, where it is there and everything before it has been read.
  std::optional<InferenceEnd> read(Cursor& cursor, std::size_t bytes_max,
                                   const std::function<void(std::string_view)>& take) const;
  /// Who is to be woken when there is more to read: one at most.
  void watch(std::weak_ptr<ResponseStream> reader);
  /// The reader goes away, at the end or before it.
  void leave();

 private:
  mutable std::mutex mutex_;
  std::string text_;
  /// Where each piece ends.
  std::vector<std::uint32_t> ends_;
  std::optional<InferenceEnd> end_;
  std::function<void()> on_gone_;
  std::weak_ptr<ResponseStream> reader_;
};

}  // namespace gpushare
}  // namespace orrery
