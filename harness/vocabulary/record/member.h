// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How a struct of a record declares its JSON. The writer (print_record.h), the reader and the
// schema (reports/) walk these lists, so that nothing of a record is said twice. The schema has all
// that they say; the reader checks names, types, `words` and `least`, and leaves `pattern`, `also`,
// `kConditions` and members that no list has to the schema:
//
//   struct AllowedOutcome {
//     static constexpr std::string_view kName = "allowed";
//     std::string outcome;
//     std::string why;
//     static constexpr auto kFields = Fields(
//         Member{"outcome", &AllowedOutcome::outcome},
//         Member{"why", &AllowedOutcome::why, "absent when it goes without saying", kOptional});
//   };
//
// What else a struct may declare: `kKey`, a text by which a list of such structs becomes an object
// whose members are named by it; `kConditions`, members of its schema besides, as JSON.

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_MEMBER_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_MEMBER_H_

#include <string_view>
#include <utility>

#include "harness/vocabulary/value/field.h"

namespace shmspec::record {

/// What holds of a member besides its type. A name `none` of an enumeration is never written.
struct Rule {
  bool optional = false;          // absent where it has the value of a new struct
  int since = 1;                  // the first format in which it is always there
  int least = 0;                  // of a number, or of the entries of a list
  std::string_view pattern = {};  // of a text, of the texts in a list, or of names
  std::string_view words = {};    // what a text may be, between spaces
  std::string_view also = {};     // members of its schema besides, as JSON
};
inline constexpr Rule kOptional{.optional = true};
inline constexpr Rule kPositive{.least = 1};

/// One member of an object. A nameless one is a struct whose members are those of the object
/// itself.
template <class Struct, class ValueType>
struct Member : Field<Struct, ValueType> {
  std::string_view says;  // for people who read the schema
  Rule rule;

  constexpr Member(std::string_view member_name, ValueType Struct::*place,
                   std::string_view what = {}, Rule rules = {})
      : Field<Struct, ValueType>(member_name, place), says(what), rule(rules) {}
};

/// A member that is an object in JSON and no struct of its own here.
template <class... F>
struct Object {
  std::string_view name;
  std::string_view says;
  Rule rule;
  FieldList<std::index_sequence_for<F...>, F...> fields;

  constexpr Object(std::string_view object_name, std::string_view what, Rule rules, F... members)
      : name(object_name), says(what), rule(rules), fields(Fields(members...)) {}
};

/// The forms of texts.
inline constexpr std::string_view kSeed = "^[0-9]{1,20}$";
inline constexpr std::string_view kSha256 = "^[0-9a-f]{64}$";
inline constexpr std::string_view kUuid = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
inline constexpr std::string_view kDate = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
inline constexpr std::string_view kCaseId =
    "^[a-z0-9_]+(\\.[a-z0-9_]+)+(/crash:[A-Za-z0-9_]+:(after|in)-[0-9]+)?$";
inline constexpr std::string_view kRequirementId = "^[A-Z][A-Z0-9_]*(\\.[A-Z0-9_]+)*$";
inline constexpr std::string_view kBuildId = "^(([0-9a-f]{2})+|unknown)$";

}  // namespace shmspec::record

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_MEMBER_H_
