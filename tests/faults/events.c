/* Counts the looks at files below a directory that a process takes (stat, open, read, and writes, too), and does something at one
 * of them: changes what is there as another program would, or sends a signal.
 *
 * Preloaded by tests. `events_arm` (called through ctypes) begins; what is counted are calls of the C library. Calls that
 * go to the kernel directly are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, SIGNAL, TRUNCATE, GROW, REWRITE, REPLACE, TAKE_AWAY };

static char watched[4096], other[4096];
static size_t watched_length;
static int is_directory, what, signal_number;
static long point, seen;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* path: a directory, below which everything counts, or one file. replacement: what comes in its place by a rename. */
void events_arm(const char *path, int directory, long at, int kind, int number, const char *replacement)
{
    snprintf(watched, sizeof watched, "%s", path);
    snprintf(other, sizeof other, "%s", replacement);
    is_directory = directory;
    point = at;
    what = kind;
    signal_number = number;
    __atomic_store_n(&seen, 0, __ATOMIC_SEQ_CST);
    watched_length = strlen(watched);
}

long events_seen(void) { return __atomic_load_n(&seen, __ATOMIC_SEQ_CST); }

void events_disarm(void) { watched_length = 0; }

/* A program that cannot be asked is armed by its environment: TAKE_AWAY="NUMBER|WATCHED|WHERE TO". A watched directory counts
 * itself, too. */
static int counts_itself;
__attribute__((constructor)) static void arm_by_environment(void)
{
    const char *said = getenv("TAKE_AWAY");
    char path[4096], aside[4096];
    long at;
    if (said && sscanf(said, "%ld|%4095[^|]|%4095[^|]", &at, path, aside) == 3) {
        counts_itself = 1;
        events_arm(path, 1, at, TAKE_AWAY, 0, aside);
    }
}

static int is_watched(const char *path)
{
    char full[8192];
    if (!watched_length || !path)
        return 0;
    if (path[0] != '/') {
        char cwd[4096];
        if (!getcwd(cwd, sizeof cwd))
            return 0;
        snprintf(full, sizeof full, "%s/%s", cwd, path);
        path = full;
    }
    if (strncmp(path, watched, watched_length))
        return 0;
    if (counts_itself && !path[watched_length])
        return 1;
    return is_directory ? path[watched_length] == '/' : !path[watched_length];
}

static int raw_open(int flags) { return (int)syscall(SYS_openat, AT_FDCWD, watched, flags, 0); }

/* One look is over. */
static void event(void)
{
    long number = __atomic_fetch_add(&seen, 1, __ATOMIC_SEQ_CST);
    if (number != point)
        return;
    int fd;
    char aside[8192];
    switch (what) {
    case SIGNAL:
        kill(getpid(), signal_number);
        break;
    case TRUNCATE:
        syscall(SYS_truncate, watched, 3L);
        break;
    case GROW:
        fd = raw_open(O_WRONLY | O_APPEND);
        syscall(SYS_write, fd, "grown\n", 6L);
        syscall(SYS_close, fd);
        break;
    case REWRITE:
        fd = raw_open(O_WRONLY);
        syscall(SYS_write, fd, "REWRITTEN", 9L);
        syscall(SYS_close, fd);
        break;
    case REPLACE:
        snprintf(aside, sizeof aside, "%s.aside", other);
        syscall(SYS_rename, watched, aside);
        syscall(SYS_rename, other, watched);
        break;
    case TAKE_AWAY:
        syscall(SYS_rename, watched, other);
        break;
    }
}

static int fd_is_watched(int fd)
{
    char link[64], path[8192];
    if (!watched_length || fd < 3)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlink, link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_watched(path);
}

static int at_is_watched(int fd, const char *path)
{
    char link[64], directory[4096], full[8192];
    if (!watched_length || !path)
        return 0;
    if (!path[0])
        return fd_is_watched(fd);
    if (path[0] == '/' || fd == AT_FDCWD)
        return is_watched(path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlink, link, directory, sizeof directory - 1);
    if (length < 0)
        return 0;
    directory[length] = 0;
    snprintf(full, sizeof full, "%s/%s", directory, path);
    return is_watched(full);
}

#define WITH_EVENT(type, name, parameters, arguments, test) \
    type name parameters                                    \
    {                                                       \
        int counts = test;                                  \
        type answer = NEXT(name) arguments;                 \
        if (counts)                                         \
            event();                                        \
        return answer;                                      \
    }

#define OPEN(name)                                                                   \
    int name(const char *path, int flags, ...)                                       \
    {                                                                                \
        va_list list;                                                                \
        va_start(list, flags);                                                       \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0;  \
        va_end(list);                                                                \
        int counts = is_watched(path);                                               \
        int answer = NEXT(name)(path, flags, mode);                                  \
        if (counts)                                                                  \
            event();                                                                 \
        return answer;                                                               \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                 \
    int name(int fd, const char *path, int flags, ...)                               \
    {                                                                                \
        va_list list;                                                                \
        va_start(list, flags);                                                       \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0;  \
        va_end(list);                                                                \
        int counts = at_is_watched(fd, path);                                        \
        int answer = NEXT(name)(fd, path, flags, mode);                              \
        if (counts)                                                                  \
            event();                                                                 \
        return answer;                                                               \
    }
OPENAT(openat)
OPENAT(openat64)

WITH_EVENT(int, stat, (const char *path, struct stat *to), (path, to), is_watched(path))
WITH_EVENT(int, stat64, (const char *path, struct stat64 *to), (path, to), is_watched(path))
WITH_EVENT(int, lstat, (const char *path, struct stat *to), (path, to), is_watched(path))
WITH_EVENT(int, lstat64, (const char *path, struct stat64 *to), (path, to), is_watched(path))
WITH_EVENT(int, fstat, (int fd, struct stat *to), (fd, to), fd_is_watched(fd))
WITH_EVENT(int, fstat64, (int fd, struct stat64 *to), (fd, to), fd_is_watched(fd))
WITH_EVENT(int, fstatat, (int fd, const char *path, struct stat *to, int flags), (fd, path, to, flags),
           at_is_watched(fd, path))
WITH_EVENT(int, fstatat64, (int fd, const char *path, struct stat64 *to, int flags), (fd, path, to, flags),
           at_is_watched(fd, path))
WITH_EVENT(int, statx, (int fd, const char *path, int flags, unsigned mask, struct statx *to),
           (fd, path, flags, mask, to), at_is_watched(fd, path))
WITH_EVENT(ssize_t, readlink, (const char *path, char *to, size_t size), (path, to, size), is_watched(path))
WITH_EVENT(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size), fd_is_watched(fd))
WITH_EVENT(ssize_t, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at), fd_is_watched(fd))
WITH_EVENT(ssize_t, pread64, (int fd, void *to, size_t size, off64_t at), (fd, to, size, at), fd_is_watched(fd))
WITH_EVENT(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size), fd_is_watched(fd))
WITH_EVENT(int, unlink, (const char *path), (path), is_watched(path))
WITH_EVENT(int, mkdir, (const char *path, mode_t mode), (path, mode), is_watched(path))
WITH_EVENT(int, rename, (const char *from, const char *path), (from, path), is_watched(path))
WITH_EVENT(int, link, (const char *from, const char *path), (from, path), is_watched(path))
