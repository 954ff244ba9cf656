/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

static int set_up(void **state)
{
    *state = arena_new(NULL);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static const json *parse(arena *a, const char *text)
{
    json *out = NULL;
    nl_error err = { 0 };
    if (json_read(a, text, strlen(text), "test", &out, &err) != NL_OK) {
        fail_msg("%s: %s (%u:%u)", text, err.what, err.line, err.column);
    }
    return out;
}

static str written(arena *a, const json *n, json_style style)
{
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&out, n, style);
    return buf_str(&out);
}

#define assert_str(got_, want_)                                                           \
    do {                                                                                  \
        str got = (got_);                                                                 \
        if (!str_is(got, (want_))) {                                                      \
            fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(got), (want_));               \
        }                                                                                 \
    } while (0)

static void what_is_written_compactly_is_what_was_read(void **state)
{
    static const char *const same[] = {
        "{}", "[]", "null", "true", "\"\"", "0", "-0.0", "1.50", "1E+400", "123456789012345678901234567890.10",
        "[[],[[]],{\"a\":{}}]", "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}", "{\"a\":1,\"a\":2}",
        "\"\\\"\\\\\\n\\r\\t\\u0001\"", "\"\xC3\xA9\xF0\x9F\x98\x80\"", "[1,[2,[3]],4]",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_str(written(*state, parse(*state, same[i]), JSON_COMPACT), same[i]);
    }
}

static void pretty_text_has_one_member_a_line(void **state)
{
    const json *n = parse(*state, "{\"a\":[1,{}],\"b\":{\"c\":[]}}");
    assert_str(written(*state, n, JSON_PRETTY),
               "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}");
}

static void a_subtree_is_written_without_its_name(void **state)
{
    const json *n = parse(*state, "{\"a\":{\"b\":1},\"c\":2}");
    assert_str(written(*state, json_get(n, "a"), JSON_COMPACT), "{\"b\":1}");
    assert_str(written(*state, json_get(n, "c"), JSON_COMPACT), "2");
}

static void escapes_are_decoded(void **state)
{
    assert_str(json_text(parse(*state, "\"a\\u00e9\\/\\b\\f\\ud83d\\ude00z\"")), "a\xC3\xA9/\b\f\xF0\x9F\x98\x80z");
    const json *n = parse(*state, "{\"k\\u0065y\":\"v\",\"\\\\\":\"\\\\\"}");
    assert_str(json_get_text(n, "key"), "v");
    assert_str(json_get_text(n, "\\"), "\\");
}

static void a_byte_order_mark_is_stepped_over(void **state)
{
    assert_true(json_is(parse(*state, "\xEF\xBB\xBF{}"), JSON_OBJECT));
}

static void nodes_know_their_lines(void **state)
{
    const json *n = parse(*state, "{\n \"a\": 1,\n\n \"b\": [\n  2\n ]\n}\n");
    assert_int_equal(n->line, 1);
    assert_int_equal(json_get(n, "a")->line, 2);
    assert_int_equal(json_get(n, "b")->line, 4);
    assert_int_equal(json_path(n, "b.0")->line, 5);
}

typedef struct fault { const char *text; uint32_t line, column; const char *what; } fault;

static void what_is_not_json_is_refused_with_its_place(void **state)
{
    static const fault faults[] = {
        { "", 0, 0, "nothing" }, { " \n ", 0, 0, "nothing" },
        { "{", 1, 2, "ends inside an object" }, { "[1,", 1, 4, "ends where a value" }, { "[1", 1, 3, "ends inside an array" },
        { "{\"a\"", 1, 5, "colon" }, { "{\"a\":", 1, 6, "ends where a value" }, { "{\"a\":1,}", 1, 8, "member name" },
        { "[1,]", 1, 4, "value is missing" }, { "[,1]", 1, 2, "value is missing" }, { "[1 2]", 1, 4, "comma or ]" },
        { "{\"a\" 1}", 1, 6, "colon" }, { "{\"a\":1 \"b\":2}", 1, 8, "comma or }" }, { "{1:2}", 1, 2, "member name" },
        { "[1}", 1, 3, "comma or ]" }, { "{\"a\":1]", 1, 7, "comma or }" }, { "1 2", 1, 3, "after the end" },
        { "{}{}", 1, 3, "after the end" }, { "]", 1, 1, "value is missing" }, { "{}\n]", 2, 1, "after the end" },
        { "{\n\"a\": \"x\n\"}", 2, 8, "control byte" }, { "{\"a\":\n\"bc}", 2, 1, "no end" },
        { "tru", 1, 1, "not a JSON value" }, { "truex", 1, 1, "not a JSON value" }, { "nul", 1, 1, "not a JSON value" },
        { "NaN", 1, 1, "not a JSON value" }, { "<html>", 1, 1, "not a JSON value" }, { "'a'", 1, 1, "not a JSON value" },
        { "01", 1, 1, "not a number" }, { "1.", 1, 1, "not a number" }, { ".5", 1, 1, "not a JSON value" },
        { "-", 1, 1, "not a number" }, { "1e", 1, 1, "not a number" }, { "1e+", 1, 1, "not a number" }, { "+1", 1, 1, "not a JSON" },
        { "1a", 1, 1, "not a number" }, { "1\"a\"", 1, 1, "not a number" }, { "\"a\"b", 1, 4, "after the end" },
        { "[\"a\"1]", 1, 5, "comma or ]" },
        { "\"\\x\"", 1, 2, "not an escape" }, { "\"\\u12g4\"", 1, 2, "hexadecimal" }, { "\"\\u12\"", 1, 2, "hexadecimal" },
        { "\"\\ud800\"", 1, 2, "surrogate" }, { "\"\\udc00\"", 1, 2, "surrogate" }, { "\"\\ud800\\u0041\"", 1, 2, "surrogate" },
        { "\"\\ud800\\n00dc00\"", 1, 2, "surrogate" },
        { "\"\xFF\"", 1, 2, "UTF-8" }, { "[\n\"\xC3\"]", 2, 2, "UTF-8" }, { "\"\xED\xA0\x80\"", 1, 2, "UTF-8" },
        { "\"\xC0\xAF\"", 1, 2, "UTF-8" }, { "\"\xF4\x90\x80\x80\"", 1, 2, "UTF-8" },
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        json *out = NULL;
        nl_error err = { 0 };
        const fault *f = &faults[i];
        nl_status s = json_read(*state, f->text, strlen(f->text), "input.json", &out, &err);
        if (s != NL_E_SYNTAX || err.line != f->line || err.column != f->column || !strstr(err.what, f->what) || out) {
            fail_msg("%s: status %d, %u:%u %s", f->text, s, err.line, err.column, err.what);
        }
        assert_string_equal(err.where, "input.json");
    }
}

static void every_truncation_of_a_text_is_refused(void **state)
{
    const char *whole = "{\"a\":[1,\"\\u00e9\\n\",true,{\"b\":null}],\"c\":{\"d\":-1.5e2}}";
    for (size_t n = 0; n < strlen(whole); n++) {
        json *out = NULL;
        assert_int_equal(json_read(*state, whole, n, "cut", &out, NULL), NL_E_SYNTAX);
    }
}

static void deep_nesting_is_a_limit_not_a_crash(void **state)
{
    size_t n = (size_t)10 << 20;
    char *deep = test_malloc(n);
    memset(deep, '[', n);
    json *out = NULL;
    nl_error err = { 0 };
    assert_int_equal(json_read(*state, deep, n, "deep", &out, &err), NL_E_LIMIT);
    assert_non_null(strstr(err.what, "nested more than 200 levels"));
    assert_int_equal(err.column, 201);
    for (size_t i = 0; i < 200; i++) {
        deep[i] = '[';
        deep[200 + i] = ']';
    }
    assert_int_equal(json_read(*state, deep, 400, "deep", &out, &err), NL_OK);
    test_free(deep);
}

static void the_memory_limit_is_a_status(void **state)
{
    arena *small = arena_new(&(limits){ .memory_bytes = 2000 });
    char text[1000];
    memset(text, ' ', sizeof text);
    memcpy(text, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]", 40);
    json *out = NULL;
    nl_error err = { 0 };
    assert_int_equal(json_read(small, text, sizeof text, "big", &out, &err), NL_E_LIMIT);
    assert_non_null(strstr(err.what, "memory limit"));
    assert_string_equal(err.where, "big");
    arena_free(small);
}

static void looking_accepts_what_is_absent(void **state)
{
    const json *n = parse(*state, "{\"a\":[{\"b\":\"c\"},2],\"t\":true}");
    assert_str(json_text(json_path(n, "a.0.b")), "c");
    assert_null(json_path(n, "a.2.b"));
    assert_null(json_path(n, "a.x"));
    assert_null(json_path(n, "t.x"));
    assert_null(json_get(NULL, "a"));
    assert_null(json_at(NULL, 0));
    assert_str(json_get_text(NULL, "a"), "");
    assert_str(json_get_text(n, "t"), "");
    assert_true(json_bool(json_get(n, "t"), false));
    assert_true(json_bool(NULL, true));
    assert_int_equal(json_path(n, "a.1")->index, 1);
}

static void pointers_lead_back_to_their_nodes(void **state)
{
    const json *n = parse(*state, "{\"a/b\":{\"m~n\":[0,[{\"\":1}]]},\"x\":2}");
    const json *deep = json_find(json_path(n, "a/b.m~n.1.0"), STR(""));
    assert_non_null(deep);
    str p = json_pointer(*state, n, deep);
    assert_str(p, "/a~1b/m~0n/1/0/");
    assert_ptr_equal(json_resolve(n, p), deep);
    assert_ptr_equal(json_resolve(n, STR("")), n);
    assert_str(json_pointer(*state, n, n), "");
    assert_null(json_resolve(n, STR("x")));
    assert_null(json_resolve(n, STR("/x/0")));
    assert_null(json_resolve(n, STR("/a~1b/m~0n/01")));
    assert_null(json_resolve(n, STR("/a~2b")));
}

static void equality_ignores_the_order_of_members_only(void **state)
{
    const json *a = parse(*state, "{\"x\":[1,2],\"y\":\"z\"}");
    assert_true(json_equal(*state, a, parse(*state, "{\"y\":\"z\",\"x\":[1,2]}")));
    assert_false(json_equal(*state, a, parse(*state, "{\"y\":\"z\",\"x\":[2,1]}")));
    assert_false(json_equal(*state, a, parse(*state, "{\"y\":\"z\",\"x\":[1,2.0]}")));
    assert_false(json_equal(*state, a, parse(*state, "{\"y\":\"z\"}")));
    assert_false(json_equal(*state, a, parse(*state, "{\"y\":\"z\",\"w\":[1,2]}")));
    assert_false(json_equal(*state, parse(*state, "1"), parse(*state, "\"1\"")));
    const json *twice = parse(*state, "{\"x\":1,\"x\":1,\"y\":2}");
    assert_false(json_equal(*state, twice, parse(*state, "{\"x\":1,\"y\":2,\"z\":3}")));
    assert_false(json_equal(*state, twice, parse(*state, "{\"x\":1,\"y\":2,\"x\":2}")));
    assert_true(json_equal(*state, twice, parse(*state, "{\"x\":1,\"y\":2,\"x\":1}")));
    assert_true(json_equal(*state, NULL, NULL));
    assert_false(json_equal(*state, a, NULL));
}

static void what_is_built_can_be_copied_and_written(void **state)
{
    arena *a = *state;
    json *n = json_new(a, JSON_OBJECT);
    json *list = json_put(n, "list", json_new(a, JSON_ARRAY));
    json_push(list, json_integer(a, -7));
    json_push(list, json_boolean(a, true));
    json_push(list, json_new(a, JSON_ARRAY));
    json_put_key(json_put(n, "in", json_new(a, JSON_OBJECT)), STR("k"), json_string(a, STR("v")));
    json_put(n, "n", json_number(a, STR("1.0")));
    const char *want = "{\"list\":[-7,true,[]],\"in\":{\"k\":\"v\"},\"n\":1.0}";
    assert_str(written(a, n, JSON_COMPACT), want);
    json *copy = json_copy(a, n);
    assert_str(written(a, copy, JSON_COMPACT), want);
    json *part = json_copy(a, json_get(n, "in"));
    assert_null(part->parent);
    json_put(json_new(a, JSON_OBJECT), "again", part);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_compactly_is_what_was_read),
        TEST(pretty_text_has_one_member_a_line),
        TEST(a_subtree_is_written_without_its_name),
        TEST(escapes_are_decoded),
        TEST(a_byte_order_mark_is_stepped_over),
        TEST(nodes_know_their_lines),
        TEST(what_is_not_json_is_refused_with_its_place),
        TEST(every_truncation_of_a_text_is_refused),
        TEST(deep_nesting_is_a_limit_not_a_crash),
        TEST(the_memory_limit_is_a_status),
        TEST(looking_accepts_what_is_absent),
        TEST(pointers_lead_back_to_their_nodes),
        TEST(equality_ignores_the_order_of_members_only),
        TEST(what_is_built_can_be_copied_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
