/* Counts the changes that a process makes to files below a directory, and dies or fails at one of them.
 *
 * Preloaded by tests. `fault_arm` (called through ctypes) begins; what is counted are calls of the C library, which both
 * Python and Rust's standard library make: openings for writing, writes, copies inside the kernel, cuts, renames, links,
 * removals, modes, times, syncs. Nothing of ours writes through a mapping of a file (they are all made for reading), nor by
 * raw system calls but for the nameless file whose time is the clock of status.
 *
 * Programs that cannot call it are armed by the environment (FAULT_ROOT and so on, see `arm_by_environment`).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL, TORN, FAIL, FAIL_ON, INTERRUPT, PAUSE };
/* What is to become of a call: it is made, fails, or stops after half of its data. */
enum { MADE = 0, FAILS = 1, HALVED = 2 };

static char root[4096], parts[4096];
static size_t root_length;
static int kind, error_number;
static long point, seen;
static char *told;
/* Whom to tell of points: one line each; where the process pauses, it goes on after an answer of one byte. */
static int channel = -1;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* told: 4096 bytes of shared memory that outlive the process; it holds the point's name afterwards.
 * only: with what a path below the directory has to begin, separated by ':'; empty: any. */
void fault_arm(const char *directory, const char *only, long at, int what, int number, char *shared)
{
    snprintf(parts, sizeof parts, "%s", only);
    snprintf(root, sizeof root, "%s/", directory);
    root_length = strlen(root);
    point = at;
    kind = what;
    error_number = number;
    told = shared;
    __atomic_store_n(&seen, 0, __ATOMIC_SEQ_CST);
}

/* From now on points are told to the other end of a socket. */
void fault_tell(int fd) { channel = fd; }

static void tell(const char *word, const char *name, const char *path)
{
    char line[8400];
    int length = snprintf(line, sizeof line, "%s %s %s\n", word, name, path);
    for (int done = 0; done < length;) {
        long written = syscall(SYS_write, channel, line + done, (size_t)(length - done));
        if (written <= 0)
            return;
        done += (int)written;
    }
}

/* Tells, and waits: what lies on the disk now is what a kill here would leave. */
static void wait_there(const char *word, const char *name, const char *path)
{
    char answer;
    pthread_mutex_lock(&one_at_a_time);
    tell(word, name, path);
    syscall(SYS_read, channel, &answer, 1L);
    pthread_mutex_unlock(&one_at_a_time);
}

__attribute__((constructor)) static void arm_by_environment(void)
{
    const char *directory = getenv("FAULT_ROOT");
    if (!directory)
        return;
    fault_tell(atoi(getenv("FAULT_CHANNEL")));
    fault_arm(directory, getenv("FAULT_ONLY"), atol(getenv("FAULT_AT")), atoi(getenv("FAULT_KIND")),
              atoi(getenv("FAULT_ERRNO")), NULL);
}

long fault_seen(void) { return __atomic_load_n(&seen, __ATOMIC_SEQ_CST); }

void fault_disarm(void) { root_length = 0; }

static int below(const char *path)
{
    char full[8192];
    if (!root_length || !path)
        return 0;
    if (path[0] != '/') {
        char cwd[4096];
        if (!getcwd(cwd, sizeof cwd))
            return 0;
        snprintf(full, sizeof full, "%s/%s", cwd, path);
        path = full;
    }
    if (strncmp(path, root, root_length))
        return 0;
    if (!*parts)
        return 1;
    for (const char *part = parts; part;) {
        const char *end = strchr(part, ':');
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (!strncmp(path + root_length, part, length))
            return 1;
        part = end ? end + 1 : NULL;
    }
    return 0;
}

/* What is to become of this change; sets errno. */
static int is_it(const char *name, const char *path)
{
    long number = __atomic_fetch_add(&seen, 1, __ATOMIC_SEQ_CST);
    if (kind == PAUSE) {
        wait_there("at", name, path + root_length);
        return HALVED;
    }
    if (number != point && !(kind == FAIL_ON && number > point))
        return MADE;
    if (number == point && told)
        snprintf(told, 4096, "%s %s", name, path + root_length);
    if (number == point && channel >= 0)
        tell("at", name, path + root_length);
    if (kind == KILL)
        kill(getpid(), SIGKILL);
    if (kind == INTERRUPT)
        kill(getpid(), SIGINT);
    if (kind == TORN)
        return HALVED;
    /* a full disk keeps nobody from removing something */
    if (kind == FAIL_ON && error_number == ENOSPC && (!strcmp(name, "unlink") || !strcmp(name, "rmdir")))
        return MADE;
    if (kind == FAIL || kind == FAIL_ON) {
        errno = error_number;
        return FAILS;
    }
    return MADE;
}

/* Half of the data is there. */
static void halved(const char *path)
{
    if (kind == PAUSE)
        wait_there("torn", "write", path + root_length);
    else
        kill(getpid(), SIGKILL);
}

/* Whether a call that has no data is to fail; nothing can be torn there. */
static int stops(const char *name, const char *path)
{
    if (!below(path))
        return 0;
    int found = is_it(name, path);
    if (found == HALVED && kind != PAUSE)
        kill(getpid(), SIGKILL);
    return found == FAILS;
}

static const char *path_of(int fd, char *into, size_t size)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = root_length ? readlink(link, into, size - 1) : -1;
    if (length < 0)
        return NULL;
    into[length] = 0;
    /* pipes and sockets have names that are no paths */
    return *into == '/' ? into : NULL;
}

static const char *path_at(int fd, const char *path, char *into, size_t size)
{
    char directory[4096];
    if (!root_length || !path || path[0] == '/' || fd == AT_FDCWD)
        return path;
    if (!path_of(fd, directory, sizeof directory))
        return path;
    snprintf(into, size, "%s/%s", directory, path);
    return into;
}

static int writes(int flags) { return flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC); }

#define OPEN(name)                                                      \
    int name(const char *path, int flags, ...)                          \
    {                                                                   \
        va_list list;                                                   \
        va_start(list, flags);                                          \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0; \
        va_end(list);                                                   \
        if (writes(flags) && stops("open", path))                       \
            return -1;                                                  \
        return NEXT(name)(path, flags, mode);                           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
    int name(int fd, const char *path, int flags, ...)                  \
    {                                                                   \
        char full[8192];                                                \
        va_list list;                                                   \
        va_start(list, flags);                                          \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0; \
        va_end(list);                                                   \
        if (writes(flags) && stops("open", path_at(fd, path, full, sizeof full))) \
            return -1;                                                  \
        return NEXT(name)(fd, path, flags, mode);                       \
    }
OPENAT(openat)
OPENAT(openat64)

/* A call that brings data into a file; a torn one brings half of it, and where the process pauses in between, the rest
 * after it. */
#define ON_DATA(name, parameters, arguments, half, rest)                \
    ssize_t name parameters                                             \
    {                                                                   \
        char path[8192];                                                \
        if (root_length && below(path_of(fd, path, sizeof path))) {     \
            int found = is_it("write", path);                           \
            if (found == FAILS)                                         \
                return -1;                                              \
            if (found == HALVED) {                                      \
                ssize_t first = NEXT(name) half;                        \
                int why = errno;                                        \
                halved(path);                                           \
                errno = why;                                            \
                if (first < 0)                                          \
                    return first;                                       \
                ssize_t second = NEXT(name) rest;                       \
                return second < 0 ? second : first + second;            \
            }                                                           \
        }                                                               \
        return NEXT(name) arguments;                                    \
    }
#define HALF(size) ((size) / 2)
#define BYTES(data) ((const char *)(data) + first)
ON_DATA(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, HALF(size)),
        (fd, BYTES(data), size - (size_t)first))
ON_DATA(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, HALF(size), at),
        (fd, BYTES(data), size - (size_t)first, at + first))
ON_DATA(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at),
        (fd, data, HALF(size), at), (fd, BYTES(data), size - (size_t)first, at + first))
ON_DATA(sendfile, (int fd, int in, off_t *from, size_t size), (fd, in, from, size), (fd, in, from, 1),
        (fd, in, from, size - (size_t)first))
ON_DATA(sendfile64, (int fd, int in, off64_t *from, size_t size), (fd, in, from, size), (fd, in, from, 1),
        (fd, in, from, size - (size_t)first))
ON_DATA(copy_file_range, (int in, off64_t *from, int fd, off64_t *to, size_t size, unsigned flags),
        (in, from, fd, to, size, flags), (in, from, fd, to, 1, flags),
        (in, from, fd, to, size - (size_t)first, flags))
/* Half of the pieces, but never all of them. */
ON_DATA(writev, (int fd, const struct iovec *pieces, int count), (fd, pieces, count), (fd, pieces, HALF(count)),
        (fd, pieces + HALF(count), count - HALF(count)))
ON_DATA(pwritev, (int fd, const struct iovec *pieces, int count, off_t at), (fd, pieces, count, at),
        (fd, pieces, HALF(count), at), (fd, pieces + HALF(count), count - HALF(count), at + first))
ON_DATA(pwritev64, (int fd, const struct iovec *pieces, int count, off64_t at), (fd, pieces, count, at),
        (fd, pieces, HALF(count), at), (fd, pieces + HALF(count), count - HALF(count), at + first))

#define ON_FD(name, word, parameters, arguments)                        \
    int name parameters                                                 \
    {                                                                   \
        char path[8192];                                                \
        if (root_length && stops(word, path_of(fd, path, sizeof path))) \
            return -1;                                                  \
        return NEXT(name) arguments;                                    \
    }
ON_FD(ftruncate, "truncate", (int fd, off_t size), (fd, size))
ON_FD(ftruncate64, "truncate", (int fd, off64_t size), (fd, size))
ON_FD(fsync, "fsync", (int fd), (fd))
ON_FD(fdatasync, "fsync", (int fd), (fd))
ON_FD(fchmod, "chmod", (int fd, mode_t mode), (fd, mode))
ON_FD(futimens, "utime", (int fd, const struct timespec times[2]), (fd, times))
ON_FD(fallocate, "allocate", (int fd, int mode, off_t from, off_t size), (fd, mode, from, size))
ON_FD(fallocate64, "allocate", (int fd, int mode, off64_t from, off64_t size), (fd, mode, from, size))

#define ON_PATH(name, word, parameters, arguments)                      \
    int name parameters                                                 \
    {                                                                   \
        if (stops(word, path))                                          \
            return -1;                                                  \
        return NEXT(name) arguments;                                    \
    }
ON_PATH(truncate, "truncate", (const char *path, off_t size), (path, size))
ON_PATH(truncate64, "truncate", (const char *path, off64_t size), (path, size))
ON_PATH(creat, "open", (const char *path, mode_t mode), (path, mode))
ON_PATH(creat64, "open", (const char *path, mode_t mode), (path, mode))
ON_PATH(remove, "unlink", (const char *path), (path))
ON_PATH(unlink, "unlink", (const char *path), (path))
ON_PATH(rmdir, "rmdir", (const char *path), (path))
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
ON_PATH(chmod, "chmod", (const char *path, mode_t mode), (path, mode))
ON_PATH(rename, "rename", (const char *from, const char *path), (from, path))
ON_PATH(link, "link", (const char *from, const char *path), (from, path))
ON_PATH(symlink, "symlink", (const char *from, const char *path), (from, path))

#define ON_AT(name, word, parameters, arguments)                        \
    int name parameters                                                 \
    {                                                                   \
        char full[8192];                                                \
        if (stops(word, path_at(fd, path, full, sizeof full)))          \
            return -1;                                                  \
        return NEXT(name) arguments;                                    \
    }
ON_AT(unlinkat, "unlink", (int fd, const char *path, int flags), (fd, path, flags))
ON_AT(mkdirat, "mkdir", (int fd, const char *path, mode_t mode), (fd, path, mode))
ON_AT(fchmodat, "chmod", (int fd, const char *path, mode_t mode, int flags), (fd, path, mode, flags))
ON_AT(utimensat, "utime", (int fd, const char *path, const struct timespec times[2], int flags),
      (fd, path, times, flags))
ON_AT(symlinkat, "symlink", (const char *from, int fd, const char *path), (from, fd, path))
ON_AT(renameat, "rename", (int old, const char *from, int fd, const char *path), (old, from, fd, path))
ON_AT(renameat2, "rename", (int old, const char *from, int fd, const char *path, unsigned flags),
      (old, from, fd, path, flags))
ON_AT(linkat, "link", (int old, const char *from, int fd, const char *path, int flags), (old, from, fd, path, flags))
