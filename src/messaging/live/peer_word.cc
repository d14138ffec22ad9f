#include "messaging/live/peer_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "messaging/json_parser.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using Kind = PeerWord::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 7> kNames{{
    {Kind::kHello, "hello"},
    {Kind::kPeople, "people"},
    {Kind::kHere, "here"},
    {Kind::kLeft, "left"},
    {Kind::kTyping, "typing"},
    {Kind::kAlive, "alive"},
    {Kind::kGone, "gone"},
}};

void append_people(std::string& out, const std::vector<PeerPerson>& people) {
  out += R"(,"people":[)";
  for (const PeerPerson& person : people) {
    if (out.back() != '[') out += ',';
    out += fmt::format(R"({{"id":{},"conversations":[)", json_string(person.id));
    for (const std::string& conversation : person.conversations) {
      if (out.back() != '[') out += ',';
      out += json_string(conversation);
    }
    out += "]}";
  }
  out += ']';
}

std::string string_in(simdjson::dom::object object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool flag_in(simdjson::dom::object object, std::string_view name) {
  bool flag = false;
  return object[name].get(flag) == simdjson::SUCCESS && flag;
}

PeerPerson person_of(simdjson::dom::object object) {
  PeerPerson person{.id = string_in(object, "id")};
  simdjson::dom::array conversations;
  if (object["conversations"].get(conversations) != simdjson::SUCCESS) return person;
  for (const simdjson::dom::element each : conversations) {
    std::string_view conversation;
    if (each.get(conversation) == simdjson::SUCCESS)
      person.conversations.emplace_back(conversation);
  }
  return person;
}

std::vector<PeerPerson> people_in(simdjson::dom::object object) {
  std::vector<PeerPerson> people;
  simdjson::dom::array array;
  if (object["people"].get(array) != simdjson::SUCCESS) return people;
  for (const simdjson::dom::element each : array) {
    simdjson::dom::object person;
    if (each.get(person) == simdjson::SUCCESS) people.push_back(person_of(person));
  }
  return people;
}

}  // namespace

std::string text_of(const PeerWord& word) {
  const auto* const name =
      std::ranges::find(kNames, word.kind, &decltype(kNames)::value_type::first);
  std::string out = fmt::format(R"({{"word":"{}","from":{})", name->second, json_string(word.from));
  const auto append = [&out](std::string_view field, const std::string& text) {
    if (!text.empty()) out += fmt::format(R"(,"{}":{})", field, json_string(text));
  };
  append("to", word.to);
  if (word.first) out += R"(,"first":true)";
  if (word.last) out += R"(,"last":true)";
  if (!word.people.empty()) append_people(out, word.people);
  append("person", word.person);
  append("conversation", word.conversation);
  if (word.typing) out += R"(,"typing":true)";
  out += '}';
  return out;
}

std::optional<PeerWord> parse_peer_word(std::string_view text) {
  JsonParser parser;
  simdjson::dom::object object;
  if (parser->parse(text).get(object) != simdjson::SUCCESS) return std::nullopt;
  const std::string name = string_in(object, "word");
  const auto* const known = std::ranges::find(kNames, name, &decltype(kNames)::value_type::second);
  PeerWord word{.from = string_in(object, "from")};
  if (known == kNames.end() || word.from.empty()) return std::nullopt;
  word.kind = known->first;
  word.to = string_in(object, "to");
  word.first = flag_in(object, "first");
  word.last = flag_in(object, "last");
  word.people = people_in(object);
  word.person = string_in(object, "person");
  word.conversation = string_in(object, "conversation");
  word.typing = flag_in(object, "typing");
  return word;
}

}  // namespace parley::messaging
