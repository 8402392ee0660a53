// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmget(2), shmat(2), shmdt(2), shmctl(2) and ftok(3) of musl.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "adapter.h"

// ---- the buffers of control calls

// A record lies in the middle of three parts; a pattern shows what a call writes beside it.
enum { RECORD_BYTES = 256, WATCHED_BYTES = 3 * RECORD_BYTES };

static unsigned char *valid, *wild, *read_only;  // each in a page of its own, behind a guard
static unsigned char before[WATCHED_BYTES];

static bool is_named(const char *buffer, const char *name) { return strcmp(buffer, name) == 0; }

static void protect(const unsigned char *buffer, int protection) {
  if (mprotect((void *)(buffer - RECORD_BYTES), (size_t)sysconf(_SC_PAGESIZE), protection) != 0) {
    abort();
  }
}

void make_buffers(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char *pages =
      mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) abort();
  valid = pages + RECORD_BYTES;
  wild = valid + page;
  read_only = wild + page;
  protect(wild, PROT_NONE);
}

// The buffer of that name; before that the pattern, and `record` unless it is null, are written.
static unsigned char *prepared(const char *buffer, const struct shmid_ds *record) {
  if (is_named(buffer, "null")) return NULL;
  if (is_named(buffer, "wild")) return wild;
  const bool writable = is_named(buffer, "valid");
  if (!writable && !is_named(buffer, "read_only")) lacking("the buffer %s", buffer);
  unsigned char *at = writable ? valid : read_only;
  protect(at, PROT_READ | PROT_WRITE);
  // Different from byte to byte, and never 0, which calls write most often.
  for (size_t i = 0; i < WATCHED_BYTES; ++i) before[i] = (unsigned char)(0x5b + i * 38) | 1;
  if (record != NULL) {
    struct shmid_ds set;
    memcpy(&set, before + RECORD_BYTES, sizeof(set));
    set.shm_perm.uid = record->shm_perm.uid;
    set.shm_perm.gid = record->shm_perm.gid;
    set.shm_perm.mode = record->shm_perm.mode;
    memcpy(before + RECORD_BYTES, &set, sizeof(set));
  }
  memcpy(at - RECORD_BYTES, before, WATCHED_BYTES);
  if (!writable) protect(at, PROT_READ);
  return at;
}

// Answers with the bytes that a call changed beside the first `writable` of the buffer, if any.
static bool wrote_beside(const unsigned char *at, size_t writable, int result, int error) {
  if (at == NULL || at == wild) return false;
  const unsigned char *now = at - RECORD_BYTES;
  long first = 0, count = 0;
  for (long i = 0; i < WATCHED_BYTES; ++i) {
    const bool allowed = i >= RECORD_BYTES && i < RECORD_BYTES + (long)writable;
    if (allowed || now[i] == before[i]) continue;
    if (count++ == 0) first = i - RECORD_BYTES;
  }
  if (count == 0) return false;
  record("stray_write{returned=%d error=%s offset=%ld bytes=%ld}", result, error_name(error), first,
         count);
  return true;
}

// shmctl(2). True when it succeeded and the answer is still to be given.
static bool control(int64_t segment, int command, unsigned char *at, size_t writable, int *result) {
  *result = shmctl((int)segment, command, (struct shmid_ds *)at);
  const int error = *result == -1 ? errno : 0;
  if (wrote_beside(at, error == 0 ? writable : 0, *result, error)) return false;
  if (error != 0) failure(error);
  return error == 0;
}

// The same for a command that fills in no record.
static void control_only(int64_t segment, int command, unsigned char *at, size_t writable) {
  int result;
  if (control(segment, command, at, writable, &result)) value(result);
}

// ---- records

// Bytes that are not 0 in a record whose fields were set to 0: reserved ones and padding.
static long bytes_set(const void *bytes, size_t size) {
  long set = 0;
  for (size_t i = 0; i < size; ++i) set += ((const unsigned char *)bytes)[i] != 0;
  return set;
}

static long reserved_of_segment(void *at) {
  struct shmid_ds *bytes = at;
  struct ipc_perm *rights = &bytes->shm_perm;
  rights->key = rights->seq = 0;
  rights->uid = rights->gid = rights->cuid = rights->cgid = rights->mode = 0;
  bytes->shm_segsz = 0;
  bytes->shm_cpid = bytes->shm_lpid = 0;
  bytes->shm_nattch = 0;
  bytes->shm_atime = bytes->shm_dtime = bytes->shm_ctime = 0;
  return bytes_set(at, sizeof(*bytes));
}

static void stat_segment(int64_t segment, int command, const char *buffer) {
  unsigned char *at = prepared(buffer, NULL);
  int result;
  if (!control(segment, command, at, sizeof(struct shmid_ds), &result)) return;
  record("segment{returned=%d", result);
  // When the call cannot have filled in the buffer, only its success is known.
  struct shmid_ds seen = {0};
  if (at == valid) memcpy(&seen, at, sizeof(seen));
  const struct ipc_perm *rights = &seen.shm_perm;
  record(" key=%d mode=%#o uid=%u gid=%u cuid=%u cgid=%u seq=%d", rights->key, rights->mode,
         rights->uid, rights->gid, rights->cuid, rights->cgid, rights->seq);
  record(" size=%zu cpid=%d lpid=%d nattch=%lu", seen.shm_segsz, seen.shm_cpid, seen.shm_lpid,
         seen.shm_nattch);
  record(" atime=%lld dtime=%lld ctime=%lld", (long long)seen.shm_atime, (long long)seen.shm_dtime,
         (long long)seen.shm_ctime);
  record(" reserved=%ld}", at == valid ? reserved_of_segment(at) : 0);
}

static void info(const struct step *step) {
  unsigned char *at = prepared(text(step, "buffer"), NULL);
  int result;
  if (!control(reference(step, "segment"), IPC_INFO, at, sizeof(struct shminfo), &result)) return;
  struct shminfo seen = {0};
  if (at == valid) memcpy(&seen, at, sizeof(seen));
  record("limits{returned=%d shmmax=%lu shmmin=%lu shmmni=%lu shmseg=%lu shmall=%lu", result,
         seen.shmmax, seen.shmmin, seen.shmmni, seen.shmseg, seen.shmall);
  seen.shmmax = seen.shmmin = seen.shmmni = seen.shmseg = seen.shmall = 0;
  record(" reserved=%ld}", bytes_set(&seen, sizeof(seen)));
}

static long reserved_of_usage(void *at) {
  struct shm_info *bytes = at;
  bytes->used_ids = 0;
  bytes->shm_tot = bytes->shm_rss = bytes->shm_swp = 0;
  return bytes_set(at, sizeof(*bytes));
}

static void shm_info(const struct step *step) {
  unsigned char *at = prepared(text(step, "buffer"), NULL);
  int result;
  if (!control(reference(step, "segment"), SHM_INFO, at, sizeof(struct shm_info), &result)) return;
  struct shm_info seen = {0};
  if (at == valid) memcpy(&seen, at, sizeof(seen));
  record("usage{returned=%d used_ids=%d shm_tot=%lu shm_rss=%lu shm_swp=%lu", result, seen.used_ids,
         seen.shm_tot, seen.shm_rss, seen.shm_swp);
  record(" reserved=%ld}", at == valid ? reserved_of_usage(at) : 0);
}

// ---- operations

static const struct word get_flags[] = {{"create", IPC_CREAT},
                                        {"exclusive", IPC_EXCL},
                                        {"hugetlb", SHM_HUGETLB},
                                        {"noreserve", SHM_NORESERVE},
                                        {NULL, 0}};
static const struct word attach_flags[] = {{"read_only", SHM_RDONLY},
                                           {"round", SHM_RND},
                                           {"remap", SHM_REMAP},
                                           {"execute", SHM_EXEC},
                                           {NULL, 0}};

static void get(const struct step *step) {
  returned(shmget((key_t)reference(step, "key"), number(step, "size"),
                  (int)words(step, "flags", get_flags)));
}

static void attach(const struct step *step) {
  returned_address(shmat((int)reference(step, "segment"), address(step, "at"),
                         (int)words(step, "flags", attach_flags)));
}

static void detach(const struct step *step) { returned(shmdt(address(step, "at"))); }

static void stat_by_id(const struct step *step) {
  stat_segment(reference(step, "segment"), IPC_STAT, text(step, "buffer"));
}

// The bits of an identifier that are its index; proc(5), ipcmni_extend.
static int64_t index_bits(void) {
  char parameters[4096] = "";
  FILE *file = fopen("/proc/cmdline", "re");
  if (file == NULL) return 0x7fff;
  const bool read = fgets(parameters, sizeof(parameters), file) != NULL;
  fclose(file);
  return read && strstr(parameters, "ipcmni_extend") != NULL ? 0xffffff : 0x7fff;
}

// A handle stands for the index within its identifier; a number is an index already.
static int64_t index_of(const struct step *step) {
  const char *word = text(step, "index");
  const int64_t named = reference(step, "index");
  if (word[0] != 's') return named;
  word += strcspn(word, "+-");
  const int64_t offset = *word != '\0' ? strtoll(word, NULL, 0) : 0;
  const int64_t identifier = named - offset;
  return (identifier < 0 ? identifier : identifier & index_bits()) + offset;
}

static void stat_by_index(const struct step *step) {
  stat_segment(index_of(step), SHM_STAT, text(step, "buffer"));
}

static void stat_any(const struct step *step) {
  stat_segment(index_of(step), SHM_STAT_ANY, text(step, "buffer"));
}

static void set(const struct step *step) {
  struct shmid_ds wanted = {0};
  wanted.shm_perm.uid = (uid_t)number(step, "uid");
  wanted.shm_perm.gid = (gid_t)number(step, "gid");
  wanted.shm_perm.mode = (mode_t)number(step, "mode");
  const int64_t segment = reference(step, "segment");
  control_only(segment, IPC_SET, prepared(text(step, "buffer"), &wanted), 0);
}

static void remove_segment(const struct step *step) {
  const int64_t segment = reference(step, "segment");
  control_only(segment, IPC_RMID, prepared(text(step, "buffer"), NULL), 0);
}

static void lock(const struct step *step) {
  control_only(reference(step, "segment"), SHM_LOCK, NULL, 0);
}

static void unlock(const struct step *step) {
  control_only(reference(step, "segment"), SHM_UNLOCK, NULL, 0);
}

static void any_control(const struct step *step) {
  const int command = (int)number(step, "command");
  const bool fills_in = command == IPC_STAT || command == IPC_INFO || command == SHM_STAT ||
                        command == SHM_INFO || command == SHM_STAT_ANY;
  const int64_t segment = reference(step, "segment");
  control_only(segment, command, prepared("valid", NULL), fills_in ? RECORD_BYTES : 0);
}

static void key_of_path(const struct step *step) {
  returned(ftok(text(step, "path"), (int)number(step, "project")));
}

static bool make_file(const char *path) {
  const int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  return file >= 0 && close(file) == 0;
}

static void keeps_key(const struct step *step) {
  const bool made_again = is_true(step, "made_again");
  char folder[] = "/tmp/shmspec-XXXXXX";
  if (mkdtemp(folder) == NULL) lacking("no folder for temporary files: %s", error_name(errno));
  char first[64], other[64];
  snprintf(first, sizeof(first), "%s/file", folder);
  snprintf(other, sizeof(other), "%s/other", folder);
  const char *second = made_again ? first : other;
  bool made = make_file(first);
  const key_t key_before = ftok(first, 1);
  if (made_again) {
    made = made && unlink(first) == 0 && make_file(first);
  } else {
    made = made && rename(first, second) == 0;
  }
  const key_t key_after = ftok(second, 1);
  const int error = errno;
  unlink(second);
  rmdir(folder);
  if (!made) lacking("no file can be made in the folder for temporary files");
  if (key_after == -1) {
    failure(error);
  } else {
    value(key_after == key_before);
  }
}

const struct operation sysv_operations[] = {{"sysv.get", get},
                                            {"sysv.attach", attach},
                                            {"sysv.detach", detach},
                                            {"sysv.stat", stat_by_id},
                                            {"sysv.set", set},
                                            {"sysv.remove", remove_segment},
                                            {"sysv.lock", lock},
                                            {"sysv.unlock", unlock},
                                            {"sysv.info", info},
                                            {"sysv.shm_info", shm_info},
                                            {"sysv.stat_index", stat_by_index},
                                            {"sysv.stat_any", stat_any},
                                            {"sysv.control", any_control},
                                            {"sysv.key_of_path", key_of_path},
                                            {"sysv.keeps_key", keeps_key},
                                            {NULL, NULL}};
