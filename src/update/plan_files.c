/*
 * Which files come, change or stay. Versions decide, four numbers each (T4): newer stays, equal stays, older goes. Of a package
 * with two branches one is taken for all its files, since files that need each other move together: QFE when any file that it
 * would replace is of that branch already, by the tag in its version text or by an earlier update's mark (KB824994); else GDR.
 * A copy in dllcache is Windows' own backup and gets the same treatment, or file protection would bring the old file back.
 */
#include "service_int.h"

#include "plan_int.h"

static postern_status destination(postern_servicing *s, const postern_package_copy *copy, postern_slice *ret_path,
                                  postern_error *reterr) {
    postern_slice folder;
    postern_status status = postern_win_expand(s->win, NULL, copy->folder, &folder, reterr);
    if (status) return status;
    return service_text(s, ret_path, reterr, "%.*s\\%.*s", POSTERN_ARG(folder), POSTERN_ARG(copy->name));
}

static bool applies(const postern_servicing *s, const postern_package_copy *copy) {
    bool is_9x = postern_win_system_of(s->win)->kind == POSTERN_WIN_9X;
    return !copy->only_on || (copy->only_on == POSTERN_WIN_9X) == is_9x;
}

/* ---- the branch ---- */

static postern_status is_qfe(postern_servicing *s, const postern_package_copy *copy, bool *ret_qfe, postern_error *reterr) {
    postern_slice path, real, where;
    bool there;
    const postern_pe *pe;
    postern_status status = destination(s, copy, &path, reterr);
    if (!status) status = service_real(s, path, &where, &real, &there, reterr);
    if (status == POSTERN_NOTFOUND) return POSTERN_OK;
    if (status || !there) return status;
    status = postern_win_pe(s->win, NULL, where, &pe, NULL);
    if (status) return status == POSTERN_NOMEM ? service_no_memory(reterr) : POSTERN_OK;
    postern_slice text = postern_pe_text(pe, POSTERN_S("FileVersion"));
    *ret_qfe |= postern_slice_find_nocase(text, 0, POSTERN_S("qfe")) != SIZE_MAX;
    return POSTERN_OK;
}

postern_status plan_branch(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                           postern_error *reterr) {
    const postern_package_info *info = postern_package_info_of(package);
    bool qfe = false;
    if (!info->has_branches) return POSTERN_OK;
    for (size_t i = 0; i < info->copy_count && !qfe; i++) {
        const postern_package_copy *copy = &info->copies[i];
        if (!applies(s, copy) || copy->file[POSTERN_BRANCH_QFE] == POSTERN_NO_FILE) continue;
        postern_status status = is_qfe(s, copy, &qfe, reterr);
        if (status) return status;
    }
    plan->branch = qfe ? POSTERN_BRANCH_QFE : POSTERN_BRANCH_GDR;
    plan->branch_reason =
        qfe ? "a file that is installed is of the QFE branch" : "no file that is installed is of the QFE branch";
    return POSTERN_OK;
}

/* ---- one file ---- */

static uint32_t source_of(const postern_package_copy *copy, postern_branch branch) {
    uint32_t own = branch ? copy->file[branch] : POSTERN_NO_FILE;
    return own != POSTERN_NO_FILE ? own : copy->file[POSTERN_BRANCH_NONE];
}

static postern_status compare(postern_servicing *s, const postern_package_file *file, bool any_version,
                              postern_update_step *step, postern_error *reterr) {
    const postern_pe *pe;
    uint8_t digest[32];
    postern_status status = postern_win_pe(s->win, NULL, step->path, &pe, NULL);
    if (status == POSTERN_NOMEM) return service_no_memory(reterr);
    step->has_version = !status && pe->has_version;
    if (step->has_version) step->version = pe->file_version;
    status = postern_win_sha256(s->win, NULL, step->path, digest, reterr);
    if (status) return status;
    if (memcmp(digest, file->sha256, sizeof digest) == 0)
        step->kind = POSTERN_STEP_KEEP_EQUAL;
    else if (!step->has_version || !file->has_version || any_version)
        step->kind = POSTERN_STEP_REPLACE;
    else {
        int order = postern_win_version_compare(step->version, file->version);
        step->kind = order < 0 ? POSTERN_STEP_REPLACE : order == 0 ? POSTERN_STEP_KEEP_EQUAL : POSTERN_STEP_KEEP_NEWER;
    }
    return POSTERN_OK;
}

static postern_status judge(postern_servicing *s, const postern_package_info *info, const postern_package_copy *copy,
                            postern_slice path, postern_update_step *step, postern_error *reterr) {
    postern_win_file found;
    postern_status status = service_real(s, path, &step->path, &step->real, &step->was_there, reterr);
    if (status) return status;
    if (!step->was_there) {
        step->kind = copy->only_if_present ? POSTERN_STEP_KEEP_ABSENT : POSTERN_STEP_ADD;
        return POSTERN_OK;
    }
    status = postern_win_stat(s->win, NULL, step->path, &found, reterr);
    if (status) return status;
    step->size = found.size;
    if (found.is_folder)
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "a folder stands where a file belongs: %.*s",
                            POSTERN_ARG(step->path));
    if (copy->only_if_absent) {
        step->kind = POSTERN_STEP_KEEP_PRESENT;
        return POSTERN_OK;
    }
    return compare(s, &info->files[step->file], copy->any_version, step, reterr);
}

/* ---- all of them ---- */

typedef struct planner {
    postern_servicing *s;
    const postern_package_info *info;
    postern_update_plan *plan;
    postern_update_step *steps;
    plan_folders folders;
    postern_error *reterr;
} planner;

/* Its folder is not there: nothing to replace, or a file that comes with its folder. */
static postern_status judge_new(planner *p, const postern_package_copy *copy, postern_slice path, postern_update_step *step) {
    step->path = path;
    step->kind = copy->only_if_present ? POSTERN_STEP_KEEP_ABSENT : POSTERN_STEP_ADD;
    return copy->only_if_present ? POSTERN_OK : plan_new_file(p->s, &p->folders, path, &step->path, &step->real, p->reterr);
}

/* One file named again: once is enough. Two different ones for one place: nobody can tell which is meant. */
static postern_status find_twin(const planner *p, const postern_update_step *step, bool *ret_twin) {
    *ret_twin = false;
    for (size_t i = 0; i < p->plan->step_count && !*ret_twin; i++) {
        const postern_update_step *other = &p->steps[i];
        if (!postern_slice_eq_nocase(other->path, step->path)) continue;
        *ret_twin = true;
        if (memcmp(p->info->files[other->file].sha256, p->info->files[step->file].sha256, sizeof p->info->files[0].sha256) != 0)
            return postern_fail(p->reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                                "the package has two files for one place: %.*s", POSTERN_ARG(step->path));
    }
    return POSTERN_OK;
}

static postern_status add(planner *p, const postern_package_copy *copy, postern_slice path, bool is_cache) {
    postern_update_step *step = &p->steps[p->plan->step_count];
    *step = (postern_update_step){.file = source_of(copy, p->plan->branch), .is_cache = is_cache};
    postern_status status = judge(p->s, p->info, copy, path, step, p->reterr);
    bool twin = false;
    if (status == POSTERN_NOTFOUND) status = judge_new(p, copy, path, step);
    if (!status) status = find_twin(p, step, &twin);
    if (status || twin) return status;
    p->plan->step_count++;
    bool changes = step->kind == POSTERN_STEP_ADD || step->kind == POSTERN_STEP_REPLACE;
    p->plan->changes += changes;
    if (changes) p->plan->space += p->info->files[step->file].bytes.len + 2 * step->size;
    return POSTERN_OK;
}

/* dllcache holds system files by name alone; only what is there already is kept up to date. */
static postern_status add_cached(planner *p, const postern_package_copy *copy) {
    postern_slice folder, path, where, real;
    bool there;
    postern_status status = postern_win_expand(p->s->win, NULL, POSTERN_S("%SystemDir%\\dllcache"), &folder, p->reterr);
    if (!status) status = service_text(p->s, &path, p->reterr, "%.*s\\%.*s", POSTERN_ARG(folder), POSTERN_ARG(copy->name));
    if (!status) status = service_real(p->s, path, &where, &real, &there, p->reterr);
    if (status == POSTERN_NOTFOUND) return POSTERN_OK;
    return status || !there ? status : add(p, copy, path, true);
}

postern_status plan_files(postern_servicing *s, const postern_package *package, const postern_update_options *options,
                          postern_update_plan *plan, postern_error *reterr) {
    planner p = {.s = s, .info = postern_package_info_of(package), .plan = plan, .reterr = reterr};
    p.steps = postern_arena_zalloc(s->arena, 2 * p.info->copy_count + 1, sizeof *p.steps);
    if (!p.steps) return service_no_memory(reterr);
    plan->steps = p.steps;
    for (size_t i = 0; i < p.info->copy_count; i++) {
        const postern_package_copy *copy = &p.info->copies[i];
        postern_slice path;
        if (!applies(s, copy)) continue;
        postern_status status = destination(s, copy, &path, reterr);
        if (!status) status = add(&p, copy, path, false);
        if (!status) status = add_cached(&p, copy);
        if (status) return status;
    }
    plan->folders = p.folders.at;
    plan->folder_count = p.folders.count;
    return plan_restart(s, options, plan, p.steps, reterr);
}
