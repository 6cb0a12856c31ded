/*
 * Recovery without the command around it, for tests that need it thousands of times: each line of standard input is "ROOT, tab,
 * WINDOWS FOLDER"; the answer is one line, "outcome, tab, what" or "error, tab, text".
 */
#include "postern/update.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const outcomes[] = {"nothing", "rolled back", "finished"};

static void recover(const char *path, const char *windows) {
    postern_update_outcome outcome;
    postern_error error;
    postern_buf what;
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        printf("error\tno such folder\n");
        return;
    }
    postern_buf_init(&what, 1 << 16);
    if (postern_update_recover(root, windows, &outcome, &what, &error))
        printf("error\t%s\n", error.text);
    else
        printf("%s\t%.*s\n", outcomes[outcome], POSTERN_ARG(postern_buf_slice(&what)));
    postern_buf_free(&what);
    close(root);
}

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        char *tab = strchr(line, '\t');
        if (!tab) return 2;
        *tab = 0;
        tab[strcspn(tab + 1, "\n") + 1] = 0;
        recover(line, tab + 1);
        fflush(stdout);
    }
    return 0;
}
