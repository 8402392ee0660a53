// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/fault_guard.h"

#include <array>

#include "harness/host/address.h"

namespace shmspec {
namespace internal {

GuardState& Guard() {
  static thread_local GuardState state;
  return state;
}

}  // namespace internal

namespace {

constexpr std::array kSignals{SIGSEGV, SIGBUS};

/// Returning from here runs the faulting instruction again, and then it is deadly; a signal that
/// somebody sent has to be sent again.
void LetDie(int signal, const siginfo_t& info) {
  ::signal(signal, SIG_DFL);
  if (info.si_code <= 0) ::raise(signal);
}

void OnFault(int signal, siginfo_t* info, void*) {
  internal::GuardState& guard = internal::Guard();
  if (!guard.armed || info->si_code <= 0) return LetDie(signal, *info);
  guard.fault = {signal, info->si_code, AddressOf(info->si_addr)};
  siglongjmp(guard.jump, 1);
}

/// The handlers run on a stack of their own: the address at fault may be the stack's neighbour.
/// Where that is refused they run on the thread's. It ends with its thread. No destructor frees it:
/// to register one would cost each new actor more than everything else here.
void ProvideStack() {
  // The address sanitizer asks for alignment.
  alignas(64) static thread_local std::array<char, 64 * 1024> memory;
  static thread_local bool provided = false;
  if (provided) return;
  stack_t stack{};
  stack.ss_sp = memory.data();
  stack.ss_size = memory.size();
  ::sigaltstack(&stack, nullptr);
  provided = true;
}

void InstallHandlers() {
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  // Left by siglongjmp, so the signal must not stay blocked.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int signal : kSignals) {
    // Where that is refused faults are deadly; the floor tests handlers before anything else.
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void PrepareFaultGuard() {
  ProvideStack();
  static const bool installed = (InstallHandlers(), true);
  static_cast<void>(installed);
}

void LeaveFaultGuard() {
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
}

}  // namespace shmspec
