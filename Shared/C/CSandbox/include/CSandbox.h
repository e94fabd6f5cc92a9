/// What Linux offers a process to give up its own rights with, as plain functions: seccomp(2),
/// landlock(7), prctl(2) and setrlimit(2) are variadic, or in no header of Debian 12, or both.
///
/// Every function returns 0 or more for success, and a negative errno otherwise.
#ifndef SLIPWAY_C_SANDBOX_H
#define SLIPWAY_C_SANDBOX_H

#include <stdint.h>

/// One instruction of classic BPF; the layout of `struct sock_filter`.
typedef struct SandboxInstruction {
  uint16_t code;
  uint8_t jumpTrue;
  uint8_t jumpFalse;
  uint32_t value;
} SandboxInstruction;

typedef enum SandboxResource {
  SandboxResourceData,
  SandboxResourceCore,
  SandboxResourceProcessorSeconds,
} SandboxResource;

/// This machine's `AUDIT_ARCH_...`: system calls of another one have other numbers.
extern const uint32_t SandboxArchitecture;

/// The number of a system call on this machine; -ENOSYS where it has no call of that name.
int32_t sandbox_system_call(const char *_Nonnull name);

/// Nothing that this thread executes gains rights from then on. Its later threads inherit it.
int32_t sandbox_give_up_privileges(void);

/// Filters the system calls of every thread of the process, now and later. Once done it can't be undone.
int32_t sandbox_filter(const SandboxInstruction *_Nonnull, uint16_t count);

/// The kernel's version of landlock; negative where it has none.
int32_t sandbox_landlock_version(void);

/// A set of rules under which the handled rights are refused except where allowed: its descriptor.
int32_t sandbox_landlock_create(uint64_t handledFiles, uint64_t handledNetwork, uint64_t scoped);

/// Allows rights at a file, or at a folder and all below it. -ENOENT where there is nothing.
int32_t sandbox_landlock_allow(
    int32_t rules, const char *_Nonnull path, uint64_t fileRights, uint64_t folderRights);

/// Puts this thread, and the threads that it makes from then on, under the rules; closes their
/// descriptor either way.
int32_t sandbox_landlock_restrict(int32_t rules);

/// Lowers both limits of a resource; one that is lower already stays.
int32_t sandbox_limit(SandboxResource, uint64_t value);

#endif
