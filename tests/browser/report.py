"""Opens a page of `hwgen report` in headless Chromium and holds it to what it promises.

    report.py PAGE.html PANEL=TEXT… [--pictures DIR]

No message on the console, nothing asked of the network, every panel there and drawn, the slider and the time line obey the
keyboard, nothing wider than the window at 360 and 1 440 pixels, in a dark and a light scheme. `PANEL=TEXT` says what a panel
has to show for the folder at hand. Pictures of all of it go to DIR, to be looked at.
"""

import argparse
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

PANELS = ["outputs", "timeline", "utilisation", "memories", "formats", "accuracy", "synthesis"]
WIDTHS = [360, 1440]


def faults_of(page, width, expected):
    """What is wrong with the page as it stands, one sentence each."""
    ready = page.evaluate("document.body.dataset.ready !== undefined")
    if not ready:
        yield "the page never finished drawing itself"
    for panel in PANELS:
        text = page.locator(f"section#{panel}").inner_text() if page.locator(f"section#{panel}").count() else ""
        if len(text.splitlines()) < 2:
            yield f"panel {panel} is empty"
    for panel, text in expected:
        if text not in page.locator(f"section#{panel}").inner_text():
            yield f"panel {panel} does not say `{text}`"
    overflow = page.evaluate("document.documentElement.scrollWidth")
    if overflow > width:
        yield f"the page is {overflow} pixels wide in a window of {width}"
    small = page.evaluate(
        """[...document.querySelectorAll("p, td, th, button, label, a")]
            .filter((node) => node.offsetParent && parseFloat(getComputedStyle(node).fontSize) < 12).length"""
    )
    if small:
        yield f"{small} texts are smaller than 12 pixels"


def keyboard(page):
    """The slider and the time line without a mouse."""
    slider = page.locator("#outputs input[aria-label=output]")
    if slider.count() and slider.get_attribute("max") != "0":
        facts = page.locator("#outputs table").first
        before = facts.inner_text()
        slider.focus()
        page.keyboard.press("ArrowLeft")
        if facts.inner_text() == before:
            yield "the slider over the outputs does not obey the keyboard"
    chart = page.locator("#timeline svg.wide")
    chart.focus()
    whole = chart.inner_html()
    page.keyboard.press("+")
    zoomed = chart.inner_html()
    page.keyboard.press("ArrowRight")
    moved = chart.inner_html()
    page.keyboard.press("Home")
    if len({whole, zoomed, moved}) != 3:
        yield "the time line does not zoom and move by keyboard"
    if chart.inner_html() != whole:
        yield "Home does not bring the whole frame back"


def main():
    """Exit status 1 with what is wrong on stderr."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("expected", nargs="*", help="PANEL=TEXT that has to be there")
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    expected = [item.split("=", 1) for item in arguments.expected]
    faults = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        for scheme in ["light", "dark"]:
            for width in WIDTHS:
                at = f"{scheme}, {width} pixels"
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page.on("console", lambda message, at=at: faults.append(f"{at}: console: {message.text}"))
                page.on("pageerror", lambda error, at=at: faults.append(f"{at}: {error}"))
                page.on(
                    "request",
                    lambda request, at=at: None
                    if request.url.startswith(("file:", "data:"))
                    else faults.append(f"{at}: asks for {request.url}"),
                )
                page.goto(arguments.page.resolve().as_uri())
                page.wait_for_selector("body[data-ready]", timeout=30_000)
                faults += [f"{at}: {fault}" for fault in faults_of(page, width, expected)]
                faults += [f"{at}: {fault}" for fault in keyboard(page)]
                if arguments.pictures:
                    arguments.pictures.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=arguments.pictures / f"{scheme}_{width}.png", full_page=True)
                page.close()
        browser.close()
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    if not faults:
        print(f"{arguments.page}: {len(PANELS)} panels, {len(WIDTHS)} widths, two schemes")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
