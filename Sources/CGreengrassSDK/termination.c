// SIGTERM ends every wait through a pipe that becomes readable and stays so.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static int termination_pipe[2] = {-1, -1};
static volatile sig_atomic_t is_terminating;
static volatile sig_atomic_t is_handling;
static pthread_t handler_thread;

static void on_termination(int signal_number) {
    (void)signal_number;
    int saved = errno;
    is_terminating = 1;
    // The pipe does not block, and a full one is readable already.
    ssize_t ignored = write(termination_pipe[1], "", 1);
    (void)ignored;
    errno = saved;
}

gg_error ggi_watch_termination(void) {
    if (pipe2(termination_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return GGE_INTERNAL_FAILURE;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_termination;
    sigemptyset(&action.sa_mask);
    // Without SA_RESTART: the function's own waits end with EINTR and it can look around.
    return sigaction(SIGTERM, &action, NULL) == 0 ? GGE_SUCCESS : GGE_INTERNAL_FAILURE;
}

bool ggi_is_terminating(void) { return is_terminating != 0; }

int ggi_termination_descriptor(void) { return termination_pipe[0]; }

void ggi_pause(int milliseconds) {
    // After SIGTERM nobody waits.
    struct pollfd ending = {termination_pipe[0], POLLIN, 0};
    poll(&ending, termination_pipe[0] >= 0 ? 1 : 0, milliseconds);
}

void ggi_set_handler_thread(bool handles) {
    if (handles) handler_thread = pthread_self();
    is_handling = handles;
}

bool ggi_is_handling(void) { return is_handling && pthread_equal(pthread_self(), handler_thread); }

bool ggi_refuses_calls(void) { return is_terminating && !ggi_is_handling(); }
