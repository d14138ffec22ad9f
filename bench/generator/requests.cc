#include "requests.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>

namespace parley::bench {
namespace {

constexpr std::string_view kSerial = "0123456789";

}  // namespace

Result<std::vector<RequestTemplate>> read_requests(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kIo, fmt::format("{}: cannot be read", path));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<RequestTemplate> requests;
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (error != std::errc{} || !rest.starts_with('\n') || size == 0 || rest.size() - 1 < size) {
      return fail(ErrorCode::kValidation,
                  fmt::format("{}: request {} has no size before it, or is shorter than that", path,
                              requests.size() + 1));
    }
    const std::string_view bytes = rest.substr(1, size);
    requests.push_back({.bytes = std::string(bytes), .serial_at = bytes.find(kSerial)});
    rest.remove_prefix(1 + size);
  }
  if (requests.empty()) {
    return fail(ErrorCode::kValidation, fmt::format("{}: holds no request", path));
  }
  return requests;
}

std::string_view numbered(const RequestTemplate& request, std::uint64_t serial,
                          std::string& scratch) {
  if (request.serial_at == std::string::npos) return request.bytes;
  scratch = request.bytes;
  for (std::size_t i = kSerial.size(); i-- > 0; serial /= 10) {
    scratch[request.serial_at + i] = static_cast<char>('0' + serial % 10);
  }
  return scratch;
}

}  // namespace parley::bench
