/*
 * The host parser and serialiser (URL Standard, section 3.5): domains, IPv4 in all its spellings, IPv6, opaque hosts.
 *
 * An attacker writes an address so that a filter takes it for a name (0x7f.1, 2130706433, full-width digits) or a name so
 * that a person takes it for another. Hence one canonical text and address bytes, and `odd_number` where the spelling was not
 * plain.
 */
#include "url_int.h"

/* ---- IPv4 ---------------------------------------------------------------------------------------------------- */

/* The IPv4 number parser; values that cannot matter any more saturate. */
static bool ipv4_number(postern_slice part, uint64_t *ret_value) {
    unsigned base = 10;
    uint64_t value = 0;
    if (part.len == 0) return false;
    if (part.len >= 2 && part.ptr[0] == '0') {
        bool hex = (part.ptr[1] | 32) == 'x';
        part = postern_slice_from(part, hex ? 2 : 1);
        base = hex ? 16 : 8;
    }
    for (size_t i = 0; i < part.len; i++) {
        int digit = postern_hex_value(part.ptr[i]);
        if (digit < 0 || (unsigned)digit >= base) return false;
        if (value <= UINT32_MAX) value = value * base + (unsigned)digit;
    }
    *ret_value = value;
    return true;
}

static bool all_digits(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_digit(s.ptr[i])) return false;
    return s.len > 0;
}

/* The ends-in-a-number checker. A trailing dot does not count. */
static bool ends_in_number(postern_slice domain) {
    uint64_t value;
    if (domain.len && domain.ptr[domain.len - 1] == '.') domain.len--;
    postern_cut cut = postern_slice_cut_last(domain, '.');
    postern_slice last = cut.ok ? cut.tail : domain;
    if (last.len == 0 || !postern_ascii_digit(last.ptr[0])) return false;
    return all_digits(last) || ipv4_number(last, &value);
}

static bool ipv4_parse(postern_slice text, uint32_t *ret_address) {
    uint64_t numbers[4];
    size_t count = 0;
    postern_cut cut = {text, text, true};
    if (text.len && text.ptr[text.len - 1] == '.') cut.tail.len--;
    while (cut.ok) {
        cut = postern_slice_cut(cut.tail, '.');
        if (count == 4 || !ipv4_number(cut.head, &numbers[count++])) return false;
    }
    uint64_t address = numbers[count - 1];
    if (address >> (8 * (5 - count))) return false;
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255) return false;
        address += numbers[i] << (8 * (3 - i));
    }
    *ret_address = (uint32_t)address;
    return true;
}

static void ipv4_write(url_out *out, uint32_t address) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        url_out_number(out, address >> shift & 255);
        if (shift) url_out_byte(out, '.');
    }
}

/* ---- IPv6 ---------------------------------------------------------------------------------------------------- */

/* The dotted tail of an IPv6 address: exactly four decimals without leading zeros, two pieces of the result. */
static bool ipv6_dotted(postern_slice text, uint16_t pieces[2]) {
    uint32_t address = 0;
    postern_cut cut = {text, text, true};
    int count = 0;
    while (cut.ok) {
        uint64_t value;
        cut = postern_slice_cut(cut.tail, '.');
        if (++count > 4 || cut.head.len > 3 || (cut.head.len > 1 && cut.head.ptr[0] == '0')) return false;
        if (!postern_slice_uint(cut.head, 255, &value)) return false;
        address = address << 8 | (uint32_t)value;
    }
    pieces[0] = (uint16_t)(address >> 16);
    pieces[1] = (uint16_t)address;
    return count == 4;
}

/* One piece of up to four hexadecimal digits at *pos. */
static size_t ipv6_piece(postern_slice text, size_t *pos, uint16_t *ret_piece) {
    unsigned value = 0;
    size_t start = *pos;
    for (; *pos < text.len && *pos - start < 4; ++*pos) {
        int digit = postern_hex_value(text.ptr[*pos]);
        if (digit < 0) break;
        value = value << 4 | (unsigned)digit;
    }
    *ret_piece = (uint16_t)value;
    return *pos - start;
}

static bool ipv6_parse(postern_slice text, uint16_t pieces[8]) {
    int count = 0, gap = -1;
    size_t pos = 0;
    memset(pieces, 0, 8 * sizeof *pieces);
    if (text.len && text.ptr[0] == ':') {
        if (text.len < 2 || text.ptr[1] != ':') return false;
        pos = 2;
        gap = 0;
    }
    while (pos < text.len) {
        if (count == 8) return false;
        if (text.ptr[pos] == ':') {
            if (gap >= 0) return false;
            gap = count;
            pos++;
            continue;
        }
        size_t start = pos, digits = ipv6_piece(text, &pos, &pieces[count]);
        if (pos < text.len && text.ptr[pos] == '.') {
            if (digits == 0 || count > 6 || !ipv6_dotted(postern_slice_from(text, start), pieces + count)) return false;
            count += 2;
            break;
        }
        count++;
        if (pos == text.len) {
            if (digits == 0) return false;
            break;
        }
        if (digits == 0 || text.ptr[pos] != ':' || ++pos == text.len) return false;
    }
    if (gap < 0) return count == 8;
    if (count == 8) return false;
    memmove(pieces + gap + 8 - count, pieces + gap, (size_t)(count - gap) * sizeof *pieces);
    memset(pieces + gap, 0, (size_t)(8 - count) * sizeof *pieces);
    return true;
}

/* Where the longest run of at least two zero pieces begins; *ret_len 0: none. The first of equals counts. */
static int ipv6_zeros(const uint16_t pieces[8], int *ret_len) {
    int best = 0, best_len = 1;
    for (int i = 0; i < 8; i++) {
        int len = 0;
        while (i + len < 8 && pieces[i + len] == 0) len++;
        if (len > best_len) best = i, best_len = len;
        i += len;
    }
    *ret_len = best_len > 1 ? best_len : 0;
    return best;
}

static void ipv6_write(url_out *out, const uint16_t pieces[8]) {
    static const char hex[] = "0123456789abcdef";
    int zeros_len, zeros = ipv6_zeros(pieces, &zeros_len);
    url_out_byte(out, '[');
    for (int i = 0; i < 8; i++) {
        if (zeros_len && i == zeros) {
            url_out_add(out, i ? POSTERN_S(":") : POSTERN_S("::"));
            i += zeros_len - 1;
            continue;
        }
        bool begun = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            unsigned digit = pieces[i] >> shift & 15;
            if (digit || begun || shift == 0) url_out_byte(out, (uint8_t)hex[digit]), begun = true;
        }
        if (i < 7) url_out_byte(out, ':');
    }
    url_out_byte(out, ']');
}

static postern_status ipv6_host(url_out *out, postern_slice text, url_host *ret_host) {
    uint16_t pieces[8];
    if (text.ptr[text.len - 1] != ']' || !ipv6_parse(postern_slice_sub(text, 1, text.len - 2), pieces)) return POSTERN_FORMAT;
    ret_host->kind = POSTERN_HOST_IPV6;
    for (int i = 0; i < 8; i++) {
        ret_host->ip[2 * i] = (uint8_t)(pieces[i] >> 8);
        ret_host->ip[2 * i + 1] = (uint8_t)pieces[i];
    }
    ipv6_write(out, pieces);
    return out->status;
}

/* ---- domains ------------------------------------------------------------------------------------------------- */

static postern_status opaque_host(url_out *out, postern_slice text, url_host *ret_host) {
    for (size_t i = 0; i < text.len; i++)
        if (url_sets[text.ptr[i]] & URL_FORBIDDEN_HOST) return POSTERN_FORMAT;
    ret_host->kind = text.len ? POSTERN_HOST_OPAQUE : POSTERN_HOST_EMPTY;
    url_out_encoded(out, text, URL_SET_C0);
    return out->status;
}

/* Appends `text` in lower case; false when a byte is not ASCII, and then nothing was appended. */
static bool ascii_lowered(url_out *out, postern_slice text) {
    if (!url_out_room(out, text.len)) return true;
    uint8_t *to = out->ptr + out->len, seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        seen |= text.ptr[i];
        to[i] = postern_ascii_lower(text.ptr[i]);
    }
    if (seen & 0x80) return false;
    out->len += text.len;
    return true;
}

/* Bytes that are not UTF-8 become U+FFFD, which no domain may hold. */
static postern_status domain_to_ascii(url_out *out, postern_slice domain) {
    if (ascii_lowered(out, domain)) return out->status;
    return postern_utf8_valid(domain) ? url_idna_to_ascii(out, domain) : POSTERN_FORMAT;
}

/* What was written from `start` on, behind domain to ASCII: an address after all, or a domain. `raw` is what the author
 * wrote. */
static postern_status domain_or_ipv4(url_out *out, size_t start, postern_slice raw, url_host *ret_host) {
    postern_slice domain = url_out_from(out, start);
    uint32_t address;
    uint8_t seen = 0;
    if (out->status) return out->status;
    for (size_t i = 0; i < domain.len; i++) seen |= url_sets[domain.ptr[i]];
    if (domain.len == 0 || seen & URL_FORBIDDEN_DOMAIN) return POSTERN_FORMAT;
    ret_host->kind = POSTERN_HOST_DOMAIN;
    if (!ends_in_number(domain)) return POSTERN_OK;
    if (!ipv4_parse(domain, &address)) return POSTERN_FORMAT;
    out->len = start;
    ipv4_write(out, address);
    ret_host->kind = POSTERN_HOST_IPV4;
    for (int i = 0; i < 4; i++) ret_host->ip[i] = (uint8_t)(address >> (24 - 8 * i));
    ret_host->odd_number = !out->status && !postern_slice_eq(raw, url_out_from(out, start));
    return out->status;
}

postern_status url_host_parse(url_out *out, postern_slice text, bool special, url_host *ret_host) {
    size_t start = out->len;
    memset(ret_host, 0, sizeof *ret_host);
    if (text.len && text.ptr[0] == '[') return ipv6_host(out, text, ret_host);
    if (!special) return opaque_host(out, text, ret_host);
    postern_status status;
    if (postern_slice_find_byte(text, 0, '%') == SIZE_MAX) {
        status = domain_to_ascii(out, text);
    } else {
        url_out decoded;
        url_out_init(&decoded);
        url_out_decoded(&decoded, text);
        status = decoded.status ? decoded.status : domain_to_ascii(out, url_out_from(&decoded, 0));
        url_out_free(&decoded);
    }
    return status ? status : domain_or_ipv4(out, start, text, ret_host);
}

postern_status postern_domain_to_ascii(postern_arena *arena, postern_slice domain, postern_slice *ret_ascii) {
    url_out out;
    if (domain.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    url_out_init(&out);
    postern_status status = domain_to_ascii(&out, domain);
    if (!status) status = postern_arena_copy(arena, url_out_from(&out, 0), ret_ascii);
    url_out_free(&out);
    return status;
}
