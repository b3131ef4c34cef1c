#pragma once

#include <string_view>

namespace orrery::mkinf {

/// Whether `text` is one OpenSSH public key as in an `id_ed25519.pub`: type, base64, maybe a
/// comment, maybe the end of the line. The base64 has to hold a key of that type, part by part.
///
/// Only an abbreviation may hold less, as the document's own example does: "ssh-rsa AAAAB...".
bool is_ssh_public_key(std::string_view text);

}  // namespace orrery::mkinf
