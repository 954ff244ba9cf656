/* SPDX-License-Identifier: Apache-2.0 */
/* The conversions of FHIR's types to those of CQL, which the translator calls by the library name FHIRHelpers: those that take the value
 * from the table of types, the rest as the library published for FHIR 4.0.1 has them. A quantity that has no single value, or is of
 * another system of units, is null there as data that cannot be read is everywhere. */
#include "record/model_fhir.h"
#include "record/model_table.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

#define SYS "{urn:hl7-org:elm-types:r1}"
#define FHIR "{http://hl7.org/fhir}"
#define NAMED(t) "{\"type\":\"NamedTypeSpecifier\",\"name\":\"" t "\"}"
#define NOTHING "{\"type\":\"Null\"}"
#define X "{\"type\":\"OperandRef\",\"name\":\"x\"}"
#define FUNCTION(name, t, e) \
    ",{\"type\":\"FunctionDef\",\"name\":\"" name "\",\"operand\":[{\"name\":\"x\",\"operandTypeSpecifier\":" NAMED(t) "}],\"expression\":" e "}"
#define AT(path, t) "{\"type\":\"Property\",\"path\":\"" path "\",\"resultTypeName\":\"" t "\",\"source\":" X "}"
#define TEXT(path) AT(path, SYS "String")
#define STRING(s) "{\"type\":\"Literal\",\"valueType\":\"" SYS "String\",\"value\":\"" s "\"}"
#define ONE(op, x) "{\"type\":\"" op "\",\"operand\":" x "}"
#define TWO(op, x, y) "{\"type\":\"" op "\",\"operand\":[" x "," y "]}"
#define IF(c, x, y) "{\"type\":\"If\",\"condition\":" c ",\"then\":" x ",\"else\":" y "}"
#define UNLESS_NULL(e) IF(ONE("IsNull", X), NOTHING, e)
#define WHEN(s, e) "{\"when\":" STRING(s) ",\"then\":" e "}"
#define CASE(x, items, otherwise) "{\"type\":\"Case\",\"comparand\":" x ",\"caseItem\":[" items "],\"else\":" otherwise "}"
#define CALL(name, t, x) "{\"type\":\"FunctionRef\",\"name\":\"" name "\",\"signature\":[" NAMED(t) "],\"operand\":[" x "]}"
#define MAKE(t, elements) "{\"type\":\"Instance\",\"classType\":\"" SYS t "\",\"element\":[" elements "]}"
#define ELEMENT(name, e) "{\"name\":\"" name "\",\"value\":" e "}"
#define INTERVAL(point, low_closed, low, high, high_closed) \
    "{\"type\":\"Interval\",\"resultTypeSpecifier\":{\"type\":\"IntervalTypeSpecifier\",\"pointType\":" NAMED(point) "}," \
    "\"lowClosed\":" low_closed ",\"low\":" low ",\"high\":" high ",\"highClosed\":" high_closed "}"
#define MOMENT(path) AT(path, SYS "DateTime")
#define QUANTITY CALL("ToQuantity", FHIR "Quantity", X)
#define ANY_QUANTITY CALL("ToQuantityIgnoringComparator", FHIR "Quantity", X)
#define QUANTITY_AT(path) CALL("ToQuantity", FHIR "Quantity", AT(path, FHIR "Quantity"))
#define QUANTITIES(low_closed, low, high, high_closed) INTERVAL(SYS "Quantity", low_closed, low, high, high_closed)

static const char by_hand[] =
    FUNCTION("ToCalendarUnit", SYS "String",
             CASE(X, WHEN("ms", STRING("millisecond")) "," WHEN("s", STRING("second")) "," WHEN("min", STRING("minute")) ","
                  WHEN("h", STRING("hour")) "," WHEN("d", STRING("day")) "," WHEN("wk", STRING("week")) "," WHEN("mo", STRING("month")) ","
                  WHEN("a", STRING("year")), X))
    FUNCTION("ToQuantityIgnoringComparator", FHIR "Quantity",
             IF(TWO("Or", ONE("IsNull", AT("value.value", SYS "Decimal")),
                    ONE("Not", TWO("Or", ONE("IsNull", TEXT("system.value")),
                                   TWO("Or", TWO("Equal", TEXT("system.value"), STRING("http://unitsofmeasure.org")),
                                       TWO("Equal", TEXT("system.value"), STRING("http://hl7.org/fhirpath/CodeSystem/calendar-units")))))),
                NOTHING,
                MAKE("Quantity", ELEMENT("value", AT("value.value", SYS "Decimal")) ","
                     ELEMENT("unit", CALL("ToCalendarUnit", SYS "String", "{\"type\":\"Coalesce\",\"operand\":[" TEXT("code.value") ","
                                          TEXT("unit.value") "," STRING("1") "]}")))))
    FUNCTION("ToQuantity", FHIR "Quantity", IF(ONE("IsNull", TEXT("comparator.value")), ANY_QUANTITY, NOTHING))
    FUNCTION("ToInterval", FHIR "Quantity",
             UNLESS_NULL(CASE(TEXT("comparator.value"),
                              WHEN("<", QUANTITIES("true", NOTHING, ANY_QUANTITY, "false")) ","
                              WHEN("<=", QUANTITIES("true", NOTHING, ANY_QUANTITY, "true")) ","
                              WHEN(">=", QUANTITIES("true", ANY_QUANTITY, NOTHING, "true")) ","
                              WHEN(">", QUANTITIES("false", ANY_QUANTITY, NOTHING, "true")),
                              QUANTITIES("true", QUANTITY, QUANTITY, "true"))))
    FUNCTION("ToInterval", FHIR "Period",
             UNLESS_NULL(IF(ONE("IsNull", MOMENT("start.value")),
                            INTERVAL(SYS "DateTime", "false", MOMENT("start.value"), MOMENT("end.value"), "true"),
                            INTERVAL(SYS "DateTime", "true", MOMENT("start.value"), MOMENT("end.value"), "true"))))
    FUNCTION("ToInterval", FHIR "Range", UNLESS_NULL(QUANTITIES("true", QUANTITY_AT("low"), QUANTITY_AT("high"), "true")))
    FUNCTION("ToRatio", FHIR "Ratio",
             UNLESS_NULL(MAKE("Ratio", ELEMENT("numerator", QUANTITY_AT("numerator")) "," ELEMENT("denominator", QUANTITY_AT("denominator")))))
    FUNCTION("ToCode", FHIR "Coding",
             UNLESS_NULL(MAKE("Code", ELEMENT("code", TEXT("code.value")) "," ELEMENT("system", TEXT("system.value")) ","
                              ELEMENT("version", TEXT("version.value")) "," ELEMENT("display", TEXT("display.value")))))
    FUNCTION("ToConcept", FHIR "CodeableConcept",
             UNLESS_NULL(MAKE("Concept", ELEMENT("codes", "{\"type\":\"Query\",\"source\":[{\"alias\":\"C\",\"expression\":" "{\"type\":\"Property\",\"path\":\"coding\",\"source\":" X "}"
                                                 "}],\"return\":{\"expression\":" CALL("ToCode", FHIR "Coding", "{\"type\":\"AliasRef\",\"name\":\"C\"}") "}}")
                              "," ELEMENT("display", TEXT("text.value")))));

str fhir_helpers_elm(arena *a)
{
    static const char *const conversions[CQL_KIND_COUNT] = {
        [CQL_BOOLEAN] = "ToBoolean", [CQL_INTEGER] = "ToInteger", [CQL_DECIMAL] = "ToDecimal",   [CQL_STRING] = "ToString",
        [CQL_DATE] = "ToDate",       [CQL_TIME] = "ToTime",       [CQL_DATETIME] = "ToDateTime",
    };
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    buf_add(&out, STR("{\"library\":{\"identifier\":{\"id\":\"FHIRHelpers\",\"version\":\"4.0.1\"},\"statements\":{\"def\":["));
    bool first = true;
    for (uint32_t i = 1; i <= fhir_type_count(); i++) {
        uint8_t kind = fhir_type_at(i)->kind;
        if (kind != CQL_NULL && conversions[kind]) {
            buf_printf(&out, "%s{\"type\":\"FunctionDef\",\"name\":\"%s\",\"operand\":[{\"name\":\"x\",\"operandTypeSpecifier\":{\"type\":"
                             "\"NamedTypeSpecifier\",\"name\":\"" FHIR "%.*s\"}}],\"expression\":{\"type\":\"Property\",\"path\":\"value\","
                             "\"resultTypeName\":\"" SYS "%s\",\"source\":" X "}}",
                       first ? "" : ",", conversions[kind], STR_ARG(fhir_type_name(i)), conversions[kind] + 2);
            first = false;
        }
    }
    buf_add(&out, (str){ by_hand, sizeof by_hand - 1 });
    buf_add(&out, STR("]}}}"));
    return buf_str(&out);
}
