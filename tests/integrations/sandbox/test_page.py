"""The sandbox's page in a browser: every button of it is clicked."""

from playwright.sync_api import expect

from tests.integrations.running_sandbox import RunningSandbox
from tests.servers.browser import Window


def test_every_button_is_clicked_and_does_what_it_says(sandbox: RunningSandbox, window: Window) -> None:
    window.allowed = ["Failed to load resource"]  # The page has no icon.
    page = window.page
    page.goto(sandbox.url)
    texts = page.get_by_role("button").all_inner_texts()
    assert len(texts) == 17
    for position, text in enumerate(texts[:16]):
        section = page.locator("section").nth(position // 8)
        section.get_by_role("button", name=text, exact=True).click()
        expect(section.locator(".failing")).to_contain_text("until cleared" if "until cleared" in text else " times)")
        assert page.url == f"{sandbox.url}/"
        section.get_by_role("button", name="work again").click()
        expect(page.locator(".failing")).to_have_count(0)
        assert sandbox.json("/sandbox/faults.json") == {"sap": [], "marketing": []}
    for text, sign in [("take the paper out", 1), ("put paper in", 0)]:
        page.get_by_role("button", name=text).click()
        expect(page.get_by_text("Out of paper")).to_have_count(sign)
