/* systems.h -- how producers write the code systems of FHIR, and the one spelling we compare by. Form only, no meaning. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_SYSTEMS_H
#define RECORD_SYSTEMS_H

#include "base/str.h"

/* The canonical URL of a code system however it is written ("LOINC", "urn:oid:2.16.840.1.113883.6.1", "https://loinc.org/");
 * the text itself when it is none we know. Points into a literal or into the text. */
str system_canonical(str written);

#endif
