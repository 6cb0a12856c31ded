/* postern update verify: with a record of ours, every file and value against it; without one, files and marks (T4). */
#include "update.h"

#include <unistd.h>

enum { SHOWN = 4096 };

/* ---- against our record ---- */

static void json_check(const postern_update_check *check, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    cli_key_uint(&json, "format", 1);
    postern_json_key(&json, "good");
    postern_json_bool(&json, check->good);
    cli_key_cstr(&json, "what", check->what);
    cli_key_string(&json, "place", check->place);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

static cli_exit show_record(const cli_serviced *system, const postern_update_check *checks, size_t count) {
    postern_buf out;
    size_t bad = 0;
    postern_buf_init(&out, 64 << 20);
    for (size_t i = 0; i < count; i++) {
        bad += !checks[i].good;
        if (system->args->json) {
            json_check(&checks[i], &out);
        } else if (!system->args->quiet) {
            postern_buf_printf(&out, "%s  %-20s  ", checks[i].good ? "ok " : "BAD", checks[i].what);
            postern_escape_line(&out, checks[i].place, SHOWN);
            postern_buf_add_byte(&out, '\n');
        }
    }
    cli_exit code = cli_update_print(&out);
    postern_buf_free(&out);
    return code ? code : bad ? CLI_DEFECTS : CLI_CLEAN;
}

/* ---- without one ---- */

static void show_proof_check(const postern_proof_check *check, postern_buf *out) {
    postern_buf_printf(out, "%s  %-22s  ", check->good ? "ok " : check->neutral ? "-- " : "BAD", check->what);
    postern_escape_line(out, check->place, SHOWN);
    if (check->found.len) {
        postern_buf_printf(out, "  ");
        postern_escape_line(out, check->found, SHOWN);
    }
    if (check->wanted.len && !postern_slice_eq(check->wanted, check->found)) {
        postern_buf_printf(out, "  (wanted ");
        postern_escape_line(out, check->wanted, SHOWN);
        postern_buf_add_byte(out, ')');
    }
    postern_buf_add_byte(out, '\n');
}

static void json_proof_check(const postern_proof_check *check, postern_json *json) {
    postern_buf digest;
    postern_buf_init(&digest, 128);
    if (check->has_digest) postern_buf_add_hex(&digest, check->sha256, sizeof check->sha256);
    postern_json_object(json);
    cli_key_cstr(json, "kind", check->kind == POSTERN_PROOF_FILE ? "file" : "mark");
    postern_json_key(json, "good");
    postern_json_bool(json, check->good);
    postern_json_key(json, "neutral");
    postern_json_bool(json, check->neutral);
    cli_key_cstr(json, "what", check->what);
    cli_key_text(json, "place", check->place);
    cli_key_text(json, "found", check->found);
    cli_key_text(json, "wanted", check->wanted);
    cli_key_text(json, "sha256", postern_buf_slice(&digest));
    postern_json_end_object(json);
    postern_buf_free(&digest);
}

static void json_proof(const char *label, const char *id, const postern_proof *proof, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, true);
    postern_json_object(&json);
    cli_key_uint(&json, "format", 1);
    cli_key_cstr(&json, "root", label);
    cli_key_cstr(&json, "update", id);
    cli_key_cstr(&json, "verdict", postern_verdict_name(proof->verdict));
    cli_key_text(&json, "reason", proof->reason);
    cli_key_cstr(&json, "source", proof->source);
    postern_json_key(&json, "checks");
    postern_json_array(&json);
    for (size_t i = 0; i < proof->count; i++) json_proof_check(&proof->checks[i], &json);
    postern_json_end_array(&json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

static void text_proof(const char *label, const char *id, const postern_proof *proof, postern_buf *out) {
    static const char *const words[] = {[POSTERN_VERDICT_NOT_AFFECTED] = "not needed",
                                        [POSTERN_VERDICT_FIXED] = "in place",
                                        [POSTERN_VERDICT_UNKNOWN] = "cannot be told",
                                        [POSTERN_VERDICT_CONTRADICTION] = "contradiction",
                                        [POSTERN_VERDICT_AFFECTED] = "not in place"};
    for (size_t i = 0; i < proof->count; i++) show_proof_check(&proof->checks[i], out);
    postern_escape_line(out, postern_slice_cstr(label), SHOWN);
    postern_buf_printf(out, ": %s: %s: ", id, words[proof->verdict]);
    postern_escape_line(out, proof->reason, SHOWN);
    postern_buf_printf(out, " (judged by the %s; Postern has no record of it)\n", proof->source);
}

static cli_exit prove(const cli_serviced *system, const char *id) {
    static const cli_exit codes[] = {[POSTERN_VERDICT_NOT_AFFECTED] = CLI_CLEAN,
                                     [POSTERN_VERDICT_FIXED] = CLI_CLEAN,
                                     [POSTERN_VERDICT_UNKNOWN] = CLI_UNUSABLE,
                                     [POSTERN_VERDICT_CONTRADICTION] = CLI_DEFECTS,
                                     [POSTERN_VERDICT_AFFECTED] = CLI_DEFECTS};
    const postern_proof *proof;
    postern_error error;
    postern_buf out;
    if (postern_update_prove(system->servicing, postern_slice_cstr(id), &proof, &error))
        return cli_serviced_told(system, &error);
    postern_buf_init(&out, 64 << 20);
    if (system->args->json)
        json_proof(system->tree.label, id, proof, &out);
    else if (!system->args->quiet)
        text_proof(system->tree.label, id, proof, &out);
    cli_exit code = cli_update_print(&out);
    postern_buf_free(&out);
    return code ? code : codes[proof->verdict];
}

cli_exit cli_verify(const cli_serviced *system, const char *id) {
    const postern_update_check *checks;
    size_t count;
    postern_error error;
    postern_status status = postern_update_verify(system->servicing, postern_slice_cstr(id), &checks, &count, &error);
    if (status == POSTERN_NOTFOUND) return prove(system, id);
    return status ? cli_serviced_told(system, &error) : show_record(system, checks, count);
}
