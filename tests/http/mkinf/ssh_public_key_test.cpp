#include <string>

#include <catch2/catch.hpp>

#include "http/mkinf/ssh_public_key.hpp"

using namespace orrery::mkinf;

namespace {

const std::string rsa_key =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDDbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIv"
    "NEVUxTveLruM0rfj0WAK1jHDhaXXzOI8d4VFmtvBtMkA/+SNV1tdpcY4BAEl9l2w/j4kSUt26phkV9mGCE/tCLl4"
    "r019GWp0RqhrWACeY2thHbFiEbZamq3/KcXlLZxQjFAjRzRNjAetkcvWBor8df9ikvBioJyjgcieced7mprp4wsN"
    "vbb1EKJk753ngVAde2uSronrBZxat0PbZ1humPrSfaC5lovAOaHvNMk5ubjlI6i++J1HhgjF7PbKNYdY9tJ+bPRS"
    "cpN5d6dI/Yg5HbZ5ztp9x78fAF7o";
const std::string ed25519_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG40C5z/s3qYnKVE5rt4Cix4kB0/szc4doURowYXr6Ad";
const std::string ecdsa_key =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG40C5z/s3qYnKVE"
    "5rt4Cix4kB0/szc4doURowYXr6AdS/USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZo=";

}  // namespace

TEST_CASE("the forms of OpenSSH's public keys are known") {
  CHECK(is_ssh_public_key(rsa_key));
  CHECK(is_ssh_public_key(ed25519_key));
  CHECK(is_ssh_public_key(ecdsa_key));
  CHECK(is_ssh_public_key(
      "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBG40C5z/s3qYnKVE"
      "5rt4Cix4kB0/szc4doURowYXr6AdS/USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZrbwbTJAP/kjVdbXaXG"
      "OAQBJfZdsP4+JElLduqYZFfZhg=="));
  CHECK(is_ssh_public_key(
      "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBG40C5z/s3qYnKVE"
      "5rt4Cix4kB0/szc4doURowYXr6AdS/USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZrbwbTJAP/kjVdbXaXG"
      "OAQBJfZdsP4+JElLduqYZFfZhghP7Qi5eK9NfRlqdEaoa1gAnmNrYR2xYhG2Wpqt/ynF5S2cUA=="));
  CHECK(is_ssh_public_key(
      "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIG40C5z/s3qYnKVE5"
      "rt4Cix4kB0/szc4doURowYXr6AdAAAABHNzaDo="));
  CHECK(is_ssh_public_key(
      "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AA"
      "AAIbmlzdHAyNTYAAABBBG40C5z/s3qYnKVE5rt4Cix4kB0/szc4doURowYXr6AdS/USLzRFVMU73i67jNK349FgC"
      "tYxw4Wl18ziPHeFRZoAAAAEc3NoOg=="));
}

TEST_CASE("a comment and the end of the line may come along") {
  CHECK(is_ssh_public_key(ed25519_key + " me@example.org"));
  CHECK(is_ssh_public_key(ed25519_key + " a comment of words\r\n"));
  CHECK_FALSE(is_ssh_public_key(ed25519_key + "\n" + ed25519_key));
  CHECK_FALSE(is_ssh_public_key(ed25519_key + " \x01"));
}

TEST_CASE("the abbreviation of the document passes for a key of its type") {
  CHECK(is_ssh_public_key("ssh-rsa AAAAB..."));
  CHECK(is_ssh_public_key("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB..."));
  CHECK(is_ssh_public_key("ssh-ed25519 AAAAC3... me"));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa AAAAC..."));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa ..."));
}

TEST_CASE("what is cut short, of another type or no key at all is refused") {
  CHECK_FALSE(is_ssh_public_key(""));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa"));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa "));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa AAAAB"));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa AAAA"));
  CHECK_FALSE(is_ssh_public_key("ssh-rsa AA!A"));
  CHECK_FALSE(is_ssh_public_key("rsa AAAA"));
  CHECK_FALSE(is_ssh_public_key("-----BEGIN OPENSSH PRIVATE KEY-----"));
  CHECK_FALSE(is_ssh_public_key(rsa_key.substr(0, rsa_key.size() - 4)));
  CHECK_FALSE(is_ssh_public_key("ssh-ed25519" + rsa_key.substr(7)));
  CHECK_FALSE(is_ssh_public_key(ed25519_key + "AAAA"));
}
