/*
 * A disk that fails when it is told to, for a process into which this is preloaded (LD_PRELOAD): what SQLite writes goes
 * through these functions. $FAULTY_DISK names a folder; as long as a file of one of these names is in it,
 *
 *   fsync      fsync and fdatasync fail with EIO
 *   full       a write that would make a file longer fails with ENOSPC; what is there can be written over. If the file holds
 *              a number, files can still grow up to so many KiB
 *   quota      the same with EDQUOT
 *   readonly   every write fails with EROFS
 *   copy       what is written to a backup's draft, but for its first page, arrives changed
 *   unreadable the database cannot be read from the byte on that the file says: EIO
 *   short      the file system, of 100 GiB, says that it has as many MiB left as the file says
 *
 * Only files whose path has ".db" in it are touched, so that logs and sockets go on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int told(const char *fault) {
    const char *folder = getenv("FAULTY_DISK");
    char path[4096];
    struct stat status;
    if (folder == NULL) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, fault);
    return stat(path, &status) == 0;
}

/* What the file of a fault says, or 0. */
static long number(const char *fault) {
    char name[4096];
    long number = 0;
    snprintf(name, sizeof name, "%s/%s", getenv("FAULTY_DISK"), fault);
    FILE *file = fopen(name, "re");
    if (file == NULL) return 0;
    if (fscanf(file, "%ld", &number) != 1) number = 0;
    fclose(file);
    return number;
}

static int isDatabase(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".db") != NULL && strstr(path, ".lock") == NULL;
}

static int isNamed(int file, const char *suffix) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    size_t end = strlen(suffix);
    return length >= (ssize_t)end && memcmp(path + length - end, suffix, end) == 0;
}

/* The error number with which writing up to an end fails, or 0. */
static int failure(int file, off_t end) {
    struct stat status;
    if (!isDatabase(file)) return 0;
    if (told("readonly")) return EROFS;
    if (fstat(file, &status) != 0 || end <= status.st_size) return 0;
    if (told("full") && end > (off_t)number("full") << 10) return ENOSPC;
    if (told("quota")) return EDQUOT;
    return 0;
}

static void *libc(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

#define FAIL_AT(file, end)                       \
    do {                                         \
        int error = failure((file), (end));      \
        if (error != 0) {                        \
            errno = error;                       \
            return -1;                           \
        }                                        \
    } while (0)

/* Bytes as they arrive on the disk. */
static const void *arriving(int file, const void *bytes, size_t count, off64_t offset, unsigned char *changed) {
    if (offset == 0 || count > 65536 || !isNamed(file, ".paystate-draft") || !told("copy")) return bytes;
    memcpy(changed, bytes, count);
    for (size_t index = 0; index < count && index < 16; index++) changed[index] ^= 0x55;
    return changed;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    unsigned char changed[65536];
    FAIL_AT(file, offset + (off64_t)count);
    bytes = arriving(file, bytes, count, offset, changed);
    return ((ssize_t(*)(int, const void *, size_t, off64_t))libc("pwrite64"))(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    unsigned char changed[65536];
    FAIL_AT(file, offset + (off_t)count);
    bytes = arriving(file, bytes, count, offset, changed);
    return ((ssize_t(*)(int, const void *, size_t, off_t))libc("pwrite"))(file, bytes, count, offset);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
    if (isNamed(file, "paystate.db") && told("unreadable") && offset >= number("unreadable")) {
        errno = EIO;
        return -1;
    }
    return ((ssize_t(*)(int, void *, size_t, off64_t))libc("pread64"))(file, bytes, count, offset);
}

ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    return pread64(file, bytes, count, offset);
}

int ftruncate64(int file, off64_t length) {
    FAIL_AT(file, length);
    return ((int (*)(int, off64_t))libc("ftruncate64"))(file, length);
}

int ftruncate(int file, off_t length) {
    FAIL_AT(file, length);
    return ((int (*)(int, off_t))libc("ftruncate"))(file, length);
}

int fsync(int file) {
    if (isDatabase(file) && told("fsync")) {
        errno = EIO;
        return -1;
    }
    return ((int (*)(int))libc("fsync"))(file);
}

int fdatasync(int file) {
    if (isDatabase(file) && told("fsync")) {
        errno = EIO;
        return -1;
    }
    return ((int (*)(int))libc("fdatasync"))(file);
}

int statvfs(const char *restrict path, struct statvfs *restrict status) {
    int result = ((int (*)(const char *, struct statvfs *))libc("statvfs"))(path, status);
    if (result != 0 || !told("short")) return result;
    status->f_bfree = status->f_bavail = ((fsblkcnt_t)number("short") << 20) / status->f_frsize;
    status->f_blocks = ((fsblkcnt_t)100 << 30) / status->f_frsize;
    return result;
}
