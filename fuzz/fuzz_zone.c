/*
 * The zone of a URL. Input: three bytes of context, then the URL's text.
 *
 * Properties: there is always a decision with reasons, the last of which is the zone (Z20); asked again it is the same; context
 * only lowers (Z1, Z10, Z13); without the caller's proof nothing is My Computer (Z9); what is refused is Restricted (Z4, Z8);
 * the text is never above what its own parsed form is given (one value for all, Z8), and a handler's zone is never more than
 * Restricted.
 */
#include <stdlib.h>

#include "postern/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool good) {
    if (!good) abort();
}

static postern_policy *policy_new(void) {
    static const char reg[] = "REGEDIT4\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "
                              "Settings\\ZoneMap]\n\"IntranetName\"=dword:1\n"
                              "\"ProxyByPass\"=dword:1\n\"UNCAsIntranet\"=dword:1\n[HKEY_CURRENT_"
                              "USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "
                              "Settings\\ZoneMap\\Domains\\a.example]\n\"*\"=dword:2\n[HKEY_CURRENT_"
                              "USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "
                              "Settings\\ZoneMap\\Ranges\\r]\n\":Range\"=\"10.*.*.*\"\n\"*\"=dword:1\n";
    postern_policy *policy;
    must(!postern_policy_new(&policy) && !postern_policy_add_reg(policy, postern_slice_cstr(reg), NULL) &&
         !postern_policy_seal(policy, NULL));
    return policy;
}

static postern_zone_decision judge(const postern_policy *policy, postern_slice text, const postern_zone_context *context,
                                   postern_arena *arena) {
    postern_zone_decision d;
    must(!postern_zone_evaluate(policy, text, context, arena, &d));
    must(d.reason_count > 0 && d.reasons[d.reason_count - 1].zone == d.zone && (unsigned)d.zone <= 4);
    must(d.openable || d.zone == POSTERN_ZONE_RESTRICTED);
    must((context && context->local_proof) || d.zone != POSTERN_ZONE_LOCAL_MACHINE);
    return d;
}

static bool at_most(postern_zone a, postern_zone b) {
    return postern_zone_least(a, b) == a;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static postern_policy *policy;
    if (!policy) policy = policy_new();
    postern_slice input = postern_slice_of(bytes, len), text = postern_slice_from(input, 3);
    postern_arena *arena = postern_arena_new(64 << 20);
    if (!arena || len < 3 || len > POSTERN_LIMIT_URL / 10) {
        postern_arena_free(arena);
        return 0;
    }
    postern_mark mark = {.present = bytes[2] & 1, .malformed = bytes[2] & 2, .zone = (postern_zone)(bytes[2] / 4 % 5)};
    postern_zone_context bare = {.local_proof = bytes[0] & 1, .bypasses_proxy = bytes[0] & 2}, with = bare;
    with.has_caller = with.has_container = with.has_naming = true;
    with.caller = (postern_zone)(bytes[0] / 4 % 5);
    with.container = (postern_zone)(bytes[1] % 5);
    with.naming = (postern_zone)(bytes[1] / 5 % 5);
    with.mark = &mark;
    postern_zone_decision a = judge(policy, text, &bare, arena), b = judge(policy, text, &with, arena);
    postern_zone_decision again = judge(policy, text, &with, arena);
    must(b.zone == again.zone && b.openable == again.openable && b.reason_count == again.reason_count);
    must(at_most(b.zone, a.zone) && at_most(b.zone, with.caller) && at_most(b.zone, with.container) &&
         at_most(b.zone, with.naming));
    must((!mark.present || at_most(b.zone, mark.zone)) && (!mark.malformed || at_most(b.zone, POSTERN_ZONE_INTERNET)));
    const postern_url *url;
    if (!postern_url_parse(arena, text, NULL, &url)) {
        postern_zone_decision parsed = judge(policy, url->href, &bare, arena);
        bool path = len > 3 &&
                    (postern_slice_find_byte(text, 0, '\\') != SIZE_MAX || postern_slice_find_byte(text, 0, '|') != SIZE_MAX);
        must(path || at_most(a.zone, parsed.zone)); /* a Windows path is another grammar than the parser's */
    }
    postern_arena_free(arena);
    return 0;
}
