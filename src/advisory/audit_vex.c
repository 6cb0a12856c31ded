/* The verdict as a CSAF 2.0 document of profile csaf_vex. */
#include "csaf_int.h"

#include "audit_int.h"

static void key_text(postern_json *json, const char *key, postern_slice text) {
    postern_json_key(json, key);
    postern_json_string(json, text);
}

static void key_cstr(postern_json *json, const char *key, const char *text) {
    key_text(json, key, postern_slice_cstr(text));
}

/* ---- what each verdict is in VEX ---- */

static const char *state_of(const postern_audit_component *c) {
    switch (c->files) { /* files decide; a contradiction is told as the impact */
    case POSTERN_VERDICT_NOT_AFFECTED:
        return "known_not_affected";
    case POSTERN_VERDICT_FIXED:
        return "fixed";
    case POSTERN_VERDICT_AFFECTED:
        return "known_affected";
    default:
        return "under_investigation";
    }
}

static const char *justification_of(const postern_audit_component *c) {
    return c->installed ? "vulnerable_code_not_present" : "component_not_present";
}

static void list_products(postern_json *json, const postern_audit_report *r, const char *state) {
    bool any = false;
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) any |= !strcmp(state_of(&r->components[i]), state);
    if (!any) return;
    postern_json_key(json, state);
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++)
        if (!strcmp(state_of(&r->components[i]), state)) postern_json_cstr(json, r->components[i].id);
    postern_json_end_array(json);
}

static void one_product(postern_json *json, const char *key, const char *id) {
    postern_json_key(json, key);
    postern_json_array(json);
    postern_json_cstr(json, id);
    postern_json_end_array(json);
}

static void write_flags(postern_json *json, const postern_audit_report *r, postern_slice time) {
    bool any = false;
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) any |= r->components[i].files == POSTERN_VERDICT_NOT_AFFECTED;
    if (!any) return;
    postern_json_key(json, "flags");
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        if (r->components[i].files != POSTERN_VERDICT_NOT_AFFECTED) continue;
        postern_json_object(json);
        key_cstr(json, "label", justification_of(&r->components[i]));
        key_text(json, "date", time);
        one_product(json, "product_ids", r->components[i].id);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void write_threats(postern_json *json, const postern_audit_report *r) {
    postern_json_key(json, "threats");
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        postern_json_object(json);
        key_cstr(json, "category", "impact");
        key_cstr(json, "details", r->components[i].reason);
        one_product(json, "product_ids", r->components[i].id);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void write_remediations(postern_json *json, const postern_audit_report *r) {
    if (!r->open && r->verdict != POSTERN_VERDICT_UNKNOWN) return;
    postern_json_key(json, "remediations");
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &r->components[i];
        if (c->verdict < POSTERN_VERDICT_UNKNOWN) continue;
        postern_json_object(json);
        key_cstr(json, "category", r->package || c->verdict != POSTERN_VERDICT_AFFECTED ? "vendor_fix" : "none_available");
        key_cstr(
            json, "details",
            c->verdict == POSTERN_VERDICT_UNKNOWN         ? "Make the file readable and audit again."
            : c->verdict == POSTERN_VERDICT_CONTRADICTION ? "Install update 837009 again, so that its files and its mark agree."
            : r->package
                ? "Install update 837009."
                : "No package of the bulletin fits: bring the system to a supported service pack and Internet Explorer first.");
        one_product(json, "product_ids", c->id);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

/* ---- the document ---- */

static void write_tracking(postern_json *json, const postern_vex_options *options) {
    postern_json_key(json, "tracking");
    postern_json_object(json);
    key_text(json, "id", options->id);
    key_cstr(json, "status", "final");
    key_cstr(json, "version", "1");
    key_text(json, "initial_release_date", options->time);
    key_text(json, "current_release_date", options->time);
    postern_json_key(json, "generator");
    postern_json_object(json);
    postern_json_key(json, "engine");
    postern_json_object(json);
    key_cstr(json, "name", "postern");
    key_cstr(json, "version", postern_version());
    postern_json_end_object(json);
    postern_json_end_object(json);
    postern_json_key(json, "revision_history");
    postern_json_array(json);
    postern_json_object(json);
    key_text(json, "date", options->time);
    key_cstr(json, "number", "1");
    key_cstr(json, "summary", "Audit of the system.");
    postern_json_end_object(json);
    postern_json_end_array(json);
    postern_json_end_object(json);
}

static void write_document(postern_json *json, const postern_vex_options *options) {
    postern_json_key(json, "document");
    postern_json_object(json);
    key_cstr(json, "category", "csaf_vex");
    key_cstr(json, "csaf_version", "2.0");
    key_cstr(json, "lang", "en");
    postern_buf title;
    postern_buf_init(&title, 1 << 16);
    postern_buf_printf(&title, "MS04-013 on ");
    postern_buf_add_slice(&title, options->name);
    if (title.status) json->out->status = title.status;
    key_text(json, "title", postern_buf_slice(&title));
    postern_buf_free(&title);
    postern_json_key(json, "publisher");
    postern_json_object(json);
    key_cstr(json, "category", "user");
    key_cstr(json, "name", "postern audit");
    key_cstr(json, "namespace", "https://postern.example");
    postern_json_end_object(json);
    postern_json_key(json, "references");
    postern_json_array(json);
    postern_json_object(json);
    key_cstr(json, "category", "external");
    key_cstr(json, "summary", "The vendor's bulletin MS04-013");
    key_cstr(json, "url", "https://learn.microsoft.com/en-us/security-updates/securitybulletins/2004/ms04-013");
    postern_json_end_object(json);
    postern_json_end_array(json);
    write_tracking(json, options);
    postern_json_end_object(json);
}

static void write_products(postern_json *json, const postern_audit *audit, const postern_vex_options *options) {
    postern_json_key(json, "product_tree");
    postern_json_object(json);
    postern_json_key(json, "full_product_names");
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        postern_buf name;
        postern_buf_init(&name, 1 << 16);
        postern_buf_printf(&name, "%s, %.*s SP%u, ", audit->report.components[i].name, POSTERN_ARG(audit->system->product),
                           audit->system->service_pack);
        postern_buf_add_slice(&name, options->name);
        if (name.status) json->out->status = name.status;
        postern_json_object(json);
        key_cstr(json, "product_id", audit->report.components[i].id);
        key_text(json, "name", postern_buf_slice(&name));
        postern_json_end_object(json);
        postern_buf_free(&name);
    }
    postern_json_end_array(json);
    postern_json_end_object(json);
}

static void write_vulnerability(postern_json *json, const postern_audit_report *r, postern_slice time) {
    static const char *const states[] = {"fixed", "known_affected", "known_not_affected", "under_investigation"};
    postern_json_key(json, "vulnerabilities");
    postern_json_array(json);
    postern_json_object(json);
    key_cstr(json, "cve", "CVE-2004-0380");
    key_cstr(json, "title", "MHTML URL processing (MS04-013)");
    postern_json_key(json, "notes");
    postern_json_array(json);
    postern_json_object(json);
    key_cstr(json, "category", "description");
    key_cstr(json, "text", "A crafted mhtml: URL makes Outlook Express run an attacker's HTML in the My Computer zone.");
    postern_json_end_object(json);
    postern_json_end_array(json);
    postern_json_key(json, "product_status");
    postern_json_object(json);
    for (size_t i = 0; i < 4; i++) list_products(json, r, states[i]);
    postern_json_end_object(json);
    write_flags(json, r, time);
    write_threats(json, r);
    write_remediations(json, r);
    postern_json_end_object(json);
    postern_json_end_array(json);
}

postern_status postern_audit_vex(const postern_audit *audit, const postern_vex_options *options, postern_buf *out,
                                 postern_error *reterr) {
    if (!csaf_form_date_time(options->time))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                            "the time of a VEX document is no RFC 3339 date and time");
    if (!csaf_form_tracking_id(options->id))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                            "the id of a VEX document is empty or begins with a blank");
    postern_json json;
    postern_json_init(&json, out, true);
    postern_json_object(&json);
    write_document(&json, options);
    write_products(&json, audit, options);
    write_vulnerability(&json, &audit->report, options->time);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
    return out->status ? postern_fail(reterr, out->status, POSTERN_NO_OFFSET, "no room for the VEX document") : POSTERN_OK;
}
