#!/usr/bin/env python3
"""Takes pictures of the operator's page, light, dark and as narrow as a phone.

    screenshots.py DIR

Writes DIR/page-NAME.png, page-NAME-dark.png and page-NAME-narrow.png, each with few colours and below 150 kB. What they show
has a week behind it: the daemon is run for a moment at each hour of it, with libfaketime.
"""

import glob
import io
import math
import pathlib
import sys
import time

from PIL import Image

import bench
import traffic
from bench import ECOMMPAY, SPECIAL, World, path
from shops import payment

LARGEST = 150_000  # bytes of a picture
TALLEST = 1_400  # pixels that it shows of a long page
LOOKS = {"": {"width": 1280, "dark": False}, "-dark": {"width": 1280, "dark": True}, "-narrow": {"width": 360, "dark": False}}
HOURS = 7 * 24
THEN = """#!/bin/sh
export LD_PRELOAD={library} FAKETIME=-{ago}h FAKETIME_DONT_FAKE_MONOTONIC=1
exec env "{binary}" "$@"
"""


def week(world):
    """An hour after the other, with more payments by day than by night."""
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        sys.exit("libfaketime is missing: apt-get install faketime")
    # libfaketime sets a variable where its parent has not, which moves the environment from where Swift looks for the arguments.
    script, binary, number = pathlib.Path(world.root) / "then.sh", world.daemon.binary, 10_000
    script.touch(0o755)
    world.daemon.binary = str(script)
    for ago in range(HOURS, 0, -1):
        now = time.time() - 3_600 * ago
        script.write_text(THEN.format(library=library[0], ago=ago, binary=binary))
        world.daemon.launch()
        world.daemon.wait_until_ready()
        for _ in range(round(7 - 5 * math.cos((time.gmtime(now).tm_hour - 2) / 12 * math.pi)) + number % 3):
            number += 1
            for callback in payment(number, callbacks=2, at=int(now)):
                world.send(callback)
        world.daemon.stop(20)
    world.daemon.binary = binary


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    traffic.PAYMENTS = 12  # no more than an hour of the week before
    world = World(hostile=False, past=week)
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
