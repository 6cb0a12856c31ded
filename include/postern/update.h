/*
 * update: packages of the two families of Windows updates, and servicing an offline system with them.
 *
 *   family A  SFXCAB / update.exe: Windows Server 2003, XP 64-bit Version 2003 (update\update.inf, rtmgdr\, rtmqfe\)
 *   family B  IExpress / WEXTRACT: the rest of MS04-013 (an advanced INF file beside the files, named by a resource)
 *
 * Nothing of a package is ever executed (T3): what its authors want to run is listed, and left alone. A package is unpacked
 * whole into memory, within limits, before anything of it is believed.
 */
#ifndef POSTERN_UPDATE_H
#define POSTERN_UPDATE_H

#include "advisory.h"
#include "base.h"
#include "win.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- packages -------------------------------------------------------------------------------------------------- */

typedef struct postern_package postern_package;

typedef enum postern_package_kind {
    POSTERN_PACKAGE_SFXCAB = 1, /* a program with a cabinet behind or inside it */
    POSTERN_PACKAGE_IEXPRESS,   /* a program with a cabinet among its resources */
    POSTERN_PACKAGE_CAB,        /* a cabinet alone */
    POSTERN_PACKAGE_FOLDER      /* one of them, unpacked */
} postern_package_kind;

typedef enum postern_package_family {
    POSTERN_FAMILY_NONE, /* no setup information that we know: it can be inspected and extracted, not installed */
    POSTERN_FAMILY_A,
    POSTERN_FAMILY_B
} postern_package_family;

/* One file of a package. */
typedef struct postern_package_file {
    postern_slice path; /* UTF-8, '\' between folders, never leaves the package (T2) */
    postern_slice bytes;
    uint16_t attributes; /* of the cabinet: 1 read only, 2 hidden, 4 system */
    int64_t time;        /* seconds since 1970, the cabinet's local time read as UTC; 0: unknown */
    uint8_t sha256[32];
    bool is_pe; /* then `machine` and, with has_version, `version` hold what its resources say */
    bool has_version;
    uint16_t machine;
    postern_win_version version;
} postern_package_file;

/* What its authors want to run, and we never do (T3). */
typedef struct postern_package_command {
    postern_slice where; /* "RUNPROGRAM", "[DefaultInstall] RunPostSetupCommands" … */
    postern_slice text;
} postern_package_command;

/* Which branch a copy belongs to (KB824994). */
typedef enum postern_branch { POSTERN_BRANCH_NONE, POSTERN_BRANCH_GDR, POSTERN_BRANCH_QFE } postern_branch;
enum { POSTERN_BRANCHES = 3 };
#define POSTERN_NO_FILE UINT32_MAX

/* One file that the package puts into the system. */
typedef struct postern_package_copy {
    postern_slice folder; /* the destination, a folder of the system in front: "%SystemDir%", "%SystemRoot%\inf", … */
    postern_slice name;
    uint32_t file[POSTERN_BRANCHES]; /* index of the source in each branch; POSTERN_NO_FILE: none. [NONE]: the same for both */
    postern_win_kind only_on;        /* 9X or NT; 0: both */
    bool only_if_absent;             /* adds a file, never replaces one */
    bool only_if_present;            /* replaces a file, never adds one */
    bool any_version;                /* also over a newer file */
    uint64_t offset;                 /* of the line in the setup information */
} postern_package_copy;

/* One change of the registry. */
typedef struct postern_package_reg {
    bool removes;             /* the value; with `whole_key`, the key and all below it */
    bool whole_key;           /* no value: the key is made (or removed) */
    bool keeps_present;       /* a value that is already there stays */
    bool only_present;        /* only over a value that is already there */
    bool appends;             /* the texts go behind those of a list that is there, each once */
    postern_slice key;        /* "HKLM\SOFTWARE\…" */
    postern_slice name;       /* empty: the default value */
    postern_win_kind only_on; /* 9X or NT; 0: both */
    uint32_t type;            /* postern_reg_type */
    /* of string types, UTF-8: one, or those of a REG_MULTI_SZ; "%11%" means a folder of the system */
    const postern_slice *texts;
    size_t text_count;
    postern_slice raw; /* of all other types, as a hive holds it */
    uint64_t offset;   /* of the line in the setup information */
} postern_package_reg;

/* A system that a package is for. Any row that fits is enough; a package without rows fits every system of its architecture. */
typedef struct postern_package_need {
    postern_slice label; /* "Windows 2000 SP2 to SP4, Internet Explorer 6 SP1" */
    postern_win_kind kind;
    unsigned major, minor;
    bool any_minor;
    unsigned sp_first, sp_last; /* service packs, both included */
    postern_arch arch;          /* UNKNOWN: any */
    bool has_ie;
    postern_win_version ie_first, ie_last; /* Internet Explorer, both included */
} postern_package_need;

typedef struct postern_package_info {
    postern_package_kind kind;
    postern_package_family family;
    postern_slice id; /* "KB837009": the name of its marks; empty when nothing tells it */
    postern_slice title;
    postern_slice language; /* "0411"; may be empty */
    postern_slice setup;    /* path of the setup information in the package; empty: none */
    const postern_package_file *files;
    size_t file_count;
    const postern_package_copy *copies;
    size_t copy_count;
    const postern_package_reg *regs;
    size_t reg_count;
    const postern_package_need *needs;
    size_t need_count;
    const postern_package_command *commands;
    size_t command_count;
    bool has_branches;
    bool has_signature;
} postern_package_info;

/* Reads a package from bytes, which have to outlive it. FORMAT: no package, or a damaged one, with the offset; UNSUPPORTED: a
 * delta package, a Windows Installer file, one that goes on in another file, named in the text; LIMIT: POSTERN_LIMIT_PACKAGE_…;
 * DENIED: T2. */
POSTERN_API postern_status postern_package_open(postern_slice bytes, postern_package **ret_package,
                                                postern_error *reterr) POSTERN_MUST;
/* The same from a folder that holds an unpacked one; `dir` stays the caller's. */
POSTERN_API postern_status postern_package_open_folder(int dir, postern_package **ret_package,
                                                       postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_package_close(postern_package *package); /* takes NULL */
/* Valid as long as the package. */
POSTERN_API const postern_package_info *postern_package_info_of(const postern_package *package);

/* ---- who signed it ----------------------------------------------------------------------------------------------- */

/* Certificates that the user trusts. */
typedef struct postern_anchors postern_anchors;
POSTERN_API postern_status postern_anchors_new(postern_anchors **ret_anchors, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_anchors_free(postern_anchors *anchors); /* takes NULL */
/* A file of them: PEM, any number, or one in DER; *ret_count of them were added, 0: it holds none. LIMIT:
 * POSTERN_LIMIT_VIEWER_TRUST. */
POSTERN_API postern_status postern_anchors_add(postern_anchors *anchors, postern_slice bytes, size_t *ret_count,
                                               postern_error *reterr) POSTERN_MUST;

typedef enum postern_signature_state {
    POSTERN_SIGNATURE_NONE,      /* a folder has none, either */
    POSTERN_SIGNATURE_MALFORMED, /* there is one, and it cannot be read or is not by whom it says */
    POSTERN_SIGNATURE_WRONG,     /* the package was changed since it was signed */
    POSTERN_SIGNATURE_UNKNOWN,   /* it holds; the signer leads to none of the user's certificates */
    POSTERN_SIGNATURE_EXPIRED,   /* the signer's time is over, and nobody trusted says that it was signed before */
    POSTERN_SIGNATURE_TRUSTED
} postern_signature_state;
/* "unsigned", "malformed", "digest wrong", "signed by unknown", "expired", "trusted". Static storage. */
POSTERN_API const char *postern_signature_name(postern_signature_state state);

/* Texts are UTF-8 of the package: hostile; they live as long as the package. */
typedef struct postern_signature {
    postern_signature_state state;
    postern_slice reason; /* why it is no better; empty when trusted while the signer's certificate is valid */
    postern_slice signer, issuer;
    const char *digest; /* "SHA1", "SHA256" …; NULL: none that could be read. Static */
    bool weak;          /* SHA-1: what packages of 2004 have; can be forged today by whoever makes both versions */
    bool countersigned, countersigner_trusted;
    int64_t countersigned_at; /* seconds since 1970 */
    postern_slice countersigner;
} postern_signature;
/* Recomputes the Authenticode digest of the program or cabinet and verifies the signature in it (PKCS#7) at the time `now`.
 * `anchors` NULL: nobody is trusted. What is wrong with it is a state, not a failure. */
POSTERN_API postern_status postern_package_signature(postern_package *package, const postern_anchors *anchors, int64_t now,
                                                     postern_signature *ret_signature, postern_error *reterr) POSTERN_MUST;

/* A catalogue (.cat) among the files: it is signed, and names other files by their digests. */
typedef struct postern_catalogue {
    postern_slice path;
    postern_signature signature; /* of the catalogue itself; no digest of its own */
    size_t covered, files;       /* files of the package that it names, of all that are no catalogues */
} postern_catalogue;
/* In the package's order; the array lives as long as the package. A file is named by the Authenticode digest of a program, or
 * by the digest of its bytes; SHA-1 or SHA-256. */
POSTERN_API postern_status postern_package_catalogues(postern_package *package, const postern_anchors *anchors, int64_t now,
                                                      const postern_catalogue **ret_catalogues, size_t *ret_count,
                                                      postern_error *reterr) POSTERN_MUST;

/* Makes a package from the files of a folder and a manifest in it, by its name: src/update/make.c and postern-update(1)
 * describe it. The bytes are appended to `out`, whose cap counts; they have been read back. FORMAT: the manifest, with the
 * offset. */
POSTERN_API postern_status postern_package_make(int dir, postern_slice manifest, postern_buf *out,
                                                postern_error *reterr) POSTERN_MUST;

/* ---- servicing a system ----------------------------------------------------------------------------------------- */

/* What becomes of one file of the system. */
typedef enum postern_step_kind {
    POSTERN_STEP_ADD = 1,
    POSTERN_STEP_REPLACE,
    POSTERN_STEP_KEEP_NEWER,  /* the system's is newer: it stays */
    POSTERN_STEP_KEEP_EQUAL,  /* the same version, or the same bytes where there is none */
    POSTERN_STEP_KEEP_ABSENT, /* only replaced where it is, and it is not */
    POSTERN_STEP_KEEP_PRESENT /* only added where it is not, and it is */
} postern_step_kind;

typedef struct postern_update_step {
    postern_step_kind kind;
    postern_slice path;                /* "C:\WINDOWS\system32\inetcomm.dll": as the system spells it, as far as it is there */
    postern_slice real;                /* the same relative to the root, as the host spells it, NUL-terminated */
    uint32_t file;                     /* of the package */
    bool is_cache;                     /* the copy in dllcache */
    bool at_restart;                   /* it is laid beside, as `staged`, and goes into place when the system starts next */
    postern_slice staged, staged_real; /* empty, or the same two spellings of that name */
    bool was_there, has_version;
    postern_win_version version; /* of what was there */
    uint64_t size;               /* of what was there */
} postern_update_step;

/* One change of the registry. */
typedef struct postern_update_edit {
    bool removes;
    bool whole_key;     /* no value: the key is made, or goes with all below it */
    postern_slice key;  /* "HKLM\SOFTWARE\…" */
    postern_slice name; /* empty: the default value */
    uint32_t type;
    postern_slice raw; /* as a hive holds it */
} postern_update_edit;

/* A file of the host, as stat(2) tells it. */
typedef struct postern_update_inode {
    uint64_t device, inode;
} postern_update_inode;

typedef struct postern_update_options {
    bool any_version;     /* /n:v, --force-prerequisite: what the package needs is not asked */
    bool no_backup;       /* /n: it cannot be removed again */
    postern_slice reason; /* why prerequisites are overridden; recorded */
    bool at_restart;      /* files go into place when the system starts next, not now */
    /* files that a program maps: when one of them is to change, all files of the update wait for the restart, since files
     * that need each other move together. The caller's, as long as the call. */
    const postern_update_inode *in_use;
    size_t in_use_count;
} postern_update_options;

typedef struct postern_update_plan {
    const postern_package_info *package;
    bool fits; /* a row of what the package needs is met, or was overridden */
    bool overridden;
    postern_slice need;        /* the row that is met; else what the system is and why no row fits */
    postern_branch branch;     /* GDR or QFE for a package with branches, else NONE */
    const char *branch_reason; /* static; NULL without branches */
    const postern_update_step *steps;
    size_t step_count;
    size_t changes;               /* of them: files that come or change */
    const postern_slice *folders; /* that come with them, relative to the root as the host will spell them */
    size_t folder_count;
    const postern_update_edit *edits; /* of the registry, the marks behind what the package itself changes */
    size_t edit_count;
    bool without_marks; /* Windows 98 and Me, whose registry is not written: files, record and log only */
    /* Files go into place at the restart: PendingFileRenameOperations names them, one of `edits`; else NULL. */
    const postern_update_edit *renames;
    postern_slice restart_reason; /* why; empty: no restart is needed */
    postern_slice store;          /* "C:\WINDOWS\$NTUninstallKB837009$": originals and record for removal */
    bool installed;               /* a record of this update is there already */
    bool waits;                   /* it is, and its files wait for a restart */
    uint64_t space;               /* bytes needed on the disk while it runs */
} postern_update_plan;

typedef struct postern_servicing postern_servicing;

/* Opens a system for servicing: `root`, `win` and `reader` stay the caller's and outlive it; `now` (seconds since 1970) is the
 * time of what is written. Nothing is written yet. STATE: a system hive is dirty (T3), another run is at work, or one was not
 * finished (postern_update_recover). Whoever calls this sees to it that no wineserver runs in a prefix: it would write its own
 * registry over ours. */
POSTERN_API postern_status postern_servicing_open(int root, postern_win *win, postern_hive_reader *reader, int64_t now,
                                                  postern_servicing **ret_servicing, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_servicing_free(postern_servicing *servicing); /* takes NULL */

/* Whoever wants to know how far installing or removing is: called with steps done and steps in all, from the thread that works.
 */
typedef void postern_update_progress(void *user, size_t done, size_t total);
POSTERN_API void postern_servicing_watch(postern_servicing *servicing, postern_update_progress *progress, void *user);

/* What installing would do. The plan lives as long as `servicing`; the package outlives both. UNSUPPORTED: a package of no
 * family, or a change that servicing cannot make; DENIED: T2; STATE: a restart that is pending would put another file over one
 * of these. A plan that does not fit is a plan: see `fits`. */
POSTERN_API postern_status postern_update_plan_install(postern_servicing *servicing, const postern_package *package,
                                                       const postern_update_options *options,
                                                       const postern_update_plan **ret_plan,
                                                       postern_error *reterr) POSTERN_MUST;
/* Does it, all or nothing (T1): files, registry, marks, originals for removal, record and log. STATE: it does not fit, is
 * installed already, or the system changed under us. */
POSTERN_API postern_status postern_update_install(postern_servicing *servicing, const postern_update_plan *plan,
                                                  const postern_update_options *options, postern_error *reterr) POSTERN_MUST;

/* An update that a record of ours tells of. */
typedef struct postern_update_record {
    postern_slice id, title, reason; /* reason: why prerequisites were overridden; else empty */
    char family;                     /* 'A' or 'B' */
    const char *branch;              /* "gdr", "qfe" or "" */
    int64_t time;                    /* when it was installed, seconds since 1970 */
    postern_slice store;             /* Windows path of the folder with its originals and record */
    bool removable;                  /* its originals were kept */
} postern_update_record;
/* Those below the Windows folder, sorted by id. The array lives as long as `servicing`. */
POSTERN_API postern_status postern_update_list(postern_servicing *servicing, const postern_update_record **ret_records,
                                               size_t *ret_count, postern_error *reterr) POSTERN_MUST;

/* Where an update of a system is known from. */
typedef enum postern_trace_kind {
    POSTERN_TRACE_RECORD = 1, /* a record of ours */
    POSTERN_TRACE_HOTFIX,     /* HKLM\…\Windows NT\CurrentVersion\Hotfix\KB… */
    POSTERN_TRACE_UPDATES,    /* HKLM\…\Microsoft\Updates\PRODUCT\SP\KB…, with its list of files */
    POSTERN_TRACE_SETUP,      /* an Active Setup component */
    POSTERN_TRACE_ABOUT,      /* the update versions in the About box of Internet Explorer */
    POSTERN_TRACE_UNINSTALL,  /* an entry of the control panel; in a Wine prefix that of Wine's uninstaller */
    POSTERN_TRACE_STORE,      /* originals that another installer kept: $NTUninstallKB…$ */
    POSTERN_TRACE_FILES       /* the files of the bulletin, at its versions or later */
} postern_trace_kind;
/* "record", "hotfix", "updates", "active-setup", "about-box", "uninstall", "store", "files". Static storage. */
POSTERN_API const char *postern_trace_name(postern_trace_kind kind);

typedef struct postern_trace {
    postern_trace_kind kind;
    bool denies;         /* it says that the update is not installed: Installed = 0, or no such value */
    postern_slice where; /* registry key, or Windows path */
    postern_slice found; /* what stands there: "Installed = 1", "6.0.2800.1409"; may be empty */
} postern_trace;

/* An update that is present, whoever installed it; texts are of the system: hostile. */
typedef struct postern_present {
    postern_slice id; /* "KB837009" */
    postern_slice title;
    const postern_known_update *known;   /* what the advisories say about it; NULL: nothing */
    const postern_update_record *record; /* NULL: another installer's */
    const postern_trace *traces;
    size_t trace_count;
    const postern_slice *replaced_by; /* ids of other updates on this system that contain it, the next one first */
    size_t replaced_count;
    postern_slice contradiction; /* T4: files, marks or record disagree, and how; empty: they agree */
} postern_present;
/* Every update on the system, sorted by id. Files decide, marks are evidence (T4): what the files of KB837009 say without its
 * marks has a row of its own. The array lives as long as `servicing`. */
POSTERN_API postern_status postern_update_present(postern_servicing *servicing, const postern_present **ret_rows,
                                                  size_t *ret_count, postern_error *reterr) POSTERN_MUST;

/* What verification found about one file or value. */
typedef struct postern_update_check {
    bool good;
    const char *what;    /* "as installed", "changed since", "gone", … ; static */
    postern_slice place; /* Windows path relative to the root as the host spells it, or registry key and value */
} postern_update_check;
/* Compares a system with the record of an update: files by digest, registry values as they were left. NOTFOUND: no such record.
 */
POSTERN_API postern_status postern_update_verify(postern_servicing *servicing, postern_slice id,
                                                 const postern_update_check **ret_checks, size_t *ret_count,
                                                 postern_error *reterr) POSTERN_MUST;

/* What a check of the proof below is about. */
typedef enum postern_proof_kind { POSTERN_PROOF_FILE = 1, POSTERN_PROOF_MARK } postern_proof_kind;
typedef struct postern_proof_check {
    postern_proof_kind kind;
    bool good;           /* it speaks for the update */
    bool neutral;        /* it does not, and says nothing against it either: another update's mark, a file that need not be */
    const char *what;    /* "as wanted", "older than the update", "absent", "not there", …; static */
    postern_slice place; /* Windows path, or registry key and value */
    postern_slice found, wanted;
    bool has_digest;
    uint8_t sha256[32]; /* of a file that is there: nothing known to compare it with, for whoever has something */
} postern_proof_check;

typedef struct postern_proof {
    postern_verdict verdict; /* FIXED: in place, or contained in what is; AFFECTED: not; NOT_AFFECTED: nothing here needs it */
    const char *source;      /* "bulletin", "file list", "marks": what was asked; static */
    postern_slice reason;
    const postern_proof_check *checks;
    size_t count;
} postern_proof;
/* Verifies an update that no record of ours tells of: KB837009, and what it contains, against the bulletin's table; another one
 * against the list of files that its installer left in the registry; with nothing but marks the verdict is UNKNOWN, since marks
 * are only evidence (T4). NOTFOUND: no trace of it. Lives as long as `servicing`. */
POSTERN_API postern_status postern_update_prove(postern_servicing *servicing, postern_slice id, const postern_proof **ret_proof,
                                                postern_error *reterr) POSTERN_MUST;

/* The name of an update as records and marks have it: "KB837009" for "Q837009", "kb837009" and "837009". False: no such name;
 * room for 16 bytes. */
POSTERN_API bool postern_update_id(postern_slice text, char ret_id[16]);

/* Takes an update out: bytes, times and modes of its files and of the registry come back, its store goes. Of `options` (NULL:
 * none) only at_restart and in_use count: files that wait come back when the system starts next, and *ret_restart is true. An
 * update that still waits for its restart is taken out at once. NOTFOUND: no record; STATE: its originals were not kept, or a
 * file or value was changed since (the text names it), a later update's work maybe. */
POSTERN_API postern_status postern_update_remove(postern_servicing *servicing, postern_slice id,
                                                 const postern_update_options *options, bool *ret_restart,
                                                 postern_error *reterr) POSTERN_MUST;

/* What became of an unfinished run. */
typedef enum postern_update_outcome {
    POSTERN_UPDATE_NOTHING,     /* there was none */
    POSTERN_UPDATE_ROLLED_BACK, /* the system is as it was before it */
    POSTERN_UPDATE_FINISHED     /* it had been done; what was left of it is cleaned up */
} postern_update_outcome;
/* Takes an unfinished run to its beginning, or one that was done to its end. `windows`: the Windows folder, relative to `root`,
 * as the host spells it. STATE: a file is neither as it was nor as it was to be; the text names it, and nothing is touched.
 * `ret_what`, or NULL, gets what the run was. */
POSTERN_API postern_status postern_update_recover(int root, const char *windows, postern_update_outcome *ret_outcome,
                                                  postern_buf *ret_what, postern_error *reterr) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
