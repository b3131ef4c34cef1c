#include "http/aicenter/files/upload_record.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include <fcntl.h>
#include <unistd.h>
#include <boost/crc.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/auth/base64url.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::size_t upload_id_digits = 32;
constexpr std::size_t upload_bytes_max = 16 * 1024;
constexpr char slot_mark[8] = {'O', 'R', 'R', 'U', 'P', '0', '0', '1'};

/// Two of them stand in a file, in different pages; they are written in turns, so that a torn one
/// leaves the one before.
struct Slot {
  char mark[8];
  std::uint64_t sequence;
  std::uint64_t offset_bytes;
  std::int64_t active_s;
  crypto_hash_sha256_state hash;
  std::uint32_t reserved;
  /// CRC-32 of all before it.
  std::uint32_t checksum;
};
static_assert(std::is_trivially_copyable_v<Slot> && std::endian::native == std::endian::little);
static_assert(sizeof(crypto_hash_sha256_state) == 104 && sizeof(Slot) == 144, "no padding");
constexpr off_t slot_stride = 4096;

std::uint32_t checksum_of(const Slot& slot) {
  boost::crc_32_type crc;
  crc.process_bytes(&slot, offsetof(Slot, checksum));
  return crc.checksum();
}

std::optional<Slot> newest_slot(int file) {
  std::optional<Slot> newest;
  for (off_t offset = 0; offset <= slot_stride; offset += slot_stride) {
    Slot slot{};
    if (::pread(file, &slot, sizeof slot, offset) != ssize_t{sizeof slot}) continue;
    if (std::memcmp(slot.mark, slot_mark, sizeof slot_mark) != 0) continue;
    if (slot.checksum != checksum_of(slot)) continue;
    if (!newest || slot.sequence > newest->sequence) newest = slot;
  }
  return newest;
}

Descriptor open_file(int folder, const std::string& name, int flags) {
  return Descriptor(::openat(folder, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600));
}

}  // namespace

bool is_upload_id(std::string_view id) {
  return id.size() == upload_id_digits && std::all_of(id.begin(), id.end(), [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

std::string part_name(const std::string& id) { return id + ".part"; }
std::string progress_name(const std::string& id) { return id + ".progress"; }
std::string upload_name(const std::string& id) { return id + ".upload"; }

bool write_progress(int uploads, const std::string& id, const UploadProgress& progress) {
  const auto file = open_file(uploads, progress_name(id), O_RDWR | O_CREAT);
  if (!file) return false;
  const auto before = newest_slot(file.get());
  Slot slot{};
  std::memcpy(slot.mark, slot_mark, sizeof slot_mark);
  slot.sequence = before ? before->sequence + 1 : 1;
  slot.offset_bytes = progress.offset_bytes;
  slot.active_s = progress.active_s;
  slot.hash = progress.hash;
  slot.checksum = checksum_of(slot);
  const auto offset = static_cast<off_t>(slot.sequence % 2) * slot_stride;
  return ::pwrite(file.get(), &slot, sizeof slot, offset) == ssize_t{sizeof slot} &&
         ::fdatasync(file.get()) == 0;
}

std::optional<UploadProgress> read_progress(int uploads, const std::string& id) {
  const auto file = open_file(uploads, progress_name(id), O_RDONLY);
  const auto slot = file ? newest_slot(file.get()) : std::nullopt;
  if (!slot) return std::nullopt;
  return UploadProgress{slot->offset_bytes, slot->active_s, slot->hash};
}

bool write_upload(int uploads, const std::string& id, const NewUpload& upload) {
  boost::json::object shown{{"path", upload.path}, {"size_bytes", upload.size_bytes}};
  if (upload.sha256) shown["sha256"] = to_base64url(*upload.sha256);
  const auto text = boost::json::serialize(shown);
  const auto draft = upload_name(id) + ".new";
  const auto file = open_file(uploads, draft, O_WRONLY | O_CREAT | O_TRUNC);
  return file &&
         ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
         ::fdatasync(file.get()) == 0 &&
         ::renameat(uploads, draft.c_str(), uploads, upload_name(id).c_str()) == 0 &&
         ::fsync(uploads) == 0;
}

std::optional<NewUpload> read_upload(int uploads, const std::string& id) {
  const auto file = open_file(uploads, upload_name(id), O_RDONLY);
  std::string text(upload_bytes_max, '\0');
  const auto size = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (size <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  try {
    const auto shown = boost::json::parse(text);
    NewUpload upload;
    upload.path = shown.at("path").as_string().c_str();
    upload.size_bytes = shown.at("size_bytes").to_number<std::uint64_t>();
    if (const auto* sha256 = shown.as_object().if_contains("sha256"))
      upload.sha256 = from_base64url(sha256->as_string().c_str());
    return upload;
  } catch (const std::exception&) {
    return std::nullopt;  // Nobody but us writes it: what is damaged is no upload.
  }
}

}  // namespace orrery::aicenter
