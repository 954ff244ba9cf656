/* SPDX-License-Identifier: Apache-2.0 */
/* Why a define has its value. And, Or, Not and references to Boolean defines are followed; what is left are leaves, and
 * for each of these the resources it rests on are found by evaluating its parts again: the first part, from outside in,
 * whose value holds items of the data model. A query that answers a Boolean for each row is asked row by row, and only
 * rows with the deciding answer stay. */
#include "cql/run.h"

typedef struct facts {
    VEC(const json *) roots;
    uint32_t *slots; /* where each root is in roots, plus 1, by its address; room is a power of two, half of it free */
    uint32_t room;
} facts;

/* ---- places and texts ---- */

/* A column counts characters from 1; one past the end of its line is that end. */
static size_t offset_of(const library *l, uint32_t line, uint32_t column)
{
    str text = l->text;
    size_t at = line > l->line_count ? text.n : l->lines[line - 1];
    for (uint32_t c = 1; c < column && at < text.n && text.p[at] != '\n'; c++) {
        at++;
        while (at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return at;
}

/* Skips a comment at i; i itself when there is none. */
static size_t past_comment(str s, size_t i)
{
    if (str_starts(str_from(s, i), STR("//"))) {
        ptrdiff_t end = str_find_char(str_from(s, i), '\n');
        return end < 0 ? s.n : i + (size_t)end;
    }
    if (str_starts(str_from(s, i), STR("/*"))) {
        ptrdiff_t end = str_find(str_from(s, i), STR("*/"));
        return end < 0 ? s.n : i + (size_t)end + 2;
    }
    return i;
}

/* One line: comments dropped, white space folded, quoted text left alone. */
static str quoted(run *r, uint32_t lib, const cql_clause *c)
{
    const library *l = &r->p->libraries[lib];
    if (l->text.n == 0 || c->line == 0 || c->line_end < c->line) {
        return STR("");
    }
    size_t start = offset_of(l, c->line, c->column), end = offset_of(l, c->line_end, c->column_end + 1);
    if (end <= start) {
        return STR("");
    }
    str s = str_head(str_from(l->text, start), end - start);
    buf out = buf_make(r->a, BUF_MAX_DEFAULT);
    char quote = 0;
    bool blank = false;
    for (size_t i = 0; i < s.n; i++) {
        size_t past = quote ? i : past_comment(s, i);
        if (past > i) {
            blank = true;
            i = past - 1;
            continue;
        }
        char ch = s.p[i];
        if (!quote && (ch == ' ' || (ch >= '\t' && ch <= '\r'))) {
            blank = true;
            continue;
        }
        if (blank && out.n > 0) {
            buf_char(&out, ' ');
        }
        blank = false;
        buf_char(&out, ch);
        if (quote && ch == '\\' && i + 1 < s.n) {
            buf_char(&out, s.p[++i]);
        } else if (ch == quote) {
            quote = 0;
        } else if (!quote && (ch == '\'' || ch == '"')) {
            quote = ch;
        }
    }
    return buf_str(&out);
}

/* ---- facts ---- */

static uint32_t *slot_of(const facts *f, const json *root)
{
    uint32_t i = (uint32_t)(((uintptr_t)root >> 4) * 2654435761u) & (f->room - 1);
    while (f->slots[i] != 0 && f->roots.at[f->slots[i] - 1] != root) {
        i = (i + 1) & (f->room - 1);
    }
    return &f->slots[i];
}

static void add_root(run *r, facts *f, const json *root)
{
    if (!root) {
        return;
    }
    arena_step(r->a);
    if (2 * (f->roots.count + 1) > f->room) {
        f->room = f->room ? 2 * f->room : 16;
        f->slots = ARENA_ARRAY(r->a, f->room, uint32_t);
        for (size_t i = 0; i < f->roots.count; i++) {
            *slot_of(f, f->roots.at[i]) = (uint32_t)i + 1;
        }
    }
    uint32_t *slot = slot_of(f, root);
    if (*slot == 0) {
        *VEC_PUSH(r->a, &f->roots) = root;
        *slot = (uint32_t)f->roots.count;
    }
}

/* Items in a value: itself, elements, members of tuples. */
static bool holds_items(run *r, cql_value v, facts *f)
{
    bool any = false;
    uint32_t count = v.kind == CQL_LIST ? v.n : v.kind == CQL_TUPLE ? v.as.tuple->count : 0;
    const cql_value *at = v.kind == CQL_LIST ? v.as.list : v.kind == CQL_TUPLE ? v.as.tuple->values : NULL;
    if (v.kind == CQL_ITEM) {
        if (f) {
            add_root(r, f, r->m && r->m->root ? r->m->root(r->m, v) : NULL);
        }
        return true;
    }
    arena_enter(r->a);
    for (uint32_t i = 0; i < count; i++) {
        arena_step(r->a);
        any = holds_items(r, at[i], f) || any;
    }
    arena_exit(r->a);
    return any;
}

static bool binds_slot(uint16_t op)
{
    return (op >= OP_QuerySource && op <= OP_QuerySort && op != OP_QueryWhere && op != OP_QueryReturn) ||
           op == OP_ForEach || op == OP_Filter;
}

static bool bound_inside(const run *r, uint32_t top, uint32_t slot)
{
    /* A body gives every alias a slot of its own, so a binder anywhere below top is the right one. */
    uint32_t first = r->p->bodies[r->p->body_of[top]].first;
    for (uint32_t i = first; i <= top; i++) {
        if (binds_slot(r->p->nodes[i].op) && r->p->nodes[i].a == slot) {
            return true;
        }
    }
    return false;
}

/* Whether a part can be evaluated by itself: it uses no alias or let that is bound outside of it. Operands are bound wherever a
 * function is entered. */
static bool stands_alone(run *r, uint32_t top, uint32_t index)
{
    const node *n = &r->p->nodes[index];
    bool alone = true;
    arena_step(r->a);
    if (n->op == OP_AliasRef || n->op == OP_QueryLetRef) {
        return bound_inside(r, top, n->a);
    }
    arena_enter(r->a);
    for (uint32_t i = 0; i < n->count && alone; i++) {
        uint32_t arg = r->p->args[n->args + i];
        alone = arg == CQL_NONE || stands_alone(r, top, arg);
    }
    arena_exit(r->a);
    return alone;
}

static cql_value eval_again(run *r, uint32_t index)
{
    r->error = NULL;
    cql_value v = eval(r, index);
    r->error = NULL;
    return v;
}

static bool is_list_of_booleans(const run *r, uint32_t t)
{
    const type *list = &r->p->types[t];
    return list->form == TYPE_LIST && r->p->types[list->parts[0]].form == TYPE_SYSTEM &&
           r->p->types[list->parts[0]].kind == CQL_BOOLEAN;
}

/* The functions entered on the way here. */
typedef struct calling {
    uint32_t body;
    const struct calling *outer;
} calling;

typedef struct search {
    truth deciding;
    bool filtered;
    facts *found;
    const calling *in;
} search;

static void collect(run *r, uint32_t index, const search *s);

/* What the answer for a row asks besides the row: other defines. */
static void collect_references(run *r, uint32_t index, const search *s)
{
    const node *n = &r->p->nodes[index];
    arena_step(r->a);
    arena_enter(r->a);
    if (n->op == OP_ExpressionRef) {
        collect(r, index, s);
    }
    for (uint32_t i = 0; i < n->count; i++) {
        if (r->p->args[n->args + i] != CQL_NONE) {
            collect_references(r, r->p->args[n->args + i], s);
        }
    }
    arena_exit(r->a);
}

/* A query over one list that returns a Boolean for each row: keeps the rows that gave the deciding answer. */
static bool collect_rows(run *r, const node *q, const search *s)
{
    truth deciding = s->deciding;
    facts *f = s->found;
    const node *source = &r->p->nodes[r->p->args[q->args]], *give = NULL;
    facts rows = { 0 };
    for (uint32_t i = 1; i < q->count; i++) {
        const node *part = &r->p->nodes[r->p->args[q->args + i]];
        if (part->op != OP_QueryReturn && part->op != OP_QuerySort) {
            return false;
        }
        give = part->op == OP_QueryReturn ? part : give;
    }
    cql_value list = eval_again(r, node_arg(r, source, 0));
    if (!give || list.kind != CQL_LIST) {
        return false;
    }
    for (uint32_t i = 0; i < list.n; i++) {
        if (!holds_items(r, list.as.list[i], NULL)) {
            return false;
        }
        loop_next(r, source);
        r->frame[source->a] = list.as.list[i];
        r->frame[source->a + 1] = cql_integer((int32_t)i);
        if (truth_of(eval_again(r, node_arg(r, give, 0))) == deciding) {
            holds_items(r, list.as.list[i], &rows);
        }
    }
    for (size_t i = 0; i < rows.roots.count; i++) {
        add_root(r, f, rows.roots.at[i]);
    }
    if (rows.roots.count > 0) {
        collect_references(r, node_arg(r, give, 0), s);
    }
    return rows.roots.count > 0;
}

static void collect_define(run *r, uint32_t define, const search *s)
{
    const body *b = &r->p->bodies[define];
    if (b->root == CQL_NONE || r->cells[define].state == CELL_FAILED || r->cells[define].state == CELL_RUNNING) {
        return;
    }
    frame_outer outer = frame_enter(r, b);
    collect(r, b->root, s);
    frame_leave(r, outer);
}

/* A function whose operands hold nothing asks by itself; one that calls itself is entered once. */
static void collect_call(run *r, const node *n, const search *s)
{
    bool known = true;
    for (const calling *c = s->in; c && known; c = c->outer) {
        known = c->body != n->a;
    }
    if (!known) {
        return;
    }
    cql_value *operands = ARENA_ARRAY(r->a, n->count + 1, cql_value);
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t arg = r->p->args[n->args + i];
        if (arg == CQL_NONE || !stands_alone(r, arg, arg)) {
            return;
        }
        operands[i] = eval_again(r, arg);
    }
    uint32_t called = called_body(r, n, operands);
    const body *b = called == CQL_NONE ? NULL : &r->p->bodies[called];
    if (!b || b->root == CQL_NONE) {
        return;
    }
    frame_outer outer = frame_enter(r, b);
    for (uint32_t i = 0; i < n->count; i++) {
        r->frame[i] = operands[i];
    }
    collect(r, b->root, &(search){ s->deciding, s->filtered, s->found, &(calling){ n->a, s->in } });
    frame_leave(r, outer);
}

static void collect(run *r, uint32_t index, const search *s)
{
    if (index == CQL_NONE) {
        return;
    }
    const node *n = &r->p->nodes[index];
    arena_step(r->a);
    arena_enter(r->a);
    bool alone = stands_alone(r, index, index), done = false;
    size_t before = s->found->roots.count;
    if (alone && n->op == OP_Query && is_list_of_booleans(r, n->type) && s->filtered) {
        done = collect_rows(r, n, s);
    }
    bool whole = s->filtered || n->op == OP_Retrieve;
    if (!done && alone && whole && (n->op != OP_ExpressionRef || r->cells[n->a].state != CELL_RUNNING)) {
        done = holds_items(r, eval_again(r, index), s->found);
    }
    if (!done && n->op == OP_ExpressionRef) {
        collect_define(r, n->a, s);
    } else if (!done) {
        for (uint32_t i = 0; i < n->count; i++) {
            uint32_t arg = r->p->args[n->args + i];
            bool row_by_row =
                arg != CQL_NONE && r->p->nodes[arg].op >= OP_QueryLet && r->p->nodes[arg].op <= OP_QuerySort;
            if (!row_by_row) {
                collect(r, arg, s);
            }
        }
        if (n->op == OP_FunctionRef && s->found->roots.count == before) {
            collect_call(r, n, s);
        }
    }
    arena_exit(r->a);
}

/* ---- what a leaf can ask for ---- */

static bool reads_it(const body *b, const cql_retrieve *q)
{
    for (uint32_t k = 0; k < b->read_count; k++) {
        if (b->reads[k] == q) {
            return true;
        }
    }
    return false;
}

static void mark_reads(run *r, uint32_t index, bool *marks)
{
    const node *n = &r->p->nodes[index];
    bool refers = n->op == OP_ExpressionRef || n->op == OP_FunctionRef || n->op == OP_ParameterRef;
    uint32_t bodies = refers ? 1 + (n->op == OP_FunctionRef ? n->b : 0) : 0;
    arena_step(r->a);
    arena_enter(r->a);
    for (uint32_t i = 0; i < r->p->retrieve_count; i++) {
        marks[i] = marks[i] || r->p->retrieves[i].node == index;
        for (uint32_t k = 0; k < bodies; k++) {
            marks[i] = marks[i] || reads_it(&r->p->bodies[n->a + k], &r->p->retrieves[i].shown);
        }
    }
    for (uint32_t i = 0; i < n->count; i++) {
        if (r->p->args[n->args + i] != CQL_NONE) {
            mark_reads(r, r->p->args[n->args + i], marks);
        }
    }
    arena_exit(r->a);
}

static void fill_leaf(run *r, uint32_t index, cql_clause *c)
{
    bool *marks = ARENA_ARRAY(r->a, r->p->retrieve_count, bool);
    VEC(const cql_retrieve *) reads = { 0 };
    mark_reads(r, index, marks);
    for (uint32_t i = 0; i < r->p->retrieve_count; i++) {
        if (marks[i]) {
            *VEC_PUSH(r->a, &reads) = &r->p->retrieves[i].shown;
        }
    }
    facts found = { 0 };
    collect(r, index, &(search){ c->value, true, &found, NULL });
    if (found.roots.count == 0) { /* nothing passed the filters: what was filtered is what it rests on */
        collect(r, index, &(search){ c->value, false, &found, NULL });
    }
    c->reads = reads.at;
    c->read_count = (uint32_t)reads.count;
    c->facts = found.roots.at;
    c->fact_count = (uint32_t)found.roots.count;
}

/* ---- the tree ---- */

static void decide(cql_clause *c)
{
    truth settling = c->kind == CQL_CLAUSE_AND ? TRUTH_FALSE : TRUTH_TRUE;
    bool all = c->kind == CQL_CLAUSE_NOT || c->kind == CQL_CLAUSE_DEFINE ||
               (c->value != TRUTH_UNKNOWN && c->value != settling);
    for (uint32_t i = 0; i < c->child_count; i++) {
        c->children[i].decided = all || c->children[i].value == c->value;
    }
}

static void fill_define(run *r, uint32_t define, cql_clause *c);

static bool boolean_define(const run *r, const node *n)
{
    return n->op == OP_ExpressionRef && n->a < r->p->define_count && r->cells[n->a].state != CELL_FAILED &&
           cql_define(r->p, n->a).is_boolean;
}

/* The operands of a chain of the same operator are brothers: (a and b) and c has three. */
static uint32_t count_brothers(run *r, const node *n, uint16_t op)
{
    uint32_t count = 0;
    arena_enter(r->a);
    for (uint32_t i = 0; i < n->count; i++) {
        const node *child = &r->p->nodes[node_arg(r, n, i)];
        count += child->op == op && op != OP_Not ? count_brothers(r, child, op) : 1;
    }
    arena_exit(r->a);
    return count;
}

static void fill_node(run *r, uint32_t index, cql_clause *c);

static void fill_brothers(run *r, const node *n, uint16_t op, cql_clause *children, uint32_t *next)
{
    arena_enter(r->a);
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t arg = node_arg(r, n, i);
        if (r->p->nodes[arg].op == op && op != OP_Not) {
            fill_brothers(r, &r->p->nodes[arg], op, children, next);
        } else {
            fill_node(r, arg, &children[(*next)++]);
        }
    }
    arena_exit(r->a);
}

static bool has_all_operands(run *r, const node *n)
{
    bool all = true;
    arena_enter(r->a);
    for (uint32_t i = 0; i < n->count && all; i++) {
        uint32_t arg = node_arg(r, n, i);
        all = arg != CQL_NONE && (r->p->nodes[arg].op != n->op || has_all_operands(r, &r->p->nodes[arg]));
    }
    arena_exit(r->a);
    return all;
}

static void fill_node(run *r, uint32_t index, cql_clause *c)
{
    const node *n = &r->p->nodes[index];
    uint32_t lib = r->p->bodies[r->p->body_of[index]].library;
    arena_step(r->a);
    arena_enter(r->a);
    *c = (cql_clause){ .kind = CQL_CLAUSE_LEAF,
                       .library = r->p->libraries[lib].name,
                       .file = r->p->libraries[lib].file,
                       .line = n->line,
                       .column = n->column,
                       .line_end = n->line_end,
                       .column_end = n->column_end,
                       .define = CQL_NONE,
                       .node = index };
    c->value = truth_of(eval_again(r, index));
    c->text = quoted(r, lib, c);
    bool logical = (n->op == OP_And || n->op == OP_Or || n->op == OP_Not) && has_all_operands(r, n);
    if (boolean_define(r, n)) {
        fill_define(r, n->a, c);
    } else if (logical) {
        uint32_t next = 0;
        c->kind = n->op == OP_And ? CQL_CLAUSE_AND : n->op == OP_Or ? CQL_CLAUSE_OR : CQL_CLAUSE_NOT;
        c->child_count = count_brothers(r, n, n->op);
        c->children = ARENA_ARRAY(r->a, c->child_count, cql_clause);
        fill_brothers(r, n, n->op, c->children, &next);
        decide(c);
    } else {
        fill_leaf(r, index, c);
    }
    arena_exit(r->a);
}

static void fill_define(run *r, uint32_t define, cql_clause *c)
{
    const body *b = &r->p->bodies[define];
    const node *root = &r->p->nodes[b->root];
    const library *l = &r->p->libraries[b->library];
    *c = (cql_clause){ .kind = CQL_CLAUSE_DEFINE,
                       .library = l->name,
                       .file = l->file,
                       .name = b->name,
                       .line = b->line,
                       .column = 1,
                       .line_end = root->line_end,
                       .column_end = root->column_end,
                       .define = define,
                       .node = b->root,
                       .value = cql_truth(r, define) };
    c->text = quoted(r, b->library, c);
    if (r->cells[define].state == CELL_FAILED) {
        return;
    }
    frame_outer outer = frame_enter(r, b);
    c->children = ARENA_NEW(r->a, cql_clause);
    c->child_count = 1;
    fill_node(r, b->root, c->children);
    decide(c);
    frame_leave(r, outer);
}

cql_clause *cql_explain(cql_run *r, uint32_t define)
{
    CHECK(define < r->p->define_count);
    cql_clause *c = ARENA_NEW(r->a, cql_clause);
    fill_define(r, define, c);
    c->decided = true;
    return c;
}

/* ---- what a clause names ---- */

static void mark_uses(run *r, uint32_t index, bool *marks)
{
    const node *n = &r->p->nodes[index];
    arena_step(r->a);
    arena_enter(r->a);
    if (n->op == OP_ExpressionRef || n->op == OP_ParameterRef) {
        marks[n->a] = true;
    }
    for (uint32_t i = 0; i < n->count; i++) {
        if (r->p->args[n->args + i] != CQL_NONE) {
            mark_uses(r, r->p->args[n->args + i], marks);
        }
    }
    arena_exit(r->a);
}

size_t cql_uses(cql_run *r, const cql_clause *c, const cql_use **out)
{
    uint32_t most = r->p->define_count + r->p->parameter_count;
    bool *marks = ARENA_ARRAY(r->a, most, bool);
    VEC(cql_use) uses = { 0 };
    mark_uses(r, c->node, marks);
    for (uint32_t i = 0; i < most; i++) {
        if (marks[i]) {
            const body *b = &r->p->bodies[i];
            *VEC_PUSH(r->a, &uses) = (cql_use){ r->p->libraries[b->library].name, b->name, b->kind == BODY_PARAMETER, i };
        }
    }
    *out = uses.at;
    return uses.count;
}

const nl_error *cql_write_use(cql_run *r, const cql_use *u, buf *out)
{
    r->error = NULL;
    cql_value v = r->cells[u->body].state == CELL_RUNNING ? cql_null() : cell_value(r, u->body);
    r->error = NULL;
    if (!r->cells[u->body].error) {
        value_write(out, v, r->m);
    }
    return r->cells[u->body].error;
}
