// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is done to descriptors, whatever they stand for.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_DESCRIPTOR_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_DESCRIPTOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// dup(2). Assigns another descriptor of the same open file.
struct DescriptorDup {
  static constexpr std::string_view kName = "descriptor.dup";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &DescriptorDup::descriptor});
  friend bool operator==(const DescriptorDup&, const DescriptorDup&) = default;
};

/// close(2).
struct DescriptorClose {
  static constexpr std::string_view kName = "descriptor.close";
  static constexpr Role kRole = Role::kNeighbour;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &DescriptorClose::descriptor});
  friend bool operator==(const DescriptorClose&, const DescriptorClose&) = default;
};

/// fcntl(2) F_SETFD.
struct DescriptorSetCloseOnExec {
  static constexpr std::string_view kName = "descriptor.set_close_on_exec";
  static constexpr Role kRole = Role::kNeighbour;
  DescriptorRef descriptor;
  bool on = true;
  static constexpr auto kFields = Fields(Field{"descriptor", &DescriptorSetCloseOnExec::descriptor},
                                         Field{"on", &DescriptorSetCloseOnExec::on});
  friend bool operator==(const DescriptorSetCloseOnExec&,
                         const DescriptorSetCloseOnExec&) = default;
};

/// fcntl(2) F_GETFD; the outcome is 1 when exec(2) closes the descriptor, otherwise 0.
struct DescriptorGetCloseOnExec {
  static constexpr std::string_view kName = "descriptor.get_close_on_exec";
  static constexpr Role kRole = Role::kNeighbour;
  DescriptorRef descriptor;
  static constexpr auto kFields =
      Fields(Field{"descriptor", &DescriptorGetCloseOnExec::descriptor});
  friend bool operator==(const DescriptorGetCloseOnExec&,
                         const DescriptorGetCloseOnExec&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_DESCRIPTOR_OPERATIONS(X) \
  X(DescriptorDup) X(DescriptorClose) X(DescriptorSetCloseOnExec) X(DescriptorGetCloseOnExec)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_DESCRIPTOR_H_
