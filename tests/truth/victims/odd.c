/* A process in a state that masks alone do not show; it prints one line for each signal that it takes.
 *
 *   odd KIND CAUGHT IGNORED FIRST SECOND          (masks, hexadecimal, bit n-1 is signal n)
 *
 * leader-gone  the first thread blocks FIRST and has ended; another one blocks SECOND and goes on
 * sigsuspend   FIRST is blocked, but in the call that it waits in SECOND is
 * ppoll        the same in another call
 * sigwait      FIRST is blocked, it waits for SECOND: also for what it has not blocked, against the manual
 * poll         FIRST is blocked, a signalfd reads SECOND, and it looks there when poll says so
 * vfork        blocks FIRST and waits in vfork for its child
 * vfork-thread the same, and another thread blocks SECOND
 * child        it blocks FIRST; its child, which is the one that prints, blocks SECOND
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t first, second;

static void say(const char *text) {
    if (write(1, text, strlen(text)) < 0) _exit(9);
}

static void tell(const char *what, long number) {
    char line[32];
    snprintf(line, sizeof line, "%s %ld\n", what, number);
    say(line);
}

static void on_signal(int number) { tell("handler", number); }

/* The kernel's own call: the C library would leave its two signals out. */
static void set_mask(uint64_t mask) {
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask)) _exit(8);
}

static void *go_on(void *unused) {
    (void)unused;
    set_mask(second);
    say("ready\n");
    for (;;) pause();
    return NULL;
}

static void read_when_told(void) {
    struct signalfd_siginfo found;
    long descriptor = syscall(SYS_signalfd4, -1, &second, sizeof second, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd at = {(int)descriptor, POLLIN, 0};
    for (say("ready\n");;)
        if (poll(&at, 1, -1) == 1 && read(at.fd, &found, sizeof found) == sizeof found) tell("signalfd", found.ssi_signo);
}

/* The child goes when its parent does. */
static void wait_in_vfork(void) {
    pid_t parent = getpid();
    if (vfork()) _exit(0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    for (say("ready\n");;) pause();
}

int main(int argc, char **argv) {
    struct rlimit none = {0, 0};
    pthread_t thread;
    setrlimit(RLIMIT_CORE, &none);
    if (argc != 6) return 2;
    const char *kind = argv[1];
    uint64_t caught = strtoull(argv[2], NULL, 16), ignored = strtoull(argv[3], NULL, 16);
    first = strtoull(argv[4], NULL, 16);
    second = strtoull(argv[5], NULL, 16);
    for (int number = 1; number <= 64; number++) {
        uint64_t bit = (uint64_t)1 << (number - 1);
        if (caught & bit) signal(number, on_signal);
        if (ignored & bit) signal(number, SIG_IGN);
    }
    set_mask(first);
    if (!strcmp(kind, "leader-gone")) {
        pthread_create(&thread, NULL, go_on, NULL);
        syscall(SYS_exit, 0);
    } else if (!strcmp(kind, "sigsuspend")) {
        for (say("ready\n");;) syscall(SYS_rt_sigsuspend, &second, sizeof second);
    } else if (!strcmp(kind, "ppoll")) {
        for (say("ready\n");;) syscall(SYS_ppoll, NULL, 0, NULL, &second, sizeof second);
    } else if (!strcmp(kind, "sigwait")) {
        for (say("ready\n");;) {
            long number = syscall(SYS_rt_sigtimedwait, &second, NULL, NULL, sizeof second);
            if (number > 0) tell("sigwait", number);
        }
    } else if (!strcmp(kind, "poll")) {
        read_when_told();
    } else if (!strcmp(kind, "vfork")) {
        wait_in_vfork();
    } else if (!strcmp(kind, "vfork-thread")) {
        pthread_create(&thread, NULL, go_on, NULL);
        wait_in_vfork();
    } else if (!strcmp(kind, "child")) {
        if (!fork()) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            go_on(NULL);
        }
        for (;;) pause();
    }
    return 2;
}
