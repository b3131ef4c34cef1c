#include "http/neolink/instance_request.hpp"

#include <functional>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/neolink/power_request.hpp"

using namespace orrery;
using namespace orrery::neolink;

namespace {

namespace json = boost::json;
using Change = std::function<void(json::object&)>;

std::string body(const Change& change = [](json::object&) {}) {
  auto value = json::parse(R"({
    "Cost": {"CostType": "1", "CouponID": "", "DiskSKUID": "1", "GPUSKUID": "66", "CostTime": ""},
    "VolumeMount": [{"PathInContainer": "/root/data", "Size": 50, "Type": "shared-filesystem"}],
    "namespace": "xxx", "displayName": "test1", "image": "registry/image:tag", "Region": ""})");
  change(value.as_object());
  return json::serialize(value);
}

Change with(std::string_view pointer, json::value value) {
  return [pointer, value](json::object& object) {
    json::value root = std::move(object);
    const auto slash = pointer.rfind('/');
    auto& parent = slash == 0 ? root : root.at_pointer(pointer.substr(0, slash));
    parent.as_object()[pointer.substr(slash + 1)] = value;
    object = std::move(root.as_object());
  };
}

std::string problem(const Change& change) {
  const auto request = read_instance_request(body(change));
  return request ? "" : request.error().message;
}

std::string volume_problem(json::value volume) {
  return problem(with("/VolumeMount", json::array{std::move(volume)}));
}

}  // namespace

TEST_CASE("the words of the document's create") {
  const auto request = read_instance_request(body()).value();
  CHECK(request.selling_type == SellingType::pay_as_you_go);
  CHECK(request.disk_sku_id == "1");
  CHECK(request.sku_id == "66");
  CHECK_FALSE(request.cost_time);
  CHECK(request.volumes == std::vector<VolumeWish>{{"/root/data", 50, ""}});
  CHECK(request.namespace_id == "xxx");
  CHECK(request.display_name == "test1");
  CHECK(request.image == "registry/image:tag");
  CHECK_FALSE(request.is_renewal());
}

TEST_CASE("numbers stand for strings of digits, and one volume for a list of one") {
  const auto request = read_instance_request(body([](json::object& object) {
                         object["Cost"] = {{"CostType", 1}, {"DiskSKUID", 1}, {"GPUSKUID", 66}};
                         object["VolumeMount"] = {{"Size", 60}, {"PVCName", "volume-1"}};
                       })).value();
  CHECK(request.selling_type == SellingType::pay_as_you_go);
  CHECK(request.sku_id == "66");
  CHECK(request.volumes == std::vector<VolumeWish>{{"/root/data", 60, "volume-1"}});
}

TEST_CASE("no volumes, and volumes of which nothing is said") {
  CHECK(read_instance_request(body(with("/VolumeMount", json::array{})))->volumes.empty());
  const auto request = read_instance_request(body(with("/VolumeMount", json::object{}))).value();
  CHECK(request.volumes == std::vector<VolumeWish>{{"/root/data", std::nullopt, ""}});
  const auto zero = with("/VolumeMount", json::array{json::object{{"Size", 0}}});
  CHECK(read_instance_request(body(zero))->volumes[0].size_gb == std::nullopt);
}

TEST_CASE("what is paid in advance says for how long, in its unit") {
  const auto daily = [](const char* time) {
    return [time](json::object& object) {
      object["Cost"] = {
          {"CostType", "4"}, {"DiskSKUID", "1"}, {"GPUSKUID", "67"}, {"CostTime", time}};
    };
  };
  CHECK(read_instance_request(body(daily("3D")))->cost_time ==
        CostTime{3, SellingType::daily, false});
  CHECK(read_instance_request(body(daily("+3D")))->is_renewal());
  const std::string sentence =
      "Cost.CostTime must be a number up to 1000 and the unit of the CostType, such as \"3D\", or "
      "\"+3D\" for longer";
  CHECK(problem(daily("")) == sentence);
  CHECK(problem(daily("3W")) == sentence);
  CHECK(problem(daily("3")) == sentence);
}

TEST_CASE("a renewal needs neither volumes nor an image, and one of two names") {
  const auto renewal = [](json::object& object) {
    object = {
        {"Cost", {{"CostType", "2"}, {"DiskSKUID", "1"}, {"GPUSKUID", "68"}, {"CostTime", "+1M"}}},
        {"namespace", "xxx"}};
  };
  CHECK(problem(renewal) == "displayName is required");
  const auto named = [&](json::object& object) {
    renewal(object);
    object["name"] = "instance-1";
  };
  CHECK(read_instance_request(body(named))->name == "instance-1");
  CHECK(read_instance_request(body(named))->cost_time->period_count == 1);
}

TEST_CASE("each wrong field of a create is named") {
  CHECK(problem(with("/Cost", nullptr)) == "Cost is required");
  CHECK(problem(with("/Cost", "1")) == "Cost must be an object");
  const std::string types =
      "Cost.CostType must be \"1\" (pay as you go), \"2\" (monthly), \"3\" (weekly) or \"4\" "
      "(daily)";
  for (const auto& type : {json::value("5"), json::value("0"), json::value(11)})
    CHECK(problem(with("/Cost/CostType", type)) == types);
  CHECK(problem(with("/Cost/CostType", nullptr)) == "Cost.CostType is required");
  CHECK(problem(with("/Cost/CostType", true)) == "Cost.CostType must be a string");
  CHECK(problem(with("/Cost/DiskSKUID", "2")) == "Cost.DiskSKUID must be \"1\"");
  CHECK(problem(with("/Cost/GPUSKUID", "")) == "Cost.GPUSKUID must not be empty");
  CHECK(problem(with("/Cost/CostTime", "3D")) == "Cost.CostTime must be empty for pay as you go");
  CHECK(problem([](json::object& object) {
          object["Cost"] = {{"CostType", "4"},
                            {"CouponID", "c"},
                            {"DiskSKUID", "1"},
                            {"GPUSKUID", "1"},
                            {"CostTime", "1D"}};
        }) == "Cost.CouponID is for pay as you go only");
  CHECK(problem(with("/namespace", "")) == "namespace must not be empty");
  CHECK(problem(with("/displayName", "")) == "displayName is required");
  CHECK(problem(with("/displayName", json::string(129, 'a'))) ==
        "displayName must have at most 128 bytes");
  CHECK(problem(with("/displayName", "a\nb")) == "displayName must not have control characters");
  CHECK(problem(with("/displayName", "a\xC2\x85z")) ==
        "displayName must not have control characters");
  CHECK(problem(with("/displayName", "实例\xC2\xA0")) == "");
  CHECK(problem(with("/image", nullptr)) == "image is required");
  CHECK(problem(with("/Region", json::array{})) == "Region must be a string");
}

TEST_CASE("each wrong field of a volume is named") {
  CHECK(problem(with("/VolumeMount", nullptr)) == "VolumeMount is required");
  CHECK(problem(with("/VolumeMount", "x")) == "VolumeMount must be an object");
  CHECK(problem(with("/VolumeMount", json::array{"x"})) == "VolumeMount[0] must be an object");
  CHECK(problem(with("/VolumeMount", json::array(9, json::object{}))) ==
        "VolumeMount must have at most 8 items");
  const std::string size = "VolumeMount[0].Size must be a whole number from 0 to 100000";
  for (const auto& wrong : {json::value(-1), json::value(100'001), json::value(50.5),
                            json::value("50"), json::value(true)})
    CHECK(volume_problem({{"Size", wrong}}) == size);
  CHECK(volume_problem({{"Type", "local"}}) == "VolumeMount[0].Type must be \"shared-filesystem\"");
  for (const auto* path : {"/", "data", "/a//b", "/a/../b", "/a/.", "/a/", "/a\nb"})
    CHECK(volume_problem({{"PathInContainer", path}}) ==
          "VolumeMount[0].PathInContainer must be an absolute path below the root");
  CHECK(problem(with("/VolumeMount", json::array(2, json::object{}))) ==
        "VolumeMount has the path /root/data twice");
}

TEST_CASE("the words of a power_off, in the forms of the document's table and of its sample") {
  CHECK(*read_power_off("") == PowerOffRequest{});
  CHECK(*read_power_off("{}") == PowerOffRequest{});
  CHECK(*read_power_off(R"({"gracePeriodSeconds":"","needSnapshot":"","imageName":"","tag":""})") ==
        PowerOffRequest{});
  const PowerOffRequest sample{10, true, "image1", "v1.1.0"};
  CHECK(*read_power_off(R"({"gracePeriodSeconds":10,"needSnapshot":true,)"
                        R"("imageName":"image1","tag":"v1.1.0"})") == sample);
  CHECK(*read_power_off(R"({"gracePeriodSeconds":"10","needSnapshot":"True",)"
                        R"("imageName":"image1","tag":"v1.1.0"})") == sample);
  CHECK(*read_power_off(R"({"gracePeriodSeconds":0,"needSnapshot":"False","imageName":"A"})") ==
        PowerOffRequest{0, false, "", ""});
}

TEST_CASE("each wrong field of a power_off is named") {
  const auto problem_of = [](const char* text) {
    const auto request = read_power_off(text);
    return request ? "" : request.error().message;
  };
  const std::string grace = "gracePeriodSeconds must be a whole number from 0 to 3600";
  for (const auto* text : {R"({"gracePeriodSeconds":-1})", R"({"gracePeriodSeconds":3601})",
                           R"({"gracePeriodSeconds":"ten"})", R"({"gracePeriodSeconds":10.5})",
                           R"({"gracePeriodSeconds":"1.5"})"})
    CHECK(problem_of(text) == grace);
  CHECK(problem_of(R"({"needSnapshot":"yes"})") == "needSnapshot must be true or false");
  CHECK(problem_of(R"({"needSnapshot":1})") == "needSnapshot must be true or false");
  CHECK(
      problem_of(R"({"needSnapshot":true,"tag":"v1"})") ==
      "imageName must be, for a snapshot, lower-case letters and digits, joined by \".\", \"_\" or "
      "\"-\", up to 128 of them");
  CHECK(problem_of(R"({"needSnapshot":true,"imageName":"a","tag":"-"})") ==
        "tag must be, for a snapshot, letters, digits, \"_\", \".\" and \"-\", up to 128 of them, "
        "and "
        "not begin with \".\" or \"-\"");
  CHECK(problem_of("[]") == "the body must be a JSON object");
}
