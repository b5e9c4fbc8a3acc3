"""The kinds of messages that there are, with our texts for them."""

from pivotal_server.messages.models import MergeField, MessageKind, Text

_CUSTOMER = MergeField("customer.name", "The customer's name.", "Aurora Cosmetics")
_ONBOARDING = MergeField("onboarding.name", "The onboarding's name.", "Aurora loyalty programme")
_TARGET = MergeField(
    "onboarding.target_launch", "The target launch date, or `not set yet`.", "15 July 2026"
)  # fmt: skip
_WORKSPACE = MergeField("workspace.name", "Your company's name.", "Northwind")
_CSM = MergeField("csm.name", "The CSM's name; the owner of the workspace stands in where there is none.", "Maya Ruiz")
_LAUNCHED = MergeField("onboarding.launched_on", "The day of the launch.", "17 July 2026")
_AGAINST_TARGET = MergeField(
    "onboarding.against_target", "How the launch compares with the target launch date.", "2 days after the target date"
)

REMINDER = MessageKind(
    key="reminder",
    name="Reminder",
    description="Mail to a contact of the customer about tasks that are overdue on the customer's side.",
    markdown=False,
    default=Text(
        "{{onboarding.name}}: {{task_count}} waiting for you",
        """\
Hi {{contact.first_name}},

we are looking forward to your part in {{onboarding.name}}. This is past its due date:

{{tasks}}

If a date no longer works for you, or something is unclear, just reply: we are happy to help.

Best regards,
{{csm.name}}
{{workspace.name}}
""",
    ),
    fields=(
        MergeField("contact.name", "The contact's name.", "Mira Santos"),
        MergeField("contact.first_name", "The first word of it.", "Mira"),
        _CUSTOMER,
        _ONBOARDING,
        _TARGET,
        MergeField("task_count", "How many tasks are overdue, as `1 task` or `3 tasks`.", "2 tasks"),
        MergeField(
            "tasks",
            "The overdue tasks with their due dates, a line each.",
            "- Send us your brand assets (was due on 2 June 2026)\n- Name a test group (was due on 4 June 2026)",
            block=True,
        ),
        _CSM,
        _WORKSPACE,
    ),
)

LAUNCH_MESSAGE = MessageKind(
    key="launch_message",
    name="Launch message",
    description="Message to the CSM when an onboarding launches.",
    markdown=False,
    default=Text(
        "{{customer.name}} has launched",
        """\
Hi {{csm.first_name}},

{{onboarding.name}} launched on {{onboarding.launched_on}}, {{onboarding.against_target}}.

{{tasks_done}} of its tasks are done. Still open:

{{tasks}}

A good moment to congratulate {{customer.name}}.
""",
    ),
    fields=(
        MergeField("csm.name", "The CSM's name.", "Maya Ruiz"),
        MergeField("csm.first_name", "The first word of it.", "Maya"),
        _CUSTOMER,
        _ONBOARDING,
        _TARGET,
        _LAUNCHED,
        _AGAINST_TARGET,
        MergeField("tasks_done", "How many tasks are done, as `36 of 40`.", "38 of 40"),
        MergeField(
            "tasks",
            "The open tasks, a line each, or `- nothing`.",
            "- Hand over to support (due on 24 July 2026)\n- Retire the old programme",
            block=True,
        ),
        _WORKSPACE,
    ),
)

LAUNCH_RECAP = MessageKind(
    key="launch_recap",
    name="Launch recap",
    description="Draft of a recap of the onboarding, made when it launches. It is sent to nobody by itself.",
    markdown=True,
    default=Text(
        "{{customer.name}}: from kickoff to launch",
        """\
# {{onboarding.name}} is live

{{customer.name}} started on {{onboarding.started_on}} and launched on {{onboarding.launched_on}},
{{onboarding.against_target}}. That took {{onboarding.duration}}.

## Phases

{{phases}}

## Launch date

{{slippage}}

## Tasks

{{tasks}}

## People

{{people}}
""",
    ),
    fields=(
        _CUSTOMER,
        _ONBOARDING,
        _TARGET,
        MergeField("onboarding.started_on", "The day on which it started.", "26 May 2026"),
        _LAUNCHED,
        MergeField("onboarding.duration", "The days from start to launch, as `52 days`.", "52 days"),
        _AGAINST_TARGET,
        MergeField(
            "phases",
            "Each phase that it went through: how long, against the target, and the wait in it.",
            "- **Program design**: 12 days, target 14 days\n- **Review**: 9 days and 3 days of waiting, target 7 days",
            block=True,
        ),
        MergeField(
            "slippage",
            "Each change of the target launch date with its reason.",
            "- 24 June 2026: moved from 8 July 2026 to 15 July 2026, 7 days later. "
            "The store's new theme goes live a week later",
            block=True,
        ),
        MergeField(
            "tasks",
            "How many tasks are done, and which are still open.",
            "38 of 40 tasks are done. Still open:\n\n- Hand over to support\n- Retire the old programme",
            block=True,
        ),
        MergeField(
            "people",
            "Your team in the onboarding and the customer's contacts.",
            "- Maya Ruiz, CSM\n- Mira Santos, Aurora Cosmetics",
            block=True,
        ),
        _WORKSPACE,
    ),
)

KINDS = {kind.key: kind for kind in (REMINDER, LAUNCH_MESSAGE, LAUNCH_RECAP)}
