/* Inside packages: what is being put together, and who fills what. */
#ifndef POSTERN_PACKAGE_INT_H
#define POSTERN_PACKAGE_INT_H

#include "update_int.h"

struct postern_package {
    postern_arena *arena;
    postern_slice bytes; /* the caller's; empty for a folder */
    update_members members;
    postern_package_file *files;
    const update_inf *inf;
    postern_package_info info;
};

/* Finds the cabinet, unpacks it; kind, title and commands that the container itself tells (package_open.c). */
postern_status package_unpack(postern_package *package, postern_error *reterr) POSTERN_MUST;
/* UNSUPPORTED when a member is a delta. */
postern_status package_refuse_deltas(const postern_package *package, postern_error *reterr) POSTERN_MUST;
postern_status package_read_folder(postern_package *package, int dir, postern_error *reterr) POSTERN_MUST;
/* Finds and reads the setup information: family, id, copies, changes, needs, commands (package_setup.c, package_regs.c …). */
postern_status package_read_setup(postern_package *package, postern_error *reterr) POSTERN_MUST;
postern_status package_read_copies(postern_package *package, postern_error *reterr) POSTERN_MUST;
postern_status package_read_regs(postern_package *package, postern_error *reterr) POSTERN_MUST;
postern_status package_read_needs(postern_package *package, postern_error *reterr) POSTERN_MUST;

/* Whether update.exe or advpack.dll would carry out this section, and on which systems (0: all). */
bool package_installs(const postern_package *package, const update_inf_section *section, postern_win_kind *ret_only_on);
/* Index of a file by its path, without case; POSTERN_NO_FILE: none. */
uint32_t package_file(const postern_package *package, postern_slice path);
postern_status package_add_command(postern_package *package, postern_slice where, postern_slice text,
                                   postern_error *reterr) POSTERN_MUST;
/* A number of setup information, decimal or 0x…; at most 32 bits. */
bool package_number(postern_slice text, uint32_t *ret_number);
postern_status package_no_room(const postern_package *package, postern_error *reterr);

#endif
