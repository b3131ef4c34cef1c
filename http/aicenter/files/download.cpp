#include "http/aicenter/files/download.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

#include <unistd.h>

#include "http/aicenter/files/tus.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::size_t piece_bytes = 128 * 1024;

class FileStream : public ResponseStream, public std::enable_shared_from_this<FileStream> {
 public:
  FileStream(FileStore& store, OpenFile file, ByteRange range)
      : store_(store), file_(std::move(file)), begin_(range.begin), left_(range.size) {}

  Next pull(std::string& out) override {
    bool read_on = false;
    {
      const std::scoped_lock lock(mutex_);
      if (piece_.empty() && left_ == 0) return Next::end;
      out.append(piece_);
      piece_.clear();
      read_on = !reading_ && left_ > 0;
      reading_ = reading_ || read_on;
    }
    if (read_on && !store_.run([self = shared_from_this()] { self->read(); })) {
      // So busy a store makes its clients wait; a piece that is read here makes all of them go on.
      read();
    }
    return out.empty() ? Next::wait : Next::more;
  }

 private:
  void read() {
    std::string piece(std::min<std::uint64_t>(piece_bytes, left_), '\0');
    ssize_t size = 0;
    do {
      size =
          ::pread(file_.descriptor->get(), piece.data(), piece.size(), static_cast<off_t>(begin_));
    } while (size < 0 && errno == EINTR);
    piece.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    {
      const std::scoped_lock lock(mutex_);
      begin_ += piece.size();
      left_ = piece.empty() ? 0 : left_ - piece.size();
      piece_ = std::move(piece);
      reading_ = false;
    }
    wake();
  }

  FileStore& store_;
  OpenFile file_;
  std::mutex mutex_;
  /// Where the next piece begins, and what is left from there; the reader's while `reading_`.
  std::uint64_t begin_, left_;
  std::string piece_;
  bool reading_ = false;
};

}  // namespace

RangeRequest read_range(std::string_view header, std::uint64_t size_bytes) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return {};
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = tus::read_number(header.substr(0, dash));
  const auto last = tus::read_number(header.substr(dash + 1));
  const bool is_open = dash + 1 == header.size();
  if (dash == 0 && last) {
    const auto size = std::min(*last, size_bytes);
    if (size == 0) return {false, std::nullopt};
    return {false, ByteRange{size_bytes - size, size}};
  }
  if (!first || (!last && !is_open) || (last && *last < *first)) return {};
  if (*first >= size_bytes) return {false, std::nullopt};
  const auto end = last ? std::min(*last, size_bytes - 1) + 1 : size_bytes;
  return {false, ByteRange{*first, end - *first}};
}

std::shared_ptr<ResponseStream> file_stream(FileStore& store, OpenFile file, ByteRange range) {
  return std::make_shared<FileStream>(store, std::move(file), range);
}

}  // namespace orrery::aicenter
