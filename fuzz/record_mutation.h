// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Changes to a record by the lists of fields that declare it (harness/vocabulary/record/).

#ifndef SHMSPEC_FUZZ_RECORD_MUTATION_H_
#define SHMSPEC_FUZZ_RECORD_MUTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/generators/draw.h"
#include "harness/vocabulary/record/record.h"
#include "harness/vocabulary/value/field.h"

namespace shmspec::reports {

/// Text that some form of report could obey, or break at.
inline std::string DrawText(Choices& choices) {
  static constexpr std::array<std::string_view, 24> kParts{"<",
                                                           ">",
                                                           "&",
                                                           "\"",
                                                           "'",
                                                           "]]>",
                                                           "-->",
                                                           "</script>",
                                                           "&amp;",
                                                           "\n",
                                                           "\r\n",
                                                           "\t",
                                                           "#",
                                                           "```",
                                                           "|",
                                                           "\\",
                                                           "not ok 1 ",
                                                           "\x1b[31m",
                                                           std::string_view("\0", 1),
                                                           "\xff\xfe",
                                                           "\u202e",
                                                           "\uffff",
                                                           "é",
                                                           "a"};
  std::string text;
  for (std::uint64_t left = choices.Below(6); left > 0; --left) {
    if (choices.Below(3) == 0) {
      text += static_cast<char>(choices.Below(0x100));
    } else {
      text += kParts[choices.Below(kParts.size())];
    }
  }
  return text;
}

/// Calls visit(member, rule) for each member of a struct, those of its objects included.
template <class Struct, class F, class Visit>
void ForEachMember(Struct& of, const F& fields, Visit& visit) {
  const auto look = [&](const auto& field) {
    if constexpr (requires { field.fields; }) {
      ForEachMember(of, field.fields, visit);
    } else {
      visit(of.*field.member);
    }
  };
  fields.ForEach(look);
}

/// Offers each place in a value that can be changed, with what changes it.
class Places {
 public:
  using Change = std::function<void(Choices&)>;

  template <class T>
  void Offer(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      Add([&value](Choices& choices) { value = DrawText(choices); });
    } else if constexpr (std::is_same_v<T, bool>) {
      Add([&value](Choices&) { value = !value; });
    } else if constexpr (std::is_floating_point_v<T>) {
      Add([&value](Choices& choices) {
        static constexpr std::array<T, 6> kEdges{0, 0.5, 1, 1e-9, 1e18, 1e300};
        value = kEdges[choices.Below(kEdges.size())];
      });
    } else if constexpr (std::is_integral_v<T>) {
      Add([&value](Choices& choices) { value = static_cast<T>(~T{0} >> choices.Below(64)); });
    } else if constexpr (std::is_enum_v<T>) {
      Add([&value](Choices& choices) {
        value = NamesOf<T>::kNames[choices.Below(NamesOf<T>::kNames.size())].value;
      });
    } else if constexpr (Declared<T>) {
      const auto offer = [this](auto& member) { this->Offer(member); };
      ForEachMember(value, T::kFields, offer);
    } else if constexpr (requires { value.has_value(); }) {
      Add([&value](Choices&) { value.has_value() ? value.reset() : void(value.emplace()); });
      if (value.has_value()) Offer(*value);
    } else if constexpr (requires { value.push_back({}); }) {
      Add([&value](Choices& choices) { ChangeList(value, choices); });
      for (auto& one : value) Offer(one);
    }
    // Maps are sums: a change of them gives a contradiction only.
  }

  /// Changes one of the places.
  void ChangeOne(Choices& choices) { changes_[choices.Below(changes_.size())](choices); }

 private:
  void Add(Change change) { changes_.push_back(std::move(change)); }

  /// One entry less, one more, or one twice.
  template <class List>
  static void ChangeList(List& list, Choices& choices) {
    const std::uint64_t what = choices.Below(3);
    if (what == 0 || list.empty()) {
      list.push_back({});
      return;
    }
    const auto at = list.begin() + static_cast<std::ptrdiff_t>(choices.Below(list.size()));
    if (what == 1) {
      list.erase(at);
    } else {
      list.push_back(typename List::value_type(*at));
    }
  }

  std::vector<Change> changes_;
};

/// Changes a member of the record, or a few.
inline void Mutate(record::Record& record, std::uint64_t seed) {
  SeededChoices choices(seed);
  for (std::uint64_t left = 1 + choices.Below(3); left > 0; --left) {
    Places places;
    places.Offer(record);
    places.ChangeOne(choices);
  }
}

}  // namespace shmspec::reports

#endif  // SHMSPEC_FUZZ_RECORD_MUTATION_H_
