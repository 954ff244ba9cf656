/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

/* The last word is the option; those before it are files. */
int run_explain(const arguments *a)
{
    return answer(a, a->word_count - 1, answer_is(a, "json") ? NL_EXPLAIN_JSON : NL_EXPLAIN_TEXT, a->words[a->word_count - 1]);
}
