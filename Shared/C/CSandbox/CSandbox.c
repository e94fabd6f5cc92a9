#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
const uint32_t SandboxArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
const uint32_t SandboxArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the sandbox knows the system calls of x86-64 and aarch64 only"
#endif

_Static_assert(sizeof(SandboxInstruction) == sizeof(struct sock_filter), "one layout");
_Static_assert(offsetof(SandboxInstruction, value) == offsetof(struct sock_filter, k), "one layout");

// The kernel's numbers of landlock's calls are the same on every machine.
enum { landlockCreate = 444, landlockAdd = 445, landlockRestrict = 446 };

struct landlockRules { uint64_t files, network, scoped; };
struct landlockPath { uint64_t allowed; int32_t parent; } __attribute__((packed));

#define call(name) { #name, SYS_##name }
static const struct { const char *name; int32_t number; } calls[] = {
  call(accept), call(accept4), call(bind), call(brk), call(capget), call(clock_getres),
  call(clock_gettime), call(clock_nanosleep), call(clone), call(clone3), call(close), call(connect),
  call(dup), call(dup3), call(epoll_create1), call(epoll_ctl), call(epoll_pwait), call(eventfd2),
  call(execve), call(execveat), call(exit), call(exit_group), call(faccessat), call(faccessat2),
  call(fcntl), call(fstat), call(fstatfs), call(futex), call(get_mempolicy), call(get_robust_list),
  call(getcpu), call(getcwd), call(getdents64), call(getegid), call(geteuid), call(getgid),
  call(getpeername), call(getpgid), call(getpid), call(getppid), call(getpriority), call(getrandom),
  call(getresgid), call(getresuid), call(getrusage), call(getsid), call(getsockname),
  call(getsockopt), call(gettid), call(gettimeofday), call(getuid), call(ioctl), call(kill),
  call(listen), call(lseek), call(madvise), call(membarrier), call(mincore), call(mmap),
  call(mprotect), call(mremap), call(munmap), call(nanosleep), call(newfstatat), call(openat),
  call(pipe2), call(ppoll), call(prctl), call(pread64), call(preadv), call(prlimit64),
  call(pselect6), call(read), call(readlinkat), call(readv), call(recvfrom), call(recvmmsg),
  call(recvmsg), call(restart_syscall), call(rseq), call(rt_sigaction), call(rt_sigpending),
  call(rt_sigprocmask), call(rt_sigreturn), call(rt_sigsuspend), call(rt_sigtimedwait),
  call(sched_get_priority_max), call(sched_get_priority_min), call(sched_getaffinity),
  call(sched_getattr), call(sched_getparam), call(sched_getscheduler), call(sched_setaffinity),
  call(sched_setscheduler), call(sched_yield), call(sendmmsg), call(sendmsg), call(sendto),
  call(set_robust_list), call(set_tid_address), call(setpriority), call(setsockopt), call(shutdown),
  call(sigaltstack), call(signalfd4), call(socket), call(splice), call(statfs), call(statx),
  call(sysinfo), call(tgkill), call(timerfd_create), call(timerfd_gettime), call(timerfd_settime),
  call(times), call(uname), call(write), call(writev),
#if defined(__x86_64__)
  call(access), call(alarm), call(arch_prctl), call(dup2), call(epoll_wait), call(getpgrp),
  call(getrlimit), call(lstat), call(open), call(pipe), call(poll), call(readlink), call(select),
  call(stat), call(time),
#endif
};
#undef call

int32_t sandbox_system_call(const char *name) {
  for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
    if (strcmp(calls[i].name, name) == 0) return calls[i].number;
  return -ENOSYS;
}

static int32_t outcome(long result) { return result < 0 ? -errno : (int32_t)result; }

int32_t sandbox_give_up_privileges(void) {
  return outcome(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

int32_t sandbox_filter(const SandboxInstruction *instructions, uint16_t count) {
  struct sock_fprog program = {count, (struct sock_filter *)instructions};
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  // A positive result is the thread that could not be brought under the filter.
  return result > 0 ? -EBUSY : outcome(result);
}

int32_t sandbox_landlock_version(void) { return outcome(syscall(landlockCreate, NULL, 0, 1)); }

int32_t sandbox_landlock_create(uint64_t files, uint64_t network, uint64_t scoped) {
  struct landlockRules rules = {files, network, scoped};
  // An older kernel takes the longer struct as long as what it does not know is zero.
  return outcome(syscall(landlockCreate, &rules, sizeof(rules), 0));
}

int32_t sandbox_landlock_allow(
    int32_t rules, const char *path, uint64_t fileRights, uint64_t folderRights) {
  int place = open(path, O_PATH | O_CLOEXEC);
  if (place < 0) return -errno;
  struct stat status;
  if (fstat(place, &status) != 0) {
    int error = errno;
    close(place);
    return -error;
  }
  struct landlockPath rule = {S_ISDIR(status.st_mode) ? folderRights : fileRights, place};
  int32_t result = outcome(syscall(landlockAdd, rules, 1, &rule, 0));
  close(place);
  return result;
}

int32_t sandbox_landlock_restrict(int32_t rules) {
  int32_t result = outcome(syscall(landlockRestrict, rules, 0));
  close(rules);
  return result;
}

int32_t sandbox_limit(SandboxResource resource, uint64_t value) {
  static const int resources[] = {RLIMIT_DATA, RLIMIT_CORE, RLIMIT_CPU};
  struct rlimit limit;
  if (getrlimit(resources[resource], &limit) != 0) return -errno;
  if (limit.rlim_cur > value) limit.rlim_cur = value;
  if (limit.rlim_max > value) limit.rlim_max = value;
  return outcome(setrlimit(resources[resource], &limit));
}
