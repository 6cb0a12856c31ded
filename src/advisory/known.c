/* Updates that the advisories name, by the number of their article. */
#include "postern/advisory.h"

#include "known_table.h"

const postern_known_update *postern_known_update_of(postern_slice id) {
    for (size_t i = 0; i < sizeof known_rows / sizeof *known_rows; i++)
        if (postern_slice_eq_nocase(id, postern_slice_cstr(known_rows[i].id))) return &known_rows[i];
    return NULL;
}
