// What `parley serve` prints when it is up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/serve.h"

namespace parley::cli {

/// "http://localhost:8000": where people on this machine reach a server bound to `bind`.
[[nodiscard]] std::string shown_url(const std::string& bind, std::uint16_t port);

struct ServePlaces {
  std::string directory = {};
  std::uint16_t port = 0;
  std::optional<std::string> app_url = {};  // none: the app does not run
};
/// Of a server with a database of its own.
void print_banner(const ServeOptions& options, const ServePlaces& places, const Console& console);

}  // namespace parley::cli
