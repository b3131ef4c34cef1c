#include "http/aicenter/files/file_path.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace orrery::aicenter;

TEST_CASE("names of files are UTF-8 that a terminal can show") {
  for (const std::string_view name :
       {"a", "train.bin", "...", "-rf", "a b", "한글 파일.txt", "..a", "\xc2\xa0", "a\\b", "~"})
    CHECK(is_file_name(name));
  using namespace std::string_view_literals;
  for (const auto name : {""sv, "."sv, ".."sv, "a/b"sv, "a\nb"sv, "\x1b[2J"sv, "\x7f"sv, "a\0b"sv,
                          "\xc2\x85"sv, "\xc2\x9b"sv, "\xff"sv, "\xc0\xaf"sv, "\xed\xa0\x80"sv})
    CHECK_FALSE(is_file_name(name));
  CHECK(is_file_name(std::string(255, 'a')));
  CHECK_FALSE(is_file_name(std::string(256, 'a')));
}

TEST_CASE("a path is names with slashes between") {
  for (const std::string path : {"a", "a/b", "data/2024/train.bin"})
    CHECK(checked_path(path).value() == path);
  for (const std::string_view path : {"", "/", "/a", "a/", "a//b", "../a", "a/..", "a/../b", "./a"})
    CHECK(checked_path(path).error() == FileProblem::name_is_not_allowed);
  CHECK_FALSE(checked_path(std::string(1025, 'a')).has_value());
  CHECK(split_path("a/b/c") == std::pair<std::string, std::string>("a/b", "c"));
  CHECK(split_path("c") == std::pair<std::string, std::string>("", "c"));
}

TEST_CASE("no bytes make a checked path that could lead out of a folder") {
  CHECK(rc::check([](const std::vector<std::string>& parts) {
    std::string path;
    for (const auto& part : parts) path += part + (*rc::gen::arbitrary<bool>() ? "/" : "..");
    const auto checked = checked_path(path);
    if (!checked) return;
    RC_ASSERT(!checked->empty() && checked->front() != '/');
    RC_ASSERT(('/' + *checked + '/').find("/../") == std::string::npos);
    RC_ASSERT(checked->find('\0') == std::string::npos);
  }));
}
