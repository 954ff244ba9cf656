/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/course.h"

const course_fact *course_rules_fact(const course_rules *r, str code)
{
    for (uint32_t i = 0; i < r->fact_count; i++) {
        if (str_eq(r->facts[i].code, code)) {
            return &r->facts[i];
        }
    }
    return NULL;
}

static const course_word *find_word(const course_words *list, str word)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        if (str_eq(list->at[i].word, word)) {
            return &list->at[i];
        }
    }
    return NULL;
}

str course_say(const course_words *own, const course_words *all, str word)
{
    const course_word *found = find_word(own, word);
    found = found ? found : find_word(all, word);
    return found ? found->say : word;
}

/* ---- the archive ---- Least bytes: what one element takes at least, all texts empty. */

enum { STR_LEAST = 4, WORD_LEAST = 8, FACT_LEAST = 23, KIND_LEAST = 33, HEAD_LEAST = 9 };

static void ar_texts(ar *x, str **at, uint32_t *count) { AR_ARRAY(x, *at, *count, STR_LEAST, ar_str); }

static void ar_word(ar *x, course_word *w)
{
    ar_str(x, &w->word);
    ar_str(x, &w->say);
}

static void ar_words(ar *x, course_words *w) { AR_ARRAY(x, w->at, w->count, WORD_LEAST, ar_word); }

static void ar_fact(ar *x, course_fact *f)
{
    ar_str(x, &f->code);
    ar_str(x, &f->name);
    ar_words(x, &f->words);
    ar_words(x, &f->parts);
    ar_texts(x, &f->quote, &f->quote_count);
    ar_bool(x, &f->compared);
    ar_bool(x, &f->unnamed);
    ar_bool(x, &f->recorded);
}

static void ar_kind(ar *x, course_kind *k)
{
    ar_str(x, &k->id);
    ar_str(x, &k->title);
    ar_u8(x, &k->from);
    ar_u8(x, &k->join);
    ar_u8(x, &k->repeat);
    ar_bool(x, &k->named);
    ar_bool(x, &k->response);
    ar_texts(x, &k->facts, &k->fact_count);
    ar_texts(x, &k->systems, &k->system_count);
    ar_texts(x, &k->gather, &k->gather_count);
    ar_texts(x, &k->kinds, &k->kind_count);
    ar_texts(x, &k->except, &k->except_count);
    x->bad = x->bad || k->from > COURSE_ASSESSMENTS || k->join > COURSE_BY_SAMPLE || k->repeat > COURSE_RUNS;
}

static void ar_head(ar *x, course_head *h)
{
    ar_str(x, &h->key);
    ar_str(x, &h->since);
    ar_bool(x, &h->dated);
}

void course_rules_ar(ar *x, course_rules *r)
{
    ar_tag(x, 0x53524f43);   /* "CORS" */
    AR_ARRAY(x, r->heads, r->head_count, HEAD_LEAST, ar_head);
    AR_ARRAY(x, r->kinds, r->kind_count, KIND_LEAST, ar_kind);
    AR_ARRAY(x, r->facts, r->fact_count, FACT_LEAST, ar_fact);
    ar_words(x, &r->words);
    ar_texts(x, &r->conflicts, &r->conflict_count);
    ar_texts(x, &r->numbers, &r->number_count);
    ar_texts(x, &r->tags, &r->tag_count);
    ar_tag(x, 0x434f5253);
}
