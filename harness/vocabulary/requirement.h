// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Requirements of the catalogue, suites/requirements.yaml, which is compiled in: a requirement that
// is not in it does not build.
//
//   using namespace shmspec::literals;
//   constexpr Requirement kDefers = "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req;

#ifndef SHMSPEC_HARNESS_VOCABULARY_REQUIREMENT_H_
#define SHMSPEC_HARNESS_VOCABULARY_REQUIREMENT_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "harness/vocabulary/names.h"
#include "shmspec/requirement_count.inc"

namespace shmspec {

/// How binding a requirement is for a conformance claim.
enum class Level : std::uint8_t { kMust, kShould, kMay };
template <>
struct NamesOf<Level> {
  static constexpr std::array kNames{Named<Level>{"must", Level::kMust},
                                     Named<Level>{"should", Level::kShould},
                                     Named<Level>{"may", Level::kMay}};
};

/// What the catalogue says about a requirement; the fields are explained at the top of
/// suites/requirements.yaml. Lists are empty when the catalogue does not give them.
struct RequirementText {
  std::string_view id;
  std::string_view area;
  std::string_view title;    // of the area
  std::string_view chapter;  // of the area
  std::string_view statement;
  std::string_view origin;
  Level level = Level::kMust;
  std::string_view source;
  std::span<const std::string_view> errors;
  std::span<const std::string_view> needs;
  std::string_view check;
  std::string_view kind;
  std::string_view since;
  std::span<const std::string_view> divergence;
};

namespace internal {
/// Every identifier, sorted.
inline constexpr std::array<std::string_view, SHMSPEC_REQUIREMENT_COUNT> kRequirementIds{
#include "shmspec/requirement_ids.inc"
};
}  // namespace internal

/// One requirement: a small value that stands for its entry.
class Requirement {
 public:
  constexpr explicit Requirement(std::uint16_t index) : index_(index) {}

  constexpr std::uint16_t index() const { return index_; }
  constexpr std::string_view id() const { return internal::kRequirementIds[index_]; }
  const RequirementText& text() const;

  friend constexpr bool operator==(const Requirement&, const Requirement&) = default;
  friend constexpr auto operator<=>(const Requirement&, const Requirement&) = default;

 private:
  std::uint16_t index_;
};

/// The requirement of that identifier, if the catalogue has it.
constexpr std::optional<Requirement> FindRequirement(std::string_view id) {
  std::size_t low = 0;
  std::size_t high = internal::kRequirementIds.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (internal::kRequirementIds[middle] < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == internal::kRequirementIds.size() || internal::kRequirementIds[low] != id) {
    return std::nullopt;
  }
  return Requirement(static_cast<std::uint16_t>(low));
}

inline constexpr std::size_t kRequirementCount = internal::kRequirementIds.size();

/// SHA-256 of suites/requirements.yaml, in hexadecimal.
std::string_view CatalogueSha256();

namespace literals {

consteval Requirement operator""_req(const char* id, std::size_t size) {
  const std::optional<Requirement> found = FindRequirement(std::string_view(id, size));
  if (!found) throw "suites/requirements.yaml has no requirement of this id";
  return *found;
}

}  // namespace literals
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_REQUIREMENT_H_
