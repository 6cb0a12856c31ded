/*
 * What travels between us and the child that reads hives. All numbers little endian.
 *
 *   request   u8 operation, u32 handle, u32 node, u64 length, then `length` bytes (OPEN: the hive; EDIT: u64 length of the
 *             hive, the hive, u32 changes, each {u8 kind, key as name, name, u32 type, data})
 *   answer    u8 status (0 fine, else a postern_status), u32 length, then `length` bytes: a text of failure, for OPEN the root
 *             node (u32), for EDIT the changed hive, for READ a key:
 *   key       u32 node, u64 time, name, u32 values, each {u32 type, name, data}, u32 subkeys, each {u8 whole, then a key when
 *             `whole`, else u32 node, name}
 *   name      u32 length, UTF-8          data   u32 length, bytes
 *
 * A key brings as many of its subkeys whole as fit WIRE_BUDGET: a small hive comes in one answer, a big one as it is asked for.
 */
#ifndef POSTERN_HIVE_WIRE_H
#define POSTERN_HIVE_WIRE_H

#include "win_int.h"

enum { WIRE_REQUEST = 17, WIRE_ANSWER = 5, WIRE_BUDGET = 32 << 10, WIRE_DEPTH = 24, WIRE_HIVES = 64 };
enum wire_operation { WIRE_OPEN = 1, WIRE_READ = 2, WIRE_CLOSE = 3, WIRE_EDIT = 4 };

/* In the child: the hive of an EDIT changed, committed, opened again and compared. *ret_fd is a file in memory with the result;
 * else a text that says why not. */
const char *hive_edit_run(postern_slice body, int *ret_fd);

/* The child's whole life: answers requests from `in` on `out` until `in` ends. Never returns. */
void hive_child_run(int in, int out) __attribute__((noreturn));

#endif
