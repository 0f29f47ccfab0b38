"""The shapes that go over the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from rj_engine.workflows.inbox import LONGEST_PAGE, QUEUES


class CommandBody(Schema):
    """A write: its id was minted by the caller, so that a repeat is the same command."""

    command_id = fields.UUID(required=True)


class AnswersBody(CommandBody):
    """Answers to a form, field key to value."""

    answers = fields.Dict(keys=fields.String(), required=True)


class AssignBody(CommandBody):
    """Who gets the task."""

    to = fields.UUID(required=True)


class DraftBody(CommandBody):
    """What was typed so far."""

    values = fields.Dict(keys=fields.String(), required=True)


class WithdrawBody(CommandBody):
    """Who withdraws, in their words."""

    party = fields.String(required=True, validate=validate.OneOf(["victim", "harmer"]))
    words = fields.String(load_default="", validate=validate.Length(max=4000))


class InboxQuery(Schema):
    """Which queue, and from where."""

    queue = fields.String(load_default="mine", validate=validate.OneOf(QUEUES))
    sort = fields.String(load_default="due", validate=validate.OneOf(["due"]))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LONGEST_PAGE))


class InboxRowOut(Schema):
    """One open task."""

    id = fields.UUID()
    case = fields.String()
    name = fields.String()
    lane = fields.String()
    stage = fields.String()
    pathway = fields.String()
    assignee = fields.UUID(allow_none=True)
    opened_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso")
    overdue = fields.Boolean()
    flags = fields.List(fields.String())
    blocked = fields.List(fields.String())


class InboxOut(Schema):
    """One page of a queue."""

    tasks = fields.List(fields.Nested(InboxRowOut))
    next_cursor = fields.String(allow_none=True)


class CasesQuery(Schema):
    """Which cases."""

    query = fields.String(load_default="", validate=validate.Length(max=40))
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "frozen", "closed", "all"]))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))


class MovedOut(Schema):
    """What a command did: its case, and the tasks it opened."""

    case = fields.String()
    next_tasks = fields.List(fields.Dict())


class ReferralOut(MovedOut):
    """The new case."""

    reference = fields.String()
