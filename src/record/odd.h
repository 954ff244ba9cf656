/* odd.h -- what real records get wrong and this layer can see: whose a resource is, what was withdrawn, what leads nowhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_ODD_H
#define RECORD_ODD_H

#include "record/parts.h"

typedef enum whose { WHOSE_NOBODY, WHOSE_CHOSEN, WHOSE_OTHER, WHOSE_UNRESOLVED } whose;

/* By subject, patient, beneficiary or individual. *at (may be NULL): the reference that leads nowhere. */
whose whose_resource(const record *r, const resource *x, const json **at);
/* Entered in error, cancelled, refuted, not done, not to be done: a finding says so. */
bool  find_withdrawn(record *r, const resource *x);
/* What has not the form that FHIR gives it. */
void  check_forms(record *r, const resource *x);
/* Everything else, over the rows in their order. */
void  find_oddities(record *r, bool one_patient);

#endif
