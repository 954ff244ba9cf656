/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

int run_course(const arguments *a)
{
    return answer(a, a->word_count, answer_is(a, "json") ? NL_COURSE_JSON : NL_COURSE_TEXT, NULL);
}
