// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>

#include "harness/target/perform/families.h"
#include "harness/target/perform/new_descriptor.h"

namespace shmspec::perform {

Outcome NewDescriptor(const CallResult& result, Context& context) {
  if (result.lacking == nullptr && result.value >= context.own_files_from) {
    context.file().close(static_cast<int>(result.value));
    return Trouble{true, "the limit of open files leaves no room for those of plans"};
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

}  // namespace shmspec::perform
