#include "http/gpushare/client_change.hpp"

#include <array>
#include <utility>

#include <boost/describe/enum_from_string.hpp>
#include <boost/json/array.hpp>

#include "http/gpushare/access.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

constexpr std::size_t phone_size_max = 12;
constexpr std::int64_t image_max = 32'767;
constexpr std::array<std::string_view, 3> roles{"user", "gpu_provider", "admin"};

/// What a body says about a person; nothing where it doesn't.
struct Words {
  Given<std::string> username;
  Given<std::string> email;
  Given<std::string> phone_no;
  Given<std::int64_t> user_image;
  Given<bool> terms_accepted;
};

/// In the order of the document.
Words read_words(const GpushareContext& context, Fields& fields, Need names,
                 std::string_view own_id) {
  Words words;
  const auto is_others = [&](const ClientView::Client& holder) {
    return holder && holder->id != own_id;
  };
  if (auto user = fields.nested("user", names)) {
    words.username = user->username("username");
    if (words.username &&
        is_others(context.clients->by_username(context.secret.username_key(*words.username))))
      user->refuse("username", username_is_taken);
    words.email = user->email("email", names);
    if (words.email && is_others(context.clients->by_email(context.secret.email_key(*words.email))))
      user->refuse("email", email_is_taken);
  }
  words.phone_no =
      fields.text("phone_no", nullable, {.size_max = phone_size_max, .may_be_blank = true});
  words.user_image = fields.integer("user_image", optional, 0, image_max);
  words.terms_accepted = fields.truth("terms_accepted", nullable);
  return words;
}

/// Puts his names of now where a body says nothing of them. False where he has been erased.
bool keep_names(const GpushareContext& context, Words& words, const MarketClient& client) {
  const auto username = context.subject_keys->open(client.names.username);
  const auto email = context.subject_keys->open(client.names.email);
  if (!username || !email) return false;
  if (!words.username) words.username = {true, username};
  if (!words.email) words.email = {true, email};
  return true;
}

void refuse_foreign_address(const GpushareContext& context, Fields& fields, const Words& words) {
  if (!fields.is_wrong() && is_foreign_address(context.secret, *words.username, *words.email))
    fields.nested("user", optional)->refuse("username", username_is_foreign_address);
}

/// The names that he is to have; nothing where they stay, or he has been erased.
std::optional<ClientNames> changed_names(const GpushareContext& context, const Words& words,
                                         const MarketClient& client) {
  auto names = names_of(context, client.id, *words.username, *words.email);
  return names == client.names ? std::nullopt : std::move(names);
}

/// Nothing where he has been erased.
std::optional<ClientDetails> changed_details(const GpushareContext& context, const Words& words,
                                             const MarketClient& client) {
  auto details = client.details;
  if (words.user_image) details.user_image = static_cast<std::uint16_t>(*words.user_image);
  if (words.terms_accepted.is_given) details.terms_accepted = words.terms_accepted.value;
  if (words.phone_no) {
    auto sealed = context.subject_keys->seal_known(client_subject(client.id), *words.phone_no);
    if (!sealed) return std::nullopt;
    details.phone_no = *std::move(sealed);
  } else if (words.phone_no.is_given) {
    details.phone_no = {};
  }
  return details;
}

/// What only admins change.
void read_standing(Fields& fields, const MarketClient& client,
                   std::vector<Client::Command>& commands) {
  auto role = client.role;
  if (const auto word = fields.choice("role", roles, optional)) {
    boost::describe::enum_from_string(word->c_str(), role);
    if (role != client.role) commands.emplace_back(Client::ChangeRole{role});
  }
  const auto approved = fields.truth("is_gpu_provider_approved", optional);
  if (!approved || *approved == client.is_provider_approved) return;
  if (!*approved) {
    commands.emplace_back(Client::SuspendProvider{});
  } else if (role != ClientRole::user) {
    commands.emplace_back(Client::ApproveProvider{});
  } else {
    fields.refuse("is_gpu_provider_approved", "This client is no GPU provider.");
  }
}

}  // namespace

boost::system::result<ClientChange, Refusal> read_client_change(const GpushareContext& context,
                                                                const Body& body, bool is_partial,
                                                                const Caller& caller,
                                                                const MarketClient& client) {
  Fields fields(body, is_partial);
  auto words = read_words(context, fields, optional, client.id);
  const bool is_renamed = words.username || words.email;
  if (!keep_names(context, words, client)) return not_found();
  if (is_renamed) refuse_foreign_address(context, fields, words);
  ClientChange change;
  if (may(Privilege::set_role, caller, client.id)) read_standing(fields, client, change.commands);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  if (is_renamed) change.names = changed_names(context, words, client);
  auto details = changed_details(context, words, client);
  if (!details) return not_found();
  if (*details != client.details)
    change.commands.insert(change.commands.begin(), Client::ChangeDetails{*std::move(details)});
  return change;
}

boost::system::result<NewClient, Refusal> read_new_client(const GpushareContext& context,
                                                          const Body& body) {
  Fields fields(body);
  auto words = read_words(context, fields, required, {});
  refuse_foreign_address(context, fields, words);
  NewClient person;
  if (const auto role = fields.choice("role", roles, optional))
    boost::describe::enum_from_string(role->c_str(), person.role);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  person.username = std::move(words.username.value).value_or("");
  person.email = std::move(words.email.value).value_or("");
  person.phone_no = std::move(words.phone_no.value).value_or("");
  person.user_image = static_cast<std::uint16_t>(words.user_image.value.value_or(0));
  person.terms_accepted = words.terms_accepted.value;
  return person;
}

Refusal name_taken(std::string_view field) {
  const auto sentence = field == "username" ? username_is_taken : email_is_taken;
  return {
      400,
      {{"user", json::object{{json::string_view(field.data(), field.size()),
                              json::array{json::string_view(sentence.data(), sentence.size())}}}}}};
}

}  // namespace orrery::gpushare
