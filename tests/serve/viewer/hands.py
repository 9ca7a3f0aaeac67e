"""What a person sees of the viewer and does to it, through the browser alone."""

from __future__ import annotations

from typing import Any

NEXT_IMAGES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Hands:
    """A page with the viewer on it; points are in pixels of the picture."""

    def __init__(self, page: Any):
        self.page = page
        self.surface = page.locator(".viewer-surface")

    def settle(self) -> None:
        """Wait until what was done is drawn."""
        self.page.evaluate(f"async () => {{ await {NEXT_IMAGES} }}")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where the overlays draw a point of the picture, in the window."""
        self.settle()
        found = self.page.evaluate(
            """([x, y]) => {
              const ground = document.querySelector(".viewer-glass > g");
              const {a, d, e, f} = ground.getScreenCTM();
              return [a * x + e, d * y + f];
            }""",
            [x, y],
        )
        return found[0], found[1]

    def under(self, x: float, y: float) -> tuple[float, float]:
        """Which point of the picture is drawn at a place in the window."""
        (left, top), (right, bottom) = self.at(0, 0), self.at(100, 100)
        return 100 * (x - left) / (right - left), 100 * (y - top) / (bottom - top)

    def until(self, holds: str) -> None:
        """Wait until an expression holds; the page's policy forbids to poll for a string of code."""
        self.page.evaluate(
            "async () => { const holds = () => " + holds + ";"
            " for (let i = 0; i < 300 && !holds(); i += 1)"
            "   await new Promise(done => setTimeout(done, 15));"
            " if (!holds()) throw new Error('never held') }"
        )

    def scale(self) -> float:
        return self.at(1, 0)[0] - self.at(0, 0)[0]

    def box(self) -> dict[str, float]:
        return self.surface.bounding_box()

    def middle(self) -> tuple[float, float]:
        box = self.box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))
        self.settle()

    def drag(self, start: tuple[float, float], *ends: tuple[float, float]) -> None:
        """Drag in steps, from point to point of the picture."""
        path = [self.at(*end) for end in ends]
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        for end in path:
            self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()
        self.settle()

    def keys(self, *names: str) -> None:
        self.surface.focus()
        for name in names:
            self.page.keyboard.press(name)
        self.settle()

    def tool(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def calls(self, kind: str) -> list[Any]:
        """What the viewer asked the page to do."""
        self.settle()
        return [what for name, what in self.page.evaluate("window.calls") if name == kind]

    def answer(self, how: str) -> None:
        self.page.evaluate("how => { window.answer = how }", how)

    def said(self) -> str:
        self.settle()
        return self.page.locator(".viewer-unseen[aria-live]").inner_text()

    def lines(self, kind: str) -> int:
        self.settle()
        return self.page.locator(f".viewer-glass > g:first-child .viewer-line-{kind}").count()

    def outline(self) -> str:
        """The path of the first focus, as drawn."""
        self.settle()
        return self.page.locator(".viewer-line-focus path").first.get_attribute("d")

    def frame(self) -> int:
        """The frame whose pixels are seen: it is painted into its corner (see `pictures`)."""
        return round(self.grey(3, 3) / 4)

    def grey(self, x: float, y: float) -> int:
        """Of the canvas, where the overlays say that a point of the picture is."""
        left, top = self.at(x, y)
        return self.page.evaluate(
            """([x, y]) => {
              const canvas = document.querySelector(".viewer-canvas");
              const box = canvas.getBoundingClientRect();
              const times = canvas.width / box.width;
              const pen = canvas.getContext("2d");
              return pen.getImageData((x - box.left) * times, (y - box.top) * times, 1, 1).data[0];
            }""",
            [left, top],
        )

    def white_pixel(self) -> tuple[float, float]:
        """Where the canvas shows the one white pixel about (20, 20), in the window."""
        corner, other = self.at(9, 9), self.at(30, 30)
        found = self.page.evaluate(
            """([left, top, right, bottom]) => {
              const canvas = document.querySelector(".viewer-canvas");
              const box = canvas.getBoundingClientRect();
              const times = canvas.width / box.width;
              const [x, y] = [Math.round((left - box.left) * times), Math.round((top - box.top) * times)];
              const wide = Math.round((right - left) * times);
              const high = Math.round((bottom - top) * times);
              const {data} = canvas.getContext("2d").getImageData(x, y, wide, high);
              let [sum, across, down] = [0, 0, 0];
              for (let i = 0; i < wide * high; i += 1) {
                sum += data[4 * i];
                across += data[4 * i] * (i % wide + .5);
                down += data[4 * i] * (Math.floor(i / wide) + .5);
              }
              return [box.left + (x + across / sum) / times, box.top + (y + down / sum) / times];
            }""",
            [*corner, *other],
        )
        return found[0], found[1]
