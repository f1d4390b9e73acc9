#include "CLinux.h"

// Where the kernel finds this process's arguments and environment, proc(5), /proc/pid/stat: arg_start is the 48th field.
static int argument_area(unsigned long *start, unsigned long *arguments_end, unsigned long *end) {
    char text[2048];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return -1;
    text[count] = '\0';
    // The second field is the program's name in parentheses, and may have spaces and parentheses itself.
    const char *at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < 48; field++) at = strchr(at + 1, ' ');
    if (at == NULL) return -1;
    char *next = (char *)at;
    *start = strtoul(next, &next, 10);
    *arguments_end = strtoul(next, &next, 10);
    unsigned long environment = strtoul(next, &next, 10);
    *end = strtoul(next, &next, 10);
    // An emulator in user mode writes zeros, as Linux before 3.5 wrote nothing.
    return *start != 0 && environment == *arguments_end && *end > *arguments_end ? 0 : -1;
}

// The environment is moved out of the way: the title may be longer than the arguments, and then reaches into it.
static int move_environment(void) {
    size_t count = 0;
    while (environ[count] != NULL) count++;
    char **copy = calloc(count + 1, sizeof *copy);
    if (copy == NULL) return -1;
    for (size_t index = 0; index < count; index++) {
        copy[index] = strdup(environ[index]);
        if (copy[index] == NULL) return -1;
    }
    environ = copy;
    return 0;
}

int clinux_set_title(const char *title) {
    unsigned long start, arguments_end, end;
    if (argument_area(&start, &arguments_end, &end) != 0) return -1;
    size_t length = strlen(title);
    if (length >= end - start || move_environment() != 0) return -1;
    // The rest becomes zeros. Where the last byte of the arguments is not one, the kernel reads on into the environment
    // up to the first zero (fs/proc/base.c, get_mm_cmdline).
    memset((char *)start, 0, end - start);
    memcpy((char *)start, title, length);
    return 0;
}
