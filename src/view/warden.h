/* The keeper of keys: the process that may decrypt and call gpg, and the questions that readers put to it. */
#ifndef POSTERN_VIEW_WARDEN_H
#define POSTERN_VIEW_WARDEN_H

#include "view_int.h"

typedef struct view_warden {
    pid_t pid; /* 0: there is none */
    int fd;    /* its control socket; -1 */
} view_warden;

/* Forks it where the options have a key or gpg; without either there is none, and that is no failure. The key is read in the
 * new process; what load_key returns, with an empty text, is the failure. */
postern_status view_warden_start(const postern_viewer_options *options, view_session *session, view_warden *ret_warden,
                                 postern_error *reterr) POSTERN_MUST;
/* One end of a new line to it, for a reader; -1: none. */
int view_warden_line(const view_warden *warden);
void view_warden_end(view_warden *warden);

typedef enum view_question {
    VIEW_ASK_CMS = 'K',    /* EnvelopedData -> "opened" or "", content */
    VIEW_ASK_VERIFY = 'V', /* signature, what is signed -> what gpg said */
    VIEW_ASK_OPEN = 'O'    /* OpenPGP message -> what gpg said, content (which counts only when it says so) */
} view_question;
/* In a reader. Both buffers are made here and are the caller's. NOTFOUND: there is no warden. IO, LIMIT, NOMEM. */
postern_status view_warden_ask(int line, view_question what, postern_slice a, postern_slice b, postern_buf *ret_a,
                               postern_buf *ret_b) POSTERN_MUST;

#endif
