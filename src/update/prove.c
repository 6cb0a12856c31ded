/*
 * Whether an update is in place, without a record of ours: files decide, marks are evidence (T4). The bulletin's own update is
 * judged by its table, as the audit does; another one by the list of files that its installer left behind. Where there are
 * marks only, nobody can tell, and that is the answer.
 */
#include "present_int.h"

#define BULLETIN POSTERN_S("KB837009")

typedef struct prover {
    present_list list;
    postern_slice id;
    postern_proof *proof;
    postern_proof_check *checks;
    size_t room;
    postern_error *reterr;
} prover;

static postern_status keep(prover *p, postern_slice text, postern_slice *ret_text) {
    return postern_arena_copy(p->list.s->arena, text, ret_text) ? service_no_memory(p->reterr) : POSTERN_OK;
}

/* The caller has counted: there is room. */
static postern_status add(prover *p, postern_proof_check check) {
    postern_proof_check *c = &p->checks[p->proof->count];
    if (p->proof->count == p->room) return service_no_memory(p->reterr);
    *c = check;
    postern_status status = keep(p, check.place, &c->place);
    if (!status) status = keep(p, check.found, &c->found);
    if (!status) status = keep(p, check.wanted, &c->wanted);
    if (status) return status;
    if (c->kind == POSTERN_PROOF_FILE) {
        status = postern_win_sha256(p->list.s->win, NULL, c->place, c->sha256, NULL);
        if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return service_no_memory(p->reterr);
        c->has_digest = !status;
    }
    p->proof->count++;
    return POSTERN_OK;
}

static postern_status make_room(prover *p, size_t room) {
    p->room = room;
    p->checks = postern_arena_zalloc(p->list.s->arena, room + 1, sizeof *p->checks);
    p->proof->checks = p->checks;
    return p->checks ? POSTERN_OK : service_no_memory(p->reterr);
}

static void rule(prover *p, postern_verdict verdict, const char *source, postern_slice reason) {
    p->proof->verdict = verdict;
    p->proof->source = source;
    p->proof->reason = reason;
}

/* ---- by the bulletin ---- */

static const char *file_words(const postern_evidence *e) {
    if (e->sign == POSTERN_EVIDENCE_FIXED) return postern_slice_eq(e->found, e->wanted) ? "as wanted" : "as wanted, or later";
    if (e->sign == POSTERN_EVIDENCE_OPEN) return "older than the update";
    return e->sign == POSTERN_EVIDENCE_ERROR                 ? "cannot be read"
           : postern_slice_eq(e->found, POSTERN_S("absent")) ? "absent"
                                                             : "other";
}

static postern_status add_evidence(prover *p, const postern_evidence *e, postern_verdict verdict) {
    bool is_file = e->kind == POSTERN_EVIDENCE_FILE, fixed = e->sign == POSTERN_EVIDENCE_FIXED;
    bool absent = postern_slice_eq(e->found, POSTERN_S("absent"));
    postern_proof_check check = {.kind = is_file ? POSTERN_PROOF_FILE : POSTERN_PROOF_MARK,
                                 .good = fixed,
                                 .what = is_file  ? file_words(e)
                                         : fixed  ? "says installed"
                                         : absent ? "not there"
                                                  : "says nothing",
                                 .place = e->where,
                                 .found = e->found,
                                 .wanted = e->wanted};
    /* a part of Outlook Express that is not there needs no update; a mark that is missing matters when nothing else explains */
    check.neutral = e->sign == POSTERN_EVIDENCE_NEUTRAL && (is_file || verdict <= POSTERN_VERDICT_FIXED);
    if (is_file || !e->name.len) return add(p, check);
    postern_status status =
        service_text(p->list.s, &check.place, p->reterr, "%.*s, %.*s", POSTERN_ARG(e->where), POSTERN_ARG(e->name));
    return status ? status : add(p, check);
}

/* Evidence of the system as a whole stands in front of each component's own. */
static bool is_about_update(const postern_evidence *e) {
    if (e->kind == POSTERN_EVIDENCE_SYSTEM) return false;
    return strncmp(e->what, "Internet Explorer", strlen("Internet Explorer")) != 0;
}

/* The one that is there, else the one that tells why none is. */
static const postern_audit_component *component_of(const postern_audit_report *report) {
    const postern_audit_component *best = NULL;
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &report->components[i];
        if (c->installed) return c;
        if (!best || c->evidence_count > best->evidence_count) best = c;
    }
    return best;
}

static postern_status prove_bulletin(prover *p) {
    const postern_audit_component *c = component_of(postern_audit_report_of(p->list.audit));
    postern_status status = make_room(p, c->evidence_count);
    for (size_t i = 0; i < c->evidence_count && !status; i++)
        if (is_about_update(&c->evidence[i])) status = add_evidence(p, &c->evidence[i], c->verdict);
    rule(p, c->verdict, "bulletin", postern_slice_cstr(c->reason));
    return status;
}

/* An older update of the same files: the bulletin's contains it. */
static bool bulletin_contains(postern_slice id) {
    const postern_known_update *known = postern_known_update_of(id);
    while (known && known->contained_in && !postern_slice_eq(postern_slice_cstr(known->id), BULLETIN))
        known = postern_known_update_of(postern_slice_cstr(known->contained_in));
    return known && postern_slice_eq(postern_slice_cstr(known->id), BULLETIN);
}

/* ---- by what its installer left ---- */

static postern_status add_marks(prover *p, const present_row *row) {
    postern_status status = POSTERN_OK;
    for (const present_trace *t = row->first; t && !status; t = t->next) {
        if (t->trace.kind == POSTERN_TRACE_FILES) continue;
        status = add(p, (postern_proof_check){.kind = POSTERN_PROOF_MARK,
                                              .good = !t->trace.denies,
                                              .what = t->trace.denies ? "says not installed" : "says installed",
                                              .place = t->trace.where,
                                              .found = t->trace.found});
    }
    return status;
}

static postern_status add_file(prover *p, const postern_key *files, size_t index, size_t *bad) {
    char text[POSTERN_WIN_VERSION_TEXT];
    present_file file;
    bool given;
    const char *wrong;
    postern_proof_check check = {.kind = POSTERN_PROOF_FILE};
    postern_status status = present_file_at(&p->list, files, index, &file, &given);
    if (status || !given) return status;
    status = present_file_look(&p->list, &file, &wrong, &check.found);
    if (status) return status;
    *bad += wrong != NULL;
    check.good = !wrong;
    check.what = wrong ? wrong : file.has_version ? "as wanted, or later" : "is there";
    check.place = file.path;
    if (file.has_version) check.wanted = postern_slice_cstr(postern_win_version_text(file.wanted, text));
    return add(p, check);
}

static postern_status prove_other(prover *p, const present_row *row) {
    const postern_key *files;
    size_t marks = 0, denied = 0, bad = 0;
    for (const present_trace *t = row->first; t; t = t->next) marks++, denied += t->trace.denies;
    postern_status status = present_file_list(row, &files, p->reterr);
    size_t listed = files ? postern_key_child_count(files) : 0;
    if (!status) status = make_room(p, marks + listed);
    for (size_t i = 0; i < listed && !status; i++) status = add_file(p, files, i, &bad);
    size_t seen = p->proof->count;
    if (!status) status = add_marks(p, row);
    if (denied == marks && !seen)
        rule(p, POSTERN_VERDICT_AFFECTED, "marks", POSTERN_S("its marks say that it is not installed"));
    else if (!seen)
        rule(p, POSTERN_VERDICT_UNKNOWN, "marks",
             POSTERN_S("there are marks only, and no list of its files to hold them against"));
    else if (bad)
        rule(p, POSTERN_VERDICT_CONTRADICTION, "file list",
             POSTERN_S("marked as installed, and a file of its list is missing or older"));
    else if (denied)
        rule(p, POSTERN_VERDICT_CONTRADICTION, "file list",
             POSTERN_S("its files are there, and a mark says that it is not installed"));
    else
        rule(p, POSTERN_VERDICT_FIXED, "file list", POSTERN_S("the files of its list are there, at its versions or later"));
    return status;
}

static postern_status prove(prover *p) {
    postern_status status = postern_audit_run(p->list.s->win, &p->list.audit, p->reterr);
    if (!status) status = present_collect(&p->list);
    if (status) return status;
    present_row *row = present_find(&p->list, p->id);
    bool contained = bulletin_contains(p->id);
    if (postern_slice_eq_nocase(p->id, BULLETIN)) return prove_bulletin(p);
    if (contained && postern_audit_report_of(p->list.audit)->verdict == POSTERN_VERDICT_FIXED) {
        status = prove_bulletin(p);
        if (!status) p->proof->reason = POSTERN_S("KB837009 contains it, and its files are here");
        return status;
    }
    if (row) return prove_other(p, row);
    return postern_fail(p->reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no record and no mark of %.*s on this system",
                        POSTERN_ARG(p->id));
}

postern_status postern_update_prove(postern_servicing *servicing, postern_slice id, const postern_proof **ret_proof,
                                    postern_error *reterr) {
    prover p = {.list = {.s = servicing, .reterr = reterr}, .id = id, .reterr = reterr};
    p.proof = postern_arena_zalloc(servicing->arena, 1, sizeof *p.proof);
    postern_status status = p.proof ? prove(&p) : service_no_memory(reterr);
    postern_audit_free(p.list.audit);
    if (!status) *ret_proof = p.proof;
    return status;
}
