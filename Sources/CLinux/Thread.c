// One thread that works off a list of jobs, for what may block. The list is all that two threads share.
#include "CLinux.h"

#include <sys/eventfd.h>

struct item {
    struct item *next;
    void *job;
};

struct list {
    struct item *first;
    struct item *last;
};

struct clinux_thread {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct list waiting;
    struct list done;
    int is_ending;
    int event;
    void (*run)(void *job);
};

static void append(struct list *list, struct item *item) {
    item->next = NULL;
    if (list->last) list->last->next = item;
    else list->first = item;
    list->last = item;
}

static struct item *take_first(struct list *list) {
    struct item *item = list->first;
    if (!item) return NULL;
    list->first = item->next;
    if (!list->first) list->last = NULL;
    return item;
}

static void *work(void *argument) {
    struct clinux_thread *self = argument;
    pthread_mutex_lock(&self->lock);
    for (;;) {
        struct item *item = take_first(&self->waiting);
        if (!item) {
            if (self->is_ending) break;
            pthread_cond_wait(&self->changed, &self->lock);
            continue;
        }
        pthread_mutex_unlock(&self->lock);
        self->run(item->job);
        pthread_mutex_lock(&self->lock);
        append(&self->done, item);
        uint64_t one = 1;
        // A counter that is full already wakes its reader.
        if (write(self->event, &one, sizeof one) < 0) continue;
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

// All signals stay with the thread that asks for them by signalfd(2).
static int start(struct clinux_thread *self, size_t stack) {
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    pthread_attr_setstacksize(&attributes, stack);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&self->thread, &attributes, work, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

struct clinux_thread *clinux_thread_start(void (*run)(void *job), size_t stack) {
    struct clinux_thread *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->run = run;
    self->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->event < 0) {
        free(self);
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    int code = start(self, stack);
    if (code != 0) {
        close(self->event);
        free(self);
        errno = code;
        return NULL;
    }
    return self;
}

int clinux_thread_event(const struct clinux_thread *self) { return self->event; }

void clinux_thread_submit(struct clinux_thread *self, void *job) {
    struct item *item = malloc(sizeof *item);
    if (!item) abort();
    item->job = job;
    pthread_mutex_lock(&self->lock);
    append(&self->waiting, item);
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void *clinux_thread_take_done(struct clinux_thread *self) {
    pthread_mutex_lock(&self->lock);
    struct item *item = take_first(&self->done);
    if (!item) {
        // Emptied under the lock: what is done later is told anew.
        uint64_t count;
        if (read(self->event, &count, sizeof count) < 0) count = 0;
    }
    pthread_mutex_unlock(&self->lock);
    if (!item) return NULL;
    void *job = item->job;
    free(item);
    return job;
}

void clinux_thread_join(struct clinux_thread *self) {
    pthread_mutex_lock(&self->lock);
    self->is_ending = 1;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
}

void clinux_thread_free(struct clinux_thread *self) {
    close(self->event);
    pthread_mutex_destroy(&self->lock);
    pthread_cond_destroy(&self->changed);
    free(self);
}
