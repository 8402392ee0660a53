// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads litmus tests as herd7 and litmus7 do: instructions of x86 (`X86`, `X86_64`), or C with its
// atomics (`C`).
//
//   X86 SB
//   { x=0; y=0; }
//    P0          | P1          ;
//    MOV [x],$1  | MOV [y],$1  ;
//    MOV EAX,[y] | MOV EAX,[x] ;
//   exists (0:EAX=0 /\ 1:EAX=0)
//
// Of the instructions of x86: MOV, MFENCE, XCHG, and INC, DEC, ADD, XADD with LOCK, in the order
// `MOV [x],$1` or, with registers such as %eax and memory such as (x), in the order `movl $1,(x)`.
// Of C: loads, stores, exchanges and additions of <stdatomic.h>, fences, and plain accesses to what
// a pointer points to. There are no branches and no loops.

#ifndef SHMSPEC_HARNESS_ORDER_READ_H_
#define SHMSPEC_HARNESS_ORDER_READ_H_

#include <string>
#include <string_view>

#include "harness/order/litmus.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::order {

/// The error begins with file, line and column, and is one line.
Result<Litmus> ReadLitmus(std::string_view text, const std::string& file);

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_READ_H_
