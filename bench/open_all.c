/* What opening and reading every file of a folder costs anybody: the floor below each row that does. open_all FOLDER */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char bytes[64 << 10];
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) return EXIT_FAILURE;
    size_t total = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC);
        for (ssize_t got; fd >= 0 && (got = read(fd, bytes, sizeof bytes)) > 0;) total += (size_t)got;
        if (fd < 0 || close(fd)) return EXIT_FAILURE;
    }
    closedir(dir);
    printf("%zu bytes\n", total);
    return EXIT_SUCCESS;
}
