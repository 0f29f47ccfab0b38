"""FEEL, the expression language of DMN 1.5: read once, compiled to closures, safe to run on anyone's text.

A library of its own: it knows nothing of cases, and reads no clock, file or network by itself.
"""

from rj_engine.feel.checking import check_condition, check_expression, check_unary_tests
from rj_engine.feel.checking.listed import Unlisted, unlisted
from rj_engine.feel.checking.possible import Possible, constant, either
from rj_engine.feel.checking.truths import Truth, Truths, truths
from rj_engine.feel.expression import (
    Expression,
    Result,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    leaves,
)
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import ExpressionRefused, Fault
from rj_engine.feel.syntax.parsing import parse_type
from rj_engine.feel.values.comparing import equal
from rj_engine.feel.values.conformity import coerce, conforms
from rj_engine.feel.values.convert import to_feel, to_json
from rj_engine.feel.values.dates import FarDate
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.functions import Function
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time
from rj_engine.feel.values.types import Parameter, Type
from rj_engine.feel.values.writing import parse_value

__all__ = [
    "DateTime",
    "DaysDuration",
    "Expression",
    "ExpressionRefused",
    "FarDate",
    "Fault",
    "Function",
    "Parameter",
    "Possible",
    "Range",
    "Result",
    "Run",
    "Time",
    "Truth",
    "Truths",
    "Type",
    "UnaryTests",
    "Unlisted",
    "YearsDuration",
    "check_condition",
    "check_expression",
    "check_unary_tests",
    "coerce",
    "compile_expression",
    "compile_unary_tests",
    "conforms",
    "constant",
    "either",
    "equal",
    "leaves",
    "parse_type",
    "parse_value",
    "to_feel",
    "to_json",
    "truths",
    "unlisted",
]
