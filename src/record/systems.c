/* SPDX-License-Identifier: Apache-2.0 */
#include "record/systems.h"

typedef struct spelling { str canonical, other; } spelling;   /* other: without http:// */

#define SCT "snomed.info/sct"
#define LNC "loinc.org"
#define RXN "www.nlm.nih.gov/research/umls/rxnorm"
#define ICD10CM "hl7.org/fhir/sid/icd-10-cm"
#define ICD10 "hl7.org/fhir/sid/icd-10"
#define ICD9CM "hl7.org/fhir/sid/icd-9-cm"
#define ICDO3 "terminology.hl7.org/CodeSystem/icd-o-3"
#define UCUM "unitsofmeasure.org"
#define CVX "hl7.org/fhir/sid/cvx"
#define NDC "hl7.org/fhir/sid/ndc"
#define CPT "www.ama-assn.org/go/cpt"
#define HGNC "www.genenames.org/geneId"
#define AJCC "cancerstaging.org"
#define HGVS "varnomen.hgvs.org"
#define ATC "www.whocc.no/atc"
#define CLINVAR "www.ncbi.nlm.nih.gov/clinvar"
#define NCIT "ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
#define TERMINOLOGY "terminology.hl7.org/CodeSystem/"

/* Compared without regard to case, to http or https, and to a slash at the end. */
static const spelling spellings[] = {
#define AS(canonical_, other_) { STR_INIT("http://" canonical_), STR_INIT(other_) },
    AS(SCT, SCT) AS(SCT, "urn:oid:2.16.840.1.113883.6.96") AS(SCT, "SNOMED-CT") AS(SCT, "SNOMED CT") AS(SCT, "SNOMED")
    AS(SCT, "SNOMEDCT") AS(SCT, "SCT") AS(SCT, "www.snomed.org") AS(SCT, "snomed.info") AS(SCT, "2.16.840.1.113883.6.96")
    AS(SCT, "snomed.info/sct/731000124108") AS(SCT, "snomed.info/sct/900000000000207008")
    AS(LNC, LNC) AS(LNC, "urn:oid:2.16.840.1.113883.6.1") AS(LNC, "LOINC") AS(LNC, "LN") AS(LNC, "www.loinc.org")
    AS(LNC, "2.16.840.1.113883.6.1")
    AS(RXN, RXN) AS(RXN, "urn:oid:2.16.840.1.113883.6.88") AS(RXN, "RXNORM") AS(RXN, "www.nlm.nih.gov/rxnorm")
    AS(RXN, "2.16.840.1.113883.6.88") AS(RXN, "rxnorm.info")
    AS(ICD10CM, ICD10CM) AS(ICD10CM, "urn:oid:2.16.840.1.113883.6.90") AS(ICD10CM, "ICD-10-CM") AS(ICD10CM, "ICD10CM")
    AS(ICD10CM, "hl7.org/fhir/icd-10-cm") AS(ICD10CM, "2.16.840.1.113883.6.90") AS(ICD10CM, "www.cms.gov/Medicare/Coding/ICD10")
    AS(ICD10, ICD10) AS(ICD10, "urn:oid:2.16.840.1.113883.6.3") AS(ICD10, "ICD-10") AS(ICD10, "ICD10") AS(ICD10, "2.16.840.1.113883.6.3")
    AS(ICD9CM, ICD9CM) AS(ICD9CM, "urn:oid:2.16.840.1.113883.6.103") AS(ICD9CM, "ICD-9-CM") AS(ICD9CM, "ICD9CM")
    AS(ICDO3, ICDO3) AS(ICDO3, "urn:oid:2.16.840.1.113883.6.43.1") AS(ICDO3, "ICD-O-3") AS(ICDO3, "hl7.org/fhir/sid/icd-o-3")
    AS(UCUM, UCUM) AS(UCUM, "urn:oid:2.16.840.1.113883.6.8") AS(UCUM, "UCUM") AS(UCUM, "unitsofmeasure.org/ucum.html")
    AS(CVX, CVX) AS(CVX, "urn:oid:2.16.840.1.113883.12.292") AS(CVX, "CVX")
    AS(NDC, NDC) AS(NDC, "urn:oid:2.16.840.1.113883.6.69") AS(NDC, "NDC")
    AS(CPT, CPT) AS(CPT, "urn:oid:2.16.840.1.113883.6.12") AS(CPT, "CPT") AS(CPT, "CPT-4")
    AS(HGNC, HGNC) AS(HGNC, "urn:oid:2.16.840.1.113883.6.281") AS(HGNC, "HGNC") AS(HGNC, "www.genenames.org")
    AS(HGNC, "genenames.org") AS(HGNC, "www.genenames.org/hgnc-id")
    AS(AJCC, AJCC) AS(AJCC, "www.cancerstaging.org") AS(AJCC, "AJCC")
    AS(HGVS, HGVS) AS(HGVS, "HGVS") AS(HGVS, "urn:oid:2.16.840.1.113883.6.282")
    AS(ATC, ATC) AS(ATC, "ATC") AS(ATC, "urn:oid:2.16.840.1.113883.6.73")
    AS(CLINVAR, CLINVAR) AS(CLINVAR, "ClinVar")
    AS(NCIT, NCIT) AS(NCIT, "NCIT") AS(NCIT, "NCI") AS(NCIT, "urn:oid:2.16.840.1.113883.3.26.1.1")
    AS(TERMINOLOGY "condition-clinical", TERMINOLOGY "condition-clinical")
    AS(TERMINOLOGY "condition-clinical", "hl7.org/fhir/condition-clinical")
    AS(TERMINOLOGY "condition-ver-status", TERMINOLOGY "condition-ver-status")
    AS(TERMINOLOGY "condition-ver-status", "hl7.org/fhir/condition-ver-status")
    AS(TERMINOLOGY "condition-category", TERMINOLOGY "condition-category")
    AS(TERMINOLOGY "condition-category", "hl7.org/fhir/condition-category")
    AS(TERMINOLOGY "observation-category", TERMINOLOGY "observation-category")
    AS(TERMINOLOGY "observation-category", "hl7.org/fhir/observation-category")
    AS(TERMINOLOGY "allergyintolerance-clinical", TERMINOLOGY "allergyintolerance-clinical")
    AS(TERMINOLOGY "allergyintolerance-clinical", "hl7.org/fhir/allergyintolerance-clinical")
    AS(TERMINOLOGY "v3-ObservationInterpretation", TERMINOLOGY "v3-ObservationInterpretation")
    AS(TERMINOLOGY "v3-ObservationInterpretation", "hl7.org/fhir/v3/ObservationInterpretation")
    AS(TERMINOLOGY "v3-ObservationInterpretation", "hl7.org/fhir/v2/0078")
    AS(TERMINOLOGY "v3-ObservationInterpretation", TERMINOLOGY "v2-0078")
    AS(TERMINOLOGY "data-absent-reason", TERMINOLOGY "data-absent-reason")
    AS(TERMINOLOGY "data-absent-reason", "hl7.org/fhir/data-absent-reason")
    AS(TERMINOLOGY "v2-0487", TERMINOLOGY "v2-0487")
    AS(TERMINOLOGY "v2-0487", "hl7.org/fhir/v2/0487")
#undef AS
};
enum { SPELLING_COUNT = sizeof spellings / sizeof spellings[0] };

static str without_scheme(str s)
{
    if (str_eq_nocase(str_head(s, 8), STR("https://"))) {
        return str_from(s, 8);
    }
    return str_eq_nocase(str_head(s, 7), STR("http://")) ? str_from(s, 7) : s;
}

str system_canonical(str written)
{
    for (size_t i = 0; i < SPELLING_COUNT; i++) {   /* nearly all are written as they should be */
        if (str_eq(written, spellings[i].canonical)) {
            return spellings[i].canonical;
        }
    }
    str s = without_scheme(str_trim(written));
    while (s.n > 0 && s.p[s.n - 1] == '/') {
        s.n--;
    }
    for (size_t i = 0; i < SPELLING_COUNT; i++) {
        if (s.n == spellings[i].other.n && str_eq_nocase(s, spellings[i].other)) {
            return spellings[i].canonical;
        }
    }
    return written;
}
