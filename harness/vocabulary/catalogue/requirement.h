// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Requirements of the catalogue, suites/requirements.yaml, which is compiled in.
//
//   using namespace shmspec::literals;
//   constexpr Requirement kDefers = "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req;
//
// Only requirement.cc includes the catalogue: one more requirement compiles one file again. That
// every "..."_req is in the catalogue is checked before the program is linked
// (requirement_uses.cc).

#ifndef SHMSPEC_HARNESS_VOCABULARY_CATALOGUE_REQUIREMENT_H_
#define SHMSPEC_HARNESS_VOCABULARY_CATALOGUE_REQUIREMENT_H_

#include <array>
#include <bitset>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/names.h"

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

/// One requirement: a small value that stands for its entry.
class Requirement {
 public:
  /// No requirement: a place for one to be read into.
  constexpr Requirement() = default;

  /// The requirement of that identifier, which has to be in the catalogue.
  static constexpr Requirement Named(std::string_view id) { return Requirement(HashOf(id)); }

  /// Its place among the requirements in the order of their identifiers, from 0 to
  /// RequirementCount() - 1. Aborts when the catalogue does not have it.
  std::uint16_t index() const;
  const RequirementText& text() const;
  std::string_view id() const { return text().id; }

  friend constexpr bool operator==(const Requirement&, const Requirement&) = default;
  /// In the order of their identifiers.
  friend auto operator<=>(const Requirement& a, const Requirement& b) {
    return a.index() <=> b.index();
  }

 private:
  constexpr explicit Requirement(std::uint32_t hash) : hash_(hash) {}

  /// FNV-1a; that no two identifiers of the catalogue share one is asserted in requirement.cc.
  static constexpr std::uint32_t HashOf(std::string_view id) {
    std::uint32_t hash = 2166136261;
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
    return hash;
  }

  std::uint32_t hash_ = 0;
  friend struct RequirementTable;
};

/// The requirement of that identifier, if the catalogue has it.
std::optional<Requirement> FindRequirement(std::string_view id);

/// Every requirement of the catalogue, in the order of their identifiers.
std::span<const Requirement> AllRequirements();
std::size_t RequirementCount();

/// Every identifier, sorted.
std::vector<std::string> RequirementIds();

/// A set of requirements, of a small fixed size.
class RequirementSet {
 public:
  /// More than the catalogue will have; requirement.cc does not compile when it has more.
  static constexpr std::size_t kLimit = 1024;

  void Add(Requirement requirement) { members_.set(requirement.index()); }
  bool Contains(Requirement requirement) const { return members_.test(requirement.index()); }
  /// Its members in the order of their identifiers.
  std::vector<Requirement> List() const;

 private:
  std::bitset<kLimit> members_;
};

/// SHA-256 of suites/requirements.yaml, in hexadecimal.
std::string_view CatalogueSha256();

namespace literals {

consteval Requirement operator""_req(const char* id, std::size_t size) {
  return Requirement::Named(std::string_view(id, size));
}

}  // namespace literals
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_CATALOGUE_REQUIREMENT_H_
