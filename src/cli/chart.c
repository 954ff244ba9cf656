/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

int run_chart(const arguments *a)
{
    nl_view view = answer_is(a, "fhir") ? NL_CHART_FHIR : answer_is(a, "json") ? NL_CHART_JSON : NL_CHART_TEXT;
    return answer(a, a->word_count, view, NULL);
}
