"""What the scripts of pages do, part by part, in a real browser."""

import asyncio
import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Request, expect

from tests.browser.conftest import Open
from tests.browser.stage import NOW, Answer, Stage
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.support import eventually

OWNERS = """
{% macro owner(chosen, saved=false, error=none, conflict=none) %}
{% call ui.edit("/owner", page.csrf, "edit-owner", saved=saved, error=error) %}
  <input class="input" name="owner" value="{{ chosen }}" aria-label="Owner">
  {% if conflict %}{{ ui.conflict("Tomas", conflict, "owner", chosen) }}{% endif %}
{% endcall %}
{% endmacro %}
"""
COMBOBOX = """
<form method="post" action="/save">
  {{ ui.select(form({"owner": "2"}), "owner", "Owner", [("", "Nobody"), ("1", "Maya Chen", "owner"),
    ("2", "Tomas Berg", "member")], search=true, source=source) }}
  {{ ui.button("Save") }}
</form>
"""
LIST = """
<form method="post" action="/bulk">
  <table class="table">
    <thead><tr><th class="select">{{ ui.choose_all() }}</th><th scope="col">Name</th></tr></thead>
    <tbody data-list>
      {% for name in ["Aurora", "Blue Heron", "Cobalt", "Delta"] %}
        <tr data-item>
          <td class="select">{{ ui.choose("ids", loop.index, name) }}</td>
          <th scope="row"><a href="/{{ name | slug }}">{{ name }}</a></th>
        </tr>
      {% endfor %}
    </tbody>
  </table>
  {% call ui.bulk() %}{{ ui.button("Archive", small=true) }}{% endcall %}
</form>
"""
WIDE = """
<div class="table-wrap sticky"><table class="table">
  <thead><tr><th scope="col">Name</th><th scope="col">More</th></tr></thead>
  <tbody data-list>
    {% for number in range(80) %}
      <tr data-item>
        <th scope="row">Row {{ number }}</th>
        <td>{{ "wide " * 25 }}
          {% call ui.menu("menu-%d" % number, "Actions") %}{{ ui.menu_item("Archive") }}{% endcall %}</td>
      </tr>
    {% endfor %}
  </tbody>
</table></div>
"""


@pytest.fixture
async def stage(open_page: Open) -> Stage:
    return Stage(await open_page())


def sent(stage: Stage, path: str) -> list[dict[str, list[str]]]:
    return [
        parse_qs(body, keep_blank_values=True) for method, to, body in stage.requests if (method, to) == ("POST", path)
    ]


# --- edited in place ---


async def test_an_edited_value_is_saved_by_enter_and_says_so(stage: Stage) -> None:
    def save(request: Request) -> Answer:
        assert request.headers["x-csrf-token"] == "token-of-the-page"
        chosen = parse_qs(request.post_data or "")["owner"][0]
        return stage.render(OWNERS + "{{ owner(chosen, saved=true) }}", chosen=chosen)

    stage.answer("/owner", save)
    await stage.show(OWNERS + '{{ owner("Maya") }}')
    field = stage.page.get_by_label("Owner")
    await field.fill("Priya")
    await field.press("Enter")
    await expect(stage.page.locator("form[data-saved]")).to_have_count(1)
    await expect(field).to_have_value("Priya")
    await expect(field).to_be_focused()
    assert [form["owner"] for form in sent(stage, "/owner")] == [["Priya"]]
    await field.press("Enter")  # nothing has changed since
    await field.fill("Tomas")
    await field.press("Escape")
    await expect(field).to_have_value("Priya")
    await expect(field).not_to_be_focused()
    await field.fill("Ana")
    await field.blur()
    await expect(field).to_have_value("Ana")
    await eventually(lambda: [form["owner"] for form in sent(stage, "/owner")] == [["Priya"], ["Ana"]])


async def test_what_is_typed_while_it_is_saved_is_not_lost(stage: Stage) -> None:
    waiting = asyncio.Event()

    async def save(_: Request) -> Answer:
        await waiting.wait()
        return stage.render(OWNERS + '{{ owner("Priya", saved=true) }}')

    stage.answer("/owner", save)
    await stage.show(OWNERS + '{{ owner("Maya") }}')
    field = stage.page.get_by_label("Owner")
    await field.fill("Priya")
    await field.press("Enter")
    await field.press("End")
    await stage.page.keyboard.type(" Nair")
    waiting.set()
    await expect(stage.page.locator(".htmx-request")).to_have_count(0)
    await expect(field).to_have_value("Priya Nair")
    await expect(field).to_be_focused()


async def test_what_is_wrong_stands_beside_what_was_typed(stage: Stage) -> None:
    refused = stage.render(OWNERS + '{{ owner("nobody", error="No teammate has this name.") }}')
    stage.answer("/owner", (422, {}, refused))
    await stage.show(OWNERS + '{{ owner("Maya") }}')
    await stage.page.get_by_label("Owner").fill("nobody")
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.get_by_role("alert")).to_have_text("No teammate has this name.")
    await expect(stage.page.get_by_label("Owner")).to_have_value("nobody")
    assert await violations(stage.page) == []


async def test_a_conflict_shows_both_values_and_lets_choose(stage: Stage) -> None:
    def save(request: Request) -> Answer:
        chosen = parse_qs(request.post_data or "")["owner"]
        if chosen == ["Priya"] and len(sent(stage, "/owner")) == 1:
            return 409, {}, stage.render(OWNERS + '{{ owner("Priya", conflict="Ana") }}')
        return stage.render(OWNERS + "{{ owner(chosen, saved=true) }}", chosen=chosen[-1])

    stage.answer("/owner", save)
    await stage.show(OWNERS + '{{ owner("Maya") }}')
    await stage.page.get_by_label("Owner").fill("Priya")
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.get_by_role("alert")).to_contain_text("Tomas changed this to Ana meanwhile.")
    await stage.page.get_by_role("button", name="Take theirs").click()
    await expect(stage.page.get_by_label("Owner")).to_have_value("Ana")


# --- selects that can be searched ---


async def test_a_select_is_searched_and_chosen_by_keyboard(stage: Stage) -> None:
    stage.answer("/save", "<p>Saved</p>")
    await stage.show(COMBOBOX, source=None)
    field = stage.page.get_by_role("combobox", name="Owner")
    await expect(field).to_have_value("Tomas Berg")
    await field.click()
    await expect(stage.page.get_by_role("option")).to_have_count(3)
    await expect(stage.page.get_by_role("option", selected=True)).to_have_text(re.compile("Tomas Berg"))
    assert await violations(stage.page) == []
    await field.fill("may own")
    await expect(stage.page.get_by_role("option")).to_have_count(1)
    await field.press("Enter")
    await expect(field).to_have_value("Maya Chen")
    await expect(field).to_have_attribute("aria-expanded", "false")
    await field.fill("nobody at all")
    await expect(stage.page.get_by_text("Nothing found")).to_be_visible()
    await field.press("Escape")
    await expect(field).to_have_value("Maya Chen")
    await field.press("ArrowDown")
    await field.press("ArrowUp")
    await field.press("Enter")
    await expect(field).to_have_value("Nobody")
    await field.click()
    await stage.page.get_by_role("option", name="Maya Chen").click()
    await stage.page.get_by_role("button", name="Save").click()
    await expect(stage.page.get_by_text("Saved")).to_be_visible()
    assert sent(stage, "/save") == [{"owner": ["1"]}]


async def test_a_select_asks_the_server(stage: Stage) -> None:
    def find(request: Request) -> Answer:
        asked = request.url.partition("q=")[2]
        return stage.render("{{ ui.options([(asked, asked ~ ' & Sons', 'found')]) }}", asked=asked or "all")

    stage.answer("/owners", find)
    stage.answer("/save", "<p>Saved</p>")
    await stage.show(COMBOBOX, source="/owners")
    field = stage.page.get_by_role("combobox", name="Owner")
    await field.fill("Hart")
    await stage.page.get_by_role("option", name="Hart & Sons").click()
    await expect(field).to_have_value("Hart & Sons")
    await stage.page.get_by_role("button", name="Save").click()
    await expect(stage.page.get_by_text("Saved")).to_be_visible()
    assert sent(stage, "/save") == [{"owner": ["Hart"]}]


# --- lists ---


async def test_rows_are_chosen_one_by_one_in_a_range_and_all(stage: Stage) -> None:
    await stage.show(LIST)
    bar = stage.page.get_by_role("toolbar", name="Selected rows")
    everything = stage.page.get_by_label("Select all rows")
    await expect(bar).to_be_hidden()
    await stage.page.keyboard.press("j")
    await stage.page.keyboard.press("x")
    await expect(bar).to_contain_text("1 selected")
    assert await everything.evaluate("(box) => box.indeterminate")
    await stage.page.get_by_label("Select Cobalt").click(modifiers=["Shift"])
    await expect(bar).to_contain_text("3 selected")
    assert await violations(stage.page) == []
    await everything.check()
    await expect(bar).to_contain_text("4 selected")
    await stage.page.keyboard.press("Escape")
    await expect(bar).to_be_hidden()
    await expect(everything).not_to_be_checked()


@pytest.mark.parametrize("width", [1280, 700])
async def test_the_header_stays_where_the_table_fits_and_the_page_never_scrolls_sideways(
    stage: Stage, width: int
) -> None:
    await stage.page.set_viewport_size({"width": width, "height": 500})
    await stage.show(WIDE)
    assert not await overflows(stage.page)
    assert await layout_shift(stage.page) == 0
    await stage.page.keyboard.press("j")
    await stage.page.keyboard.press(".")
    await expect(stage.page.get_by_role("menuitem", name="Archive")).to_be_in_viewport()
    await stage.page.keyboard.press("Escape")
    await stage.page.mouse.wheel(0, 1500)
    header = stage.page.get_by_role("columnheader", name="Name")
    await (expect(header).to_be_in_viewport() if width > 1000 else expect(header).not_to_be_in_viewport())


async def test_enter_opens_the_row(stage: Stage) -> None:
    stage.answer("/blue-heron", "<p>Blue Heron</p>")
    await stage.show(LIST)
    for key in ("j", "j", "Enter"):
        await stage.page.keyboard.press(key)
    await stage.page.wait_for_url("**/blue-heron")


async def test_the_bar_of_chosen_rows_comes_without_a_script(open_page: Open) -> None:
    stage = Stage(await open_page(java_script_enabled=False))
    await stage.show(LIST)
    await expect(stage.page.get_by_role("toolbar")).to_be_hidden()
    await stage.page.get_by_label("Select Cobalt").check()
    await expect(stage.page.get_by_role("button", name="Archive")).to_be_visible()


# --- dialogs ---


async def test_a_dialog_closes_by_its_buttons_by_escape_and_by_a_click_beside_it(stage: Stage) -> None:
    await stage.show(
        '{{ ui.button("Delete", type="button", data_dialog="delete") }}'
        '{% call ui.dialog("delete", "Delete Acme", action="/delete", csrf_token="t") %}'
        '<div class="dialog-body">{{ ui.field(form(), "name", "Its name") }}</div>'
        '<div class="dialog-foot">{{ ui.button("Keep it", type="button", data_close=true) }}</div>{% endcall %}'
    )
    dialog = stage.page.get_by_role("dialog", name="Delete Acme")
    opener = stage.page.get_by_role("button", name="Delete")

    async def by_escape() -> None:
        await stage.page.keyboard.press("Escape")

    async def by_a_click_beside_it() -> None:
        await stage.page.mouse.click(5, 5)

    for close in (dialog.get_by_text("Keep it").click, by_escape, by_a_click_beside_it):
        await opener.click()
        await expect(dialog).to_be_visible()
        await close()
        await expect(dialog).to_be_hidden()
        await expect(opener).to_be_focused()


async def test_a_page_comes_into_a_dialog_and_shows_its_problems_there(stage: Stage) -> None:
    frame = (
        '{% call ui.dialog_frame("New customer", action="/customers/new", csrf_token="t", hx_post="/customers/new",'
        ' hx_target="this", hx_swap="outerHTML") %}<div class="dialog-body">'
        '{{ ui.field(form({"name": name}, errors), "name", "Name") }}{{ ui.button("Add") }}</div>{% endcall %}'
    )

    def new_customer(request: Request) -> Answer:
        assert request.headers["hx-request"] == "true"
        if request.method == "GET":
            return stage.render(frame, name="", errors={})
        return 422, {}, stage.render(frame, name="Acme", errors={"name": "This name is taken."})

    stage.answer("/customers/new", new_customer)
    await stage.show('{{ ui.button("New customer", href="/customers/new", data_dialog="") }}')
    await stage.page.get_by_role("link", name="New customer").click()
    dialog = stage.page.get_by_role("dialog", name="New customer")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await dialog.get_by_label("Name").fill("Acme")
    await stage.page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("This name is taken.")
    assert await violations(stage.page) == []
    await dialog.get_by_role("button", name="Close").click()
    await expect(stage.page.locator("dialog")).to_have_count(0)


# --- words on what was done ---


async def test_a_toast_of_an_answer_can_be_undone(stage: Stage) -> None:
    told = {"toast": {"text": "Moved Héllo", "undo": "/undo"}}
    stage.answer("/move", (200, {"hx-trigger": json.dumps(told)}, "<p>Moved</p>"))
    stage.answer("/undo", "<p>As it was</p>")
    await stage.show(
        '{{ ui.button("Move", type="button", hx_post="/move", hx_target="next .result") }}<p class="result"></p>'
    )
    await stage.page.get_by_role("button", name="Move").click()
    toast = stage.page.locator(".toast")
    await expect(toast).to_contain_text("Moved Héllo")
    assert await violations(stage.page) == []
    await toast.get_by_role("button", name="Undo").click()
    await expect(stage.page.get_by_text("As it was")).to_be_visible()
    assert sent(stage, "/undo") == [{"csrf": ["token-of-the-page"]}]


@pytest.mark.parametrize(
    ("status", "words"), [(500, "Something went wrong"), (404, "not there any more"), (429, "Wait a")]
)
async def test_an_answer_that_failed_is_told(stage: Stage, status: int, words: str) -> None:
    Watch.of(stage.page).expect(f"status of {status}")
    Watch.of(stage.page).expect(f"Response Status Error Code {status}")
    stage.answer("/move", (status, {}, "<p>no</p>"))
    await stage.show('{{ ui.button("Move", type="button", hx_post="/move") }}')
    await stage.page.get_by_role("button", name="Move").click()
    await expect(stage.page.locator(".toast.failure")).to_contain_text(words)
    await stage.page.get_by_role("button", name="Dismiss").click()
    await expect(stage.page.locator(".toast")).to_have_count(0)


# --- small things ---


async def test_a_secret_is_shown_and_copied(open_page: Open) -> None:
    stage = Stage(await open_page(permissions=["clipboard-read", "clipboard-write"]))
    await stage.show('{{ ui.secret("key", "pivotal_live_5Yt2h8", "Key", masked=true) }}')
    field = stage.page.get_by_label("Key", exact=True)
    await expect(field).to_have_attribute("type", "password")
    await stage.page.get_by_role("button", name="Show key").click()
    await expect(field).to_have_attribute("type", "text")
    await stage.page.get_by_role("button", name="Copy").click()
    await expect(stage.page.locator("[data-copied]")).to_have_count(1)
    assert await stage.page.evaluate("navigator.clipboard.readText()") == "pivotal_live_5Yt2h8"
    assert await violations(stage.page) == []


async def test_a_time_keeps_telling_how_long_ago_it_is(stage: Stage) -> None:
    await stage.page.clock.install(time=NOW)
    await stage.show("{{ ui.relative_time(now, now) }}")
    told = stage.page.locator("main time")
    await expect(told).to_have_text("just now")
    for seconds, words in [
        (125, "2 min ago"),
        (3 * 3600, "3 h ago"),
        (24 * 3600, "yesterday"),
        (9 * 86400, "10 days ago"),
    ]:
        await stage.page.clock.fast_forward(seconds * 1000)
        await expect(told).to_have_text(words)


async def test_a_control_without_words_says_what_it_does(stage: Stage) -> None:
    await stage.show('{{ ui.icon_button("archive", "Archive", data_keys="a") }}')
    await stage.page.get_by_role("button", name="Archive").hover()
    await expect(stage.page.locator(".tip")).to_have_text("Archivea")
    await stage.page.mouse.move(0, 0)
    await expect(stage.page.locator(".tip")).to_have_count(0)
    await stage.page.keyboard.press("Tab")
    await stage.page.keyboard.press("Tab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_icon_is_drawn(open_page: Open, scheme: str) -> None:
    stage = Stage(await open_page(color_scheme=scheme))
    await stage.show('<p class="probe">{{ ui.icon("square-check", "large") }}</p>')
    picture = await stage.page.locator(".probe .icon").screenshot()
    await stage.page.locator(".probe use").evaluate("(use) => use.setAttribute('href', '#nothing')")
    assert await stage.page.locator(".probe .icon").screenshot() != picture


# Colours that workspaces may have, in OKLCH: yellow, mint, pale and dark ones, none at all.
BRANDS = [(100, 0.19, 0.92), (160, 0.15, 0.75), (25, 0.22, 0.55), (264, 0.3, 0.3), (0, 0, 0.57), (0, 0, 1), (0, 0, 0)]


async def test_a_brand_of_any_colour_can_be_read(open_page: Open) -> None:
    stage = Stage(await open_page())
    await stage.show(
        '{{ ui.button("Save", "primary") }}{{ ui.badge("Live", "accent", icon="zap") }}'
        '<p class="prose"><a href="/x">A link</a></p><span class="pip">3</span>'
    )
    for hue, chroma, lightness in BRANDS:
        await stage.page.evaluate(
            "(brand) => { for (const [name, value] of Object.entries(brand))"
            " document.documentElement.style.setProperty(name, value); }",
            {"--brand-h": str(hue), "--brand-c": str(chroma), "--brand-l": str(lightness)},
        )
        assert await violations(stage.page) == [], (hue, chroma, lightness)
