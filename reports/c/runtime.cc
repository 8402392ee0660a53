// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts that every C program of c_program.h begins with, as far as it needs them.

#include <span>
#include <string>
#include <string_view>

#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

constexpr std::string_view kIncludes = R"c(#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

// The outcome of a step.
struct outcome {
  long long value;
  int error;  // errno, or 0
  struct { int signal, code; long long offset; } fault;
  int gone, status;  // its actor ended, and how wait(2) tells
  struct shmid_ds segment;
  struct shminfo limits;
  struct shm_info usage;
  struct stat file;
  struct { long long owner, user, user_bits, group, named_group, named_group_bits, mask, other; } acl;
  struct statfs system;
};
)c";

// A part may use those before it.
constexpr CPart kParts[] = {
    {"cannot(", R"c(
static void cannot(const char *what) {
  perror(what);
  exit(2);
}
)c"},
    {"set_ids(", R"c(
// setresuid and setfsuid, or those for groups; -1 is what is to stay. The id of the file system
// becomes the effective one where no other is given.
static int set_ids(int (*set)(id_t, id_t, id_t), int (*set_file)(id_t), id_t (*effective)(void),
                   id_t real, id_t wanted, id_t saved, id_t file) {
  const id_t stays = (id_t)-1;
  if ((real != stays || wanted != stays || saved != stays) && set(real, wanted, saved)) return -1;
  if (file == stays) file = effective();
  set_file(file);
  // It reports no failure: a second call, which changes nothing, tells.
  if ((id_t)set_file(stays) == file) return 0;
  errno = EPERM;
  return -1;
}
)c"},
    {"value(o, ", R"c(
static void value(struct outcome *o, unsigned long long value) { o->value = (long long)value; }
)c"},
    {"result(o, ", R"c(
static void result(struct outcome *o, long returned) {
  o->error = returned == -1 ? errno : 0;
  o->value = returned;
}
)c"},
    {"succeeded(o)", R"c(
static int succeeded(const struct outcome *o) {
  return o->error == 0 && o->fault.signal == 0 && !o->gone;
}
)c"},
    {"address(", R"c(
// Hides from the compiler where an access goes.
static void *address(long number) {
  volatile long hidden = number;
  return (void *)hidden;
}
)c"},
    {"page(", R"c(
// A page that cannot be written to, or not even read.
static void *page(int protection) {
  return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
)c"},
    {"read_only(", R"c(
// What a call is to read, in a page that cannot be written to.
static void *read_only(const void *record, size_t size) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) cannot("mmap");
  memcpy(page, record, size);
  mprotect(page, 4096, PROT_READ);
  return page;
}
)c"},
    {"reopen(", R"c(
// Opens what is mapped there.
static void reopen(struct outcome *o, unsigned long start, unsigned long size) {
  char path[64], target[64];
  snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", start, start + size);
  int file = readlink(path, target, sizeof(target)) < 0 ? -1 : open(path, O_RDONLY);
  result(o, file == -1 ? -1 : 0);
  if (file != -1) close(file);
}
)c"},
    {"TRY ", R"c(
// A fault is an outcome as well: TRY access;
static sigjmp_buf fault_trap;
static struct outcome *volatile fault_outcome;
static char *volatile fault_base;

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)context;
  fault_outcome->fault.signal = signal;
  fault_outcome->fault.code = info->si_code;
  fault_outcome->fault.offset = (char *)info->si_addr - fault_base;
  siglongjmp(fault_trap, 1);
}

static void catch_faults(struct outcome *o, void *base) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  fault_outcome = o;
  fault_base = base;
}
#define TRY if (sigsetjmp(fault_trap, 1) == 0)
)c"},
    {"fill(", R"c(
// Byte i becomes value + i * 131.
static void fill(void *start, size_t size, uint64_t value) {
  for (size_t i = 0; i < size; ++i) ((volatile uint8_t *)start)[i] = (uint8_t)(value + i * 131);
}
)c"},
    {"checksum(", R"c(
// 64-bit FNV-1a.
static uint64_t checksum(void *start, size_t size) {
  uint64_t sum = 0xcbf29ce484222325ull;
  for (size_t i = 0; i < size; ++i) {
    sum = (sum ^ ((volatile uint8_t *)start)[i]) * 0x100000001b3ull;
  }
  return sum;
}
)c"},
    {"read_sysctl(", R"c(
static void read_sysctl(struct outcome *o, const char *path) {
  FILE *file = fopen(path, "r");
  char text[64] = "";
  if (file == NULL) {
    result(o, -1);
    return;
  }
  if (fgets(text, sizeof(text), file) == NULL) text[0] = '\0';
  fclose(file);
  value(o, strtoull(text, NULL, 10));
}
)c"},
    {"write_sysctl(", R"c(
static void write_sysctl(struct outcome *o, const char *path, long long number) {
  FILE *file = fopen(path, "w");
  if (file == NULL) {
    result(o, -1);
    return;
  }
  fprintf(file, "%lld", number);
  result(o, fclose(file) == 0 ? 0 : -1);
}
)c"},
};

/// The actors take turns through memory they share: `last` is the step up to which one may go.
constexpr std::string_view kActors = R"c(
static int ended(int actor) { return __atomic_load_n(&h->ended[actor], __ATOMIC_ACQUIRE); }

// Notes which processes ended: of those that this one started, or that were left to it.
static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    for (int i = 0; i < ACTORS; ++i) {
      if (h->pid[i] != pid) continue;
      h->status[i] = status;
      __atomic_store_n(&h->ended[i], 1, __ATOMIC_RELEASE);
    }
  }
}

static void too_long(int signal) {
  (void)signal;
  static const char said[] = "a step did not return within a minute\n";
  (void)!write(STDERR_FILENO, said, sizeof(said) - 1);
  _exit(2);
}

// An actor performs its own steps up to the one it is allowed to, and waits for more.
static void act(int me, int done) {
  for (;;) {
    const int last = __atomic_load_n(&h->last[me], __ATOMIC_ACQUIRE);
    if (last < 0) _exit(0);
    for (int step = done + 1; step <= last; ++step) {
      if (actor_of[step] == me) perform(step);
    }
    if (last > done) done = last;
    __atomic_store_n(&h->done[me], done, __ATOMIC_RELEASE);
    reap();
    sched_yield();
  }
}

// Lets an actor go on up to a step.
static void start(int actor, int step) { __atomic_store_n(&h->last[actor], step, __ATOMIC_RELEASE); }

static void join(int actor) {
  while (__atomic_load_n(&h->done[actor], __ATOMIC_ACQUIRE) < h->last[actor] && !ended(actor)) {
    reap();
    sched_yield();
  }
}
)c";

constexpr std::string_view kShow = R"c(
// Prints the outcome of a step; a step of an actor that ended is gone.
static int show(int step) {
  struct outcome *o = &h->outcome[step];
  const int unperformed = !h->performed[step] && ended(actor_of[step]);
  if (unperformed || (h->performed[step] == 1 && ended(actor_of[step]))) {
    o->gone = 1;
    o->status = h->status[actor_of[step]];
  }
  printf("%3d  %s\n     -> ", step, text_of[step]);
  if (o->gone) {
    printf("gone, %s %d", WIFSIGNALED(o->status) ? "signal" : "exit code",
           WIFSIGNALED(o->status) ? WTERMSIG(o->status) : WEXITSTATUS(o->status));
  } else if (o->fault.signal != 0) {
    printf("%s, code %d", strsignal(o->fault.signal), o->fault.code);
  } else if (o->error != 0) {
    printf("errno %d, %s", o->error, strerror(o->error));
  } else {
    printf("%lld", o->value);
    if (is_record[step]) {
      printf("  nattch=%lu size=%zu mode=0%o uid=%u gid=%u cpid=%d lpid=%d atime=%lld dtime=%lld "
             "ctime=%lld", (unsigned long)o->segment.shm_nattch, o->segment.shm_segsz,
             (unsigned)o->segment.shm_perm.mode, o->segment.shm_perm.uid, o->segment.shm_perm.gid,
             o->segment.shm_cpid, o->segment.shm_lpid, (long long)o->segment.shm_atime,
             (long long)o->segment.shm_dtime, (long long)o->segment.shm_ctime);
    }
  }
  const int right = as_required(step);
  printf("%s%s\n", right ? "" : "   <== NOT AS REQUIRED: ", right ? "" : required_of[step]);
  return right;
}
)c";

}  // namespace

std::string_view CActors() { return kActors; }

std::string_view CShow() { return kShow; }

std::string CBeginning(const std::string& body) {
  std::string parts;
  const auto add = [&](std::span<const CPart> known) {
    for (auto part = known.rbegin(); part != known.rend(); ++part) {
      const bool used =
          body.find(part->used_as) != body.npos || parts.find(part->used_as) != parts.npos;
      if (used) parts = std::string(part->code) + parts;
    }
  };
  add(CFileParts());  // these may use the others
  add(kParts);
  return std::string(kIncludes) + parts;
}

}  // namespace shmspec::reports
