#include "cli/runtime_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace parley::cli {
namespace {

constexpr std::string_view kPythonRuntime = "python3.12";
constexpr std::string_view kNodeRuntime = "nodejs20.x";
constexpr std::string_view kCustomRuntime = "provided.al2023";
// A source file that is read to find its handler.
constexpr std::size_t kReadSizeBytesMax = 1u << 20;

constexpr std::array<std::string_view, 6> kModules{"lambda_function", "index", "app",
                                                   "handler",         "main",  "lambda"};
constexpr std::array<std::string_view, 3> kHandlers{"lambda_handler", "handler", "lambdaHandler"};

struct Language {
  std::string_view runtime;
  std::vector<std::string_view> extensions;
  /// How a line begins that defines a function; its name follows.
  std::vector<std::string_view> definitions;
  std::string_view fallback;  // the handler where the text says nothing
};

const std::vector<Language>& languages() {
  static const std::vector<Language> kLanguages{
      {kPythonRuntime, {".py"}, {"def "}, "lambda_handler"},
      {kNodeRuntime,
       {".mjs", ".js", ".cjs"},
       {"export const ", "export let ", "export async function ", "export function ", "exports.",
        "module.exports."},
       "handler"},
  };
  return kLanguages;
}

bool has(const PackageFiles& package, const std::string& name) {
  return std::ranges::any_of(package.files, [&](const auto& file) { return file.name == name; });
}

std::string stem_of(const std::string& name) {
  return name.substr(0, name.rfind('.'));
}

/// The file of `language` that holds the handler; empty if none is likely.
std::string handler_file(const PackageFiles& package, const Language& language) {
  for (const std::string_view module : kModules) {
    for (const std::string_view extension : language.extensions) {
      std::string name = fmt::format("{}{}", module, extension);
      if (has(package, name)) return name;
    }
  }
  std::vector<std::string> all;
  for (const auto& file : package.files) {
    const bool fits = std::ranges::any_of(language.extensions, [&](std::string_view extension) {
      return file.name.ends_with(extension);
    });
    if (fits && !file.name.starts_with("test") && !file.name.starts_with('_')) {
      all.push_back(file.name);
    }
  }
  return all.size() == 1 ? all.front() : "";
}

std::string handler_name(const std::string& text, const Language& language) {
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
    for (const std::string_view definition : language.definitions) {
      if (!line.starts_with(definition)) continue;
      const std::string_view after = line.substr(definition.size());
      names.emplace_back(after.substr(0, after.find_first_not_of(kNameCharacters)));
      break;
    }
  }
  for (const std::string_view wanted : kHandlers) {
    if (std::ranges::find(names, wanted) != names.end()) return std::string(wanted);
  }
  return names.size() == 1 ? names.front() : std::string(language.fallback);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kReadSizeBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

/// Little-endian, at `at`; 0 past the end.
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  if (at + size > bytes.size()) return 0;
  for (std::size_t i = 0; i < size; ++i) {
    number |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return number;
}

std::unexpected<Error> no_archive() {
  return fail(ErrorCode::kInvalidArgument, "This is no zip archive");
}

}  // namespace

Result<RuntimeGuess> guess_runtime(const PackageFiles& package) {
  for (const auto& file : package.files) {
    if (file.name != "bootstrap") continue;
    if (!file.executable) {
      return fail(ErrorCode::kInvalidArgument,
                  "There is a bootstrap, but it is not executable: chmod +x bootstrap");
    }
    return RuntimeGuess{.runtime = std::string(kCustomRuntime), .handler = "bootstrap"};
  }
  for (const Language& language : languages()) {
    const std::string file = handler_file(package, language);
    if (file.empty()) continue;
    return RuntimeGuess{
        .runtime = std::string(language.runtime),
        .handler = fmt::format("{}.{}", stem_of(file), handler_name(package.read(file), language))};
  }
  return fail(ErrorCode::kInvalidArgument,
              "What runs this function? There is no executable bootstrap, no lambda_function.py, "
              "app.py or other single Python file, and no index.mjs, index.js or other single "
              "Node file: say --runtime and --handler");
}

Result<PackageFiles> files_of_directory(const std::string& directory) {
  namespace fs = std::filesystem;
  PackageFiles package;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const fs::file_status status = at->status(error);
    if (error || !fs::is_regular_file(status)) continue;
    package.files.push_back(
        {.name = at->path().filename().string(),
         .executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none});
  }
  if (error) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("Cannot read {}: {}", directory, error.message()));
  }
  std::ranges::sort(package.files, {}, &PackageFiles::File::name);
  package.read = [directory](const std::string& name) { return read_text(directory + "/" + name); };
  return package;
}

// The end record says where the directory is, each entry of it has a header of 46 bytes before its
// name. Source: PKWARE's APPNOTE.TXT, sections 4.3.12 and 4.3.16.
Result<PackageFiles> files_of_archive(std::string_view archive) {
  constexpr std::string_view kEndMark("PK\5\6", 4);
  constexpr std::string_view kEntryMark("PK\1\2", 4);
  constexpr std::size_t kEntrySize = 46;
  const std::size_t end = archive.rfind(kEndMark);
  if (end == std::string_view::npos) return no_archive();
  PackageFiles package;
  package.read = [](const std::string&) { return std::string(); };
  std::size_t at = number_at(archive, end + 16, 4);
  for (std::uint32_t left = number_at(archive, end + 10, 2); left > 0; --left) {
    if (at >= archive.size() || !archive.substr(at).starts_with(kEntryMark)) return no_archive();
    const std::size_t name_size = number_at(archive, at + 28, 2);
    const std::string name(archive.substr(std::min(at + kEntrySize, archive.size()), name_size));
    // Unix permissions are in the upper half of the external attributes; without any, AWS runs it.
    const std::uint32_t mode = number_at(archive, at + 38, 4) >> 16;
    if (name.find('/') == std::string::npos) {
      package.files.push_back({.name = name, .executable = mode == 0 || (mode & 0100) != 0});
    }
    at += kEntrySize + name_size + number_at(archive, at + 30, 2) + number_at(archive, at + 32, 2);
  }
  return package;
}

}  // namespace parley::cli
