/*
 * The grammar of the mhtml: URL: mhtml:CONTAINER, mhtml:CONTAINER!KEY, mhtml:CONTAINER!x-usc:KEY.
 *
 * MS04-013 and its family put a second URL behind the "!", which was opened when the container was absent. Here the two are cut
 * once, at the first separator as Windows does, and the key stays text to compare (Z3). "!x-usc:" counts in this spelling only;
 * any other case is a bare "!" and a key that begins with it.
 */
#include "postern/url.h"

bool postern_mhtml_url_parse(postern_slice text, postern_mhtml_url *ret_url) {
    static const postern_slice scheme = {(const uint8_t *)"mhtml:", 6}, x_usc = {(const uint8_t *)"!x-usc:", 7};
    memset(ret_url, 0, sizeof *ret_url);
    if (!postern_slice_starts_nocase(text, scheme)) return false;
    postern_slice rest = postern_slice_from(text, scheme.len);
    size_t at = postern_slice_find_byte(rest, 0, '!');
    ret_url->container = postern_slice_sub(rest, 0, at);
    ret_url->key = postern_slice_from(rest, rest.len);
    if (at == SIZE_MAX) return true;
    ret_url->has_key = true;
    ret_url->x_usc = postern_slice_starts(postern_slice_from(rest, at), x_usc);
    ret_url->key = postern_slice_from(rest, at + (ret_url->x_usc ? x_usc.len : 1));
    return true;
}
