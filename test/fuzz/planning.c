/* SPDX-License-Identifier: Apache-2.0 */
#include "planning.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "report/report.h"

enum { SETS_MOST = 4, WIDTH = 80 };

str planning_record(void)
{
    return STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
               "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"birthDate\":\"1961-04\"}},"
               "{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p\"},\"code\":"
               "{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"254837009\"}]},\"onsetDateTime\":\"2018-02-01\"}},"
               "{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"m\",\"subject\":{\"reference\":\"Patient/p\"},\"code\":"
               "{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"94222008\"}]},\"onsetDateTime\":\"2019-03-01\"}},"
               "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"er\",\"status\":\"final\",\"subject\":{\"reference\":"
               "\"Patient/p\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"16112-5\"}]},"
               "\"effectiveDateTime\":\"2018-02-03\",\"valueCodeableConcept\":{\"text\":\"Positive\"}}},"
               "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"cr\",\"status\":\"final\",\"subject\":{\"reference\":"
               "\"Patient/p\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2160-0\"}]},"
               "\"effectiveDateTime\":\"2019-03-03T09:30:00+01:00\",\"valueQuantity\":{\"value\":1.10,\"unit\":\"mg/dL\","
               "\"code\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\"}}},"
               "{\"resource\":{\"resourceType\":\"MedicationStatement\",\"id\":\"d\",\"status\":\"active\",\"subject\":"
               "{\"reference\":\"Patient/p\"},\"medicationCodeableConcept\":{\"text\":\"letrozole 2.5 mg\"},"
               "\"effectivePeriod\":{\"start\":\"2019-03-10\"}}}]}");
}

const terminology *planning_terminology(arena *a)
{
    static const char sets[] =
        "[{\"resourceType\":\"ValueSet\",\"url\":\"urn:ones\",\"compose\":{\"include\":[{\"system\":\"http://loinc.org\",\"concept\":[{\"code\":\"16112-5\"}]}]}},"
        "{\"resourceType\":\"ValueSet\",\"url\":\"http://toy.example/reds\",\"version\":\"2\",\"compose\":{\"include\":[{\"system\":\"urn:s\",\"concept\":["
        "{\"code\":\"1\"},{\"code\":\"2\"},{\"code\":\"3\"},{\"code\":\"4\"},{\"code\":\"5\"},{\"code\":\"6\"},{\"code\":\"7\"},{\"code\":\"8\"},{\"code\":\"9\"}]},"
        "{\"system\":\"http://snomed.info/sct\",\"concept\":[{\"code\":\"254837009\"}]}]}},"
        "{\"resourceType\":\"CodeSystem\",\"url\":\"urn:s\",\"content\":\"complete\",\"hierarchyMeaning\":\"is-a\",\"concept\":[{\"code\":\"1\",\"concept\":[{\"code\":\"2\"}]}]}]";
    terminology *t = terminology_make(a);
    CHECK(terminology_read(t, STR("sets"), sets, sizeof sets - 1, NULL) == NL_OK);
    terminology_close(t);
    return t;
}

static void write_all(arena *a, plan *p)
{
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&out, report_plan_json(a, p), JSON_PRETTY);
    json_write(&out, report_chart_json(a, p), JSON_COMPACT);
    json_write(&out, report_chart_fhir(a, p), JSON_COMPACT);
    page text = page_make(&out, WIDTH, true);
    report_plan_text(&text, p);
    report_chart_text(&text, p);
    uint32_t options = p->pack->guideline.option_count;
    for (uint32_t i = 0; i < options; i += options / 4 + 1) {
        explanation x;
        nl_error err = { 0 };
        if (plan_explain(p, p->pack->guideline.options[i].id, &x, &err) == NL_OK) {
            report_explain_text(&text, p, &x);
            json_write(&out, report_explain_json(a, p, &x), JSON_COMPACT);
        }
    }
}

nl_status planning_run(arena *a, const pack *p, str record_bytes, str set, nl_error *err)
{
    str sets[SETS_MOST], line;
    question q = { .as_of = { 2026, 6, 1, DATE_DAY }, .set = sets };
    while (set.n > 0 && q.set_count < SETS_MOST && str_cut(&set, '\n', &line)) {
        sets[q.set_count++] = line;
    }
    q.jurisdiction = p->guideline.jurisdictions[record_bytes.n % p->guideline.jurisdiction_count];
    record *r = record_make(a);
    TRY(record_read(r, STR("fuzz"), record_bytes.p, record_bytes.n, err));
    TRY(record_close(r, STR(""), err));
    plan *made = NULL;
    TRY(plan_make(p, r, &q, &made, err));
    write_all(a, made);
    return NL_OK;
}

const pack *planning_pack(str *payload)
{
    static file_bytes file;
    static pack *read;
    static bool tried;
    const char *path = getenv("NL_FUZZ_PACK");
    if (!tried && path) {
        tried = true;
        nl_error err = { 0 };
        static arena *home;   /* reachable, so that it is no leak */
        home = arena_new(NULL);
        CHECK(home != NULL);
        if (file_read(path, (size_t)64 << 20, &file, &err) != NL_OK ||
            pack_read(home, file.p, file.n, path, &read, &err) != NL_OK) {
            fprintf(stderr, "%s: %s\n", path, err.what);
            abort();
        }
    }
    if (read) {
        CHECK(file.n > PLANNING_PACK_HEAD);
        *payload = str_from((str){ file.p, file.n }, PLANNING_PACK_HEAD);
    }
    return read;
}
