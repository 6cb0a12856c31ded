/*
 * CVSS 2.0, 3.0 and 3.1 (FIRST): vectors, the scores they stand for, and whether the members of a score object say the same
 * (tests 6.1.9 and 6.1.10). Weights and formulas are those of the three specifications.
 */
#include "csaf_int.h"

#define W(...) ((const double[]){__VA_ARGS__})
#define CIA_2 "N=NONE P=PARTIAL C=COMPLETE", W(0, 0.275, 0.66)
#define NEED_2 "L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED", W(0.5, 1, 1.51, 1)
#define CIA_3 "N=NONE L=LOW H=HIGH", W(0, 0.22, 0.56)
#define CIA_3M "N=NONE L=LOW H=HIGH X=NOT_DEFINED", W(0, 0.22, 0.56, 0)
#define NEED_3 "L=LOW M=MEDIUM H=HIGH X=NOT_DEFINED", W(0.5, 1, 1.5, 1)

enum { AV2, AC2, AU2, C2, I2, A2, E2, RL2, RC2, CDP2, TD2, CR2, IR2, AR2 };
const csaf_metric csaf_metrics_2[CSAF_METRICS_2] = {
    {"AV", "accessVector", "N=NETWORK A=ADJACENT_NETWORK L=LOCAL", W(1, 0.646, 0.395)},
    {"AC", "accessComplexity", "H=HIGH M=MEDIUM L=LOW", W(0.35, 0.61, 0.71)},
    {"Au", "authentication", "M=MULTIPLE S=SINGLE N=NONE", W(0.45, 0.56, 0.704)},
    {"C", "confidentialityImpact", CIA_2},
    {"I", "integrityImpact", CIA_2},
    {"A", "availabilityImpact", CIA_2},
    {"E", "exploitability", "U=UNPROVEN POC=PROOF_OF_CONCEPT F=FUNCTIONAL H=HIGH ND=NOT_DEFINED", W(0.85, 0.9, 0.95, 1, 1)},
    {"RL", "remediationLevel", "OF=OFFICIAL_FIX TF=TEMPORARY_FIX W=WORKAROUND U=UNAVAILABLE ND=NOT_DEFINED",
     W(0.87, 0.9, 0.95, 1, 1)},
    {"RC", "reportConfidence", "UC=UNCONFIRMED UR=UNCORROBORATED C=CONFIRMED ND=NOT_DEFINED", W(0.9, 0.95, 1, 1)},
    {"CDP", "collateralDamagePotential", "N=NONE L=LOW LM=LOW_MEDIUM MH=MEDIUM_HIGH H=HIGH ND=NOT_DEFINED",
     W(0, 0.1, 0.3, 0.4, 0.5, 0)},
    {"TD", "targetDistribution", "N=NONE L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED", W(0, 0.25, 0.75, 1, 1)},
    {"CR", "confidentialityRequirement", NEED_2},
    {"IR", "integrityRequirement", NEED_2},
    {"AR", "availabilityRequirement", NEED_2},
};

enum { AV, AC, PR, UI, SC, C3, I3, A3, E3, RL3, RC3, CR3, IR3, AR3, MAV, MAC, MPR, MUI, MS, MC, MI, MA };
const csaf_metric csaf_metrics_3[CSAF_METRICS_3] = {
    {"AV", "attackVector", "N=NETWORK A=ADJACENT_NETWORK L=LOCAL P=PHYSICAL", W(0.85, 0.62, 0.55, 0.2)},
    {"AC", "attackComplexity", "H=HIGH L=LOW", W(0.44, 0.77)},
    {"PR", "privilegesRequired", "N=NONE L=LOW H=HIGH", W(0.85, 0.62, 0.27)},
    {"UI", "userInteraction", "N=NONE R=REQUIRED", W(0.85, 0.62)},
    {"S", "scope", "U=UNCHANGED C=CHANGED", W(0, 1)},
    {"C", "confidentialityImpact", CIA_3},
    {"I", "integrityImpact", CIA_3},
    {"A", "availabilityImpact", CIA_3},
    {"E", "exploitCodeMaturity", "U=UNPROVEN P=PROOF_OF_CONCEPT F=FUNCTIONAL H=HIGH X=NOT_DEFINED", W(0.91, 0.94, 0.97, 1, 1)},
    {"RL", "remediationLevel", "O=OFFICIAL_FIX T=TEMPORARY_FIX W=WORKAROUND U=UNAVAILABLE X=NOT_DEFINED",
     W(0.95, 0.96, 0.97, 1, 1)},
    {"RC", "reportConfidence", "U=UNKNOWN R=REASONABLE C=CONFIRMED X=NOT_DEFINED", W(0.92, 0.96, 1, 1)},
    {"CR", "confidentialityRequirement", NEED_3},
    {"IR", "integrityRequirement", NEED_3},
    {"AR", "availabilityRequirement", NEED_3},
    {"MAV", "modifiedAttackVector", "N=NETWORK A=ADJACENT_NETWORK L=LOCAL P=PHYSICAL X=NOT_DEFINED",
     W(0.85, 0.62, 0.55, 0.2, 0)},
    {"MAC", "modifiedAttackComplexity", "H=HIGH L=LOW X=NOT_DEFINED", W(0.44, 0.77, 0)},
    {"MPR", "modifiedPrivilegesRequired", "N=NONE L=LOW H=HIGH X=NOT_DEFINED", W(0.85, 0.62, 0.27, 0)},
    {"MUI", "modifiedUserInteraction", "N=NONE R=REQUIRED X=NOT_DEFINED", W(0.85, 0.62, 0)},
    {"MS", "modifiedScope", "U=UNCHANGED C=CHANGED X=NOT_DEFINED", W(0, 1, 0)},
    {"MC", "modifiedConfidentialityImpact", CIA_3M},
    {"MI", "modifiedIntegrityImpact", CIA_3M},
    {"MA", "modifiedAvailabilityImpact", CIA_3M},
};

bool csaf_metric_value(const csaf_metric *metric, size_t index, postern_slice *ret_letter, postern_slice *ret_word) {
    postern_slice rest = postern_slice_cstr(metric->values);
    for (size_t i = 0;; i++) {
        postern_cut cut = postern_slice_cut(rest, ' ');
        if (i == index) {
            postern_cut pair = postern_slice_cut(cut.head, '=');
            *ret_letter = pair.head;
            *ret_word = pair.tail;
            return pair.ok;
        }
        if (!cut.ok) return false;
        rest = cut.tail;
    }
}

static int value_index(const csaf_metric *metric, postern_slice letter) {
    postern_slice l, w;
    for (size_t i = 0; csaf_metric_value(metric, i, &l, &w); i++)
        if (postern_slice_eq(l, letter)) return (int)i;
    return -1;
}

bool csaf_cvss_parse(const char *vector, csaf_cvss *ret_cvss, bool *ret_complete) {
    postern_slice rest = postern_slice_cstr(vector);
    bool v31 = postern_slice_starts(rest, POSTERN_S("CVSS:3.1/")),
         v3 = v31 || postern_slice_starts(rest, POSTERN_S("CVSS:3.0/"));
    if (v3) rest = postern_slice_from(rest, 9);
    csaf_cvss cvss = {.v2 = !v3, .v31 = v31};
    memset(cvss.value, -1, sizeof cvss.value);
    const csaf_metric *metrics = v3 ? csaf_metrics_3 : csaf_metrics_2;
    size_t count = v3 ? CSAF_METRICS_3 : CSAF_METRICS_2;
    postern_cut cut;
    do {
        cut = postern_slice_cut(rest, '/');
        postern_cut pair = postern_slice_cut(cut.head, ':');
        size_t i = 0;
        while (i < count && !postern_slice_eq(pair.head, postern_slice_cstr(metrics[i].key))) i++;
        int index = i < count && pair.ok ? value_index(&metrics[i], pair.tail) : -1;
        if (index < 0) return false;
        cvss.value[i] = (signed char)index;
        rest = cut.tail;
    } while (cut.ok);
    *ret_complete = true;
    for (size_t i = 0; i < (v3 ? 8u : 6u); i++)
        if (cvss.value[i] < 0) *ret_complete = false;
    *ret_cvss = cvss;
    return true;
}

/* ---- scores ---- */

static double weight(const csaf_cvss *cvss, int metric, double absent) {
    int value = cvss->value[metric];
    if (value < 0) return absent;
    return (cvss->v2 ? csaf_metrics_2 : csaf_metrics_3)[metric].weight[value];
}

static double power(double base, unsigned exponent) {
    double product = 1;
    while (exponent--) product *= base;
    return product;
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

/* To one decimal, half up; the small addend takes back what binary fractions lose. */
static double round_1(double x) {
    return x <= 0 ? 0 : (double)(int64_t)(x * 10 + 0.5 + 1e-9) / 10;
}

static double base_2(double impact, const csaf_cvss *cvss) {
    double exploitability = 20 * weight(cvss, AC2, 0) * weight(cvss, AU2, 0) * weight(cvss, AV2, 0);
    return round_1((0.6 * impact + 0.4 * exploitability - 1.5) * (impact > 0 ? 1.176 : 0));
}

static double temporal_2(double score, const csaf_cvss *cvss) {
    return round_1(score * weight(cvss, E2, 1) * weight(cvss, RL2, 1) * weight(cvss, RC2, 1));
}

static csaf_scores scores_2(const csaf_cvss *cvss) {
    double c = weight(cvss, C2, 0), i = weight(cvss, I2, 0), a = weight(cvss, A2, 0);
    double impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
    double adjusted = smaller(
        10, 10.41 * (1 - (1 - c * weight(cvss, CR2, 1)) * (1 - i * weight(cvss, IR2, 1)) * (1 - a * weight(cvss, AR2, 1))));
    csaf_scores s = {.base = base_2(impact, cvss)};
    s.temporal = temporal_2(s.base, cvss);
    double temporal = temporal_2(base_2(adjusted, cvss), cvss);
    s.environmental = round_1((temporal + (10 - temporal) * weight(cvss, CDP2, 0)) * weight(cvss, TD2, 1));
    return s;
}

/* The next decimal that is not below: 3.1 defines it over whole numbers, 3.0 over the fraction itself. */
static double roundup(double x, bool v31) {
    if (x <= 0) return 0;
    int64_t scaled = (int64_t)(x * 100000 + 0.5);
    if (v31) return scaled % 10000 == 0 ? (double)scaled / 100000 : (double)(scaled / 10000 + 1) / 10;
    double tenths = x * 10;
    int64_t whole = (int64_t)tenths;
    return (double)(whole + (tenths > (double)whole)) / 10;
}

static double privileges(int value, bool changed) {
    static const double unchanged_weights[] = {0.85, 0.62, 0.27}, changed_weights[] = {0.85, 0.68, 0.5};
    return value < 0 || value > 2 ? 0 : (changed ? changed_weights : unchanged_weights)[value];
}

static double base_3(const csaf_cvss *cvss) {
    bool changed = cvss->value[SC] == 1;
    double iss = 1 - (1 - weight(cvss, C3, 0)) * (1 - weight(cvss, I3, 0)) * (1 - weight(cvss, A3, 0));
    double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
    double exploitability =
        8.22 * weight(cvss, AV, 0) * weight(cvss, AC, 0) * privileges(cvss->value[PR], changed) * weight(cvss, UI, 0);
    if (impact <= 0) return 0;
    return roundup(smaller((changed ? 1.08 : 1) * (impact + exploitability), 10), cvss->v31);
}

/* A modified metric, or the base metric where it is not defined. NOT_DEFINED is the last of a modified metric's values, and the
 * letters before it may stand in another order than the base metric's do; weights are compared, so only scope and privileges
 * need the index, and theirs agree. */
static bool defined(const csaf_cvss *cvss, int modified, int last) {
    return cvss->value[modified] >= 0 && cvss->value[modified] != last;
}

static double environmental_3(const csaf_cvss *cvss) {
    bool changed = cvss->value[defined(cvss, MS, 2) ? MS : SC] == 1;
    double c = weight(cvss, defined(cvss, MC, 3) ? MC : C3, 0), i = weight(cvss, defined(cvss, MI, 3) ? MI : I3, 0),
           a = weight(cvss, defined(cvss, MA, 3) ? MA : A3, 0);
    double iss =
        smaller(1 - (1 - weight(cvss, CR3, 1) * c) * (1 - weight(cvss, IR3, 1) * i) * (1 - weight(cvss, AR3, 1) * a), 0.915);
    double impact = !changed    ? 6.42 * iss
                    : cvss->v31 ? 7.52 * (iss - 0.029) - 3.25 * power(iss * 0.9731 - 0.02, 13)
                                : 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15);
    double exploitability =
        8.22 * weight(cvss, defined(cvss, MAV, 4) ? MAV : AV, 0) * weight(cvss, defined(cvss, MAC, 2) ? MAC : AC, 0) *
        privileges(cvss->value[defined(cvss, MPR, 3) ? MPR : PR], changed) * weight(cvss, defined(cvss, MUI, 2) ? MUI : UI, 0);
    if (impact <= 0) return 0;
    double score = roundup(smaller((changed ? 1.08 : 1) * (impact + exploitability), 10), cvss->v31);
    return roundup(score * weight(cvss, E3, 1) * weight(cvss, RL3, 1) * weight(cvss, RC3, 1), cvss->v31);
}

csaf_scores csaf_cvss_scores(const csaf_cvss *cvss) {
    if (cvss->v2) return scores_2(cvss);
    csaf_scores s = {.base = base_3(cvss), .environmental = environmental_3(cvss)};
    s.temporal = roundup(s.base * weight(cvss, E3, 1) * weight(cvss, RL3, 1) * weight(cvss, RC3, 1), cvss->v31);
    return s;
}

const char *csaf_severity(double score) {
    return score < 0.1 ? "NONE" : score < 4 ? "LOW" : score < 7 ? "MEDIUM" : score < 9 ? "HIGH" : "CRITICAL";
}

/* ---- 6.1.9 and 6.1.10 ---- */

static void compare_score(csaf_check *c, const json_t *said, const char *number, const char *severity, double score, bool v2) {
    const json_t *value = csaf_get(said, number);
    double difference = json_number_value(value) - score;
    if (json_is_number(value) && (difference > 0.001 || difference < -0.001))
        csaf_problem(c, "6.1.9", "is not the score that the vector gives", NULL, "/%s", number);
    const char *word = v2 ? NULL : csaf_text(said, severity);
    if (word && strcmp(word, csaf_severity(score)) != 0)
        csaf_problem(c, "6.1.9", "is not the severity that the vector gives", word, "/%s", severity);
}

static void compare_words(csaf_check *c, const json_t *said, const csaf_cvss *cvss) {
    for (size_t i = 0; i < (cvss->v2 ? (size_t)CSAF_METRICS_2 : (size_t)CSAF_METRICS_3); i++) {
        const csaf_metric *metric = &(cvss->v2 ? csaf_metrics_2 : csaf_metrics_3)[i];
        const char *word = csaf_text(said, metric->name);
        postern_slice letter, meant;
        if (!word || cvss->value[i] < 0 || !csaf_metric_value(metric, (size_t)cvss->value[i], &letter, &meant)) continue;
        if (!postern_slice_eq(meant, postern_slice_cstr(word)))
            csaf_problem(c, "6.1.10", "says something else than the vector", word, "/%s", metric->name);
    }
}

static void check_object(csaf_check *c, const json_t *said, bool v2) {
    const char *vector = csaf_text(said, "vectorString");
    csaf_cvss cvss;
    bool complete;
    if (!vector || !csaf_cvss_parse(vector, &cvss, &complete) || cvss.v2 != v2) return;
    compare_words(c, said, &cvss);
    if (!complete) return;
    csaf_scores scores = csaf_cvss_scores(&cvss);
    compare_score(c, said, "baseScore", "baseSeverity", scores.base, v2);
    compare_score(c, said, "temporalScore", "temporalSeverity", scores.temporal, v2);
    compare_score(c, said, "environmentalScore", "environmentalSeverity", scores.environmental, v2);
}

void csaf_check_scores(csaf_check *c) {
    const json_t *vulnerabilities = csaf_get(c->root, "vulnerabilities");
    for (size_t v = 0; v < json_array_size(vulnerabilities); v++) {
        const json_t *scores = csaf_get(json_array_get(vulnerabilities, v), "scores");
        for (size_t s = 0; s < json_array_size(scores); s++) {
            const json_t *score = json_array_get(scores, s);
            size_t length = c->path.len;
            postern_buf_printf(&c->path, "/vulnerabilities/%zu/scores/%zu/cvss_v2", v, s);
            check_object(c, csaf_get(score, "cvss_v2"), true);
            csaf_path_pop(c, length);
            postern_buf_printf(&c->path, "/vulnerabilities/%zu/scores/%zu/cvss_v3", v, s);
            check_object(c, csaf_get(score, "cvss_v3"), false);
            csaf_path_pop(c, length);
        }
    }
}
