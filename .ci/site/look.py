"""Look at every page of the built site in a real Chromium, at the widths of a laptop and of a phone.

    make site
    pip install playwright                      and Chromium, of the system or by `playwright install chromium`
    python .ci/site/look.py [--site site] [--pictures FOLDER] [--chromium /usr/bin/chromium]

Says, and fails for, what a reader would stumble over: something asked for elsewhere than on the site, an error in the
console, a picture that does not load, a page that is wider than the window. With --pictures every page is kept as it
looks, whole.
"""

import argparse
import contextlib
import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

#: Width and height of windows in CSS pixels.
WINDOWS = {"laptop": (1366, 768), "phone": (390, 844)}
#: Elements that reach out of the window though nothing around them scrolls, by tag and first words.
_WIDER = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth <= width) return found;
  for (const each of document.querySelectorAll("main *")) {
    if (each.getBoundingClientRect().right <= width + 1) continue;
    let up = each.parentElement, kept = false;
    for (; up && up !== document.body; up = up.parentElement)
      kept ||= getComputedStyle(up).overflowX !== "visible";
    if (!kept) found.push(each.tagName + " " + each.textContent.trim().slice(0, 40));
  }
  return found.length ? found.slice(0, 3) : ["something outside of the text"];
}"""
_BROKEN = "() => [...document.images].filter(each => each.complete && !each.naturalWidth).map(each => each.src)"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is said of pages that are asked for."""


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address at which a folder is served to this machine."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def looked_at(page: Page, address: str, start: str, picture: Path | None) -> list[str]:
    """What is wrong with one page in one window."""
    found: list[str] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: found.append(f"console: {told.text}") if told.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.goto(address, wait_until="load")
    # Pictures further down are loaded when they come near.
    page.evaluate("() => document.querySelectorAll('img').forEach(each => each.loading = 'eager')")
    page.wait_for_function("() => [...document.images].every(each => each.complete)")
    found += [f"asks for {each}" for each in asked if not each.startswith((start, "data:", "blob:"))]
    found += [f"picture {each} does not load" for each in page.evaluate(_BROKEN)]
    found += [f"wider than the window: {each}" for each in page.evaluate(_WIDER)]
    if picture is not None:
        page.screenshot(path=picture, full_page=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, default=Path("site"))
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    pages = sorted(path.relative_to(arguments.site).as_posix() for path in arguments.site.rglob("*.html"))
    if not pages:
        sys.exit(f"{arguments.site} holds no page; run: make site")
    if arguments.pictures is not None:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with served(arguments.site) as start, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        for window, (width, height) in WINDOWS.items():
            for name in pages:
                context = browser.new_context(viewport={"width": width, "height": height})
                picture = None
                if arguments.pictures is not None:
                    picture = arguments.pictures / f"{name.removesuffix('.html').replace('/', '-')}-{window}.png"
                for each in looked_at(context.new_page(), start + name, start, picture):
                    wrong += 1
                    print(f"{name}, {window}: {each}", flush=True)
                context.close()
    print(f"{len(pages)} pages at {' and '.join(str(width) for width, _ in WINDOWS.values())} pixels: {wrong} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
