// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What calls that make a descriptor return. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_NEW_DESCRIPTOR_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_NEW_DESCRIPTOR_H_

#include "harness/target/target.h"

namespace shmspec::perform {

/// The outcome of such a call; trouble when the descriptor has the number of a file of the
/// harness's own: then it is closed again.
Outcome NewDescriptor(const CallResult& result, Context& context);

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_NEW_DESCRIPTOR_H_
