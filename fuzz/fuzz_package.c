/* Update packages as hostile bytes. Properties: what is refused says why; no path leaves the package (T2); every index, text
 * and version stands; reading again says the same. */
#include "postern/update.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) abort();
}

static void check_paths(const postern_package_info *info) {
    for (size_t i = 0; i < info->file_count; i++) {
        postern_slice path = info->files[i].path;
        must(path.len && path.ptr[0] != '\\' && path.ptr[0] != '/');
        must(postern_utf8_valid(path) && postern_slice_find_byte(path, 0, 0) == SIZE_MAX);
        must(postern_slice_find_byte(path, 0, ':') == SIZE_MAX && postern_slice_find_byte(path, 0, '/') == SIZE_MAX);
        while (path.len) {
            postern_cut cut = postern_slice_cut(path, '\\');
            must(cut.head.len && !postern_win_name_refused(cut.head));
            path = cut.tail;
        }
    }
}

static void check_setup(const postern_package_info *info) {
    for (size_t i = 0; i < info->copy_count; i++) {
        must(info->copies[i].name.len && postern_slice_find_byte(info->copies[i].name, 0, '\\') == SIZE_MAX);
        for (int b = 0; b < POSTERN_BRANCHES; b++)
            must(info->copies[i].file[b] == POSTERN_NO_FILE || info->copies[i].file[b] < info->file_count);
    }
    for (size_t i = 0; i < info->reg_count; i++) {
        must(postern_slice_starts_nocase(info->regs[i].key, POSTERN_S("HK")) && postern_utf8_valid(info->regs[i].key));
        for (size_t k = 0; k < info->regs[i].text_count; k++) must(postern_utf8_valid(info->regs[i].texts[k]));
    }
    for (size_t i = 0; i < info->need_count; i++)
        must(info->needs[i].label.len && info->needs[i].sp_first <= info->needs[i].sp_last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_package *package, *again;
    postern_error error = {0};
    postern_status status = postern_package_open(postern_slice_of(data, size), &package, &error);
    must(status == POSTERN_OK || error.text[0]);
    if (status) return 0;
    const postern_package_info *info = postern_package_info_of(package);
    check_paths(info);
    check_setup(info);
    must(postern_package_open(postern_slice_of(data, size), &again, NULL) == POSTERN_OK);
    const postern_package_info *second = postern_package_info_of(again);
    must(second->file_count == info->file_count && second->copy_count == info->copy_count &&
         second->reg_count == info->reg_count);
    postern_package_close(again);
    postern_package_close(package);
    return 0;
}
