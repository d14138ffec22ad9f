// ObjectWriter: the members of a reply's outermost JSON object, with their commas.
#pragma once

#include <string>
#include <string_view>

namespace parley::api {

/// Writes `{`, then for each member() a comma where needed and the name; append the value to `out`
/// yourself; finish() writes `}`. `out` is borrowed.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  /// `name` is written as it is: it must need no escapes.
  void member(std::string_view name);
  void finish() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace parley::api
