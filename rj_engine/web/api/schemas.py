"""The shapes that go over the wire: what a caller sends, and what comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from rj_engine import bpmn, clock
from rj_engine.workflows.workload.inbox import LONGEST_PAGE, QUEUES


class Instant(fields.DateTime):
    """An instant on its way out: RFC 3339, UTC, ending in Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        del attr, obj, kwargs
        return None if value is None else clock.rfc3339(value)


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

    party = fields.String(required=True, validate=validate.OneOf(sorted(bpmn.parties())))
    person = fields.UUID(load_default=None)
    words = fields.String(load_default="", validate=validate.Length(max=4000))


class EventBody(AnswersBody):
    """What has happened, with the answers to its form; without `about` it is about everybody in the case."""

    event = fields.String(required=True, validate=validate.OneOf(sorted(bpmn.events())))
    about = fields.UUID(load_default=None, allow_none=True)


class InboxQuery(Schema):
    """Which queue, and from where."""

    queue = fields.String(load_default="mine", validate=validate.OneOf(QUEUES))
    sort = fields.String(load_default="due", validate=validate.OneOf(["due"]))
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LONGEST_PAGE))


class CasesQuery(Schema):
    """Which cases; `query` is the beginning of a reference."""

    query = fields.String(load_default="", validate=validate.Length(max=40))
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "frozen", "closed", "all"]))
    cursor = fields.String(load_default=None, validate=validate.Length(max=40))


class InboxRowOut(Schema):
    """One open task."""

    id = fields.UUID()
    case = fields.String()
    title = fields.String()
    name = fields.String()
    lane = fields.String()
    stage = fields.String()
    pathway = fields.String()
    assignee = fields.UUID(allow_none=True)
    opened_at = Instant()
    due_at = Instant()
    overdue = fields.Boolean()
    flags = fields.List(fields.String())
    blocked = fields.List(fields.String())


class InboxOut(Schema):
    """One page of a queue."""

    tasks = fields.List(fields.Nested(InboxRowOut))
    next_cursor = fields.String(allow_none=True)


class TaskCaseOut(Schema):
    """The case of a task, in short."""

    reference = fields.String()
    title = fields.String()
    stage = fields.String()
    status = fields.String()


class TaskOut(Schema):
    """One task with all that is needed to work it; `form` is form-js JSON."""

    id = fields.UUID(attribute="task.id")
    name = fields.String(attribute="task.name")
    lane = fields.String(attribute="task.lane")
    case = fields.Nested(TaskCaseOut)
    opened_at = Instant(attribute="task.opened_at")
    due_at = Instant(attribute="task.due_at")
    closed_at = Instant(attribute="task.closed_at", allow_none=True)
    closed_by = fields.String(attribute="task.closed_name", allow_none=True)
    assignee = fields.UUID(attribute="task.assignee_id", allow_none=True)
    assignee_name = fields.String(attribute="assignee", allow_none=True)
    blocked = fields.List(fields.String())
    untrained = fields.String(metadata={"description": "Why the caller's training does not allow it; empty: it does"})
    guidance = fields.String(attribute="element.properties.guidance")
    victim_text = fields.String(attribute="element.properties.victim_text")
    form = fields.Dict(attribute="form.document")
    variables = fields.Dict()
    draft = fields.Dict(allow_none=True)
    draft_saved_at = Instant(allow_none=True)


class CaseRowOut(Schema):
    """One case in a list; a referrer gets reference, status and date alone."""

    reference = fields.String()
    title = fields.String()
    pathway = fields.String()
    stage = fields.String()
    status = fields.String()
    opened_at = Instant()
    facilitator = fields.UUID(attribute="facilitator_id", allow_none=True)


class CasesOut(Schema):
    """One page of cases."""

    cases = fields.List(fields.Nested(CaseRowOut))
    next_cursor = fields.String(allow_none=True)


class PersonOut(Schema):
    """One party of a case."""

    role = fields.String()
    name = fields.String()
    wall = fields.String()
    withdrawn_at = Instant(allow_none=True)


class ConsentOut(Schema):
    """One scope that one party agreed to."""

    party = fields.String()
    scope = fields.String()
    given_on = fields.Date()
    expires_on = fields.Date()
    withdrawn_at = Instant(allow_none=True)
    stands = fields.Boolean()


class CaseTaskOut(Schema):
    """One open task of a case."""

    id = fields.UUID()
    name = fields.String()
    lane = fields.String()
    due_at = Instant()


class HappenedOut(Schema):
    """One entry of a case's history."""

    at = Instant()
    who = fields.String(attribute="actor_name")
    tag = fields.String()
    detail = fields.Dict()


class OrderOut(Schema):
    """One order or condition."""

    type = fields.String()
    authority = fields.String(attribute="words.authority", allow_none=True)
    wording = fields.String(attribute="words.wording", allow_none=True)
    forbids = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class PromiseOut(Schema):
    """One promise of an agreement; `status` is empty until somebody has asked."""

    number = fields.Integer()
    text = fields.String()
    owner = fields.String()
    due_on = fields.Date(allow_none=True)
    status = fields.String()


class AgreementOut(Schema):
    """One agreement, or that there was nothing to keep."""

    made = fields.Boolean(attribute="agreement.made")
    recorded_at = Instant(attribute="agreement.recorded_at")
    review_on = fields.Date(attribute="agreement.review_on", allow_none=True)
    items = fields.List(fields.Nested(PromiseOut))


class SurveyOut(Schema):
    """One survey; a mark that was not given is null."""

    party = fields.String()
    kind = fields.String()
    result = fields.String()
    issued_on = fields.Date(allow_none=True)
    dt_cope = fields.Integer(allow_none=True)
    dt_cjs = fields.Integer(allow_none=True)
    dt_informed = fields.Integer(allow_none=True)
    dt_safety = fields.Integer(allow_none=True)
    dt_reintegration = fields.Integer(allow_none=True)
    dt_wellbeing = fields.Integer(allow_none=True)


class LessSafeOut(Schema):
    """Somebody who feels less safe at the end than at the start."""

    party = fields.String()
    start = fields.Integer()
    end = fields.Integer()


class ReferralOutOut(Schema):
    """One referral to somebody else who can help."""

    to = fields.String(attribute="words.to")
    purpose = fields.String(attribute="words.purpose")
    basis = fields.String()
    result = fields.String()
    recorded_at = Instant()


class CaseOut(CaseRowOut):
    """One case's file."""

    closed_at = Instant(allow_none=True)
    closure_reason = fields.String(allow_none=True)
    facilitator_name = fields.String(allow_none=True)
    people = fields.List(fields.Nested(PersonOut))
    consents = fields.List(fields.Nested(ConsentOut))
    tasks = fields.List(fields.Nested(CaseTaskOut))
    orders = fields.List(fields.Nested(OrderOut))
    agreements = fields.List(fields.Nested(AgreementOut))
    surveys = fields.List(fields.Nested(SurveyOut))
    less_safe = fields.List(fields.Nested(LessSafeOut))
    referrals_out = fields.List(fields.Nested(ReferralOutOut))
    timeline = fields.List(fields.Nested(HappenedOut))


class NextTaskOut(Schema):
    """One task that a command opened."""

    id = fields.UUID()
    case = fields.String()
    title = fields.String()
    name = fields.String()
    lane = fields.String()
    due_at = fields.String(metadata={"format": "date-time"})
    assignee = fields.String(allow_none=True, metadata={"format": "uuid"})
    blocked = fields.List(fields.String())


class MovedOut(Schema):
    """What a command did: its case, and the tasks it opened."""

    case = fields.String()
    next_tasks = fields.List(fields.Nested(NextTaskOut))


class PersonAboutOut(Schema):
    """One victim whom an event may be about alone."""

    id = fields.UUID()
    name = fields.String()


class EventOut(Schema):
    """What may be told of a case: its words, and its form as form-js JSON."""

    event = fields.String(attribute="event.key")
    label = fields.String(attribute="event.label")
    words = fields.String(attribute="event.words")
    next = fields.String(attribute="event.next")
    form = fields.Dict(attribute="form.document")
    people = fields.List(fields.Nested(PersonAboutOut))


class EventsOut(Schema):
    """All that may be told of a case now."""

    events = fields.List(fields.Nested(EventOut))


class ReferralOut(MovedOut):
    """The new case; a referrer is not told its tasks."""

    reference = fields.String()


class HandedOut(Schema):
    """A task that changed hands."""

    task = fields.UUID()


class DraftOut(Schema):
    """When the draft was kept."""

    saved_at = fields.String(metadata={"format": "date-time"})


class VersionOut(Schema):
    """One published pathway version."""

    pathway = fields.String()
    number = fields.Integer()
    name = fields.String()
    checksum = fields.String()
    published_at = Instant()


class PathwaysOut(Schema):
    """Every published version."""

    pathways = fields.List(fields.Nested(VersionOut))


class VersionContentOut(VersionOut):
    """One version with its content, file name or form id to text."""

    diagrams = fields.Dict(keys=fields.String(), values=fields.String())
    decisions = fields.Dict(keys=fields.String(), values=fields.String())
    forms = fields.Dict(keys=fields.String(), values=fields.String())


class ProblemOut(Schema):
    """An RFC 9457 problem document; what follows `detail` is there where it helps."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    fields_ = fields.Dict(data_key="fields", metadata={"description": "422: question to messages"})
    who = fields.String(allow_none=True, metadata={"description": "409 task_gone"})
    when = fields.String(metadata={"description": "409 task_gone", "format": "date-time"})
    missing = fields.List(fields.String(), metadata={"description": "409 contact_blocked"})
    findings = fields.List(fields.Dict(), metadata={"description": "422 pathway_refused"})
