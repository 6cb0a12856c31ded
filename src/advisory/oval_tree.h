/* advisory, OVAL over a tree on disk: what the collectors of registry, files and contents share. */
#ifndef POSTERN_OVAL_TREE_H
#define POSTERN_OVAL_TREE_H

#include "oval_int.h"

/* One object being collected. */
typedef struct oval_want {
    oval *o;
    postern_win *win;
    const oval_node *object;
    oval_collected *c;
    postern_win_view view;
    bool is_64;     /* the system is: items say which view they are of */
    int64_t levels; /* of recursion; -1: all */
    bool up, down;
} oval_want;

void oval_tree_registry(oval_want *w);
/* Calls `found` for each file or folder that path, filename or filepath of the object mean. */
typedef void (*oval_found)(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name);
void oval_tree_files(oval_want *w, oval_found found);
void oval_found_file(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name);
void oval_found_hash(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name);
void oval_found_text(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name);
void oval_found_xml(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name);
void oval_tree_environment(oval_want *w);

/* Whether an entity that may be absent accepts a value; Windows names have no case. */
bool oval_want_accepts(oval_want *w, const oval_node *entity, postern_slice value, bool nocase);
/* A failure of the tree: absence is none; no memory ends the run; the rest makes the object incomplete, with its reason. */
void oval_want_failed(oval_want *w, postern_status status, const postern_error *error);
/* The same for calls whose failure means only that something is not there: memory and ceilings end the run. True: it failed. */
bool oval_absent(oval *o, postern_status status);
/* The longest path that every value the entity accepts has to begin with, ending before a backslash; empty: any. */
postern_slice oval_want_prefix(oval_want *w, const oval_node *entity);
/* filepath, path and filename of an item of a file. */
oval_item *oval_file_item(oval_want *w, const char *kind, const char *family, const postern_win_file *file,
                          postern_slice folder, postern_slice name);
void oval_item_view(oval_want *w, oval_item *item);

#endif
