// Tells when its first instructions ran: CLOCK_MONOTONIC in nanoseconds, as text, on descriptor 1.
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    unsigned long long value = (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec;
    char digits[24];
    char *start = digits + sizeof digits;
    *--start = '\n';
    do *--start = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return write(1, start, (size_t)(digits + sizeof digits - start)) < 0;
}
