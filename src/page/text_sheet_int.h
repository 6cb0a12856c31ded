/* What the files about style sheets share: rules as they were read. */
#ifndef POSTERN_PAGE_TEXT_SHEET_INT_H
#define POSTERN_PAGE_TEXT_SHEET_INT_H

#include "text_style.h"

typedef enum verdict { NO, MAYBE, YES } verdict;

typedef enum simple_kind {
    BY_TYPE,
    BY_ID,
    BY_CLASS,
    BY_ATTRIBUTE,
    BY_ANY_OF,
    BY_NONE_OF,
    IS_ROOT,
    IS_FIRST,
    IS_LINK,
    NEVER,
    PERHAPS
} simple_kind;

typedef struct compound compound;

typedef struct simple {
    struct simple *next;
    simple_kind kind;
    uint8_t comparison; /* of an attribute: 0 for "is there", '=' and the first characters of ~= |= ^= $= *= */
    postern_slice name, value;
    compound *list; /* the alternatives of :is and :not */
} simple;

/* One compound selector; `left` is what stands before the combinator. */
struct compound {
    simple *simples;
    compound *left;
    uint8_t combinator;
    compound *next; /* in a list, separated by commas */
    uint32_t specificity;
};

typedef struct rule {
    struct rule *next;
    const compound *selector;
    const text_declaration *declarations;
    uint32_t count, order, scope;
    bool sure;
    postern_slice key;
} rule;

enum { BUCKETS = 1024, COMPOUNDS_MAX = 32, CLASSES_MAX = 64 };

struct text_sheets {
    postern_arena *arena;
    rule *buckets[BUCKETS];
    rule *universal;
    uint32_t order;
    uint64_t steps;
    bool full;
};

/* The bucket of a rule by the name that its rightmost compound asks for. */
uint64_t page_text_sheet_key(postern_slice key);
/* What a media query says of a page on a screen of 1280 columns. */
verdict page_text_media(postern_slice query);

#endif
