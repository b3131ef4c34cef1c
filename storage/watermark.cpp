#include "storage/watermark.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>
#include <boost/crc.hpp>

#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

constexpr char slot_mark[8] = {'O', 'R', 'R', 'W', 'M', '0', '0', '1'};

/// A slot as it stands in the file. No padding, little-endian.
struct Slot {
  char mark[8];
  /// Counts up with each write; the larger one is the newer.
  std::uint64_t sequence;
  std::uint64_t position;
  ChainHash hash;
  std::uint32_t reserved;
  /// CRC-32 of all before it.
  std::uint32_t checksum;
};
static_assert(sizeof(Slot) == 64);

/// Slots lie in different pages, so that no torn page hits both.
constexpr off_t slot_stride = 4096;

std::uint32_t checksum_of(const Slot& slot) {
  boost::crc_32_type crc;
  crc.process_bytes(&slot, offsetof(Slot, checksum));
  return crc.checksum();
}

bool write_slot(int descriptor, std::uint64_t sequence, const Watermark& watermark) {
  Slot slot{};
  std::memcpy(slot.mark, slot_mark, sizeof slot_mark);
  slot.sequence = sequence;
  slot.position = watermark.position;
  slot.hash = watermark.hash;
  slot.checksum = checksum_of(slot);
  const auto offset = static_cast<off_t>(sequence % 2) * slot_stride;
  return ::pwrite(descriptor, &slot, sizeof slot, offset) == ssize_t{sizeof slot} &&
         ::fdatasync(descriptor) == 0;
}

}  // namespace

void throw_exception_from_error(const WatermarkFile::Error&, const boost::source_location&) {
  throw std::logic_error("the watermark can't be used");
}

bool WatermarkFile::create(const std::filesystem::path& path, const Watermark& watermark) {
  const auto draft = std::filesystem::path(path).concat(".new");
  const int descriptor = ::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return false;
  // Real zeros, not a hole: later writes change no metadata, so their sync is one write.
  const std::string zeros(2 * slot_stride, '\0');
  const bool written =
      ::pwrite(descriptor, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()) &&
      write_slot(descriptor, 1, watermark) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  return written && ::rename(draft.c_str(), path.c_str()) == 0 &&
         sync_directory(path.parent_path());
}

boost::system::result<std::unique_ptr<WatermarkFile>, WatermarkFile::Error> WatermarkFile::open(
    const std::filesystem::path& path, bool writable) {
  const int descriptor = ::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? Error::missing : Error::unusable;
  auto file = std::unique_ptr<WatermarkFile>(new WatermarkFile(descriptor));
  if (!file->read_newest()) return Error::damaged;
  return file;
}

WatermarkFile::~WatermarkFile() { ::close(descriptor_); }

bool WatermarkFile::read_newest() {
  bool found = false;
  for (off_t offset = 0; offset <= slot_stride; offset += slot_stride) {
    Slot slot{};
    if (::pread(descriptor_, &slot, sizeof slot, offset) != ssize_t{sizeof slot}) continue;
    if (std::memcmp(slot.mark, slot_mark, sizeof slot_mark) != 0) continue;
    if (slot.checksum != checksum_of(slot) || slot.sequence <= sequence_) continue;
    sequence_ = slot.sequence;
    current_ = {slot.position, slot.hash};
    found = true;
  }
  return found;
}

bool WatermarkFile::write(const Watermark& watermark) {
  if (!write_slot(descriptor_, sequence_ + 1, watermark)) return false;
  ++sequence_;
  current_ = watermark;
  return true;
}

}  // namespace orrery
