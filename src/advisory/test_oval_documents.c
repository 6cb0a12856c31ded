/* OVAL documents whole: definitions over characteristics, sets and filters, output, hostile ones, failing memory. */
#include "base/test_base.h"
#include "base/test_oom.h"

#include "advisory/oval_int.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD                                                                                                                   \
    "<oval_definitions xmlns='" OVAL_NS "oval-definitions-5' xmlns:i='" OVAL_NS "oval-definitions-5#independent' "             \
    "xmlns:w='" OVAL_NS "oval-definitions-5#windows' xmlns:xsi='" OVAL_NS_XSI "'>"
#define TAIL "</oval_definitions>"
#define DEFINITION(id, criteria)                                                                                               \
    "<definition id='" id "' version='1' class='miscellaneous'><metadata><title>t</title></metadata>" criteria "</definition>"

#define SC                                                                                                                     \
    "<oval_system_characteristics xmlns='" OVAL_NS "oval-system-characteristics-5' xmlns:w='" OVAL_NS                          \
    "oval-system-characteristics-5#windows'><system_info><os_name>W</os_name><os_version>5</os_version><architecture>a"        \
    "</architecture><primary_host_name>h</primary_host_name><interfaces/></system_info><collected_objects>"                    \
    "<object id='o:all' version='1' flag='complete'><reference item_ref='1'/><reference item_ref='2'/><reference "             \
    "item_ref='3'/></object><object id='o:two' version='1' flag='complete'><reference item_ref='2'/></object>"                 \
    "<object id='o:none' version='1' flag='does not exist'/><object id='o:part' version='1' flag='incomplete'><reference "     \
    "item_ref='1'/></object><object id='o:bad' version='1' flag='error'><message>no luck</message></object>"                   \
    "</collected_objects><system_data>"                                                                                        \
    "<w:registry_item id='1'><w:name>one</w:name><w:value datatype='int'>1</w:value></w:registry_item>"                        \
    "<w:registry_item id='2'><w:name>two</w:name><w:value datatype='int'>2</w:value><w:value>22</w:value>"                     \
    "</w:registry_item><w:registry_item id='3'><w:name>three</w:name><w:value status='does not exist'/>"                       \
    "</w:registry_item></system_data></oval_system_characteristics>"

typedef struct world {
    const char *xml, *characteristics, *variables;
} world;

static postern_status evaluate(const world *w, oval **ret, postern_error *error) {
    postern_status status = postern_oval_open(postern_slice_cstr(w->xml), ret, error);
    if (status) return status;
    postern_oval_set_time(*ret, 1700000000);
    if (w->variables) status = postern_oval_set_variables(*ret, postern_slice_cstr(w->variables), error);
    if (!status && w->characteristics)
        status = postern_oval_set_characteristics(*ret, postern_slice_cstr(w->characteristics), error);
    if (!status) status = postern_oval_evaluate(*ret, (postern_slice){0}, error);
    if (!status) return POSTERN_OK;
    postern_oval_free(*ret);
    *ret = NULL;
    return status;
}

/* o:lost stands nowhere; o:never is not collected. */
#define NAMED                                                                                                                  \
    "<w:registry_object id='o:all' version='1'/><w:registry_object id='o:two' version='1'/><w:registry_object id='o:none' "    \
    "version='1'/><w:registry_object id='o:bad' version='1'/><w:registry_object id='o:part' version='1'/><w:registry_object "  \
    "id='o:never' version='1'/></objects>"
#define OBJECTS "<objects>" NAMED

/* The result of the only definition, whose one criterion is this test. */
static void test_gives(const char *test, const char *rest, const char *wanted) {
    char xml[8192];
    oval *o;
    postern_error error = {0};
    snprintf(xml, sizeof xml,
             HEAD "<definitions>" DEFINITION(
                 "d", "<criteria><criterion test_ref='t'/></criteria>") "</definitions><tests>%s</tests>%s%s" TAIL,
             test, strstr(rest, "<objects>") ? "" : OBJECTS, rest);
    world w = {xml, SC, NULL};
    if (evaluate(&w, &o, &error)) fail_msg("%s\n%s", error.text, xml);
    postern_oval_definition d = postern_oval_definition_at(o, 0);
    if (strcmp(postern_oval_result_name(d.result), wanted))
        fail_msg("%s\n%s\n gives %s, not %s (%.*s)", test, rest, postern_oval_result_name(d.result), wanted,
                 POSTERN_ARG(d.reason));
    assert_true((d.result == POSTERN_OVAL_TRUE || d.result == POSTERN_OVAL_FALSE) == (d.reason.len == 0));
    postern_oval_free(o);
}

#define TEST(attributes, object)                                                                                               \
    "<w:registry_test id='t' version='1' comment='c' " attributes "><w:object object_ref='" object                             \
    "'/><w:state state_ref='s'/></w:registry_test>"
#define BARE(attributes, object)                                                                                               \
    "<w:registry_test id='t' version='1' comment='c' " attributes "><w:object object_ref='" object "'/></w:registry_test>"
#define STATE(inner) "<states><w:registry_state id='s' version='1'>" inner "</w:registry_state></states>"

static void tests_of_items(void **state) {
    static const char *const rows[][3] = {
        {TEST("check='all'", "o:two"), STATE("<w:name>two</w:name>"), "true"},
        {TEST("check='all'", "o:all"), STATE("<w:name>two</w:name>"), "false"},
        {TEST("check='only one'", "o:all"), STATE("<w:name>two</w:name>"), "true"},
        {TEST("check='none satisfy'", "o:all"), STATE("<w:name>four</w:name>"), "true"},
        {TEST("check='at least one'", "o:two"), STATE("<w:value datatype='int' entity_check='all'>2</w:value>"), "false"},
        {TEST("check='at least one'", "o:two"), STATE("<w:value datatype='int' entity_check='at least one'>2</w:value>"),
         "true"},
        {TEST("check='at least one'", "o:all"), STATE("<w:value check_existence='none_exist'/>"), "true"},
        {TEST("check='all'", "o:all"),
         STATE("<w:value check_existence='any_exist' datatype='int' operation='greater than'>0</w:value>"), "true"},
        {TEST("check='at least one'", "o:two"), STATE("<w:name datatype='int'>2</w:name>"), "error"},
        {TEST("check='all'", "o:bad"), STATE("<w:name>two</w:name>"), "error"},
        {TEST("check='all'", "o:never"), STATE("<w:name>two</w:name>"), "unknown"},
        {TEST("check='all'", "o:lost"), STATE("<w:name>two</w:name>"), "error"},
        {TEST("check='all'", "o:none"), STATE("<w:name>two</w:name>"), "false"},
        {BARE("check='all' check_existence='none_exist'", "o:none"), "", "true"},
        {BARE("check='all' check_existence='only_one_exists'", "o:all"), "", "false"},
        {BARE("check='all' check_existence='at_least_one_exists'", "o:part"), "", "true"},
        {BARE("check='all' check_existence='only_one_exists'", "o:part"), "", "unknown"},
        {TEST("check='all'", "o:part"), STATE("<w:name>one</w:name>"), "unknown"},
        {TEST("check='at least one'", "o:part"), STATE("<w:name>one</w:name>"), "true"},
        {TEST("check='sometimes'", "o:two"), STATE("<w:name>two</w:name>"), "error"},
        {TEST("check='all'", "o:two"), "", "error"},
        {TEST("check='all'", "o:two"),
         STATE("<w:name var_ref='v' var_check='at least one'/>") "<variables><constant_variable id='v' version='1' "
                                                                 "datatype='string'><value>x</value><value>two</value></"
                                                                 "constant_variable>"
                                                                 "</variables>",
         "true"},
        {TEST("check='all'", "o:two"),
         STATE("<w:name var_ref='v'/>") "<variables><external_variable id='v' version='1' datatype='string'/></variables>",
         "error"},
        {"<i:unknown_test id='t' version='1' check='all' comment='c'/>", "", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) test_gives(rows[i][0], rows[i][1], rows[i][2]);
}

static void sets_and_filters(void **state) {
#define SET(inner) "<objects><w:registry_object id='o:set' version='1'>" inner "</w:registry_object></objects>"
#define REF(id) "<object_reference>" id "</object_reference>"
    static const char *const rows[][3] = {
        {BARE("check='all' check_existence='only_one_exists'", "o:set"),
         SET("<set set_operator='COMPLEMENT'><set>" REF("o:all") "<filter action='exclude'>s</filter></set>" REF(
             "o:two") "</set>") STATE("<w:name>one</w:name>"),
         "true"},
        {BARE("check='all' check_existence='only_one_exists'", "o:set"),
         SET("<set set_operator='INTERSECTION'>" REF("o:all") REF("o:two") "</set>") STATE(""), "true"},
        {BARE("check='all' check_existence='none_exist'", "o:set"),
         SET("<set set_operator='INTERSECTION'>" REF("o:all") REF("o:none") "</set>") STATE(""), "true"},
        {BARE("check='all' check_existence='only_one_exists'", "o:set"),
         SET("<set>" REF("o:all") "<filter action='include'>s</filter></set>")
             STATE("<w:name operation='pattern match'>^th</w:name>"),
         "true"},
        {BARE("check='all'", "o:set"), SET("<set>" REF("o:bad") REF("o:two") "</set>") STATE(""), "error"},
        {TEST("check='all'", "o:set"), SET("<set>" REF("o:two") REF("o:two") "</set>") STATE("<w:name>two</w:name>"), "true"},
    };
    (void)state;
    /* o:all and its like stand in the characteristics; the file has to name them, too */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char rest[4096];
        const char *end = strstr(rows[i][1], "</objects>");
        snprintf(rest, sizeof rest, "%.*s" NAMED "%s", (int)(end - rows[i][1]), rows[i][1], end + 10);
        test_gives(rows[i][0], rest, rows[i][2]);
    }
}

/* ---- variables from outside ---- */

static void external_variables(void **state) {
#define EXTERNAL(inner)                                                                                                        \
    HEAD "<definitions>" DEFINITION(                                                                                           \
        "d", "<criteria><criterion test_ref='t'/></criteria>") "</definitions><tests>"                                         \
                                                               "<i:variable_test id='t' version='1' check='all' "              \
                                                               "comment='c'><i:object "                                        \
                                                               "object_ref='o'/></i:variable_test></tests><objects>"           \
                                                               "<i:variable_object id='o' "                                    \
                                                               "version='1'><i:var_ref>v</i:var_ref></i:variable_object></"    \
                                                               "objects><variables>"                                           \
                                                               "<external_variable id='v' version='1' datatype='int'>" inner   \
                                                               "</external_variable></variables>" TAIL
#define GIVEN(value)                                                                                                           \
    "<oval_variables xmlns='" OVAL_NS "oval-variables-5'><variables><variable id='v' datatype='int'><value>" value             \
    "</value></variable></variables></oval_variables>"
    static const struct {
        world w;
        postern_oval_result wanted;
    } rows[] = {
        {{EXTERNAL(""), NULL, GIVEN("5")}, POSTERN_OVAL_TRUE},
        {{EXTERNAL(""), NULL, GIVEN("five")}, POSTERN_OVAL_ERROR},
        {{EXTERNAL(""), NULL, NULL}, POSTERN_OVAL_ERROR},
        {{EXTERNAL("<possible_value hint='h'>7</possible_value>"), NULL, GIVEN("5")}, POSTERN_OVAL_ERROR},
        {{EXTERNAL("<possible_value hint='h'>7</possible_value>"), NULL, GIVEN("7")}, POSTERN_OVAL_TRUE},
        {{EXTERNAL("<possible_restriction hint='h'><restriction operation='greater than'>3</restriction><restriction "
                   "operation='less than'>6</restriction></possible_restriction>"),
          NULL, GIVEN("5")},
         POSTERN_OVAL_TRUE},
        {{EXTERNAL("<possible_restriction hint='h'><restriction operation='greater than'>3</restriction><restriction "
                   "operation='less than'>6</restriction></possible_restriction>"),
          NULL, GIVEN("6")},
         POSTERN_OVAL_ERROR},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        oval *o;
        postern_error error = {0};
        assert_int_equal(evaluate(&rows[i].w, &o, &error), POSTERN_OK);
        assert_int_equal(postern_oval_definition_at(o, 0).result, rows[i].wanted);
        postern_oval_free(o);
    }
}

/* ---- hostile documents ---- */

static void z18_hostile_documents_are_refused_with_the_place(void **state) {
    static const struct {
        const char *xml, *text;
        postern_status status;
    } rows[] = {
        {"", "empty", POSTERN_FORMAT},
        {"<x/>", "root element", POSTERN_FORMAT},
        {HEAD "<definitions>", "line 1", POSTERN_FORMAT},
        {"<!DOCTYPE x [<!ENTITY a 'b'>]>" HEAD TAIL, "document type", POSTERN_FORMAT},
        {"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" HEAD TAIL, "document type", POSTERN_FORMAT},
        {HEAD "<definitions>&a;</definitions>" TAIL, "line 1", POSTERN_FORMAT},
        {HEAD "<definitions><definition version='1'/></definitions>" TAIL, "no id", POSTERN_FORMAT},
        {HEAD "<definitions><definition id='d'/><definition id='d'/></definitions>" TAIL, "d: this id is used twice",
         POSTERN_FORMAT},
        {HEAD
         "<definitions><definition id='d:1'><criteria><extend_definition definition_ref='d:2'/></criteria></definition>"
         "<definition id='d:2'><criteria><extend_definition definition_ref='d:1'/></criteria></definition></definitions>" TAIL,
         "d:1 refers to itself", POSTERN_FORMAT},
        {HEAD "<variables><local_variable id='v:1' datatype='string'><variable_component "
              "var_ref='v:1'/></local_variable></variables>" TAIL,
         "v:1 refers to itself", POSTERN_FORMAT},
        {HEAD "<objects><w:registry_object "
              "id='o:1'><set><object_reference>o:1</object_reference></set></w:registry_object></objects>" TAIL,
         "o:1 refers to itself", POSTERN_FORMAT},
        {HEAD
         "<objects><w:registry_object id='o:1'><w:key var_ref='v:1'/></w:registry_object></objects><variables><local_variable "
         "id='v:1' datatype='string'><object_component object_ref='o:1' item_field='key'/></local_variable></variables>" TAIL,
         "refers to itself", POSTERN_FORMAT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        oval *o = NULL;
        postern_error error = {0};
        assert_int_equal(postern_oval_open(postern_slice_cstr(rows[i].xml), &o, &error), rows[i].status);
        if (!strstr(error.text, rows[i].text)) fail_msg("%s\nsays %s", rows[i].xml, error.text);
    }
}

static void append(postern_buf *buf, const char *text) {
    assert_int_equal(postern_buf_add_slice(buf, postern_slice_cstr(text)), POSTERN_OK);
}

static void z18_depth_and_chains_end_at_their_ceilings(void **state) {
    oval *o = NULL;
    postern_error error = {0};
    postern_buf xml;
    (void)state;
    postern_buf_init(&xml, 1 << 24);
    append(&xml, HEAD "<objects><w:registry_object id='o:deep' version='1'>");
    for (int i = 0; i < 300; i++) append(&xml, "<set>");
    assert_int_equal(postern_oval_open(postern_buf_slice(&xml), &o, &error), POSTERN_LIMIT);
    assert_non_null(strstr(error.text, "OVAL_XML_DEPTH"));
    postern_buf_clear(&xml);
    append(&xml, HEAD "<definitions>");
    for (int i = 0; i < 1000; i++)
        assert_int_equal(
            postern_buf_printf(&xml,
                               "<definition id='d:%d'><criteria><extend_definition definition_ref='d:%d'/></criteria>"
                               "</definition>",
                               i, i + 1),
            POSTERN_OK);
    append(&xml, "</definitions>" TAIL);
    assert_int_equal(postern_oval_open(postern_buf_slice(&xml), &o, &error), POSTERN_LIMIT);
    assert_non_null(strstr(error.text, "OVAL_CHAIN"));
    assert_non_null(strstr(error.text, "d:"));
    postern_buf_free(&xml);
}

static void z18_catastrophic_patterns_are_errors_that_name_the_state(void **state) {
    oval *o;
    postern_error error = {0};
    (void)state;
    world w = {
        HEAD "<definitions>" DEFINITION(
            "d",
            "<criteria><criterion test_ref='t'/></criteria>") "</definitions><tests>"
                                                              "<i:variable_test id='t' version='1' check='all' "
                                                              "comment='c'><i:object object_ref='o'/><i:state "
                                                              "state_ref='the:state'/>"
                                                              "</i:variable_test></tests><objects><i:variable_object id='o' "
                                                              "version='1'><i:var_ref>v</i:var_ref></i:variable_object>"
                                                              "</objects><states><i:variable_state id='the:state' "
                                                              "version='1'><i:value operation='pattern match'>^(a+)+$</i:value>"
                                                              "</i:variable_state></states><variables><constant_variable "
                                                              "id='v' version='1' datatype='string'><value>"
                                                              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                                              "aaaaaaaaaaaaaaaaaaaaaaaaa!</value></constant_variable>"
                                                              "</variables>" TAIL,
        NULL, NULL};
    assert_int_equal(evaluate(&w, &o, &error), POSTERN_OK);
    postern_oval_definition d = postern_oval_definition_at(o, 0);
    assert_int_equal(d.result, POSTERN_OVAL_ERROR);
    assert_true(postern_slice_find(d.reason, 0, POSTERN_S("the:state")) != SIZE_MAX);
    assert_true(postern_slice_find(d.reason, 0, POSTERN_S("OVAL_MATCH")) != SIZE_MAX);
    postern_oval_free(o);
}

static void z18_products_that_explode_are_errors_that_name_the_variable(void **state) {
    oval *o;
    postern_error error = {0};
    postern_buf xml;
    (void)state;
    postern_buf_init(&xml, 1 << 20);
    append(&xml, HEAD "<variables><local_variable id='the:product' version='1' datatype='string'><concat>");
    for (int i = 0; i < 40; i++) append(&xml, "<variable_component var_ref='v'/>");
    append(&xml,
           "</concat></local_variable><constant_variable id='v' version='1' datatype='string'><value>a</value><value>b</value>"
           "</constant_variable></variables>" TAIL);
    assert_int_equal(postern_oval_open(postern_buf_slice(&xml), &o, &error), POSTERN_OK);
    assert_null(oval_variable(o, POSTERN_S("the:product")));
    assert_int_equal(o->failure, POSTERN_LIMIT);
    assert_non_null(strstr(o->error.text, "the:product: limit OVAL_VALUES"));
    postern_oval_free(o);
    postern_buf_free(&xml);
}

/* ---- output, census, pieces; failing memory ---- */

#define WHOLE                                                                                                                  \
    HEAD "<generator/><definitions>" DEFINITION(                                                                               \
        "d",                                                                                                                   \
        "<criteria operator='OR'><criterion test_ref='t' negate='true'/><criterion "                                           \
        "test_ref='u'/></criteria>") "</definitions><tests>" TEST("check='all'",                                               \
                                                                  "o:all") "<i:variable_test id='u' version='2' check='all' "  \
                                                                           "comment='&lt;c&gt;'><i:object "                    \
                                                                           "object_ref='vo'/></i:variable_test></"             \
                                                                           "tests><objects>"                                   \
                                                                           "<w:registry_object id='o:all' "                    \
                                                                           "version='1'/><i:variable_object id='vo' "          \
                                                                           "version='1'><i:var_ref>v</i:var_ref></"            \
                                                                           "i:variable_object>"                                \
                                                                           "</objects><states><w:registry_state id='s' "       \
                                                                           "version='1'><w:name operation='pattern "           \
                                                                           "match'>^t(w|h)</w:name></w:registry_state>"        \
                                                                           "</states><variables><local_variable id='v' "       \
                                                                           "version='1' "                                      \
                                                                           "datatype='string'><concat><object_component "      \
                                                                           "object_ref='o:all' "                               \
                                                                           "item_field='name'/><literal_component> &amp; "     \
                                                                           "\x01</literal_component></concat></"               \
                                                                           "local_variable></variables>" TAIL

static postern_status write_all(void *user) {
    oval *o;
    postern_buf out;
    const char *xml = user;
    world w = {xml, SC, NULL};
    const postern_oval_need *needs;
    size_t count;
    postern_status status = evaluate(&w, &o, NULL);
    if (status) return status;
    postern_buf_init(&out, 1 << 20);
    postern_sink sink = postern_buf_sink(&out);
    status = postern_oval_write_results(o, &sink, NULL);
    if (!status) status = postern_oval_write_characteristics(o, &sink, NULL);
    if (!status) status = postern_oval_explain(o, 0, &out);
    if (!status) status = postern_oval_census(o, &needs, &count, NULL);
    postern_buf_free(&out);
    postern_oval_free(o);
    return status;
}

/* The same without a control character, which XML cannot hold. */
static char *plain(const char *xml) {
    char *copy = strdup(xml);
    assert_non_null(copy);
    for (char *c = copy; *c; c++)
        if (*c == 1) *c = '"';
    return copy;
}

static void output_is_escaped_and_memory_may_fail(void **state) {
    oval *o;
    postern_error error = {0};
    postern_buf out;
    char *xml = plain(WHOLE);
    world w = {xml, SC, NULL};
    (void)state;
    assert_int_equal(evaluate(&w, &o, &error), POSTERN_OK);
    postern_buf_init(&out, 1 << 20);
    postern_sink sink = postern_buf_sink(&out);
    assert_int_equal(postern_oval_write_results(o, &sink, &error), POSTERN_OK);
    postern_slice text = postern_buf_slice(&out);
    assert_true(postern_slice_find(text, 0, POSTERN_S("comment=\"&lt;c&gt;\"")) != SIZE_MAX);
    assert_true(postern_slice_find(text, 0, POSTERN_S("<value>one &amp; &quot;</value>")) != SIZE_MAX);
    assert_true(postern_slice_find(text, 0,
                                   POSTERN_S("definition_id=\"d\" version=\"1\" variable_instance=\"1\" "
                                             "class=\"miscellaneous\" result=\"true\"")) != SIZE_MAX);
    postern_buf_free(&out);
    postern_oval_free(o);
    assert_true(test_oom_each(write_all, xml) > 20);
    free(xml);
}

static postern_status piece(void *user, postern_slice id, postern_slice *ret_xml, postern_error *reterr) {
    static const char *const pieces[][2] = {
        {"d", "<definition xmlns='" OVAL_NS "oval-definitions-5' id='d' version='1' class='vulnerability'><metadata/><criteria>"
              "<criterion test_ref='t'/><criterion test_ref='lost'/></criteria></definition>"},
        {"t", "<registry_test xmlns='" OVAL_NS "oval-definitions-5#windows' id='t' version='1' check='all' comment='c'><object "
              "object_ref='o'/></registry_test>"},
        {"o",
         "<registry_object xmlns='" OVAL_NS "oval-definitions-5#windows' id='o' version='1'><hive>H</hive></registry_object>"},
        {"wrong", "<registry_object xmlns='" OVAL_NS "oval-definitions-5#windows' id='other' version='1'/>"},
    };
    (void)user, (void)reterr;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (oval_text_is(id, pieces[i][0])) return *ret_xml = postern_slice_cstr(pieces[i][1]), POSTERN_OK;
    return POSTERN_NOTFOUND;
}

static postern_status assemble(void *user) {
    const postern_oval_pieces pieces = {piece, NULL};
    const postern_slice id = postern_slice_cstr(user);
    postern_buf out, missing;
    postern_error error = {0};
    oval *o = NULL;
    postern_buf_init(&out, 1 << 20);
    postern_buf_init(&missing, 1 << 20);
    postern_status status = postern_oval_assemble(&id, 1, &pieces, &out, &missing, &error);
    if (!status) status = postern_oval_open(postern_buf_slice(&out), &o, &error);
    if (!status) {
        assert_slice(postern_buf_slice(&missing), "lost\n");
        assert_int_equal(postern_oval_definition_count(o), 1);
        assert_int_equal(o->tests.count + o->objects.count, 2);
    }
    postern_oval_free(o);
    postern_buf_free(&out);
    postern_buf_free(&missing);
    return status;
}

static void pieces_become_one_file(void **state) {
    (void)state;
    assert_int_equal(assemble("d"), POSTERN_OK);
    assert_int_equal(assemble("wrong"), POSTERN_FORMAT);
    test_oom_each(assemble, "d");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_of_items),
        cmocka_unit_test(sets_and_filters),
        cmocka_unit_test(external_variables),
        cmocka_unit_test(z18_hostile_documents_are_refused_with_the_place),
        cmocka_unit_test(z18_depth_and_chains_end_at_their_ceilings),
        cmocka_unit_test(z18_catastrophic_patterns_are_errors_that_name_the_state),
        cmocka_unit_test(z18_products_that_explode_are_errors_that_name_the_variable),
        cmocka_unit_test(output_is_escaped_and_memory_may_fail),
        cmocka_unit_test(pieces_become_one_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
