#!/usr/bin/env python3
"""Takes pictures of the operator's page, light, dark and as narrow as a phone.

    screenshots.py DIR

Writes DIR/page-NAME.png, page-NAME-dark.png and page-NAME-narrow.png, each with few colours and below 150 kB.
"""

import io
import pathlib
import sys

from PIL import Image

import bench
from bench import ECOMMPAY, SPECIAL, World, path

LARGEST = 150_000  # bytes of a picture
TALLEST = 1_400  # pixels that it shows of a long page
LOOKS = {"": {"width": 1280, "dark": False}, "-dark": {"width": 1280, "dark": True}, "-narrow": {"width": 360, "dark": False}}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    world = World(hostile=False)
    pages = {"overview": "/", "payments": "/payments", "payment": path(ECOMMPAY, SPECIAL), "anomalies": "/anomalies"}
    for name, to in pages.items():
        for look, how in LOOKS.items():
            context = bench.browser().new_context(
                base_url=world.origin, viewport={"width": how["width"], "height": 800}, timezone_id="Europe/Riga", locale="en-GB",
                color_scheme="dark" if how["dark"] else "light")
            page = context.new_page()
            page.goto(to, wait_until="load")
            height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
            data = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": how["width"], "height": height})
            context.close()
            target = folder / f"page-{name}{look}.png"
            target.write_bytes(small(data))
            print(target, target.stat().st_size)


def small(data):
    """The picture with as many colours as fit."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    for colors in (256, 128, 64, 32, 16):
        file = io.BytesIO()
        picture.quantize(colors, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if len(file.getvalue()) <= LARGEST:
            break
    return file.getvalue()


if __name__ == "__main__":
    main()
