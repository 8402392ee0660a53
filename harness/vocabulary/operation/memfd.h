// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// memfd_create(2), the seals of files, and opening a file again that has no name.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMFD_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMFD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// memfd_create(2); `pointer` is how the name is given. Assigns a descriptor.
struct MemfdCreate {
  static constexpr std::string_view kName = "memfd.create";
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  std::string name = "m";
  MemfdFlags flags;
  Buffer pointer = Buffer::kValid;
  static constexpr auto kFields =
      Fields(Field{"name", &MemfdCreate::name}, Field{"flags", &MemfdCreate::flags},
             Field{"pointer", &MemfdCreate::pointer});
  friend bool operator==(const MemfdCreate&, const MemfdCreate&) = default;
};

/// fcntl(2) F_ADD_SEALS.
struct MemfdAddSeals {
  static constexpr std::string_view kName = "memfd.add_seals";
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  Seals seals;
  static constexpr auto kFields = Fields(Field{"descriptor", &MemfdAddSeals::descriptor},
                                         Field{"seals", &MemfdAddSeals::seals});
  friend bool operator==(const MemfdAddSeals&, const MemfdAddSeals&) = default;
};

/// fcntl(2) F_GET_SEALS; the outcome is the set.
struct MemfdGetSeals {
  static constexpr std::string_view kName = "memfd.get_seals";
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &MemfdGetSeals::descriptor});
  friend bool operator==(const MemfdGetSeals&, const MemfdGetSeals&) = default;
};

/// open(2) of the entry of a descriptor in /proc/self/fd. Assigns another descriptor.
struct MemfdReopen {
  static constexpr std::string_view kName = "memfd.reopen";
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  DescriptorRef descriptor;
  OpenFlags flags;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &MemfdReopen::descriptor}, Field{"flags", &MemfdReopen::flags});
  friend bool operator==(const MemfdReopen&, const MemfdReopen&) = default;
};

/// Whether the entry of the descriptor in /proc/self/fd shows "/memfd:NAME (deleted)" with this
/// name: the outcome is 1 or 0.
struct MemfdShowsName {
  static constexpr std::string_view kName = "memfd.shows_name";
  DescriptorRef descriptor;
  std::string name = "m";
  static constexpr auto kFields = Fields(Field{"descriptor", &MemfdShowsName::descriptor},
                                         Field{"name", &MemfdShowsName::name});
  friend bool operator==(const MemfdShowsName&, const MemfdShowsName&) = default;
};

/// linkat(2) of that entry to a new name in a folder for temporary files, which is removed at once.
struct MemfdLink {
  static constexpr std::string_view kName = "memfd.link";
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &MemfdLink::descriptor});
  friend bool operator==(const MemfdLink&, const MemfdLink&) = default;
};

/// Reads vm.memfd_noexec; the outcome is its value.
struct MemfdGetNoexec {
  static constexpr std::string_view kName = "memfd.get_noexec";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr auto kFields = Fields();
  friend bool operator==(const MemfdGetNoexec&, const MemfdGetNoexec&) = default;
};

/// Writes vm.memfd_noexec of the pid namespace of this process. Only in one that a step has made.
struct MemfdSetNoexec {
  static constexpr std::string_view kName = "memfd.set_noexec";
  static constexpr Role kRole = Role::kNeighbour;
  std::int64_t value = 0;
  static constexpr auto kFields = Fields(Field{"value", &MemfdSetNoexec::value});
  friend bool operator==(const MemfdSetNoexec&, const MemfdSetNoexec&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_MEMFD_OPERATIONS(X) \
  X(MemfdCreate) X(MemfdAddSeals) X(MemfdGetSeals) X(MemfdReopen) X(MemfdShowsName) \
  X(MemfdLink) X(MemfdGetNoexec) X(MemfdSetNoexec)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMFD_H_
