// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files of TOML, which people write. Link shmspec::toml to use it.
//
//   Result<Thing> thing = ReadToml(text, file, [](const toml::table& document) {
//     if (document.empty()) throw TomlMistake{{1, 1}, "expected a thing"};
//     return Thing(document);
//   });

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_READ_TOML_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_READ_TOML_H_

#include <fmt/format.h>

// toml++ 3.3 asserts of some bytes that they are right before it finds out that they are wrong.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <string>
#include <string_view>

#include "harness/vocabulary/value/one_line.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// A mistake in a file and its position. Thrown by readers and caught in ReadToml.
struct TomlMistake {
  toml::source_position at;
  std::string message;
};

inline toml::source_position PositionOf(const toml::node& node) { return node.source().begin; }

/// What `read` makes of the document. The error is one line, `FILE:LINE:COLUMN: what was expected`.
template <class Read>
auto ReadToml(std::string_view text, const std::string& file, Read&& read)
    -> Result<decltype(read(toml::table()))> {
  const auto error = [&](const toml::source_position& at, std::string_view message) {
    return Error{fmt::format("{}:{}:{}: {}", file, at.line, at.column, OnOneLine(message))};
  };
  try {
    return read(toml::parse(text));
  } catch (const toml::parse_error& broken) {
    return error(broken.source().begin, broken.description());
  } catch (const TomlMistake& mistake) {
    return error(mistake.at, mistake.message);
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_READ_TOML_H_
