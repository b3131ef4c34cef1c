#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.hpp"

namespace orrery::gpushare {

/// What a browser shows that follows the link of a mail: HTML without scripts, never kept, framed
/// or referred from. Nothing of the request stands in it.
Response reset_form_page();

/// The same once more, for what was sent is wrong: 400 with these sentences, which are our own.
Response reset_form_page_again(const std::vector<std::string>& sentences);

/// The same place without the form: a sentence.
Response reset_sentence_page(unsigned status, std::string_view sentence);

/// Whether whoever asks reads pages rather than JSON.
bool wants_page(const Request& request);

}  // namespace orrery::gpushare
