/* A package from its bytes or its folder: unpack, look at each file, read the setup information. */
#include "package_int.h"

#include <stdlib.h>

uint32_t package_file(const postern_package *package, postern_slice path) {
    for (size_t i = 0; i < package->info.file_count; i++)
        if (postern_slice_eq_nocase(package->files[i].path, path)) return (uint32_t)i;
    return POSTERN_NO_FILE;
}

bool package_number(postern_slice text, uint32_t *ret_number) {
    uint64_t number = 0;
    bool hex = postern_slice_starts_nocase(text, POSTERN_S("0x"));
    bool ok = hex ? postern_slice_hex(postern_slice_from(text, 2), UINT32_MAX, &number)
                  : postern_slice_uint(text, UINT32_MAX, &number);
    *ret_number = (uint32_t)number;
    return ok;
}

/* "T2" also between the files of one package: two that are one file on a Windows disk, or a file that is another's folder. */
static postern_status check_twins(const postern_package *package, postern_error *reterr) {
    for (const update_member *m = package->members.first; m; m = m->next) {
        for (const update_member *other = m->next; other; other = other->next) {
            postern_slice shorter = m->name.len <= other->name.len ? m->name : other->name;
            postern_slice longer = m->name.len <= other->name.len ? other->name : m->name;
            if (!postern_slice_starts_nocase(longer, shorter)) continue;
            if (longer.len == shorter.len || longer.ptr[shorter.len] == '\\')
                return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET,
                                    "T2: two files of the package are in each other's way: %.*s", POSTERN_ARG(longer));
        }
    }
    return POSTERN_OK;
}

static postern_status look_at(postern_package *package, const update_member *member, postern_package_file *file,
                              postern_error *reterr) {
    *file = (postern_package_file){
        .path = member->name, .bytes = member->bytes, .attributes = member->attributes, .time = member->time};
    update_sha256(member->bytes, file->sha256);
    postern_pe pe;
    postern_status status = postern_pe_read(member->bytes, package->arena, &pe, NULL);
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return package_no_room(package, reterr);
    if (status) return POSTERN_OK; /* no program, or a damaged one: what claims a version of it will fail */
    file->is_pe = true;
    file->machine = pe.machine;
    file->has_version = pe.has_version;
    file->version = pe.file_version;
    return POSTERN_OK;
}

static postern_status look_at_all(postern_package *package, postern_error *reterr) {
    size_t count = 0;
    postern_status status = check_twins(package, reterr);
    if (status) return status;
    package->files = postern_arena_zalloc(package->arena, package->members.count + 1, sizeof *package->files);
    if (!package->files) return package_no_room(package, reterr);
    for (const update_member *m = package->members.first; m && !status; m = m->next)
        status = look_at(package, m, &package->files[count++], reterr);
    package->info.files = package->files;
    package->info.file_count = count;
    return status;
}

static postern_status open_with(postern_slice bytes, const int *dir, postern_package **ret_package, postern_error *reterr) {
    postern_package *package = calloc(1, sizeof *package);
    if (package) package->arena = postern_arena_new(POSTERN_LIMIT_PACKAGE_BYTES);
    if (!package || !package->arena) {
        free(package);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the package");
    }
    package->bytes = bytes;
    postern_status status = dir ? package_read_folder(package, *dir, reterr) : package_unpack(package, reterr);
    if (!status) status = package_refuse_deltas(package, reterr);
    if (!status) status = look_at_all(package, reterr);
    if (!status) status = package_read_setup(package, reterr);
    if (status)
        postern_package_close(package);
    else
        *ret_package = package;
    return status;
}

postern_status postern_package_open(postern_slice bytes, postern_package **ret_package, postern_error *reterr) {
    return open_with(bytes, NULL, ret_package, reterr);
}

postern_status postern_package_open_folder(int dir, postern_package **ret_package, postern_error *reterr) {
    return open_with((postern_slice){NULL, 0}, &dir, ret_package, reterr);
}

void postern_package_close(postern_package *package) {
    if (!package) return;
    postern_arena_free(package->arena);
    free(package);
}

const postern_package_info *postern_package_info_of(const postern_package *package) {
    return &package->info;
}
