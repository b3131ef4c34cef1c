#include <catch2/catch.hpp>

#include "http/aicenter/sbatch/values.hpp"

using namespace orrery;
using namespace orrery::sbatch;

namespace {

/// 2026-03-01T12:00:00Z, a Sunday.
constexpr std::int64_t noon_s = 1'772'366'400;
const Time noon{std::chrono::seconds(noon_s)};
constexpr std::int64_t hour_s = 3'600;
constexpr std::int64_t day_s = 24 * hour_s;

}  // namespace

TEST_CASE("time limits are minutes, rounded up, in all of Slurm's forms") {
  CHECK(parse_time_limit("30") == 30);
  CHECK(parse_time_limit("30:00") == 30);
  CHECK(parse_time_limit("30:01") == 31);
  CHECK(parse_time_limit("1:30:00") == 90);
  CHECK(parse_time_limit("2-12") == 3'600);
  CHECK(parse_time_limit("2-12:30") == 3'630);
  CHECK(parse_time_limit("2-12:30:30") == 3'631);
  CHECK(parse_time_limit("UNLIMITED") == 0);
  CHECK(parse_time_limit("infinite") == 0);
  for (const auto* wrong : {"", "abc", "1:2:3:4", "-5", "1-", "-1-2", "1.5", " 5", "99999999999"})
    CHECK_FALSE(parse_time_limit(wrong));
}

TEST_CASE("minutes are shown as Slurm shows them") {
  CHECK(time_limit_text(90) == "01:30:00");
  CHECK(time_limit_text(3'630) == "2-12:30:00");
}

TEST_CASE("memory is MiB, or has a unit") {
  CHECK(parse_memory("512") == 512);
  CHECK(parse_memory("512M") == 512);
  CHECK(parse_memory("40G") == 40'960);
  CHECK(parse_memory("40gb") == 40'960);
  CHECK(parse_memory("1T") == 1'048'576);
  CHECK(parse_memory("1500K") == 2);
  CHECK(parse_memory("0") == 0);
  for (const auto* wrong : {"", "abc", "G", "5X", "-1", "99999999P", "4294967295G"})
    CHECK_FALSE(parse_memory(wrong));
}

TEST_CASE("GPUs are asked for by number, by model, or both") {
  CHECK(parse_gpus("2") == GpuRequest{"", 2});
  CHECK(parse_gpus("a100:2") == GpuRequest{"a100", 2});
  CHECK(parse_gpus("gpu:a100:2") == GpuRequest{"a100", 2});
  CHECK(parse_gpus("gpu:4") == GpuRequest{"", 4});
  CHECK(parse_gpus("gpu:a40") == GpuRequest{"a40", 1});
  CHECK(parse_gpus("gpu") == GpuRequest{"", 1});
  for (const auto* wrong : {"", "a100:x", "x:y:z", "gpu:a100:2:3", "gpu:", "a b:1"})
    CHECK_FALSE(parse_gpus(wrong));
  CHECK(*parse_gres("gpu:a6000:3") == GpuRequest{"a6000", 3});
  CHECK(*parse_gres("none") == GpuRequest{});
  for (const auto* wrong : {"foo:1", "2", "gpu:a100:1,gpu:a40:1", "gpux:1"})
    CHECK(parse_gres(wrong).error().message == "Invalid generic resource (gres) specification");
}

TEST_CASE("indices of an array") {
  CHECK(parse_array("1-4") == ArrayRequest{{1, 2, 3, 4}, 0});
  CHECK(parse_array("0-15:4%2") == ArrayRequest{{0, 4, 8, 12}, 2});
  CHECK(parse_array("5,1,3-4,3") == ArrayRequest{{1, 3, 4, 5}, 0});
  CHECK(parse_array("7") == ArrayRequest{{7}, 0});
  for (const auto* wrong :
       {"", "x", "5-1", "1-", "-3", "1,,2", "0-3:0", "3:2", "1%x", "0-99999999", "0-20000"})
    CHECK_FALSE(parse_array(wrong));
}

TEST_CASE("indices are written as briefly as they are read") {
  for (const auto* text : {"0-3", "0-12:4%2", "1,3-5,9", "7", "0-1", "4,9"}) {
    const auto array = parse_array(text);
    REQUIRE(array);
    CHECK(array_text(array->task_ids, array->running_max) == text);
  }
}

TEST_CASE("what mails are about") {
  using namespace job_mail_type;
  CHECK(parse_mail_type("NONE") == 0);
  CHECK(parse_mail_type("BEGIN") == begin);
  CHECK(parse_mail_type("begin,time_limit_80") == (begin | time_limit_80));
  CHECK(parse_mail_type("END") == (end | idle));
  CHECK(parse_mail_type("ALL") == (begin | end | fail | requeue | invalid_dependency | idle));
  CHECK_FALSE(parse_mail_type("XX"));
  CHECK_FALSE(parse_mail_type("BEGIN,"));
  CHECK(mail_type_text(0) == "NONE");
  CHECK(mail_type_text(*parse_mail_type("ALL")) == "BEGIN,END,FAIL,REQUEUE,INVALID_DEPEND");
}

TEST_CASE("signals have names and numbers, and a time before the end") {
  CHECK(parse_signal_number("USR1") == 10);
  CHECK(parse_signal_number("sigterm") == 15);
  CHECK(parse_signal_number("9") == 9);
  CHECK_FALSE(parse_signal_number("0"));
  CHECK_FALSE(parse_signal_number("65"));
  CHECK_FALSE(parse_signal_number("FOO"));
  CHECK(parse_signal("USR1") == JobSignal{10, 60, false});
  CHECK(parse_signal("B:USR2@300") == JobSignal{12, 300, true});
  CHECK(parse_signal("R:10@5") == JobSignal{10, 5, false});
  for (const auto* wrong : {"", "XX", "B:USR1@x", "X:USR1", "USR1@70000"})
    CHECK_FALSE(parse_signal(wrong));
}

TEST_CASE("host lists name many hosts briefly") {
  using Hosts = std::vector<std::string>;
  CHECK(expand_host_list("a100-n[1-3,5],login") ==
        Hosts{"a100-n1", "a100-n2", "a100-n3", "a100-n5", "login"});
  CHECK(expand_host_list("n[08-10]x") == Hosts{"n08x", "n09x", "n10x"});
  CHECK(expand_host_list("one") == Hosts{"one"});
  for (const auto* wrong : {"", "a[1-", "a]1", "a[[1]]", "a[3-1]", "a[x]", "a[1][2]", "a,,b", "a b",
                            "a[0-99999999]", "a/b"})
    CHECK_FALSE(expand_host_list(wrong));
  CHECK(host_list_text({"a1", "a2", "a4", "b1", "c"}) == "a[1-2,4],b1,c");
  CHECK(host_list_text({"n08", "n09", "n10"}) == "n[08-09],n10");
  CHECK(host_list_text({}).empty());
}

TEST_CASE("times to begin at") {
  const auto at = [](std::string_view text, std::int32_t offset_min = 0) {
    return parse_begin_time(text, noon, offset_min);
  };
  CHECK(at("now") == noon_s);
  CHECK(at("now+60") == noon_s + 60);
  CHECK(at("now+1hour") == noon_s + hour_s);
  CHECK(at("now+2days") == noon_s + 2 * day_s);
  CHECK(at("16:00") == noon_s + 4 * hour_s);
  CHECK(at("11:00") == noon_s + 23 * hour_s);
  CHECK(at("4:00PM") == noon_s + 4 * hour_s);
  CHECK(at("midnight") == noon_s + 12 * hour_s);
  CHECK(at("tomorrow") == noon_s + 12 * hour_s);
  CHECK(at("tomorrow 08:00") == noon_s + 20 * hour_s);
  CHECK(at("2026-03-02T08:30:05") == noon_s + 20 * hour_s + 1'805);
  CHECK(at("2026-03-02") == noon_s + 12 * hour_s);
  CHECK(at("03/02/26 08:00") == noon_s + 20 * hour_s);
  CHECK(at("1798761600") == 1'798'761'600);
  // Clocks nine hours ahead show 21:00 now.
  CHECK(at("22:00", 540) == noon_s + hour_s);
  CHECK(at("2026-03-01T22:00", 540) == noon_s + hour_s);
  for (const auto* wrong : {"", "xx", "now-5", "now+x", "25:00", "2026-13-01", "2026-02-30",
                            "16:00 17:00", "now+5fortnights"})
    CHECK_FALSE(at(wrong));
}

TEST_CASE("what a job waits for") {
  const auto one = parse_dependencies("afterok:12:13,singleton");
  REQUIRE(one);
  REQUIRE(one->terms.size() == 2);
  CHECK(one->terms[0].kind == JobDependencyKind::after_ok);
  CHECK(one->terms[0].jobs[1].job_id == 13);
  CHECK(one->terms[1].kind == JobDependencyKind::singleton);
  CHECK_FALSE(one->is_any);
  const auto other = parse_dependencies("afterany:1_4?afternotok:2");
  REQUIRE(other);
  CHECK(other->is_any);
  CHECK(other->terms[0].jobs[0].task_id == 4);
  CHECK(parse_dependencies("77")->terms[0].kind == JobDependencyKind::after_any);
  for (const auto* wrong : {"", "x", "afterok", "afterok:", "afterok:x", "after:1+5",
                            "afterok:1,afterok:2?afterok:3", "afterok:0"})
    CHECK_FALSE(parse_dependencies(wrong));
}
