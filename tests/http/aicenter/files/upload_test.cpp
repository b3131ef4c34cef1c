#include <sys/stat.h>
#include <unistd.h>

#include "http/aicenter/files/upload_record.hpp"
#include "tests/http/aicenter/files/file_store_fixture.hpp"

using namespace orrery;
using namespace orrery::aicenter;

TEST_CASE("an upload goes on where it stood, and its file appears when it is complete") {
  StoredFiles files;
  const auto created = files.create("data/train.bin", 10).value();
  CHECK(created.offset_bytes == 0);
  CHECK(created.expires_at == files.now + std::chrono::hours(7 * 24));
  CHECK(files.append("0123", 0)->offset_bytes == 4);
  files.restart();
  CHECK(files.status()->offset_bytes == 4);
  CHECK(files.store->uploads("kim", files.now)->size() == 1);
  CHECK(files.append("4567", 0).error() == FileProblem::offset_does_not_match);
  CHECK_FALSE(std::filesystem::exists(files.home("data")));
  CHECK(files.append("456789", 4)->is_complete);
  CHECK(files.content("data/train.bin") == "0123456789");
  CHECK(files.store->uploads("kim", files.now)->empty());
  // Who lost that answer asks again.
  CHECK(files.status()->is_complete);
  CHECK(files.status()->offset_bytes == 10);
  CHECK(files.append("", 10).error() == FileProblem::upload_is_gone);
}

TEST_CASE("bytes that were written but never counted are dropped") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  REQUIRE(files.append("0123", 0).has_value());
  // As a crash in the middle of a piece leaves it.
  std::ofstream(files.directory.path() / "uploads/kim" / part_name(files.upload_id(1)),
                std::ios::app)
      << "wrong and too many";
  files.restart();
  CHECK(files.status()->offset_bytes == 4);
  CHECK(files.append("4567", 4)->is_complete);
  CHECK(files.content("file") == "01234567");
}

TEST_CASE("a torn progress falls back to the one before") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  REQUIRE(files.append("0123", 0).has_value());
  const auto path = files.directory.path() / "uploads/kim" / progress_name(files.upload_id(1));
  {  // The second write went to the first slot.
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20);
    file << "torn";
  }
  files.restart();
  CHECK(files.status()->offset_bytes == 0);
  CHECK(files.append("01234567", 0)->is_complete);
  CHECK(files.content("file") == "01234567");
}

TEST_CASE("a client that goes in the middle of a piece has sent what came") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  {
    auto writer = files.store->append("kim", files.upload_id(1), 0, files.now).value();
    REQUIRE(writer->write("0123", files.now).has_value());
    CHECK(files.append("x", 0).error() == FileProblem::upload_is_busy);
    CHECK(files.store->terminate("kim", files.upload_id(1)).error() == FileProblem::upload_is_busy);
    writer->interrupt(files.now);
  }
  CHECK(files.status()->offset_bytes == 4);
}

TEST_CASE("an upload never stands at its end before its file is in its place") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  REQUIRE(files.append("0123", 0).has_value());
  const auto write = [&] {
    auto writer = files.store->append("kim", files.upload_id(1), 4, files.now).value();
    REQUIRE(writer->write("4567", files.now).has_value());
    return writer;
  };
  write();  // A kill before the rename leaves the same.
  CHECK(files.status()->offset_bytes == 4);
  write()->interrupt(files.now);
  CHECK(files.status()->offset_bytes == 4);
  REQUIRE(files.store->make_folder("kim", "file", files.quota, files.now).has_value());
  CHECK(write()->commit(files.now).error() == FileProblem::path_exists_already);
  CHECK(files.status()->offset_bytes == 4);
  CHECK_FALSE(files.status()->is_complete);
  REQUIRE(files.store->remove("kim", "file").has_value());
  CHECK(write()->commit(files.now)->is_complete);
  CHECK(files.status()->offset_bytes == 8);
  CHECK(files.content("file") == "01234567");
}

TEST_CASE("a piece with a checksum counts as a whole, or not at all") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  const auto append = [&](const std::string& bytes, std::uint64_t offset, std::string sha256) {
    auto writer = files.store->append("kim", files.upload_id(1), offset, files.now).value();
    writer->expect(std::move(sha256));
    REQUIRE(writer->write(bytes, files.now).has_value());
    return writer->commit(files.now);
  };
  CHECK(append("0123", 0, sha256_of("0124")).error() == FileProblem::checksum_does_not_match);
  CHECK(files.status()->offset_bytes == 0);
  {
    auto writer = files.store->append("kim", files.upload_id(1), 0, files.now).value();
    writer->expect(sha256_of("0123"));
    REQUIRE(writer->write("01", files.now).has_value());
    writer->interrupt(files.now);
  }
  CHECK(files.status()->offset_bytes == 0);
  CHECK(append("0123", 0, sha256_of("0123"))->offset_bytes == 4);
  CHECK(append("4567", 4, sha256_of("4567"))->is_complete);
  CHECK(files.content("file") == "01234567");
}

TEST_CASE("a file appears only where its bytes have the checksum that was announced") {
  StoredFiles files;
  const std::string bytes = "01234567";
  REQUIRE(
      files.store
          ->create("kim", files.upload_id(1), {"file", 8, sha256_of(bytes)}, files.quota, files.now)
          .has_value());
  REQUIRE(files.append("0123", 0).has_value());
  files.restart();  // The hash goes on from where it stood.
  CHECK(files.append("456x", 4).error() == FileProblem::checksum_does_not_match);
  CHECK_FALSE(std::filesystem::exists(files.home("file")));
  CHECK(files.status()->offset_bytes == 0);
  REQUIRE(files.append("0123", 0).has_value());
  files.restart();
  CHECK(files.append("4567", 4)->is_complete);
  CHECK(files.content("file") == bytes);
}

TEST_CASE("nobody brings more than he has announced") {
  StoredFiles files;
  REQUIRE(files.create("file", 4).has_value());
  CHECK(files.append("01234", 0).error() == FileProblem::upload_is_too_long);
  CHECK(files.status()->offset_bytes == 0);
}

TEST_CASE("an empty file is complete at once") {
  StoredFiles files;
  CHECK(files.create("empty", 0)->is_complete);
  CHECK(std::filesystem::file_size(files.home("empty")) == 0);
  CHECK(files.create("empty", 0)->is_complete);
}

TEST_CASE("uploads take their room when they are announced") {
  StoredFiles files;
  REQUIRE(files.create("a", 600'000, 1).has_value());
  CHECK(files.create("b", 600'000, 2).error() == FileProblem::quota_is_exceeded);
  CHECK(files.create("b", StoredFiles::quota + 1, 2).error() == FileProblem::quota_is_exceeded);
  CHECK(files.create("b", ~std::uint64_t{0}, 2).error() == FileProblem::quota_is_exceeded);
  REQUIRE(files.create("b", 300'000, 2).has_value());
  CHECK(files.store->use("kim", files.now)->upload_bytes == 900'000);
  CHECK(files.store->terminate("kim", files.upload_id(1)).has_value());
  CHECK(files.store->terminate("kim", files.upload_id(1)).error() ==
        FileProblem::upload_does_not_exist);
  CHECK(files.create("c", 600'000, 3).has_value());
  // Another's room is his own.
  CHECK(files.store->create("park", files.upload_id(1), {"a", 900'000, {}}, files.quota, files.now)
            .has_value());
}

TEST_CASE("a file counts from the moment when it is in place") {
  StoredFiles files;
  CHECK(files.store->use("kim", files.now)->total() == 0);
  files.put("a", std::string(600'000, 'a'), 1);
  // With what the disk takes for it, where it was counted since.
  const auto use = files.store->use("kim", files.now)->file_bytes;
  CHECK(use >= 600'000);
  CHECK(use < 610'000);
  CHECK(files.create("b", 600'000, 2).error() == FileProblem::quota_is_exceeded);
  REQUIRE(files.store->remove("kim", "a").has_value());
  CHECK(files.create("b", 600'000, 2).has_value());
}

TEST_CASE("the same upload announced again is no other") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  REQUIRE(files.append("0123", 0).has_value());
  CHECK(files.create("file", 8)->offset_bytes == 4);
  CHECK(files.create("file", 9).error() == FileProblem::path_exists_already);
}

TEST_CASE("uploads that nobody goes on with are dropped") {
  StoredFiles files;
  REQUIRE(files.create("file", 8).has_value());
  files.now += std::chrono::hours(6 * 24);
  REQUIRE(files.append("0123", 0).has_value());
  files.now += std::chrono::hours(6 * 24);
  CHECK(files.status()->offset_bytes == 4);
  files.now += std::chrono::hours(24);
  CHECK(files.status().error() == FileProblem::upload_is_gone);
  CHECK(files.append("4567", 4).error() == FileProblem::upload_is_gone);
  CHECK(files.store->uploads("kim", files.now)->empty());
  files.store->expire(files.now);
  CHECK(std::filesystem::is_empty(files.directory.path() / "uploads/kim"));
}

TEST_CASE("a person has only so many uploads open, and a folder is not replaced by a file") {
  StoredFiles files;
  for (int i = 0; i < 64; ++i) REQUIRE(files.create("file", 1, i).has_value());
  CHECK(files.create("file", 1, 64).error() == FileProblem::too_many_uploads);
  REQUIRE(files.append("x", 0, 0)->is_complete);
  REQUIRE(files.create("file", 1, 64).has_value());
  REQUIRE(files.store->make_folder("kim", "folder", files.quota, files.now).has_value());
  REQUIRE(files.store->remove("kim", "file").has_value());
  CHECK(files.create("folder", 1, 99).error() == FileProblem::path_exists_already);
  REQUIRE(files.store->make_folder("kim", "file", files.quota, files.now).has_value());
  CHECK(files.append("x", 0, 1).error() == FileProblem::path_exists_already);
}

TEST_CASE("ids of uploads are digits, no paths") {
  StoredFiles files;
  for (const std::string_view id : {"", "..", "../park/x", "00000000000000000000000000000001.part",
                                    "0000000000000000000000000000000G"}) {
    CHECK(files.store->status("kim", id, files.now).error() == FileProblem::upload_does_not_exist);
    CHECK(files.store->terminate("kim", id).error() == FileProblem::upload_does_not_exist);
    CHECK(files.store->append("kim", id, 0, files.now).error() ==
          FileProblem::upload_does_not_exist);
  }
}
