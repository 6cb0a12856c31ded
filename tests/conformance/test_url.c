/*
 * The URL room against the data of the URL Standard's own tests (web-platform-tests, url/resources): parsing, resolving,
 * origins, domain to ASCII, percent-encoding. Deviations are listed by name and have to be exactly as docs/DEVIATIONS.md
 * describes them.
 */
#include "conformance.h"

#include "postern/url.h"

static const postern_slice none = {NULL, 0};

/* For the comment of a failed case; overwritten after eight calls. */
static const char *shown(postern_slice s) {
    static char texts[8][400];
    static unsigned next;
    char *text = texts[next++ % 8];
    postern_buf buf;
    postern_buf_init(&buf, 1000);
    if (postern_escape_line(&buf, s, 390)) buf.len = 0;
    if (buf.len) memcpy(text, buf.ptr, buf.len);
    text[buf.len] = 0;
    postern_buf_free(&buf);
    return text;
}

/* ---- urltestdata.json ---------------------------------------------------------------------------------------- */

/* One attribute of the DOM's URL object, put together from pieces, against the row; absent from the row: nothing to compare. */
static bool attribute(tap_row *tap, const json_t *row, const char *key, postern_slice a, postern_slice b, postern_slice c) {
    const json_t *expected = json_object_get(row, key);
    if (!expected) return true;
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    postern_buf_add_slice(&buf, a);
    postern_buf_add_slice(&buf, b);
    postern_status status = postern_buf_add_slice(&buf, c);
    bool good = !status && postern_slice_eq(postern_buf_slice(&buf), json_slice(expected));
    postern_slice input = json_slice(json_object_get(row, "input")), base = json_slice(json_object_get(row, "base"));
    if (!good)
        tap_case(tap, false, "[%s] on [%s]: %s is [%s], not [%s]", shown(input), shown(base), key,
                 shown(postern_buf_slice(&buf)), shown(json_slice(expected)));
    postern_buf_free(&buf);
    return good;
}

/* Every attribute of the row; a record that is right in all of them counts as one case. */
static void compare(tap_row *tap, const json_t *row, const postern_url *url, postern_slice origin) {
    char digits[16] = "";
    int len = url->port >= 0 ? snprintf(digits, sizeof digits, "%d", (int)url->port) : 0;
    postern_slice port = postern_slice_of(digits, (size_t)len);
    postern_slice host_end = postern_slice_of(url->host.ptr, url->host.len + (url->port >= 0 ? port.len + 1 : 0));
    bool good = attribute(tap, row, "href", url->href, none, none);
    good &= attribute(tap, row, "origin", origin, none, none);
    good &= attribute(tap, row, "protocol", url->scheme, POSTERN_S(":"), none);
    good &= attribute(tap, row, "username", url->username, none, none);
    good &= attribute(tap, row, "password", url->password, none, none);
    good &= attribute(tap, row, "host", host_end, none, none);
    good &= attribute(tap, row, "hostname", url->host, none, none);
    good &= attribute(tap, row, "port", port, none, none);
    good &= attribute(tap, row, "pathname", url->path, none, none);
    good &= attribute(tap, row, "search", url->query.len ? POSTERN_S("?") : none, url->query, none);
    good &= attribute(tap, row, "hash", url->fragment.len ? POSTERN_S("#") : none, url->fragment, none);
    if (good) tap_case(tap, true, "as expected");
}

static void parse_row(tap_row *tap, const json_t *row) {
    postern_arena *arena = postern_arena_new(64 << 20);
    postern_slice input = json_slice(json_object_get(row, "input")), base_text = json_slice(json_object_get(row, "base"));
    postern_slice origin;
    const postern_url *base = NULL, *url = NULL;
    bool has_base = json_is_string(json_object_get(row, "base"));
    postern_status status = has_base ? postern_url_parse(arena, base_text, NULL, &base) : POSTERN_OK;
    if (!status) status = postern_url_parse(arena, input, base, &url);
    if (json_is_true(json_object_get(row, "failure"))) {
        tap_case(tap, status == POSTERN_FORMAT, "[%s] on [%s] is %s, not a failure", shown(input), shown(base_text),
                 url ? shown(url->href) : postern_status_name(status));
    } else if (status || postern_url_origin(arena, url, &origin)) {
        tap_case(tap, false, "[%s] on [%s]: %s", shown(input), shown(base_text), postern_status_name(status));
    } else {
        compare(tap, row, url, origin);
    }
    postern_arena_free(arena);
}

static void parse_suite(tap_row *tap, const char *path) {
    json_t *rows = shared_json(path), *row;
    size_t i;
    json_array_foreach(rows, i, row) if (json_is_object(row)) parse_row(tap, row);
    json_decref(rows);
    tap_end(tap, path);
}

/* ---- toascii.json, IdnaTestV2.json --------------------------------------------------------------------------- */

/* The suites go through a whole URL, as the tests of browsers do: so a forbidden domain code point fails, too. The empty domain
 * cannot stand in one. */
static postern_status host_of(postern_arena *arena, postern_slice domain, postern_slice *ret_host) {
    postern_buf buf;
    const postern_url *url;
    if (domain.len == 0) return postern_domain_to_ascii(arena, domain, ret_host);
    postern_buf_init(&buf, 1 << 20);
    postern_buf_add_slice(&buf, POSTERN_S("https://"));
    postern_buf_add_slice(&buf, domain);
    postern_status status = postern_buf_add_slice(&buf, POSTERN_S("/x"));
    if (!status) status = postern_url_parse(arena, postern_buf_slice(&buf), NULL, &url);
    if (!status) *ret_host = url->host;
    postern_buf_free(&buf);
    return status;
}

static void domain_row(tap_row *tap, const json_t *row) {
    postern_arena *arena = postern_arena_new(64 << 20);
    const json_t *output = json_object_get(row, "output");
    postern_slice input = json_slice(json_object_get(row, "input")), host = none;
    postern_status status = host_of(arena, input, &host);
    const char *comment = json_string_value(json_object_get(row, "comment"));
    if (json_is_string(output))
        tap_case(tap, !status && postern_slice_eq(host, json_slice(output)), "[%s] is [%s] (%s), not [%s] (%s)", shown(input),
                 shown(host), postern_status_name(status), shown(json_slice(output)), comment ? comment : "");
    else
        tap_case(tap, status == POSTERN_FORMAT, "[%s] is [%s] (%s), not a failure (%s)", shown(input), shown(host),
                 postern_status_name(status), comment ? comment : "");
    postern_arena_free(arena);
}

static void domain_suite(tap_row *tap, const char *path) {
    json_t *rows = shared_json(path), *row;
    size_t i;
    json_array_foreach(rows, i, row) if (json_is_object(row)) domain_row(tap, row);
    json_decref(rows);
    tap_end(tap, path);
}

/* ---- percent-encoding.json ----------------------------------------------------------------------------------- */

static void percent_row(tap_row *tap, const json_t *row) {
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_slice input = json_slice(json_object_get(row, "input")), query = none, fragment = none;
    postern_slice expected = json_slice(json_object_get(json_object_get(row, "output"), "utf-8"));
    const postern_url *url;
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    postern_buf_add_slice(&buf, POSTERN_S("http://doesnotmatter.invalid/?"));
    postern_buf_add_slice(&buf, input);
    postern_buf_add_byte(&buf, '#');
    postern_status status = postern_buf_add_slice(&buf, input);
    if (!status) status = postern_url_parse(arena, postern_buf_slice(&buf), NULL, &url);
    if (!status) query = url->query, fragment = url->fragment;
    tap_case(tap, expected.len && postern_slice_eq(query, expected) && postern_slice_eq(fragment, expected), "[%s]: [%s] [%s]",
             shown(input), shown(query), shown(fragment));
    postern_buf_free(&buf);
    postern_arena_free(arena);
}

static void percent_suite(tap_row *tap, const char *path) {
    json_t *rows = shared_json(path), *row;
    size_t i;
    json_array_foreach(rows, i, row) if (json_is_object(row)) percent_row(tap, row);
    json_decref(rows);
    tap_end(tap, path);
}

int main(void) {
    tap_row tap;
    tap_plan(&tap, 5);
    parse_suite(&tap, "suites/wpt-url/urltestdata.json");
    parse_suite(&tap, "suites/wpt-url/urltestdata-javascript-only.json");
    percent_suite(&tap, "suites/wpt-url/percent-encoding.json");
    domain_suite(&tap, "suites/wpt-url/toascii.json");
    domain_suite(&tap, "suites/wpt-url/IdnaTestV2.json");
    return tap_finish(&tap);
}
