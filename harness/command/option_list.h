// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The options of a subcommand as data: what each is called, what it takes and where that goes.
// command_line.cc reads them; nothing here knows with what.
//
//   void Declare(OptionList& options, ListOptions& to) {
//     options.Texts("FILTER", to.filters, "As for run");
//     options.Choice("--format", to.format, "What is printed: human (default), json or ctest");
//   }

#ifndef SHMSPEC_HARNESS_COMMAND_OPTION_LIST_H_
#define SHMSPEC_HARNESS_COMMAND_OPTION_LIST_H_

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// Words for help, with the one that is taken when none is given: `linux (default), posix`.
std::string WordsWithDefault(const std::vector<std::string>& words, std::string_view by_default);

/// One option, flag or word without a name.
struct Option {
  using Words = std::vector<std::string>;

  /// How many words it takes.
  enum class Takes {
    kNone,      // a flag
    kOne,       // at most once
    kTwo,       // exactly
    kSeveral,   // one after the other, or one each time
    kEachTime,  // one each time, several times
  };

  std::string names;  // `--output,-o`; `FILE` of a word that stands without a name
  std::string about;  // one line
  Takes takes = Takes::kOne;
  std::string type = "TEXT";  // what the help calls a word that it takes
  bool required = false;
  std::vector<std::string> excludes;  // options that may not be given as well, by one name each
  /// What is wrong with a word; empty when nothing is.
  std::function<std::string(const std::string& word)> fault;
  /// Keeps the words, which have no fault. A flag has no words.
  std::function<void(const Words& words)> keep;
};

/// From the least to the most, both included.
struct NumberRange {
  std::int64_t least;
  std::int64_t most;
};

/// What a subcommand declares. Each function adds an option that keeps its value in `to`, which
/// holds the default, and returns it, so that more can be said of it:
///
///   options.Text("CASE", to.name, "The name of the case, in full").required = true;
class OptionList {
 public:
  /// `command_line`: all words that the program was called with.
  explicit OptionList(Option::Words command_line) : command_line_(std::move(command_line)) {}

  const Option::Words& command_line() const { return command_line_; }
  const std::deque<Option>& options() const { return options_; }

  Option& Flag(std::string names, bool& to, std::string about);
  /// A flag that sets something to one of its values.
  template <class T>
  Option& Flag(std::string names, T& to, T value, std::string about) {
    return AddFlag(
        std::move(names), [&to, value] { to = value; }, std::move(about));
  }

  Option& Text(std::string names, std::string& to, std::string about);
  Option& Text(std::string names, std::optional<std::string>& to, std::string about);
  /// One or several.
  Option& Texts(std::string names, std::vector<std::string>& to, std::string about);

  template <std::integral N>
  Option& Number(std::string names, N& to, NumberRange range, std::string about) {
    return AddNumber(
        std::move(names), range, std::is_signed_v<N> ? "INT" : "UINT",
        [&to](std::int64_t number) { to = static_cast<N>(number); }, std::move(about));
  }
  /// Any number of 64 bits.
  template <class Kept>
  requires std::assignable_from<Kept&, std::uint64_t> Option& Seed(std::string names, Kept& to,
                                                                   std::string about) {
    return AddSeed(
        std::move(names), [&to](std::uint64_t seed) { to = seed; }, std::move(about));
  }
  /// A number and its unit, such as 500ms or 2m.
  Option& Duration(std::string names, std::int64_t& to_ms, std::string about);

  /// One of the names of an enumeration.
  template <NamedEnum E>
  Option& Choice(std::string names, E& to, std::string about) {
    return OneOf(
        std::move(names), ChoicesOf<E>(),
        [&to](const std::string& word) { to = *FromName<E>(word); }, std::move(about));
  }
  template <NamedEnum E>
  static std::vector<std::string> ChoicesOf() {
    std::vector<std::string> choices;
    for (const auto& entry : NamesOf<E>::kNames) choices.emplace_back(entry.name);
    return choices;
  }
  /// One of these words.
  Option& OneOf(std::string names, std::vector<std::string> choices,
                std::function<void(const std::string& word)> keep, std::string about);

 private:
  Option& AddFlag(std::string names, std::function<void()> keep, std::string about);
  Option& AddNumber(std::string names, NumberRange range, const char* type,
                    std::function<void(std::int64_t)> keep, std::string about);
  Option& AddSeed(std::string names, std::function<void(std::uint64_t)> keep, std::string about);
  /// An option that takes one word.
  Option& AddWord(std::string names, std::string type,
                  std::function<std::string(const std::string& word)> fault,
                  std::function<void(const std::string& word)> keep, std::string about);

  Option::Words command_line_;
  std::deque<Option> options_;  // those that were returned stay where they are
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_OPTION_LIST_H_
