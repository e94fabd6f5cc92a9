#define _GNU_SOURCE
#include "escapes.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static long (*real_syscall)(long, ...);

static void report(const char *where, const char *name, int done) {
  char line[128];
  int error = errno;
  int length = snprintf(line, sizeof line, "escape %s/%s: %s (%d)\n", where, name,
                        done ? "DONE" : "refused", done ? 0 : error);
  if (write(2, line, length) < 0) return;
}

#define attempt(name, condition) do { errno = 0; report(where, name, (condition)); } while (0)

static int is_open(int descriptor) {
  if (descriptor >= 0) close(descriptor);
  return descriptor >= 0;
}

static int forks(void) {
  pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, 0);
  return child > 0;
}

static int vforks(void) {
  long child = real_syscall(SYS_clone, (unsigned long)(SIGCHLD), 0UL, 0UL, 0UL, 0UL);
  if (child == 0) _exit(0);
  if (child > 0) waitpid((pid_t)child, NULL, 0);
  return child > 0;
}

static int executes(void) {
  char *const arguments[] = {"true", NULL};
  execv("/bin/true", arguments);
  return 0; /* else this process would be another one */
}

static void try_all(const char *where) {
  const char *secret = getenv("ESCAPE_FILE"), *folder = getenv("ESCAPE_FOLDER");
  char made[512], other[520];
  snprintf(made, sizeof made, "%s/made-%s", folder ? folder : "/tmp", where);
  snprintf(other, sizeof other, "%s-other", made);
  attempt("read-secret", is_open(open(secret ? secret : "/etc/passwd", O_RDONLY)));
  attempt("make-file", is_open(open(made, O_WRONLY | O_CREAT, 0600)));
  attempt("change-file", is_open(open(secret ? secret : "/etc/passwd", O_RDWR)));
  attempt("cut-file", truncate(secret ? secret : "/etc/passwd", 0) == 0);
  attempt("make-folder", mkdir(made, 0700) == 0);
  attempt("make-link", symlink("/etc", made) == 0);
  attempt("make-name", link(secret ? secret : "/etc/passwd", made) == 0);
  attempt("move-file", rename(secret ? secret : "/etc/passwd", other) == 0);
  attempt("remove-file", unlink(secret ? secret : "/etc/passwd") == 0);
  attempt("change-mode", chmod(secret ? secret : "/etc/passwd", 0777) == 0);
  attempt("memory-file", is_open(memfd_create("x", 0)));
  attempt("fork", forks());
  attempt("clone-process", vforks());
  attempt("exec", executes());
  attempt("unix-socket", is_open(socket(AF_UNIX, SOCK_STREAM, 0)));
  attempt("raw-socket", is_open(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)));
  attempt("packet-socket", is_open(socket(AF_PACKET, SOCK_RAW, 0)));
  if (!getenv("ESCAPE_MAY_CONNECT")) attempt("tcp", is_open(socket(AF_INET, SOCK_STREAM, 0)));
  if (!getenv("ESCAPE_MAY_CONNECT")) attempt("udp", is_open(socket(AF_INET6, SOCK_DGRAM, 0)));
  attempt("signal-parent", kill(getppid(), 0) == 0);
  attempt("trace-parent", real_syscall(SYS_ptrace, 16L, (long)getppid(), 0L, 0L) == 0);
  char byte;
  struct iovec here = {&byte, 1}, there = {(void *)made, 1};
  attempt("read-parent", process_vm_readv(getppid(), &here, 1, &there, 1, 0) > 0);
  attempt("mount", real_syscall(SYS_mount, "none", "/mnt", "tmpfs", 0L, 0L) == 0);
  attempt("name-space", unshare(CLONE_NEWUSER) == 0);
  attempt("bpf", real_syscall(SYS_bpf, 0L, 0L, 0L) >= 0);
  attempt("io-uring", is_open((int)real_syscall(SYS_io_uring_setup, 1L, &there)));
  attempt("perf", real_syscall(SYS_perf_event_open, 0L, 0L, -1L, -1L, 0L) >= 0);
  attempt("keys", real_syscall(SYS_keyctl, 0L, -3L, 1L) >= 0);
  attempt("other-user", setuid(1) == 0);
  attempt("privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
  attempt("dump-core", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  attempt("raise-memory", setrlimit(RLIMIT_DATA, &limit) == 0);
  void *much = mmap(NULL, 1UL << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempt("take-memory", much != MAP_FAILED);
}

static void *try_on_thread(void *unused) {
  (void)unused;
  try_all("thread");
  return NULL;
}

/* What the process under test calls to filter its system calls. */
long syscall(long number, ...) {
  if (!real_syscall) *(void **)&real_syscall = dlsym(RTLD_NEXT, "syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  long result = real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (number == SYS_seccomp && a[0] == SECCOMP_SET_MODE_FILTER && result == 0 &&
      getenv("ESCAPE_FOLDER")) {
    try_all("main");
    pthread_t thread;
    if (pthread_create(&thread, NULL, try_on_thread, NULL) == 0) pthread_join(thread, NULL);
    report("all", "end", 0);
  }
  return result;
}
