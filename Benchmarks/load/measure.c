// Clocks, processor time, memory, percentiles.
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    ERR_print_errors_fp(stderr);
    exit(1);
}

void *need(void *memory) {
    if (!memory) fail("memory");
    return memory;
}

int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double seconds_of(clockid_t clock) {
    struct timespec t;
    if (clock_gettime(clock, &t) != 0) return 0;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Of all threads, in nanoseconds' resolution; user and system.
double process_seconds(pid_t pid) {
    clockid_t clock;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0) return 0;
    return seconds_of(clock);
}

double own_seconds(void) {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

long process_kilobytes(pid_t pid, const char *field) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    long value = 0;
    size_t length = strlen(field);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, field, length) == 0 && line[length] == ':') value = atol(line + length + 1);
    fclose(file);
    return value;
}

void latencies_add(struct latencies *l, int64_t nanoseconds) {
    if (l->count == l->capacity) {
        l->capacity = l->capacity ? l->capacity * 2 : 65536;
        l->values = need(realloc(l->values, l->capacity * sizeof *l->values));
    }
    l->values[l->count++] = (float)nanoseconds / 1000;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static float percentile(const struct latencies *l, double share) {
    size_t index = (size_t)((double)l->count * share);
    return l->values[index < l->count ? index : l->count - 1];
}

// As further members of a JSON object.
void latencies_print(struct latencies *l) {
    if (l->count == 0) return;
    qsort(l->values, l->count, sizeof *l->values, ascending);
    printf(", \"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f", percentile(l, 0.5), percentile(l, 0.99),
           percentile(l, 0.999), l->values[l->count - 1]);
}

int watch(int epoll, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// epoll_wait(2) with a deadline in nanoseconds of now(); 0 polls.
int wait_until(int epoll, void *events, int most, int64_t deadline) {
    int64_t left = deadline ? deadline - now() : 0;
    if (left < 0) left = 0;
    struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    int count = epoll_pwait2(epoll, events, most, &timeout, NULL);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    return count < 0 ? 0 : count;
}
