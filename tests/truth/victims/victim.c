/* A process that is what its arguments say, and prints one line for each signal that it takes.
 *
 *   victim [c:MASK] [i:MASK] [f:MASK] [q] t:BLOCKED[,wMASK] ...
 *
 * Masks are hexadecimal, bit n-1 is signal n.  c: caught, i: ignored, f: read from a signalfd by the first thread,
 * q: the handler is gone after its first run.  Each t: is a thread, the first one the leader: what it blocks, and what it
 * waits for in sigwaitinfo.  A helper, its child, sends a signal to it for each number that it reads, from inside.
 * Lines: "ready", "handler N", "sigwait N", "signalfd N"; the helper says "sent N".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct thread { uint64_t blocked, waited; int waits; };

static struct thread threads[16];
static int count;
static uint64_t from_descriptor;
static pthread_barrier_t barrier;

/* One write, so that lines of different threads do not mix; nothing that a handler may not call. */
static void say(const char *what, int number) {
    char line[32];
    size_t size = strlen(what);
    memcpy(line, what, size);
    line[size++] = ' ';
    if (number >= 10) line[size++] = (char)('0' + number / 10);
    line[size++] = (char)('0' + number % 10);
    line[size++] = '\n';
    if (write(1, line, size) < 0) _exit(9);
}

static void on_signal(int number) { say("handler", number); }

/* The kernel's own call: the C library would leave its two signals out. */
static void set_mask(uint64_t mask) {
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask)) _exit(8);
}

static void *live(void *argument) {
    const struct thread *me = argument;
    int descriptor = -1;
    set_mask(me->blocked);
    if (me == threads && from_descriptor) {
        descriptor = (int)syscall(SYS_signalfd4, -1, &from_descriptor, sizeof from_descriptor, SFD_CLOEXEC);
        if (descriptor < 0) _exit(7);
    }
    pthread_barrier_wait(&barrier);
    if (me == threads) { if (write(1, "ready\n", 6) < 0) _exit(9); }
    for (;;) {
        if (me->waits) {
            long number = syscall(SYS_rt_sigtimedwait, &me->waited, NULL, NULL, sizeof me->waited);
            if (number > 0) say("sigwait", (int)number);
        } else if (descriptor >= 0) {
            struct signalfd_siginfo info;
            if (read(descriptor, &info, sizeof info) == sizeof info) say("signalfd", (int)info.ssi_signo);
        } else {
            pause();
        }
    }
    return NULL;
}

/* Everything blocked: it takes nothing itself. */
static void help(void) {
    char line[16];
    set_mask(~(uint64_t)0);
    while (fgets(line, sizeof line, stdin)) {
        int number = atoi(line);
        kill(getppid(), number);
        say("sent", number);
    }
    _exit(0);
}

int main(int argc, char **argv) {
    uint64_t caught = 0, ignored = 0;
    int flags = 0;
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (int at = 1; at < argc; at++) {
        char *rest = argv[at] + 2;
        switch (argv[at][0]) {
        case 'c': caught = strtoull(rest, NULL, 16); break;
        case 'i': ignored = strtoull(rest, NULL, 16); break;
        case 'f': from_descriptor = strtoull(rest, NULL, 16); break;
        case 'q': flags = (int)SA_RESETHAND; break;
        case 't':
            threads[count].blocked = strtoull(rest, &rest, 16);
            if (*rest == ',') {
                threads[count].waits = 1;
                threads[count].waited = strtoull(rest + 2, NULL, 16);
            }
            count++;
            break;
        }
    }
    pid_t helper = fork();
    if (!helper) help();
    set_mask(~(uint64_t)0); /* until all is as it should be */
    for (int number = 1; number <= 64; number++) {
        struct sigaction action = {.sa_flags = flags};
        uint64_t bit = (uint64_t)1 << (number - 1);
        action.sa_handler = caught & bit ? on_signal : ignored & bit ? SIG_IGN : SIG_DFL;
        sigaction(number, &action, NULL); /* refused for KILL, STOP and the C library's own */
    }
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    for (int at = 1; at < count; at++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, live, &threads[at])) _exit(6);
    }
    live(&threads[0]);
}
