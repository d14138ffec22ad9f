// Result<T>: a value or an Error. Every fallible function of every layer returns one; nothing
// throws.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace parley {

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail(ErrorCode::kValidation, "…");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message), nullptr});
}

/// `return invalid("…");`, the commonest of all.
[[nodiscard]] inline std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kValidation, std::move(message));
}

}  // namespace parley

/// The value of `expression`, or a return of its error from the enclosing function:
/// `auto item = PARLEY_TRY(read(key));`, `PARLEY_TRY(check(item));`.
/// A statement expression (GCC and Clang): the alternative is a temporary named at every call.
#define PARLEY_TRY(expression)                                                            \
  __extension__({                                                                         \
    auto parley_try_result = (expression);                                                \
    if (!parley_try_result) return std::unexpected(std::move(parley_try_result).error()); \
    *std::move(parley_try_result);                                                        \
  })
