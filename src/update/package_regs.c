/*
 * AddReg and DelReg: "root, subkey, name, flags, value, …". Flags as the driver kit gives them: a type in the high half and bit
 * 0, what to do in the low half. HKR has no meaning outside driver setup.
 */
#include "package_int.h"

enum {
    FLG_BINARY = 0x1,
    FLG_NOCLOBBER = 0x2,
    FLG_DELVAL = 0x4,
    FLG_APPEND = 0x8,
    FLG_KEYONLY = 0x10,
    FLG_OVERWRITEONLY = 0x20,
    FLG_64BITKEY = 0x1000, /* the system's own half: where we write anyway */
    FLG_KEYONLY_COMMON = 0x2000,
    FLG_ADD_KNOWN = 0x303F, /* of the low half */
    FLG_DEL_KNOWN = FLG_64BITKEY | FLG_KEYONLY_COMMON,
    TYPE_MULTI_SZ = 0x10000,
    TYPE_EXPAND_SZ = 0x20000,
    TYPE_DWORD = 0x10001,
    TYPE_NONE = 0x20001,
    TYPE_MASK = 0xFFFF0001
};

typedef struct regs {
    postern_package *package;
    postern_package_reg *at;
    size_t count;
    postern_error *reterr;
} regs;

static postern_status fail_line(const regs *r, const update_inf_line *line, postern_status status, const char *what,
                                postern_slice name) {
    return postern_fail(r->reterr, status, line->offset, "the setup information %s: %.*s", what, POSTERN_ARG(name));
}

static postern_slice value(const update_inf_line *line, size_t index) {
    return index < line->value_count ? line->values[index] : (postern_slice){NULL, 0};
}

static postern_status key_of(const regs *r, const update_inf_line *line, postern_slice *ret_key) {
    static const char *const roots[] = {"HKLM", "HKCU", "HKCR", "HKU"};
    postern_slice root = value(line, 0), subkey = value(line, 1);
    bool known = false;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        known |= postern_slice_eq_nocase(root, postern_slice_cstr(roots[i]));
    if (!known) return fail_line(r, line, POSTERN_UNSUPPORTED, "names a root of the registry that means nothing here", root);
    if (!subkey.len) return fail_line(r, line, POSTERN_FORMAT, "names no key below", root);
    uint8_t *key = postern_arena_alloc(r->package->arena, root.len + 1 + subkey.len);
    if (!key) return package_no_room(r->package, r->reterr);
    memcpy(key, root.ptr, root.len);
    key[root.len] = '\\';
    memcpy(key + root.len + 1, subkey.ptr, subkey.len);
    *ret_key = postern_slice_of(key, root.len + 1 + subkey.len);
    return POSTERN_OK;
}

/* ---- values ---- */

static postern_status read_dword(const regs *r, const update_inf_line *line, postern_package_reg *reg) {
    uint32_t number = 0;
    postern_slice text = value(line, 4);
    uint8_t *raw = postern_arena_alloc(r->package->arena, 4);
    if (!raw) return package_no_room(r->package, r->reterr);
    reg->type = POSTERN_REG_DWORD;
    reg->raw = postern_slice_of(raw, 4);
    if (line->value_count == 8) return POSTERN_UNSUPPORTED; /* four bytes: read_binary */
    if (text.len && !package_number(text, &number))
        return fail_line(r, line, POSTERN_FORMAT, "has a number that is none", text);
    for (int i = 0; i < 4; i++) raw[i] = (uint8_t)(number >> (8 * i));
    return POSTERN_OK;
}

/* Bytes as "12,34,ab": each value one byte, hexadecimal. */
static postern_status read_binary(const regs *r, const update_inf_line *line, uint32_t type, postern_package_reg *reg) {
    size_t count = line->value_count > 4 ? line->value_count - 4 : 0;
    if (count == 1 && !line->values[4].len) count = 0;
    uint8_t *raw = postern_arena_alloc(r->package->arena, count + 1);
    if (!raw) return package_no_room(r->package, r->reterr);
    for (size_t i = 0; i < count; i++) {
        postern_slice text = line->values[4 + i];
        uint64_t byte;
        if (text.len > 2 || !postern_slice_hex(text, UINT8_MAX, &byte))
            return fail_line(r, line, POSTERN_FORMAT, "has a byte that is none", text);
        raw[i] = (uint8_t)byte;
    }
    reg->type = type;
    reg->raw = postern_slice_of(raw, count);
    return POSTERN_OK;
}

static postern_status read_value(const regs *r, const update_inf_line *line, uint32_t flags, postern_package_reg *reg) {
    uint32_t type = flags & TYPE_MASK;
    if (type == TYPE_DWORD) {
        postern_status status = read_dword(r, line, reg);
        return status == POSTERN_UNSUPPORTED ? read_binary(r, line, POSTERN_REG_DWORD, reg) : status;
    }
    if (type == FLG_BINARY) return read_binary(r, line, POSTERN_REG_BINARY, reg);
    if (type == TYPE_NONE) return read_binary(r, line, POSTERN_REG_NONE, reg);
    if (type & FLG_BINARY) return read_binary(r, line, type >> 16, reg); /* the driver kit: any type, given as bytes */
    reg->type = type == TYPE_MULTI_SZ ? POSTERN_REG_MULTI_SZ : type == TYPE_EXPAND_SZ ? POSTERN_REG_EXPAND_SZ : POSTERN_REG_SZ;
    if (type != 0 && type != TYPE_MULTI_SZ && type != TYPE_EXPAND_SZ)
        return fail_line(r, line, POSTERN_UNSUPPORTED, "has a type that is not known", value(line, 3));
    static const postern_slice nothing[1] = {{NULL, 0}};
    size_t count = line->value_count > 4 ? line->value_count - 4 : 0;
    reg->texts = count ? line->values + 4 : nothing;
    reg->text_count = reg->type == POSTERN_REG_MULTI_SZ ? count : 1;
    return POSTERN_OK;
}

/* ---- lines ---- */

/* Flags mean other things in front of a deletion; one string out of a list, or the 32-bit half of a registry, are not known. */
static postern_status read_flags(regs *r, const update_inf_line *line, bool removes, uint32_t *ret_flags) {
    postern_slice text = value(line, 3);
    *ret_flags = 0;
    if (text.len && !package_number(text, ret_flags))
        return fail_line(r, line, POSTERN_FORMAT, "has flags that are no number", text);
    uint32_t known = removes ? FLG_DEL_KNOWN : TYPE_MASK | FLG_ADD_KNOWN;
    bool appends_text = !removes && (*ret_flags & FLG_APPEND) && (*ret_flags & TYPE_MASK) != TYPE_MULTI_SZ;
    if ((*ret_flags & ~known) || appends_text)
        return fail_line(r, line, POSTERN_UNSUPPORTED, "has flags that are not known here", text);
    return POSTERN_OK;
}

static postern_status add_line(regs *r, const update_inf_line *line, bool removes, postern_win_kind only_on) {
    uint32_t flags;
    if (r->count == POSTERN_LIMIT_PACKAGE_REGS)
        return fail_line(r, line, POSTERN_LIMIT, "changes more values than PACKAGE_REGS allows", value(line, 1));
    postern_status status = read_flags(r, line, removes, &flags);
    if (status) return status;
    bool key_only = flags & (removes ? FLG_KEYONLY_COMMON : FLG_KEYONLY | FLG_KEYONLY_COMMON);
    if (removes && !key_only && line->value_count > 2 && !value(line, 2).len)
        return fail_line(r, line, POSTERN_UNSUPPORTED, "deletes a value without a name, or its whole key", value(line, 1));
    postern_package_reg *reg = &r->at[r->count++];
    *reg = (postern_package_reg){.removes = removes || (flags & FLG_DELVAL),
                                 .keeps_present = !removes && (flags & FLG_NOCLOBBER),
                                 .only_present = !removes && (flags & FLG_OVERWRITEONLY),
                                 .appends = !removes && (flags & FLG_APPEND),
                                 .name = value(line, 2),
                                 .only_on = only_on,
                                 .offset = line->offset};
    reg->whole_key = line->value_count < 3 || key_only;
    status = key_of(r, line, &reg->key);
    if (status || reg->removes || reg->whole_key) return status;
    return read_value(r, line, flags, reg);
}

static postern_status add_sections(regs *r, const update_inf_line *names, bool removes, postern_win_kind only_on) {
    for (size_t i = 0; i < names->value_count; i++) {
        const update_inf_section *section = update_inf_find(r->package->inf, names->values[i]);
        if (!section) return fail_line(r, names, POSTERN_FORMAT, "has no section", names->values[i]);
        for (const update_inf_line *l = section->lines; l; l = l->next) {
            postern_status status = add_line(r, l, removes, only_on);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

postern_status package_read_regs(postern_package *package, postern_error *reterr) {
    regs r = {.package = package, .reterr = reterr};
    r.at = postern_arena_zalloc(package->arena, POSTERN_LIMIT_PACKAGE_REGS, sizeof *r.at);
    if (!r.at) return package_no_room(package, reterr);
    /* as the installers do: what goes first, then what comes */
    for (int adds = 0; adds < 2; adds++) {
        for (const update_inf_section *s = package->inf->sections; s; s = s->next) {
            postern_win_kind only_on;
            if (!package_installs(package, s, &only_on)) continue;
            for (const update_inf_line *l = s->lines; l; l = l->next) {
                if (!postern_slice_eq_nocase(l->key, adds ? POSTERN_S("AddReg") : POSTERN_S("DelReg"))) continue;
                postern_status status = add_sections(&r, l, !adds, only_on);
                if (status) return status;
            }
        }
    }
    package->info.regs = r.at;
    package->info.reg_count = r.count;
    return POSTERN_OK;
}
