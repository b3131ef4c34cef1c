#include "http/aicenter/files/tus.hpp"

#include <catch2/catch.hpp>

#include "http/aicenter/files/download.hpp"

using namespace orrery;
using namespace orrery::aicenter;

TEST_CASE("the metadata of an upload names its path, and maybe its checksum") {
  // "data/a.bin", "b", and the SHA-256 of nothing.
  CHECK(tus::read_metadata("filename ZGF0YS9hLmJpbg==")->path == "data/a.bin");
  CHECK(tus::read_metadata("name Yg==,path ZGF0YS9hLmJpbg==, filename Yg==")->path == "data/a.bin");
  CHECK(tus::read_metadata("is_confidential,path Yg==")->path == "b");
  CHECK(tus::read_metadata("")->path.empty());
  const auto with_digest = tus::read_metadata(
      "path Yg==,sha256 ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MW"
      "I3ODUyYjg1NQ==");
  REQUIRE(with_digest.has_value());
  CHECK(with_digest->sha256->substr(0, 3) == "\xe3\xb0\xc4");
  for (const std::string_view text :
       {"path Yg", "path ?", "path Yg== x", " ", ",", "sha256 Yg==", "path Yg==,,name Yg=="})
    CHECK_FALSE(tus::read_metadata(text).has_value());
}

TEST_CASE("a piece's checksum is SHA-256 in base64") {
  const auto good = tus::read_checksum("sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(good.fault.status == 0);
  CHECK(good.sha256.size() == 32);
  for (const std::string_view text : {"sha1 x", "", "sha256", "sha256 Yg==", "sha256 ?"})
    CHECK(tus::read_checksum(text).fault.status == 400);
}

TEST_CASE("numbers are digits alone") {
  CHECK(tus::read_number("0") == 0);
  CHECK(tus::read_number("18446744073709551615") == ~std::uint64_t{0});
  for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    CHECK_FALSE(tus::read_number(text).has_value());
}

TEST_CASE("dates stand as in HTTP") {
  CHECK(tus::http_date(Time(std::chrono::seconds(784'111'777))) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("a range is one, within the file; all else is passed over") {
  const auto range = [](std::string_view header) { return read_range(header, 10); };
  CHECK(range("bytes=0-3").range == ByteRange{0, 4});
  CHECK(range("bytes=3-").range == ByteRange{3, 7});
  CHECK(range("bytes=-3").range == ByteRange{7, 3});
  CHECK(range("bytes=-30").range == ByteRange{0, 10});
  CHECK(range("bytes=9-100").range == ByteRange{9, 1});
  CHECK(range("bytes=0-18446744073709551615").range == ByteRange{0, 10});
  for (const std::string_view header : {"bytes=10-", "bytes=10-11", "bytes=-0"}) {
    CHECK_FALSE(range(header).whole);
    CHECK_FALSE(range(header).range.has_value());
  }
  CHECK_FALSE(read_range("bytes=0-", 0).range.has_value());
  for (const std::string_view header : {"", "lines=0-1", "bytes=", "bytes=-", "bytes=3-1",
                                        "bytes=0-1,3-4", "bytes=a-b", "bytes= 1-2"})
    CHECK(range(header).whole);
}
