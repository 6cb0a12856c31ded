/*
 * html5lib's tokenizer tests, every file, every initial state. Error codes and positions are not compared: the tokenizer
 * tells none (docs/DEVIATIONS.md). One TAP line for each file.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "postern/html.h"

static const char *const tokenizer_files[] = {
    "contentModelFlags", "domjs", "entities", "escapeFlag", "namedEntities", "numericEntities", "pendingSpecChanges", "test1",
    "test2", "test3", "test4", "unicodeChars", "unicodeCharsProblematic", "xmlViolation"};
enum { TOKENIZER_FILES = sizeof tokenizer_files / sizeof *tokenizer_files };

static const char *const state_names[] = {"Data state", "RCDATA state", "RAWTEXT state", "Script data state", "PLAINTEXT state",
                                          "CDATA section state"};

/* ---- the suite's strings ---- */

static uint32_t hex4(const char *p) {
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* doubleEscaped tests hold \uXXXX once more; a surrogate alone cannot be in UTF-8 and becomes U+FFFD on both sides. */
static json_t *unescape(json_t *string) {
    const char *p = json_string_value(string);
    size_t len = json_string_length(string);
    postern_buf buf;
    postern_buf_init(&buf, SIZE_MAX);
    for (size_t i = 0; i < len;) {
        if (len - i < 6 || p[i] != '\\' || p[i + 1] != 'u') {
            postern_buf_add_byte(&buf, (uint8_t)p[i++]);
            continue;
        }
        uint32_t scalar = hex4(p + i + 2);
        i += 6;
        if (scalar >= 0xD800 && scalar < 0xDC00 && len - i >= 6 && p[i] == '\\' && p[i + 1] == 'u') {
            uint32_t low = hex4(p + i + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
                i += 6;
            }
        }
        postern_buf_add_utf8(&buf, scalar);
    }
    json_t *result = json_stringn(buf.ptr ? (const char *)buf.ptr : "", buf.len);
    postern_buf_free(&buf);
    return result;
}

static json_t *unescape_all(json_t *value) {
    if (json_is_string(value)) return unescape(value);
    if (json_is_array(value)) {
        json_t *copy = json_array(), *item;
        size_t i;
        json_array_foreach(value, i, item) json_array_append_new(copy, unescape_all(item));
        return copy;
    }
    if (json_is_object(value)) {
        json_t *copy = json_object(), *item;
        const char *key;
        json_object_foreach(value, key, item) {
            json_t *name = json_string(key), *plain = unescape(name);
            json_object_set_new(copy, json_string_value(plain), unescape_all(item));
            json_decref(name);
            json_decref(plain);
        }
        return copy;
    }
    return json_incref(value);
}

/* ---- our tokens in the suite's words ---- */

static json_t *string_of(postern_slice s) {
    return json_stringn(s.len ? (const char *)s.ptr : "", s.len);
}

static void append_text(json_t *tokens, postern_slice text) {
    json_t *last = json_array_get(tokens, json_array_size(tokens) - 1);
    if (!last || strcmp(json_string_value(json_array_get(last, 0)), "Character")) {
        json_array_append_new(tokens, json_pack("[s,o]", "Character", string_of(text)));
        return;
    }
    json_t *old = json_array_get(last, 1);
    postern_buf both;
    postern_buf_init(&both, SIZE_MAX);
    postern_buf_add(&both, json_string_value(old), json_string_length(old));
    postern_buf_add_slice(&both, text);
    json_array_set_new(last, 1, string_of(postern_buf_slice(&both)));
    postern_buf_free(&both);
}

static json_t *start_of(const postern_html_token *token) {
    json_t *attributes = json_object();
    for (size_t i = 0; i < token->attribute_count; i++)
        json_object_setn_new(attributes, (const char *)token->attributes[i].name.ptr, token->attributes[i].name.len,
                             string_of(token->attributes[i].value));
    json_t *result = json_pack("[s,o,o]", "StartTag", string_of(token->name), attributes);
    if (token->self_closing) json_array_append_new(result, json_true());
    return result;
}

static json_t *doctype_of(const postern_html_token *token) {
    return json_pack("[s,o,o,o,b]", "DOCTYPE", token->has_name ? string_of(token->name) : json_null(),
                     token->has_public ? string_of(token->public_id) : json_null(),
                     token->has_system ? string_of(token->system_id) : json_null(), !token->force_quirks);
}

static json_t *tokens_of(postern_slice input, postern_html_state state, postern_slice last_start) {
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    json_t *tokens = json_array();
    if (postern_html_tokenizer_new(input, false, NULL, &tokenizer)) abort();
    postern_html_set_state(tokenizer, state, last_start);
    do {
        if (postern_html_next(tokenizer, &token)) abort();
        switch (token.kind) {
        case POSTERN_HTML_TEXT: append_text(tokens, token.text); break;
        case POSTERN_HTML_START: json_array_append_new(tokens, start_of(&token)); break;
        case POSTERN_HTML_END: json_array_append_new(tokens, json_pack("[s,o]", "EndTag", string_of(token.name))); break;
        case POSTERN_HTML_COMMENT: json_array_append_new(tokens, json_pack("[s,o]", "Comment", string_of(token.text))); break;
        case POSTERN_HTML_DOCTYPE: json_array_append_new(tokens, doctype_of(&token)); break;
        case POSTERN_HTML_EOF: break;
        }
    } while (token.kind != POSTERN_HTML_EOF);
    postern_html_tokenizer_free(tokenizer);
    return tokens;
}

/* The suite may split text; here it is one token. */
static json_t *joined(json_t *expected) {
    json_t *result = json_array(), *item;
    size_t i;
    json_array_foreach(expected, i, item) {
        json_t *text = json_array_get(item, 1);
        if (!strcmp(json_string_value(json_array_get(item, 0)), "Character"))
            append_text(result, postern_slice_of(json_string_value(text), json_string_length(text)));
        else json_array_append(result, item);
    }
    return result;
}

/* xmlViolation tests ask for what an XML tree could hold; that is applied to our tokens by the rules of the suite: U+FFFF,
 * form feed, and "--" in comments. */
static json_t *for_xml(json_t *tokens) {
    json_t *result = json_array(), *item;
    size_t i;
    json_array_foreach(tokens, i, item) {
        if (!json_is_string(json_array_get(item, 1)) || json_array_size(item) > 2) {
            json_array_append(result, item);
            continue;
        }
        bool comment = !strcmp(json_string_value(json_array_get(item, 0)), "Comment");
        json_t *text = json_array_get(item, 1);
        postern_slice s = postern_slice_of(json_string_value(text), json_string_length(text));
        postern_buf buf;
        postern_buf_init(&buf, SIZE_MAX);
        for (size_t at = 0, len; at < s.len; at += len) {
            uint32_t scalar = postern_utf8_at(s, at, &len);
            postern_buf_add_utf8(&buf, scalar == 0xFFFF ? 0xFFFD : scalar == '\f' ? ' ' : scalar);
            if (comment && scalar == '-' && at + 1 < s.len && s.ptr[at + 1] == '-') postern_buf_add_byte(&buf, ' ');
        }
        json_array_append_new(result, json_pack("[O,o]", json_array_get(item, 0), string_of(postern_buf_slice(&buf))));
        postern_buf_free(&buf);
    }
    return result;
}

static void show(const char *what, json_t *value) {
    char *text = json_dumps(value, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    printf("#   %s %s\n", what, text ? text : "?");
    free(text);
}

/* One test in one state: 1 when it fails. */
static unsigned run_state(json_t *test, json_t *input, json_t *expected, size_t state, bool xml) {
    const char *last = json_string_value(json_object_get(test, "lastStartTag"));
    postern_slice bytes = postern_slice_of(json_string_value(input), json_string_length(input));
    json_t *got = tokens_of(bytes, (postern_html_state)state, postern_slice_cstr(last));
    if (xml) {
        json_t *coerced = for_xml(got);
        json_decref(got);
        got = coerced;
    }
    unsigned failed = !json_equal(got, expected);
    if (failed) {
        printf("# failed: %s [%s]\n", json_string_value(json_object_get(test, "description")), state_names[state]);
        show("input", input);
        show("expected", expected);
        show("got", got);
    }
    json_decref(got);
    return failed;
}

static unsigned run_test(json_t *test, bool xml, unsigned *cases) {
    bool twice = json_is_true(json_object_get(test, "doubleEscaped"));
    json_t *input = json_object_get(test, "input"), *output = json_object_get(test, "output");
    input = twice ? unescape(input) : json_incref(input);
    output = twice ? unescape_all(output) : json_incref(output);
    json_t *expected = joined(output), *states = json_object_get(test, "initialStates");
    unsigned failed = 0;
    if (!states) {
        failed += run_state(test, input, expected, POSTERN_HTML_DATA, xml);
        ++*cases;
    }
    for (size_t i = 0; i < json_array_size(states); i++) {
        size_t state = 0;
        while (state < 6 && strcmp(state_names[state], json_string_value(json_array_get(states, i)))) state++;
        failed += state == 6 ? 1 : run_state(test, input, expected, state, xml);
        ++*cases;
    }
    json_decref(input);
    json_decref(output);
    json_decref(expected);
    return failed;
}

static bool run_tokenizer_file(const char *shared, const char *name, unsigned *cases) {
    char path[4096];
    snprintf(path, sizeof path, "%s/suites/html5lib-tests/tokenizer/%s.test", shared, name);
    json_error_t error;
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &error), *test;
    if (!file) {
        printf("# %s: %s\n", path, error.text);
        return false;
    }
    bool xml = json_object_get(file, "xmlViolationTests") != NULL;
    json_t *tests = json_object_get(file, xml ? "xmlViolationTests" : "tests");
    unsigned failed = 0;
    size_t i;
    json_array_foreach(tests, i, test) failed += run_test(test, xml, cases);
    json_decref(file);
    return failed == 0 && *cases > 0;
}

int main(void) {
    const char *shared = getenv("POSTERN_SHARED");
    unsigned number = 0, failed = 0;
    if (!shared) return 2;
    printf("1..%d\n", TOKENIZER_FILES);
    for (size_t i = 0; i < TOKENIZER_FILES; i++) {
        unsigned cases = 0;
        bool ok = run_tokenizer_file(shared, tokenizer_files[i], &cases);
        failed += !ok;
        printf("%s %u - %s # %u cases\n", ok ? "ok" : "not ok", ++number, tokenizer_files[i], cases);
    }
    return failed ? 1 : 0;
}
