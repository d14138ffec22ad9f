#include "messaging/live/member_directory.h"

#include <algorithm>
#include <utility>

namespace parley::messaging {
namespace {

void apply(std::vector<std::string>& members, std::string_view user, bool is_member) {
  const auto place = std::ranges::lower_bound(members, user);
  const bool is_there = place != members.end() && *place == user;
  if (is_member && !is_there) members.emplace(place, user);
  if (!is_member && is_there) members.erase(place);
}

/// Ascending, each once.
std::vector<std::string> in_order(std::vector<std::string> members) {
  std::ranges::sort(members);
  const auto twice = std::ranges::unique(members);
  members.erase(twice.begin(), twice.end());
  return members;
}

}  // namespace

bool contains(const std::vector<std::string>& members, std::string_view person) {
  const auto place = std::ranges::lower_bound(members, person);
  return place != members.end() && *place == person;
}

MemberList with_change(const MemberList& members, std::string_view user, bool is_member) {
  if (contains(*members, user) == is_member) return members;
  auto changed = std::make_shared<std::vector<std::string>>(*members);
  apply(*changed, user, is_member);
  return changed;
}

MemberDirectory::MemberDirectory(Load load, std::size_t conversations_max, std::size_t members_max)
    : load_(std::move(load)),
      conversations_max_(conversations_max),
      members_max_(members_max),
      known_(conversations_max) {}

Result<MemberList> MemberDirectory::members_of(std::string_view conversation) {
  std::list<Loading>::iterator loading;
  {
    const std::scoped_lock lock(mutex_);
    if (const MemberList* known = known_.find(conversation)) return *known;
    loading_.push_front({.conversation = std::string(conversation)});
    loading = loading_.begin();
  }
  auto loaded = load_(conversation);
  const std::scoped_lock lock(mutex_);
  const Loading done = std::move(*loading);
  loading_.erase(loading);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  std::vector<std::string> members = in_order(*std::move(loaded));
  for (const Change& change : done.changes) apply(members, change.user, change.is_member);
  auto list = std::make_shared<const std::vector<std::string>>(std::move(members));
  if (!done.outdated) remember(conversation, list);
  return list;
}

Result<MemberList> MemberDirectory::members_now(std::string_view conversation) const {
  return std::make_shared<const std::vector<std::string>>(
      in_order(PARLEY_TRY(load_(conversation))));
}

void MemberDirectory::changed(std::string_view conversation, std::string_view user,
                              bool is_member) {
  const std::scoped_lock lock(mutex_);
  for (Loading& loading : loading_) {
    if (loading.conversation == conversation) {
      loading.changes.push_back({std::string(user), is_member});
    }
  }
  const MemberList* known = known_.find(conversation);
  if (known == nullptr || contains(**known, user) == is_member) return;
  remember(conversation, with_change(*known, user, is_member));
}

void MemberDirectory::forget() {
  const std::scoped_lock lock(mutex_);
  known_.clear();
  members_ = 0;
  for (Loading& loading : loading_) loading.outdated = true;
}

void MemberDirectory::remember(std::string_view conversation, MemberList members) {
  forget_one(conversation);
  if (members->size() > members_max_) return;
  // Here and not by put(), so that those who go are counted.
  while (known_.size() >= conversations_max_ ||
         (known_.size() > 0 && members_ + members->size() > members_max_)) {
    members_ -= known_.oldest()->size();
    known_.erase_oldest();
  }
  members_ += members->size();
  known_.put(conversation, std::move(members));
}

void MemberDirectory::forget_one(std::string_view conversation) {
  if (const MemberList* known = known_.find(conversation)) {
    members_ -= (*known)->size();
    known_.erase(conversation);
  }
}

}  // namespace parley::messaging
