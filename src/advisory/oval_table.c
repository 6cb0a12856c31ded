/*
 * The truth tables of OVAL 5.11: CheckEnumeration, ExistenceEnumeration and OperatorEnumeration of oval-common-schema, the
 * flags of SetOperatorEnumeration of oval-definitions-schema. Not applicable counts only where nothing else is there.
 */
#include "oval_int.h"

/* The first of error, unknown, not evaluated that is there; else `otherwise`. */
static oval_result undecided(const oval_counts *c, oval_result otherwise) {
    if (c->of[OVAL_ERROR]) return OVAL_ERROR;
    if (c->of[OVAL_UNKNOWN]) return OVAL_UNKNOWN;
    if (c->of[OVAL_NOT_EVALUATED]) return OVAL_NOT_EVALUATED;
    return otherwise;
}

static bool only_not_applicable(const oval_counts *c) {
    size_t others = 0;
    for (int i = 0; i < OVAL_RESULTS; i++) others += i == OVAL_NOT_APPLICABLE ? 0 : c->of[i];
    return !others && c->of[OVAL_NOT_APPLICABLE];
}

static oval_result all_true(const oval_counts *c) {
    if (c->of[OVAL_FALSE]) return OVAL_FALSE;
    return undecided(c, c->of[OVAL_TRUE] ? OVAL_TRUE : OVAL_UNKNOWN);
}

static oval_result any_true(const oval_counts *c) {
    if (c->of[OVAL_TRUE]) return OVAL_TRUE;
    return undecided(c, c->of[OVAL_FALSE] ? OVAL_FALSE : OVAL_UNKNOWN);
}

static oval_result one_true(const oval_counts *c) {
    if (c->of[OVAL_TRUE] > 1) return OVAL_FALSE;
    return undecided(c, c->of[OVAL_TRUE] ? OVAL_TRUE : c->of[OVAL_FALSE] ? OVAL_FALSE : OVAL_UNKNOWN);
}

oval_result oval_table_operator(oval_operator op, const oval_counts *c) {
    if (only_not_applicable(c)) return OVAL_NOT_APPLICABLE;
    switch (op) {
    case OVAL_AND:
        return all_true(c);
    case OVAL_OR:
        return any_true(c);
    case OVAL_ONE:
        return one_true(c);
    case OVAL_XOR:
        break;
    }
    return undecided(c, !c->of[OVAL_TRUE] && !c->of[OVAL_FALSE] ? OVAL_UNKNOWN : c->of[OVAL_TRUE] % 2 ? OVAL_TRUE : OVAL_FALSE);
}

oval_result oval_table_check(oval_check check, const oval_counts *c) {
    if (only_not_applicable(c)) return OVAL_NOT_APPLICABLE;
    switch (check) {
    case OVAL_ALL:
        return all_true(c);
    case OVAL_AT_LEAST_ONE:
        return any_true(c);
    case OVAL_ONLY_ONE:
        return one_true(c);
    case OVAL_NONE_SATISFY:
    case OVAL_NONE_EXIST_CHECK:
        break;
    }
    return oval_negate(any_true(c), true);
}

oval_result oval_table_existence(oval_existence existence, const size_t status[OVAL_STATUSES]) {
    size_t ex = status[OVAL_STATUS_EXISTS], de = status[OVAL_STATUS_DOES_NOT_EXIST], er = status[OVAL_STATUS_ERROR],
           nc = status[OVAL_STATUS_NOT_COLLECTED];
    switch (existence) {
    case OVAL_ALL_EXIST:
        return de ? OVAL_FALSE : er ? OVAL_ERROR : nc ? OVAL_UNKNOWN : ex ? OVAL_TRUE : OVAL_FALSE;
    case OVAL_ANY_EXIST:
        return er && !ex ? OVAL_ERROR : OVAL_TRUE;
    case OVAL_AT_LEAST_ONE_EXISTS:
        return ex ? OVAL_TRUE : er ? OVAL_ERROR : nc ? OVAL_UNKNOWN : OVAL_FALSE;
    case OVAL_NONE_EXIST:
        return ex ? OVAL_FALSE : er ? OVAL_ERROR : nc ? OVAL_UNKNOWN : OVAL_TRUE;
    case OVAL_ONLY_ONE_EXISTS:
        break;
    }
    return ex > 1 ? OVAL_FALSE : er ? OVAL_ERROR : nc ? OVAL_UNKNOWN : ex ? OVAL_TRUE : OVAL_FALSE;
}

/* Rows: the second set's flag; columns: the first one's; in the order of oval_flag. */
oval_flag oval_table_set(oval_set_operator op, oval_flag first, oval_flag second) {
    enum { E, C, I, D, N, A };
    static const uint8_t table[3][OVAL_FLAGS][OVAL_FLAGS] = {{{E, E, E, E, E, E},
                                                              {E, C, I, C, I, C},
                                                              {E, I, I, I, I, I},
                                                              {E, C, I, D, I, D},
                                                              {E, I, I, I, N, N},
                                                              {E, C, I, D, N, A}},
                                                             {{E, E, E, D, E, E},
                                                              {E, C, I, D, N, C},
                                                              {E, I, I, D, N, I},
                                                              {D, D, D, D, D, D},
                                                              {E, N, N, D, N, N},
                                                              {E, C, I, D, N, A}},
                                                             {{E, E, E, D, E, E},
                                                              {E, C, I, D, N, E},
                                                              {E, E, E, D, N, E},
                                                              {E, C, I, D, N, E},
                                                              {E, N, N, D, N, E},
                                                              {E, E, E, E, E, E}}};
    return (oval_flag)table[op][second][first];
}

oval_result oval_negate(oval_result result, bool negate) {
    if (!negate) return result;
    return result == OVAL_TRUE ? OVAL_FALSE : result == OVAL_FALSE ? OVAL_TRUE : result;
}
