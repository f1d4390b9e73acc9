// load COMMAND --port N [options]: see load.h for the options, and each command's file for what it does.
#define _GNU_SOURCE
#include "load.h"
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static const struct {
    const char *name;
    int (*run)(const struct options *);
} commands[] = {
    {"fan", run_fan}, {"window", run_window}, {"devices", run_devices}, {"connects", run_connects}, {"hold", run_hold},
    {"echo", run_echo}, {"flood", run_flood},
};

static const struct option names[] = {
    {"host", 1, NULL, 'h'},    {"port", 1, NULL, 'p'},   {"tls", 1, NULL, 't'},         {"tls-port", 1, NULL, 'P'},
    {"names", 1, NULL, 'n'},   {"topic", 1, NULL, 'o'},  {"pid", 1, NULL, 'i'},         {"clients", 1, NULL, 'c'},
    {"size", 1, NULL, 's'},    {"window", 1, NULL, 'w'}, {"topics", 1, NULL, 'T'},      {"filters", 1, NULL, 'f'},
    {"rate", 1, NULL, 'r'},    {"seconds", 1, NULL, 'd'}, {"version", 1, NULL, 'v'},    {"resume", 0, NULL, 'R'},
    {"tls-clients", 1, NULL, 'C'}, {"count", 1, NULL, 'N'}, {"entry", 0, NULL, 'e'}, {NULL, 0, NULL, 0},
};

static void set(struct options *o, int option) {
    switch (option) {
    case 'h': o->host = optarg; break;
    case 'p': o->port = atoi(optarg); break;
    case 'P': o->tls_port = atoi(optarg); break;
    case 't': o->tls = optarg; break;
    case 'n': o->names = optarg; break;
    case 'o': o->topic = optarg; break;
    case 'i': o->pid = atoi(optarg); break;
    case 'c': o->clients = atoi(optarg); break;
    case 'C': o->tls_clients = atoi(optarg); break;
    case 's': o->size = atoi(optarg); break;
    case 'w': o->window = atoi(optarg); break;
    case 'T': o->topics = atoi(optarg); break;
    case 'f': o->filters = atoi(optarg); break;
    case 'r': o->rate = atof(optarg); break;
    case 'd': o->seconds = atof(optarg); break;
    case 'v': o->version = atoi(optarg); break;
    case 'R': o->resume = true; break;
    case 'N': o->count = atoi(optarg); break;
    case 'e': o->entry = true; break;
    default: exit(2);
    }
}

int main(int count, char **words) {
    struct options o = {.host = "127.0.0.1", .names = "d", .topic = "bench", .clients = 1, .size = 100, .window = 20,
                        .seconds = 2, .count = 1000};
    int option;
    while ((option = getopt_long(count, words, "", names, NULL)) != -1) set(&o, option);
    if (o.size < (int)sizeof(struct stamp) || o.size > 60000 || o.clients < 0) {
        fprintf(stderr, "load: a payload has 16 to 60000 bytes\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    // Sleeps until a message is due are exact to a microsecond, not to fifty.
    prctl(PR_SET_TIMERSLACK, 1);
    for (size_t i = 0; optind < count && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(words[optind], commands[i].name) == 0) return commands[i].run(&o);
    fprintf(stderr, "usage: load fan|window|devices|connects|hold|echo|flood --port N [--pid N] [--tls FOLDER] …\n");
    return 2;
}
