#include "http/gpushare/reset_page.hpp"

#include <fmt/format.h>

namespace orrery::gpushare {

namespace {

constexpr std::string_view form =
    R"(<form method="post">
<p><label>New password<br><input type="password" name="new_password" minlength="8" maxlength="128"
autocomplete="new-password" required autofocus></label></p>
<p><label>Once more<br><input type="password" name="confirm_password" minlength="8" maxlength="128"
autocomplete="new-password" required></label></p>
<p><button type="submit">Set the password</button></p>
</form>)";

Response page(unsigned status, std::string_view content) {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = fmt::format(
      R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>New password</title>
<meta name="viewport" content="width=device-width">
</head><body>
<h1>New password</h1>
{}
</body></html>
)",
      content);
  response.headers = {{"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy",
                       "default-src 'none'; form-action 'self'; frame-ancestors 'none'; "
                       "base-uri 'none'"}};
  return response;
}

}  // namespace

Response reset_form_page() { return page(200, form); }

Response reset_form_page_again(const std::vector<std::string>& sentences) {
  std::string content;
  for (const auto& sentence : sentences) content += fmt::format("<p>{}</p>\n", sentence);
  return page(400, content.append(form));
}

Response reset_sentence_page(unsigned status, std::string_view sentence) {
  return page(status, fmt::format("<p>{}</p>", sentence));
}

bool wants_page(const Request& request) {
  return request.header("accept").find("text/html") != std::string_view::npos;
}

}  // namespace orrery::gpushare
