/*
 * advisory, the OVAL half: what its files share. A document is a tree of small nodes in an arena (oval_xml.c); an evaluator
 * walks it directly and remembers what it found for each id. Failure of the machine or of a ceiling is sticky in
 * `oval.failure`, so that the walk can be written without a status in every line; whoever loops looks at it.
 */
#ifndef POSTERN_ADVISORY_OVAL_INT_H
#define POSTERN_ADVISORY_OVAL_INT_H

#include "postern/advisory.h"

#include <stdarg.h>

/* ---- names, nodes, maps ------------------------------------------------------------------------------------------- */

typedef struct oval_name {
    postern_slice local, ns;
} oval_name;

typedef struct oval_attr {
    postern_slice name, value;
    bool xsi; /* of the namespace XMLSchema-instance */
    struct oval_attr *next;
} oval_attr;

typedef struct oval_node {
    const oval_name *name;
    postern_slice text;
    oval_attr *attrs;
    struct oval_node *child, *last, *next, *parent;
    uint32_t line;
    uint8_t result; /* of a criteria, criterion or extend_definition, once evaluated */
} oval_node;

/* From bytes to a pointer; open addressing in an arena. Keys are views. */
typedef struct oval_map {
    struct oval_map_slot {
        postern_slice key;
        void *value;
    } * slots;
    size_t count, room;
} oval_map;

void *oval_map_get(const oval_map *map, postern_slice key);
/* False: no memory. */
bool oval_map_put(oval_map *map, postern_arena *arena, postern_slice key, void *value);

#define OVAL_NS "http://oval.mitre.org/XMLSchema/"
#define OVAL_NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

/* Parses `xml` into `arena`. `what` names the input in messages. Refused: a document type declaration (so no entity can be
 * defined), more than POSTERN_LIMIT_OVAL_XML_DEPTH levels. FORMAT with the line. */
postern_status oval_xml_parse(postern_arena *arena, postern_slice xml, const char *what, oval_node **ret_root,
                              postern_error *reterr);
/* oval_prescan.c: why `xml` is not given to libxml2, and where; NULL: it may be. Static storage. */
const char *oval_xml_refused(postern_slice xml, size_t *ret_at);
/* oval_libxml.c: around calls of libxml2. _end puts its error channel back; false: it lacked memory in between, whatever it
 * returned. */
typedef struct oval_libxml {
    bool no_memory;
    void (*functions[2])(void); /* what was set before: structured and plain errors */
    void *users[2];
} oval_libxml;
void oval_libxml_begin(oval_libxml *watch);
bool oval_libxml_end(oval_libxml *watch);
bool oval_is(const oval_node *node, const char *local);
bool oval_text_is(postern_slice text, const char *word);
oval_node *oval_child(const oval_node *node, const char *local);      /* first of that name, or NULL */
oval_node *oval_sibling(const oval_node *node, const char *local);    /* next of that name behind `node`, or NULL */
postern_slice oval_attr_get(const oval_node *node, const char *name); /* ptr NULL: absent */
bool oval_attr_true(const oval_node *node, const char *name);
bool oval_is_nil(const oval_node *node);
/* Writes the element with all below it; `ns` is the namespace in force outside. */
void oval_write_node(postern_buf *out, const oval_node *node, postern_slice ns);
void oval_write_text(postern_buf *out, postern_slice text); /* XML text or attribute value; what XML cannot hold is U+FFFD */
void oval_write_attr(postern_buf *out, const char *name, postern_slice value);

/* ---- words of the language ---------------------------------------------------------------------------------------- */

typedef postern_oval_result oval_result;
#define OVAL_TRUE POSTERN_OVAL_TRUE
#define OVAL_FALSE POSTERN_OVAL_FALSE
#define OVAL_ERROR POSTERN_OVAL_ERROR
#define OVAL_UNKNOWN POSTERN_OVAL_UNKNOWN
#define OVAL_NOT_EVALUATED POSTERN_OVAL_NOT_EVALUATED
#define OVAL_NOT_APPLICABLE POSTERN_OVAL_NOT_APPLICABLE
enum { OVAL_RESULTS = 6 };

typedef enum oval_flag {
    OVAL_FLAG_ERROR,
    OVAL_FLAG_COMPLETE,
    OVAL_FLAG_INCOMPLETE,
    OVAL_FLAG_DOES_NOT_EXIST,
    OVAL_FLAG_NOT_COLLECTED,
    OVAL_FLAG_NOT_APPLICABLE,
    OVAL_FLAGS
} oval_flag;

typedef enum oval_status {
    OVAL_STATUS_EXISTS,
    OVAL_STATUS_DOES_NOT_EXIST,
    OVAL_STATUS_ERROR,
    OVAL_STATUS_NOT_COLLECTED,
    OVAL_STATUSES
} oval_status;

typedef enum oval_check { OVAL_ALL, OVAL_AT_LEAST_ONE, OVAL_ONLY_ONE, OVAL_NONE_SATISFY, OVAL_NONE_EXIST_CHECK } oval_check;
typedef enum oval_existence {
    OVAL_ALL_EXIST,
    OVAL_ANY_EXIST,
    OVAL_AT_LEAST_ONE_EXISTS,
    OVAL_NONE_EXIST,
    OVAL_ONLY_ONE_EXISTS
} oval_existence;
typedef enum oval_operator { OVAL_AND, OVAL_ONE, OVAL_OR, OVAL_XOR } oval_operator;
typedef enum oval_operation {
    OVAL_EQUALS,
    OVAL_NOT_EQUAL,
    OVAL_CI_EQUALS,
    OVAL_CI_NOT_EQUAL,
    OVAL_GREATER,
    OVAL_LESS,
    OVAL_GREATER_EQUAL,
    OVAL_LESS_EQUAL,
    OVAL_BIT_AND,
    OVAL_BIT_OR,
    OVAL_PATTERN,
    OVAL_SUBSET,
    OVAL_SUPERSET
} oval_operation;
typedef enum oval_type {
    OVAL_STRING,
    OVAL_INT,
    OVAL_FLOAT,
    OVAL_BOOLEAN,
    OVAL_BINARY,
    OVAL_VERSION,
    OVAL_IPV4,
    OVAL_IPV6,
    OVAL_EVR,
    OVAL_DEBIAN_EVR,
    OVAL_FILESET,
    OVAL_IOS,
    OVAL_RECORD
} oval_type;
typedef enum oval_set_operator { OVAL_UNION, OVAL_INTERSECTION, OVAL_COMPLEMENT } oval_set_operator;

/* Words to numbers: -1 for a word that is none; `usual` where the attribute is absent. */
int oval_check_of(postern_slice word, oval_check usual);
int oval_existence_of(postern_slice word, oval_existence usual);
int oval_operator_of(postern_slice word, oval_operator usual);
int oval_operation_of(postern_slice word);
int oval_type_of(postern_slice word);
int oval_flag_of(postern_slice word);
int oval_status_of(postern_slice word);
int oval_set_operator_of(postern_slice word);
const char *oval_type_word(oval_type type);
const char *oval_flag_word(oval_flag flag);
const char *oval_status_word(oval_status status);

/* The truth tables of oval-common-schema and oval-definitions-schema, over counts of each result or status. */
typedef struct oval_counts {
    size_t of[OVAL_RESULTS];
} oval_counts;
oval_result oval_table_operator(oval_operator op, const oval_counts *c);
oval_result oval_table_check(oval_check check, const oval_counts *c);
oval_result oval_table_existence(oval_existence existence, const size_t status[OVAL_STATUSES]);
oval_flag oval_table_set(oval_set_operator op, oval_flag first, oval_flag second);
oval_result oval_negate(oval_result result, bool negate);

/* ---- items and collected objects ---------------------------------------------------------------------------------- */

typedef struct oval_entity {
    postern_slice name;
    postern_slice value;
    oval_type type;
    oval_status status;
    bool nil;
    bool is_record;
    bool masked;                /* an object or state asks that results hide its value */
    struct oval_entity *fields; /* of a record */
    struct oval_entity *next;
} oval_entity;

typedef struct oval_item {
    uint64_t id;
    postern_slice kind;   /* "file" of file_item */
    postern_slice family; /* "windows" of …#windows; empty: the core schema */
    oval_status status;
    oval_entity *first, *last;
    postern_slice message;
    const void *holder; /* the collected object it was added to last */
    bool written;
} oval_item;

typedef struct oval_used_value {
    postern_slice id, value;
    struct oval_used_value *next;
} oval_used_value;

typedef struct oval_collected {
    oval_flag flag;
    oval_item **items;
    size_t count, room;
    postern_slice message;
    oval_used_value *used;
} oval_collected;

/* ---- values of variables ------------------------------------------------------------------------------------------ */

typedef struct oval_values {
    oval_flag flag;
    oval_type type;
    postern_slice *at;
    size_t count, room;
    postern_slice message;
} oval_values;

/* ---- results ------------------------------------------------------------------------------------------------------ */

typedef struct oval_tested {
    const oval_item *item;
    oval_result result;
} oval_tested;

typedef struct oval_test {
    oval_result result;
    oval_tested *tested;
    size_t count;
    oval_used_value *used;
    postern_slice message;
} oval_test;

typedef enum oval_kind { OVAL_DEFINITION, OVAL_TEST, OVAL_OBJECT, OVAL_STATE, OVAL_VARIABLE } oval_kind;

/* One thing with an id. */
typedef struct oval_thing {
    postern_slice id;
    oval_node *node;
    oval_kind kind;
    uint8_t colour;     /* search for cycles: 0 new, 1 open, 2 done */
    bool done;          /* the memo below is filled */
    bool shown;         /* written to results, or counted */
    oval_result result; /* of a definition */
    oval_test test;
    oval_collected *collected;
    oval_values *values;
    postern_slice message;
} oval_thing;

typedef struct oval_things {
    oval_thing **at;
    size_t count, room;
} oval_things;

/* ---- sources of facts --------------------------------------------------------------------------------------------- */

/* Fills *ret for one object that is not a set and not a variable_object. A source that knows the answer of sets and filters,
 * too (a System Characteristics file), says so by `whole`. */
typedef struct oval_source {
    void (*collect)(void *user, oval_thing *object, oval_collected *ret);
    void *user;
    bool whole;
} oval_source;

/* Daylight saving of the audited system: from when to when, as its registry writes it. */
typedef struct oval_change {
    int64_t month, week, weekday, hour; /* week 5: the last one; weekday 0: Sunday */
} oval_change;
typedef struct oval_zone {
    int64_t saving; /* seconds; 0: none */
    oval_change daylight, standard;
} oval_zone;

struct oval_regexes;

typedef struct postern_oval oval;
struct postern_oval {
    postern_arena *arena;
    oval_node *root;
    oval_map ids;
    oval_map external;                                  /* id of an external variable -> its node in the variables file */
    oval_things definitions, tests, objects, variables; /* in the order of the file */
    oval_source source;
    oval_map collected; /* of the System Characteristics: id -> node */
    oval_map items;     /* of the System Characteristics: item id -> oval_item; of a tree: identity -> oval_item */
    oval_node *characteristics;
    void *tree;             /* postern_win of the offline collector */
    size_t user;            /* whose HKEY_CURRENT_USER it is; POSTERN_NO_USER: not said */
    bool wants_checksum;    /* something in the definitions asks for ms_checksum, which takes a whole file */
    uint64_t next_item;
    postern_oval_system system;
    uint64_t now; /* seconds since 1970 */
    oval_zone zone;
    struct oval_regexes *regexes;
    uint64_t steps; /* work done so far, against POSTERN_LIMIT_OVAL_STEPS */
    unsigned depth; /* of the walk, against POSTERN_LIMIT_OVAL_DEPTH */
    postern_slice where; /* the innermost thing that is being worked out: failures name it */
    postern_status failure;
    postern_error error; /* belongs to `failure` */
    bool evaluated;
    postern_oval_definition shown; /* what postern_oval_definition_at hands out */
};

/* Memory of the document; NULL sets o->failure. */
void *oval_alloc(oval *o, size_t size);
void oval_no_memory(oval *o); /* after a failure of the arena: which of the two it was */
postern_slice oval_copy(oval *o, postern_slice s);
postern_slice oval_hex(oval *o, postern_slice raw);
postern_slice oval_text(oval *o, const char *fmt, ...) POSTERN_PRINTF(2, 3);
void oval_fail(oval *o, postern_status status, const char *fmt, ...) POSTERN_PRINTF(3, 4);
/* One step of work; false when the run has failed or its ceiling is reached. */
bool oval_step(oval *o);
/* One level deeper, at the thing `id`; false: too deep, or the run has failed. Each true one is undone by o->depth--. */
bool oval_enter(oval *o, postern_slice id);
/* Room for one more element of `size` bytes in an array of the arena. */
bool oval_grow(oval *o, void **array, size_t count, size_t *room, size_t size);

oval_thing *oval_find(oval *o, postern_slice id, oval_kind kind);
/* "windows" of a definitions or characteristics namespace; empty for the core. */
postern_slice oval_family(const oval_node *node);
/* "file" of file_test, file_object, file_state, file_item. */
postern_slice oval_kind_of(const oval_node *node);
/* Item kind that an object kind leads to: textfilecontent54 -> textfilecontent. */
postern_slice oval_item_kind(postern_slice kind);

/* oval_check.c: ids are unique, nothing refers to itself, no chain is deeper than its ceiling. */
postern_status oval_validate(oval *o);

/* oval_compare.c */
oval_result oval_compare(oval *o, oval_type type, oval_operation op, postern_slice expected, postern_slice actual,
                         postern_slice *ret_why);
/* -1, 0, 1; false: one of them is no value of that type. */
bool oval_order(oval_type type, postern_slice a, postern_slice b, int *ret_order);
bool oval_order_int(postern_slice a, postern_slice b, int *ret_order);
bool oval_order_float(postern_slice a, postern_slice b, int *ret_order, bool *ret_nan);
bool oval_float_of(postern_slice text, double *ret_value);
bool oval_order_version(postern_slice a, postern_slice b, int *ret_order);
bool oval_order_evr(postern_slice a, postern_slice b, int *ret_order);
bool oval_order_debian(postern_slice a, postern_slice b, int *ret_order);
bool oval_order_fileset(postern_slice a, postern_slice b, int *ret_order);
bool oval_order_ios(postern_slice a, postern_slice b, int *ret_order);
oval_result oval_compare_ip(oval_type type, oval_operation op, postern_slice expected, postern_slice actual,
                            postern_slice *ret_why);
oval_result oval_compare_bits(oval *o, oval_operation op, postern_slice expected, postern_slice actual);
bool oval_is_int(postern_slice text);

/* oval_bigint.c: decimal arithmetic of any size on canonical text ("-12"). Results live in the arena; ptr NULL: too large. */
postern_slice oval_int_add(oval *o, postern_slice a, postern_slice b);
postern_slice oval_int_subtract(oval *o, postern_slice a, postern_slice b);
postern_slice oval_int_multiply(oval *o, postern_slice a, postern_slice b);
/* Two's complement bits, least significant byte first, at least `width` bytes; 0: not an integer. */
size_t oval_int_bits(oval *o, postern_slice a, size_t width, uint8_t **ret_bits);

/* oval_regex.c */
typedef struct oval_match {
    size_t start, end;       /* of the whole match */
    postern_slice group[32]; /* captures; ptr NULL: did not take part */
    size_t groups;           /* how many the pattern has, at most 32 */
} oval_match;
enum { OVAL_REGEX_NOCASE = 1, OVAL_REGEX_MULTILINE = 2, OVAL_REGEX_DOTALL = 4 };
/* TRUE, FALSE, or ERROR with *ret_why (a bad pattern, a ceiling of matching). */
oval_result oval_regex_match(oval *o, postern_slice pattern, unsigned flags, postern_slice subject, size_t from,
                             oval_match *ret_match, postern_slice *ret_why);
void oval_regex_free(struct oval_regexes *regexes);
postern_slice oval_regex_escape(oval *o, postern_slice text);
/* ptr NULL: no glob. */
postern_slice oval_glob_to_regex(oval *o, postern_slice glob, bool no_escape);

/* oval_variable.c, oval_function.c, oval_time.c */
oval_values *oval_variable(oval *o, postern_slice id);
oval_values *oval_component(oval *o, const oval_node *node);
bool oval_values_add(oval *o, oval_values *values, postern_slice value);
oval_values *oval_values_new(oval *o, oval_flag flag, oval_type type);
oval_flag oval_flag_worse(oval_flag a, oval_flag b); /* of the components of a function (chart of concat) */
oval_values *oval_function(oval *o, const oval_node *node);
oval_values *oval_function_time(oval *o, const oval_node *node, oval_values **parts, size_t count);
oval_values *oval_function_arithmetic(oval *o, const oval_node *node, oval_values **parts, size_t count);

/* oval_state.c */
oval_result oval_state_match(oval *o, postern_slice state_id, const oval_item *item, postern_slice *ret_why,
                             oval_used_value **used);
/* One entity of an object or state against one value; with var_ref each value of the variable, joined by var_check. */
oval_result oval_entity_match(oval *o, const oval_node *entity, postern_slice actual, bool nocase, postern_slice *ret_why);
oval_operation oval_entity_operation(const oval_node *entity);
/* Asks for what equals its text or one of its variable's values: these can be looked up one by one. */
bool oval_entity_is_plain(const oval_node *entity);

/* oval_mask.c: after the evaluation, marks the entities whose values results do not show. */
void oval_mask(oval *o);

/* oval_characteristics.c: o->characteristics becomes the source of facts. */
void oval_characteristics_use(oval *o);

/* oval_object.c */
oval_collected *oval_object(oval *o, postern_slice id);
bool oval_collected_add(oval *o, oval_collected *c, oval_item *item);
void oval_collected_say(oval *o, oval_collected *c, oval_flag flag, postern_slice message);
oval_item *oval_item_new(oval *o, postern_slice kind, postern_slice family);
oval_entity *oval_item_add(oval *o, oval_item *item, const char *name, oval_type type, postern_slice value);
/* An item that is known not to be there: `missing` names the entity, the message says what was looked for. */
void oval_item_missing(oval *o, oval_collected *c, oval_item *item, const char *missing, postern_slice message);
/* Everything an item says but what looking or writing elsewhere changes: two items with one key say the same. */
postern_slice oval_item_key(oval *o, const oval_item *item, bool with_times);
/* Gives it a number and adds it, or adds the one that is the same. */
void oval_item_commit(oval *o, oval_collected *c, oval_item *item);
/* The values of an entity that is to be collected: its text, or those of its variable (noted in c->used). NULL, with c's flag
 * set, when there are none. */
oval_values *oval_entity_values(oval *o, oval_collected *c, const oval_node *entity);
/* Why a tree on disk cannot answer an object of this kind; NULL: it can. Static storage. */
const char *oval_tree_why_not(postern_slice family, postern_slice kind);

/* oval_test.c, oval_definition.c */
oval_test *oval_test_run(oval *o, postern_slice id);
oval_result oval_definition_run(oval *o, postern_slice id);

#endif
