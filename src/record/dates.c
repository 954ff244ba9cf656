/* When a resource was true of the patient: the best date it gives, by the names FHIR uses, R4 first, older releases
 * after. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/parts.h"

/* A Period counts by its start, else its end; a Timing by its first event. Earlier rows win. */
static const str elements[] = {
    STR_INIT("effectiveDateTime"),
    STR_INIT("effectivePeriod"),
    STR_INIT("effectiveInstant"),
    STR_INIT("effectiveTiming"),
    STR_INIT("onsetDateTime"),
    STR_INIT("onsetPeriod"),
    STR_INIT("performedDateTime"),
    STR_INIT("performedPeriod"),
    STR_INIT("occurrenceDateTime"),
    STR_INIT("occurrencePeriod"),
    STR_INIT("occurrenceTiming"),
    STR_INIT("collection"),
    STR_INIT("authoredOn"),
    STR_INIT("authored"),
    STR_INIT("period"),
    STR_INIT("started"),
    STR_INIT("date"),
    STR_INIT("detected"),
    STR_INIT("issued"),
    STR_INIT("assertedDate"),
    STR_INIT("recordedDate"),
    STR_INIT("dateAsserted"),
    STR_INIT("dateRecorded"),
    STR_INIT("dateWritten"),
    STR_INIT("recorded"),
    STR_INIT("receivedTime"),
    STR_INIT("created"),
};
enum { ELEMENT_COUNT = sizeof elements / sizeof elements[0] };

static const json *date_in(const json *n)
{
    static const char *const inner[] = { "collectedDateTime", "collectedPeriod", "start", "end", "event" };
    const json *found = NULL;
    if (json_is(n, JSON_OBJECT)) {
        for (size_t i = 0; !found && i < sizeof inner / sizeof inner[0]; i++) {
            const json *m = json_get(n, inner[i]);
            found = json_is(m, JSON_OBJECT) ? date_in(m) : json_is(m, JSON_ARRAY) ? m->first : m;
        }
        return found;
    }
    return n;
}

/* R4 has no element for the day on which a condition was first stated; those who have that day alone write FHIR's own extension. */
static const json *asserted(const json *extensions)
{
    for (const json *k = json_is(extensions, JSON_ARRAY) ? extensions->first : NULL; k; k = k->next) {
        if (str_is(json_get_text(k, "url"), "http://hl7.org/fhir/StructureDefinition/condition-assertedDate")) {
            return json_get(k, "valueDateTime");
        }
    }
    return NULL;
}

date clinical_date(record *r, const resource *x)
{
    const json *best = NULL;
    size_t best_rank = ELEMENT_COUNT;
    for (const json *m = x->root->first; m; m = m->next) {
        bool extension = str_is(m->key, "extension");
        for (size_t rank = 0; rank < best_rank; rank++) {
            if (extension ? str_is(elements[rank], "assertedDate") : str_eq(m->key, elements[rank])) {
                const json *d = extension ? asserted(m) : date_in(m);
                best = d ? d : best;
                best_rank = d ? rank : best_rank;
                break;
            }
        }
    }
    date when = { 0 };
    if (!best) {
        return when;
    }
    if (!json_is(best, JSON_STRING) || !date_read(best->text, &when)) {
        finding_about(r, "not-a-date", x, best,
                      "%.*s: \"%.*s\" is not a date that exists; the entry counts as undated.", STR_ARG(x->type),
                      STR_ARG(text_head(json_text(best), 40)));
        return (date){ 0 };
    }
    return when;
}
