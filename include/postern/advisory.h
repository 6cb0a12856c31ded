/*
 * advisory: what is known about weaknesses, and whether a system has them.
 *
 * CSAF 2.0 documents in (read, checked, shown), the verdict on a Windows tree for bulletin MS04-013, CSAF VEX out; OVAL 5.11
 * definitions in, system characteristics in and out, results out. Bytes come from the caller: nothing here opens a file or
 * asks for the time.
 *
 * Failures that every function may return, beside those it names: NOMEM; LIMIT (the ceilings of "advisory" in limits.h).
 */
#ifndef POSTERN_ADVISORY_H
#define POSTERN_ADVISORY_H

#include "win.h"
#include "win.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- CSAF 2.0 documents ------------------------------------------------------------------------------------------ */

typedef struct postern_csaf postern_csaf;

/* Reads a document; the bytes may go away afterwards. FORMAT with the offset: no UTF-8, no JSON, a member named twice, NUL in a
 * string, no object "document". LIMIT: POSTERN_LIMIT_ADVISORY bytes, POSTERN_LIMIT_ADVISORY_DEPTH levels. */
POSTERN_API postern_status postern_csaf_open(postern_slice bytes, postern_csaf **ret_csaf, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_csaf_free(postern_csaf *csaf); /* takes NULL */

/* UTF-8 of the document, hostile, alive as long as it; empty where the document says nothing or something of the wrong kind. */
typedef struct postern_csaf_summary {
    postern_slice id, title, lang, category, severity, released, version;
    size_t vulnerabilities;
} postern_csaf_summary;
POSTERN_API void postern_csaf_summary_of(const postern_csaf *csaf, postern_csaf_summary *ret_summary);

/* Something that the standard forbids. */
typedef struct postern_csaf_problem {
    const char *test;     /* "schema", or the number of the mandatory test: "6.1.1" … "6.1.33"; static */
    const char *text;     /* what is wrong with the place, without a full stop; static */
    postern_slice path;   /* JSON pointer (RFC 6901) of the place; of the document: hostile */
    postern_slice detail; /* what stands there; hostile; may be empty */
} postern_csaf_problem;
/* Anything but OK ends the check with that status. Slices live during the call. */
typedef struct postern_csaf_sink {
    postern_status (*problem)(void *user, const postern_csaf_problem *problem);
    void *user;
} postern_csaf_sink;

/* The schema and all mandatory tests (CSAF 2.0, 6.1.1 to 6.1.33). Tests run even where the schema is not met, as far as there
 * is something to look at. *ret_problems counts all of them; POSTERN_LIMIT_ADVISORY_PROBLEMS are told. */
POSTERN_API postern_status postern_csaf_check(const postern_csaf *csaf, const postern_csaf_sink *sink,
                                              uint64_t *ret_problems) POSTERN_MUST;

/* The document for people, in lines of at most `width` columns (0: as long as they are), with headings in its own language
 * where that is English or Japanese. Everything of the document is escaped as postern_escape_line does. */
POSTERN_API postern_status postern_csaf_show(const postern_csaf *csaf, unsigned width, postern_buf *out) POSTERN_MUST;

/* ---- OVAL 5.11: definitions, system characteristics, results ----------------------------------------------------- */

/*
 * A definitions file, one source of facts, and the results of evaluating the one over the other. Definitions and facts are
 * hostile: document type declarations are refused, references in circles and chains beyond POSTERN_LIMIT_OVAL_CHAIN are errors
 * that name the id, every regular expression runs within POSTERN_LIMIT_OVAL_MATCH steps. No network, no clock, no environment
 * is touched (Z17). What cannot be asked of the source (wmi, cmdlet, …) is *unknown*, with the reason. Deviations:
 * docs/DEVIATIONS.md.
 */
typedef struct postern_oval postern_oval;

typedef enum postern_oval_result {
    POSTERN_OVAL_TRUE,
    POSTERN_OVAL_FALSE,
    POSTERN_OVAL_ERROR,
    POSTERN_OVAL_UNKNOWN,
    POSTERN_OVAL_NOT_EVALUATED,
    POSTERN_OVAL_NOT_APPLICABLE
} postern_oval_result;

/* "true", "not applicable" … Static storage. */
POSTERN_API const char *postern_oval_result_name(postern_oval_result result);

/* Reads a definitions document. The object copies what it keeps of `xml` and belongs to the caller. NOMEM, LIMIT, FORMAT; the
 * text names the line or the id. */
POSTERN_API postern_status postern_oval_open(postern_slice xml, postern_oval **ret_oval, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_oval_free(postern_oval *oval); /* takes NULL */

/* Values of external variables (an oval_variables document). Before postern_oval_evaluate. NOMEM, LIMIT, FORMAT, STATE. */
POSTERN_API postern_status postern_oval_set_variables(postern_oval *oval, postern_slice xml,
                                                      postern_error *reterr) POSTERN_MUST;
/* The facts: an oval_system_characteristics document. NOMEM, LIMIT, FORMAT, STATE. */
POSTERN_API postern_status postern_oval_set_characteristics(postern_oval *oval, postern_slice xml,
                                                            postern_error *reterr) POSTERN_MUST;
/* The facts: a Windows tree, which has to outlive the object. Its registry's time zone counts for time_difference. NOMEM,
 * LIMIT, STATE. */
POSTERN_API postern_status postern_oval_set_tree(postern_oval *oval, postern_win *win, postern_error *reterr) POSTERN_MUST;
/* Whose HKEY_CURRENT_USER definitions mean, by name or SID; behind postern_oval_set_tree. Without one it is that of every user
 * who has a registry, as far as they agree; where they do not, the object is not collected. NOTFOUND, STATE. */
POSTERN_API postern_status postern_oval_set_user(postern_oval *oval, postern_slice name, postern_error *reterr) POSTERN_MUST;
/* The moment of evaluation for time_difference and for time stamps in output, in seconds since 1970; 0 unless set. */
POSTERN_API void postern_oval_set_time(postern_oval *oval, uint64_t seconds);

/* What the output says about the machine; all UTF-8. From a System Characteristics file they are taken over. */
typedef struct postern_oval_system {
    postern_slice os_name, os_version, architecture, host;
} postern_oval_system;
/* Copied. NOMEM, LIMIT. */
POSTERN_API postern_status postern_oval_set_system(postern_oval *oval, const postern_oval_system *system) POSTERN_MUST;

/* Evaluates all definitions (`id` empty), or the one with this id (NOTFOUND when there is none). Without a source each object
 * is "not collected". A single definition that cannot be decided is a result, not a failure; NOMEM, LIMIT. (Where
 * xmlfilecontent objects are evaluated and memory ends, libxml2 2.9.14 can end the process.) */
POSTERN_API postern_status postern_oval_evaluate(postern_oval *oval, postern_slice id, postern_error *reterr) POSTERN_MUST;

/* One definition in the order of the file; views live as long as the object. */
typedef struct postern_oval_definition {
    postern_slice id, version, class_name, title;
    bool evaluated;
    bool deprecated;
    postern_oval_result result;
    postern_slice reason; /* why it is not simply true or false; may be empty */
} postern_oval_definition;

POSTERN_API size_t postern_oval_definition_count(const postern_oval *oval);
POSTERN_API postern_oval_definition postern_oval_definition_at(const postern_oval *oval, size_t index);
/* The chain of reasons (Z20): one line for each criterion, indented by two blanks for each level, "true  comment" and behind it
 * what was found. Escaped for a terminal. NOMEM, LIMIT. */
POSTERN_API postern_status postern_oval_explain(const postern_oval *oval, size_t index, postern_buf *out) POSTERN_MUST;

/* Documents that are valid against the schemas of OVAL 5.11.1. After postern_oval_evaluate, else STATE. What the sink returns.
 */
POSTERN_API postern_status postern_oval_write_results(postern_oval *oval, const postern_sink *sink,
                                                      postern_error *reterr) POSTERN_MUST;
POSTERN_API postern_status postern_oval_write_characteristics(postern_oval *oval, const postern_sink *sink,
                                                              postern_error *reterr) POSTERN_MUST;

/* What a definitions file needs: one row for each kind of test, function, datatype or operation in it. */
typedef struct postern_oval_need {
    const char *group;  /* "test", "function", "datatype", "operation", "reference" */
    postern_slice name; /* "windows registry_test" */
    uint64_t count;
    bool covered;         /* a tree on disk can answer it */
    postern_slice reason; /* when not */
} postern_oval_need;
/* *ret_needs is an array of *ret_count rows that lives as long as the object. NOMEM, LIMIT. */
POSTERN_API postern_status postern_oval_census(postern_oval *oval, const postern_oval_need **ret_needs, size_t *ret_count,
                                               postern_error *reterr) POSTERN_MUST;

/* One definitions file from the pieces of the decomposed repository: each piece is a document whose root is a definition, test,
 * object, state or variable. `piece` is asked for the bytes of an id; NOTFOUND leaves a hole that the result names. */
typedef struct postern_oval_pieces {
    postern_status (*piece)(void *user, postern_slice id, postern_slice *ret_xml, postern_error *reterr);
    void *user;
} postern_oval_pieces;
/* The closure of `ids` as one document in *out; ids that were not found, one a line, in *missing. NOMEM, LIMIT, FORMAT, and
 * what `piece` returns. */
POSTERN_API postern_status postern_oval_assemble(const postern_slice *ids, size_t count, const postern_oval_pieces *pieces,
                                                 postern_buf *out, postern_buf *missing, postern_error *reterr) POSTERN_MUST;

/* ---- updates by their number -------------------------------------------------------------------------------------- */

/* An update that the advisories here name. */
typedef struct postern_known_update {
    const char *id;           /* "KB837009" */
    const char *bulletin;     /* "MS04-013" */
    const char *title;        /* of the bulletin */
    const char *contained_in; /* the next update that replaces it and contains its fix; NULL: none that is known here */
} postern_known_update;
/* Without case; NULL: none. Static storage. */
POSTERN_API const postern_known_update *postern_known_update_of(postern_slice id);

/* ---- the verdict on a system: MS04-013 --------------------------------------------------------------------------- */

/*
 * Is this Windows open to bulletin MS04-013? Files decide, marks are evidence (T4): a mark without its file, or a file without
 * its mark, is a contradiction. Each of the six columns of the bulletin's severity matrix is a component with a verdict of its
 * own; on one system at most one of them is installed.
 */
typedef enum postern_verdict {
    POSTERN_VERDICT_NOT_AFFECTED,  /* not there, or a build in which this was never open */
    POSTERN_VERDICT_FIXED,         /* this update, or a later build that contains it */
    POSTERN_VERDICT_UNKNOWN,       /* a file or key that decides cannot be read */
    POSTERN_VERDICT_CONTRADICTION, /* files and marks disagree */
    POSTERN_VERDICT_AFFECTED
} postern_verdict;
/* "not affected", "fixed", "cannot be told", "contradiction", "affected". Static storage. */
POSTERN_API const char *postern_verdict_name(postern_verdict verdict);

typedef enum postern_evidence_kind {
    POSTERN_EVIDENCE_FILE,
    POSTERN_EVIDENCE_KEY,
    POSTERN_EVIDENCE_SYSTEM
} postern_evidence_kind;
typedef enum postern_evidence_sign {
    POSTERN_EVIDENCE_NEUTRAL,
    POSTERN_EVIDENCE_FIXED, /* speaks for the fix */
    POSTERN_EVIDENCE_OPEN,  /* speaks against it */
    POSTERN_EVIDENCE_ERROR  /* could not be read; `found` says why */
} postern_evidence_sign;

/* One link of the chain. Texts are UTF-8; `where`, `name` and `found` are of the system: hostile. */
typedef struct postern_evidence {
    postern_evidence_kind kind;
    postern_evidence_sign sign;
    const char *what;     /* what was looked at, without a full stop; static */
    postern_slice where;  /* Windows path, or registry key */
    postern_slice name;   /* of the value; empty for files */
    postern_slice found;  /* version or value; "absent" */
    postern_slice wanted; /* threshold or value; may be empty */
} postern_evidence;

enum { POSTERN_AUDIT_COMPONENTS = 6 };
typedef struct postern_audit_component {
    const char *id;   /* "oe6sp1-x86": the bulletin's package for it; also the product id in CSAF */
    const char *name; /* "Outlook Express 6 SP1" */
    bool installed;
    postern_verdict verdict;
    postern_verdict files; /* what the files alone say: they decide, and a contradiction is with this */
    const char *reason;    /* why, without a full stop; static */
    const postern_evidence *evidence;
    size_t evidence_count;
} postern_audit_component;

typedef enum postern_measure_kind { POSTERN_MITIGATION, POSTERN_WORKAROUND } postern_measure_kind;
typedef enum postern_measure_state {
    POSTERN_MEASURE_ON,
    POSTERN_MEASURE_OFF,
    POSTERN_MEASURE_UNKNOWN, /* cannot be told from what the tree holds */
    POSTERN_MEASURE_NOT_APPLICABLE
} postern_measure_state;
/* "on", "off", "cannot be told", "not applicable". Static storage. */
POSTERN_API const char *postern_measure_state_name(postern_measure_state state);

typedef struct postern_measure {
    postern_measure_kind kind;
    postern_measure_state state;
    const char *id;       /* "plain-text-oe" …; static */
    const char *title;    /* static */
    size_t user;          /* index of a user of the system, or POSTERN_NO_USER: the whole machine */
    postern_slice detail; /* what was found; hostile; may be empty */
} postern_measure;

typedef struct postern_audit_report {
    postern_verdict verdict;    /* the worst of the components */
    bool open;                  /* affected or a contradiction: something is to be done */
    const char *package;        /* id of the package that fits this system; NULL: none, the combination is unsupported */
    const char *package_reason; /* static */
    const char *system_id;      /* "xp-sp1"; NULL: none of the bulletin's */
    postern_slice ie_version;   /* as the registry says; empty: unknown */
    const char *branch;         /* "rtmgdr", "rtmqfe", "cannot be told"; NULL where there are no branches */
    postern_audit_component components[POSTERN_AUDIT_COMPONENTS];
    const postern_measure *measures;
    size_t measure_count;
} postern_audit_report;

typedef struct postern_audit postern_audit;

/* Judges a system. What cannot be read is evidence of kind ERROR, not a failure. The result refers to `win`, which outlives it.
 */
POSTERN_API postern_status postern_audit_run(postern_win *win, postern_audit **ret_audit, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_audit_free(postern_audit *audit); /* takes NULL */
POSTERN_API const postern_audit_report *postern_audit_report_of(const postern_audit *audit);
/* What the policies of one user (POSTERN_NO_USER: the machine's half) say about zones, sealed; the caller frees it. */
POSTERN_API postern_status postern_audit_policy(postern_win *win, size_t user, postern_policy **ret_policy,
                                                postern_error *reterr) POSTERN_MUST;

typedef struct postern_vex_options {
    postern_slice id;   /* tracking id of the document */
    postern_slice name; /* what the system is called: "host1" */
    postern_slice time; /* "2026-11-25T01:02:03Z" (RFC 3339); FORMAT when it is none */
} postern_vex_options;
/* A CSAF 2.0 document of profile csaf_vex: one product for each component on this system, with its state, the justification of
 * those not affected, and what to do about those that are. */
POSTERN_API postern_status postern_audit_vex(const postern_audit *audit, const postern_vex_options *options, postern_buf *out,
                                             postern_error *reterr) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
