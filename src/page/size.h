/* How large a part is, for people who read what a mail has attached. */
#ifndef POSTERN_PAGE_SIZE_H
#define POSTERN_PAGE_SIZE_H

#include "postern/mhtml.h"

/* "73 bytes", "12 kB", "1.5 MB": decoded and counted, or reckoned from the encoded length where that is above 4 MiB. */
void page_put_size(postern_buf *out, const postern_part *part);

#endif
