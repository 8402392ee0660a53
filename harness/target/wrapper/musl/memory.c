// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Loads and stores. Their faults are answers.

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "adapter.h"

// ---- faults

static sigjmp_buf after_fault;
static volatile sig_atomic_t armed;
static siginfo_t fault;

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)context;
  if (armed && info->si_code > 0) {
    fault = *info;
    siglongjmp(after_fault, 1);
  }
  // Returning runs the instruction again, and then it is deadly; a signal that a process sent has
  // to be sent again.
  signal(number, SIG_DFL);
  if (info->si_code <= 0) raise(number);
}

void catch_faults(void) {
  // The address at fault may be the neighbour of the usual stack.
  static char memory[64 * 1024];
  const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
  sigaltstack(&stack, NULL);
  // The handler is left by a jump, so the signal must not stay blocked.
  struct sigaction action = {.sa_sigaction = on_fault,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

static void answer_fault(const void *named) {
  const char *code = "other";
  if (fault.si_signo == SIGSEGV && fault.si_code == SEGV_MAPERR) code = "MAPERR";
  if (fault.si_signo == SIGSEGV && fault.si_code == SEGV_ACCERR) code = "ACCERR";
  if (fault.si_signo == SIGBUS && fault.si_code == BUS_ADRERR) code = "ADRERR";
  // SI_KERNEL is a fault without an address, such as one at an address that is not canonical.
  const intptr_t offset =
      fault.si_code == SI_KERNEL ? 0 : (intptr_t)((uintptr_t)fault.si_addr - (uintptr_t)named);
  record("fault{signal=%s code=%s offset=%" PRIdPTR "}",
         fault.si_signo == SIGBUS ? "SIGBUS" : "SIGSEGV", code, offset);
}

// ---- accesses

enum order { SEQ_CST, ACQUIRE, RELEASE, RELAXED };

struct access {
  void *at;
  uint64_t value, expected, size;
  enum order order;
};

typedef uint64_t perform_access(const struct access *access);

// Performs it and answers with the number that it returns, or with the fault.
static void guarded(perform_access *perform, const struct access *access) {
  if (sigsetjmp(after_fault, 0) != 0) {
    armed = 0;
    answer_fault(access->at);
    return;
  }
  armed = 1;
  const uint64_t result = perform(access);
  armed = 0;
  value((int64_t)result);
}

// The built-ins take their order as a constant: hence one line for each.
#define BY_ORDER(DO)                                \
  if (access->order == ACQUIRE) return DO(ACQUIRE); \
  if (access->order == RELEASE) return DO(RELEASE); \
  if (access->order == RELAXED) return DO(RELAXED); \
  return DO(SEQ_CST)
#define EXCHANGE(ORDER) __atomic_exchange_n(at, stored, __ATOMIC_##ORDER)
#define FETCH_ADD(ORDER) __atomic_fetch_add(at, stored, __ATOMIC_##ORDER)
#define COMPARE(ORDER, FAILED)                                                                  \
  (__atomic_compare_exchange_n(at, &found, stored, false, __ATOMIC_##ORDER, __ATOMIC_##FAILED), \
   found)
#define IS_ALIGNED(T) ((uintptr_t)access->at % sizeof(T) == 0)

// The accesses of one width. Loads and stores are atomic at aligned addresses: many processors
// fault at other ones.
#define ACCESSES(T)                                                                  \
  struct __attribute__((packed)) unaligned_##T {                                     \
    T value;                                                                         \
  };                                                                                 \
  static uint64_t load_##T(const struct access *access) {                            \
    const T *at = access->at;                                                        \
    if (!IS_ALIGNED(T)) return ((volatile struct unaligned_##T *)access->at)->value; \
    if (access->order == ACQUIRE) return __atomic_load_n(at, __ATOMIC_ACQUIRE);      \
    if (access->order == RELAXED) return __atomic_load_n(at, __ATOMIC_RELAXED);      \
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);                                    \
  }                                                                                  \
  static uint64_t store_##T(const struct access *access) {                           \
    T *at = access->at;                                                              \
    const T stored = (T)access->value;                                               \
    if (!IS_ALIGNED(T)) {                                                            \
      ((volatile struct unaligned_##T *)access->at)->value = stored;                 \
    } else if (access->order == RELEASE) {                                           \
      __atomic_store_n(at, stored, __ATOMIC_RELEASE);                                \
    } else if (access->order == RELAXED) {                                           \
      __atomic_store_n(at, stored, __ATOMIC_RELAXED);                                \
    } else {                                                                         \
      __atomic_store_n(at, stored, __ATOMIC_SEQ_CST);                                \
    }                                                                                \
    return 0;                                                                        \
  }                                                                                  \
  static uint64_t exchange_##T(const struct access *access) {                        \
    T *at = access->at;                                                              \
    const T stored = (T)access->value;                                               \
    BY_ORDER(EXCHANGE);                                                              \
  }                                                                                  \
  static uint64_t fetch_add_##T(const struct access *access) {                       \
    T *at = access->at;                                                              \
    const T stored = (T)access->value;                                               \
    BY_ORDER(FETCH_ADD);                                                             \
  }                                                                                  \
  static uint64_t compare_##T(const struct access *access) {                         \
    T *at = access->at;                                                              \
    const T stored = (T)access->value;                                               \
    T found = (T)access->expected;                                                   \
    if (access->order == ACQUIRE) return COMPARE(ACQUIRE, ACQUIRE);                  \
    if (access->order == RELEASE) return COMPARE(RELEASE, RELAXED);                  \
    if (access->order == RELAXED) return COMPARE(RELAXED, RELAXED);                  \
    return COMPARE(SEQ_CST, SEQ_CST);                                                \
  }

ACCESSES(uint8_t)
ACCESSES(uint16_t)
ACCESSES(uint32_t)
ACCESSES(uint64_t)

struct widths {
  perform_access *of[9];
};
#define WIDTHS(kind)                                                                              \
  {                                                                                               \
    { [1] = kind##_uint8_t, [2] = kind##_uint16_t, [4] = kind##_uint32_t, [8] = kind##_uint64_t } \
  }

static void access_memory(const struct step *step, const struct widths *widths,
                          struct access access) {
  static const struct word orders[] = {{"seq_cst", SEQ_CST},
                                       {"acquire", ACQUIRE},
                                       {"release", RELEASE},
                                       {"relaxed", RELAXED},
                                       {NULL, 0}};
  const uint64_t width = number(step, "width");
  if (width > 8 || widths->of[width] == NULL) lacking("accesses of %" PRIu64 " bytes", width);
  access.at = address(step, "at");
  access.order = (enum order)words(step, "order", orders);
  guarded(widths->of[width], &access);
}

static void load(const struct step *step) {
  static const struct widths widths = WIDTHS(load);
  access_memory(step, &widths, (struct access){0});
}

static void store(const struct step *step) {
  static const struct widths widths = WIDTHS(store);
  access_memory(step, &widths, (struct access){.value = number(step, "value")});
}

static void exchange(const struct step *step) {
  static const struct widths widths = WIDTHS(exchange);
  access_memory(step, &widths, (struct access){.value = number(step, "value")});
}

static void compare_exchange(const struct step *step) {
  static const struct widths widths = WIDTHS(compare);
  access_memory(
      step, &widths,
      (struct access){.value = number(step, "value"), .expected = number(step, "expected")});
}

static void fetch_add(const struct step *step) {
  static const struct widths widths = WIDTHS(fetch_add);
  access_memory(step, &widths, (struct access){.value = number(step, "value")});
}

// Byte by byte and in order, so that a fault names the first inaccessible byte.
static uint64_t fill_bytes(const struct access *access) {
  volatile uint8_t *at = access->at;
  for (uint64_t i = 0; i < access->size; ++i) at[i] = (uint8_t)(access->value + i * 131);
  return 0;
}

// The 64-bit FNV-1a hash.
static uint64_t hash_bytes(const struct access *access) {
  const volatile uint8_t *at = access->at;
  uint64_t hash = 0xcbf29ce484222325u;
  for (uint64_t i = 0; i < access->size; ++i) hash = (hash ^ at[i]) * 0x100000001b3u;
  return hash;
}

static void fill(const struct step *step) {
  const struct access access = {
      .at = address(step, "at"), .size = number(step, "size"), .value = number(step, "value")};
  guarded(fill_bytes, &access);
}

static void checksum(const struct step *step) {
  const struct access access = {.at = address(step, "at"), .size = number(step, "size")};
  guarded(hash_bytes, &access);
}

// A page at a time, which a pipe takes without waiting for a reader.
static void transfer(const struct step *step) {
  char *from = address(step, "from");
  char *to = address(step, "to");
  const uint64_t size = number(step, "size");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) lacking("no pipe: %s", error_name(errno));
  uint64_t moved = 0;
  ssize_t got = 0;
  int error = 0;
  while (moved < size) {
    const size_t wanted = size - moved < 4096 ? (size_t)(size - moved) : 4096;
    got = write(ends[1], from + moved, wanted);
    if (got > 0) got = read(ends[0], to + moved, (size_t)got);
    error = errno;
    if (got > 0) moved += (uint64_t)got;
    if (got != (ssize_t)wanted) break;
  }
  close(ends[0]);
  close(ends[1]);
  if (got < 0 && moved == 0) {
    failure(error);
  } else {
    value((int64_t)moved);
  }
}

// Not here: memory.branch and memory.histogram, which need several actors at once, and memory.pin.
const struct operation memory_operations[] = {{"memory.load", load},
                                              {"memory.store", store},
                                              {"memory.exchange", exchange},
                                              {"memory.compare_exchange", compare_exchange},
                                              {"memory.fetch_add", fetch_add},
                                              {"memory.fill", fill},
                                              {"memory.checksum", checksum},
                                              {"memory.transfer", transfer},
                                              {NULL, NULL}};
