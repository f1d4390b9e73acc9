// As misbehaving.py; its events are "<what to do> <number>", its answers the same.
#define _GNU_SOURCE
#include <fcntl.h>
#include <greengrasssdk.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void *exit_thread(void *argument) {
    (void)argument;
    _exit(5);
}

static void leave_daemon(int clean) {
    char *mark = getenv("SOAK_MARK");
    char *arguments[] = {mark, "100000", NULL};
    pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() != 0) _exit(0);
        if (clean) {
            for (int file = 0; file < 256; file++) close(file);
            signal(SIGHUP, SIG_IGN);
            char *none[] = {NULL};
            execve("/bin/sleep", arguments, none);
        }
        execv("/bin/sleep", arguments);
        _exit(1);
    }
    waitpid(child, NULL, 0);
}

static void hoard(void) {
    int is_bounded = strcmp(getenv("SOAK_BOUNDED"), "yes") == 0;
    do {
        char *memory = malloc(1 << 20);
        if (memory != NULL) memset(memory, 1, 1 << 20);
    } while (is_bounded);
}

static void litter(void) {
    for (int count = 0; count < 20; count++) {
        int ends[2];
        if (pipe(ends) != 0 || open("/dev/null", O_RDONLY) < 0 || socket(AF_UNIX, SOCK_STREAM, 0) < 0) return;
    }
}

static void flood(void) {
    for (int count = 0; count < 2000; count++) printf("%0100d\n", count);
    fflush(stdout);
}

static void act(const char *what) {
    pthread_t thread;
    if (strcmp(what, "exits") == 0) exit(3);
    if (strcmp(what, "segfaults") == 0) raise(SIGSEGV);
    if (strcmp(what, "aborts") == 0) abort();
    if (strcmp(what, "exits_in_thread") == 0) {
        if (pthread_create(&thread, NULL, exit_thread, NULL) == 0) sleep(1000);
    }
    if (strcmp(what, "hangs") == 0) {
        signal(SIGTERM, SIG_IGN);
        for (;;) sleep(1000);
    }
    if (strcmp(what, "stops") == 0) {
        raise(SIGSTOP);
        for (;;) sleep(1000);
    }
    if (strcmp(what, "kills_its_group") == 0) kill(0, SIGKILL);
    if (strcmp(what, "daemonizes") == 0) leave_daemon(0);
    if (strcmp(what, "daemonizes_cleanly") == 0) leave_daemon(1);
    if (strcmp(what, "hoards") == 0) hoard();
    if (strcmp(what, "litters") == 0) litter();
    if (strcmp(what, "floods") == 0) flood();
    if (strcmp(what, "closes") == 0) {
        for (int file = 0; file < 7; file++) close(file);
        for (int file = 0; file < 7; file++) {
            if (open("/dev/null", O_RDWR) < 0) abort();
        }
    }
}

static void handler(const gg_lambda_context *context) {
    (void)context;
    char event[128];
    char what[64] = "";
    size_t count = 0;
    gg_lambda_handler_read(event, sizeof event - 1, &count);
    event[count] = '\0';
    sscanf(event, "%63s", what);
    if (strcmp(what, "raises") == 0) {
        gg_lambda_handler_write_error("as told");
        return;
    }
    act(what);
    gg_lambda_handler_write_response(event, count);
}

int main(void) {
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    gg_runtime_start(handler, 0);
    return 0;
}
