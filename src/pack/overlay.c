/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/overlay.h"

#include "base/digest.h"

static const char magic[16] = "nextline local\r\n";

bool local_rule_is_for(const local_rule *r, const option *o)
{
    if (!str_empty(r->option)) {
        return str_eq(r->option, o->id);
    }
    for (uint32_t i = 0; i < o->drug_count; i++) {
        for (uint32_t k = 0; k < o->drugs[i].count; k++) {
            if (o->drugs[i].count == 1 && str_eq(o->drugs[i].names[k], r->drug)) {   /* one of several drugs may be another */
                return true;
            }
        }
    }
    return false;
}

/* ---- the archive ---- The define is left out: it is looked up by name. */

static void ar_rule(ar *x, local_rule *r)
{
    ar_str(x, &r->option);
    ar_str(x, &r->drug);
    ar_u8(x, &r->does);
    ar_bool(x, &r->always);
    ar_str(x, &r->when.define_name);
    ar_str(x, &r->when.library);
    ar_bool(x, &r->when.is);
    ar_u32(x, &r->when.places);
    ar_date(x, &r->when.since);
    ar_date(x, &r->when.until);
    ar_str(x, &r->when.at.file);
    ar_u32(x, &r->when.at.line);
    ar_str(x, &r->say);
}

static void ar_overlay(ar *x, overlay *v)
{
    ar_str(x, &v->name);
    ar_str(x, &v->version);
    ar_str(x, &v->guideline);
    ar_date(x, &v->dated);
    AR_ARRAY(x, v->jurisdictions, v->jurisdiction_count, 4, ar_str);
    AR_ARRAY(x, v->rules, v->rule_count, 48, ar_rule);
}

void overlay_write(arena *a, overlay *v, str *bytes)
{
    buf payload = buf_make(a, BUF_MAX_DEFAULT), out = buf_make(a, BUF_MAX_DEFAULT);
    ar x = ar_writer(a, &payload);
    ar_overlay(&x, v);
    unsigned char digest[DIGEST_BYTES];
    digest_of(buf_str(&payload), digest);
    digest_hex(digest, v->digest);
    buf_add(&out, (str){ magic, sizeof magic });
    buf_add(&out, (str){ (const char *)digest, sizeof digest });
    buf_add(&out, buf_str(&payload));
    *bytes = buf_str(&out);
}

/* ---- what it names must be there ---- */

static nl_status find_names(local_rule *r, const guideline *g, const cql_program *program, nl_error *err)
{
    const place *at = &r->when.at;
    bool known = false;
    for (uint32_t i = 0; i < g->option_count && !known; i++) {
        known = local_rule_is_for(r, &g->options[i]);
    }
    char file[64];
    snprintf(file, sizeof file, "%.*s", (int)(at->file.n < sizeof file ? at->file.n : sizeof file - 1), at->file.p);
    if (!known) {
        str wanted = str_empty(r->option) ? r->drug : r->option;
        return fail_at(err, NL_E_LOGIC, file, at->line, 0, "this knowledge has no option %s%.*s", str_empty(r->option) ? "with the drug " : "", STR_ARG(wanted));
    }
    if (!r->always) {
        r->when.define = cql_find_define(program, r->when.library, r->when.define_name);
        if (r->when.define == CQL_NONE || !cql_define(program, r->when.define).is_boolean) {
            return fail_at(err, NL_E_LOGIC, file, at->line, 0, "the library %.*s of this knowledge has no criterion \"%.*s\"", STR_ARG(r->when.library),
                           STR_ARG(r->when.define_name));
        }
    }
    return NL_OK;
}

static bool same_places(const overlay *v, const guideline *g)
{
    bool same = v->jurisdiction_count == g->jurisdiction_count;
    for (uint32_t i = 0; same && i < g->jurisdiction_count; i++) {
        same = str_eq(v->jurisdictions[i], g->jurisdictions[i]);
    }
    return same;
}

nl_status overlay_read(arena *a, const char *bytes, size_t n, const char *name, const guideline *g, const cql_program *program, overlay **out,
                       nl_error *err)
{
    unsigned char digest[DIGEST_BYTES];
    if (n < sizeof magic + sizeof digest || memcmp(bytes, magic, sizeof magic) != 0) {
        return fail(err, NL_E_SYNTAX, name, "this is not a local pack; nextline pack --overlay makes one");
    }
    str payload = str_from((str){ bytes, n }, sizeof magic + sizeof digest);
    digest_of(payload, digest);
    overlay *v = ARENA_NEW(a, overlay);
    digest_hex(digest, v->digest);
    ar x = ar_reader(a, payload);
    ar_overlay(&x, v);
    if (memcmp(digest, bytes + sizeof magic, sizeof digest) != 0 || x.bad || x.in.n != 0) {
        return fail(err, NL_E_SYNTAX, name, "the local pack is damaged");
    }
    if (!str_eq(v->guideline, g->name) || !same_places(v, g)) {
        return fail(err, NL_E_LOGIC, name, "the local pack was made for the knowledge '%.*s'", STR_ARG(v->guideline));
    }
    for (uint32_t i = 0; i < v->rule_count; i++) {
        if (v->rules[i].does > LOCAL_LAST) {
            return fail(err, NL_E_SYNTAX, name, "the local pack is damaged");
        }
        TRY(find_names(&v->rules[i], g, program, err));
    }
    *out = v;
    return NL_OK;
}
