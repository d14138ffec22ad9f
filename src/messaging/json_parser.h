// JsonParser: a parser whose buffers are used again.
#pragma once

#include <simdjson.h>

#include <memory>

namespace parley::messaging {

/// One of the thread's own parsers, for as long as this lives; to be given back on the same thread.
/// Several may be out at one time: a document is valid until its parser is given back.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  JsonParser(const JsonParser&) = delete;
  JsonParser& operator=(const JsonParser&) = delete;

  [[nodiscard]] simdjson::dom::parser* operator->() const { return parser_.get(); }
  [[nodiscard]] simdjson::dom::parser& operator*() const { return *parser_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace parley::messaging
