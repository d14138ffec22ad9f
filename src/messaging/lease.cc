#include "messaging/lease.h"

#include "messaging/domain/table_calls.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kLeasePrefix = "LSE";

}  // namespace

Result<bool> Lease::take() {
  const TimestampMicros now = domain_.clock.now();
  const TimestampMicros until =
      now + std::chrono::duration_cast<std::chrono::microseconds>(time_).count();
  ItemChange change;
  change.update = "SET holder = :h, #u = :u";
  change.condition = "attribute_not_exists(pk) OR holder = :h OR #u <= :now";
  change.parameters.name("#u", "until")
      .text(":h", holder_)
      .number(":u", until / 1000)
      .number(":now", now / 1000);
  const bool taken =
      PARLEY_TRY(TableCalls(domain_).update({std::string(kLeasePrefix), name_}, change));
  held_until_ = taken ? until : 0;
  return taken;
}

void Lease::give_back() {
  if (held_until_.exchange(0) == 0) return;
  ItemChange change;
  change.condition = "holder = :h";
  change.parameters.text(":h", holder_);
  // Where this fails the lease runs out.
  static_cast<void>(TableCalls(domain_).erase({std::string(kLeasePrefix), name_}, change));
}

bool Lease::is_held() const {
  return domain_.clock.now() < held_until_;
}

}  // namespace parley::messaging
