/*
 * environmentvariable_object and environmentvariable58_object: what the tree knows of a process's environment, the variables of
 * the system's Environment key and those that follow from its folders; of the user's, too, when one was named. A process that
 * is named by number does not exist at rest.
 */
#include "oval_tree.h"

/* Of a user's environment PATH alone does not replace the system's: Windows joins the two. */
static postern_slice whole_path(oval_want *w, postern_slice value) {
    postern_slice system;
    if (w->view.user == POSTERN_NO_USER) return value;
    bool none = oval_absent(w->o, postern_win_expand(w->win, NULL, POSTERN_S("%PATH%"), &system, NULL));
    if (none || postern_slice_eq(system, value)) return value;
    return oval_text(w->o, "%.*s;%.*s", POSTERN_ARG(system), POSTERN_ARG(value));
}

static void add_variable(oval_want *w, postern_slice name, bool with_pid) {
    postern_slice value;
    const oval_node *wanted = oval_child(w->object, "name");
    if (!oval_want_accepts(w, wanted, name, true)) return;
    if (oval_absent(w->o, postern_win_expand(w->win, &w->view, oval_text(w->o, "%%%.*s%%", POSTERN_ARG(name)), &value, NULL)))
        return;
    if (postern_slice_eq_nocase(name, POSTERN_S("PATH"))) value = whole_path(w, value);
    oval_item *item = oval_item_new(w->o, with_pid ? POSTERN_S("environmentvariable58") : POSTERN_S("environmentvariable"),
                                    POSTERN_S("independent"));
    oval_item_add(w->o, item, "name", OVAL_STRING, oval_copy(w->o, name));
    oval_item_add(w->o, item, "value", OVAL_STRING, value);
    oval_item_commit(w->o, w->c, item);
}

void oval_tree_environment(oval_want *w) {
    static const char *const keys[] = {"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
                                       "HKCU\\Environment"};
    static const char *const known[] = {"ALLUSERSPROFILE",
                                        "CommonProgramFiles",
                                        "CommonProgramFiles(x86)",
                                        "ProgramData",
                                        "ProgramFiles",
                                        "ProgramFiles(x86)",
                                        "ProgramW6432",
                                        "PUBLIC",
                                        "SystemDrive",
                                        "SystemRoot",
                                        "USERPROFILE",
                                        "windir"};
    const oval_node *pid = oval_child(w->object, "pid");
    bool with_pid = oval_is(w->object, "environmentvariable58_object");
    const postern_key *key;
    if (pid && !oval_is_nil(pid)) {
        oval_collected_say(w->o, w->c, OVAL_FLAG_NOT_COLLECTED, POSTERN_S("a system at rest has no processes"));
        return;
    }
    w->view.user = w->o->user;
    for (size_t k = 0; k < (w->o->user == POSTERN_NO_USER ? 1 : 2) && !w->o->failure; k++) {
        if (oval_absent(w->o, postern_win_key(w->win, &w->view, postern_slice_cstr(keys[k]), &key, NULL))) continue;
        for (size_t i = 0; i < postern_key_value_count(key) && !w->o->failure; i++)
            add_variable(w, postern_key_value_at(key, i)->name, with_pid);
    }
    for (size_t i = 0; i < sizeof known / sizeof *known && !w->o->failure; i++)
        add_variable(w, postern_slice_cstr(known[i]), with_pid);
}
