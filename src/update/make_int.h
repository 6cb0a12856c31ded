/* Inside `update make`: files into a cabinet, a cabinet into a program of either family. */
#ifndef POSTERN_MAKE_INT_H
#define POSTERN_MAKE_INT_H

#include "update_int.h"

/* Little-endian. */
static inline void make_u16(postern_buf *out, unsigned value) {
    postern_buf_add(out, (uint8_t[2]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}
static inline void make_u32(postern_buf *out, uint64_t value) {
    make_u16(out, (unsigned)(value & 0xFFFF));
    make_u16(out, (unsigned)(value >> 16 & 0xFFFF));
}

typedef struct make_file {
    postern_slice path; /* '\' between folders */
    postern_slice bytes;
    int64_t time; /* seconds since 1970; 0: none */
} make_file;

/* Appends a cabinet of these files, in this order. */
postern_status make_cabinet(const make_file *files, size_t count, postern_buf *out, postern_error *reterr) POSTERN_MUST;

/* A named resource of the program (RT_RCDATA). */
typedef struct make_resource {
    const char *name; /* upper case ASCII */
    postern_slice bytes;
} make_resource;

/* Appends a program that only says what it is: an MZ stub that prints a line, and for `resources` a PE image that does nothing
 * and carries them. They have to stand in the order of their names. */
postern_status make_program(const make_resource *resources, size_t count, postern_buf *out, postern_error *reterr) POSTERN_MUST;

#endif
