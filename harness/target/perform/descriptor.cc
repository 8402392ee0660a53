// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <sys/socket.h>

#include "harness/target/perform/families.h"
#include "harness/target/perform/new_descriptor.h"

namespace shmspec::perform {

Outcome NewDescriptor(const CallResult& result, Context& context) {
  if (result.lacking == nullptr && result.value >= context.own_files_from) {
    context.file().close(static_cast<int>(result.value));
    return Trouble{
        true,
        "plans have no numbers of descriptors of their own: fcntl is refused, or the limit of open "
        "files is low"};
  }
  return Returned(result);
}

Outcome Do(const DescriptorDup& op, Context& context) {
  return NewDescriptor(context.file().duplicate(context.FileOf(op.descriptor)), context);
}

Outcome Do(const DescriptorClose& op, Context& context) {
  return Returned(context.file().close(context.FileOf(op.descriptor)));
}

Outcome Do(const DescriptorSetCloseOnExec& op, Context& context) {
  return Returned(context.file().set_flags(context.FileOf(op.descriptor), op.on ? FD_CLOEXEC : 0));
}

Outcome Do(const DescriptorGetCloseOnExec& op, Context& context) {
  return Returned(context.file().get_flags(context.FileOf(op.descriptor)));
}

Outcome Do(const DescriptorSend& op, Context& context) {
  return Returned(context.file().send(context.sending_fd, context.FileOf(op.descriptor)));
}

Outcome Do(const DescriptorReceive& op, Context& context) {
  int file = -1;
  const CallResult result = context.file().receive(context.receiving_fd, op.close_on_exec, file);
  if (result.lacking != nullptr || result.value == -1) return Returned(result);
  if (file == -1) return Failure{ErrorCode{EMFILE}};
  return NewDescriptor(file, context);
}

Outcome Do(const DescriptorDiscard&, Context& context) {
  return Returned(context.file().discard(context.receiving_fd));
}

Outcome Do(const DescriptorOpenSocket&, Context& context) {
  return NewDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), context);
}

}  // namespace shmspec::perform
