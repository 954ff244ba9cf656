/* SPDX-License-Identifier: Apache-2.0 */
#include "record/systems.h"

typedef struct spelling { str canonical, other; } spelling;

#define SCT   "http://snomed.info/sct"
#define LNC   "http://loinc.org"
#define RXN   "http://www.nlm.nih.gov/research/umls/rxnorm"
#define ICD10CM "http://hl7.org/fhir/sid/icd-10-cm"
#define ICD10 "http://hl7.org/fhir/sid/icd-10"
#define ICD9CM "http://hl7.org/fhir/sid/icd-9-cm"
#define ICDO3 "http://terminology.hl7.org/CodeSystem/icd-o-3"
#define UCUM  "http://unitsofmeasure.org"
#define CVX   "http://hl7.org/fhir/sid/cvx"
#define NDC   "http://hl7.org/fhir/sid/ndc"
#define CPT   "http://www.ama-assn.org/go/cpt"
#define HGNC  "http://www.genenames.org"
#define HGVS  "http://varnomen.hgvs.org"
#define ATC   "http://www.whocc.no/atc"
#define CLINVAR "http://www.ncbi.nlm.nih.gov/clinvar"
#define NCIT  "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

/* Compared without regard to case, to http or https, and to a slash at the end. */
static const spelling spellings[] = {
#define AS(canonical_, other_) { STR_INIT(canonical_), STR_INIT(other_) },
    AS(SCT, SCT) AS(SCT, "urn:oid:2.16.840.1.113883.6.96") AS(SCT, "SNOMED-CT") AS(SCT, "SNOMED CT") AS(SCT, "SNOMED")
    AS(SCT, "SNOMEDCT") AS(SCT, "SCT") AS(SCT, "http://www.snomed.org") AS(SCT, "http://snomed.info") AS(SCT, "2.16.840.1.113883.6.96")
    AS(SCT, "http://snomed.info/sct/731000124108") AS(SCT, "http://snomed.info/sct/900000000000207008")
    AS(LNC, LNC) AS(LNC, "urn:oid:2.16.840.1.113883.6.1") AS(LNC, "LOINC") AS(LNC, "LN") AS(LNC, "http://www.loinc.org")
    AS(LNC, "2.16.840.1.113883.6.1")
    AS(RXN, RXN) AS(RXN, "urn:oid:2.16.840.1.113883.6.88") AS(RXN, "RXNORM") AS(RXN, "http://www.nlm.nih.gov/rxnorm")
    AS(RXN, "2.16.840.1.113883.6.88") AS(RXN, "http://rxnorm.info")
    AS(ICD10CM, ICD10CM) AS(ICD10CM, "urn:oid:2.16.840.1.113883.6.90") AS(ICD10CM, "ICD-10-CM") AS(ICD10CM, "ICD10CM")
    AS(ICD10CM, "http://hl7.org/fhir/icd-10-cm") AS(ICD10CM, "2.16.840.1.113883.6.90") AS(ICD10CM, "http://www.cms.gov/Medicare/Coding/ICD10")
    AS(ICD10, ICD10) AS(ICD10, "urn:oid:2.16.840.1.113883.6.3") AS(ICD10, "ICD-10") AS(ICD10, "ICD10") AS(ICD10, "2.16.840.1.113883.6.3")
    AS(ICD9CM, ICD9CM) AS(ICD9CM, "urn:oid:2.16.840.1.113883.6.103") AS(ICD9CM, "ICD-9-CM") AS(ICD9CM, "ICD9CM")
    AS(ICDO3, ICDO3) AS(ICDO3, "urn:oid:2.16.840.1.113883.6.43.1") AS(ICDO3, "ICD-O-3") AS(ICDO3, "http://hl7.org/fhir/sid/icd-o-3")
    AS(UCUM, UCUM) AS(UCUM, "urn:oid:2.16.840.1.113883.6.8") AS(UCUM, "UCUM") AS(UCUM, "http://unitsofmeasure.org/ucum.html")
    AS(CVX, CVX) AS(CVX, "urn:oid:2.16.840.1.113883.12.292") AS(CVX, "CVX")
    AS(NDC, NDC) AS(NDC, "urn:oid:2.16.840.1.113883.6.69") AS(NDC, "NDC")
    AS(CPT, CPT) AS(CPT, "urn:oid:2.16.840.1.113883.6.12") AS(CPT, "CPT") AS(CPT, "CPT-4")
    AS(HGNC, HGNC) AS(HGNC, "urn:oid:2.16.840.1.113883.6.281") AS(HGNC, "HGNC") AS(HGNC, "http://www.genenames.org/geneId")
    AS(HGNC, "http://genenames.org")
    AS(HGVS, HGVS) AS(HGVS, "HGVS") AS(HGVS, "urn:oid:2.16.840.1.113883.6.282")
    AS(ATC, ATC) AS(ATC, "ATC") AS(ATC, "urn:oid:2.16.840.1.113883.6.73")
    AS(CLINVAR, CLINVAR) AS(CLINVAR, "ClinVar")
    AS(NCIT, NCIT) AS(NCIT, "NCIT") AS(NCIT, "NCI") AS(NCIT, "urn:oid:2.16.840.1.113883.3.26.1.1")
    AS(TERMINOLOGY "condition-clinical", "http://hl7.org/fhir/condition-clinical")
    AS(TERMINOLOGY "condition-ver-status", "http://hl7.org/fhir/condition-ver-status")
    AS(TERMINOLOGY "condition-category", "http://hl7.org/fhir/condition-category")
    AS(TERMINOLOGY "observation-category", "http://hl7.org/fhir/observation-category")
    AS(TERMINOLOGY "allergyintolerance-clinical", "http://hl7.org/fhir/allergyintolerance-clinical")
    AS(TERMINOLOGY "v3-ObservationInterpretation", "http://hl7.org/fhir/v3/ObservationInterpretation")
    AS(TERMINOLOGY "v3-ObservationInterpretation", "http://hl7.org/fhir/v2/0078")
    AS(TERMINOLOGY "v3-ObservationInterpretation", "http://terminology.hl7.org/CodeSystem/v2-0078")
    AS(TERMINOLOGY "v2-0487", "http://hl7.org/fhir/v2/0487")
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
        if (str_eq_nocase(s, without_scheme(spellings[i].other)) || str_eq_nocase(s, without_scheme(spellings[i].canonical))) {
            return spellings[i].canonical;
        }
    }
    return written;
}
