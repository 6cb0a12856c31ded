/* Between pe.c (the file) and pe_version.c (the version resource). */
#ifndef POSTERN_PE_INT_H
#define POSTERN_PE_INT_H

#include "win_int.h"

typedef struct pe_strings {
    postern_arena *arena;
    postern_buf list; /* of postern_pe_string */
} pe_strings;

/* One VS_VERSIONINFO: fills the version fields of *pe and adds its strings. */
postern_status pe_read_version(postern_slice bytes, pe_strings *strings, postern_pe *pe, postern_error *reterr);

#endif
