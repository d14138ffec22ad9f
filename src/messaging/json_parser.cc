#include "messaging/json_parser.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace parley::messaging {
namespace {

// What a thread keeps between two uses.
constexpr std::size_t kParsersMax = 4;
constexpr std::size_t kCapacityBytesMax = 1u << 20;

thread_local std::vector<std::unique_ptr<simdjson::dom::parser>> free_parsers;

}  // namespace

JsonParser::JsonParser() {
  if (free_parsers.empty()) {
    parser_ = std::make_unique<simdjson::dom::parser>();
    return;
  }
  parser_ = std::move(free_parsers.back());
  free_parsers.pop_back();
}

JsonParser::~JsonParser() {
  if (free_parsers.size() >= kParsersMax || parser_->capacity() > kCapacityBytesMax) return;
  free_parsers.push_back(std::move(parser_));
}

}  // namespace parley::messaging
