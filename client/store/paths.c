/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.c -- where a device's files are, and small files as a whole.
 */
#include "client/store/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/crypto.h"

enum { CHUNK_BYTES = 4096, TEMP_TRIES = 100, FOLDER_MODE = 0700 };

static err
err_of_errno(int e)
{
	switch (e) {
	case ENOENT:
		return ERR_ABSENT;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOMEM:
		return ERR_NOMEM;
	case ENAMETOOLONG:
		return ERR_LIMIT;
	default:
		return ERR_IO;
	}
}

static err
copy_path(const char *from, char ret[static PATH_BYTES])
{
	size_t n = strlen(from);

	if (n >= PATH_BYTES)
		return ERR_LIMIT;
	memcpy(ret, from, n + 1);
	return ERR_OK;
}

/* An empty word counts as none at all. */
static const char *
word(const char *s)
{
	return s == NULL || s[0] == '\0' ? NULL : s;
}

err
paths_store(const char *option, char ret[static PATH_BYTES])
{
	const char *dir;

	if ((dir = word(option)) != NULL ||
	    (dir = word(getenv("NGUON_STORE"))) != NULL)
		return copy_path(dir, ret);
	/* the XDG rules: a relative path there is to be ignored */
	dir = word(getenv("XDG_DATA_HOME"));
	if (dir != NULL && dir[0] == '/')
		return paths_join(dir, "nguon", ret);
	if ((dir = word(getenv("HOME"))) != NULL)
		return paths_join(dir, ".local/share/nguon", ret);
	return ERR_USAGE;
}

err
paths_join(const char *dir, const char *name, char ret[static PATH_BYTES])
{
	size_t n = strlen(dir);
	const char *slash = n > 0 && dir[n - 1] == '/' ? "" : "/";
	char joined[PATH_BYTES];
	int chars = snprintf(joined, sizeof joined, "%s%s%s", dir, slash,
	    name);

	if (chars < 0 || chars >= PATH_BYTES)
		return ERR_LIMIT;
	return copy_path(joined, ret);
}

/* The folder that path stands in; path itself may end in slashes. */
static err
parent_of(const char *path, char ret[static PATH_BYTES])
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0)
		return copy_path(".", ret);
	if (n >= PATH_BYTES)
		return ERR_LIMIT;
	memcpy(ret, path, n);
	ret[n] = '\0';
	return ERR_OK;
}

/* A new name lasts only when its folder has been synced. */
static err
sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err rc = ERR_OK;

	if (fd < 0)
		return err_of_errno(errno);
	/* EINVAL: a file system that has no such thing */
	if (fsync(fd) != 0 && errno != EINVAL)
		rc = err_of_errno(errno);
	(void)close(fd);
	return rc;
}

static err
make_one(const char *dir)
{
	char parent[PATH_BYTES];
	struct stat st;
	err rc;

	if (mkdir(dir, FOLDER_MODE) == 0) {
		if ((rc = parent_of(dir, parent)) != ERR_OK)
			return rc;
		return sync_folder(parent);
	}
	if (errno != EEXIST)
		return err_of_errno(errno);
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return ERR_IO;		/* something else has the name */
	return ERR_OK;
}

err
paths_make_folder(const char *dir)
{
	char path[PATH_BYTES];
	err rc;

	if (dir[0] == '\0')
		return ERR_USAGE;
	if ((rc = copy_path(dir, path)) != ERR_OK)
		return rc;
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/' || p[-1] == '/')
			continue;
		*p = '\0';
		rc = make_one(path);
		*p = '/';
		if (rc != ERR_OK)
			return rc;
	}
	return make_one(path);
}

/* ---- reading */

static err
read_all(int fd, size_t max, struct buf *out)
{
	uint8_t chunk[CHUNK_BYTES];
	size_t total = 0;
	ssize_t n;
	err rc = ERR_OK;

	for (;;) {
		n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_of_errno(errno);
		else if ((size_t)n > max - total)
			rc = ERR_LIMIT;
		if (n <= 0 || rc != ERR_OK)
			break;
		total += (size_t)n;
		buf_put(out, chunk, (size_t)n);
		if ((rc = buf_err(out)) != ERR_OK)
			break;
	}
	crypto_wipe(chunk, sizeof chunk);
	return rc;
}

static err
read_file(const char *path, int flags, size_t max, struct buf *out)
{
	struct stat st;
	int fd;
	err rc;

	/* O_NONBLOCK: a FIFO of that name would hold us for ever */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	if (fd < 0)
		return err_of_errno(errno);
	if (fstat(fd, &st) != 0)
		rc = err_of_errno(errno);
	else if (!S_ISREG(st.st_mode))
		rc = ERR_IO;
	else if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		rc = ERR_LIMIT;
	else
		rc = read_all(fd, max, out);
	(void)close(fd);	/* nothing was written */
	return rc;
}

err
paths_read(const char *path, size_t max, struct buf *out)
{
	return read_file(path, 0, max, out);
}

err
paths_read_secret(const char *path, size_t max, struct buf *out)
{
	return read_file(path, O_NOFOLLOW, max, out);
}

/* ---- writing */

static err
write_all(int fd, struct span bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes.n) {
		n = write(fd, bytes.p + done, bytes.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of_errno(errno);
		done += (size_t)n;
	}
	return ERR_OK;
}

/* The mode, whatever the umask.  A stick may know no modes: then what is for
 * all eyes goes there, and what is not does not. */
static err
set_mode(int fd, unsigned mode)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_of_errno(errno);
	if ((st.st_mode & 0777) == mode || fchmod(fd, (mode_t)mode) == 0 ||
	    (mode & 077) != 0)
		return ERR_OK;
	return err_of_errno(errno);
}

/* A new file beside path, with the bytes on the disk. */
static err
write_temp(const char *path, struct span bytes, unsigned mode,
    char ret_temp[static PATH_BYTES])
{
	char temp[PATH_BYTES];
	int fd = -1;
	err rc;

	for (int i = 0; fd < 0 && i < TEMP_TRIES; i++) {
		int chars = snprintf(temp, sizeof temp, "%s.%ld-%d.tmp", path,
		    (long)getpid(), i);

		if (chars < 0 || chars >= PATH_BYTES)
			return ERR_LIMIT;
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		    O_NOFOLLOW, (mode_t)mode);
		if (fd < 0 && errno != EEXIST)
			return err_of_errno(errno);
	}
	if (fd < 0)
		return ERR_IO;
	if ((rc = set_mode(fd, mode)) == ERR_OK)
		rc = write_all(fd, bytes);
	if (rc == ERR_OK && fsync(fd) != 0)
		rc = err_of_errno(errno);
	if (close(fd) != 0 && rc == ERR_OK)
		rc = err_of_errno(errno);
	if (rc != ERR_OK) {
		(void)unlink(temp);
		return rc;
	}
	return copy_path(temp, ret_temp);
}

/* temp becomes path, unless path is there. */
static err
name_new(const char *temp, const char *path)
{
	int fd;

	if (link(temp, path) == 0) {
		(void)unlink(temp);	/* a second name does no harm */
		return ERR_OK;
	}
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return err_of_errno(errno);
	/* a file system without hard links: hold the name with an empty file
	 * of our own, and replace that */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return err_of_errno(errno);
	(void)close(fd);
	if (rename(temp, path) != 0) {
		err rc = err_of_errno(errno);

		(void)unlink(path);
		return rc;
	}
	return ERR_OK;
}

err
paths_write(const char *path, struct span bytes, unsigned mode,
    enum paths_replace replace)
{
	char temp[PATH_BYTES], folder[PATH_BYTES];
	err rc;

	if ((rc = parent_of(path, folder)) != ERR_OK ||
	    (rc = write_temp(path, bytes, mode, temp)) != ERR_OK)
		return rc;
	if (replace == PATHS_NEW_ONLY)
		rc = name_new(temp, path);
	else if (rename(temp, path) != 0)
		rc = err_of_errno(errno);
	if (rc != ERR_OK) {
		(void)unlink(temp);
		return rc;
	}
	return sync_folder(folder);
}

void
paths_ring_bell(const char *dir)
{
	char path[PATH_BYTES];
	int fd;

	if (paths_join(dir, "bell", path) != ERR_OK)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0600);
	if (fd < 0)
		return;
	(void)futimens(fd, NULL);	/* the daemon also looks by itself */
	(void)close(fd);
}
