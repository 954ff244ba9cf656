/* codes.h -- a list of codes that is asked often whether it holds one: a value set, a code system, what a retrieve looks for.
 * In the order given. Where there are many an index by the text of the code is made with it, so that asking does not take longer the
 * more there are; codes whose texts were chosen so that they meet in the index count as steps of the arena. The arena owns all. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_CODES_H
#define CQL_CODES_H

#include "cql/value.h"

typedef struct cql_codes {
    const cql_code *at;
    uint32_t        count, room;
    const uint32_t *slots;    /* places, plus 1, by hash of the text; 0: free. NULL: few, looked at one by one */
} cql_codes;

const cql_codes *cql_codes_make(arena *a, const cql_code *at, uint32_t count);   /* at is borrowed */

/* The codes with that text, of whatever system, one call after the other; *from is 0 for the first. NULL: no more. */
const cql_code *cql_codes_next(const cql_codes *all, str code, uint32_t *from);
bool cql_codes_hold(const cql_codes *all, str code, str system);

#endif
