"""What people in the demo workspace say and write.

In comments, ``{lead}``, ``{engineer}``, ``{designer}`` and ``{ops}`` are teammates' e-mails, so that ``@{lead}``
mentions one; ``{contact}`` is a first name at the customer's, and ``{shop}`` the customer.
"""

from __future__ import annotations

# A line is who says it and what; a thread is one line or more.
Line = tuple[str, str]
Thread = tuple[Line, ...]

# Why an onboarding leaves its ordinary way, or comes back to it, by the state that it goes into.
REASONS = {
    "active": (
        "The missing files are there",
        "Sorted out in a call with both teams",
        "Back to the plan; the team has time again",
    ),
    "waiting": (
        "Waiting for the product catalogue export",
        "Waiting for brand assets and logo files",
        "Waiting for access to the store's admin",
        "Waiting for legal to approve the program terms",
    ),
    "at_risk": (
        "Champion left the company",
        "Two milestones slipped",
        "No answer to the last three e-mails",
        "Launch date moved for the second time",
    ),
    "blocked": (
        "The store's theme does not support the widget yet",
        "Point-of-sale integration fails in staging",
        "Customer's security review is not finished",
    ),
    "paused": (
        "Holiday freeze at the customer's",
        "Customer is replatforming first",
        "Budget review until next quarter",
    ),
}
# Why a launch date moves to a later one.
SLIPS = (
    "Brand assets came two weeks after the date agreed",
    "Legal asked for another round on the program terms",
    "The store's developers are busy with a theme change",
    "The member list has to be cleaned before it can be imported",
    "Launch moved behind the customer's summer sale",
    "The security review took longer than planned",
)
# Why an onboarding goes back from the review.
SENT_BACK = (
    "Tiers are too steep: half of the members would never leave the first one",
    "Head office wants the rewards checked against the margin again",
)
PHASE_REASONS = {
    "program_design": ("Kickoff held, goals agreed", "Contract countersigned"),
    "review": ("Design handed over for review", "First draft is complete"),
    "program_buildout": ("Customer signed off the design", "Review closed with two small changes"),
    "internal_qa": ("Everything is built", "All parts are in place"),
    "launch": ("All test cases passed", "Ready: launch checklist is complete"),
    "completed": ("Live, and handed over to customer success", "Running on its own for a week"),
}
NOTES = (
    "Wants to launch before the season starts. Tiers: Seed, Bloom, Grove.",
    "Migrates 14,000 members from a spreadsheet; import format agreed.",
    "Two stores, one program. Decisions come from the head office.",
    "Prefers calls on Tuesdays. Asked for weekly status mails.",
)

# What is said in a phase, on the onboarding.
THREADS: dict[str, tuple[Thread, ...]] = {
    "before_getting_started": (
        (
            (
                "lead",
                "Good first call. {contact} decides and wants numbers before colours. @{ops}, can you join on Tuesday?",
            ),
            ("ops", "Tuesday works. I will bring two examples of the same size."),
        ),
        (
            (
                "lead",
                "They have tried this before with an agency and stopped halfway. Let us agree on **one** goal first.",
            ),
        ),
        (("contact", "Thanks for the call! I have shared the plan with our warehouse team as well."),),
    ),
    "program_design": (
        (
            (
                "ops",
                "First draft is up. It holds if one order in eight uses a reward; @{lead} please check with {shop}.",
            ),
            ("lead", "Checked, they expect one in ten. We have room."),
        ),
        (
            ("contact", "Could the names of the levels be ours? We would like to stay with our own words."),
            ("designer", "Of course. Send me a list and I will put them in."),
        ),
        (
            (
                "engineer",
                "Their test store is two versions behind. No problem, but @{lead} should know before we plan dates.",
            ),
        ),
    ),
    "review": (
        (
            ("lead", "Review is on Thursday. @{designer} @{ops} please have one page each, no slides."),
            ("designer", "Mine is ready."),
        ),
        (("contact", "We went through it with our finance team. Two small wishes, otherwise we are happy."),),
        (
            (
                "ops",
                "Two open questions are left, both theirs: what happens to old vouchers, and who answers the phone.",
            ),
        ),
    ),
    "program_buildout": (
        (
            ("engineer", "Setup is done on staging. @{lead} you can show it, but not the checkout yet."),
            ("lead", "Showed it to {contact}, who liked it and asked about gift cards. I said later."),
        ),
        (
            ("contact", "Our developer is on leave until Monday. Is there anything that you need from us before?"),
            ("lead", "Nothing before Monday. After that, half a day of his time."),
        ),
        (
            (
                "ops",
                "> half of the members are in one region\n\nSo we invite region by region, the smallest first.",
            ),
        ),
    ),
    "internal_qa": (
        (
            (
                "engineer",
                "Three findings, one serious: an order that is cancelled keeps its points. @{ops} is that intended?",
            ),
            ("ops", "It is not. They go when the refund is booked."),
            ("engineer", "Fixed, and a test case added."),
        ),
        (("designer", "Looks right on everything but very small phones; I will shorten the headline."),),
    ),
    "launch": (
        (
            ("lead", "Launch at ten on the day, not at midnight. @{engineer} will be around until six."),
            ("contact", "We are ready. The shop team has been told, and there will be cake."),
        ),
        (("ops", "Limits for the first week are set: nobody can redeem more than two rewards a day."),),
        (
            ("contact", "Could we show it to our best fifty customers a day early?"),
            ("lead", "Gladly. @{engineer}, is that a switch or work?"),
            ("engineer", "A switch. Tell me when."),
        ),
    ),
}
# What is said on a task, by its key in the templates.
TASK_THREADS: dict[str, Thread] = {
    "baseline": (
        ("contact", "Here is the export. Orders from the old store are marked in the last column."),
        ("ops", "Thank you, that is all we need."),
    ),
    "assets": (
        ("designer", "The logo is there as PNG only. @{lead}, can you ask for the SVG?"),
        ("contact", "Sorry! Our agency will send it tomorrow."),
    ),
    "economics": (("ops", "With these rewards a member costs 41 cents a month. Fine up to about 60."),),
    "orders": (
        ("ops", "Nine of ten as expected. The tenth had a voucher and a gift card; @{engineer} please have a look."),
    ),
    "widget": (("engineer", "On the product page it sits below the reviews, as agreed with {contact}."),),
    "mails_check": (("contact", "We would not say *dear member*. Otherwise lovely."),),
    "inventory": (("engineer", "38,112 records, 2,904 of them twice. Most doubles differ by capital letters only."),),
    "gaps": (("contact", "Drop the fax numbers. Keep the notes, even where they are ugly."),),
    "rehearsal": (("engineer", "Took 52 minutes for everything. Counts agree but for 14 rows, list to follow."),),
    "security": (("engineer", "61 questions, 58 answered from last time. @{lead}, who signs the other three?"),),
    "load": (("engineer", "A full day's load in 40 minutes, nothing lost, slowest answer 310 ms."),),
    "failures": (("engineer", "Delivered twice, counted once. That was the one I worried about."),),
    "fields": (("contact", "Our order number may start with zeros. Please treat it as text."),),
    "kickoff": (("lead", "Everybody came, on time even. The goal is theirs, not ours: that helps."),),
    "workflows": (("lead", "They have five ways to handle a return. We agreed to start with two."),),
    "sso": (
        ("contact", "Metadata is on its way; our IT wants a call first."),
        ("engineer", "Happy to. Any day this week."),
    ),
    "acceptance": (("contact", "Eight of ten without a question. The search took us two tries."),),
    "measures": (("lead", "Three measures, each with a number from today and a number for week four."),),
    "offer": (("lead", "Same price for two years, or three per cent less for three. @{ops} agreed."),),
    "business_review": (("lead", "They came with five people. Main wish: reports by store."),),
}
# What is said where an onboarding is in trouble, by its state.
STATE_THREADS: dict[str, tuple[Thread, ...]] = {
    "waiting": (
        (
            (
                "lead",
                "{contact}, we can go on as soon as this is here. Is there anything that we can take off your desk?",
            ),
            ("contact", "Next week, promised. Two of us are at a trade fair."),
        ),
        (
            ("lead", "Nothing new from {shop} since Monday. @{ops}, what can we do meanwhile?"),
            ("ops", "The test orders. I can start with made-up members."),
        ),
        (("contact", "Sorry for the silence! Half of the team is ill. I will chase it today."),),
        (("lead", "Asked again, by phone this time. {contact} has to get it from their agency."),),
    ),
    "at_risk": (
        (
            ("lead", "I am worried here. @{engineer} @{ops}: short call tomorrow, just us, on what we can still move?"),
            ("engineer", "Yes. I could do the second half in parallel if we get the access."),
        ),
        (("lead", "@{ops} they skipped the third weekly call. I will ask their head of sales what changed."),),
        (
            ("ops", "At this pace we are three weeks late. @{lead}, shall I plan with a smaller first launch?"),
            ("lead", "Please do. I would rather launch less than launch in autumn."),
        ),
    ),
    "blocked": (
        (
            (
                "engineer",
                "Stuck: the same request works for us and fails for them. Logs are with their provider. @{lead}",
            ),
            ("lead", "I have asked {contact} to raise it with a priority. Calling again on Friday."),
        ),
        (
            (
                "engineer",
                "Their firewall lets nothing through that is not on a list, and a third party keeps the list. @{lead}",
            ),
        ),
    ),
    "paused": (
        (("lead", "Agreed with {contact} to stop here for now. We pick it up where it is; nothing gets lost."),),
        (("contact", "Thank you for your patience. We would like to go on once the new shop is live."),),
        (("lead", "On hold until their budget is settled. @{engineer} @{ops}, please plan your weeks without them."),),
    ),
}
PINNED = (
    "**Decision:** one program for all channels, launched online first. Agreed with {contact}.",
    "**Please note:** changes to the store only on Mondays and Tuesdays, says {contact}.",
    "**Contact in a hurry:** call {contact}, do not write.",
)
# What was done again: the key of a task, and what is said on it.
REOPENED: dict[str, Line] = {
    "mails": ("designer", "Opening this again: the third mail still has the old logo."),
    "import": ("engineer", "Opening this again: umlauts came out wrong in 112 names."),
    "webhooks": ("engineer", "Opening this again: signatures are not checked when the body is empty."),
    "scripts": ("engineer", "Opening this again: notes longer than 2,000 characters are cut."),
}
# Tasks that no template knew of: title, who does it, working days after the phase began.
EXTRA_TASKS = (
    ("Ask for a second pair of eyes on the numbers", "product_ops", 4),
    ("Agree on the wording for the cashiers", "csm", 6),
    ("Check the contract for the second brand", "csm", 3),
    ("Clear the cache rules with the hosting company", "se", 7),
    ("Draw the card for the counter", "designer", 8),
)

# Small files that are attached to what is said on a task, by the task's key: the line, the file's name and its content.
FILES: dict[str, tuple[Line, str, str]] = {
    "kickoff": (
        ("lead", "Minutes attached."),
        "kickoff-notes.txt",
        (
            "Kickoff\n\nGoal: one customer in five orders twice within 90 days.\n"
            "Decides: head of e-commerce. Informed: finance, warehouse.\n"
            "Next: last year's orders by Friday, logo as SVG, access to the test store.\n"
            "Not now: gift cards, points for newsletter sign-ups.\n"
        ),
    ),
    "baseline": (
        ("contact", "Here is the file, one line for each month."),
        "orders-by-month.csv",
        (
            "month,orders,returning_customers,average_order_eur\n1,1184,201,48.20\n2,1092,188,47.95\n"
            "3,1310,240,49.10\n4,1277,233,50.35\n5,1406,262,51.00\n6,1358,259,50.70\n"
        ),
    ),
    "orders": (
        ("ops", "All results are in the attached table."),
        "test-orders.csv",
        (
            "order,total_eur,points_expected,points_booked,result\nT-1,20.00,20,20,ok\nT-2,59.90,59,59,ok\n"
            "T-3,0.00,0,0,ok\nT-4,120.00,120,120,ok\nT-5,35.50,35,45,voucher counted twice\n"
        ),
    ),
}

# Why a lead goes on to the next stage, is won or is lost.
STAGE_REASONS = (
    "Answered the same day, wants numbers",
    "Has a budget for this year",
    "The founder decides, and was in the call",
    "Asked for an offer for two stores",
)
WON = ("Signed for a year", "Signed after the second call", "Their head office agreed")
LOST = (
    "Chose another system",
    "No budget before next year",
    "Nobody answers any more",
    "Builds it themselves",
    "Too small for now: ask again in a year",
)
# What is written to a lead first: subject, text, and an answer.
LETTERS = (
    (
        "Loyalty in your shop",
        "Hi {name},\n\nhow many people come back to {company}? May I show you in half an hour what they are worth?",
        "Thanks, gladly. Thursday after lunch would suit us.",
    ),
    (
        "Our call",
        "Hi {name},\n\nas promised: three examples of shops of the size of {company}, with their numbers.",
        "Very helpful. The second one could be us. What would it cost?",
    ),
    (
        "Following up",
        "Hi {name},\n\nyou asked for time until the end of the month. Is {company} ready to talk?",
        "Not yet, sorry. Please ask again in two weeks.",
    ),
)
