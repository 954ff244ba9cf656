/* ar.h -- one description of a structure serves to write and to read it, so the two cannot drift apart.
 * A function `void ar_thing(ar *x, thing *t)` calls ar_u32(x, &t->count) and so on; with a writing ar the values are
 * appended, with a reading one they are filled in, bounds-checked, from bytes that are borrowed (strings point into
 * them). The first fault when reading sets x->bad; everything read after it is zero. Little-endian. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_AR_H
#define BASE_AR_H

#include "base/buf.h"
#include "base/date.h"

typedef struct ar {
    bool   writing, bad;
    arena *a;        /* arrays read are allocated here */
    buf   *out;      /* when writing */
    str    in;       /* what is left, when reading */
} ar;

ar   ar_writer(arena *a, buf *out);
ar   ar_reader(arena *a, str in);
void ar_u8(ar *x, uint8_t *v);
void ar_bool(ar *x, bool *v);
void ar_u16(ar *x, uint16_t *v);
void ar_u32(ar *x, uint32_t *v);
void ar_u64(ar *x, uint64_t *v);
void ar_i64(ar *x, int64_t *v);
void ar_date(ar *x, date *v);
void ar_str(ar *x, str *v);
void ar_tag(ar *x, uint32_t tag);          /* writes a mark, or is bad when it is not there: catches drift early */
/* The count of an array and, when reading, room for it: at most what the bytes left can hold at least_bytes (>= 1) each. */
void ar_count(ar *x, uint32_t *count, void **at, size_t each, size_t least_bytes);

/* An array member pair `type *at; uint32_t count;` through its element function. */
#define AR_ARRAY(x, at_, count_, least_bytes, fn)                                        \
    do {                                                                                 \
        void *ar_at_ = (at_);                                                            \
        ar_count((x), &(count_), &ar_at_, sizeof *(at_), (least_bytes));                 \
        (at_) = ar_at_;                                                                  \
        for (uint32_t ar_i_ = 0; ar_i_ < (count_); ar_i_++) { fn((x), &(at_)[ar_i_]); }   \
    } while (0)

#endif
