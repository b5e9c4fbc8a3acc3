"""Markdown that people wrote, as HTML."""

import pytest

from pivotal_server.web.markdown import to_html, to_text

NAMES = {"maya@northwind.example": "Maya <b>"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and ~~gone~~", "<p><strong>bold</strong> and <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br />\ntwo</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("![x](https://evil.example/x.png)", "<p>!<a"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>"),
        ('[x](https://a.example/"onmouseover="x)', 'href="https://a.example/%22onmouseover=%22x"'),
        ("[x](https://a.example)", 'rel="nofollow noopener noreferrer" target="_blank">x</a>'),
        ("@maya@northwind.example.", '<span class="mention">@Maya &lt;b&gt;</span>.'),
        ("@Maya@Northwind.example!", '<span class="mention">@Maya &lt;b&gt;</span>!'),
        ("`@maya@northwind.example`", "<code>@maya@northwind.example</code>"),
        ("@tomas@northwind.example", "<p>@tomas@northwind.example</p>"),
        ("a@maya@northwind.example", "<p>a@maya@northwind.example</p>"),
        ("| a |\n|---|\n| b |", "<td>b</td>"),
        (None, ""),
    ],
)
def test_text_becomes_markup_and_markup_becomes_text(text: str | None, html: str) -> None:
    made = to_html(text, NAMES)
    assert html in made
    assert "<script" not in made
    assert "<img" not in made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Contact in a hurry:** [Noor](https://x.example)\n`+49 1`", "Contact in a hurry: Noor +49 1"),
        ("# Go-live\n\n- one\n- ~~two~~\n\n<b>as text</b>", "Go-live one two <b>as text</b>"),
        ("**cut in the mid", "**cut in the mid"),
        ("", ""),
    ],
)
def test_the_words_of_markdown_stand_in_one_line(text: str, said: str) -> None:
    assert to_text(text) == said
