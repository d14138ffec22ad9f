// RecordEvents: what a record of the table's stream means to the people of its conversation
// (docs/messaging-api.md, Live).
//
// A stream of new images does not say what has changed. What is remembered of an item's last image
// tells; where nothing is remembered, the event is made: it states what holds, so that one too many
// does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/stream_calls.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/items.h"
#include "messaging/recent_map.h"

namespace parley::messaging {

enum class Audience : std::uint8_t {
  kMembers,
  kMembersAndPerson,  // `person` may be a member no longer
  kOtherMembers,      // all but `person`
  kPerson,
};

struct LiveEvent {
  std::string_view name = {};     // "message"; static storage
  std::string conversation = {};  // empty: of no conversation, and for a person
  Audience audience = Audience::kMembers;
  std::string person = {};
  std::string time = {};             // of a message
  std::string data = {};             // JSON
  std::string data_for_person = {};  // what `person` is told instead; empty: the same
};

struct MembershipChange {
  std::string conversation = {};
  std::string user = {};
  bool is_member = false;
  bool is_new = false;     // they were none before
  std::string since = {};  // when they joined
};

/// The unread counts of pinned members of a conversation may have changed. Their items do not say
/// it: whoever delivers events counts.
struct PinnedChange {
  std::string conversation = {};
  std::string user = {};  // empty: of everybody
};

/// What the person is told of the own membership, as the data of `conversation`.
[[nodiscard]] std::string membership_json(const MemberItem& member);

/// Whether somebody may be in the audience of both, which are of one record.
[[nodiscard]] bool share_audience(const LiveEvent& one, const LiveEvent& other);

struct RecordMeaning {
  std::vector<LiveEvent> events = {};
  std::optional<MembershipChange> membership = {};
  std::optional<PinnedChange> pinned = {};
  std::string erased = {};  // the person whose account is; empty: nobody's

  /// Whether the event at `index` is the last one that its audience is told of the record: only
  /// then may its id say that the record has arrived.
  [[nodiscard]] bool completes(std::size_t index) const;
};

/// Not thread-safe. Records of one item are to be given in their order.
class RecordEvents {
 public:
  /// `remembered_max`: items.
  explicit RecordEvents(std::size_t remembered_max) : remembered_(remembered_max) {}

  [[nodiscard]] RecordMeaning read(const client::StreamRecord& record);
  /// Records may have been missed.
  void forget() { remembered_.clear(); }

 private:
  /// Of a member what the person and the others see; of a conversation its title, how many members
  /// it has, and whether it is still being made; of a profile the names.
  struct Image {
    std::string last_read_sk = {};
    std::string title = {};
    std::string handle = {};
    std::string display_name = {};
    long unread = 0;
    long member_count = 0;
    MemberRole role = MemberRole::kMember;
    bool muted = false;
    bool making = false;
    bool has_row = false;
  };
  [[nodiscard]] static Image image_of(const MemberItem& member);
  [[nodiscard]] static Image image_of(const ConversationMeta& meta);
  [[nodiscard]] static Image image_of(const ProfileItem& profile);
  [[nodiscard]] static std::optional<Image> image_of(const simdjson::dom::element& item);
  void read_member(const MemberItem& member, bool is_new, const std::optional<Image>& before,
                   RecordMeaning& meaning);
  void read_profile(const ProfileItem& profile, bool is_new, const std::optional<Image>& before,
                    RecordMeaning& meaning);
  void read_meta(const ConversationMeta& meta, bool is_new, const std::optional<Image>& before,
                 RecordMeaning& meaning);

  RecentMap<Image> remembered_;  // by pk and sk
};

}  // namespace parley::messaging
