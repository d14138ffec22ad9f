#include "model/value_view.h"

namespace parley::model {
namespace {

// A list or map costs three bytes, and one more for each element or entry.
// Source: …/developerguide/CapacityUnitCalculations.html
constexpr std::size_t kContainerOverheadBytes = 3;
constexpr std::size_t kElementOverheadBytes = 1;

std::size_t entries_size_bytes(const MapView& map) {
  std::size_t size = 0;
  for (const auto& [name, value] : map) size += name.size() + value.size_bytes();
  return size;
}

}  // namespace

Number ValueView::number() const {
  PARLEY_ASSERT(type() == AttributeType::kNumber);
  return Number::decode(scalar_bytes());
}

std::size_t ValueView::size_bytes() const {
  switch (type()) {
    case AttributeType::kString:
    case AttributeType::kNumber:  // the encoding is as long as DynamoDB's size of the number
    case AttributeType::kBinary:
      return scalar_bytes().size();
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet: {
      std::size_t size = 0;
      for (const std::string_view member : set()) size += member.size();
      return size;
    }
    case AttributeType::kList: {
      std::size_t size = kContainerOverheadBytes;
      for (const ValueView element : list()) size += kElementOverheadBytes + element.size_bytes();
      return size;
    }
    case AttributeType::kMap:
      return kContainerOverheadBytes + kElementOverheadBytes * map().size() +
             entries_size_bytes(map());
    case AttributeType::kNull:
    case AttributeType::kBool:
      break;
  }
  return 1;
}

std::strong_ordering compare_scalars(ValueView left, ValueView right) {
  PARLEY_ASSERT(left.type() == right.type());
  return left.scalar_bytes() <=> right.scalar_bytes();
}

bool SetView::contains(std::string_view scalar_bytes) const {
  for (const std::string_view member : *this) {
    if (member == scalar_bytes) return true;
    if (member > scalar_bytes) return false;  // sorted: it is not here
  }
  return false;
}

std::optional<ValueView> ListView::at(std::size_t index) const {
  if (index >= count_) return std::nullopt;
  auto it = begin();
  for (; index > 0; --index) ++it;
  return *it;
}

std::size_t ItemView::size_bytes() const {
  return entries_size_bytes(*this);
}

}  // namespace parley::model
