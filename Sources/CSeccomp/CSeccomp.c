#define _GNU_SOURCE

#include "CSeccomp.h"

#include "Calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
enum {
    // Instructions of 8 bytes: BPF_MAXINSNS of them are the most the kernel takes; a pipe holds 64 KiB.
    LARGEST = 4096 * 8,
    INSTRUCTION = 8,
};

// Names that this libseccomp or this architecture does not know are none that could be called: they are left out.
static int add(scmp_filter_ctx filter, uint32_t action, const char *const *names) {
    for (; *names != NULL; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        if (number == __NR_SCMP_ERROR) continue;
        int result = seccomp_rule_add(filter, action, number, 0);
        if (result < 0 && result != -EDOM && result != -EINVAL) return result;
    }
    return 0;
}

static int allow_first_argument(scmp_filter_ctx filter, int call, uint64_t value) {
    struct scmp_arg_cmp condition = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

// Some calls are harmless with some arguments only.
static int add_with_arguments(scmp_filter_ctx filter) {
    static const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                       CLONE_NEWPID | CLONE_NEWNET;
    int result = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0));
    // AF_CAN and AF_BLUETOOTH are what gateways are for; AF_VSOCK, AF_ALG, AF_PACKET and the like are not.
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_CAN, AF_BLUETOOTH};
    for (size_t index = 0; result == 0 && index < sizeof families / sizeof *families; index++) {
        result = allow_first_argument(filter, SCMP_SYS(socket), (uint64_t)families[index]);
    }
    // PER_LINUX, PER_LINUX32, each with UNAME26 or without, and the question which one it is (personality(2)).
    static const uint64_t personalities[] = {0, 8, 0x20000, 0x20008, 0xFFFFFFFF};
    for (size_t index = 0; result == 0 && index < sizeof personalities / sizeof *personalities; index++) {
        result = allow_first_argument(filter, SCMP_SYS(personality), personalities[index]);
    }
    return result;
}

static int export(scmp_filter_ctx filter, void **bytes) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    int result = seccomp_export_bpf(filter, ends[1]);
    close(ends[1]);
    char *room = malloc(LARGEST);
    ssize_t held = 0;
    if (room == NULL) result = -ENOMEM;
    while (result >= 0) {
        ssize_t count = read(ends[0], room + held, (size_t)(LARGEST - held));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) result = -errno;
        if (count <= 0) break;
        held += count;
    }
    close(ends[0]);
    if (result >= 0 && (held == 0 || held == LARGEST || held % INSTRUCTION != 0)) result = -E2BIG;
    if (result < 0) {
        free(room);
        return result;
    }
    *bytes = room;
    return (int)(held / INSTRUCTION);
}

int cseccomp_compile(void **bytes) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (filter == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int result = 0;
#if defined(__aarch64__)
    // 32-bit programs run on a 64-bit kernel too.
    result = seccomp_arch_add(filter, SCMP_ARCH_ARM);
#endif
    // A binary tree of numbers instead of a list: a list of this length costs 0.4 ms a start. Before 2.5 there is none.
    if (result == 0) seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    // Before Linux 4.14 there is only the thread's end.
    if (result == 0 && seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0) {
        result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_THREAD);
    }
    // The caller has set no_new_privs, and may not set it in a control run.
    if (result == 0) result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
    if (result == 0) result = add(filter, SCMP_ACT_ALLOW, harmless_calls);
    if (result == 0) result = add(filter, SCMP_ACT_ERRNO(EPERM), privileged_calls);
    if (result == 0) result = add_with_arguments(filter);
    if (result == 0) result = export(filter, bytes);
    seccomp_release(filter);
    if (result < 0) {
        errno = -result;
        return -1;
    }
    return result;
}

int cseccomp_allow_all(void **bytes) {
    struct sock_filter *instruction = malloc(sizeof *instruction);
    if (instruction == NULL) return -1;
    *instruction = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    *bytes = instruction;
    return 1;
}

unsigned cseccomp_version(void) {
    const struct scmp_version *version = seccomp_version();
    return version->major * 10000 + version->minor * 100 + version->micro;
}
