/*
 * zone: the five URL security zones, their order of trust, and the marks of origin. (The policy engine: URL -> zone -> action
 * -> policy, is the larger half of this room; what the reader needs of it is here.)
 */
#ifndef POSTERN_ZONE_H
#define POSTERN_ZONE_H

#include "codec.h"
#include "url.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers are Windows' own. Trust, least first: Restricted < Internet < Intranet < Trusted < Local Machine. */
typedef enum postern_zone {
    POSTERN_ZONE_LOCAL_MACHINE = 0,
    POSTERN_ZONE_INTRANET = 1,
    POSTERN_ZONE_TRUSTED = 2,
    POSTERN_ZONE_INTERNET = 3,
    POSTERN_ZONE_RESTRICTED = 4
} postern_zone;

/* The less trusted of two (Z1). A number that is no zone counts as Restricted. */
POSTERN_API postern_zone postern_zone_least(postern_zone a, postern_zone b);
/* "restricted", "internet", "intranet", "trusted", "local-machine". Static storage. */
POSTERN_API const char *postern_zone_name(postern_zone zone);
/* By name (also "local", "computer") or number 0 to 4; false otherwise. */
POSTERN_API bool postern_zone_parse(postern_slice text, postern_zone *ret_zone);
/* Zone of a URL without any policy: http, https, ftp … Internet; file with a host (UNC) Internet; file without a host Internet
 * too, since Local Machine comes only from the caller's proof (Z9); unknown schemes Internet at best (Z14), handler schemes
 * Restricted. */
POSTERN_API postern_zone postern_zone_of_url_default(const postern_url *url);

/* A mark of origin, read fail-closed (Z10): it can lower a zone and never raise one. */
typedef struct postern_mark {
    bool present;
    bool malformed;      /* lowers to Internet at least; the caller sends the note */
    postern_zone zone;   /* what the mark says; meaningful when present */
    postern_slice url;   /* saved-from URL or HostUrl, as written; a view; may be empty */
} postern_mark;

/* "<!-- saved from url=(0023)http://… -->" within the first 64 KiB of a document (UTF-8). */
POSTERN_API void postern_mark_from_comment(postern_arena *arena, postern_slice document, postern_mark *ret_mark);
/* The content of a Zone.Identifier stream (INI; case ignored; duplicates: the least trusted). */
POSTERN_API void postern_mark_from_stream(postern_arena *arena, postern_slice content, postern_mark *ret_mark);
/* Writes a Zone.Identifier stream that is at least as strict as `zone` (Z19): ZoneId 3 or 4, HostUrl when it is a safe
 * http(s) URL. */
POSTERN_API postern_status postern_mark_write(postern_buf *out, postern_zone zone, postern_slice host_url);

/* ---- policy: URL -> zone -> action -> policy ------------------------------------------------------------------- */

/*
 * A policy is filled with registry values (from a .reg export, a hive, a Wine prefix: each source calls postern_policy_add),
 * sealed, and then only read. The evaluator looks at nothing else (Z17): no network, name service, file, clock or environment.
 * The order in which values are added does not matter (Z15); of two different values at one place the stricter counts.
 */
typedef struct postern_policy postern_policy;

typedef enum postern_hive { POSTERN_HIVE_MACHINE, POSTERN_HIVE_USER } postern_hive;

typedef struct postern_registry_value {
    postern_hive hive;
    postern_slice key;  /* UTF-8, backslashes between the names, without the root and without a leading backslash */
    postern_slice name; /* "" is the default value */
    uint32_t type;      /* REG_SZ 1, REG_EXPAND_SZ 2, REG_DWORD 4 */
    postern_slice data; /* DWORD: four bytes, little endian; strings: UTF-8 without the final NUL */
} postern_registry_value;

/* A value that could not be believed; it fails closed (Z14). `key` and `name` are raw. */
typedef struct postern_policy_defect {
    postern_slice key, name;
    const char *text; /* static */
} postern_policy_defect;

/* An empty policy: the built-in default until values are added. */
POSTERN_API postern_status postern_policy_new(postern_policy **ret_policy) POSTERN_MUST;
POSTERN_API void postern_policy_free(postern_policy *policy); /* takes NULL */
/* Values of keys that say nothing about zones are passed over. STATE when sealed; LIMIT beyond POSTERN_LIMIT_POLICY_VALUES. */
POSTERN_API postern_status postern_policy_add(postern_policy *policy, const postern_registry_value *value) POSTERN_MUST;

/*
 * The seam to a registry: an offline hive, a Wine prefix, a table in memory. `walk` hands every value of `key` and of all keys
 * below it to the visitor, in any order, as postern_registry_value says it: the same root, the key in whole (from below
 * HKEY_LOCAL_MACHINE or HKEY_CURRENT_USER, so "Software\…" also where the hive itself begins below that), strings in UTF-8
 * without the final NUL, everything else as the raw bytes. Names are compared without ASCII case. A key that is not there has
 * no values: OK. What the visitor returns, unless it is OK, ends the walk and is returned. Slices need to live during the call
 * only. Of several users of a system the caller chooses one; without one the user's hive has no keys.
 */
typedef struct postern_registry_visitor {
    postern_status (*value)(void *user, const postern_registry_value *value);
    void *user;
} postern_registry_visitor;

typedef struct postern_registry {
    postern_status (*walk)(void *user, postern_hive hive, postern_slice key, const postern_registry_visitor *visitor,
                           postern_error *reterr);
    void *user;
} postern_registry;

/* Adds what a registry says about zones and mail: walks, in both hives, only the keys under which such values lie (some eight
 * trees, most of them small). Failures of the registry are returned as they are; else as postern_policy_add, and *reterr names
 * the tree. After a failure the policy is good for nothing but postern_policy_free. */
POSTERN_API postern_status postern_policy_add_registry(postern_policy *policy, const postern_registry *registry,
                                                       postern_error *reterr) POSTERN_MUST;

/* One line of a .reg file: a key, or a value below the last key. Slices live during the call only. */
typedef struct postern_reg_entry {
    postern_slice key; /* whole, as written: "HKEY_LOCAL_MACHINE\Software\…"; no backslash at its end */
    bool is_value;
    bool deletes;       /* "[-KEY]", "name"=- */
    postern_slice name; /* "" is the default value */
    uint32_t type;      /* REG_SZ 1, REG_BINARY 3, REG_DWORD 4, or the number of hex(n) */
    bool is_text;       /* data is UTF-8 (a quoted string), else the bytes as written */
    bool is_ansi;       /* of a REGEDIT4 file: strings in hex are bytes of a code page, not UTF-16LE */
    postern_slice data; /* a dword that is no number: no bytes */
    uint64_t offset;    /* of the line, in the text as UTF-8 */
} postern_reg_entry;

/* Reads a .reg file, UTF-16LE or UTF-8 "Windows Registry Editor Version 5.00", or REGEDIT4, line by line. FORMAT with the
 * line's offset. What `each` returns, unless it is OK, ends the reading and is returned (NOMEM and LIMIT: as too large). */
POSTERN_API postern_status postern_reg_read(postern_slice bytes,
                                            postern_status (*each)(void *user, const postern_reg_entry *entry), void *user,
                                            postern_error *reterr) POSTERN_MUST;
/* Appends a value of type 1, 2 or 7 as UTF-8, without its final NULs. */
POSTERN_API postern_status postern_reg_text(const postern_reg_entry *entry, postern_buf *out) POSTERN_MUST;

/* A .reg export: UTF-16LE or UTF-8 "Windows Registry Editor Version 5.00", or REGEDIT4. FORMAT with the line's offset. A key or
 * value deleted in the file takes back what earlier lines and files said. */
POSTERN_API postern_status postern_policy_add_reg(postern_policy *policy, postern_slice bytes, postern_error *reterr)
    POSTERN_MUST;
/* The workaround of KB833633 on top of whatever was added: My Computer is at least as strict as its lockdown at level High. */
POSTERN_API void postern_policy_harden_local_machine(postern_policy *policy);
POSTERN_API postern_status postern_policy_seal(postern_policy *policy, postern_error *reterr) POSTERN_MUST;
POSTERN_API size_t postern_policy_defect_count(const postern_policy *policy);
POSTERN_API const postern_policy_defect *postern_policy_defect_at(const postern_policy *policy, size_t index);
/* Plain-text reading (KB307594, KB291387) as the policy's values say; and whether the My Computer zone is hardened (KB833633):
 * by postern_policy_harden_local_machine, or because its values, lockdown included, let nothing run: neither ActiveX controls
 * and plug-ins (1200) nor scripts (1400) nor Java (1C00). Of a sealed policy. */
POSTERN_API bool postern_policy_reads_plain(const postern_policy *policy);
POSTERN_API bool postern_policy_hardens_local_machine(const postern_policy *policy);
/* The effective policy as a .reg file, UTF-16LE "Version 5.00": loading it gives the same decisions. */
POSTERN_API postern_status postern_policy_write_reg(const postern_policy *policy, postern_buf *out) POSTERN_MUST;

/* Facts that the caller passes in; all absent: the strictest reading. */
typedef struct postern_zone_context {
    bool has_caller, has_container, has_naming;
    postern_zone caller;        /* what the caller grants at most */
    postern_zone container;     /* zone(C) */
    postern_zone naming;        /* zone(N): of the document that named the URL */
    const postern_mark *mark;   /* M, or NULL */
    bool local_proof;           /* the caller opened the file itself from a local disk: file: may be Local Machine (Z9) */
    bool bypasses_proxy;        /* the host is on the proxy's bypass list */
    bool enhanced_security;     /* use EscDomains even when the policy does not say IEHarden */
} postern_zone_context;

/* One step of a decision (Z20). `rule` is static: "Z9", "Domains", "ProtocolDefaults" … `zone` is the zone after the step. */
typedef struct postern_reason {
    const char *rule;
    const char *text;     /* static, English, without a full stop */
    postern_slice detail; /* a view of the URL or the policy; may be empty */
    postern_zone zone;
} postern_reason;

typedef struct postern_zone_decision {
    postern_zone zone;
    bool openable; /* false: Z4, Z8 */
    postern_reason reasons[12];
    size_t reason_count;
} postern_zone_decision;

/* The zone of a URL as text (decoded once by the caller). `arena` holds the parsed URL. NOMEM only; whatever the text is, there
 * is a decision: what cannot be judged is Restricted and not openable. */
POSTERN_API postern_status postern_zone_evaluate(const postern_policy *policy, postern_slice url_text,
                                                 const postern_zone_context *context, postern_arena *arena,
                                                 postern_zone_decision *ret_decision) POSTERN_MUST;
/* The same for a parsed URL; no allocation. */
POSTERN_API void postern_zone_evaluate_url(const postern_policy *policy, const postern_url *url,
                                           const postern_zone_context *context, postern_zone_decision *ret_decision);

/* What a zone may do. Values are Windows' URLPOLICY numbers. */
typedef struct postern_action_decision {
    uint32_t action;
    uint32_t value;      /* as configured, flags included; disallow for what is not known (Z14) */
    bool allowed, query; /* permission actions: neither means disallowed */
    postern_reason reasons[6];
    size_t reason_count;
} postern_action_decision;

/* `lockdown`: the Lockdown_Zones settings apply too; they only tighten (Z16). */
POSTERN_API void postern_zone_action(const postern_policy *policy, postern_zone zone, uint32_t action, bool lockdown,
                                     postern_action_decision *ret_decision);
/* "1604", "0x1604", "URLACTION_HTML_FONT_DOWNLOAD", "HTML_FONT_DOWNLOAD"; case ignored. */
POSTERN_API bool postern_action_parse(postern_slice text, uint32_t *ret_action);
POSTERN_API const char *postern_action_name(uint32_t action); /* NULL: unknown */
/* Words for a value: "allow", "query", "disallow", "java-high" … Static storage. */
POSTERN_API const char *postern_policy_value_name(uint32_t action, uint32_t value);

#ifdef __cplusplus
}
#endif
#endif
