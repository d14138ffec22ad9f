// Conversations: pattern B, a person's list. It is made of the person's rows and of the pinned
// items of large groups; what counts is what the member items say. Where a row and its member item
// do not fit (one of the two was read a moment earlier, or a process ended between the two), the
// database is asked again, consistently; rows that nothing will ever point at again are removed.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "client/item_page.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/view_json.h"
#include "messaging/json_parser.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr int kRowsRemovedMax = 10;  // by one call

/// A place in the list: newest first, and of the same time by id downwards.
struct Place {
  std::string sort_key = {};
  std::string conversation = {};
  auto operator<=>(const Place&) const = default;
};

/// The cursor: "CONVERSATION SORT_KEY".
std::string text_of_place(const Place& place) {
  return fmt::format("{} {}", place.conversation, place.sort_key);
}
Result<Place> place_of(std::string_view from) {
  const auto space = from.find(' ');
  if (space == std::string_view::npos || space + 1 == from.size()) {
    return refuse(RefusalReason::kInvalidCursor);
  }
  return Place{std::string(from.substr(space + 1)), std::string(from.substr(0, space))};
}

struct Entry {
  Place place;
  ConversationView view;
};

bool is_group(const ConversationRow& row) {
  return row.other.handle.empty() && row.other.id == row.conversation;
}

/// Whether the pieces of a page are looked for in the cache.
enum class Pieces : bool { kCached, kFromTheDatabase };

/// One page in the making.
class ListPage {
 public:
  ListPage(Domain& domain, std::string_view asker, Pieces pieces)
      : domain_(domain), asker_(asker), pieces_(pieces) {}

  Result<ConversationPage> make(std::size_t limit, std::string_view from);
  /// Whether the page made is right until the collection of the person's rows changes (domain.h).
  [[nodiscard]] bool is_of_rows_alone() const { return pins_.empty() && settled_; }

 private:
  Status read_rows(std::size_t limit);
  Status read_pins();
  Status look_up();
  Status add_row(const ConversationRow& row);
  Status add_row_at(const ConversationRow& row, const MemberItem* member);
  Status settle_row(const ConversationRow& row);
  Status add_pinned(const std::string& conversation);
  [[nodiscard]] Reads& reads() { return pieces_ == Pieces::kCached ? domain_.reads : uncached_; }
  [[nodiscard]] bool is_in_range(const Place& place) const {
    return (!from_ || place < *from_) && (!end_ || place >= *end_);
  }

  Domain& domain_;
  const std::string asker_;
  const Pieces pieces_;
  UncachedReads uncached_{domain_.database};
  std::optional<Place> from_ = {};  // exclusive
  std::optional<Place> end_ = {};   // of the last row that was read, if there are more
  std::vector<ConversationRow> rows_ = {};
  std::set<std::string> pins_ = {};
  std::map<std::string, MemberItem> members_ = {};      // the asker's, by conversation
  std::map<std::string, ConversationMeta> metas_ = {};  // of groups
  std::set<std::string> shown_ = {};
  std::vector<Entry> entries_ = {};
  int rows_removed_ = 0;
  bool settled_ = true;  // rows and member items fit, no group is being made
};

Result<ConversationPage> ListPage::make(std::size_t limit, std::string_view from) {
  if (!from.empty()) from_ = PARLEY_TRY(place_of(from));
  PARLEY_TRY(read_rows(limit));
  PARLEY_TRY(read_pins());
  PARLEY_TRY(look_up());
  for (const ConversationRow& row : rows_) PARLEY_TRY(add_row(row));
  for (const std::string& conversation : pins_) PARLEY_TRY(add_pinned(conversation));

  std::ranges::sort(entries_, std::ranges::greater{}, &Entry::place);
  ConversationPage page;
  const bool is_cut = entries_.size() > limit;
  if (is_cut) {
    entries_.resize(limit);
    end_ = entries_.back().place;
  }
  std::vector<ConversationView*> views;
  views.reserve(entries_.size());
  for (Entry& entry : entries_) views.push_back(&entry.view);
  PARLEY_TRY(look_up_senders(domain_, reads(), asker_, views));
  for (Entry& entry : entries_) page.items.push_back(std::move(entry.view));
  if (end_) page.next = text_of_place(*end_);
  return page;
}

Status ListPage::read_rows(std::size_t limit) {
  const std::string pk = key_of(kRowPrefix, asker_);
  Parameters parameters;
  parameters.text(":pk", pk);
  // The row at the cursor itself is read again: a pinned conversation may share its time.
  if (from_) parameters.text(":from", from_->sort_key);
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk{}","ScanIndexForward":false,"Limit":{}{}}})",
      TableCalls(domain_).table(), from_ ? " AND sk <= :from" : "", limit + (from_ ? 1 : 0),
      parameters.json());
  const auto reply = PARLEY_TRY(reads().read(pk, "Query", input));
  const JsonParser parser;
  const client::ItemPage page = PARLEY_TRY(client::item_page_of(*parser, *reply));
  for (const simdjson::dom::element item : page.items) {
    auto row = row_of(item);
    if (row && is_in_range({row->sort_key, row->conversation})) rows_.push_back(*std::move(row));
  }
  if (page.last_key) {
    end_ = Place{std::string(text_of(*page.last_key, "sk").value_or("")), {}};
    if (!rows_.empty() && rows_.back().sort_key == end_->sort_key) {
      end_->conversation = rows_.back().conversation;
    }
  }
  return {};
}

Status ListPage::read_pins() {
  return for_each_cached(
      domain_, key_of(kPinnedPrefix, asker_), {},
      [&](const simdjson::dom::element& item) { pins_.emplace(text_of(item, "sk").value_or("")); });
}

// The member items, and META of what is or may be a group. As part of the person's rows: whoever
// changes a member item says so for the rows too.
Status ListPage::look_up() {
  std::vector<ItemKey> keys;
  std::set<std::string> asked;
  for (const ConversationRow& row : rows_) {
    if (!asked.insert(row.conversation).second) continue;
    keys.push_back(member_key(row.conversation, asker_));
    if (is_group(row)) keys.push_back(meta_key(row.conversation));
  }
  for (const std::string& conversation : pins_) {
    if (asked.insert(conversation).second) keys.push_back(member_key(conversation, asker_));
  }
  return visit_many_cached(domain_, reads(), key_of(kRowPrefix, asker_), keys,
                           [&](const simdjson::dom::element& item) {
                             if (auto member = member_of(item)) {
                               std::string id = member->conversation;
                               members_.emplace(std::move(id), *std::move(member));
                             } else if (auto meta = meta_of(item)) {
                               std::string id = meta->conversation;
                               metas_.emplace(std::move(id), *std::move(meta));
                             }
                           });
}

Status ListPage::add_row(const ConversationRow& row) {
  const auto member = members_.find(row.conversation);
  if (member == members_.end() || member->second.row_sk != row.sort_key) return settle_row(row);
  if (member->second.pinned) return {};
  return add_row_at(row, &member->second);
}

/// `member` is null for a row of the founding document's programs.
Status ListPage::add_row_at(const ConversationRow& row, const MemberItem* member) {
  const Place place{row.sort_key, row.conversation};
  if (!is_in_range(place) || shown_.contains(row.conversation)) return {};
  ConversationView view{.id = row.conversation, .last_text = row.text};
  if (is_group(row)) {
    const auto meta = metas_.find(row.conversation);
    if (meta == metas_.end() || meta->second.making) settled_ = false;
    if (meta != metas_.end() && meta->second.making) {
      // Another process does not tell the cache of these rows when the group is complete.
      const auto now = PARLEY_TRY(TableCalls(domain_).get(meta_key(row.conversation), meta_of));
      if (!now || now->making) return {};
      meta->second = *now;
    }
    view.kind = ConversationKind::kGroup;
    view.title = row.other.display_name;
    if (meta != metas_.end()) {
      view.title = meta->second.title;
      view.member_count = meta->second.member_count;
      view.created_at = meta->second.created_at;
    }
  } else {
    view.title = row.other.display_name;
    view.other = row.other;
    view.member_count = 2;
  }
  const Person me = member == nullptr ? Person{.id = asker_} : member->person;
  view.last_sender = sender_as_seen(row.sender, me, view.other);
  view.last_message_at = row.sort_key;
  if (member != nullptr) {
    view.last_message_at = member->message_sk;
    view.unread = PARLEY_TRY(unread_of(domain_, *member));
    view.muted = member->muted;
    view.role = member->role;
    view.last_read_at = member->last_read_sk;
    if (!is_group(row)) view.created_at = member->joined_at;
  }
  shown_.insert(row.conversation);
  entries_.push_back({place, std::move(view)});
  return {};
}

// The member item does not name this row.
Status ListPage::settle_row(const ConversationRow& row) {
  settled_ = false;
  TableCalls table(domain_);
  const auto member = PARLEY_TRY(table.get(member_key(row.conversation, asker_), member_of));
  if (!member && !PARLEY_TRY(table.exists(meta_key(row.conversation)))) {
    return add_row_at(row, nullptr);  // of the founding document's programs
  }
  const bool is_left_over = !member || (!member->pinned && row.sort_key < member->row_sk);
  if (is_left_over && rows_removed_ < kRowsRemovedMax) {
    ++rows_removed_;
    PARLEY_TRY(remove_row(domain_, row.conversation, asker_, row.sort_key));
  }
  if (!member || member->pinned || member->row_sk.empty()) return {};
  members_[row.conversation] = *member;
  if (member->row_sk == row.sort_key) return add_row_at(row, &*member);
  // The row has moved since the page was read; is it on this page?
  const auto now = PARLEY_TRY(table.get({key_of(kRowPrefix, asker_), member->row_sk}, row_of));
  if (now && now->conversation == row.conversation) return add_row_at(*now, &*member);
  return {};
}

Status ListPage::add_pinned(const std::string& conversation) {
  const auto member = members_.find(conversation);
  if (member == members_.end() || !member->second.pinned) return {};
  // By itself, not with the member items: it changes with every message, and they do not.
  const auto meta = PARLEY_TRY(get_cached(domain_, meta_key(conversation), meta_of));
  if (!meta || meta->making) return {};
  const Place place{std::max(meta->last_message_at, member->second.joined_at), conversation};
  if (!is_in_range(place)) return {};
  entries_.push_back({place, PARLEY_TRY(view_of(domain_, member->second, *meta, std::nullopt))});
  return {};
}

std::string text_of_page(const ConversationPage& page) {
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const ConversationView& view : page.items) items.push_back(conversation_json(view));
  std::string text;
  append_field(text, page.next);
  append_field(text, json_array(items));
  return text;
}

}  // namespace

Result<ConversationPage> Conversations::list(std::string_view asker, std::size_t limit,
                                             std::string_view from) {
  return ListPage(domain_, asker, Pieces::kCached).make(limit, from);
}

// In the cache, an empty text stands for a page that has to be made of its pieces each time.
Result<JsonPage> Conversations::list_json(std::string_view asker, std::size_t limit,
                                          std::string_view from) {
  std::string made;
  const auto make = [&]() -> Result<std::string> {
    ListPage page(domain_, asker, Pieces::kFromTheDatabase);
    made = text_of_page(PARLEY_TRY(page.make(limit, from)));
    return page.is_of_rows_alone() ? std::exchange(made, {}) : std::string();
  };
  auto text = PARLEY_TRY(
      domain_.reads.made(key_of(kRowPrefix, asker), fmt::format("page {} {}", limit, from), make));
  if (text->empty()) {
    if (made.empty()) made = text_of_page(PARLEY_TRY(list(asker, limit, from)));
    text = std::make_shared<const std::string>(std::move(made));
  }
  std::string_view rest = *text;
  JsonPage page{.text = std::move(text)};
  page.older = PARLEY_TRY(take_field(rest));
  page.items = PARLEY_TRY(take_field(rest));
  return page;
}

Result<UnreadTotal> Conversations::unread(std::string_view asker) {
  constexpr std::size_t kPage = 100;
  UnreadTotal total;
  std::string from;
  do {
    ConversationPage page = PARLEY_TRY(list(asker, kPage, from));
    for (const ConversationView& view : page.items) {
      if (view.unread == 0) continue;
      ++total.conversations;
      total.messages += view.unread;
    }
    from = std::move(page.next);
  } while (!from.empty());
  return total;
}

}  // namespace parley::messaging
