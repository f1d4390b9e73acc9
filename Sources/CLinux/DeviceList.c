// The list of devices of cgroup v2 is a program that the kernel runs at each open of a device (cgroups-v2's "Device
// controller", bpf(2)).
#include "CLinux.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

enum { MOST_DEVICES = 64, MOST_INSTRUCTIONS = 16 + MOST_DEVICES * 8 };

static struct bpf_insn instruction(uint8_t code, uint8_t to, uint8_t from, int16_t jump, int32_t value) {
    struct bpf_insn made;
    memset(&made, 0, sizeof made);
    made.code = code;
    made.dst_reg = to;
    made.src_reg = from;
    made.off = jump;
    made.imm = value;
    return made;
}

// The context is struct bpf_cgroup_dev_ctx: access_type (access << 16 | type), major, minor.
static int compile(struct bpf_insn *program, const struct clinux_device *devices, int count) {
    int size = 0;
    program[size++] = instruction(BPF_LDX | BPF_MEM | BPF_W, 2, 1, 0, 0);
    program[size++] = instruction(BPF_ALU | BPF_MOV | BPF_X, 3, 2, 0, 0);
    program[size++] = instruction(BPF_ALU | BPF_AND | BPF_K, 2, 0, 0, 0xFFFF);
    program[size++] = instruction(BPF_ALU | BPF_RSH | BPF_K, 3, 0, 0, 16);
    program[size++] = instruction(BPF_LDX | BPF_MEM | BPF_W, 4, 1, 4, 0);
    program[size++] = instruction(BPF_LDX | BPF_MEM | BPF_W, 5, 1, 8, 0);
    for (int index = 0; index < count; index++) {
        // Six instructions; the jumps lead behind the last one.
        int type = devices[index].is_block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
        int refused = (devices[index].may_make ? 0 : BPF_DEVCG_ACC_MKNOD) | (devices[index].may_write ? 0 : BPF_DEVCG_ACC_WRITE);
        program[size++] = instruction(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 5, type);
        program[size++] = instruction(BPF_JMP | BPF_JNE | BPF_K, 4, 0, 4, (int32_t)devices[index].major);
        program[size++] = instruction(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 3, (int32_t)devices[index].minor);
        program[size++] = instruction(BPF_JMP | BPF_JSET | BPF_K, 3, 0, 2, refused);
        program[size++] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1);
        program[size++] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    }
    program[size++] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
    program[size++] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    return size;
}

int clinux_limit_devices(int cgroup, const struct clinux_device *devices, int count) {
    if (count < 0 || count > MOST_DEVICES) {
        errno = E2BIG;
        return -1;
    }
    struct bpf_insn program[MOST_INSTRUCTIONS];
    union bpf_attr load;
    memset(&load, 0, sizeof load);
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insn_cnt = (uint32_t)compile(program, devices, count);
    load.insns = (uint64_t)(uintptr_t)program;
    load.license = (uint64_t)(uintptr_t) "GPL";
    int loaded = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
    if (loaded < 0) return -1;
    union bpf_attr attach;
    memset(&attach, 0, sizeof attach);
    attach.target_fd = (uint32_t)cgroup;
    attach.attach_bpf_fd = (uint32_t)loaded;
    attach.attach_type = BPF_CGROUP_DEVICE;
    long result = syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach);
    int code = errno;
    close(loaded);
    errno = code;
    return (int)result;
}

int64_t clinux_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)status.f_type : -1;
}

int clinux_device_numbers(const char *path, struct clinux_device *device) {
    struct stat status;
    if (lstat(path, &status) < 0) return 0;
    if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) return 0;
    device->is_block = S_ISBLK(status.st_mode);
    device->major = major(status.st_rdev);
    device->minor = minor(status.st_rdev);
    return 1;
}
