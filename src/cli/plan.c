/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

int run_plan(const arguments *a)
{
    return answer(a, a->word_count, answer_is(a, "json") ? NL_PLAN_JSON : NL_PLAN_TEXT, NULL);
}
