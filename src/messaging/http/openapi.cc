#include "messaging/http/openapi.h"

// The file as it is, between two symbols.
asm(".section .rodata\n"
    ".global parley_openapi_begin\n"
    ".global parley_openapi_end\n"
    "parley_openapi_begin:\n"
    ".incbin \"" PARLEY_OPENAPI_FILE
    "\"\n"
    "parley_openapi_end:\n"
    ".previous\n");

// Assembler's names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char parley_openapi_begin[];
extern const char parley_openapi_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace parley::messaging {

std::string_view openapi_document() {
  return {parley_openapi_begin, parley_openapi_end};
}

}  // namespace parley::messaging
