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
  static constexpr bool kInPhases = true;
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

/// sendmsg(2) of one byte and the descriptor, in SCM_RIGHTS, over the socket that the actors of a
/// plan share. The outcome is 1.
struct DescriptorSend {
  static constexpr std::string_view kName = "descriptor.send";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr bool kPasses = true;
  static constexpr bool kInPhases = true;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"descriptor", &DescriptorSend::descriptor});
  friend bool operator==(const DescriptorSend&, const DescriptorSend&) = default;
};

/// recvmsg(2) of the first message that waits in that socket, with MSG_CMSG_CLOEXEC when
/// `close_on_exec`; it does not wait for one. Assigns the descriptor. EMFILE: it was lost, since
/// the process has no room for it (MSG_CTRUNC).
struct DescriptorReceive {
  static constexpr std::string_view kName = "descriptor.receive";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  static constexpr bool kPasses = true;
  bool close_on_exec = false;
  static constexpr auto kFields = Fields(Field{"close_on_exec", &DescriptorReceive::close_on_exec});
  friend bool operator==(const DescriptorReceive&, const DescriptorReceive&) = default;
};

/// The same without room for a descriptor: that of the message is lost. The outcome is 1.
struct DescriptorDiscard {
  static constexpr std::string_view kName = "descriptor.discard";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr bool kPasses = true;
  static constexpr auto kFields = Fields();
  friend bool operator==(const DescriptorDiscard&, const DescriptorDiscard&) = default;
};

/// pidfd_getfd(2): a copy of a descriptor of another actor's process. Assigns it.
struct DescriptorGetFrom {
  static constexpr std::string_view kName = "descriptor.get_from";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  static constexpr bool kConcernsOthers = true;
  ActorRef actor;
  DescriptorRef descriptor;
  static constexpr auto kFields = Fields(Field{"actor", &DescriptorGetFrom::actor},
                                         Field{"descriptor", &DescriptorGetFrom::descriptor});
  friend bool operator==(const DescriptorGetFrom&, const DescriptorGetFrom&) = default;
};

/// socket(2) of AF_UNIX: a file that is no memory. Assigns a descriptor.
struct DescriptorOpenSocket {
  static constexpr std::string_view kName = "descriptor.open_socket";
  static constexpr Role kRole = Role::kPrepares;
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  static constexpr auto kFields = Fields();
  friend bool operator==(const DescriptorOpenSocket&, const DescriptorOpenSocket&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_DESCRIPTOR_OPERATIONS(X) \
  X(DescriptorDup) X(DescriptorClose) X(DescriptorSetCloseOnExec) X(DescriptorGetCloseOnExec) \
  X(DescriptorSend) X(DescriptorReceive) X(DescriptorDiscard) X(DescriptorGetFrom) \
  X(DescriptorOpenSocket)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_DESCRIPTOR_H_
