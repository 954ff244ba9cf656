/* Any bytes as value sets and code systems, read for all patients and as those of one: read or refused with words, counted out or
 * with a word about what is in the way; every code counted is held, and what is asked again is the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/terminology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const limits small = { .memory_bytes = (size_t)32 << 20, .depth_max = 60, .steps_max = 200000 };
static const char *const urls[] = { "urn:a", "urn:b", "urn:c", "urn:d", "urn:s", "urn:t", "" };
static const char *const versions[] = { "", "1", "2" };

static void ask(arena *a, const terminology *t, cql_kind kind, str url, str version)
{
    str why, again;
    const cql_codes *codes = terminology_codes(t, a, kind, url, version, &why), *second = terminology_codes(t, a, kind, url, version, &again);
    CHECK((codes != NULL) == (second != NULL) && (!codes || codes->count == second->count));
    for (uint32_t i = 0; codes && i < codes->count; i++) {
        CHECK(!str_empty(codes->at[i].code));
        CHECK(cql_codes_hold(codes, codes->at[i].code, codes->at[i].system));
    }
    CHECK(!codes || !cql_codes_hold(codes, STR("no such code"), STR("urn:s")));
}

static void ask_all(arena *a, const terminology *t)
{
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        for (size_t k = 0; k < sizeof versions / sizeof *versions; k++) {
            ask(a, t, CQL_VALUE_SET, str_of(urls[i]), str_of(versions[k]));
            ask(a, t, CQL_CODE_SYSTEM, str_of(urls[i]), str_of(versions[k]));
        }
        truth forth = terminology_subsumes(t, a, str_of(urls[i]), STR(""), STR("1"), STR("2"));
        CHECK(forth == terminology_subsumes(t, a, str_of(urls[i]), STR(""), STR("1"), STR("2")));
    }
}

static nl_status read_for_all(arena *a, void *arg, nl_error *err)
{
    const str *bytes = arg;
    terminology *t = terminology_make(a);
    TRY(terminology_read(t, STR("fuzz"), bytes->p, bytes->n, err));
    terminology_close(t);
    ask_all(a, t);
    return NL_OK;
}

static nl_status read_for_one(arena *a, void *arg, nl_error *err)
{
    const str *bytes = arg;
    str patient = STR("{\"resourceType\":\"Patient\",\"id\":\"p\"}");
    record *r = record_make(a);
    record_as_written(r);
    TRY(record_read(r, STR("patient"), patient.p, patient.n, err));
    TRY(record_read(r, STR("fuzz"), bytes->p, bytes->n, err));
    TRY(record_close(r, STR(""), err));
    ask_all(a, terminology_of_record(a, r, NULL));
    return NL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guarded *const ways[] = { read_for_all, read_for_one };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        arena *a = arena_new(&small);
        CHECK(a != NULL);
        str bytes = { (const char *)data, size };
        nl_error err = { 0 };
        nl_status s = guard_run(a, ways[i], &bytes, &err);
        CHECK(s == NL_OK || err.what[0] != '\0');
        arena_free(a);
    }
    return 0;
}
