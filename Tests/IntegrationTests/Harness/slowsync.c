// Preloaded into a core: as long as the file named by SLOWSYNC_GATE is there, every sync waits, and says so in it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_at_gate(void) {
    const char *gate = getenv("SLOWSYNC_GATE");
    if (!gate) return;
    int fd = open(gate, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return;
    if (write(fd, "waiting\n", 8) < 0) _exit(70);
    close(fd);
    while (access(gate, F_OK) == 0) usleep(1000);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_at_gate();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_at_gate();
    return real(fd);
}
