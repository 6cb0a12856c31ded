/*
 * Which kinds of objects a tree on disk can answer, and why it cannot answer the others: what they ask lives only in a running
 * system.
 */
#include "oval_int.h"

static const struct {
    const char *family, *kind, *reason; /* reason NULL: covered */
} kinds[] = {
    {"windows", "registry", NULL},
    {"windows", "file", NULL},
    {"independent", "family", NULL},
    {"independent", "variable", NULL},
    {"independent", "unknown", NULL},
    {"independent", "environmentvariable", NULL},
    {"independent", "environmentvariable58", NULL},
    {"independent", "filehash", NULL},
    {"independent", "filehash58", NULL},
    {"independent", "textfilecontent", NULL},
    {"independent", "textfilecontent54", NULL},
    {"independent", "xmlfilecontent", NULL},
    {"windows", "wmi", "wmi asks the running system's management service"},
    {"windows", "wmi57", "wmi asks the running system's management service"},
    {"windows", "cmdlet", "a cmdlet would run a program of the system"},
    {"windows", "metabase", "the metabase of IIS is not read"},
    {"windows", "activedirectory", "Active Directory is asked over the network"},
    {"windows", "activedirectory57", "Active Directory is asked over the network"},
    {"independent", "ldap", "a directory is asked over the network"},
    {"independent", "ldap57", "a directory is asked over the network"},
    {"independent", "sql", "a database is asked over the network"},
    {"independent", "sql57", "a database is asked over the network"},
    {"windows", "process", "processes exist only in a running system"},
    {"windows", "process58", "processes exist only in a running system"},
    {"windows", "port", "ports exist only in a running system"},
    {"windows", "interface", "network interfaces are known only to the running system"},
    {"windows", "wuaupdatesearcher", "the update agent answers only in a running system"},
};

const char *oval_tree_why_not(postern_slice family, postern_slice kind) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (oval_text_is(family, kinds[i].family) && oval_text_is(kind, kinds[i].kind)) return kinds[i].reason;
    if (oval_text_is(family, "windows")) return "this asks the Windows API of a running system";
    return "this kind of object is not one of a Windows tree";
}
