/* The file: magic, format, version of the program, SHA-256 of the payload, its length, the payload. Length and digest are
 * checked before a byte of the payload is read; the payload's reader trusts nothing all the same, because a digest can be
 * recomputed by whoever damages a file on purpose. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/pack.h"

#include "base/digest.h"
#include "terms/drugs.h"

static const char magic[16] = "nextline pack\r\n";   /* a transfer as text would break the line end, and show */
enum { PACK_FORMAT = 2 };

static void pack_ar(ar *x, pack *p)
{
    terms_ar(x, &p->terms);
    cql_program_ar(x, &p->program);
    guideline_ar(x, &p->guideline);
    course_rules_ar(x, &p->course);
}

void pack_wrap(arena *a, str payload, str *bytes)
{
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    buf_add(&out, (str){ magic, sizeof magic });
    ar x = ar_writer(a, &out);
    uint32_t format = PACK_FORMAT;
    ar_u32(&x, &format);
    str version = STR(NL_VERSION);
    ar_str(&x, &version);
    unsigned char digest[DIGEST_BYTES];
    digest_of(payload, digest);
    buf_add(&out, (str){ (const char *)digest, sizeof digest });
    uint64_t length = payload.n;
    ar_u64(&x, &length);
    buf_add(&out, payload);
    *bytes = buf_str(&out);
}

void pack_write(arena *a, pack *p, str *bytes)
{
    buf payload = buf_make(a, BUF_MAX_DEFAULT);
    ar x = ar_writer(a, &payload);
    pack_ar(&x, p);
    unsigned char digest[DIGEST_BYTES];
    digest_of(buf_str(&payload), digest);
    digest_hex(digest, p->digest);
    pack_wrap(a, buf_str(&payload), bytes);
}

/* ---- what the archive cannot see: names and indices that must mean something ---- */

typedef struct checking { const pack *p; bool bad; } checking;

static void need(checking *c, bool holds) { c->bad = c->bad || !holds; }

static void check_condition(checking *c, const condition *r, bool boolean)
{
    need(c, r->define < cql_define_count(c->p->program));
    need(c, c->bad || !boolean || cql_define(c->p->program, r->define).is_boolean);
}

static void check_sources(checking *c, const str *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        need(c, guideline_source(&c->p->guideline, ids[i]) != NULL);
    }
}

static uint32_t standing_index(const guideline *g, str word)
{
    uint32_t i = 0;
    while (i < g->standing_count && !str_eq(g->standings[i], word)) {
        i++;
    }
    return i;
}

static void check_option(checking *c, const option *o)
{
    const guideline *g = &c->p->guideline;
    need(c, o->disease < g->disease_count);
    need(c, o->standing_count > 0 && o->evidence_count > 0 && o->drugs_from <= DRUGS_NONE);
    need(c, o->is_for <= FOR_ANY_TIME && (o->drugs_from != DRUGS_RUNNING || o->is_for == FOR_PRESENT_LINE));
    need(c, o->drugs_from == DRUGS_LISTED ? o->drug_count > 0 : o->drug_count == 0);
    need(c, o->nothing_to_approve || o->approval_count > 0);
    need(c, !c->bad && o->standings[o->standing_count - 1].always);
    check_sources(c, o->evidence, o->evidence_count);
    if (!str_empty(o->dose_source)) {
        check_sources(c, &o->dose_source, 1);
    }
    for (uint32_t i = 0; i < o->drug_count; i++) {
        need(c, o->drugs[i].count > 0);
        for (uint32_t j = 0; j < o->drugs[i].count; j++) {
            need(c, drugs_named(c->p->terms->drugs, o->drugs[i].names[j]) != NULL);
        }
    }
    for (uint32_t i = 0; i < o->require_count; i++) {
        check_condition(c, &o->requires_all[i].when, true);
    }
    for (uint32_t i = 0; i < o->rule_out_count; i++) {
        check_condition(c, &o->rules_out[i].when, true);
        check_sources(c, o->rules_out[i].sources, o->rules_out[i].source_count);
    }
    for (uint32_t i = 0; i < o->caution_count; i++) {
        const caution *x = &o->cautions[i];
        check_condition(c, &x->when, true);
        check_sources(c, x->sources, x->source_count);
        need(c, str_empty(x->standing) || standing_index(g, x->standing) < g->standing_count);
    }
    for (uint32_t i = 0; i < o->standing_count; i++) {
        const standing *x = &o->standings[i];
        if (!x->always) {
            check_condition(c, &x->when, true);
        }
        check_sources(c, x->sources, x->source_count);
        need(c, standing_index(g, x->standing) < g->standing_count);
    }
    for (uint32_t i = 0; i < o->approval_count; i++) {
        need(c, o->approvals[i].place < g->jurisdiction_count);
        check_sources(c, o->approvals[i].sources, o->approvals[i].source_count);
    }
}

static void check_test(checking *c, const test *t)
{
    if (t->due) {
        check_condition(c, t->due, true);
    }
    check_sources(c, t->sources, t->source_count);
    for (uint32_t i = 0; i < t->outcome_count; i++) {
        for (uint32_t j = 0; j < t->outcomes[i].fact_count; j++) {
            need(c, terms_fact(c->p->terms, t->outcomes[i].facts[j].fact) != NULL);
        }
    }
}

static bool sound(const pack *p)
{
    checking c = { .p = p, .bad = !p->terms || !p->program || !p->terms->drugs };
    const guideline *g = &p->guideline;
    need(&c, g->jurisdiction_count > 0 && g->jurisdiction_count < 32 && g->standing_count > 0 && g->standing_count < 256);
    if (c.bad) {
        return false;
    }
    check_condition(&c, &g->metastatic, true);
    check_condition(&c, &g->change_needed, true);
    for (uint32_t i = 0; i < g->disease_count; i++) {
        check_condition(&c, &g->diseases[i].gate, true);
    }
    for (uint32_t i = 0; i < g->option_count && !c.bad; i++) {
        check_option(&c, &g->options[i]);
    }
    for (uint32_t i = 0; i < g->alert_count; i++) {
        check_condition(&c, &g->alerts[i].when, true);
        check_sources(&c, g->alerts[i].sources, g->alerts[i].source_count);
    }
    for (uint32_t i = 0; i < g->test_count; i++) {
        check_test(&c, &g->tests[i]);
    }
    for (uint32_t i = 0; i < g->profile_count; i++) {
        check_condition(&c, &g->profile[i].when, g->profile[i].boolean);
    }
    for (uint32_t i = 0; i < g->amount_count; i++) {
        check_condition(&c, &g->amounts[i].when, false);
        need(&c, g->amounts[i].digits <= AMOUNT_DIGITS_MOST);
    }
    return !c.bad;
}

nl_status pack_read(arena *a, const char *bytes, size_t n, const char *name, pack **out, nl_error *err)
{
    ar head = ar_reader(a, (str){ bytes, n });
    if (n < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0) {
        return fail(err, NL_E_SYNTAX, name, "this is not a knowledge pack");
    }
    head.in = str_from(head.in, sizeof magic);
    uint32_t format = 0;
    str version = STR("");
    uint64_t length = 0;
    unsigned char digest[DIGEST_BYTES], stated[DIGEST_BYTES];
    ar_u32(&head, &format);
    ar_str(&head, &version);
    if (!head.bad && (format != PACK_FORMAT || !str_is(version, NL_VERSION))) {
        return fail(err, NL_E_SYNTAX, name, "the knowledge pack was made by another version of nextline; build it again with nextline pack");
    }
    if (head.bad || head.in.n < sizeof stated) {
        return fail(err, NL_E_SYNTAX, name, "the knowledge pack is cut short");
    }
    memcpy(stated, head.in.p, sizeof stated);
    head.in = str_from(head.in, sizeof stated);
    ar_u64(&head, &length);
    if (head.bad || length != head.in.n) {
        return fail(err, NL_E_SYNTAX, name, "the knowledge pack is cut short or has bytes too many");
    }
    digest_of(head.in, digest);
    if (memcmp(digest, stated, sizeof digest) != 0) {
        return fail(err, NL_E_SYNTAX, name, "the knowledge pack is damaged: its contents do not have the stated SHA-256");
    }
    pack *p = ARENA_NEW(a, pack);
    digest_hex(digest, p->digest);
    ar x = ar_reader(a, head.in);
    pack_ar(&x, p);
    if (x.bad || x.in.n != 0 || !sound(p)) {
        return fail(err, NL_E_SYNTAX, name, "the knowledge pack is damaged: its tables do not fit together");
    }
    *out = p;
    return NL_OK;
}
