// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Enumerations and flag sets with one table of names each. The tables are what text, JSON and
// generation read; nothing else spells the words.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_NAMES_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_NAMES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shmspec {

template <class T>
struct Named {
  std::string_view name;
  T value;
};

/// The names of enumeration E: specialise with `static constexpr std::array kNames{Named<E>{...}}`.
template <class E>
struct NamesOf;

template <class E>
concept NamedEnum = requires {
  NamesOf<E>::kNames;
};

/// The name of an enumerator; "?" when the value is not in the table. Never aborts.
template <NamedEnum E>
constexpr std::string_view NameOf(E value) {
  for (const auto& entry : NamesOf<E>::kNames) {
    if (entry.value == value) return entry.name;
  }
  return "?";
}

template <NamedEnum E>
constexpr std::optional<E> FromName(std::string_view name) {
  for (const auto& entry : NamesOf<E>::kNames) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

/// A set of flag bits as the system call takes them, with names for the known ones. Unknown bits
/// are kept, because what a system does with them is part of what is tested. `Tag::kNames` lists
/// Named<uint64_t>; the bits without a name are written in octal: `create|exclusive|0600`.
template <class Tag>
struct Flags {
  std::uint64_t bits = 0;
  static constexpr auto kNumber = &Flags::bits;

  constexpr Flags() = default;
  constexpr Flags(std::uint64_t value) : bits(value) {}  // NOLINT: as convenient as the raw bits

  constexpr bool Has(std::uint64_t mask) const { return (bits & mask) == mask; }
  friend constexpr Flags operator|(Flags a, Flags b) { return Flags(a.bits | b.bits); }
  friend constexpr bool operator==(const Flags&, const Flags&) = default;
};

/// The number of an error for which a library has no errno; its name is EUNNAMED.
inline constexpr int kUnnamedError = 4094;

/// errno and signal numbers by their usual names, both ways. Unknown numbers are written `errno:N`
/// and `signal:N`.
std::string ErrnoName(int error);
std::optional<int> ErrnoFromName(std::string_view name);
std::string SignalName(int signal);
std::optional<int> SignalFromName(std::string_view name);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_NAMES_H_
